"""Each act upon a report on its way, and how any office comes to where it can be done: for the tables of all acts."""

from collections.abc import Callable
from typing import Any

from sqlmodel import Session

from models.database import unit_of_work
from models.items.plan import AnnualPlan
from models.people.organ import Department, Organ
from models.people.permission import Action
from models.report.filing import FilingState
from models.report.filing_rows import Adoption
from tasks.report.compiling.compile_report import compile_report
from tasks.report.compiling.template import ReportTemplate
from tasks.report.filing.assign_step import assign_step
from tasks.report.filing.consult import ask_opinions, opine
from tasks.report.filing.review import pass_legal, pass_secrecy, return_, sign_off, submit
from tasks.report.filing.send import archive, publish, send
from tasks.report.filing.step import find_filing
from tasks.report.filing.step_posts import find_post
from tests.filing import COPY, TO, FilingOffice, vouch
from tests.office import FIRST, HEAD, LEADER, SUPERVISOR, Office, day

YEAR, ON = 2026, "2027-01-18"
SITE = "https://www.example.gov.cn/2026"
Prepare = Callable[[Office], object]


def desk(office: Office) -> FilingOffice:
    """The same office, as the stories about filing have it, with the report of its own year."""
    made = FilingOffice.__new__(FilingOffice)
    made.__dict__ |= office.__dict__
    made.report_year, made.today = YEAR, day(ON)
    return made


def at(state: str, *more: Callable[[FilingOffice], object]) -> Prepare:
    """The report of the office's year is compiled and has come to a step; then whatever else has to be."""

    def prepare(office: Office) -> None:
        office.assign("普法宣传", due="2026-06-30")
        with unit_of_work(office.engine) as session:
            compile_report(
                session, session.get_one(Organ, office.organ_id), YEAR, by=office.by(session, SUPERVISOR, ON),
                on=day(ON), template=ReportTemplate(addressees=TO, copies=(COPY,)),
            )  # fmt: skip
            vouch(session, session.get_one(Organ, office.organ_id), YEAR)
        if state != "drafting":
            desk(office).until(state)
        for step in more:
            step(desk(office))

    return prepare


def asked(office: FilingOffice) -> None:
    office.consult("法规科", due="2027-01-25")


def replied(office: FilingOffice) -> None:
    office.reply(HEAD, "法规科", "请补充数据")


def sent_to_one(office: FilingOffice) -> None:
    office.acting(SUPERVISOR, send, TO[0], way="机要交换")


def published(office: FilingOffice) -> None:
    office.acting(SUPERVISOR, publish, SITE)


def next_plan(office: FilingOffice) -> None:
    with unit_of_work(office.engine) as session:
        session.add(AnnualPlan(organ_id=office.organ_id, year=YEAR + 1, title="次年要点"))


def does(who: str, act: Callable[..., object], *args: Any, **more: Any) -> Callable[[Office, Session], object]:
    """`who` does something to the report."""

    def go(office: Office, session: Session) -> object:
        organ = session.get_one(Organ, office.organ_id)
        by = office.by(session, who, ON)
        if act is submit:
            return submit(session, organ, YEAR, by=by)
        return act(session, find_filing(session, organ, YEAR), *args, by=by, **more)

    return go


def asks(office: Office, session: Session) -> object:
    filing = find_filing(session, session.get_one(Organ, office.organ_id), YEAR)
    unit = session.get_one(Department, office.department_id)
    return ask_opinions(session, filing, [unit], due_on=day("2027-01-25"), by=office.by(session, SUPERVISOR, ON))


def replies(office: Office, session: Session) -> object:
    filing = find_filing(session, session.get_one(Organ, office.organ_id), YEAR)
    unit = session.get_one(Department, office.department_id)
    return opine(session, filing, unit, by=office.by(session, HEAD, ON), opinion="请补充数据")


def assigns(office: Office, session: Session) -> object:
    organ = session.get_one(Organ, office.organ_id)
    post = find_post(session, organ, "法规科")
    assign_step(session, organ, FilingState.LEGAL_REVIEW, post, by=office.by(session, SUPERVISOR, ON))
    return post


ACTS: dict[Action, tuple[Prepare, Callable[[Office, Session], object]]] = {
    Action.REPORT_SUBMIT: (at("drafting"), does(SUPERVISOR, submit)),
    Action.REPORT_CONSULT: (at("consulting"), asks),
    Action.REPORT_OPINE: (at("consulting", asked), replies),
    Action.LEGAL_REVIEW: (at("legal_review"), does(LEADER, pass_legal, opinion="合法")),
    Action.SECRECY_REVIEW: (at("secrecy_review"), does(LEADER, pass_secrecy, reason="不涉密")),
    Action.REPORT_SIGN: (at("sign_off"), does(FIRST, sign_off, accepting="已核对")),
    Action.REPORT_FILE: (at("filing"), does(SUPERVISOR, send, TO[0], way="机要交换")),
    Action.REPORT_PUBLISH: (at("publishing"), does(SUPERVISOR, publish, SITE)),
    Action.REPORT_ARCHIVE: (
        at("publishing", published), does(SUPERVISOR, archive, number="2027-1", place="档案室"),
    ),
    Action.REPORT_ASSIGN: (at("drafting"), assigns),
    Action.REPORT_RETURN: (at("sign_off"), does(FIRST, return_, reason="再改")),
}  # fmt: skip
"""For each action how the office comes to where it can be done, and the doing of it."""

_YEAR = ["--year", str(YEAR)]
COMMANDS: dict[str, tuple[str, list[str], list[Action], list[Prepare], str]] = {
    "report submit": (SUPERVISOR, _YEAR, [Action.REPORT_SUBMIT], [at("drafting")], ON),
    "report consult": (
        SUPERVISOR, [*_YEAR, "--department", "法规科", "--due", "2027-01-25"], [Action.REPORT_CONSULT],
        [at("consulting")], ON,
    ),
    "report opine": (
        HEAD, [*_YEAR, "--department", "法规科", "--text", "请补充"], [Action.REPORT_OPINE],
        [at("consulting", asked)], ON,
    ),
    "report settle": (
        SUPERVISOR, ["1", *_YEAR, "--adopted", Adoption.YES.value], [Action.REPORT_CONSULT],
        [at("consulting", asked, replied)], ON,
    ),
    "report forward": (
        SUPERVISOR, [*_YEAR, "--reason", "不涉及其他科室"], [Action.REPORT_SUBMIT], [at("consulting")], ON,
    ),
    "report legal": (LEADER, [*_YEAR, "--text", "合法"], [Action.LEGAL_REVIEW], [at("legal_review")], ON),
    "report secrecy": (LEADER, [*_YEAR, "--reason", "不涉密"], [Action.SECRECY_REVIEW], [at("secrecy_review")], ON),
    "report sign": (FIRST, [*_YEAR, "--accept", "已核对"], [Action.REPORT_SIGN], [at("sign_off")], ON),
    "report address": (SUPERVISOR, ["某县人大常委会", *_YEAR], [Action.REPORT_FILE], [at("consulting")], ON),
    "report send": (SUPERVISOR, [TO[0], *_YEAR, "--way", "机要交换"], [Action.REPORT_FILE], [at("filing")], ON),
    "report receipt": (
        SUPERVISOR, [TO[0], *_YEAR, "--number", "收1"], [Action.REPORT_FILE], [at("filing", sent_to_one)], ON,
    ),
    "report publish": (SUPERVISOR, [*_YEAR, "--place", SITE], [Action.REPORT_PUBLISH], [at("publishing")], ON),
    "report archive": (
        SUPERVISOR, [*_YEAR, "--number", "1", "--place", "档案室"], [Action.REPORT_ARCHIVE],
        [at("publishing", published)], ON,
    ),
    "report return": (FIRST, [*_YEAR, "--reason", "再改"], [Action.REPORT_RETURN], [at("sign_off")], ON),
    "report assign": (
        SUPERVISOR, ["法制审核", "--to", "法规科"], [Action.REPORT_ASSIGN], [at("drafting")], ON,
    ),
    "report days": (SUPERVISOR, _YEAR, [Action.PLAN], [at("drafting", next_plan)], ON),
}  # fmt: skip
"""By its words: who types a command, with what, the entries it leaves, how the office comes there, and the day."""
