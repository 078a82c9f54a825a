"""The acts upon a person that page and command share, and those whose form is declared alike.

Who is written down as acting follows the day the act is about: the command says it (`Subject.by`).
"""

from duban.acts.declaration import Act, ActOutcome, Deed, Entry, Way
from models.field import FieldType as Takes
from models.people.permission import Action
from models.people.person import Person


def _leave(deed: Deed[Person]) -> ActOutcome:
    from tasks.staff.hand_over import take_leave

    session, person = deed.session, deed.upon
    taken = take_leave(session, person, by=deed.by, **deed.given)
    usual = session.get(Person, person.deputy_id) if person.deputy_id else None
    stand_in = deed.given["deputy"] or usual
    who = f"由{stand_in.name}代理" if stand_in else "没有代理人,期间的通知送上一级"
    away = f"{taken.from_on} 至 {taken.until_on} 请假,{who}。"
    return ActOutcome(
        f"{person.name}{away}",
        data={
            "name": person.name, "from": taken.from_on, "until": taken.until_on,
            "deputy": stand_in.name if stand_in else None,
        },
        words=f"{person.name} {away}",
    )  # fmt: skip


LEAVE = Act(
    "leave", Action.STAFF, "登记请假", _leave,
    (
        Entry("from_on", "第一天", Takes.DAY, required=True, help="第一天,如 2026-06-30。"),
        Entry("until_on", "最后一天", Takes.DAY, required=True, called="请假的最后一天", help="最后一天(含)。"),
        Entry(
            "deputy", "这几天的代理人", Takes.PERSON, called="代理", help="这几天的代理人;缺省为名册中的代理人。",
        ),
    ),
    help="请假:期间的通知送代理人;没有代理人的,送上一级。",
)  # fmt: skip


def _depart(deed: Deed[Person]) -> ActOutcome:
    from tasks.staff.hand_over import leave_office

    person, on = deed.upon, deed.given.get("day") or deed.about
    vacant = [{"post": post.id, "title": post.title} for post in leave_office(deed.session, person, by=deed.by, on=on)]
    titles = "、".join(str(post["title"]) for post in vacant)
    said, left = f"{person.name}在任至 {on}。", f"空缺的岗位:{titles}" if titles else ""
    command = f"可用 duban people succeed --from {person.name} --to 接任者 --on 日期 补上。"
    return ActOutcome(
        f"{said}{left},请安排接任。" if left else said,
        data={"name": person.name, "on": on, "vacant": vacant},
        words=f"{said}\n{left}。{command}" if left else said,
    )


DEPART = Act(
    "depart", Action.STAFF, "办理离任", _depart,
    (Entry("day", "在任的最后一天", Takes.DAY, required=True, called="离任日", ways=Way.PAGE),),
    help="离任:--on 是在任的最后一天,其后的通知不再送此人。",
)  # fmt: skip


def _contact(deed: Deed[Person]) -> ActOutcome:
    from tasks.staff.change_contact import change_contact

    given = deed.given
    change_contact(
        deed.session, deed.upon, by=deed.by, email=given["email"], mobile=given["mobile"], deputy=given["deputy"]
    )
    return ActOutcome(f"{deed.upon.name}的联系方式和代理人已保存。")


CONTACT = Act(
    "contact", Action.STAFF, "联系方式和代理人", _contact,
    (
        Entry("email", "邮箱", longest=254, default="", called="邮箱"),
        Entry("mobile", "手机", longest=32, default="", called="手机"),
        Entry("deputy", "代理人", Takes.PERSON, called="代理"),
    ),
    ways=Way.PAGE,
)  # fmt: skip


def _close(deed: Deed[Person]) -> ActOutcome:
    from tasks.access.manage_accounts import close_account

    name, login = deed.upon.name, close_account(deed.session, deed.upon, by=deed.by).login
    return ActOutcome(
        f"{name}的账户已关闭,已登录的全部退出。",
        data={"name": name, "login": login},
        words=f"{name}的账户(登录名 {login})已关闭。重新开通:duban account invite {name}",
    )


CLOSE = Act(
    "close", Action.STAFF, "关闭账户", _close, grave=True,
    help="关闭账户:不能再登录,已登录的网页、接口令牌和日历订阅立即失效。",
)  # fmt: skip


def _unlock(deed: Deed[Person]) -> ActOutcome:
    from tasks.access.manage_accounts import unlock

    name, forgiven = deed.upon.name, unlock(deed.session, deed.upon, by=deed.by)
    return ActOutcome(
        f"{name}的登录限制已解除,可以马上再试。",
        data={"name": name, "forgiven": forgiven},
        words=f"已清除{name}的 {forgiven} 次登录失败。",
    )


UNLOCK = Act(
    "unlock", Action.STAFF, "解锁", _unlock, help="解锁:清除此账户的登录失败记录,不必再等。",
)  # fmt: skip
