"""Points of a plan: each gives an item, a fragment gives none, and what was not read is said."""

from pathlib import Path

import pytest

from models.dates.due_text import find_due, understand
from tasks.reading.cells import Target
from tasks.reading.drafts import read_drafts
from tasks.reading.duties import duties_of
from tasks.reading.read_report import read_report_text

TITLE = "某局2026年法治政府建设工作要点"


def items(*lines: str) -> list[tuple[str, str | None]]:
    return [(item.title, item.lead) for item in read_report_text("\n".join((TITLE, *lines))).items]


def test_every_numbered_point_gives_an_item() -> None:
    found = items(
        "一、规范执法", "（一）评查案卷。", "（二）强化监督", "二、提升依法行政能力",
        "三、做好文件备案，法规科负责，12月20日前上报总结。",
    )  # fmt: skip

    assert found == [
        ("评查案卷", None),
        ("强化监督", None),
        ("提升依法行政能力", None),
        ("做好文件备案，法规科负责", "法规科"),
        ("12月20日前上报总结", None),
    ]


@pytest.mark.parametrize(
    ("sentence", "titles"),
    [
        ("3月22日至28日，开展节水宣传。", ["3月22日至28日，开展节水宣传"]),
        ("12月4日前后，开展宪法宣传。", ["12月4日前后，开展宪法宣传"]),
        ("每季度末月25日前，将进展报办公室汇总。", ["每季度末月25日前，将进展报办公室汇总"]),
        ("组织旁听庭审，每年不少于1次，参加率不低于90%。", ["组织旁听庭审，每年不少于1次，参加率不低于90%"]),
        ("开展专项整治，对发现的问题，建立台账、限期整改。", ["开展专项整治", "对发现的问题，建立台账、限期整改"]),
        ("利用“9·18”警报日等节点，开展宣传。", ["利用“9·18”警报日等节点，开展宣传"]),
        ("3月底前编制目录，4月底前公布。", ["3月底前编制目录", "4月底前公布"]),
        ("7月至9月，开展整治；全年办理案件不少于15件。", ["7月至9月，开展整治", "全年办理案件不少于15件"]),
        ("编制决策目录，3月底前公布。", ["编制决策目录，3月底前公布"]),
        ("加强队伍建设，人事科负责，6月底前完成。", ["加强队伍建设，人事科负责，6月底前完成"]),
    ],
)
def test_when_how_much_and_by_whom_are_no_duties_of_their_own(sentence: str, titles: list[str]) -> None:
    assert [duty.title for duty in duties_of(sentence.rstrip("。"))] == titles


@pytest.mark.parametrize(
    "said",
    [
        "法规科负责。",
        "由法规科负责。",
        "法规科牵头，办公室配合。",
        "责任科室为法规科。",
        "责任单位：法规科，办公室",
        "（法规科）",
        "（法规科、办公室）",
    ],
)
def test_a_sentence_that_says_who_charges_the_points_before_it(said: str) -> None:
    assert items("一、规范执法", f"1.3月底前评查案卷。{said}", "2.换发证件。") == [
        ("3月底前评查案卷", "法规科"),
        ("换发证件", None),
    ]


@pytest.mark.parametrize(
    ("point", "lead"),
    [
        ("法规科要在6月底前完成案卷评查。", "法规科"),
        ("工程科每季度开展一次检查。", "工程科"),
        ("编制档案，工程科、办公室负责。", "工程科"),
        ("法规科负责修订权责清单。", "法规科"),
        ("换发执法证件（人事科）。", "人事科"),
        ("各科室要按时换发执法证件。", None),
        ("健全基层治理（含乡镇）工作机制。", None),
    ],
)
def test_who_does_it_is_read_without_a_label(point: str, lead: str | None) -> None:
    assert [lead for _, lead in items("一、规范执法", f"1.{point}", "2.编印手册。")] == [lead, None]


def test_a_person_in_charge_is_no_unit_that_does_it() -> None:
    assert items("一、加强培训", "1.加强对执法单位负责人的培训。") == [("加强对执法单位负责人的培训", None)]


@pytest.mark.parametrize(
    ("sentence", "target"),
    [
        ("全年集中学习不少于2次", Target(2, "次")),
        ("组织旁听庭审至少两场", Target(2, "场")),
        ("培训执法人员不低于120人次", Target(120, "人次")),
        ("参训率不低于95%", None),
        ("举办培训班1期", None),
    ],
)
def test_the_least_to_be_reached_is_the_target(tmp_path: Path, sentence: str, target: Target | None) -> None:
    (tmp_path / "要点.txt").write_text(f"{TITLE}\n一、强化学习\n1.{sentence}。\n2.换发证件。")

    assert [row.target for row in read_drafts(tmp_path / "要点.txt", year=2026).rows] == [target, None]


def test_a_quantity_for_each_period_is_not_the_target_of_the_whole(tmp_path: Path) -> None:
    (tmp_path / "要点.txt").write_text(f"{TITLE}\n一、强化学习\n1.每月报送信息不少于3篇。\n2.换发证件。")

    assert [row.target for row in read_drafts(tmp_path / "要点.txt", year=2026).rows] == [None, None]


def test_paragraphs_that_gave_no_item_are_listed() -> None:
    said = "各科室思想上高度重视，行动上紧密协同。"
    reading = read_report_text(f"{TITLE}\n一、规范执法\n{said}\n（一）评查案卷。\n（二）换发证件。")

    assert [item.title for item in reading.items] == ["评查案卷", "换发证件"]
    assert reading.notes == (f"没有读成任务的段落：“{said}”。",)


@pytest.mark.parametrize(("year", "warned"), [(2026, False), (2025, True), (2027, True)])
def test_a_document_of_another_year_is_warned_of(tmp_path: Path, year: int, warned: bool) -> None:
    (tmp_path / "要点.txt").write_text(f"{TITLE}\n一、规范执法\n1.评查案卷。\n2.换发证件。")

    assert any("2026 年的工作" in note for note in read_drafts(tmp_path / "要点.txt", year=year).notes) == warned


@pytest.mark.parametrize(
    ("sentence", "text", "day"),
    [
        ("6月、11月各组织一次自查", "6月、11月", "2026-11-30"),
        ("上半年、下半年各组织1次讲座", "上半年、下半年", "2026-12-31"),
        ("上半年修订裁量基准", "上半年", "2026-06-30"),
        ("二季度对重点工程进行检查", "二季度", "2026-06-30"),
        ("2025年上半年印发的文件", None, None),
        ("一季度以来的案件", None, None),
    ],
)
def test_days_are_read_in_a_sentence_as_people_write_them(sentence: str, text: str | None, day: str | None) -> None:
    due = find_due(sentence, 2026)

    assert (due and due.text, due and str(due.due_on)) == (text, day)


@pytest.mark.parametrize(("text", "day"), [("一季度", "03-31"), ("上半年", "06-30"), ("3月22日至28日", "03-28")])
def test_spans_end_on_their_last_day(text: str, day: str) -> None:
    assert f"{understand(text, 2026).due_on}" == f"2026-{day}"
