"""How messages read: subject, groups, one entry an item, and nothing of a hostile title taken for ours."""

import datetime as dt
import json
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from models.clock import opening_of
from models.dates.workdays import WorkCalendar
from models.items.item import Deadline, DeadlineKind, WorkItem
from models.ladder.notice import NoticeKind
from models.ladder.policy import Colour
from models.settings import Settings
from tasks.lists.write_calendar import DeadlineLine
from tasks.notices.compose import BRIEF, SHEETS, Wording, compose, compose_head
from tasks.notices.gather_lines import Contact, NoticeLine
from tasks.notices.message_view import SUBJECT
from tasks.notices.next_step import NextStep
from tasks.notices.sheets_of import AttachedSheet
from tasks.papers.facts import to_facts
from tasks.papers.supervision_sheet import SupervisionSheet

ON = dt.date(2026, 6, 26)
CALENDAR = WorkCalendar()
LONG = "推进全市行政执法三项制度全面落实并组织开展行政执法案卷评查和执法人员资格清理工作的实施方案起草与报审"
K = NoticeKind


def line(number: int = 1, *, days: int = 0, kind: NoticeKind = K.REMINDER, **more: Any) -> NoticeLine:
    """A line about an item due so many days after the day of the message."""
    made = NoticeLine(
        notice_id=number, item_id=number, deadline_id=number, kind=kind, unsigned=False, number=str(number),
        title="普法宣传", project="法治建设", due_on=ON + dt.timedelta(days=days),
        why="您是本任务的承办人；触发规则：到期前3天", unit="法规科", handler="李承办",
        step=NextStep("填报进展", f"/items/{number}/report"), contact=Contact("陈督办", "13800000000"),
    )  # fmt: skip
    return replace(made, **more)


def composed(*lines: NoticeLine, home: Path = Path("none"), **settings: Any) -> Wording:
    office = Settings(home=home, **settings)
    return compose(lines, name="李承办", on=ON, settings=office, calendar=CALENDAR)


@pytest.mark.parametrize(
    ("lines", "subject"),
    [
        ([line()], "【督办】今日到期：普法宣传"),
        ([line(days=3)], "【督办】还有1个工作日：普法宣传"),
        ([line(days=-1, kind=K.ESCALATION)], "【督办】逾期1个工作日：普法宣传"),
        ([line(days=9, unsigned=True)], "【督办】待签收：普法宣传"),
        ([line(kind=K.INSTRUCTION)], "【督办】批示：普法宣传"),
        ([line(kind=K.URGE, days=-9)], "【督办】催办：普法宣传"),
        ([line(kind=K.RETURNED)], "【督办】退回：普法宣传"),
        ([line(kind=K.TRANSFERRED)], "【督办】转办：普法宣传"),
        ([line(kind=K.APPROVAL)], "【督办】待我审批：普法宣传"),
        ([line(title=LONG)], f"【督办】今日到期：{LONG}"),
        ([line(title=LONG * 2)], f"【督办】今日到期：{(LONG * 2)[:50]}…"),
        ([line(1), line(2, days=-1)], "【督办】逾期1个工作日：普法宣传 等2项（逾期1项、今日到期1项）"),
        ([line(1), line(1)], "【督办】今日到期：普法宣传"),
        ([line(internal=True)], "【督办】今日到期：任务1"),
        ([line(title="一\r\nBcc: x@y\n二\u202e")], "【督办】今日到期：一 Bcc: x@y 二"),
        (
            [line(1, days=-1, title=LONG), line(2), line(3, days=1), line(4, unsigned=True), line(5, days=9)],
            f"【督办】逾期1个工作日：{LONG[:13]}… 等5项（逾期1项、今日到期1项、三日内1项、待签收1项、近期1项）",
        ),
    ],
)
def test_the_subject_names_the_most_pressing_item(lines: list[NoticeLine], subject: str) -> None:
    said = composed(*lines).subject
    assert said == subject
    assert len(said) <= SUBJECT


def test_an_item_reached_by_several_rungs_is_told_once_under_the_highest_with_every_reason() -> None:
    said = composed(
        line(1, days=-3), replace(line(1, days=-3, kind=K.URGE, said="请抓紧"), why="您是本任务的承办人"),
        line(1, days=-3),
    )  # fmt: skip
    for text in (said.plain, str(said.html)):
        assert text.count("任务1") == 1
        assert text.count("触发规则：到期前3天") == 1
        assert text.count("请抓紧") == 1
    assert said.subject == "【督办】催办：普法宣传"


def test_groups_stand_in_the_order_of_their_urgency_and_what_is_due_first_stands_first() -> None:
    said = composed(line(1, days=2), line(2, days=-1), line(3, days=-5), line(4, kind=K.INSTRUCTION), line(5)).plain
    marks = ["【批示】", "【逾期】", "任务3", "任务2", "【今日到期】", "任务5", "【三日内】", "任务1"]
    assert [said.index(mark) for mark in marks] == sorted(said.index(mark) for mark in marks)


def test_text_and_html_say_the_same() -> None:
    said = composed(line(1, days=-1, progress="已完成初稿", progress_on=dt.date(2026, 6, 20)), line(2))
    for words in (
        "李承办：", "普法宣传", "法治建设", "6月25日（周四）", "逾期1个工作日", "李承办（法规科）", "已完成初稿",
        "最近进展（6月20日", "填报进展", "http://127.0.0.1:8000/notices/open/1", "为何收到此消息：您是本任务的承办人",
        "督办联系人：陈督办，电话 13800000000",
    ):  # fmt: skip
        assert words in said.plain
        assert words in str(said.html)


def test_an_urgent_message_begins_with_what_was_said() -> None:
    said = composed(line(kind=K.INSTRUCTION, said="张副局批示（督办〔2026〕3号），请于 2026-06-30 前办结：抓紧"))
    assert said.plain.startswith("李承办：\n\n张副局批示（督办〔2026〕3号），请于 2026-06-30 前办结：抓紧\n")
    assert "张副局批示" in str(said.html)


def test_long_progress_is_shortened_and_stays_on_one_line() -> None:
    said = composed(line(progress="第一段\n\n" + "很长" * 100, progress_on=ON)).plain
    assert "第一段 很长" in said
    assert "很…\n" in said


def test_a_hostile_title_stays_a_title() -> None:
    title = '</b><script>alert(1)</script><a href="javascript:x">\n\n【逾期】\n9. 假任务 {{ name }} {% raw %}'
    said = composed(line(title=title, said="<img src=x>", progress='"><b>', progress_on=ON))
    assert "<script" not in str(said.html)
    assert "<img" not in str(said.html)
    assert "{{ name }}" in said.plain
    assert "\n【逾期】" not in said.plain
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = said.subject
    assert mail.as_bytes().count(b"\r\n\r\n") == 1


def test_of_an_internal_item_number_day_and_link_are_told_and_nothing_else() -> None:
    secret: dict[str, Any] = {
        "title": "保密标题", "project": "保密项目", "said": "保密批示", "progress": "保密进展", "progress_on": ON,
        "why": "保密理由", "handler": "保密人", "unit": "保密科",
    }  # fmt: skip
    for said in (composed(line(3, internal=True, **secret)), composed(line(3, internal=True, **secret), line(4))):
        for text in (said.subject, said.brief, said.plain, str(said.html)):
            assert "保密" not in text
        assert "任务3" in said.plain
        assert "6月26日" in said.plain
        assert "/notices/open/3" in said.plain


def test_a_brief_fits_into_one_text_message() -> None:
    assert composed(line()).brief == "【督办】今日到期：普法宣传，请填报进展"
    for said in (composed(line(title=LONG)), composed(*(line(place, title=LONG) for place in range(1, 9)))):
        assert len(said.brief) <= BRIEF


def test_html_needs_nothing_from_elsewhere() -> None:
    html = str(composed(line(1), line(2)).html)
    assert html.count("http") == html.count("http://127.0.0.1:8000")
    assert "<table" not in html
    assert "<img" not in html


def sheet(number: int) -> AttachedSheet:
    said = SupervisionSheet(
        organ="某局", kind="督办单", number="", colour=Colour.RED, matter="普法宣传", content="", lead_unit="法规科",
        instructing_leaders="", lead_leader="", cooperating_leaders="", cooperating_units=(), due_on=ON,
        original_due_on=None, overdue_words="", feedback="一次性反馈", contact="陈督办", phone="", requirement="请办理",
        issued_on=ON, reply_by=None,
    )  # fmt: skip
    return AttachedSheet(1, number, 2026, number, "督办单", ON, opening_of(ON), json.dumps(to_facts(said)))


def test_so_many_sheets_go_along_and_the_rest_is_spoken_of() -> None:
    lines = [line(place, days=-place, kind=K.ESCALATION, sheet=sheet(place)) for place in range(1, SHEETS + 3)]
    said = composed(*lines, line(1, kind=K.ESCALATION, sheet=sheet(1)))
    assert [file.name for file in said.files] == [f"督办〔2026〕{number}号.docx" for number in (7, 6, 5, 4, 3)]
    assert all(file.content.startswith(b"PK") for file in said.files)
    assert "另有2份督办单未随附" in said.plain
    assert "另有 2 份督办单未随附" in str(said.html)


def test_the_sheet_of_an_internal_item_stays_in_the_system() -> None:
    assert composed(line(kind=K.ESCALATION, sheet=sheet(1), internal=True)).files == ()


def deadline(number: int = 1, *, moves: int = 0, done: bool = False, internal: bool = False) -> DeadlineLine:
    item = WorkItem(
        id=number, plan_id=1, organ_id=1, project_id=1, number=str(number), title="普法宣传", issued_on=ON,
        internal_only=internal,
    )  # fmt: skip
    row = Deadline(id=number, item_id=number, kind=DeadlineKind.FINAL, due_on=ON, original_due_on=ON)
    row.done_on = ON if done else None
    return DeadlineLine(row, item, "法治建设", moves, None)


@pytest.mark.parametrize(
    ("events", "method", "known"),
    [
        ([deadline()], "REQUEST", [("deadline-1@duban.invalid", 0, "CONFIRMED")]),
        ([deadline(moves=2)], "REQUEST", [("deadline-1@duban.invalid", 2, "CONFIRMED")]),
        ([deadline(moves=2, done=True)], "CANCEL", [("deadline-1@duban.invalid", 3, "CANCELLED")]),
        (
            [deadline(1), deadline(2, done=True)],
            "PUBLISH",
            [("deadline-1@duban.invalid", 0, "CONFIRMED"), ("deadline-2@duban.invalid", 1, "CANCELLED")],
        ),
    ],
)
def test_days_ride_along_for_the_calendar(
    events: list[DeadlineLine], method: str, known: list[tuple[str, int, str]]
) -> None:
    lines = [line(place, event=one, address="p@office.test") for place, one in enumerate(events, 1)]
    [file] = composed(*lines, mail_from="督办 <duban@office.test>").files
    assert file.media_type == f"text/calendar; method={method}; charset=utf-8"
    calendar = Calendar.from_ical(file.content)
    assert calendar["method"] == method
    told = [(str(one["uid"]), int(str(one["sequence"])), str(one["status"])) for one in calendar.walk("VEVENT")]
    assert told == known
    for one in calendar.walk("VEVENT"):
        assert str(one["organizer"]) == "mailto:duban@office.test"
        assert str(one.get("attendee", "")) == ("mailto:p@office.test" if method != "PUBLISH" else "")


def test_a_calendar_gets_no_title_of_an_internal_item() -> None:
    [file] = composed(line(event=deadline(internal=True), internal=True)).files
    assert "普法" not in file.content.decode()


def test_the_signed_end_stands_on_a_line_of_its_own() -> None:
    said = compose_head("2026-06-26 123 abcdef", name="陈督办", on=ON, settings=Settings(home=Path("none")))
    assert "\n2026-06-26 123 abcdef\n" in said.plain
    assert said.subject == "【督办】操作记录链尾 2026-06-26"
