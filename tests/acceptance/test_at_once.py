"""Two of everything at once: what two schedulers, two senders or two people do in the same moment happens once."""

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Barrier
from typing import Any, Protocol, TypeVar

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from models.actor import Actor, Channel
from models.audit import GENESIS, AuditEntry
from models.clock import opening_of
from models.database import open_engine, unit_of_work
from models.errors import ConflictError, DubanError, ForbiddenError
from models.items.closure import ClosureRequest, ClosureReview
from models.items.extension import Extension, ExtensionDecision
from models.items.instruction import Instruction
from models.items.item import ItemState, WorkItem
from models.items.plan import AnnualPlan, Project
from models.items.receipt import Receipt
from models.items.urge import Urge
from tasks.items.answer_instruction import close_instruction, reply
from tasks.items.close import accept, request_close
from tasks.items.extend import decide_extension, extend
from tasks.items.instruct import instruct_freely
from tasks.items.sign import sign
from tasks.items.urge import urge
from tasks.people.find import find_item, find_person
from tests.office import HANDLER, LEADER, SUPERVISOR, Office, day

Result = TypeVar("Result")
ON = "2026-06-10"


def together(act: Callable[[], Result], times: int = 4) -> list[Result]:
    """Do the same thing in several threads that start at the same moment."""
    start = Barrier(times)

    def one() -> Result:
        start.wait()
        return act()

    with ThreadPoolExecutor(times) as pool:
        return [future.result() for future in [pool.submit(one) for _ in range(times)]]


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    office = Office(any_engine, tmp_path / "home")
    for place in range(20):
        office.assign(f"任务{place}", due="2026-06-30", issue=False)
    office.issue(on="2026-06-01")
    office.sweep("2026-06-22")
    return office


def test_t2_sweeps_on_several_nodes_raise_each_notice_once(office: Office) -> None:
    raised = [result.raised for result in together(lambda: office.sweep("2026-06-23"))]
    assert sorted(raised) == [0, 0, 0, 20]
    assert len(office.told()) == 20


def test_several_senders_send_each_digest_once(office: Office) -> None:
    office.sweep("2026-06-23")
    results = together(lambda: office.send("2026-06-23"))
    assert sum(result.sent for result in results) == 1
    assert len(office.inbox(HANDLER).mails) == 1


def test_of_two_who_close_the_same_item_one_wins_and_the_other_is_told(office: Office) -> None:
    def close() -> str:
        try:
            return "on time" if office.close("1", on="2026-06-24").on_time else "late"
        except (ConflictError, ForbiddenError) as error:
            return type(error).__name__

    answers = together(close, 2)
    assert answers.count("on time") == 1
    assert len(answers) == 2


class Gate(Protocol):
    """What two wait at until both are there."""

    def wait(self) -> Any: ...


gates: list[Gate] = []
"""The gate of a process that was started to act; threads are handed theirs."""


def start_at(gate: Gate) -> None:
    gates.append(gate)


def close_the_instruction(session: Session, item: WorkItem, by: Actor) -> None:
    given = session.exec(select(Instruction).where(Instruction.item_id == item.id)).one()
    close_instruction(session, given, by=by, outcome="已落实")


def instruct_anew(session: Session, item: WorkItem, by: Actor) -> None:
    plan = session.get_one(AnnualPlan, item.plan_id)
    instruct_freely(
        session, plan, by=by, content="核查反映的问题", due_on=day("2026-06-30"), title="核查来信",
        handler=find_person(session, HANDLER),
    )  # fmt: skip


DEEDS: dict[str, tuple[str, Callable[[Session, WorkItem, Actor], object]]] = {
    "sign": (HANDLER, lambda session, item, by: sign(session, item, by=by)),
    "extend": (
        HANDLER,
        lambda session, item, by: extend(
            session, item, by=by, to=day("2026-07-31"), reason="待批复", progress="已过半"
        ),
    ),
    "approve": (LEADER, lambda session, item, by: decide_extension(session, item, by=by, approve=True)),
    "request": (HANDLER, lambda session, item, by: request_close(session, item, by=by, statement="已办结")),
    "accept": (SUPERVISOR, lambda session, item, by: accept(session, item, by=by, waive="现场已核实")),
    "urge": (SUPERVISOR, lambda session, item, by: urge(session, [item], by=by)),
    "instruction": (SUPERVISOR, close_the_instruction),
    "anew": (LEADER, instruct_anew),
}
"""By the number of the item that it is done to: who does it, and what."""


def attempt(url: str, number: str, gate: Gate | None = None) -> str:
    """Do the deed of this number at the same moment as another; what a user would read of it, up to who may when."""
    engine = open_engine(url)
    who, act = DEEDS[number]
    (gate or gates[0]).wait()
    try:
        with unit_of_work(engine) as session:
            item = find_item(session, session.exec(select(AnnualPlan)).one(), number)
            person = find_person(session, who)
            act(session, item, Actor(who, Channel.WEB, day(ON), opening_of(day(ON)), person.id))
    except DubanError as error:
        return error.message.partition("：须在")[0]
    finally:
        engine.dispose()
    return "done"


@pytest.fixture(params=["threads", "processes"])
def two(request: pytest.FixtureRequest, any_engine: Engine) -> Any:
    """Two who wait for each other and then do the same: `two("sign")` is what either is told, in order."""
    address = any_engine.url.render_as_string(hide_password=False)
    with ExitStack() as stack:
        pool: Executor
        if request.param == "threads":
            pool, gate = stack.enter_context(ThreadPoolExecutor(2)), Barrier(2)
        else:
            spawn = multiprocessing.get_context("spawn")
            started = ProcessPoolExecutor(2, spawn, initializer=start_at, initargs=(spawn.Barrier(2),))
            pool, gate = stack.enter_context(started), None

        def both(number: str) -> list[str]:
            return sorted(told.result() for told in [pool.submit(attempt, address, number, gate) for _ in range(2)])

        yield both


def test_of_two_who_do_the_same_one_wins_and_the_other_is_told(
    any_engine: Engine, tmp_path: Path, two: Callable[[str], list[str]]
) -> None:
    office = Office(any_engine, tmp_path / "home")
    for number in DEEDS:
        office.assign("普法宣传", number=number, due="2026-06-30", issue=False)
    office.issue(sign=False)
    for number in set(DEEDS) - {"sign"}:
        office.do(HANDLER, sign, number, on="2026-06-02")
    office.extend("approve", to="2026-07-31", on="2026-06-09")
    office.ask_closure("accept", on="2026-06-09")
    given = office.instruct("instruction", "报方案", due="2026-06-30", on="2026-06-08")
    with unit_of_work(any_engine) as session:
        reply(
            session, session.get_one(Instruction, given.instruction.id), by=office.by(session, HANDLER, "2026-06-09"),
            content="已落实",
        )  # fmt: skip

    assert {number: two(number) for number in DEEDS} == {
        "sign": ["done", "任务 sign 无须再签收：法规科已由李承办于 2026-06-10 签收。"],
        "extend": ["done", "任务 extend 已有待审批的延期申请（2026-06-10 申请延至 2026-07-31）。"],
        "approve": ["done", "任务 approve 没有待审批的延期申请。"],
        "request": ["done", "任务 request 现为“申请办结”，不能申请办结"],
        "accept": ["done", "任务 accept 现为“已销号”（2026-06-09 销号），不能审核通过"],
        "urge": ["done", "为避免重复催办，未催办任何任务：任务 urge 已于 2026-06-10 催办，2026-06-15 起才能再催。"],
        "instruction": ["done", "批示 1 已于 2026-06-10 办结。"],
        "anew": ["done", "done"],  # two matters of their own
    }
    made: list[tuple[str, Sequence[Any]]] = [
        ("sign", office.rows(Receipt)),
        ("extend", office.rows(Extension)),
        ("approve", office.rows(Extension)),
        ("request", office.rows(ClosureRequest)),
        ("accept", office.rows(ClosureRequest)),
        ("urge", office.rows(Urge)),
        ("instruction", office.rows(Instruction)),
    ]
    ids = {number: office.item(number).id for number in DEEDS}
    assert [(number, [row.item_id for row in rows].count(ids[number])) for number, rows in made] == [
        (number, 1) for number, _rows in made
    ]
    assert (len(office.rows(ExtensionDecision)), len(office.rows(ClosureReview))) == (1, 1)
    assert [office.item(number).state for number in ("sign", "request", "accept")] == [
        ItemState.ACTIVE, ItemState.REQUESTED, ItemState.CLOSED,
    ]  # fmt: skip
    assert office.item("approve").extensions == 1
    assert [row.name for row in office.rows(Project)] == ["法治建设", "领导批示交办"]
    assert [row.number for row in office.rows(WorkItem)[len(DEEDS) :]] == ["批1", "批2"]
    entries = office.rows(AuditEntry)
    assert [entry.hash for entry in entries] == [entry.chained() for entry in entries]
    assert [GENESIS, *(entry.hash for entry in entries)][:-1] == [entry.previous for entry in entries]
