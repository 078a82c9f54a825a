"""Sign-ins that follow each other are one line for each person; all else stands alone and in its place."""

import datetime as dt

from tasks.trail.fold_sign_ins import fold_sign_ins, what_of
from tasks.trail.show_audit import TrailEntry
from tasks.trail.tell_entry import action_label

AT = dt.datetime(2026, 6, 8, 1, tzinfo=dt.UTC)


def told(*rows: tuple[str, str]) -> list[tuple[str, str, list[int]]]:
    entries = [
        TrailEntry(
            id=number, at=AT, on=AT.date(), actor=who, stands_for=None, channel="网页", action=action,
            action_label=action_label(action), organ="某局", item=None, item_id=None, reason=None, changes=[],
            before={}, after={}, hash="",
        )
        for number, (who, action) in enumerate(rows, start=1)
    ]  # fmt: skip
    return [(line[0].actor, what_of(line), [one.id for one in line]) for line in fold_sign_ins(entries)]


def test_the_sign_ins_of_each_person_between_two_acts_are_one_line_with_their_number() -> None:
    assert told(
        ("甲", "sign_in"), ("乙", "sign_in"), ("甲", "sign_out"), ("甲", "sign_in"), ("甲", "report"),
        ("甲", "sign_out"),
    ) == [
        ("甲", "登录 2 次、退出登录 1 次", [1, 3, 4]),
        ("乙", "登录", [2]),
        ("甲", "填报进展", [5]),
        ("甲", "退出登录", [6]),
    ]  # fmt: skip


def test_nothing_else_is_folded_and_nothing_is_left_out() -> None:
    assert told(("甲", "report"), ("甲", "report"), ("甲", "set_password")) == [
        ("甲", "填报进展", [1]), ("甲", "填报进展", [2]), ("甲", "设置密码", [3]),
    ]  # fmt: skip
    assert told() == []
