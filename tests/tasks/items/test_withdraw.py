"""Taking back one's own request: it counts for nothing and the clock runs on; not once somebody has looked at it."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from models.database import unit_of_work
from models.errors import ForbiddenError
from models.items.closure import ClosureRequest, ClosureState
from models.items.extension import Extension, ExtensionState
from models.items.item import Deadline, ItemState
from models.items.objection import Objection
from models.ladder.notice import Notice, NoticeKind, NoticeState
from tasks.items.object_to import object_to
from tasks.items.sign import sign
from tasks.items.withdraw import withdraw
from tests.item_forms import fill
from tests.office import HANDLER, SUPERVISOR, Office
from tests.web import Web


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    made = Office(any_engine, tmp_path / "home")
    made.assign("普法宣传", due="2026-06-12", on="2026-06-01")
    return made


def take_back(office: Office, on: str, who: str = HANDLER) -> None:
    office.do(who, withdraw, "1", on=on, reason="还差一份材料")


def test_a_closure_taken_back_counts_for_nothing_and_the_ladder_goes_on(office: Office) -> None:
    office.ask_closure("1", on="2026-06-10")

    take_back(office, "2026-06-10")

    item, [request], [deadline] = office.item("1"), office.rows(ClosureRequest), office.rows(Deadline)
    assert (item.state, item.returns, request.state) == (ItemState.ACTIVE, 0, ClosureState.WITHDRAWN)
    assert (deadline.claimed_on, deadline.policy_id is not None) == (None, True)
    asked = [row for row in office.rows(Notice) if row.kind is NoticeKind.APPROVAL]
    assert {row.state for row in asked} == {NoticeState.DROPPED}
    office.fast_forward("2026-06-16")
    assert any(row.kind is NoticeKind.ESCALATION for row in office.rows(Notice))
    office.close("1", on="2026-06-16")
    assert office.item("1").state is ItemState.CLOSED


def test_an_extension_taken_back_makes_room_for_another(office: Office) -> None:
    office.extend("1", to="2026-06-20", on="2026-06-08")
    take_back(office, "2026-06-08")
    office.extend("1", to="2026-06-25", on="2026-06-09")

    states = [extension.state for extension in office.rows(Extension)]
    assert states == [ExtensionState.WITHDRAWN, ExtensionState.PENDING]
    assert office.item("1").extensions == 0


def test_an_objection_taken_back_leaves_the_item_to_be_signed(any_engine: Engine, tmp_path: Path) -> None:
    office = Office(any_engine, tmp_path / "other")
    office.assign("制度清理", due="2026-06-30", on="2026-06-01", sign=False)
    office.do(HANDLER, object_to, "1", on="2026-06-02", reason="不属于本科室")

    take_back(office, "2026-06-03")

    [objection] = office.rows(Objection)
    assert (office.item("1").state, objection.upheld, objection.answer) == (ItemState.ISSUED, False, "本人撤回")
    office.do(HANDLER, sign, "1", on="2026-06-03")
    assert office.item("1").state is ItemState.ACTIVE


def test_only_one_s_own_and_only_before_anybody_looked_at_it(office: Office) -> None:
    with pytest.raises(ForbiddenError, match="没有您本人提出"):
        take_back(office, "2026-06-08")
    office.ask_closure("1", on="2026-06-10")
    with pytest.raises(ForbiddenError):
        take_back(office, "2026-06-10", SUPERVISOR)


def test_what_waits_for_its_second_level_is_not_taken_back(any_engine: Engine, tmp_path: Path) -> None:
    office = Office(any_engine, tmp_path / "strict")
    office.assign("普法宣传", due="2026-06-30", on="2026-06-01")
    office.ask_closure("1", on="2026-06-10")
    with unit_of_work(any_engine) as session:
        session.execute(update(ClosureRequest).values(level=1))
    with pytest.raises(ForbiddenError, match="已经有人办理第 1 级"):
        take_back(office, "2026-06-10")


def test_the_page_offers_it_to_whoever_asked_alone(office: Office) -> None:
    office.ask_closure("1", on="2026-06-10")
    office.today = office.item("1").due_on or office.today
    web = Web(office)

    assert "/items/1/withdraw" not in web.of(SUPERVISOR).get("/items/1").text
    assert "任务 1 的申请已撤回，现为“在办”。" in fill(web.of(HANDLER), "/items/1/withdraw", reason="还差一份材料")
    page = web.of(HANDLER).read("/items/1")
    assert "撤回申请" in page
    assert "/items/1/withdraw" not in web.of(HANDLER).get("/items/1").text
