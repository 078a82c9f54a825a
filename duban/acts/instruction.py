"""A leader's instruction upon an item, from giving it to what came of it."""

from typing import Any

from duban.acts.declaration import Act, ActOutcome, Deed, Entry, Way
from models.dates.rest_day import RestDay
from models.field import FieldType as Takes
from models.items.instruction import Hearers
from models.items.item import WorkItem
from models.items.plan import AnnualPlan
from models.people.permission import Action
from models.people.personal_duty import Duty


def _with_copies(deed: Deed[Any]) -> dict[str, Any]:
    """What was given, with the persons that are to have a copy."""
    from models.errors import BadInputError, NotFoundError
    from models.people.organ import Organ
    from tasks.people.find import find_people

    owner = deed.session.get_one(Organ, deed.upon.organ_id)
    try:
        copies = find_people(deed.session, deed.given["copies"] or "", owner)
    except NotFoundError as error:
        raise BadInputError(f"抄送：{error.message}") from error
    return {**deed.given, "copies": copies}


def _instruct(deed: Deed[WorkItem]) -> ActOutcome:
    from tasks.items.instruct import instruct

    given = instruct(deed.session, deed.upon, by=deed.by, **_with_copies(deed))
    return ActOutcome(f"批示已下达（{given.document.written_number}）。", [given.instruction.id or 0])


CONTENT = Entry("content", "批示内容", Takes.LONG_TEXT, required=True, longest=2000, flag="text", help="内容。")
TERMS = (
    Entry(
        "term",
        "时限档次",
        Takes.TERM,
        none="另定日期",
        longest=20,
        hint="档次和天数由督办策略定。",
        help="时限档次，如 急件（由督办策略定）；与 --due 二者取一。",
    ),
    Entry(
        "due_on",
        "办理时限",
        Takes.DAY,
        called="批示时限",
        hint="选了档次的不填。",
        help="办理时限；与 --term 二者取一。",
    ),
    Entry("rest", "时限遇休息日", Takes.CHOICE, choices=RestDay, none="请选择", hint="时限是休息日的，取哪一天。"),
    Entry("hear", "即时告知", Takes.CHOICE, choices=Hearers, default=Hearers.BOTH),
    Entry(
        "copies",
        "抄送",
        longest=500,
        called="抄送",
        hint="姓名，多位用顿号隔开。收到通知、可以查看任务，不需办理。",
        example="何文博",
    ),
    Entry("kind", "履职类别", Takes.CHOICE, choices=Duty, default=Duty.SUPERVISE),
)

INSTRUCT = Act(
    "instruct", Action.INSTRUCT, "批示", _instruct,
    (CONTENT, *TERMS),
    explains="批示有自己的时限、督办单和反馈，逾期同样升级，并记为履职；按期反馈后承办人停止计时，由您办结或要求补充。",
    # `duban instruct add` also gives one where no item stands yet.
    ways=Way.PAGE | Way.PROGRAM,
)  # fmt: skip


def _instruct_freely(deed: Deed[AnnualPlan]) -> ActOutcome:
    from tasks.items.instruct import instruct_freely

    given = instruct_freely(deed.session, deed.upon, by=deed.by, **_with_copies(deed))
    item, number = given.item, given.document.written_number
    return ActOutcome(f"批示已交办：任务 {item.number}（{number}），时限 {item.due_on}。", [item.id or 0])


FREELY = Act(
    "instruct-freely", Action.INSTRUCT, "批示交办", _instruct_freely,
    (
        Entry("title", "批示事项", required=True, longest=1000),
        CONTENT,
        Entry("handler", "承办人", Takes.PERSON, none="由科室定", called="承办人"),
        Entry("department", "承办科室", Takes.DEPARTMENT, none="承办人所在科室", called="科室"),
        *TERMS,
    ),
    explains="列入本年度“领导批示交办”，即时下达并告知承办人；逾期同样升级，并记为履职。办结批示即销号。",
    # `duban instruct add` gives both kinds.
    ways=Way.PAGE | Way.PROGRAM,
)  # fmt: skip


def _sign(deed: Deed[WorkItem]) -> ActOutcome:
    from tasks.items.answer_instruction import sign_instruction

    signed = sign_instruction(deed.session, deed.about, by=deed.by)
    return ActOutcome(
        "批示已签收。",
        data={"id": signed.id, "state": signed.state, "signed_on": deed.by.on},
        words=f"批示 {signed.id} 已由{deed.by.name}签收。",
    )


SIGN = Act(
    "sign-instruction", Action.SIGN_INSTRUCTION, "签收批示", _sign, of_instruction=True,
    command="sign", help="签收批示。",
)  # fmt: skip


def _reply(deed: Deed[WorkItem]) -> ActOutcome:
    from tasks.items.answer_instruction import reply

    made = reply(deed.session, deed.about, by=deed.by, **deed.given)
    return ActOutcome(
        "批示的办理情况已反馈。",
        [made.id or 0],
        {"id": made.id, "instruction": deed.about.id, "state": deed.about.state},
        f"批示 {deed.about.id} 的反馈已记录。",
    )


REPLY = Act(
    "reply", Action.REPLY, "反馈批示", _reply,
    (Entry("content", "办理情况", Takes.LONG_TEXT, required=True, longest=4000, flag="text", help="内容。"),),
    of_instruction=True, help="反馈批示的办理情况；首次反馈即视为签收。",
)  # fmt: skip


def _ask_more(deed: Deed[WorkItem]) -> ActOutcome:
    from tasks.items.answer_instruction import ask_more

    about = deed.about
    answer = ask_more(deed.session, about, by=deed.by, **deed.given)
    return ActOutcome(
        "已要求补充，承办人的时限从今天起继续计算。",
        [answer.id or 0],
        {"id": answer.id, "instruction": about.id, "state": about.state},
        f"批示 {about.id} 已要求补充。",
    )


ASK_MORE = Act(
    "ask-more", Action.ASK_MORE, "要求补充", _ask_more,
    (Entry("content", "补充要求", Takes.LONG_TEXT, required=True, longest=2000, flag="text", help="内容。"),),
    explains=("按期反馈的，等您答复的这些天还给承办人，至少到下一个工作日；"
"逾期反馈的仍按原时限计。"), of_instruction=True,
    command="more", help="要求补充：反馈不够的，写明还要什么；承办人的时限从今天起继续计算。",
)  # fmt: skip


def _close(deed: Deed[WorkItem]) -> ActOutcome:
    from tasks.items.answer_instruction import close_instruction

    about = deed.about
    close_instruction(deed.session, about, by=deed.by, **deed.given)
    return ActOutcome(
        "批示已办结。",
        data={"id": about.id, "state": about.state, "closed_on": deed.by.on},
        words=f"批示 {about.id} 已于 {deed.by.on} 办结。",
    )


CLOSE = Act(
    "close-instruction", Action.CLOSE_INSTRUCTION, "办结批示", _close,
    (Entry("outcome", "办理结果", Takes.LONG_TEXT, required=True, longest=1000),),
    of_instruction=True, command="close", help="办结批示，写明办理结果；须先有反馈。",
)  # fmt: skip
