"""Checking a draw afterwards: everything that can be worked out again is, and what differs is said."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlmodel import Session, col, select

from models.audit import GENESIS, AuditEntry
from models.draws.inspection_draw import InspectionDraw
from models.draws.random_draw import ALGORITHM, Lists, Pairing, content_hash, draw, seed_from
from models.errors import BadInputError
from models.ledgers.inspection import Inspection
from models.people.permission import Action

SHOWN = 5
"""Differences of one kind that are told one by one."""


@dataclass(frozen=True)
class DrawCheck:
    """One thing looked at: what, whether it holds, and what was found, in words."""

    title: str
    holds: bool
    words: str


def verify_draw(session: Session, drawn: InspectionDraw) -> list[DrawCheck]:
    """Repeat the draw from the lists and the seed as they are kept, and hold it against the outcome, the seed's origin,
    the audit trail and the ledger. The draw is as it was made if all of them hold."""
    lists = lists_of_draw(drawn)
    return [
        _outcome(drawn, lists),
        _seed(session, drawn, lists),
        _trail(session, drawn, lists),
        _ledger(session, drawn),
    ]


def lists_of_draw(drawn: InspectionDraw) -> Lists:
    """The lists of a draw as they are kept, unchecked."""
    conflicts = frozenset((pair[0], pair[1]) for pair in drawn.conflicts)
    objects, inspectors = tuple(drawn.objects), tuple(drawn.inspectors)
    return Lists(drawn.plan, objects, inspectors, conflicts, drawn.percent, drawn.per_object)


def _outcome(drawn: InspectionDraw, lists: Lists) -> DrawCheck:
    title = "按名单和种子重新抽取"
    if drawn.algorithm != ALGORITHM:
        return DrawCheck(title, False, f"算法“{drawn.algorithm}”不是本系统的 {ALGORITHM},不能重新抽取")
    try:
        again = [[pairing.target, *pairing.inspectors] for pairing in draw(lists, drawn.seed)]
    except BadInputError as error:
        return DrawCheck(title, False, error.message.rstrip("。"))
    wrong = list(_differences(drawn.result, again))
    if not wrong:
        return DrawCheck(title, True, f"结果相同,共 {len(again)} 户")
    return DrawCheck(title, False, _told(wrong))


def _differences(kept: list[list[str]], again: list[list[str]]) -> Iterator[str]:
    """What an outcome says otherwise, object by object."""
    is_kept, is_again = ({row[0]: row[1:] for row in rows} for rows in (kept, again))
    for target in is_kept.keys() - is_again.keys():
        yield f"“{target}”在保存的结果中,按名单和种子抽不到"
    for target, people in is_again.items():
        if target not in is_kept:
            yield f"“{target}”应抽中,不在保存的结果中"
        elif is_kept[target] != people:
            yield f"“{target}”的检查人员应为{'、'.join(people)},保存的是{'、'.join(is_kept[target])}"
    if is_kept == is_again and kept != again:
        yield "抽中的次序不同,或者有重复"


def _seed(session: Session, drawn: InspectionDraw, lists: Lists) -> DrawCheck:
    title = "种子的来历"
    if drawn.seed_given:
        return DrawCheck(title, True, "种子是抽取前给定的,请与事先公布的核对")
    head = drawn.head or ""
    if drawn.seed != seed_from(lists, drawn.drawn_on.isoformat(), head):
        return DrawCheck(title, False, "种子与名单、抽取日期和当时审计记录的哈希值推算的不同")
    known = head == GENESIS or session.exec(select(AuditEntry.id).where(AuditEntry.hash == head)).first() is not None
    if not known:
        return DrawCheck(title, False, "推算种子所用的哈希值不在审计记录中")
    return DrawCheck(title, True, "由名单、抽取日期和当时审计记录的哈希值推算,无人选定")


def _trail(session: Session, drawn: InspectionDraw, lists: Lists) -> DrawCheck:
    """Against the entry the draw left in the audit trail, which nobody can change unseen."""
    title = "与审计记录核对"
    query = select(AuditEntry).where(
        AuditEntry.organ_id == drawn.organ_id, AuditEntry.action == Action.RECORD, AuditEntry.at == drawn.drawn_at
    )
    said = [entry for entry in session.exec(query.order_by(col(AuditEntry.id))) if entry.after.get("draw") == drawn.id]
    if not said:
        return DrawCheck(title, False, "审计记录中没有这次抽取")
    entry = said[0]
    pairings = [Pairing(row[0], tuple(row[1:])) for row in drawn.result]
    now = content_hash(lists, drawn.seed, pairings)
    if not now == drawn.content_hash == entry.after.get("draw_hash"):
        return DrawCheck(title, False, f"名单、种子或结果与第 {entry.id} 号审计记录的哈希值不符:抽取以后被改动过")
    return DrawCheck(title, True, f"名单、种子和结果与第 {entry.id} 号审计记录的哈希值相符")


def _ledger(session: Session, drawn: InspectionDraw) -> DrawCheck:
    """Against the rows of the ledger, which may have been corrected since."""
    title = "与台账核对"
    query = select(Inspection).where(Inspection.draw_id == drawn.id).order_by(col(Inspection.id))
    wrong, seen = [], set()
    people = {row[0]: "、".join(row[1:]) for row in drawn.result}
    for row in session.exec(query):
        seen.add(row.target)
        if row.withdrawn_on is not None:
            wrong.append(f"记录 {row.id}“{row.target}”已于 {row.withdrawn_on} 撤下({row.withdrawn_reason})")
        elif row.target not in people:
            wrong.append(f"记录 {row.id}“{row.target}”没有抽中")
        elif row.inspectors != people[row.target]:
            wrong.append(
                f"记录 {row.id}“{row.target}”的检查人员为{row.inspectors or '空'},抽取的是{people[row.target]}"
            )
        elif (row.drawn_on, row.plan) != (drawn.drawn_on, drawn.plan):
            wrong.append(f"记录 {row.id}“{row.target}”的抽取日期或抽查计划已更改")
    wrong += [f"台账中没有“{target}”" for target in people if target not in seen]
    if not wrong:
        return DrawCheck(title, True, f"台账中的 {len(seen)} 户与抽取的相同")
    return DrawCheck(title, False, _told(wrong))


def _told(wrong: list[str]) -> str:
    return ";".join(wrong[:SHOWN]) + (f";其余 {len(wrong) - SHOWN} 处从略" if len(wrong) > SHOWN else "")
