"""An office's own days come in as a table or as a year's public notice, whole or not at all."""

import datetime as dt
import hashlib
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from models.audit import AuditEntry
from models.database import on_record, open_engine
from models.dates.day_override import DayOverride, office_calendar
from models.dates.workdays import DayRule
from models.errors import ImportRefusedError, UnreadableFileError
from models.people.organ import Organ
from models.people.permission import Action
from models.tables import METADATA
from tasks.workdays.import_calendar import import_calendar, import_overrides, read_overrides
from tests.actors import administrator

BY = administrator(dt.date(2026, 11, 4))
NATIONAL = DayRule(dt.date(2027, 10, 1), False, "国庆节")
MAKE_UP = DayRule(dt.date(2027, 10, 9), True, "国庆节")
NEW_YEAR = DayRule(dt.date(2027, 1, 1), False, "元旦")


@pytest.fixture
def session() -> Iterator[Session]:
    engine = open_engine("sqlite://")
    METADATA.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def workbook(folder: Path, rows: list[list[object]]) -> Path:
    path = folder / "放假安排.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "2027年"
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def test_a_workbook_with_a_title_row_is_read(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        [
            [],
            ["本单位2027年放假安排"],
            ["序号", "日期", "类型", "名称"],
            [1, dt.date(2027, 10, 9), "上班", "国庆节"],
            [],
            [2, "2027年10月1日", "放假", "国庆节"],
        ],
    )
    assert read_overrides(path) == [NATIONAL, MAKE_UP]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_of_any_usual_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "days.csv"
    path.write_text("日期,类型,名称\n2027/10/1,休息,国庆节\n2027-10-09,调休上班,国庆节\n", encoding=encoding)
    assert read_overrides(path) == [NATIONAL, MAKE_UP]


def test_a_day_without_a_name_is_named_by_its_kind(tmp_path: Path) -> None:
    path = tmp_path / "days.csv"
    path.write_text("日期,类型\n2027-06-30,休息\n", encoding="utf-8")
    assert read_overrides(path) == [DayRule(dt.date(2027, 6, 30), False, "休息")]


@pytest.mark.parametrize(
    "content",
    [
        [
            {"on": "2027-10-09", "working": True, "name": "国庆节"},
            {"on": "2027-10-01", "working": False, "name": "国庆节"},
        ],
        {
            "year": 2027,
            "papers": [],
            "days": [
                {"name": "国庆节", "date": "2027-10-01", "isOffDay": True},
                {"name": "国庆节", "date": "2027-10-09", "isOffDay": False},
            ],
        },
        {
            "code": 0,
            "holiday": {
                "10-01": {"holiday": True, "name": "国庆节", "wage": 3, "date": "2027-10-01"},
                "10-09": {"holiday": False, "name": "国庆节", "wage": 1, "date": "2027-10-09"},
            },
        },
        {
            "holidays": {"2027-10-01": "National Day,国庆节,3"},
            "workdays": {"2027-10-09": "National Day,国庆节,3"},
            "inLieuDays": {},
        },
        {
            "Years": {
                "2027": [
                    {"Name": "国庆节", "StartDate": "2027-10-01", "EndDate": "2027-10-01", "CompDays": ["2027-10-09"]}
                ]
            }
        },
    ],
)
def test_json_is_read_in_our_form_and_in_the_public_ones(tmp_path: Path, content: object) -> None:
    path = tmp_path / "2027.json"
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    assert read_overrides(path) == [NATIONAL, MAKE_UP]


def event(first: str, summary: str, *more: str, last: str = "") -> list[str]:
    end = [f"DTEND;VALUE=DATE:{last}"] if last else []
    return [
        "BEGIN:VEVENT",
        f"UID:{first}",
        f"DTSTART;VALUE=DATE:{first}",
        *end,
        f"SUMMARY:{summary}",
        *more,
        "END:VEVENT",
    ]


def calendar_file(path: Path, *events: list[str]) -> Path:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//y//ZH", *(line for one in events for line in one)]
    path.write_text("\r\n".join([*lines, "END:VCALENDAR", ""]), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("rest", "work"),
    [
        ("国庆节（休）", "国庆节（班）"),
        ("国庆节 假期 第1天/共1天", "国庆节 补班 第1天/共1天"),
        ("国庆节假期", "国庆节调休上班"),
        ("国庆节(休)", "国庆节(班)"),
        ("国庆节 休", "国庆节 班"),
    ],
)
def test_a_calendar_file_is_read_by_its_words(tmp_path: Path, rest: str, work: str) -> None:
    path = calendar_file(
        tmp_path / "days.ics",
        event("20271001", rest, last="20271002"),
        event("20271009", work),
        event("20271010", "重阳节"),
        event("20271224", "平安夜"),
    )
    assert read_overrides(path) == [NATIONAL, MAKE_UP]


def test_a_calendar_file_is_read_by_apples_mark_and_over_several_days(tmp_path: Path) -> None:
    path = calendar_file(
        tmp_path / "days.ics",
        event("20270501", "劳动节", "X-APPLE-SPECIAL-DAY:WORK-HOLIDAY", last="20270504"),
        event("20270502", "劳动节（休）", last="20270502"),
        event("20270508", "劳动节", "X-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY"),
    )
    assert [(str(rule.on), rule.working, rule.name) for rule in read_overrides(path)] == [
        ("2027-05-01", False, "劳动节"), ("2027-05-02", False, "劳动节"), ("2027-05-03", False, "劳动节"),
        ("2027-05-08", True, "劳动节"),
    ]  # fmt: skip


def test_a_day_that_a_calendar_file_calls_both_is_told(tmp_path: Path) -> None:
    path = calendar_file(tmp_path / "days.ics", event("20271001", "国庆节（休）"), event("20271001", "国庆节（班）"))
    with pytest.raises(ImportRefusedError) as caught:
        read_overrides(path)
    assert [(error.row, error.column, error.value) for error in caught.value.errors] == [(2, "日期", "2027-10-01")]


def test_every_wrong_cell_is_told_as_a_person_sees_it(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        [
            ["放假安排"],
            ["日期", "类型", "名称"],
            ["2027-02-30", "休息", "春节"],
            ["2月3日", "半天", "春节"],
            ["2027-10-01", "休息", "国庆节"],
            ["2027.10.1", "上班", "国庆节"],
            ["2027-10-02", "", ""],
        ],
    )
    with pytest.raises(ImportRefusedError) as caught:
        read_overrides(path)
    told = [(error.sheet, error.row, error.column, error.value) for error in caught.value.errors]
    assert told == [
        ("2027年", 3, "日期", "2027-02-30"),
        ("2027年", 4, "日期", "2月3日"),
        ("2027年", 4, "类型", "半天"),
        ("2027年", 6, "日期", "2027.10.1"),
        ("2027年", 7, "类型", ""),
        ("2027年", 7, "名称", ""),
    ]
    assert caught.value.errors[0].accepted == "不存在2月30日这一天（2027年2月只有28天），可写如 2027-10-01"


def test_wrong_entries_of_json_are_told_by_their_place(tmp_path: Path) -> None:
    path = tmp_path / "days.json"
    days = [{"date": "2027-10-01", "isOffDay": "yes", "name": "国庆节"}, 3]
    path.write_text(json.dumps({"days": days}), encoding="utf-8")
    with pytest.raises(ImportRefusedError) as caught:
        read_overrides(path)
    told = [(error.row, error.column, error.value) for error in caught.value.errors]
    assert told == [(1, "isOffDay", "yes"), (2, "date", ""), (2, "isOffDay", ""), (2, "name", "")]


def test_a_quotation_that_never_ends_is_a_wrong_cell(tmp_path: Path) -> None:
    path = tmp_path / "days.csv"
    path.write_text('日期,类型\n"2027', encoding="utf-8")
    with pytest.raises(ImportRefusedError) as caught:
        read_overrides(path)
    assert [(error.row, error.column, error.value) for error in caught.value.errors] == [
        (2, "日期", "2027"), (2, "类型", ""), (2, "名称", ""),
    ]  # fmt: skip


def test_a_name_merged_over_its_days_holds_for_all_of_them(tmp_path: Path) -> None:
    path = workbook(
        tmp_path, [["日期", "类型", "名称"], ["2027-10-01", "休息", "国庆节"], ["2027-10-09", "上班", None]]
    )
    book = openpyxl.load_workbook(path)
    book["2027年"].merge_cells("C2:C3")
    book.save(path)
    assert read_overrides(path) == [NATIONAL, MAKE_UP]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("days.txt", b"x", "不是 .xlsx、.csv、.ics 或 .json 文件"),
        ("days.ics", b"x", "不是可以读取的 .ics 日历"),
        ("days.ics", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "没有写明休息或上班的日子"),
        ("days.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 locked", "损坏或没有传完"),
        ("days.xlsx", b"PK\x05\x06" + b"\0" * 18, "里面是压缩包"),
        ("days.json", b"{", "不是可以读取的 .json"),
        ("days.json", b'{"year": 2027}', "没有日期列表"),
        ("days.json", b"[]", "没有一行日期"),
        ("days.json", b"[" * 100_000, "不是可以读取的 .json"),
        ("days.csv", b"a,b\n1,2\n", "没有找到表头"),
        ("days.csv", b"\xff\xff\xff\xff", "编码无法识别"),
        ("days.csv", b"x" * 200_000, "不是完整的 CSV"),
        ("days.csv", b"", "文件是空的"),
        ("days.csv", b"x" * (20 * 2**20 + 1), "上限是 20 MB"),
    ],
)
def test_a_file_that_is_no_table_of_days_is_refused_in_one_line(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError, match=message):
        read_overrides(path)


def test_a_missing_file_and_a_packed_bomb_are_refused(tmp_path: Path) -> None:
    for name, words in (("nowhere.csv", "找不到文件"), ("nowhere.json", "无法打开")):
        with pytest.raises(UnreadableFileError, match=words):
            read_overrides(tmp_path / name)
    path = workbook(tmp_path, [["日期", "类型", "名称"]])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/blank.bin", bytes(200 * 10**6 + 1))
    with pytest.raises(UnreadableFileError, match="不像正常的表格"):
        read_overrides(path)


def test_a_second_import_changes_only_what_differs(session: Session) -> None:
    first = import_overrides(session, [MAKE_UP, NATIONAL], by=BY, source="a.xlsx")
    assert (first.added, first.changed, first.unchanged) == ([NATIONAL.on, MAKE_UP.on], [], [])
    renamed = DayRule(NATIONAL.on, False, "国庆节、中秋节")
    second = import_overrides(session, [renamed, MAKE_UP, NEW_YEAR], by=BY, source="b.xlsx")
    assert (second.added, second.changed, second.unchanged) == ([NEW_YEAR.on], [NATIONAL.on], [MAKE_UP.on])
    rows = session.exec(select(DayOverride).order_by(DayOverride.on)).all()  # type: ignore[arg-type]
    assert [(row.name, row.source) for row in rows] == [
        ("元旦", "b.xlsx"),
        ("国庆节、中秋节", "b.xlsx"),
        ("国庆节", "a.xlsx"),
    ]


def test_an_imported_notice_reaches_the_calendar(session: Session) -> None:
    assert office_calendar(session).is_provisional(dt.date(2027, 10, 8))
    import_overrides(session, [NEW_YEAR, NATIONAL, MAKE_UP], by=BY, source="2027.json")
    calendar = office_calendar(session)
    assert calendar.is_working(MAKE_UP.on)
    assert not calendar.is_provisional(dt.date(2027, 10, 8))


def test_an_organ_s_own_day_wins_over_the_day_for_all_and_touches_nobody_else(session: Session) -> None:
    session.add_all([Organ(id=1, code="A", name="甲局"), Organ(id=2, code="B", name="乙局")])
    import_overrides(session, [NATIONAL], by=BY, source="all")
    import_overrides(session, [DayRule(NATIONAL.on, True, "值班")], by=BY, source="own", organ_id=1)
    assert office_calendar(session, organ_id=1).is_working(NATIONAL.on)
    assert not office_calendar(session, organ_id=2).is_working(NATIONAL.on)
    assert not office_calendar(session).is_working(NATIONAL.on)


@pytest.mark.parametrize("organ_id", [None, 1])
def test_the_database_holds_a_day_once(session: Session, organ_id: int | None) -> None:
    for _ in range(2):
        session.add(
            DayOverride(
                organ_id=organ_id,
                on=NATIONAL.on,
                working=False,
                name="国庆节",
                source="x",
                imported_at=BY.now,
            )
        )
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_calendar_s_import_tells_the_trail_the_file_and_the_counts_and_nothing_twice(
    any_engine: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "own.csv"
    path.write_text("日期,类型,名称\n2026-06-11,休息,停电\n2026-06-13,上班,停电\n", encoding="utf-8")
    for _ in range(2):
        with on_record(any_engine) as session:
            changed = import_calendar(session, path, by=BY)
    assert changed.moved == []
    assert changed.calendar.is_working(dt.date(2026, 6, 13))
    with Session(any_engine) as session:
        (entry,) = session.exec(select(AuditEntry))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert (entry.action, entry.organ_id) == (Action.CALENDAR, None)
    assert entry.after == {"file": "own.csv", "sha256": digest, "added": 2, "changed": 0}
