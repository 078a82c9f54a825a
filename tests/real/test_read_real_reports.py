"""Real public documents are read as a person reads them."""

from pathlib import Path

import pytest

from tasks.reading.read_report import ReportReading, read_report

REAL = Path(__file__).resolve().parents[2] / "../shared/real"
pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="真实文书不在本机 (the folder of real documents is absent)")


def reading_of(name: str) -> ReportReading:
    (path,) = REAL.glob(f"*/{name}*.txt")
    return read_report(path)


def figures(reading: ReportReading) -> list[tuple[object, str, bool]]:
    return [(figure.value, figure.unit, figure.approximate) for figure in reading.figures]


def numbers(reading: ReportReading, section: int) -> list[str | None]:
    return [one.number for one in reading.sections[section].subheadings]


def test_the_whole_report_has_its_four_parts_with_their_subheadings() -> None:
    reading = reading_of("00-")

    assert [(one.kind.value, one.number) for one in reading.sections] == [
        ("achievements", "一"),
        ("deficiencies", "二"),
        ("first_responsible", "三"),
        ("next_year", "四"),
    ]
    assert [numbers(reading, section) for section in range(4)] == [
        ["1", "2", "3", "4", "5"],
        ["一是", "二是", "三是"],
        [],
        ["1", "2", "3", "4"],
    ]
    assert (reading.year, reading.organ, reading.addressee) == (2024, "区国动办", None)
    assert not any(one.truncated for one in reading.sections)
    heading = reading.sections[2].heading
    assert heading is not None
    assert heading.endswith("有关情况")
    assert all(one.number is None or not one.text.endswith("。") for one in reading.sections[1].subheadings)


def test_the_whole_report_gives_exactly_its_figures() -> None:
    assert figures(reading_of("00-")) == [
        (2, "次", False),
        (13, "起", False),
        (4, "件", False),
        (9, "件", False),
        (3, "万元", False),
    ]


def test_the_last_part_of_the_whole_report_is_a_fair_list_without_any_invention() -> None:
    items = reading_of("00-").items

    assert 14 <= len(items) <= 20
    assert {(item.due_text, item.due_on, item.lead, item.handler) for item in items if item.recurrence is None} == {
        (None, None, None, None)
    }
    assert [item.title[:4] for item in items if item.recurrence == "定期"] == ["定期听取", "定期开展", "定期公开"]
    assert {item.recurrence for item in items} == {None, "定期"}
    assert {len(item.title) <= 40 for item in items} == {True}
    assert len({item.project for item in items}) == 4


@pytest.mark.parametrize(
    ("name", "organ", "year", "addressee", "kinds"),
    [
        ("01-", "上海市国防动员办公室", 2023, "市委、市政府", ["achievements"]),
        ("05-", "长宁区", 2023, None, ["achievements"]),
        ("07-", "静海区", 2020, None, ["achievements"]),
        ("09-", "深圳市罗湖区人民政府", 2022, None, ["achievements"]),
        ("14-", "深圳市罗湖区政务服务和数据管理局", 2025, None, ["achievements"]),
        ("20-", "呼中区教育局", 2025, None, ["achievements"]),
        ("23-", "建湖县教育局", 2024, "县委、县政府", ["achievements"]),
        ("27-", "江门市新会区统计局", 2022, None, ["achievements"]),
        ("29-", "龙岩市永定区卫生健康局", 2025, None, ["first_responsible", "achievements"]),
        ("32-", "区卫生健康委", 2025, None, ["achievements"]),
    ],
)
def test_a_report_cut_off_is_known_as_far_as_it_goes(
    name: str, organ: str, year: int, addressee: str | None, kinds: list[str]
) -> None:
    reading = reading_of(name)

    assert (reading.organ, reading.year, reading.addressee) == (organ, year, addressee)
    assert [one.kind.value for one in reading.sections] == kinds
    assert [one.truncated for one in reading.sections] == [False] * (len(kinds) - 1) + [True]
    assert reading.items == ()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("01-", ["(一)", "(二)"]),
        ("05-", ["(一)", "(二)"]),
        ("07-", ["(一)", "1", "2", "(二)", "3"]),
        ("09-", ["(一)"]),
        ("14-", ["(一)", "(二)", "1"]),
        ("20-", ["(一)", "(二)", "(三)", "(四)", "(五)"]),
        ("23-", ["1", "2", "3"]),
        ("27-", ["一是", "二是", "三是", "四是"]),
        ("29-", ["(一)", "(二)", "(三)", "(四)"]),
        ("32-", ["(一)", "(二)"]),
    ],
)
def test_the_numbers_of_subheadings_stand_in_document_order(name: str, expected: list[str]) -> None:
    assert numbers(reading_of(name), 0) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("01-", []),
        ("05-", [(11, "项", False), (3, "次", False), (67, "家", False), (47, "家", False)]),
        ("07-", [(31, "个", False), (515, "项", False), (218, "项", False), (297, "项", False), (18, "项", False)]),
        ("09-", [(6, "期", False), (250, "人次", True), (6, "次", False), (2984, "名", False)]),
        ("14-", [(100, "次", True), (10, "次", True), (100, "%", False)]),
        ("20-", []),
        (
            "23-",
            [
                (20, "次", True),
                (100, "%", False),
                (91, "人", False),
                (100, "%", False),
                (220, "场次", True),
                (1, "名", False),
                (19, "名", False),
                (3, "台", False),
            ],
        ),
        (
            "27-",
            [
                (4, "项", False),
                (4, "次", False),
                (46, "家", False),
                (4, "次", False),
                (40, "家", False),
                (6, "家", False),
            ],
        ),
        ("29-", [(4, "次", False), (900, "件", True)]),
        (
            "32-",
            [
                (10, "次", True),
                (83, "项", False),
                (8058, "件", False),
                (4956, "件", False),
                (61.5, "%", False),
                (100, "%", False),
                (100, "%", False),
                (7, "类", False),
                (1095, "件", False),
                (601, "件", False),
                (1000, "条", True),
                (800, "次", True),
            ],
        ),
    ],
)
def test_a_report_gives_all_its_figures_and_no_others(name: str, expected: list[tuple[object, str, bool]]) -> None:
    assert figures(reading_of(name)) == expected


def test_a_letter_before_a_report_lends_it_neither_title_nor_addressee() -> None:
    reading = reading_of("05-")

    assert (reading.title or "").startswith("2023年")
    assert any(line.endswith("区委:") for line in reading.paragraphs_before)


def test_a_plan_in_prose_gives_its_points_with_the_units_named_below_them() -> None:
    items = reading_of("03-").items

    assert [item.lead for item in items] == ["县政府办公室", None]
    assert items[0].cooperating == ("县司法局", "各有关部门", "乡镇人民政府")


def test_a_table_gives_a_row_each_and_a_notice_its_days() -> None:
    assert [(item.lead, item.cooperating) for item in reading_of("04-").items] == [("县教育局", ("县各有关单位",))] * 2
    timed = [(str(item.due_on), item.recurrence) for item in reading_of("06-").items if item.due_text]
    assert timed == [
        ("2021-02-03", None),
        ("2021-02-07", None),
        ("2021-12-31", None),
        ("None", "FREQ=MONTHLY;BYMONTHDAY=28"),
    ]
    assert [item.recurrence for item in reading_of("08-").items if item.due_text] == ["FREQ=MONTHLY;BYMONTHDAY=25"]


def test_a_press_article_gives_no_items() -> None:
    assert reading_of("13-").items == ()


def test_every_source_stands_in_the_document_word_for_word() -> None:
    for path in sorted(REAL.glob("*/*.txt")):
        reading = read_report(path)
        body = "".join("".join(path.read_text().split()))
        for said in [item.source for item in reading.items] + [figure.sentence for figure in reading.figures]:
            assert "".join(said.replace("|", "").split()) in body.replace("|", ""), path.name
