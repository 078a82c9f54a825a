"""Every act that brings a report on its way, but the first, sending it on, which makes what the others act upon.

Their forms are drawn by the page of the filing; what they send is told by the entries here.
"""

from collections.abc import Callable
from typing import Any

from duban.acts.declaration import Act, ActOutcome, Deed, Entry, Way
from models.errors import BadInputError
from models.field import FieldType as Takes
from models.report.filing import FLOW, ORDER, Filing, FilingAct, FilingState
from models.report.filing_rows import AddresseeKind, Adoption
from models.typed_text import day

_SEEN = Entry("seen", "校验码", ways=Way.PAGE)
"""The beginning of the hash of the version that the form was shown with."""
_REASON = Entry("reason", "理由", metavar="理由", help="须说明的情况。")
_TO = Entry("name", "报送对象", required=True, positional=True, help="主送或抄送机关的名称。")


def _on_day(what: str) -> Entry:
    """A command has the day of every act, `--on`."""
    return Entry("on_day", what, Takes.DAY, ways=Way.PAGE)


def _act(
    of: FilingAct, does: Callable[[Deed[Filing]], ActOutcome], *entries: Entry, help: str, command: str = ""
) -> Act[Filing]:
    proved = of is FilingAct.SIGN
    return Act(of.value, FLOW[of].action, of.label, does, entries, help=help, command=command, proved=proved)


def _told(filing: Filing, said: str, words: str = "", **more: Any) -> ActOutcome:
    data = {"year": filing.year, "state": filing.state, "hash": filing.content_hash, **more}
    return ActOutcome(said, data=data, words=words)


def _consult(deed: Deed[Filing]) -> ActOutcome:
    from tasks.report.filing.consult import ask_opinions

    due = day(deed.given["due_on"], "反馈时限")
    made = ask_opinions(deed.session, deed.upon, deed.given["department"], due_on=due, by=deed.by)
    watched = all(one.item_id is not None for one in made)
    more = "" if watched else "年度计划中没有已下达的报送任务，时限不会自动提醒。"
    said = f"已向 {len(made)} 个科室征求意见，{due} 前反馈。{more}"
    return _told(deed.upon, said, consultations=[one.id for one in made])


def _opine(deed: Deed[Filing]) -> ActOutcome:
    from tasks.report.filing.consult import opine

    unit = deed.given["department"]
    one = opine(deed.session, deed.upon, unit, by=deed.by, opinion=deed.given["opinion"])
    return _told(deed.upon, f"已为{unit.name}反馈{'意见' if one.opinion else '“无意见”'}。")


def _settle(deed: Deed[Filing]) -> ActOutcome:
    from tasks.report.filing.consult import settle_opinion

    word, number = deed.given["adoption"], deed.given["consultation"] or 0
    if not word:
        raise BadInputError("请选择采纳、部分采纳或不采纳。")
    adoption = next((one for one in Adoption if one.value == word), None)
    if adoption is None:
        raise BadInputError(f"“{word}”不可用：请写 yes（采纳）、partly（部分采纳）或 no（不采纳）。")
    settle_opinion(deed.session, deed.upon, number, adoption=adoption, by=deed.by, reason=deed.given["reason"])
    return _told(deed.upon, f"意见已处理：{adoption.label}。", f"意见 {number} 已处理：{adoption.label}。")


def _forward(deed: Deed[Filing]) -> ActOutcome:
    from tasks.report.filing.review import forward

    forward(deed.session, deed.upon, by=deed.by, **deed.given)
    return _told(deed.upon, "已送法制审核。", f"{deed.upon.year} 年度报告已送法制审核。")


def _pass_legal(deed: Deed[Filing]) -> ActOutcome:
    from tasks.report.filing.review import pass_legal

    pass_legal(deed.session, deed.upon, by=deed.by, **deed.given)
    said = "已通过法制审核，送保密审查。"
    return _told(deed.upon, said, f"{deed.upon.year} 年度报告{said}")


def _pass_secrecy(deed: Deed[Filing]) -> ActOutcome:
    from tasks.report.filing.review import pass_secrecy

    pass_secrecy(deed.session, deed.upon, by=deed.by, **deed.given)
    said = "已通过保密审查，送领导审签。"
    return _told(deed.upon, said, f"{deed.upon.year} 年度报告{said}")


def _sign(deed: Deed[Filing]) -> ActOutcome:
    from tasks.report.compiling.report_hash import short_hash
    from tasks.report.filing.review import sign_off

    filing = deed.upon
    sign_off(deed.session, filing, by=deed.by, accepting=deed.given["reason"], seen=deed.given["seen"])
    told = f"{filing.year} 年度报告已审签（校验码 {short_hash(filing.content_hash)}），可以报送。"
    return _told(filing, "已审签，可以报送。", told)


def _address(deed: Deed[Filing]) -> ActOutcome:
    """A form says what to do by a word, a command by an option."""
    from tasks.report.filing.addressees import add_addressee, drop_addressee

    given, name = deed.given, deed.given["name"]
    drop = (given["reason"] or "") if given.get("do") == "drop" else given.get("drop")
    if drop is not None:
        drop_addressee(deed.session, deed.upon, name, by=deed.by, reason=drop)
        return _told(deed.upon, f"不再报送“{name}”。", f"已去掉报送对象“{name}”。")
    copy = given.get("copy") or given.get("kind") == AddresseeKind.COPY
    kind = AddresseeKind.COPY if copy else AddresseeKind.MAIN
    add_addressee(deed.session, deed.upon, name, kind, by=deed.by)
    return _told(deed.upon, f"已增加{kind.label}“{name}”。", f"已增加报送对象“{name}”。")


def _send(deed: Deed[Filing]) -> ActOutcome:
    from tasks.report.filing.send import send

    filing, given = deed.upon, deed.given
    one = send(deed.session, filing, given["name"], by=deed.by, way=given["way"], on=deed.given.get("on_day"))
    late = f"已过法定时限，记为逾期（{filing.delivered_on}）" if filing.filed_late else ""
    said = f"已登记 {one.sent_on} 报送“{one.name}”"
    words = f"{said}，现为“{filing.state.label}”{'；' if late else ''}{late}。"
    return _told(filing, f"{said}。{late}{'。' if late else ''}", words)


def _receipt(deed: Deed[Filing]) -> ActOutcome:
    from tasks.report.filing.send import note_receipt

    given = deed.given
    one = note_receipt(
        deed.session, deed.upon, given["name"], by=deed.by, on=deed.given.get("on_day"), number=given["number"],
        evidence_id=given["evidence"],
    )  # fmt: skip
    return _told(deed.upon, f"已登记“{one.name}”的回执。", f"已登记“{one.name}”{one.receipt_on} 的回执。")


def _publish(deed: Deed[Filing]) -> ActOutcome:
    from tasks.report.filing.send import publish

    made = publish(deed.session, deed.upon, deed.given["place"], by=deed.by, on=deed.given.get("on_day"))
    late = "已过法定时限，记为逾期" if deed.upon.published_late else ""
    words = f"已登记 {made.on} 公开（不公开 {made.left_out} 处）{'；' if late else ''}{late}。"
    said = f"已登记 {made.on} 公开。{late}{'。' if late else ''}"
    return _told(deed.upon, said, words, left_out=made.left_out)


def _archive(deed: Deed[Filing]) -> ActOutcome:
    from tasks.report.filing.send import archive

    number, place = deed.given["number"], deed.given["kept_at"]
    archive(deed.session, deed.upon, by=deed.by, number=number, place=place, on=deed.given.get("on_day"))
    return _told(deed.upon, "已归档。", f"{deed.upon.year} 年度报告已归档（{number}，{place}）。")


def _return(deed: Deed[Filing]) -> ActOutcome:
    from tasks.report.filing.review import return_

    filing, to = deed.upon, deed.given["to"]
    if to == "":
        raise BadInputError("请选择退到哪个环节。")
    step = next((one for one in ORDER if to in (one.value, one.label)), None) if to else FilingState.DRAFTING
    if step is None:
        raise BadInputError(f"没有“{to}”这个环节：可用 {'、'.join(one.label for one in ORDER[:-2])}。")
    return_(deed.session, filing, by=deed.by, reason=deed.given["why"], to=step)
    return _told(filing, f"已退回“{step.label}”。", f"{filing.year} 年度报告已退回“{filing.state.label}”。")


ACTS: tuple[Act[Filing], ...] = (
    _act(
        FilingAct.CONSULT, _consult,
        Entry("department", "科室", Takes.DEPARTMENT, required=True, several=True, help="可写多个。"),
        Entry("due_on", "反馈时限", required=True, metavar="日期", help="反馈意见的时限。"),
        help="向科室征求意见，各有时限；报送任务已下达的，按子任务提醒。",
    ),
    _act(
        FilingAct.OPINE, _opine,
        Entry("department", "科室", Takes.DEPARTMENT, required=True, help="代表哪个科室反馈。"),
        Entry("opinion", "意见", flag="text", help="意见；不写为无意见。"),
        help="为本科室反馈意见。",
    ),
    _act(
        FilingAct.SETTLE, _settle,
        Entry(
            "consultation", "意见编号", Takes.WHOLE, required=True, positional=True, flag="number", metavar="编号",
            help="征求意见的编号，见 status。",
        ),
        Entry(
            "adoption", "是否采纳", required=True, flag="adopted", metavar="yes|partly|no",
            help="采纳、部分采纳、不采纳。",
        ),
        _REASON,
        help="处理一条意见：是否采纳；不采纳或部分采纳的写明理由。",
    ),
    _act(
        FilingAct.FORWARD, _forward, _REASON, _SEEN,
        help="送法制审核：意见都已处理；没有征求或不再等待的写明理由。",
    ),
    _act(
        FilingAct.PASS_LEGAL, _pass_legal,
        Entry("opinion", "法制审核意见", required=True, flag="text"), _SEEN,
        command="legal", help="通过法制审核，写明审核意见；编制、修改、送审的人不能办理。",
    ),
    _act(
        FilingAct.PASS_SECRECY, _pass_secrecy, _REASON, _SEEN,
        command="secrecy", help="通过保密审查；有密级标志的不能通过，有待核的写明理由。",
    ),
    _act(
        FilingAct.SIGN, _sign,
        Entry("reason", "接受的理由", flag="accept", metavar="理由", help="仍有问题而签发的理由。"),
        Entry("seen", "校验码", flag="hash", metavar="校验码", help="所看一版的校验码，见 status。"),
        help="第一责任人审签这一版；内容被改动过的不能审签。",
    ),
    _act(
        FilingAct.ADDRESS, _address, _TO,
        Entry("copy", "抄送", Takes.TICK, ways=Way.COMMAND, help="作为抄送增加；缺省为主送。"),
        Entry("drop", "理由", metavar="理由", ways=Way.COMMAND, help="不再报送此对象的理由。"),
        Entry("do", "增加或去掉", ways=Way.PAGE),
        Entry("kind", "类别", ways=Way.PAGE),
        Entry("reason", "理由", ways=Way.PAGE),
        help="增加一个报送对象，或以 --drop 去掉尚未报送的。",
    ),
    _act(
        FilingAct.SEND, _send, _TO,
        Entry("way", "报送方式", required=True, metavar="方式", help="如 机要交换、公文系统、专人送达。"),
        _on_day("报送日"),
        help="登记报送一个对象；--on 为报送日。主送都报送后进入公开。",
    ),
    _act(
        FilingAct.RECEIPT, _receipt, _TO,
        Entry("number", "回执号", metavar="回执号", help="收文号等。"),
        Entry("evidence", "材料编号", Takes.WHOLE, metavar="编号", help="回执材料的编号。"),
        _on_day("回执日"),
        help="登记一个对象的回执；--on 为回执日。",
    ),
    _act(
        FilingAct.PUBLISH, _publish,
        Entry("place", "公开的网址或报刊", required=True, metavar="网址或报刊", help="公开的网址，或报刊及版面。"),
        _on_day("公开日"),
        help="登记公开版在哪里公开；--on 为公开日。过了法定时限的照记，并记为逾期。",
    ),
    _act(
        FilingAct.ARCHIVE, _archive,
        Entry("number", "档号", required=True, metavar="档号", help="归档的档号。"),
        Entry("kept_at", "存放处", required=True, flag="place", metavar="存放处", help="存放在哪里。"),
        _on_day("归档日"),
        help="归档：档号、存放处。",
    ),
    _act(
        FilingAct.RETURN, _return,
        Entry("why", "退回的理由", required=True, flag="reason", metavar="理由", help="必须写明理由。"),
        # Left out of a command it means drafting; a form has to say it.
        Entry("to", "环节", default="", metavar="环节", help="退到哪个环节；缺省为起草。"),
        help="退回到前面的环节，写明理由；退到起草后再改即为新的一版。",
    ),
)  # fmt: skip

BY_VERB = {act.verb: act for act in ACTS}
