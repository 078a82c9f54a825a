"""Names as an office lists them: by strokes and their kinds, or by pinyin with surnames read as surnames."""

from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.people.name_order import NameOrder, _places, name_key


@pytest.mark.parametrize(
    "names",
    [
        "丁一 万里 马三 王五 毛四 方六 孔七 邓八",  # 2 3 3 4 4 4 4 4 strokes: 横竖撇点折
        "田 史 白 冯 司 边",
        "孙立 阳光 李明 杨光 吴天 何平 沈力 张三 陈一",
        "李 李明 李明华",  # the shorter first
        "王一 王二 王力 王小",
        "欧 欧阳",
        "龚丽 㐂",  # what is not in the table stands last
    ],
)
def test_names_stand_by_strokes_and_then_by_the_kinds_of_strokes(names: str) -> None:
    listed = names.split()

    upside_down = listed[::-1]
    assert sorted(upside_down, key=name_key) == listed


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("单雄信", "shan4 xiong2 xin4"), ("单于", "chan2 yu2"), ("曾国藩", "zeng1 guo2 fan1"),
        ("仇和", "qiu2 he2"), ("解缙", "xie4 jin4"), ("区志航", "ou1 zhi4 hang2"), ("查良镛", "zha1 liang2 yong1"),
        ("尉迟恭", "yu4 chi2 gong1"), ("万俟卨", "mo4 qi2 xie4"), ("任正非", "ren2 zheng4 fei1"),
        ("朴树", "piao2 shu4"), ("盖叫天", "ge3 jiao4 tian1"), ("长孙无忌", "zhang3 sun1 wu2 ji4"),
        ("欧阳修", "ou1 yang2 xiu1"), ("吕布", "lv3 bu4"), ("王解放", "wang2 jie3 fang4"), ("", ""),
    ],
)  # fmt: skip
def test_a_surname_is_read_as_one_and_a_given_name_is_not(name: str, read: str) -> None:
    assert name_key(name, NameOrder.PINYIN) == (tuple(read.split()), name)


def test_the_table_holds_each_character_once_and_few_strokes_first() -> None:
    places = _places()

    assert len(places) == 8105
    assert {letter: places[letter][0] for letter in "一丁三王田朱李林赵高黄曾解谭潘霍戴瞿"} == {
        "一": 1, "丁": 2, "三": 3, "王": 4, "田": 5, "朱": 6, "李": 7, "林": 8, "赵": 9, "高": 10, "黄": 11, "曾": 12,
        "解": 13, "谭": 14, "潘": 15, "霍": 16, "戴": 17, "瞿": 18,
    }  # fmt: skip
    assert [strokes for strokes, _ in groupby(sorted(place[0] for place in places.values()))][:26] == [*range(1, 27)]


@given(st.lists(st.text(max_size=4)), st.sampled_from(NameOrder))
def test_any_names_can_be_put_in_order(names: list[str], order: NameOrder) -> None:
    def listed(said: list[str]) -> list[str]:
        return sorted(said, key=lambda name: name_key(name, order))

    assert listed(names[::-1]) == listed(names)
