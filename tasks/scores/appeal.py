"""Appeals (申诉) against a published deduction: once a line, by the department's head; the organ's head decides.

What was published stays as it was. An appeal that is upheld makes new result values for the whole run.
"""

import datetime as dt
from collections import defaultdict
from decimal import Decimal

from sqlmodel import Session, col, func, select

from models.actor import Actor, Channel
from models.database import key
from models.dates.day_override import office_calendar
from models.errors import BadInputError, ForbiddenError, NotFoundError
from models.items.item import WorkItem
from models.ladder.notice import NoticeKind
from models.people.organ import Department
from models.people.permission import Action
from models.people.person import Role
from models.scores.score_rules import as_points, prices, ranked, total, written
from models.scores.scoring import AppealOutcome, ScoreAppeal, ScoreEvent, ScoreLine, ScoreResult, ScoreRun, ScoringRule
from models.typed_text import words
from tasks.acting.audit import recorded
from tasks.acting.authorize import authorize_department, authorize_organ, may_see_organ
from tasks.acting.consent import consent_for_organ, hands
from tasks.notices.tell import settle, tell

APPEAL_DAYS = 10
"""Working days from publication. No published source sets a term for scores of an office's own: a default.

政府督查工作条例 art. 17 has 30 days, for the review of a 督查结论."""


def appeal(session: Session, line: ScoreLine, *, by: Actor, reason: str) -> ScoreAppeal:
    """Appeal against a line of the newest publication; the first responsible person is told.

    Raises ForbiddenError for whoever does not head the department, a line that was appealed against, a term that
    has run out, or a publication that a newer one replaced.
    """
    run = session.get_one(ScoreRun, line.run_id)
    if line.department_id is None:
        raise ForbiddenError(f"第 {line.id} 条扣分不属于本单位的科室（{line.unit}），不计入得分，无须申诉。")
    department = session.get_one(Department, line.department_id)
    standing = authorize_department(session, by, Action.APPEAL, department)
    # Held, so that of two who appeal at once the second is told.
    session.refresh(line, with_for_update=True)
    _check_term(session, run, by)
    known = session.exec(select(ScoreAppeal).where(ScoreAppeal.line_id == line.id)).first()
    if known is not None:
        raise ForbiddenError(f"第 {line.id} 条扣分已于 {known.on} 申诉（编号 {known.id}），每条只能申诉一次。")
    item = session.get_one(WorkItem, line.item_id)
    with recorded(
        session, by, Action.APPEAL, organ_id=run.organ_id, item_id=item.id, for_id=standing.seat.for_id, reason=reason
    ):
        made = ScoreAppeal(
            line_id=key(line.id),
            # The grant is a person's alone.
            person_id=key(by.person_id),
            for_id=standing.seat.for_id,
            reason=words(reason, "申诉理由", longest=1000),
            on=by.on,
            recorded_at=by.now,
        )
        session.add(made)
        session.flush()
        tell(
            session, item, role=Role.FIRST_RESPONSIBLE, kind=NoticeKind.APPROVAL, subject=f"appeal:{made.id}",
            what=f"{department.name}对考核扣{written(line.points)}分提出申诉，待您裁定：{made.reason}", by=by,
        )  # fmt: skip
    return made


def decide_appeal(
    session: Session, made: ScoreAppeal, *, by: Actor, uphold: bool, answer: str, points: Decimal | str | None = None
) -> ScoreAppeal:
    """Answer an appeal. Upheld, the line counts `points` instead, from 0 to its own, and the run is ranked anew.

    Raises ForbiddenError for whoever is not the first responsible person, an appeal of one's own or one that is
    decided; BadInputError for points that are missing or out of range.
    """
    line = session.get_one(ScoreLine, made.line_id)
    # Held, so that of two decisions on one run the second counts what the first changed.
    run = session.get_one(ScoreRun, line.run_id, with_for_update=True)
    authorize_organ(session, by, Action.DECIDE_APPEAL, run.organ_id)
    session.refresh(made, with_for_update=True)
    if made.outcome is not None:
        raise ForbiddenError(f"申诉 {made.id} 已于 {made.decided_on} 裁定（{made.outcome.label}）。")
    done = hands([(made.person_id, made.for_id, "已提出本次申诉")])
    standing = consent_for_organ(session, by, Action.DECIDE_APPEAL, run.organ_id, done)
    after = _points_after(made, line, points, uphold=uphold, by=by)
    with recorded(
        session, by, Action.DECIDE_APPEAL, organ_id=run.organ_id, item_id=line.item_id, for_id=standing.seat.for_id,
        reason=answer,
    ):  # fmt: skip
        made.outcome = AppealOutcome.UPHELD if uphold else AppealOutcome.DISMISSED
        made.points_after, made.answer = after, words(answer, "裁定意见", longest=1000)
        # The grant is a person's alone.
        made.decided_by_id, made.decided_on = key(by.person_id), by.on
        session.flush()
        if uphold:
            _rank_anew(session, run)
        settle(session, f"appeal:{made.id}")
        changed = f"，改扣{written(after)}分" if after is not None else ""
        tell(
            session, session.get_one(WorkItem, line.item_id), role=Role.DEPARTMENT_HEAD,
            kind=NoticeKind.ANSWER if uphold else NoticeKind.RETURNED,
            subject=f"appeal:{made.id}:answer", what=f"考核申诉{made.outcome.label}{changed}：{made.answer}", by=by,
            person_id=made.person_id,
        )  # fmt: skip
    return made


def find_line(session: Session, number: int, *, by: Actor) -> ScoreLine:
    """The published line with this number. Raises NotFoundError, for one of an organ that `by` may not see too."""
    line = session.get(ScoreLine, number)
    if line is None or not may_see_organ(session, by, session.get_one(ScoreRun, line.run_id).organ_id):
        raise NotFoundError(
            f"没有编号为 {number} 的扣分条目，或者它不在您的查看范围内{by.hint('可用 duban score show 科室 查看')}。"
        )
    return line


def find_appeal(session: Session, number: int, *, by: Actor) -> ScoreAppeal:
    """The appeal with this number. Raises NotFoundError, for one of an organ that `by` may not see too."""
    made = session.get(ScoreAppeal, number)
    if made is not None:
        run = session.get_one(ScoreRun, session.get_one(ScoreLine, made.line_id).run_id)
        if may_see_organ(session, by, run.organ_id):
            return made
    hint = by.hint("可用 duban score show 查看待裁定的申诉")
    raise NotFoundError(f"没有编号为 {number} 的申诉，或者它不在您的查看范围内{hint}。")


def appeal_until(session: Session, run: ScoreRun) -> dt.date:
    """The last day of the term for appeals."""
    return office_calendar(session, organ_id=run.organ_id).add(run.published_on, APPEAL_DAYS)


def appeals_of(session: Session, run: ScoreRun) -> dict[int, ScoreAppeal]:
    """The appeals against a run's lines, by line."""
    found = session.exec(
        select(ScoreAppeal).join(ScoreLine, col(ScoreLine.id) == ScoreAppeal.line_id).where(ScoreLine.run_id == run.id)
    )
    return {made.line_id: made for made in found}


def _check_term(session: Session, run: ScoreRun, by: Actor) -> None:
    newer = session.exec(
        select(ScoreRun).where(
            ScoreRun.plan_id == run.plan_id, ScoreRun.from_on == run.from_on, ScoreRun.until_on == run.until_on,
            col(ScoreRun.version) > run.version,
        )
    ).first()  # fmt: skip
    if newer is not None:
        raise ForbiddenError(
            f"第 {run.version} 版已由 {newer.published_on} 公布的第 {newer.version} 版取代：请对新版申诉。"
        )
    last = appeal_until(session, run)
    if by.on > last:
        raise ForbiddenError(
            f"考核于 {run.published_on} 公布，申诉期 {APPEAL_DAYS} 个工作日，已于 {last} 截止，不能再申诉。"
        )


def _points_after(
    made: ScoreAppeal, line: ScoreLine, points: Decimal | str | None, *, uphold: bool, by: Actor
) -> Decimal | None:
    if not uphold:
        if points is not None:
            raise BadInputError(
                f"不予采纳的申诉不改分：请不写改扣的分{by.hint('--points')}，或改为采纳{by.hint('--uphold')}。"
            )
        return None
    if points is None:
        typed = "--points " if by.channel is Channel.COMMAND else ""
        raise BadInputError(
            f"采纳申诉须写明改扣几分：{typed}0 至 {written(line.points)}（原扣 {written(line.points)} 分）。"
        )
    return as_points(points, f"申诉 {made.id} 改扣的分", most=line.points)


def _rank_anew(session: Session, run: ScoreRun) -> None:
    """New result values from the frozen lines, each with the points an appeal left it; caps and evaluations as then."""
    rule = session.get_one(ScoringRule, run.rule_id)
    costs = prices(rule.events)
    lines: dict[int | None, list[tuple[ScoreEvent, Decimal]]] = defaultdict(list)
    appeals = appeals_of(session, run)
    for line in session.exec(select(ScoreLine).where(ScoreLine.run_id == run.id).order_by(col(ScoreLine.id))):
        made = appeals.get(key(line.id))
        after = made.points_after if made is not None else None
        lines[line.department_id].append((line.event, line.points if after is None else after))
    newest = session.exec(select(func.max(ScoreResult.revision)).where(ScoreResult.run_id == run.id)).one()
    results = session.exec(
        select(ScoreResult)
        .where(ScoreResult.run_id == run.id, ScoreResult.revision == newest)
        .order_by(col(ScoreResult.id))
    ).all()
    caps = {event: price.cap for event, price in costs.items()}
    totals = {
        result.department_id: total(
            rule.start, lines[result.department_id], caps, result.evaluation, rule.leader_weight
        )
        for result in results
    }
    ranks = ranked({department: made.final for department, made in totals.items()})
    session.add_all(
        ScoreResult(
            run_id=key(run.id),
            department_id=department,
            revision=(newest or 0) + 1,
            deducted=made.deducted,
            objective=made.objective,
            evaluation=made.evaluation,
            final=made.final,
            rank=ranks[department],
        )
        for department, made in totals.items()
    )
    session.flush()
