"""Charts drawn as SVG: the numbers and their proportions, well-formed whatever the names are."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tasks.papers.charts import BarChart, Chart, LineChart, Series
from tasks.papers.drawn_chart import drawn

GREEN, RED = "2E7D32", "B3261E"
SVG = "{http://www.w3.org/2000/svg}"


def parsed(chart: Chart) -> Any:
    return etree.fromstring(drawn(chart))


def bars(chart: Chart, colour: str, measure: str) -> list[float]:
    """The lengths of a series' bars; its mark in the legend, 30 square, is none."""
    marks = [one for one in parsed(chart).iter(f"{SVG}rect") if one.get("fill") == f"#{colour}"]
    return [float(one.get(measure, "")) for one in marks if one.get("stroke")]


@pytest.mark.parametrize("horizontal", [True, False])
@pytest.mark.parametrize("stacked", [True, False])
def test_bars_are_as_long_as_their_numbers(horizontal: bool, stacked: bool) -> None:
    chart = BarChart(
        "各科", ("甲", "乙"), (Series("按期", GREEN, (2, 4)), Series("逾期", RED, (0, 6))), horizontal, stacked
    )
    measure = "width" if horizontal else "height"
    first, second = bars(chart, GREEN, measure)
    assert second == pytest.approx(2 * first, rel=0.01)
    assert bars(chart, RED, measure) == pytest.approx([3 * first], rel=0.01)


def test_a_line_goes_through_its_numbers() -> None:
    chart = LineChart("各月", ("1月", "2月", "3月"), (Series("案件", GREEN, (0, 5, 10)),))
    heights = [float(one.get("cy", "")) for one in parsed(chart).iter(f"{SVG}circle")]
    assert heights[0] - heights[1] == pytest.approx(heights[1] - heights[2], abs=0.2)
    assert heights[0] > heights[2]


def test_what_the_picture_shows_is_also_said_in_words() -> None:
    chart = BarChart("各科", ("甲", "乙"), (Series("按期", GREEN, (2, 4)),))
    title = parsed(chart).find(f"{SVG}title")
    assert title is not None
    assert title.text == "各科。甲：按期2。乙：按期4。"


@given(
    st.text(st.characters(), max_size=30),
    st.lists(st.integers(0, 10**12), min_size=1, max_size=5),
    st.booleans(),
)
def test_any_name_and_number_gives_a_picture_inside_its_frame(name: str, values: list[int], horizontal: bool) -> None:
    series = (Series(name, GREEN, tuple(map(float, values))),)
    picture = parsed(BarChart(name, tuple([name] * len(values)), series, horizontal))
    wide, high = map(float, picture.get("viewBox", "").split()[2:])
    for one in picture.iter(f"{SVG}rect"):
        x, y, width, height = (float(one.get(part, "")) for part in ("x", "y", "width", "height"))
        assert -1 <= x <= x + width <= wide + 1
        assert -1 <= y <= y + height <= high + 1
