"""How an office comes to where an act can be done: steps that the tables of all acts and of all commands share."""

from collections.abc import Callable
from typing import Any

from models.database import unit_of_work
from tasks.items.answer_instruction import reply
from tasks.items.comment import comment
from tasks.items.instruct import find_instruction
from tests.office import HANDLER, Office

Prepare = Callable[[Office], object]


def assigned(**more: Any) -> Prepare:
    """Item 1 is assigned."""
    return lambda office: office.assign("普法宣传", due="2026-06-30", **more)


def helped(office: Office) -> None:
    """Item 1 is assigned, and a second unit helps."""
    office.assign("普法宣传", due="2026-06-30", helping=(office.department("财务科", head="钱科长"),))


def extended(office: Office) -> None:
    office.extend("1", to="2026-07-10", on="2026-06-02")


def adjusted(office: Office) -> None:
    """Asked for: the day moves once a leader approved."""
    office.adjust("1", to="2026-07-10", on="2026-06-02")


def instructed(office: Office) -> None:
    office.instruct("1", "请抓紧", due="2026-06-20", on="2026-06-02")


def commented(office: Office) -> None:
    office.do(HANDLER, comment, "1", on="2026-06-03", content="请看初稿")


def answered(office: Office) -> None:
    with unit_of_work(office.engine) as session:
        by = office.by(session, HANDLER, "2026-06-03")
        reply(session, find_instruction(session, 1), by=by, content="已在办")
