"""What people say to each other about an item."""

from duban.acts.declaration import Act, ActOutcome, Deed, Entry
from models.field import FieldType as Takes
from models.items.comment import LONGEST
from models.items.item import WorkItem
from models.people.permission import Action


def _comment(deed: Deed[WorkItem]) -> ActOutcome:
    from tasks.items.comment import comment

    given = {**deed.given, "copies": deed.given["copies"] or []}
    said = comment(deed.session, deed.upon, by=deed.by, **given)
    number, told = said.comment.id or 0, "、".join(said.told)
    return ActOutcome(
        f"已留言，将在每日汇总中告知{told}。" if told else "已留言。",
        [number],
        {"id": number, "item": deed.upon.number, "told": list(said.told)},
        f"任务 {deed.upon.number} 的留言 {number} 已记录" + (f"，将在每日汇总中告知{told}。" if told else "。"),
    )


COMMENT = Act(
    "comment", Action.COMMENT_ITEM, "留言", _comment,
    (
        Entry(
            "content", "留言", Takes.LONG_TEXT, required=True, longest=LONGEST, called="@", positional=True,
            hint="@姓名 提到本单位的人；有同名的写明科室，如 @李明（办公室）。", help="内容；@姓名 提到本单位的人。",
            flag="text", example="@何文博 请看一下初稿。",
        ),
        Entry(
            "copies", "抄送", Takes.PEOPLE, called="抄送", several=True, flag="copy", metavar="姓名",
            help="抄送给谁，可写几个。",
        ),
    ),
    explains="看得到任务的人都能看到留言；提到、抄送的人从此可以查看这项任务。留言不是办理，不改变状态和时限。",
    reaches="提到、抄送的人，承办人，参与过留言的人（列入每日汇总）",
    help="留言：有权查看的人都可以写；提到（@姓名）、抄送的人收到通知，可以查看这项任务。",
)  # fmt: skip


def _withdraw(deed: Deed[WorkItem]) -> ActOutcome:
    from tasks.items.comment import find_comment, withdraw_comment

    made = withdraw_comment(deed.session, find_comment(deed.session, deed.upon, deed.given["comment"]), by=deed.by)
    return ActOutcome(
        "留言已撤回。",
        data={"id": made.id, "item": deed.upon.number, "taken_back_on": made.taken_back_on},
        words=f"任务 {deed.upon.number} 的留言 {made.id} 已撤回。",
    )


WITHDRAW_COMMENT = Act(
    "withdraw-comment", Action.WITHDRAW_COMMENT, "撤回留言", _withdraw,
    (
        Entry(
            "comment", "留言", Takes.COMMENT, required=True, called="留言", positional=True, metavar="留言编号",
            help="见 duban item comments。", example=1,
        ),
    ),
    explains="留言处显示“已撤回”，内容留在操作记录中；因它才能查看任务的人不再能查看，还没有告知的不再告知。",
    help="撤回本人的留言：内容不再显示，留在操作记录中。",
)  # fmt: skip
