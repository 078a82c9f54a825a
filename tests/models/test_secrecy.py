"""What counts as a secrecy marking, however people write it, and what only speaks of secrets."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from models.database import on_record, written_texts
from models.secrecy import MarkedError, marking, texts_in

MARKED = {
    "机密★": "机密★",
    "绝密★30年": "绝密★30年",
    "秘密★6个月 某案": "秘密★6个月",
    "机密☆长期": "机密☆长期",
    "机密*": "机密*",
    "秘密＊5年": "秘密＊5年",
    "绝密⭐": "绝密⭐",
    "机密⭐\ufe0f10年": "机密⭐\ufe0f10年",
    "机密★★": "机密★★",
    "机 密 ★ 1 0 年": "机 密 ★ 1 0 年",
    "机　　密　★": "机　　密　★",
    "机\u00a0密\u2003★": "机\u00a0密\u2003★",
    "机\u200b密★": "机\u200b密★",
    "机\u2060\u00ad密\ufeff★": "机\u2060\u00ad密\ufeff★",
    "机密级★": "机密级★",
    "國家机密件★": "机密件★",
    "機密★十年": "機密★十年",
    "国家秘密★10年": "秘密★10年",
    "本件为秘密★，请勿外传": "秘密★",
    "（机密）专项任务": "（机密）",
    "见附件（ 秘密 ）": "（ 秘密 ）",
    "【秘密】某事": "【秘密】",
    "〔绝密〕": "〔绝密〕",
    "密级：机密": "密级：机密",
    "密级：秘密": "密级：秘密",
    "密 级 ： 机 密": "密 级 ： 机 密",
    "密级 机密": "密级 机密",
    "密级　秘密": "密级　秘密",
    "密级\t绝密": "密级\t绝密",
    "密级为机密。": "密级为机密",
    "密级：【机密】": "密级：【机密",
    "机密": "机密",
    " 秘 密 ": "秘 密",
    "★机密": "★机密",
    "第一行\n机密\n第三行": "机密",
    "第一行\r\n秘密文件\r\n": "秘密文件",
    "机\n密\n★": "机密★",
    "机\n密★5年": "机密★5年",
    "绝密 20年": "绝密 20年",
}
"""Text → the marking as it is told."""

OPEN = [
    "", "密", "★", "开展公开前保密审查", "保护商业秘密和个人隐私", "防止泄露国家秘密", "商业秘密 制度",
    "商业秘密\n制度",
    "保守国家\n秘密\n制度",
    "国家秘密", "国 家 秘 密", "商业秘密", "工作秘密", "保密教育", "《保守国家秘密法》",
    "《中华人民共和国保守国家秘密法》学习",
    "密级鉴定工作", "密级鉴定工作：完成国家秘密清理", "开展机密级文件管理检查", "国家秘密（工作秘密）清理",
    "加强保密工作",
    "保密委员会", "机密文件管理制度", "秘密级计算机检查", "★重点工作：严守机密", "* 秘密文件的清退", "密级：内部",
    "密级：",
    "密级分为绝密、机密、秘密三级", "密级：绝密、机密、秘密", "严守党和国家机密\n* 下一条", "企业商业秘密★保护",
    "核心商密",
    "学习“国家秘密”一课", "非涉密", "涉密人员培训", "密级：机密以上的另行处理", "保密★先锋",
]  # fmt: skip


@pytest.mark.parametrize(("written", "mark"), MARKED.items())
def test_a_marking_is_found_however_it_is_written(written: str, mark: str) -> None:
    assert marking(written) == mark
    assert marking(f"关于某事的通知\n{written}\n附件") == mark


@pytest.mark.parametrize("written", OPEN)
def test_the_mere_word_is_no_marking(written: str) -> None:
    assert marking(written) is None


@given(
    st.sampled_from(["机密★", "绝密*10年", "密级：秘密"]),
    st.text("  \u3000\u200b\u00ad\ufeff\t", max_size=6),
    st.data(),
)
def test_blanks_and_what_nobody_sees_hide_nothing(mark: str, between: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(mark)))

    assert marking(f"某文件{mark[:place]}{between}{mark[place:]}，见附件") is not None


@given(st.text())
def test_what_is_found_stands_in_the_text(written: str) -> None:
    found = marking(f"前文 {written} 机 密★ 后文")

    assert found is not None
    assert re.sub(r"\s", "", found)


def test_texts_are_found_however_deep_they_are_sent() -> None:
    assert set(texts_in({"a": ["b", {"c": ("d", 1, None)}], "e": b"f"})) == {"a", "b", "c", "d", "e"}


@pytest.mark.parametrize(
    "values", [("机密★",), {"title": "机密★"}, [("甲",), ("机密★",)], ('{"title": "\\u673a\\u5bc6\\u2605"}',)]
)
def test_no_value_of_a_statement_is_overlooked(values: Any) -> None:
    assert [one for one in written_texts(values) if marking(one)] == ["机密★"]


def rows(engine: Engine) -> Iterator[str]:
    with engine.connect() as connection:
        yield from connection.execute(text("SELECT code FROM organ")).scalars()


@pytest.mark.parametrize("written", ["某单位（机密）", "机 密 ★10年"])
def test_nothing_marked_is_written_by_any_act(any_engine: Engine, written: str) -> None:
    with pytest.raises(MarkedError, match="密级标志"), on_record(any_engine) as session:
        session.execute(text("INSERT INTO organ (code, name) VALUES ('a', :name)"), {"name": written})

    assert list(rows(any_engine)) == []
