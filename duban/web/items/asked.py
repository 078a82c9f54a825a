"""What the form of an act shows of the matter it is about: the request that waits, the day that may move, the files."""

import datetime as dt

from sqlmodel import Session

from duban.acts.item import ItemAct
from duban.web.dates import day_text
from models.actor import Actor
from models.items.closure import ClosureRequest
from models.items.evidence import Evidence
from models.items.extension import Extension
from models.items.instruction import Instruction
from models.items.item import ItemState, WorkItem
from models.people.permission import Action
from models.people.person import Person
from tasks.acting.perform import policy_of
from tasks.items.attach import pieces_of
from tasks.items.close import missing_evidence
from tasks.items.extend import current_deadline
from tasks.items.foresee import DecisionTurn, turn_of_closure, turn_of_extension
from tasks.items.object_to import open_objection
from tasks.people.find import names_of
from tasks.wording.policy import levels_sentence

Facts = list[tuple[str, str]]


def asked_facts(session: Session, item: WorkItem, act: ItemAct, by: Actor, about: Instruction | None) -> Facts:
    """Labelled texts, none where the act is about the item alone."""
    if about is not None:
        return _instruction(session, about, by.on)
    match act.action:
        case Action.EXTEND:
            policy = policy_of(session, item)
            times = f"已批准 {item.extensions} 次，最多 {policy.extension_limit} 次"
            return [("现时限", day_text(current_deadline(session, item).due_on, on=by.on)), ("延期", times)]
        case Action.ADJUST:
            return [("审批", levels_sentence(policy_of(session, item).adjustment_levels))]
        case Action.DECIDE_EXTENSION | Action.DECIDE_ADJUSTMENT:
            turn = turn_of_extension(session, item)
            return _extension(session, turn, by.on) if turn is not None else []
        case Action.RETURN if item.state is ItemState.OBJECTED:
            return _objection(session, item, by.on)
        case Action.TRANSFER if item.state is ItemState.OBJECTED:
            return _objection(session, item, by.on)
        case Action.ACCEPT | Action.RETURN:
            turn = turn_of_closure(session, item)
            return _closure(session, item, turn, by.on) if turn is not None else []
        case Action.REQUEST_CLOSE:
            missing = missing_evidence(session, item, on=by.on)
            return [
                (
                    "佐证材料",
                    f"{missing}，可先上传再申请；不足的由审核人决定退回或免证。" if missing else "已符合要求。",
                )
            ]
    return []


def _instruction(session: Session, about: Instruction, on: dt.date) -> Facts:
    giver = session.get_one(Person, about.person_id).name
    return [("批示", about.text), ("批示人", f"{giver}，{day_text(about.on, on=on)}")]


def _extension(session: Session, turn: DecisionTurn, on: dt.date) -> Facts:
    asked = turn.asked
    if not isinstance(asked, Extension):
        return []
    pieces = names_of(session, Evidence, asked.evidence)
    facts = [
        ("申请人", _asked_by(turn, on)),
        ("申请", f"由 {day_text(asked.from_on, on=on)} 延至 {day_text(asked.proposed_on, on=on)}")
        if asked.adjusts is None
        else ("调整", "；".join(asked.changes)),
        ("原因", asked.reason),
        ("目前进展", asked.progress),
        ("依据材料", "、".join(pieces.values())),
        ("逾期申请", "时限到期后才提出" if asked.late else ""),
        ("审批", _level(turn)),
    ]
    return [(label, words) for label, words in facts if words]


def _closure(session: Session, item: WorkItem, turn: DecisionTurn, on: dt.date) -> Facts:
    if not isinstance(turn.asked, ClosureRequest):
        return []
    missing = missing_evidence(session, item, on=turn.asked.on)
    files = "、".join(piece.name for piece in pieces_of(session, item, replaced=True)) or "没有"
    return [
        ("申请人", _asked_by(turn, on)),
        ("办结情况", turn.asked.statement),
        ("佐证材料", files + (f"。不符合要求：{missing}" if missing else "")),
        ("审核", _level(turn)),
    ]


def _objection(session: Session, item: WorkItem, on: dt.date) -> Facts:
    objection = open_objection(session, item)
    if objection is None:
        return []
    who = session.get_one(Person, objection.person_id).name
    facts = [
        ("异议", objection.reason),
        ("提出人", f"{who}，{day_text(objection.on, on=on)}"),
        ("建议承办", objection.suggested or ""),
    ]
    return [(label, words) for label, words in facts if words]


def _asked_by(turn: DecisionTurn, on: dt.date) -> str:
    name = turn.applicant.name if turn.applicant else "导入的记录"
    return f"{name}，{day_text(turn.asked.on, on=on)}"


def _level(turn: DecisionTurn) -> str:
    roles = "或".join(role.label for role in turn.roles)
    return f"第 {turn.level} 级，共 {turn.levels} 级（{roles}）"
