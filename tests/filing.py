"""An office whose report of last year is compiled and has to go out: what the stories about filing it are told with."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from models.database import key, on_record, unit_of_work
from models.items.plan import AnnualPlan
from models.people.organ import Department, Organ
from models.report.filing import Filing
from models.report.report import Report, ReportBlock, ReportSection
from tasks.report.compiling.compile_report import newest_report
from tasks.report.compiling.template import ReportTemplate
from tasks.report.desk.edit_block import confirm_block
from tasks.report.filing.consult import ask_opinions, opine
from tasks.report.filing.deadlines import ensure_filing_items
from tasks.report.filing.review import forward, pass_legal, pass_secrecy, sign_off, submit
from tasks.report.filing.send import publish, send
from tasks.report.filing.step import find_filing
from tests.actors import administrator
from tests.office import FIRST, LEADER, SUPERVISOR, Office, day
from tests.report_year import PUBLICITY, ReportYear
from tests.told import told_once

TO = ("某县委", "某县人民政府")
COPY = "某市司法局"
FINANCE, FINANCE_HEAD = "财务科", "钱科长"
Result = TypeVar("Result")


class FilingOffice(Office):
    """某局 in January 2026, with the report of 2025 on the desk; nothing in it is still to be verified."""

    def __init__(self, engine: Engine, home: Path, *, year: int = 2025, items: bool = True, **settings: Any) -> None:
        super().__init__(engine, home, year=year + 1, **settings)
        self.report_year = year
        self.today = day(f"{year + 1}-01-15")
        told_once(engine, ("filing", year, items, self.preset), lambda: self._reported(items))

    def _reported(self, items: bool) -> None:
        self.department(FINANCE, head=FINANCE_HEAD)
        with unit_of_work(self.engine) as session:
            compile_quiet_year(session, self.report_year)
        if items:
            self.watch()

    def watch(self, *, on: str | None = None) -> None:
        """The report's days stand in the plan of the year, issued and signed for."""
        at = on or f"{self.report_year + 1}-01-10"
        with on_record(self.engine) as session:
            plan = session.get_one(AnnualPlan, self.plan_id)
            ensure_filing_items(session, plan, by=self.by(session, SUPERVISOR, at))
        self.issue(on=at)

    def acting(
        self,
        who: str,
        act: Callable[..., Result],
        *args: Any,
        on: str | None = None,
        dated: str | None = None,
        **more: Any,
    ) -> Result:
        """`who` does something to the report on a day, on record: `office.acting(LEADER, pass_legal, opinion="…")`."""
        with on_record(self.engine) as session:
            by = self.by(session, who, on or self.today)
            more |= {"on": day(dated)} if dated else {}
            if act is submit:
                return act(session, self.organ(session), self.report_year, by=by, **more)
            return act(session, find_filing(session, self.organ(session), self.report_year), *args, by=by, **more)

    def organ(self, session: Session) -> Organ:
        return session.get_one(Organ, self.organ_id)

    @property
    def filing(self) -> Filing:
        with unit_of_work(self.engine) as session:
            return find_filing(session, self.organ(session), self.report_year)

    @property
    def newest(self) -> Report:
        with unit_of_work(self.engine) as session:
            found = newest_report(session, self.organ(session), self.report_year)
            assert found is not None
            return found

    def unit(self, name: str) -> Department:
        with unit_of_work(self.engine) as session:
            return session.exec(select(Department).where(Department.name == name)).one()

    def consult(self, *names: str, due: str, on: str | None = None) -> None:
        self.acting(
            SUPERVISOR, ask_opinions, [self.unit(name) for name in names], on=on, due_on=day(due)
        )  # fmt: skip

    def reply(self, who: str, name: str, opinion: str | None = None, *, on: str | None = None) -> None:
        self.acting(who, opine, self.unit(name), on=on, opinion=opinion)

    def until(self, state: str) -> None:
        """Go on the short way up to a step: nobody is consulted, every addressee gets it by hand."""
        ways: dict[str, Callable[[], object]] = {
            "consulting": lambda: self.acting(SUPERVISOR, submit),
            "legal_review": lambda: self.acting(SUPERVISOR, forward, reason="内容不涉及其他科室"),
            "secrecy_review": lambda: self.acting(LEADER, pass_legal, opinion="合法"),
            "sign_off": lambda: self.acting(LEADER, pass_secrecy, reason="不涉密"),
            "filing": lambda: self.acting(FIRST, sign_off, accepting="已逐项核对"),
            "publishing": lambda: [self.acting(SUPERVISOR, send, name, way="专人送达") for name in TO],
        }
        for name, act in ways.items():
            act()
            if name == state:
                return
        raise AssertionError(f"there is no step {state}")

    def published(self) -> None:
        self.until("publishing")
        self.acting(SUPERVISOR, publish, "https://www.example.gov.cn/report")

    def tamper(self, text: str = "被改动的文字") -> None:
        """Somebody writes into the bound version behind the program's back."""
        with unit_of_work(self.engine) as session:
            bound = find_filing(session, self.organ(session), self.report_year).report_id
            blocks = select(ReportBlock).join(ReportSection, col(ReportSection.id) == ReportBlock.section_id)
            block = session.exec(blocks.where(ReportSection.report_id == bound)).first()
            assert block is not None
            block.text = text


def compile_quiet_year(session: Session, year: int) -> None:
    """A small year in which nothing is doubtful: one item done, one study session, a deficiency with its remedy."""
    made = ReportYear(session, year=year, code="bureau")
    made.item("制定学法计划", due=f"{year}-03-31", closed=f"{year}-03-20", deliverable="学法计划1份")
    week = made.item("开展宪法宣传周活动", project=PUBLICITY, due=f"{year}-12-08", closed=f"{year}-12-06")
    made.progress(week, f"{year}-12-06", achievement="宪法宣传周期间开展普法活动3次")
    made.study(f"{year}-04-02", "行政处罚法")
    made.deficiency("普法渠道较为单一", on=f"{year}-12-20", cause="账号缺少专人维护。", remedy="配备专人运营普法账号")
    made.compile(f"{year + 1}-01-15", template=ReportTemplate(addressees=TO, copies=(COPY,)))
    verify(session, made)


def verify(session: Session, made: ReportYear) -> None:
    """Whatever is still 待核 is vouched for."""
    vouch(session, made.organ, made.plan.year)


def vouch(session: Session, organ: Organ, year: int) -> None:
    """Whatever is still 待核 in the newest version of the year's report is vouched for."""
    report = newest_report(session, organ, year)
    assert report is not None
    blocks = select(ReportBlock).join(ReportSection, col(ReportSection.id) == ReportBlock.section_id)
    for block in session.exec(blocks.where(ReportSection.report_id == key(report.id))).all():
        if block.unverified:
            confirm_block(session, report, block.key, by=administrator(day(f"{year + 1}-01-16")), basis="核实")
