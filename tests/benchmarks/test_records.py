"""What is written of a run of benchmarks: the file of records, the table, the picture."""

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.benchmarks.keep import keep
from tests.benchmarks.plot import HIGHEST, LEFT, LOWEST, WIDTH, plot, x_of
from tests.benchmarks.records import (
    BEGIN,
    END,
    Record,
    appended,
    as_csv,
    from_csv,
    newest,
    table,
    worsened,
    written_into,
)

SWEEP = Record("1a2b3c4d", "2026-06-17", "sqlite", 10_000, "sweep", 1.4, 3.4, 0.2, 1.5)
START = Record("1a2b3c4d", "2026-06-17", "–", 0, "duban --help", 1.1, 180.0, None, None)
LATER = replace(SWEEP, commit="5e6f7a8b", day="2026-06-18", ratio=1.7)
SVG = "{http://www.w3.org/2000/svg}"


def test_records_come_back_from_their_file_as_they_were() -> None:
    assert from_csv(as_csv([SWEEP, START, LATER])) == [SWEEP, START, LATER]


def test_a_commit_measured_again_keeps_the_newer_record_and_every_other_stays() -> None:
    again = replace(SWEEP, ratio=1.3)

    assert appended([SWEEP, START], [again]) == [START, again]
    assert appended([SWEEP, START], [LATER]) == [SWEEP, START, LATER]


def test_the_newest_of_a_work_stands_beside_the_one_before_on_the_same_database_and_size() -> None:
    larger, other = replace(SWEEP, items=100_000), replace(SWEEP, database="postgresql")

    assert newest([START, other, larger, SWEEP, LATER]) == [
        (START, None),
        (LATER, SWEEP),
        (larger, None),
        (other, None),
    ]


@pytest.mark.parametrize(("ratio", "told"), [(1.68, False), (1.69, True), (0.5, False)])
def test_a_ratio_has_worsened_when_it_rose_by_more_than_a_fifth(ratio: float, told: bool) -> None:
    assert worsened(replace(SWEEP, ratio=ratio), SWEEP) is told
    assert not worsened(replace(SWEEP, ratio=ratio), None)


def test_the_table_marks_what_misses_its_bar_and_what_has_worsened() -> None:
    made = table([SWEEP, START, LATER])

    assert made.splitlines()[2:] == [
        "| sweep | sqlite | 10,000 | **1.70** ▲ +21% | 1.40 | 1.5 | 3.4 ms | 0 MB | 5e6f7a8b, 2026-06-18 |",
        "| duban --help | – | – | 1.10 | – | – | 180 ms | – | 1a2b3c4d, 2026-06-17 |",
    ]


def test_long_work_is_told_in_seconds() -> None:
    assert [
        line.split(" | ")[6] for line in table([replace(SWEEP, ours_ms=ms) for ms in (1_234.0,)]).splitlines()[2:]
    ] == ["1.2 s"]
    assert "| 107 s |" in table([replace(SWEEP, ours_ms=107_000.0)])


def test_memory_has_no_time() -> None:
    assert "| 1.5 | – | 258 MB |" in table([replace(SWEEP, ours_ms=0, peak_mb=258.0)])


def test_the_table_goes_between_its_marks_and_the_prose_stays() -> None:
    page = f"# Performance\n\n{BEGIN}\nold\n{END}\n\nProse.\n"

    assert written_into(page, "new\n") == f"# Performance\n\n{BEGIN}\n\nnew\n\n{END}\n\nProse.\n"
    assert written_into(written_into(page, "new\n"), "new\n") == written_into(page, "new\n")
    with pytest.raises(ValueError, match="no place"):
        written_into("# Performance\n", "new\n")


def test_the_picture_has_a_dot_for_each_newest_record_and_reddens_what_is_bad() -> None:
    drawn = ElementTree.fromstring(plot([SWEEP, START, LATER]))  # noqa: S314 - our own
    dots = drawn.findall(f"{SVG}circle")

    assert [dot.findtext(f"{SVG}title") for dot in dots] == ["sweep, sqlite, 10,000: 1.70", "duban --help, –, 0: 1.10"]
    assert [dot.get("stroke") for dot in dots] == ["#c0392b", "#ffffff"]
    assert [line.get("x1") for line in drawn.findall(f"{SVG}line") if line.get("stroke") == "#c0392b"] == [
        f"{x_of(1.4):.1f}"
    ]


def test_a_ratio_beyond_the_picture_stands_at_its_edge() -> None:
    assert [x_of(ratio) for ratio in (0.01, LOWEST, HIGHEST, 100)] == [LEFT, LEFT, LEFT + WIDTH, LEFT + WIDTH]
    assert x_of(2) - x_of(1) == pytest.approx(x_of(4) - x_of(2))


def test_a_run_is_kept_in_all_three_files(tmp_path: Path) -> None:
    (tmp_path / "performance.md").write_text(f"{BEGIN}{END}", encoding="utf-8")

    keep([SWEEP], tmp_path)
    keep([LATER], tmp_path)

    assert from_csv((tmp_path / "performance.csv").read_text(encoding="utf-8")) == [SWEEP, LATER]
    assert "1.70** ▲" in (tmp_path / "performance.md").read_text(encoding="utf-8")
    assert (tmp_path / "performance.svg").read_text(encoding="utf-8") == plot([SWEEP, LATER])
