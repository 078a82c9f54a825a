"""Every act upon an item as a form does it: reads the fields, calls the function of `tasks`, says what was done."""

from collections.abc import Callable, Mapping

from duban.web.act_form import Doing, WrongFieldsError
from models.errors import BadInputError
from models.evidence import Category
from models.extension import ExtensionState
from models.item import ItemState
from models.leadership import Duty
from models.organ import Organ
from models.person import Person
from tasks.attach import attach_all
from tasks.check_upload import Limits
from tasks.close import accept, reopen, request_close, send_back
from tasks.extend import decide_extension, extend
from tasks.file_store import FileStore
from tasks.find import find_department
from tasks.instruct import close_instruction, instruct, reply, sign_instruction
from tasks.milestone import add_milestone, reach_milestone
from tasks.object_to import object_to
from tasks.progress import record_progress
from tasks.record import member_named
from tasks.sign import sign
from tasks.split import split
from tasks.suspend import resume, suspend
from tasks.transfer import transfer
from tasks.urge import urge


def _sign(act: Doing) -> str:
    receipt = sign(act.session, act.item, by=act.by)
    whose = f"(代{act.session.get_one(Person, receipt.for_id).name})" if receipt.for_id else ""
    return f"任务 {act.item.number} 已签收{whose},现为“{act.item.state.label}”。"


def _object(act: Doing) -> str:
    object_to(act.session, act.item, by=act.by, reason=act.text("reason"), suggested=act.words("suggested"))
    return f"任务 {act.item.number} 的转办异议已提出,等待督办员转办或退回。"


def _transfer(act: Doing) -> str:
    owner = act.session.get_one(Organ, act.item.organ_id)
    department, person = act.words("department"), act.number("handler")
    transfer(
        act.session,
        act.item,
        by=act.by,
        reason=act.text("reason"),
        department=find_department(act.session, owner, department) if department else None,
        handler=act.session.get(Person, person) if person else None,
    )
    return f"任务 {act.item.number} 已转办,待签收。"


def _split(act: Doing) -> str:
    made = split(act.session, act.item, by=act.by, due_on=act.day("due_on"))
    return f"任务 {act.item.number} 已分办为 {len(made)} 个子任务:{'、'.join(child.number for child in made)}。"


def _report(act: Doing) -> str:
    record_progress(
        act.session,
        act.item,
        by=act.by,
        content=act.text("content"),
        percent=act.number("percent"),
        problems=act.words("problems"),
        next_step=act.words("next_step"),
        achievement=act.words("achievement"),
        next_report_on=act.day("next_report_on"),
    )
    added = _attach_all(act) if act.sent.files("file") else 0
    return f"任务 {act.item.number} 的进展已记录" + (f",附材料 {added} 份。" if added else "。")


def _attach(act: Doing) -> str:
    added = _attach_all(act)
    return f"任务 {act.item.number} 已上传佐证材料 {added} 份。"


def _attach_all(act: Doing) -> int:
    """Every file that was sent becomes a piece of evidence; one that may not come in stops them all."""
    settings = act.sent.visit.desk.settings
    try:
        attached = attach_all(
            act.session,
            act.item,
            by=act.by,
            store=FileStore(settings.evidence_store),
            limits=Limits(settings.evidence_bytes),
            files=[(file.filename or "", file.file) for file in act.sent.files("file")],
            category=member_named(Category, act.text("category") or Category.ROUTINE.label),
            public=act.sent.ticked("public"),
            expires_on=act.day("expires_on"),
            note=act.words("note"),
            replaces=act.number("replaces"),
        )
    except BadInputError as error:
        raise WrongFieldsError({"expires_on" if "有效期" in error.message else "file": error.message}) from error
    return len(attached)


def _milestone(act: Doing) -> str:
    made = add_milestone(act.session, act.item, by=act.by, title=act.text("title"), due_on=act.must_day("due_on"))
    return f"任务 {act.item.number} 已设阶段节点“{made.title}”,时限 {made.due_on}。"


def _reached(act: Doing) -> str:
    title = act.text("title")
    timely = reach_milestone(act.session, act.item, by=act.by, title=title)
    return f"阶段节点“{title}”已{'按期' if timely else '逾期'}完成。"


def _extend(act: Doing) -> str:
    asked = extend(
        act.session,
        act.item,
        by=act.by,
        to=act.must_day("to"),
        reason=act.text("reason"),
        progress=act.text("progress"),
        evidence=[int(piece) for piece in act.sent.texts("evidence") if piece.isdecimal()],
        late=act.sent.ticked("late"),
    )
    return f"已申请由 {asked.from_on} 延至 {asked.proposed_on}{'(逾期申请)' if asked.late else ''},待审批。"


def _approve(act: Doing) -> str:
    decided = decide_extension(
        act.session, act.item, by=act.by, approve=True, to=act.day("to"),
        comment=act.words("comment"),
    )  # fmt: skip
    if decided.state is ExtensionState.APPROVED:
        return f"延期已批准,新的时限 {decided.granted_on}。"
    return f"延期已通过第 {decided.level} 级,待下一级审批。"


def _refuse(act: Doing) -> str:
    decide_extension(act.session, act.item, by=act.by, approve=False, comment=act.text("reason"))
    return f"延期未批准,时限仍为 {act.item.due_on}。"


def _urge(act: Doing) -> str:
    slip = urge(
        act.session, [act.item], by=act.by, demand=act.words("demand"),
        reply_by=act.day("reply_by"),
    )  # fmt: skip
    return f"已催办:{slip.written_number}。"


def _instruct(act: Doing) -> str:
    given = instruct(
        act.session,
        act.item,
        by=act.by,
        content=act.text("content"),
        due_on=act.must_day("due_on"),
        kind=member_named(Duty, act.text("kind") or Duty.SUPERVISE.label),
    )
    return f"批示已下达({given.document.written_number})。"


def _sign_instruction(act: Doing) -> str:
    sign_instruction(act.session, act.instruction, by=act.by)
    return "批示已签收。"


def _reply(act: Doing) -> str:
    reply(act.session, act.instruction, by=act.by, content=act.text("content"))
    return "批示的办理情况已反馈。"


def _close_instruction(act: Doing) -> str:
    close_instruction(act.session, act.instruction, by=act.by, outcome=act.text("outcome"))
    return "批示已办结。"


def _suspend(act: Doing) -> str:
    suspend(act.session, act.item, by=act.by, reason=act.text("reason"))
    return f"任务 {act.item.number} 已挂起:停止计时和提醒。"


def _resume(act: Doing) -> str:
    span = resume(act.session, act.item, by=act.by)
    return f"任务 {act.item.number} 已恢复,顺延 {span.days} {span.unit.label},时限 {act.item.due_on}。"


def _request_close(act: Doing) -> str:
    request_close(act.session, act.item, by=act.by, statement=act.text("statement"), whole=act.sent.ticked("whole"))
    return f"任务 {act.item.number} 已申请办结,待审核。"


def _accept(act: Doing) -> str:
    closure = accept(act.session, act.item, by=act.by, waive=act.words("waive"), comment=act.words("comment"))
    if closure.state is ItemState.REVIEWED:
        return "本级审核通过,待下一级审核。"
    what = "销号" if closure.state is ItemState.CLOSED else "办结本期"
    rest = f",下一期 {closure.next_due_on}" if closure.next_due_on else ""
    return f"任务 {act.item.number} 已{what}({closure.done_on} {'按期' if closure.on_time else '逾期'}办结){rest}。"


def _return(act: Doing) -> str:
    send_back(act.session, act.item, by=act.by, reason=act.text("reason"))
    return f"任务 {act.item.number} 已退回,现为“{act.item.state.label}”。"


def _reopen(act: Doing) -> str:
    reopen(
        act.session,
        act.item,
        by=act.by,
        reason=act.text("reason"),
        due_on=act.must_day("due_on"),
    )
    return f"任务 {act.item.number} 已重开,时限 {act.item.due_on}。"


DEEDS: Mapping[str, Callable[[Doing], str]] = {
    "sign": _sign, "object": _object, "transfer": _transfer, "split": _split, "report": _report, "evidence": _attach,
    "milestone": _milestone, "reached": _reached, "extend": _extend, "approve": _approve, "refuse": _refuse,
    "urge": _urge, "instruct": _instruct, "sign-instruction": _sign_instruction, "reply": _reply,
    "close-instruction": _close_instruction, "suspend": _suspend, "resume": _resume,
    "request-close": _request_close, "accept": _accept, "return": _return, "reopen": _reopen,
}  # fmt: skip
"""By the verb of an act: does it and says what was done. The fields were read and found right before."""
