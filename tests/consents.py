"""Every act that is somebody's consent, told so that anybody may be given the seat for either side of it."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlmodel import Session, col, select

from models.database import on_record
from models.draws.draw_binding import DrawBinding
from models.people.organ import Department, Organ
from models.people.permission import Action
from models.people.person import Post, Role
from models.report.report import SectionKind
from models.scores.scoring import ScoreLine
from tasks.draws.pledge import pledge
from tasks.items.answer_instruction import ask_more, close_instruction, reply
from tasks.items.close import accept, send_back
from tasks.items.extend import decide_extension
from tasks.items.instruct import find_instruction
from tasks.items.object_to import object_to
from tasks.items.suspend import suspend
from tasks.items.transfer import transfer
from tasks.people.find import find_item, find_person, find_plan
from tasks.report.compiling.compile_report import compile_report, newest_report
from tasks.report.compiling.template import ReportTemplate
from tasks.report.desk.edit_block import add_block
from tasks.report.filing.review import forward, pass_legal, pass_secrecy, sign_off, submit
from tasks.report.filing.step import find_filing
from tasks.scores.appeal import appeal, decide_appeal, find_appeal
from tasks.scores.evaluate import evaluate
from tasks.staff.decide_proposal import confirm_proposal, find_proposal
from tasks.staff.hand_over import hand_over
from tests.actors import administrator
from tests.draws import NUMBER, Draws
from tests.filing import COPY, TO, vouch
from tests.filing_acts import ON as FILED
from tests.filing_acts import YEAR, desk
from tests.office import FIRST, HANDLER, HEAD, LEADER, SUPERVISOR, Office, day
from tests.tasks.acting.test_every_act import HALF, published

ON, SCORED = "2026-06-04", "2026-07-06"
DRAFTER, LEGAL, SECRECY, SECURITY = "周督办", "郑督办", "冯督办", "韩安全"
"""Three more supervisors, one with a hand in the report and two who look it over; a security administrator."""
Does = Callable[[Office, str], object]
Consents = Callable[[Office, Session, str], object]


@dataclass(frozen=True)
class Scene:
    """The office is prepared, `doer` does something, and `decider` consents to it."""

    action: Action
    doer: str
    decider: str
    prepare: Callable[[Office], object]
    does: Does
    consents: Consents
    hand: str = ""
    """What it was that was done, where an act has several such scenes."""

    @property
    def name(self) -> str:
        return f"{self.action.value}-{self.hand}" if self.hand else self.action.value


def assigned(office: Office) -> None:
    office.assign("普法宣传", due="2026-06-30")


def unsigned(office: Office) -> None:
    office.department("财务科", head="钱科长")
    office.assign("普法宣传", due="2026-06-30", sign=False)


def nothing(*_: object) -> None:
    """No more is needed: whoever does the item, or heads the department, has a hand in it as it is."""


def on_item(act: Callable[..., object], **more: Any) -> Consents:
    def go(office: Office, session: Session, who: str) -> object:
        item = find_item(session, find_plan(session, session.get_one(Organ, office.organ_id), office.year), "1")
        return act(session, item, by=office.by(session, who, ON), **more)

    return go


def extends(office: Office, who: str) -> None:
    office.extend("1", to="2026-07-10", on=ON, who=who)


def moves_day(office: Office, who: str) -> None:
    office.adjust("1", to="2026-07-10", on=ON, who=who)


def asks(office: Office, who: str) -> None:
    office.ask_closure("1", on=ON, who=who)


def objects(office: Office, who: str) -> None:
    office.do(who, object_to, "1", on="2026-06-02", reason="不属本科职责")


def gives_away(office: Office, session: Session, who: str) -> object:
    other = session.exec(select(Department).where(Department.name == "财务科")).one()
    return on_item(transfer, reason="职责所在", department=other)(office, session, who)


def instructed(office: Office) -> None:
    assigned(office)
    office.instruct("1", "请抓紧", due="2026-06-20", on="2026-06-02", who=LEADER)


def replies(office: Office, who: str) -> None:
    with on_record(office.engine) as session:
        reply(session, find_instruction(session, 1), by=office.by(session, who, ON), content="已在办")


def wants_more(office: Office, session: Session, who: str) -> object:
    given = find_instruction(session, 1)
    return ask_more(session, given, by=office.by(session, who, ON), content="请附名单")


def ends(office: Office, session: Session, who: str) -> object:
    given = find_instruction(session, 1)
    return close_instruction(session, given, by=office.by(session, who, ON), outcome="已落实")


def gives_points(office: Office, session: Session, who: str) -> object:
    department = session.get_one(Department, office.department_id)
    return evaluate(session, department, HALF, by=office.by(session, who, SCORED), points="90")


def complains(office: Office, who: str) -> None:
    with on_record(office.engine) as session:
        line = session.exec(select(ScoreLine).where(col(ScoreLine.department_id) == office.department_id)).first()
        assert line is not None
        appeal(session, line, by=office.by(session, who, SCORED), reason="等待上级文件")


def judges(office: Office, session: Session, who: str) -> object:
    by = office.by(session, who, SCORED)
    made = find_appeal(session, 1, by=by)
    return decide_appeal(session, made, by=by, uphold=True, answer="属实", points=Decimal(0))


def binds(office: Office, who: str) -> None:
    Draws(office).bind(who=who, on=ON)


def pledges(office: Office, session: Session, who: str) -> object:
    binding = session.exec(select(DrawBinding)).one()
    return pledge(session, binding, by=office.by(session, who, ON), number=NUMBER)


def staffed(office: Office) -> None:
    office.hire(SECURITY, Role.SECURITY, "安全管理员")


def proposes(office: Office, who: str) -> None:
    """Somebody who manages people proposes an appointment that takes a second person."""
    with on_record(office.engine) as session:
        post = session.exec(select(Post).where(Post.title == "安全管理员")).one()
        hand_over(session, post, by=office.by(session, who, ON), to=find_person(session, HANDLER), on=day("2026-06-08"))


def confirms(office: Office, session: Session, who: str) -> object:
    by = office.by(session, who, ON)
    return confirm_proposal(session, find_proposal(session, 1, by=by), by=by)


# --- the report ---------------------------------------------------------------------------------------------------


def desked(office: Office) -> None:
    """The year's report is on the desk, brought there by nobody: only who is told of has a hand in it."""
    assigned(office)
    for name in (DRAFTER, LEGAL, SECRECY):
        office.hire(name, Role.SUPERVISOR, "督办员")
    # So that whoever could sign is not alone, and may come to have reviewed.
    office.hire("黄书记", Role.FIRST_RESPONSIBLE, "书记")
    with on_record(office.engine) as session:
        compile_report(
            session, session.get_one(Organ, office.organ_id), YEAR, by=administrator(day(FILED)), on=day(FILED),
            template=ReportTemplate(addressees=TO, copies=(COPY,)),
        )  # fmt: skip


def compiles(office: Office, who: str) -> None:
    """Something was recorded since, and it is compiled anew."""
    office.assign("学法计划", due="2026-06-30")
    with on_record(office.engine) as session:
        compile_report(
            session, session.get_one(Organ, office.organ_id), YEAR, by=office.by(session, who, FILED), on=day(FILED),
            template=ReportTemplate(addressees=TO, copies=(COPY,)),
        )  # fmt: skip


def writes(office: Office, who: str) -> None:
    with on_record(office.engine) as session:
        report = newest_report(session, session.get_one(Organ, office.organ_id), YEAR)
        assert report is not None
        by = office.by(session, who, FILED)
        add_block(session, report, by=by, section=SectionKind.OTHER, text="全年学法一次。", basis="会议记录")


def submits(office: Office, who: str) -> None:
    with on_record(office.engine) as session:
        vouch(session, session.get_one(Organ, office.organ_id), YEAR)
    desk(office).acting(who, submit)


def forwards(office: Office, who: str) -> None:
    desk(office).acting(who, forward, reason="不涉及其他科室")


def reviews(office: Office, who: str) -> None:
    desk(office).acting(who, pass_legal, opinion="合法")


def clears(office: Office, who: str) -> None:
    desk(office).acting(who, pass_secrecy, reason="不涉密")


WAY: dict[Does, str | None] = {
    compiles: None, writes: None, submits: SUPERVISOR, forwards: SUPERVISOR, reviews: LEGAL, clears: SECRECY,
}  # fmt: skip
"""What brings a report up to the signature, in order, and by whom where nobody else is told of."""


def on_the_way(hand: Does, last: Does) -> Does:
    """The report goes its way up to `last`; what `hand` is was done by whoever the story is about."""

    def go(office: Office, who: str) -> None:
        for does, usual in WAY.items():
            name = who if does is hand else usual
            if name is not None:
                does(office, name)
            if does is last:
                return

    return go


def on_report(act: Callable[..., object], **more: Any) -> Consents:
    def go(office: Office, session: Session, who: str) -> object:
        filing = find_filing(session, session.get_one(Organ, office.organ_id), YEAR)
        return act(session, filing, by=office.by(session, who, FILED), **more)

    return go


def of_the_report(action: Action, decider: str, consents: Consents, last: Does) -> list[Scene]:
    """A scene for everything that keeps somebody from this consent."""
    kinds = list(WAY)[: list(WAY).index(last) + 1]
    return [
        Scene(action, DRAFTER, decider, desked, on_the_way(hand, last), consents, hand.__name__)
        for hand in kinds
    ]  # fmt: skip


SCENES: tuple[Scene, ...] = (
    Scene(Action.DECIDE_EXTENSION, HANDLER, LEADER, assigned, extends, on_item(decide_extension, approve=True)),
    Scene(
        Action.DECIDE_ADJUSTMENT,
        SUPERVISOR,
        LEADER,
        assigned,
        moves_day,
        on_item(decide_extension, approve=True, action=Action.DECIDE_ADJUSTMENT),
    ),
    Scene(Action.ACCEPT, HANDLER, SUPERVISOR, assigned, asks, on_item(accept, waive="现场核实")),
    Scene(Action.RETURN, HANDLER, SUPERVISOR, assigned, asks, on_item(send_back, reason="材料不全"), "asks"),
    Scene(Action.RETURN, HANDLER, SUPERVISOR, unsigned, objects, on_item(send_back, reason="应由本科办"), "objects"),
    Scene(Action.TRANSFER, HANDLER, SUPERVISOR, unsigned, objects, gives_away),
    Scene(Action.SUSPEND, HANDLER, SUPERVISOR, assigned, nothing, on_item(suspend, reason="等待上级批复")),
    Scene(Action.ASK_MORE, HANDLER, LEADER, instructed, replies, wants_more),
    Scene(Action.CLOSE_INSTRUCTION, HANDLER, LEADER, instructed, replies, ends),
    Scene(Action.EVALUATE, HEAD, LEADER, nothing, nothing, gives_points),
    Scene(Action.CONFIRM_STAFF, SUPERVISOR, FIRST, staffed, proposes, confirms),
    Scene(Action.DRAW_NUMBER, SUPERVISOR, LEADER, nothing, binds, pledges),
    Scene(Action.DECIDE_APPEAL, HEAD, FIRST, published, complains, judges),
    *of_the_report(Action.LEGAL_REVIEW, LEADER, on_report(pass_legal, opinion="合法"), forwards),
    *of_the_report(Action.SECRECY_REVIEW, LEADER, on_report(pass_secrecy, reason="不涉密"), reviews),
    *of_the_report(Action.REPORT_SIGN, FIRST, on_report(sign_off, accepting="已核"), clears),
)
