"""The numbers of automatic lists are those that Word and LibreOffice write before the paragraphs."""

import io
from collections.abc import Sequence

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from tasks.reading.word import word_lines

W = nsdecls("w")


def level(depth: int, form: str, text: str, more: str = "") -> str:
    shown = f"<w:numFmt w:val='{form}'/>{more}<w:lvlText w:val='{text}'/>"
    return f"<w:lvl w:ilvl='{depth}'><w:start w:val='1'/>{shown}</w:lvl>"


def number(list_id: int, abstract: int, *overrides: str) -> str:
    return f"<w:num {W} w:numId='{list_id}'><w:abstractNumId w:val='{abstract}'/>{''.join(overrides)}</w:num>"


def override(depth: int, what: str) -> str:
    return f"<w:lvlOverride w:ilvl='{depth}'>{what}</w:lvlOverride>"


def style(kind: str, name: str, numbering: str, based: str = "") -> str:
    return (
        f"<w:style {W} w:type='{kind}' w:styleId='{name}'><w:name w:val='{name}'/>{based}"
        f"<w:pPr>{numbering}</w:pPr></w:style>"
    )


THREE = (level(0, "chineseCountingThousand", "%1、"), level(1, "chineseCounting", "（%2）"), level(2, "decimal", "%3."))
ANEW = override(0, "<w:startOverride w:val='1'/>")
ARABIC = level(0, "decimal", "%1.")
AT_FIVE = override(0, "<w:startOverride w:val='5'/>")


def labels(
    levels: Sequence[str],
    lists: Sequence[str],
    places: Sequence[tuple[int, int]],
    *,
    head: str = "",
    more: Sequence[str] = (),
    styles: Sequence[str] = (),
) -> list[str]:
    """What stands before paragraphs at these places, each a list and a depth in it."""
    document = Document()
    root = document.part.numbering_part.element
    for child in list(root):
        root.remove(child)
    first = f"<w:abstractNum {W} w:abstractNumId='1'>{head}{''.join(levels)}</w:abstractNum>"
    for part in (first, *more, *lists):
        root.append(parse_xml(part))
    for part in styles:
        document.styles.element.append(parse_xml(part))
    for list_id, depth in places:
        properties = document.add_paragraph("甲")._p.get_or_add_pPr()
        properties.append(parse_xml(f"<w:numPr {W}><w:ilvl w:val='{depth}'/><w:numId w:val='{list_id}'/></w:numPr>"))
    content = io.BytesIO()
    document.save(content)
    return [line.text.removesuffix("甲") for line in word_lines(content.getvalue(), "a.docx")]


@pytest.mark.parametrize(
    ("lists", "places", "expected"),
    [
        # Lists on one definition go on with one count.
        ([number(1, 1), number(2, 1), number(3, 1)], [(1, 0), (2, 0), (3, 0), (1, 0)], "一、 二、 三、 四、"),
        ([number(1, 1), number(2, 1)], [(1, 0), (2, 1), (2, 1), (1, 0), (2, 1)], "一、 （一） （二） 二、 （一）"),
        # One that begins anew does so once, and the others go on from there.
        ([number(1, 1), number(2, 1, ANEW)], [(1, 0), (1, 0), (2, 0), (2, 0), (1, 0)], "一、 二、 一、 二、 三、"),
        ([number(1, 1), number(2, 1, AT_FIVE)], [(1, 0), (2, 0), (2, 0)], "一、 五、 六、"),
        # A level of its own changes how the number is written, not how it is counted.
        ([number(1, 1), number(2, 1, override(0, ARABIC))], [(1, 0), (2, 0), (1, 0)], "一、 2. 三、"),
        # What stands below a number that nobody wrote.
        ([number(1, 1)], [(1, 1), (1, 0), (1, 1)], "（一） 二、 （一）"),
    ],
)  # fmt: skip
def test_lists_are_counted_as_they_are_shown(
    lists: Sequence[str], places: Sequence[tuple[int, int]], expected: str
) -> None:
    assert " ".join(labels(THREE, lists, places)) == expected


def test_a_list_that_refers_to_a_list_style_has_its_levels() -> None:
    linked = f"<w:abstractNum {W} w:abstractNumId='2'><w:numStyleLink w:val='Parts'/></w:abstractNum>"
    parts = style("numbering", "Parts", "<w:numPr><w:numId w:val='1'/></w:numPr>")
    lists = [number(1, 1), number(2, 2)]
    head = "<w:styleLink w:val='Parts'/>"

    found = labels(THREE, lists, [(2, 0), (2, 1), (2, 0), (1, 0)], head=head, more=[linked], styles=[parts])

    assert found == ["一、", "（一）", "二、", "三、"]


def test_a_level_in_arabic_figures_throughout_and_one_that_never_begins_again() -> None:
    levels = (
        THREE[0],
        level(1, "chineseCounting", "%1.%2", "<w:isLgl/>"),
        level(2, "decimal", "%3)", "<w:lvlRestart w:val='0'/>"),
    )
    places = [(1, 0), (1, 1), (1, 2), (1, 1), (1, 2), (1, 0), (1, 2)]

    assert labels(levels, [number(1, 1)], places) == ["一、", "1.1", "1)", "1.2", "2)", "二、", "3)"]


def test_an_empty_paragraph_of_a_list_is_counted() -> None:
    document = Document()
    content = io.BytesIO()
    for text in ("甲", "", "乙"):
        document.add_paragraph(text, style="List Number")
    document.save(content)

    assert [line.text for line in word_lines(content.getvalue(), "a.docx")] == ["1.甲", "3.乙"]


def test_headings_numbered_by_their_styles_have_the_level_bound_to_them() -> None:
    document = Document()
    bound = (
        level(0, "chineseCounting", "%1、", "<w:pStyle w:val='Heading1'/>"),
        level(1, "chineseCounting", "（%2）", "<w:pStyle w:val='Heading2'/>"),
    )
    root = document.part.numbering_part.element
    root.insert(0, parse_xml(f"<w:abstractNum {W} w:abstractNumId='77'>{''.join(bound)}</w:abstractNum>"))
    root.append(parse_xml(number(77, 77)))
    for name in ("Heading 1", "Heading 2"):
        properties = document.styles[name].element.get_or_add_pPr()
        properties.append(parse_xml(f"<w:numPr {W}><w:numId w:val='77'/></w:numPr>"))
    for depth, text in ((1, "甲"), (2, "乙"), (2, "丙"), (1, "丁")):
        document.add_heading(text, depth)
    content = io.BytesIO()
    document.save(content)

    assert [line.text for line in word_lines(content.getvalue(), "a.docx")] == [
        "一、甲",
        "（一）乙",
        "（二）丙",
        "二、丁",
    ]
