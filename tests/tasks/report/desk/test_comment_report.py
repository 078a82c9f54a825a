"""Comments on a report: any reader makes them, they outlive versions, and whoever compiles settles them once."""

from typing import Any

import pytest
from sqlalchemy import Engine

from models.database import unit_of_work
from models.errors import BadInputError, ConflictError, ForbiddenError, NotFoundError
from models.people.person import Role
from tasks.report.desk.arrange_blocks import merge_blocks
from tasks.report.desk.comment_report import comment, comments_of, on_block, open_comments, resolve_comment
from tests.desk import CHEN, DeskYear, on_the_desk


@pytest.fixture
def desk(any_engine: Engine) -> Any:
    with unit_of_work(any_engine) as session:
        made = on_the_desk(session)
        for name, role in (("监督", Role.AUDITOR), ("科员", Role.HANDLER)):
            made.people[name] = made.year.person(name, role).id or 0
        yield made


def test_a_comment_outlives_recompiling_and_merging(desk: DeskYear) -> None:
    made = comment(desk.session, desk.newest, "ledger:study", by=desk.by("监督"), text="写明参加人数")
    assert (made.actor, made.quoted) == ("监督", "围绕“行政处罚法”“民法典”专题开展法治学习研讨2次。")
    merge_blocks(desk.session, desk.newest, "item:1", by=desk.by(), with_="ledger:study")
    desk.year.study("10-10", "宪法")
    desk.year.compile("2026-01-16")
    assert [one.text for one in on_block(desk.block("item:1"), open_comments(desk.session, desk.newest))] == [
        "写明参加人数"
    ]


def test_a_comment_is_settled_once_with_an_answer(desk: DeskYear) -> None:
    made = comment(desk.session, desk.newest, "overview", by=desk.by(), text="口径要核")
    number = made.id or 0
    settled = resolve_comment(desk.session, desk.newest, number, by=desk.by(), answer="已核")
    assert (settled.answer, settled.resolved_by_id) == ("已核", desk.people[CHEN])
    assert open_comments(desk.session, desk.newest) == []
    assert len(comments_of(desk.session, desk.newest)) == 1
    with pytest.raises(ConflictError, match="已经处理"):
        resolve_comment(desk.session, desk.newest, number, by=desk.by())
    with pytest.raises(NotFoundError, match="没有这条批注"):
        resolve_comment(desk.session, desk.newest, 999, by=desk.by())


def test_who_may_and_what_may_be_said(desk: DeskYear) -> None:
    with pytest.raises(ForbiddenError, match="科员不能批注年度报告"):
        comment(desk.session, desk.newest, "overview", by=desk.by("科员"), text="好")
    made = comment(desk.session, desk.newest, "overview", by=desk.by("监督"), text="好")
    with pytest.raises(ForbiddenError):
        resolve_comment(desk.session, desk.newest, made.id or 0, by=desk.by("监督"))
    with pytest.raises(BadInputError, match="批注不能为空"):
        comment(desk.session, desk.newest, "overview", by=desk.by(), text=" ")
    with pytest.raises(BadInputError, match="密级标志"):
        comment(desk.session, desk.newest, "overview", by=desk.by(), text="见附件（秘密）")
    with pytest.raises(NotFoundError, match="没有“item:99”这一段"):
        comment(desk.session, desk.newest, "item:99", by=desk.by(), text="好")
