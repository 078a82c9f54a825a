"""Charts, opened again: their numbers and words, their parts in the file, the order that Word insists on."""

import io
import zipfile
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.papers.charts import BarChart, Chart, LineChart, Series, in_words
from tasks.papers.official_document import Fonts, Heading, OfficialDocument, render
from tests.tasks.papers.papers import HOSTILE, charts, names, numbers, opened, paper_of, said, shown, styled

BARS = BarChart(
    "各单位办理情况",
    ("供水科", "财务科"),
    (Series("正常", "2E7D32", (3, 0)), Series("逾期", "B3261E", (1, 2))),
)
TREND = LineChart("趋势", ("5月", "6月"), (Series("办结", "1565C0", (3, 4.5)),))


def tags(element: Any) -> list[str]:
    return [child.tag.split("}")[1] for child in element]


def values(chart: Any, name: str) -> list[str]:
    return [element.get("val") for element in chart.iter(qn(f"c:{name}"))]


def test_each_chart_is_a_part_of_its_own_with_its_numbers() -> None:
    word = opened(paper_of(BARS, Heading(1, "一、", "标题"), TREND))

    assert [(names(chart), numbers(chart)) for chart in charts(word)] == [
        (["供水科", "财务科"], {"正常": [3, 0], "逾期": [1, 2]}),
        (["5月", "6月"], {"办结": [3, 4.5]}),
    ]


def test_a_chart_says_its_numbers_in_words() -> None:
    assert said(opened(paper_of(BARS, TREND))) == [
        "各单位办理情况。供水科：正常3，逾期1。财务科：正常0，逾期2。",
        "趋势。5月：办结3。6月：办结4.5。",
    ]


def test_the_file_lists_each_chart_by_name_and_kind() -> None:
    with zipfile.ZipFile(io.BytesIO(render(paper_of(BARS, TREND)))) as archive:
        drawn = [name for name in archive.namelist() if "chart" in name]
        types = archive.read("[Content_Types].xml").decode()
        relationships = archive.read("word/_rels/document.xml.rels").decode()

    assert drawn == ["word/charts/chart1.xml", "word/charts/chart2.xml"]
    for number in (1, 2):
        assert (
            f'<Override PartName="/word/charts/chart{number}.xml"'
            ' ContentType="application/vnd.openxmlformats-officedocument.drawingml.chart+xml"/>'
        ) in types
        assert f'relationships/chart" Target="charts/chart{number}.xml"' in relationships


def test_a_chart_needs_no_other_file() -> None:
    """No workbook, no theme: numbers, fonts and colours stand in the chart."""
    with zipfile.ZipFile(io.BytesIO(render(paper_of(BARS)))) as archive:
        assert not [name for name in archive.namelist() if "theme" in name or "embed" in name or "charts/_rels" in name]
        assert b"externalData" not in archive.read("word/charts/chart1.xml")
        assert b"schemeClr" not in archive.read("word/charts/chart1.xml")


@pytest.mark.parametrize(
    ("horizontal", "stacked", "expected"),
    [
        (True, True, ("bar", "stacked", "100", "maxMin", "max")),
        (True, False, ("bar", "clustered", "0", "maxMin", "max")),
        (False, True, ("col", "stacked", "100", "minMax", "autoZero")),
        (False, False, ("col", "clustered", "0", "minMax", "autoZero")),
    ],
)
def test_bars_lie_or_stand_and_share_a_bar_or_not(horizontal: bool, stacked: bool, expected: tuple[str, ...]) -> None:
    [chart] = charts(opened(paper_of(BarChart(BARS.title, BARS.categories, BARS.series, horizontal, stacked))))

    found = (values(chart, name)[0] for name in ("barDir", "grouping", "overlap", "orientation"))
    assert (*found, values(chart, "crosses")[1]) == expected


def test_elements_stand_in_the_order_of_the_schema() -> None:
    bars, trend = charts(opened(paper_of(BARS, TREND)))

    assert tags(bars) == ["date1904", "lang", "roundedCorners", "chart", "spPr", "txPr"]
    assert tags(bars.find(qn("c:chart"))) == [
        "title", "autoTitleDeleted", "plotArea", "legend", "plotVisOnly", "dispBlanksAs",
    ]  # fmt: skip
    assert tags(next(bars.iter(qn("c:plotArea")))) == ["layout", "barChart", "catAx", "valAx"]
    assert tags(next(bars.iter(qn("c:barChart")))) == [
        "barDir", "grouping", "varyColors", "ser", "ser", "gapWidth", "overlap", "axId", "axId",
    ]  # fmt: skip
    assert tags(next(bars.iter(qn("c:ser")))) == [
        "idx", "order", "tx", "spPr", "invertIfNegative", "dLbls", "cat", "val",
    ]  # fmt: skip
    assert tags(next(trend.iter(qn("c:lineChart")))) == [
        "grouping", "varyColors", "ser", "marker", "axId", "axId",
    ]  # fmt: skip
    assert tags(next(trend.iter(qn("c:ser")))) == [
        "idx", "order", "tx", "spPr", "marker", "dLbls", "cat", "val", "smooth",
    ]  # fmt: skip
    assert tags(next(bars.iter(qn("c:valAx")))) == [
        "axId", "scaling", "delete", "axPos", "majorGridlines", "numFmt", "majorTickMark", "minorTickMark",
        "tickLblPos", "spPr", "txPr", "crossAx", "crosses", "crossBetween", "majorUnit",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("largest", "step", "end"),
    [(0, "1", "1"), (1, "1", "2"), (7, "2", "8"), (10, "2", "12"), (23, "5", "25"), (99, "20", "120"), (0.4, "1", "1")],
)
def test_the_axis_has_few_whole_steps_and_room_for_the_label(largest: float, step: str, end: str) -> None:
    [chart] = charts(opened(paper_of(LineChart("", ("甲",), (Series("", "000000", (largest,)),)))))

    assert (values(chart, "majorUnit"), values(chart, "max")) == ([step], [end])


def test_nothing_inside_a_stacked_bar_has_no_label_and_a_nought_of_a_trend_has_one() -> None:
    bars, trend = charts(opened(paper_of(BARS, TREND)))

    formats = [[label.find(qn("c:numFmt")).get("formatCode") for label in c.iter(qn("c:dLbls"))] for c in (bars, trend)]
    assert formats == [["0;;", "0;;"], ["0.0"]]


def test_labels_are_readable_on_their_colour() -> None:
    series = tuple(Series(colour, colour, (1,)) for colour in ("2E7D32", "6b7785", "FFEE58"))
    [chart] = charts(opened(paper_of(BarChart("", ("甲",), series))))

    colours = [next(label.iter(qn("a:srgbClr"))).get("val") for label in chart.iter(qn("c:dLbls"))]
    assert colours == ["FFFFFF", "FFFFFF", "000000"]
    assert [next(one.find(qn("c:spPr")).iter(qn("a:srgbClr"))).get("val") for one in chart.iter(qn("c:ser"))] == [
        "2E7D32",
        "6B7785",
        "FFEE58",
    ]


def test_the_fonts_are_those_of_the_document() -> None:
    content = render(paper_of(BARS), Fonts(body="宋体", heading_1="方正黑体_GBK"))
    [chart] = charts(docx.Document(io.BytesIO(content)))

    assert {face.get("typeface") for face in chart.iter(qn("a:ea"))} == {"宋体", "方正黑体_GBK"}
    assert {face.get("typeface") for face in chart.find(qn("c:chart")).find(qn("c:title")).iter(qn("a:ea"))} == {
        "方正黑体_GBK"
    }


def test_more_bars_make_a_higher_picture_up_to_a_page() -> None:
    heights = []
    for count in (2, 12, 400):
        many = BarChart("", ("科",) * count, (Series("正常", "2E7D32", (1,) * count),))
        heights.append(opened(paper_of(many)).inline_shapes[0].height.mm)

    assert heights == [50, 130, 200]


def test_a_picture_stands_in_a_line_as_high_as_itself() -> None:
    word = opened(paper_of(BARS))

    assert word.inline_shapes[0].width.mm == 156
    assert styled(word, "图")[0].style.paragraph_format.line_spacing == 1.0  # type: ignore[union-attr]


def test_the_signature_takes_a_chart_along_to_its_page() -> None:
    word = opened(OfficialDocument("样张", None, (TREND, BARS), "水务局", None))

    assert [line.paragraph_format.keep_with_next for line in styled(word, "图")] == [None, True]


@pytest.mark.parametrize("kind", [BarChart, LineChart])
@pytest.mark.parametrize(
    ("categories", "series"),
    [
        ((), (Series("甲", "000000", ()),)),
        (("一",), ()),
        (("一",), (Series("甲", "000000", (1, 2)),)),
    ],
)
def test_a_chart_without_a_value_for_each_category_is_refused(
    kind: type[Chart], categories: tuple[str, ...], series: tuple[Series, ...]
) -> None:
    with pytest.raises(ValueError, match="a value for each category"):
        kind("", categories, series)


@pytest.mark.parametrize("value", [-1, float("nan"), float("inf"), 1e300])
def test_a_number_that_cannot_be_drawn_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="not negative"):
        Series("甲", "000000", (value,))


@pytest.mark.parametrize("colour", ["", "red", "#2E7D32", "2E7D3", '"/><x'])
def test_a_colour_is_six_digits(colour: str) -> None:
    with pytest.raises(ValueError, match="six hexadecimal digits"):
        Series("甲", colour, (1,))


def test_hostile_names_are_cut_in_the_picture_and_whole_in_words() -> None:
    block = BarChart(HOSTILE, (HOSTILE,), (Series(HOSTILE, "2E7D32", (1,)),))
    word = opened(paper_of(block))

    [chart] = charts(word)
    assert (names(chart), list(numbers(chart))) == (["甲<w:p/>&\"'长标…"], ["甲<w:p/>&\"'长标…"])
    assert said(word) == [shown(in_words(block))]


@given(st.data())
@settings(max_examples=30, deadline=None)
def test_any_chart_gives_the_same_file_twice_and_opens(data: st.DataObject) -> None:
    categories = tuple(data.draw(st.lists(st.text(max_size=20), min_size=1, max_size=4)))
    value = st.floats(0, 1e15) | st.integers(0, 50)
    series = tuple(
        Series(name, "2E7D32", tuple(data.draw(value) for _ in categories))
        for name in data.draw(st.lists(st.text(max_size=20), min_size=1, max_size=3))
    )
    horizontal, stacked = data.draw(st.booleans()), data.draw(st.booleans())
    document = paper_of(BarChart("题", categories, series, horizontal, stacked), LineChart("题", categories, series))

    assert render(document) == render(document)
    for chart in charts(opened(document)):
        drawn = [[float(value.text) for value in one.iter(qn("c:v"))] for one in chart.iter(qn("c:val"))]
        assert drawn == [list(one.values) for one in series]
