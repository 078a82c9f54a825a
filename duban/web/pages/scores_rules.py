"""考核规则: what an event costs, by version; setting the next version, after trying what it would mean."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from duban.acts.scores import SET_RULE
from duban.web.acts.act_form import do, refusal
from duban.web.posted import Posted, Sent
from duban.web.visit import Signed, Visit
from models.database import key
from models.dates.day_override import office_calendar
from models.dates.span import span_named
from models.errors import DubanError, NotFoundError
from models.people.permission import Action
from models.scores.score_rules import as_points, prices, written
from models.scores.scoring import DEFAULT_RULE, ScoreEvent
from tasks.acting.authorize import authorize_organ, may_see_organ, organs_within
from tasks.scores.score import Preview, preview
from tasks.scores.set_scoring_rule import find_rule, list_rules

router = APIRouter()


@router.get("/scores/rules")
def rules(visit: Signed, name: str = DEFAULT_RULE, version: int | None = None) -> HTMLResponse:
    """A rule as it stands, every version there is, and the form of the next for whoever scores."""
    with visit.reading() as session:
        return _page(session, visit, name, {}, version=version)


@router.post("/scores/rules")
def rule_set(sent: Sent) -> Response:
    """Make the next version; with `try`, only show what it would mean for the plan's year."""
    visit = sent.visit
    name = sent.text("name") or DEFAULT_RULE
    try:
        if sent.text("act") == "try":
            with visit.reading() as session:
                authorize_organ(session, visit.by, Action.SCORE, key(visit.organ.id))
                return _page(session, visit, name, sent.typed, tried=_tried(session, sent, name))
        with visit.writing() as session:
            said = do(session, visit.organ, SET_RULE, sent, {"name": name, "events": _events(sent)}).said
    except NotFoundError:
        raise
    except DubanError as error:
        with visit.reading() as session:
            return _page(session, visit, name, sent.typed, error=error)
    return visit.go(visit.link("/scores/rules", name=name), said)


def _events(sent: Posted) -> list[dict[str, Any]]:
    """The whole list of prices as typed; an event left empty costs nothing and is left out."""
    return [
        {"event": event.value, "points": sent.text(f"points-{event}"), "cap": sent.text(f"cap-{event}") or None}
        for event in ScoreEvent
        if sent.text(f"points-{event}")
    ]


def _tried(session: Session, sent: Posted, name: str) -> Preview:
    """What other points would mean for the year of the plan. Raises BadInputError."""
    visit = sent.visit
    plan = visit.plan(session)
    span = span_named(str(plan.year))
    points = {
        event.value: str(as_points(sent.text(f"points-{event}") or "0", f"{event.label}的扣分")) for event in ScoreEvent
    }
    return preview(
        session, plan, from_on=span.from_on, until_on=span.until_on, on=visit.on, overrides=points,
        rule=find_rule(session, plan.organ_id, name), calendar=office_calendar(session, organ_id=plan.organ_id),
    )  # fmt: skip


def _page(
    session: Session,
    visit: Visit,
    name: str,
    typed: Mapping[str, str],
    *,
    version: int | None = None,
    tried: Preview | None = None,
    error: DubanError | None = None,
) -> HTMLResponse:
    organ_id = key(visit.organ.id)
    if not may_see_organ(session, visit.by, organ_id):
        raise NotFoundError("没有找到这个单位的考核规则，或者它不在您的查看范围内。")
    rule = find_rule(session, organ_id, name, version=version)
    costs = prices(rule.events)
    known: dict[str, str] = {"start": str(rule.start), "leader_weight": str(rule.leader_weight)}
    for event, price in costs.items():
        known[f"points-{event}"] = written(price.points)
        known[f"cap-{event}"] = "" if price.cap is None else written(price.cap)
    return visit.page(
        session,
        "scores/scores_rules.html",
        menu="/scores",
        **refusal(SET_RULE, error),
        rule=rule,
        rules=list_rules(session, organ_id),
        prices=costs,
        events=list(ScoreEvent),
        values=known | dict(typed),
        tried=tried,
        written=written,
        may_set=organ_id in organs_within(session, visit.by, Action.SCORE),
    )
