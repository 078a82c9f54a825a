"""Marks beside Chinese are full-width on paper; figures and western words keep theirs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.wording.full_width import full_width


@pytest.mark.parametrize(
    ("typed", "paper"),
    [
        ("逾期的,说明原因;按时的!", "逾期的，说明原因；按时的！"),
        ("修订《工作规则》(2024年版),于6月30日前报送:初稿", "修订《工作规则》（2024年版），于6月30日前报送：初稿"),
        ("行政检查(双随机, 一公开)", "行政检查（双随机，一公开）"),
        ("上午9:30,电话0512-1234", "上午9:30，电话0512-1234"),
        ("共1,256件(占98.5%)", "共1,256件（占98.5%）"),
        ("见https://example.cn/a,b", "见https://example.cn/a,b"),
        ("OK, fine (ok): a,b", "OK, fine (ok): a,b"),
    ],
)
def test_marks_beside_chinese_are_full_width(typed: str, paper: str) -> None:
    assert full_width(typed) == paper


@given(st.text("甲乙,;:?!()1a. ，（）", max_size=40))
def test_only_marks_change_and_a_second_time_changes_nothing(text: str) -> None:
    def bare(said: str) -> str:
        return "".join(sign for sign in said if sign.isalnum())

    once = full_width(text)
    assert bare(once) == bare(text)
    assert full_width(once) == once
