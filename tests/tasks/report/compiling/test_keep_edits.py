"""Recompiling: nothing a person did is lost, and what nobody touched is what the compiler writes."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.report.figure import Figure
from models.report.report import SectionKind
from tasks.report.compiling.blocks import Block
from tasks.report.compiling.draft import DraftBlock, fresh
from tasks.report.compiling.keep_edits import carry_edits

ONE, TWO, OTHER = SectionKind.ACHIEVEMENTS, SectionKind.DEFICIENCIES, SectionKind.OTHER
Compiled = dict[SectionKind, list[Block]]


def block(key: str, text: str = "", **more: object) -> Block:
    return Block(text or f"{key}的话。", "标题", (key,), key=key, **more)  # type: ignore[arg-type]


def year(*keys: str, **changed: str) -> Compiled:
    """A year whose first part has these blocks; `changed` says what some of them say."""
    return {ONE: [block(key, changed.get(key, "")) for key in keys], TWO: [block("缺", "不足。")]}


def drafted(compiled: Compiled) -> list[DraftBlock]:
    return [fresh(one, kind) for kind, blocks in compiled.items() for one in blocks]


def edited(drafts: list[DraftBlock], key: str, **change: object) -> list[DraftBlock]:
    return [replace(one, **change) if one.key == key else one for one in drafts]  # type: ignore[arg-type]


def told(drafts: list[DraftBlock]) -> list[str]:
    return [one.text for one in drafts]


def test_what_nobody_touched_follows_its_sources() -> None:
    after = carry_edits(drafted(year("a", "b", "c")), year("c", "a", "d", a="改了。"))

    assert after == drafted(year("c", "a", "d", a="改了。"))


def test_an_edit_stays_and_shows_both_texts_when_its_sources_changed() -> None:
    mine = edited(drafted(year("a", "b")), "a", text="我的话。", compiled="a的话。", author_id=7)
    same = carry_edits(mine, year("a", "b"))
    changed = carry_edits(mine, year("a", "b", a="新的话。"))
    back = carry_edits(changed, year("a", "b"))

    assert same == mine
    assert [(one.text, one.compiled, one.was_compiled) for one in changed[:1]] == [("我的话。", "新的话。", "a的话。")]
    assert back == mine


def test_an_edit_whose_source_is_gone_stays_and_says_so() -> None:
    mine = edited(drafted(year("a", "b", "c")), "b", text="我的话。", compiled="b的话。")
    after = carry_edits(mine, year("a", "c"))

    assert told(after) == ["a的话。", "我的话。", "c的话。", "不足。"]
    assert (after[1].compiled, after[1].was_compiled) == ("", "b的话。")
    assert carry_edits(after, year("a", "b", "c")) == mine


def test_merged_blocks_follow_until_somebody_edits_them() -> None:
    a, b, c, short = drafted(year("a", "b", "c"))
    merged = [replace(a, text=a.text + b.text, origins=("a", "b")), c, short]

    assert told(carry_edits(merged, year("a", "b", "c", b="乙。"))) == ["a的话。乙。", "c的话。", "不足。"]
    assert told(carry_edits(merged, year("b", "c"))) == ["b的话。", "c的话。", "不足。"]
    own = edited(merged, "a", text="合写。", compiled=a.text + b.text)
    kept = carry_edits(own, year("a", "b", "c", b="乙。"))[0]
    assert (kept.text, kept.was_compiled) == ("合写。", "a的话。b的话。")


def test_the_parts_of_a_split_block_stay_together_and_share_its_figures() -> None:
    whole = block("a", "办案13起。罚款3万元。", figures=tuple(
        Figure(name, Decimal(value), unit, ()) for name, value, unit in (("案", 13, "起"), ("罚", 3, "万元"))
    ))  # fmt: skip
    compiled: Compiled = {ONE: [block("z"), whole]}
    z, a = drafted(compiled)
    first = replace(a, text="办案13起。", compiled=a.text)
    second = replace(first, key="split:1", text="罚款3万元。")
    after = carry_edits([z, first, second], {ONE: [whole, block("z")]})

    assert [(one.text, [figure.name for figure in one.figures]) for one in after] == [
        ("办案13起。", ["案"]), ("罚款3万元。", ["罚"]), ("z的话。", []),
    ]  # fmt: skip


def test_what_was_moved_stays_behind_its_neighbour_also_in_another_part() -> None:
    a, b, c, short = drafted(year("a", "b", "c"))
    moved = [b, replace(a, placed=True), c, replace(short, section=ONE, placed=True)]
    after = carry_edits(moved, year("a", "b", "new", "c", a="改了。"))

    assert told(after) == ["b的话。", "改了。", "new的话。", "c的话。", "不足。"]
    assert {one.section for one in after} == {ONE}


def test_what_was_written_by_hand_stays_even_in_a_part_that_nothing_is_compiled_for() -> None:
    hand = DraftBlock("hand:1", OTHER, "另有一事。")

    assert carry_edits([*drafted(year("a")), hand], year("a"))[-1] == hand
    assert carry_edits([hand], {ONE: [block("a")]}) == [fresh(block("a"), ONE), hand]


@pytest.mark.parametrize("mark", [{"withdrawn": True}, {"internal": "涉及个案"}, {"heading": "另题", "titled": True}])
def test_a_mark_stays_while_the_text_follows(mark: dict[str, object]) -> None:
    [after, *_] = carry_edits(edited(drafted(year("a")), "a", **mark), year("a", a="新的话。"))

    assert after.text == "新的话。"
    assert {name: getattr(after, name) for name in mark} == mark


def test_what_the_compiler_calls_internal_is_internal_whatever_it_was() -> None:
    [after] = carry_edits(drafted({ONE: [block("a")]}), {ONE: [block("a", internal="内部台账")]})

    assert after.internal == "内部台账"


def test_an_internal_figure_stays_internal() -> None:
    def counted(value: int) -> Block:
        return block("a", figures=(Figure("案", Decimal(value), "起", (), code="case.all"),))

    [before] = drafted({ONE: [counted(1)]})
    before = replace(before, figures=(replace(before.figures[0], internal="未公开"),))
    [after] = carry_edits([before], {ONE: [counted(2)]})

    assert [(figure.written, figure.internal) for figure in after.figures] == [("2起", "未公开")]


# --- properties ---------------------------------------------------------------------------------------------------

KEYS = st.sampled_from("abcdefgh")
PARTS = st.sampled_from([ONE, TWO, OTHER])


@st.composite
def compilations(draw: st.DrawFn) -> Compiled:
    """Parts of blocks, each key at most once, saying one of two things."""
    keys = draw(st.lists(KEYS, unique=True, max_size=8))
    parts: Compiled = {ONE: [], TWO: []}
    for key in keys:
        parts[draw(st.sampled_from([ONE, TWO]))].append(block(key, draw(st.sampled_from(["", f"{key}又一说。"]))))
    return parts


@st.composite
def desks(draw: st.DrawFn) -> list[DraftBlock]:
    """What people may have made of a compilation: edited, merged, split, moved, withdrawn, written by hand."""
    made: list[DraftBlock] = []
    drafts = drafted(draw(compilations()))
    while drafts:
        one = drafts.pop(0)
        match draw(st.sampled_from(["", "", "edit", "merge", "split", "move", "withdraw", "internal", "hand"])):
            case "edit":
                made.append(replace(one, text=f"改写{one.key}。", compiled=one.text))
            case "merge" if drafts:
                other = drafts.pop(0)
                origins, text = (*one.origins, *other.origins), one.text + other.text
                made.append(replace(one, text=text, origins=origins))
                made.append(replace(other, origins=(), sources=(), withdrawn=True))
            case "split":
                made.append(replace(one, text=one.text[:1], compiled=one.text))
                made.append(replace(one, text=one.text[1:], compiled=one.text, key=f"split:{one.key}"))
            case "move":
                made.insert(draw(st.integers(0, len(made))), replace(one, placed=True, section=draw(PARTS)))
            case "withdraw":
                made.append(replace(one, withdrawn=True))
            case "internal":
                made.append(replace(one, internal="内部"))
            case "hand":
                made += [one, DraftBlock(f"hand:{one.key}", one.section, f"手写{one.key}。")]
            case _:
                made.append(one)
    return [one for kind in (ONE, TWO, OTHER) for one in made if one.section is kind]


@given(desks(), compilations())
def test_nothing_a_person_did_is_ever_lost(previous: list[DraftBlock], compiled: Compiled) -> None:
    after = {one.key: one for one in carry_edits(previous, compiled)}

    for one in previous:
        if one.by_hand:
            assert after[one.key].text == one.text
        if one.touched:
            kept = after[one.key]
            assert (kept.withdrawn, kept.placed, kept.internal) == (one.withdrawn, one.placed, one.internal)
            assert not one.placed or kept.section is one.section


@given(desks(), compilations())
def test_carrying_twice_is_carrying_once(previous: list[DraftBlock], compiled: Compiled) -> None:
    once = carry_edits(previous, compiled)

    assert carry_edits(once, compiled) == once


@given(desks(), compilations())
def test_no_key_comes_twice_and_every_compiled_block_is_told(previous: list[DraftBlock], compiled: Compiled) -> None:
    after = carry_edits(previous, compiled)

    assert len({one.key for one in after}) == len(after)
    told_of = {key for one in after for key in one.origins}
    assert {one.key for blocks in compiled.values() for one in blocks} <= told_of


@given(compilations(), compilations())
def test_without_edits_the_result_is_what_is_compiled(before: Compiled, compiled: Compiled) -> None:
    assert carry_edits(drafted(before), compiled) == drafted(compiled)


@given(desks(), compilations(), compilations())
def test_sources_that_come_back_leave_an_edit_as_it_was(
    previous: list[DraftBlock], other: Compiled, compiled: Compiled
) -> None:
    """What lies between does not matter: only what the compiler wrote then and writes now."""
    straight = {one.key: one for one in carry_edits(previous, compiled)}
    around = {one.key: one for one in carry_edits(carry_edits(previous, other), compiled)}

    for one in previous:
        if one.compiled is not None:
            kept, same = around[one.key], straight[one.key]
            assert (kept.text, kept.compiled, kept.was_compiled) == (same.text, same.compiled, same.was_compiled)
