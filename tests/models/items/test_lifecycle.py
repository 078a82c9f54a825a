"""The life of an item as a table that can be read: every act stands in it, every state can be reached and left."""

from itertools import pairwise

import pytest

from models.items.item import ItemState as S
from models.items.lifecycle import LIFECYCLE, OPEN, OVER, TALK, Transition
from models.people.permission import GRANTS, Action
from models.tables import METADATA

ELSEWHERE = {
    Action.VIEW,
    Action.READ,
    Action.PLAN,
    Action.ADD_ITEM,
    Action.POLICY,
    Action.CHANGE_POLICY,
    Action.CONFIGURE,
    Action.STAFF,
    Action.CONFIRM_STAFF,
    Action.CALENDAR,
    Action.RECORD,
    Action.RECORD_UNIT,
    Action.GRANT_LEDGER,
    Action.DRAW_NUMBER,
    Action.COMPILE,
    Action.COMMENT,
    Action.CIRCULATE,
    Action.BRIEF,
    Action.SCORE,
    Action.EVALUATE,
    Action.APPEAL,
    Action.DECIDE_APPEAL,
    Action.AUDIT,
    Action.SYSTEM,
    Action.RESEND,
    Action.TRY_CHANNEL,
    Action.PARK,
    Action.TAKE_BACK_SWEEP,
    Action.INTEGRATE,
    Action.RECEIVE_REPORT,
    *(action for action in Action if action.value.startswith("report_")),
    Action.LEGAL_REVIEW,
    Action.SECRECY_REVIEW,
}
"""What is done to the office's records, and to no single item."""
lines = pytest.mark.parametrize(("action", "line"), LIFECYCLE.items(), ids=str)


def reached(*, start: S) -> set[S]:
    """Every state to which some row of acts leads from `start`."""
    known = {start}
    while True:
        more = {to for line in LIFECYCLE.values() if known & {*line.sources} for to in line.to} - known
        if not more:
            return known
        known |= more


def test_every_act_upon_an_item_has_a_line_and_nothing_else_has() -> None:
    assert set(LIFECYCLE) == set(Action) - ELSEWHERE


def test_somebody_may_do_every_act() -> None:
    assert {action for action in Action if not GRANTS.get(action)} == set()


def test_every_state_is_reached_from_the_draft() -> None:
    assert reached(start=S.DRAFT) == set(S)


@pytest.mark.parametrize("state", [*OPEN, S.CLOSED])
def test_from_every_state_an_item_can_be_closed_or_ended_and_none_goes_back_to_a_draft(state: S) -> None:
    assert reached(start=state) == {*OPEN, *OVER}


def test_a_state_is_open_unless_it_is_a_draft_or_over() -> None:
    assert set(OPEN) == set(S) - {S.DRAFT, *OVER}


def test_the_straight_way_is_the_one_the_office_knows() -> None:
    way = [S.DRAFT, S.ISSUED, S.ACTIVE, S.REQUESTED, S.REVIEWED, S.CLOSED]
    steps = [Action.ISSUE, Action.SIGN, Action.REQUEST_CLOSE, Action.ACCEPT, Action.ACCEPT]
    assert [state.label for state in way] == ["拟办", "待签收", "在办", "申请办结", "审核", "已销号"]
    for action, (source, target) in zip(steps, pairwise(way), strict=True):
        assert source in LIFECYCLE[action].sources
        assert target in LIFECYCLE[action].to


def test_what_is_closed_is_only_opened_again_and_what_is_ended_stays_so() -> None:
    assert {action for action, line in LIFECYCLE.items() if S.CLOSED in line.sources} == {
        Action.REOPEN,
        Action.ACHIEVE,
        *TALK,
    }
    assert {action for action, line in LIFECYCLE.items() if S.CANCELLED in line.sources} == {*TALK}


def test_a_draft_is_issued_changed_or_withdrawn() -> None:
    done = {action for action, line in LIFECYCLE.items() if S.DRAFT in line.sources}
    assert done == {Action.ISSUE, Action.EDIT, Action.CANCEL}


def test_an_item_is_closed_by_acceptance_or_with_its_instruction_and_stands_still_by_suspension_alone() -> None:
    closing = {action for action, line in LIFECYCLE.items() if S.CLOSED in line.to}
    assert closing == {Action.ACCEPT, Action.CLOSE_INSTRUCTION}
    assert {action for action, line in LIFECYCLE.items() if S.SUSPENDED in line.to} == {Action.SUSPEND}


@lines
def test_a_line_names_each_state_once(action: Action, line: Transition) -> None:
    assert len(line.sources) == len({*line.sources}) > 0
    assert len(line.to) == len({*line.to})


@lines
def test_a_line_says_which_rows_an_act_leaves(action: Action, line: Transition) -> None:
    tables = line.records.split(", ")
    assert [table for table in tables if table not in METADATA.tables] == []


@lines
def test_a_guard_is_written_as_a_user_reads_it(action: Action, line: Transition) -> None:
    written = line.guard.replace(" ", "")
    assert written == "" or all("一" <= character <= "鿿" or character in "、，；" for character in written)
