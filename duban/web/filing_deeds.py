"""What each form of the page of a report on its way does, and what it says afterwards: one table for all of them."""

import datetime as dt
from collections.abc import Callable, Mapping

from sqlmodel import Session

from duban.web.posted import Posted
from models.errors import BadInputError, NotFoundError
from models.people.organ import Department
from models.report.filing import Filing, FilingAct, FilingState
from models.report.filing_rows import AddresseeKind, Adoption
from models.typed_text import day, day_or_none
from tasks.report.filing.addressees import add_addressee, drop_addressee
from tasks.report.filing.consult import ask_opinions, opine, settle_opinion
from tasks.report.filing.review import forward, pass_legal, pass_secrecy, return_, sign_off
from tasks.report.filing.send import archive, note_receipt, publish, send

Deed = Callable[[Session, Filing, Posted], str]


def _consult(session: Session, filing: Filing, sent: Posted) -> str:
    units = [_department(session, sent, number) for number in sent.texts("department")]
    due = day(sent.text("due_on"), "反馈时限")
    made = ask_opinions(session, filing, units, due_on=due, by=sent.visit.by)
    watched = all(one.item_id is not None for one in made)
    more = "" if watched else "年度计划中没有已下达的报送任务,时限不会自动提醒。"
    return f"已向 {len(made)} 个科室征求意见,{due} 前反馈。{more}"


def _opine(session: Session, filing: Filing, sent: Posted) -> str:
    unit = _department(session, sent, sent.text("department"))
    one = opine(session, filing, unit, by=sent.visit.by, opinion=sent.text("opinion") or None)
    return f"已为{unit.name}反馈{'意见' if one.opinion else '“无意见”'}。"


def _settle(session: Session, filing: Filing, sent: Posted) -> str:
    adoption = next((one for one in Adoption if one.value == sent.text("adoption")), None)
    if adoption is None:
        raise BadInputError("请选择采纳、部分采纳或不采纳。")
    number = sent.number("consultation", "意见编号") or 0
    settle_opinion(session, filing, number, adoption=adoption, by=sent.visit.by, reason=sent.text("reason") or None)
    return f"意见已处理:{adoption.label}。"


def _forward(session: Session, filing: Filing, sent: Posted) -> str:
    forward(session, filing, by=sent.visit.by, reason=sent.text("reason") or None, seen=_seen(sent))
    return "已送法制审核。"


def _pass_legal(session: Session, filing: Filing, sent: Posted) -> str:
    pass_legal(session, filing, by=sent.visit.by, opinion=sent.text("opinion"), seen=_seen(sent))
    return "已通过法制审核,送保密审查。"


def _pass_secrecy(session: Session, filing: Filing, sent: Posted) -> str:
    pass_secrecy(session, filing, by=sent.visit.by, reason=sent.text("reason") or None, seen=_seen(sent))
    return "已通过保密审查,送领导审签。"


def _sign(session: Session, filing: Filing, sent: Posted) -> str:
    sign_off(session, filing, by=sent.visit.by, accepting=sent.text("reason") or None, seen=_seen(sent))
    return "已审签,可以报送。"


def _address(session: Session, filing: Filing, sent: Posted) -> str:
    name = sent.text("name")
    if sent.text("do") == "drop":
        drop_addressee(session, filing, name, by=sent.visit.by, reason=sent.text("reason"))
        return f"不再报送“{name}”。"
    kind = AddresseeKind.COPY if sent.text("kind") == AddresseeKind.COPY else AddresseeKind.MAIN
    add_addressee(session, filing, name, kind, by=sent.visit.by)
    return f"已增加{kind.label}“{name}”。"


def _send(session: Session, filing: Filing, sent: Posted) -> str:
    on = _day(sent, "报送日")
    one = send(session, filing, sent.text("name"), by=sent.visit.by, way=sent.text("way"), on=on)
    late = f"已过法定时限,记为逾期({filing.delivered_on})。" if filing.filed_late else ""
    return f"已登记 {one.sent_on} 报送“{one.name}”。{late}"


def _receipt(session: Session, filing: Filing, sent: Posted) -> str:
    one = note_receipt(
        session, filing, sent.text("name"), by=sent.visit.by, on=_day(sent, "回执日"),
        number=sent.text("number") or None, evidence_id=sent.number("evidence", "材料编号"),
    )  # fmt: skip
    return f"已登记“{one.name}”的回执。"


def _publish(session: Session, filing: Filing, sent: Posted) -> str:
    made = publish(session, filing, sent.text("place"), by=sent.visit.by, on=_day(sent, "公开日"))
    late = "已过法定时限,记为逾期。" if filing.published_late else ""
    return f"已登记 {made.on} 公开。{late}"


def _archive(session: Session, filing: Filing, sent: Posted) -> str:
    archive(
        session, filing, by=sent.visit.by, number=sent.text("number"), place=sent.text("kept_at"),
        on=_day(sent, "归档日"),
    )  # fmt: skip
    return "已归档。"


def _return(session: Session, filing: Filing, sent: Posted) -> str:
    to = next((state for state in FilingState if state.value == sent.text("to")), None)
    if to is None:
        raise BadInputError("请选择退到哪个环节。")
    return_(session, filing, by=sent.visit.by, reason=sent.text("why"), to=to)
    return f"已退回“{to.label}”。"


DEEDS: Mapping[FilingAct, Deed] = {
    FilingAct.CONSULT: _consult,
    FilingAct.OPINE: _opine,
    FilingAct.SETTLE: _settle,
    FilingAct.FORWARD: _forward,
    FilingAct.PASS_LEGAL: _pass_legal,
    FilingAct.PASS_SECRECY: _pass_secrecy,
    FilingAct.SIGN: _sign,
    FilingAct.ADDRESS: _address,
    FilingAct.SEND: _send,
    FilingAct.RECEIPT: _receipt,
    FilingAct.PUBLISH: _publish,
    FilingAct.ARCHIVE: _archive,
    FilingAct.RETURN: _return,
}
"""All but the first, which makes what the others act upon."""


def _seen(sent: Posted) -> str | None:
    """The beginning of the hash of the version that the form was shown with."""
    return sent.text("seen") or None


def _day(sent: Posted, what: str) -> dt.date | None:
    return day_or_none(sent.text("on_day"), what)


def _department(session: Session, sent: Posted, number: str) -> Department:
    found = session.get(Department, int(number)) if number.isdecimal() and len(number) <= 9 else None
    if found is None or found.organ_id != sent.visit.organ.id:
        raise NotFoundError("请从列表中选择本单位的科室。")
    return found
