"""Desk and mail say the same at New Year: each day to 1 March, over two plans, by the hours of the schedules."""

import datetime as dt
import email
import email.policy
import mailbox
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from functools import partial
from itertools import takewhile
from pathlib import Path

import pytest
from sqlalchemy import Engine

from flows.schedules import SCHEDULES
from flows.slots import slots
from models.clock import midnight_of, opening_of
from models.database import key, reading, unit_of_work
from models.dates.day_override import office_calendar
from models.dates.days import DAY
from models.items.item import WorkItem
from models.items.plan import AnnualPlan
from models.ladder.notice import Notice
from models.people.organ import Organ
from tasks.items.sign import sign
from tasks.notices.deliver import deliver
from tasks.notices.gather_lines import action_path
from tasks.notices.next_step import LOOK
from tasks.oversight.gather_work import gather_work
from tasks.oversight.work_line import Group
from tests.office import FIRST, HANDLER, HEAD, LEADER, SUPERVISOR, Office, day, text_of
from tests.web import Web

LATE, HANDED, LAST, LONGER, FRESH, SPRING = "制度清理", "案卷评查", "年终总结", "规划编制", "普法宣传", "春季培训"
BEGIN, NEW_YEARS_EVE, END = day("2026-12-14"), day("2026-12-31"), day("2027-03-01")
SWEEP, DELIVERY = (next(one for one in SCHEDULES if one.slug == slug) for slug in ("daily_supervision", "delivery"))
ASKED = re.compile(r"(\S+?)[:：]\S+/notices/open/(\d+)")
"""A line of a mail that leads to an act: its words, and which notice speaks."""


@dataclass(frozen=True)
class Told:
    """What a mail asked: of whom, on which day, about which item; `path` is where it is done."""

    on: dt.date
    who: str
    title: str
    asks: str
    path: str


@dataclass
class Life:
    """An office that lives by its schedules: the sweep, the mail of the morning, what people do, the mail about it."""

    office: Office
    told: list[Told] = field(default_factory=list)
    deeds: dict[dt.date, list[Callable[[], object]]] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)

    def at(self, on: str, deed: Callable[..., object], *args: object, **more: object) -> None:
        """Somebody does something in the course of that day."""
        self.deeds.setdefault(day(on), []).append(partial(deed, *args, **more, on=on))

    def days(self) -> Iterator[list[Told]]:
        """What the mail of each morning says as it is out, and the mail about what people did."""
        while self.office.today <= END:
            on = self.office.today
            self.office.sweep(on)
            yield self._deliver(next(slots(SWEEP, midnight_of(on))))
            for deed in self.deeds.get(on, []):
                deed()
            if on in self.deeds:
                yield self._deliver(opening_of(on))
            self.office.today += DAY

    def _deliver(self, after: dt.datetime) -> list[Told]:
        deliver(self.office.engine, self.office.settings, now=next(slots(DELIVERY, after)), quiet=True)
        asked = [found for mail in self._arrived() for found in ASKED.findall(text_of(mail))]
        fresh = [self._said(asks, int(notice)) for asks, notice in asked]
        self.told += fresh
        return fresh

    def _arrived(self) -> Iterator[EmailMessage]:
        """What landed in the Maildir since the last look."""
        box = mailbox.Maildir(self.office.settings.maildir)
        for name in sorted(set(box.keys()) - self.read):
            self.read.add(name)
            yield email.message_from_bytes(box.get_bytes(name), policy=email.policy.default)

    def _said(self, asks: str, notice_id: int) -> Told:
        with reading(self.office.engine) as session:
            notice = session.get_one(Notice, notice_id)
            path = action_path(session, notice, on=self.office.today).partition("?")[0]
            title = session.get_one(WorkItem, notice.item_id).title
        return Told(self.office.today, self.office.name_of(notice.recipient_id) or "", title, asks, path)

    def asked(self, who: str, title: str, *words: str) -> list[dt.date]:
        """The days from New Year's Eve on whose mail asked this of somebody about an item."""
        found = {one.on for one in self.told if (one.who, one.title) == (who, title) and one.asks in words}
        return sorted(on for on in found if on >= NEW_YEARS_EVE)


@pytest.fixture
def life(engine: Engine, tmp_path: Path) -> Life:
    """2026: one item overdue since November, three whose days lie at New Year. 2027: two that are given in January."""
    office = Office(engine, tmp_path / "home", digest_at=dt.time(8), quiet_from=dt.time(20), quiet_until=dt.time(8))
    office.today = BEGIN
    office.assign(LATE, due="2026-12-18", number="12")
    office.assign(HANDED, due="2026-12-31", number="13")
    office.assign(LAST, due="2026-12-31", number="14")
    office.assign(LONGER, due="2027-01-12", number="15")
    life, old = Life(office), office.plan_id

    def begin(on: str) -> None:
        with unit_of_work(office.engine) as session:
            plan = AnnualPlan(organ_id=office.organ_id, year=2027, title="2027年度工作要点")
            session.add(plan)
            session.flush()
            office.plan_id = key(plan.id)
        office.assign(FRESH, due="2027-01-25", number="12", issue=False)
        office.assign(SPRING, due="2027-02-28", number="13", on=on, sign=False)

    def send_back(on: str) -> None:
        new, office.plan_id = office.plan_id, old
        office.send_back("13", on=on, reason="缺少评查通报")
        office.plan_id = new

    life.at("2026-12-31", office.ask_closure, "13")
    life.at("2026-12-31", office.extend, "15", to="2027-02-10")
    life.at("2027-01-07", office.approve, "15")
    life.at("2027-01-08", office.instruct, "12", "限期办结", due="2027-01-22", who=FIRST)
    life.at("2027-01-11", begin)
    life.at("2027-01-14", partial(office.do, HANDLER, sign, "12"))
    life.at("2027-02-01", send_back)
    return life


def test_mail_and_desk_say_the_same_each_day(life: Life) -> None:
    office, web = life.office, Web(life.office)
    asked, overdue = 0, set()
    for mail in life.days():
        on, asking = office.today, [one for one in mail if one.asks != LOOK.words]
        stands = desk(office, HANDLER)
        # What came back stands first and is taken up from there, whatever a mail calls the next step.
        back = {title for group, title in stands if group is Group.RETURNED}
        for who in {one.who for one in asking}:
            page = web.of(who).get("/").text
            assert "今天没有要办的事" not in page, f"{on}：邮件请{who}办事，工作台上说没有"
            for one in asking:
                if one.who == who and one.title not in back:
                    assert f'"{one.path}' in page, f"{on}：邮件请{who}{one.asks}({one.title})，工作台上没有"
                    asked += 1
        pressing = {title for group, title in stands if group in (Group.OVERDUE, Group.TODAY)}
        untold = pressing - {one.title for one in life.told if one.who == HANDLER}
        assert not untold, f"{on}：工作台上有，邮件没有说过：{untold}"
        overdue |= pressing
    # Both looks found something to look at.
    assert asked > 100
    assert overdue == {LATE, HANDED, LAST, LONGER, FRESH, SPRING}

    # The days of the mails, from the rules of 常规 alone.
    with reading(office.engine) as session:
        calendar = office_calendar(session)

    def before(due: str, *days: int) -> set[dt.date]:
        return {calendar.on_or_before(day(due) - dt.timedelta(days=count)) for count in days}

    def after(due: str, least: int = 1) -> set[dt.date]:
        turns = takewhile(lambda on: on <= END, (calendar.add(day(due), count) for count in (1, 3, *range(7, 90, 5))))
        return {on for on in turns if on >= calendar.add(day(due), least)}

    def within(days: Iterable[dt.date], first: str = "2026-12-31", last: str = "2027-03-01") -> set[dt.date]:
        return {on for on in days if day(first) <= on <= day(last)}

    report, close, take, give = "填报进展", "申请办结", "签收", "批示"
    ladder: dict[tuple[str, str], set[dt.date]] = {
        (LATE, report): within(after("2026-12-18")),
        (LAST, close): {day("2026-12-31")},
        (LAST, report): after("2026-12-31"),
        # Asked for closure on New Year's Eve, returned on 1 February: told then, made good the day after, and on.
        (HANDED, close): {day("2026-12-31"), day("2027-02-01")},
        (HANDED, report): {day("2027-02-02"), *within(after("2026-12-31"), "2027-02-03")},
        # The day moved to 10 February on 7 January.
        (LONGER, report): within(before("2027-01-12", 7, 3), last="2027-01-07")
        | before("2027-02-10", 7, 3) | after("2027-02-10"),
        (LONGER, close): {day("2027-02-10")},
        (FRESH, take): {day("2027-01-12"), day("2027-01-13")},
        (FRESH, report): before("2027-01-25", 7, 3) | after("2027-01-25"),
        (FRESH, close): {day("2027-01-25")},
        (SPRING, take): {day("2027-01-12"), day("2027-01-13"), *before("2027-02-28", 7, 3, 0), *after("2027-02-28")},
    }  # fmt: skip
    assert {one: set(life.asked(HANDLER, *one)) for one in ladder} == ladder
    assert set(life.asked(FIRST, LATE, give)) == within(after("2026-12-18", 7)) | after("2027-01-22", 7)
    assert set(life.asked(LEADER, LAST, give)) == after("2026-12-31", 3)
    assert set(life.asked(HEAD, LATE, report)) == within(after("2026-12-18"))
    assert life.asked(LEADER, LONGER, "审批延期") == [day("2026-12-31")]
    assert life.asked(SUPERVISOR, HANDED, "审核办结") == [day("2026-12-31")]
    instructed = {day("2027-01-08"), *before("2027-01-22", 7, 3, 0), *after("2027-01-22")}
    assert set(life.asked(HANDLER, LATE, "签收批示")) == instructed


def desk(office: Office, who: str) -> list[tuple[Group, str]]:
    """Heading and title of each line on somebody's desk."""
    with reading(office.engine) as session:
        organ, by = session.get_one(Organ, office.organ_id), office.by(session, who, office.today)
        lines = gather_work(session, organ, by=by, calendar=office_calendar(session, organ_id=organ.id)).lines
        return [(line.group, line.item.title) for line in lines]
