"""A leader's instruction upon an item, from giving it to what came of it."""

from duban.acts.declaration import Act, ActOutcome, Deed, Entry, Way
from models.field import FieldType as Takes
from models.items.item import WorkItem
from models.people.permission import Action
from models.people.personal_duty import Duty


def _instruct(deed: Deed[WorkItem]) -> ActOutcome:
    from tasks.items.instruct import instruct

    given = instruct(deed.session, deed.upon, by=deed.by, **deed.given)
    return ActOutcome(f"批示已下达({given.document.written_number})。", [given.instruction.id or 0])


INSTRUCT = Act(
    "instruct", Action.INSTRUCT, "批示", _instruct,
    (
        Entry("content", "批示内容", Takes.LONG_TEXT, required=True, longest=2000),
        Entry("due_on", "办理时限", Takes.DAY, required=True, called="批示时限"),
        Entry("kind", "履职类别", Takes.CHOICE, choices=Duty, default=Duty.SUPERVISE),
    ),
    explains="批示有自己的时限、督办单和反馈,逾期同样升级,并记为履职。",
    # `duban instruct add` also gives one where no item stands yet.
    ways=Way.PAGE | Way.PROGRAM,
)  # fmt: skip


def _sign(deed: Deed[WorkItem]) -> ActOutcome:
    from tasks.items.instruct import sign_instruction

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
    from tasks.items.instruct import reply

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
    of_instruction=True, help="反馈批示的办理情况;首次反馈即视为签收。",
)  # fmt: skip


def _close(deed: Deed[WorkItem]) -> ActOutcome:
    from tasks.items.instruct import close_instruction

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
    of_instruction=True, command="close", help="办结批示,写明办理结果;须先有反馈。",
)  # fmt: skip
