import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import DeliveryError
from tasks.notices.provider.message_text import (
    REST,
    cut,
    harmless,
    key_of,
    markdown,
    mobile,
    number_of,
    one_line,
    size,
    user_id,
)  # fmt: skip
from tests.tasks.notices.providers import wide

OWN = "http://10.0.0.8:8000"


@given(st.text())
def test_no_sign_of_markup_is_left_and_the_length_stays(text: str) -> None:
    assert not re.search(r"[<>\[\]*_`#~|@\\&\"!]", harmless(text))
    assert len(harmless(text)) == len(text)
    assert harmless(harmless(text)) == harmless(text)


@pytest.mark.parametrize("sign", ["\u202e", "\u200b", "\ufeff", "\u2066", "\x07", "\x85", "\u2028", "\t", "\r"])
def test_what_is_not_seen_becomes_a_blank(sign: str) -> None:
    assert harmless(f"甲{sign}乙\n丙") == "甲 乙\n丙"


def test_a_title_is_one_line() -> None:
    assert one_line(" 甲\n\n# 乙\u3000丙 ") == wide("甲 # 乙 丙")


@given(st.text(), st.integers(min_value=40, max_value=200))
def test_what_is_cut_fits_and_says_so(text: str, most: int) -> None:
    done = cut(text, most)

    assert size(done) <= most
    assert done == text if size(text) <= most else done.endswith(REST)
    assert text.startswith(done.removesuffix(REST))


def test_whole_lines_are_kept_and_of_a_long_one_what_fits() -> None:
    assert cut("第一行\n第二行\n第三行与更多的字", 40) == "第一行\n第二行\n" + REST
    assert cut("长" * 100, 5) == REST
    assert cut("题\n" + "长" * 100, 60) == "题\n" + "长" * 12 + REST


def test_only_own_addresses_become_links() -> None:
    text = f"1. 甲[点我](http://evil.test):{OWN}/items/1?a=b&c=_d#e。\n    时限\n{OWN}查看"
    assert markdown(text, f"{OWN}/", line_end="\n") == (
        f"{wide('1. 甲[点我](http://evil.test)')}:[打开]({OWN}/items/1?a=b&c=_d#e)。\n\u3000时限\n[打开]({OWN})查看"
    )


@pytest.mark.parametrize("address", [f"{OWN}.evil.test", f"{OWN}@evil.test/", f"{OWN}1/", f"{OWN}-x.test"])
def test_an_address_that_only_begins_like_an_own_one_does_not(address: str) -> None:
    assert markdown(address, OWN, line_end="\n") == wide(address)


def test_a_message_has_a_name_of_its_own() -> None:
    assert key_of("<1>") == key_of("<1>") != key_of("<2>")
    assert number_of("<1>") == f"编号 {key_of('<1>')[:8]}"


@pytest.mark.parametrize("to", ["zhangsan", "ZhangSan_1", "a", "ou_7d8a6e6df7621556ce0d21922b676706", "z.s@a.test"])
def test_an_account_is_taken_as_it_is(to: str) -> None:
    assert user_id(to, "飞书") == to


@pytest.mark.parametrize(
    ("to", "number"),
    [("13800001111", "13800001111"), ("138 0000 1111", "13800001111"), ("+86-138-0000-1111", "13800001111"),
     ("+85261234567", "+85261234567")],
)  # fmt: skip
def test_a_mobile_number_is_taken_without_its_blanks(to: str, number: str) -> None:
    assert mobile(to, "钉钉") == number


@pytest.mark.parametrize("to", ["", "12345", "@all", "13800001111,13900001111", "一三八", "1380000111x"])
def test_what_is_no_mobile_number_is_named(to: str) -> None:
    with pytest.raises(DeliveryError, match=f"“{re.escape(to)}”不是手机号"):
        mobile(to, "钉钉群机器人")
