"""The acts upon a person that page and command share, and those whose form is declared alike.

Who is written down as acting follows the day the act is about: the command says it (`Subject.by`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from duban.acts.declaration import Act, ActOutcome, Deed, Entry, Way
from models.field import FieldType as Takes
from models.people.permission import Action
from models.people.person import Person
from models.people.staff_proposal import StaffProposal

if TYPE_CHECKING:
    from sqlmodel import Session

    from models.actor import Actor
    from models.settings import Settings
    from tasks.access.give_code import GivenCode


def proposed(session: Session, asked: StaffProposal, by: Actor) -> ActOutcome:
    """What is said of something that waits for a second person."""
    from tasks.staff.decide_proposal import what_is_proposed, who_confirms

    what, who = what_is_proposed(session, asked), who_confirms(session, asked, on=by.on)
    said = f"已提请（编号 {asked.id}）：{what}。{asked.why}，须由第二人确认后生效，可由{who}确认。"
    return ActOutcome(said, [asked.id or 0], {"proposal": asked.id, "what": what, "why": asked.why, "by": who})


def _leave(deed: Deed[Person]) -> ActOutcome:
    from tasks.staff.hand_over import take_leave

    session, person = deed.session, deed.upon
    taken = take_leave(session, person, by=deed.by, **deed.given)
    if isinstance(taken, StaffProposal):
        return proposed(session, taken, deed.by)
    usual = session.get(Person, person.deputy_id) if person.deputy_id else None
    stand_in = deed.given["deputy"] or usual
    who = f"由{stand_in.name}代理" if stand_in else "没有代理人，期间的通知送上一级"
    away = f"{taken.from_on} 至 {taken.until_on} 请假，{who}。"
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
        Entry("from_on", "第一天", Takes.DAY, required=True, help="第一天，如 2026-06-30。"),
        Entry("until_on", "最后一天", Takes.DAY, required=True, called="请假的最后一天", help="最后一天（含）。"),
        Entry(
            "deputy", "这几天的代理人", Takes.PERSON, called="代理", help="这几天的代理人；缺省为名册中的代理人。",
        ),
    ),
    help="请假：期间的通知送代理人；没有代理人的，送上一级。",
)  # fmt: skip


def _depart(deed: Deed[Person]) -> ActOutcome:
    from tasks.staff.hand_over import leave_office

    person, on = deed.upon, deed.given.get("day") or deed.about
    vacant = [{"post": post.id, "title": post.title} for post in leave_office(deed.session, person, by=deed.by, on=on)]
    titles = "、".join(str(post["title"]) for post in vacant)
    said, left = f"{person.name}在任至 {on}。", f"空缺的岗位：{titles}" if titles else ""
    command = f"可用 duban people succeed --from {person.name} --to 接任者 --on 日期 补上。"
    return ActOutcome(
        f"{said}{left}，请安排接任。" if left else said,
        data={"name": person.name, "on": on, "vacant": vacant},
        words=f"{said}\n{left}。{command}" if left else said,
    )


DEPART = Act(
    "depart", Action.STAFF, "办理离任", _depart,
    (Entry("day", "在任的最后一天", Takes.DAY, required=True, called="离任日", ways=Way.PAGE),),
    help="离任：--on 是在任的最后一天，其后的通知不再送此人。",
)  # fmt: skip


def _contact(deed: Deed[Person]) -> ActOutcome:
    from tasks.staff.change_contact import change_contact

    given = deed.given
    asked = change_contact(
        deed.session, deed.upon, by=deed.by, email=given["email"], mobile=given["mobile"], deputy=given["deputy"]
    )
    if asked is not None:
        return proposed(deed.session, asked, deed.by)
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


def _invite(deed: Deed[Person]) -> ActOutcome:
    from tasks.access.manage_accounts import invite

    given = deed.given
    made = invite(deed.session, deed.upon, by=deed.by, login=given["login"] or None, paper=given["paper"])
    return handed(made, deed.about)


def _reset(deed: Deed[Person]) -> ActOutcome:
    from tasks.access.manage_accounts import reset

    return handed(reset(deed.session, deed.upon, by=deed.by, paper=deed.given["paper"]), deed.about)


def handed(made: GivenCode, settings: Settings) -> ActOutcome:
    """Which way the one-time address goes; the address itself at the machine only."""
    from models.people.account import CodeWay

    who = f"{made.person.name}，登录名 {made.login}"
    data: dict[str, object] = {"name": made.person.name, "login": made.login, "way": made.way}
    if made.code is not None:
        data["address"] = settings.address(f"/welcome?code={made.code}")
        hint = "请交给本人。72 小时内有效，只能用一次；不再显示，遗失的请重设。"
        return ActOutcome(f"{who}。", data=data, words=f"{who}。请本人打开：\n{data['address']}\n{hint}")
    if made.way is CodeWay.MAIL:
        said = f"{who}：一次性地址马上发到本人邮箱 {made.person.email}，办理的人看不到。"
    else:
        said = f"{who}：一次性地址须另一位管理人员在此人的页面打印领取单，本人签字领取。"
    return ActOutcome(said, data=data)


_PAPER = Entry("paper", "不发邮件，打印领取单", Takes.TICK, help="不发到本人邮箱，由另一位管理人员打印领取单。")

INVITE = Act(
    "invite", Action.STAFF, "开通账户", _invite, (Entry("login", "登录名", longest=64, default=""), _PAPER),
    proved=True, ways=Way.PAGE,
)  # fmt: skip

RESET = Act(
    "reset", Action.STAFF, "重设密码", _reset, (_PAPER,), proved=True,
    help="重设密码：旧密码、已登录的网页、接口令牌和日历订阅立即失效；一次性地址发到本人邮箱，没有邮箱的打印领取单；"
    "不写 --as 时由本机管理员转交，直接显示。",
)  # fmt: skip


def _revoke(deed: Deed[Person]) -> ActOutcome:
    from tasks.access.hold_tokens import end_accesses

    name = deed.upon.name
    ended = end_accesses(deed.session, deed.upon, by=deed.by, name=deed.given["token"])
    return ActOutcome(f"已吊销{name}的 {ended} 个令牌或日历订阅。", data={"name": name, "ended": ended})


REVOKE = Act(
    "revoke", Action.STAFF, "吊销令牌和日历订阅", _revoke,
    (
        Entry(
            "token", "名称", longest=60, default="", flag="token", metavar="名称",
            help="只吊销这个名称的令牌，或“日历订阅”；缺省为全部。",
        ),
    ),
    help="吊销此人的接口令牌和日历订阅地址，立即失效。",
)  # fmt: skip


def _bind(deed: Deed[Person]) -> ActOutcome:
    from models.errors import NotFoundError
    from tasks.access.bind_subject import bind_for, subject_of

    issuer = deed.about.oidc_issuer
    if not issuer:
        raise NotFoundError("没有配置单点登录：请先在 duban.toml 里设 oidc_issuer。")
    login = bind_for(deed.session, deed.upon, subject_of(issuer, deed.given["subject"]), by=deed.by).login
    name = deed.upon.name
    return ActOutcome(f"{name}的账户（登录名 {login}）已绑定单点登录。", data={"name": name, "login": login})


BIND = Act(
    "bind", Action.STAFF, "绑定单点登录", _bind,
    (
        Entry(
            "subject", "用户标识", required=True, longest=255, called="用户标识", metavar="标识",
            help="认证服务给此人的用户标识（sub），不是姓名。",
        ),
    ),
    proved=True, help="绑定单点登录：填认证服务给此人的用户标识（sub）；本人会收到邮件。",
)  # fmt: skip


def _clear_factor(deed: Deed[Person]) -> ActOutcome:
    from tasks.access.second_factor import clear_factor

    name = deed.upon.name
    clear_factor(deed.session, deed.upon, by=deed.by)
    return ActOutcome(f"{name}的第二因素已解除，已登录的全部退出；本人会收到邮件。", data={"name": name})


CLEAR_FACTOR = Act(
    "clear-factor", Action.STAFF, "解除第二因素", _clear_factor, proved=True, grave=True,
    help="解除第二因素：手机和恢复码都丢了的，核实本人后办理；本人会收到邮件。",
)  # fmt: skip


def _close(deed: Deed[Person]) -> ActOutcome:
    from tasks.access.manage_accounts import close_account

    name, login = deed.upon.name, close_account(deed.session, deed.upon, by=deed.by).login
    return ActOutcome(
        f"{name}的账户已关闭，已登录的全部退出。",
        data={"name": name, "login": login},
        words=f"{name}的账户（登录名 {login}）已关闭。重新开通：duban account invite {name}",
    )


CLOSE = Act(
    "close", Action.STAFF, "关闭账户", _close, grave=True, proved=True,
    help="关闭账户：不能再登录，已登录的网页、接口令牌和日历订阅立即失效。",
)  # fmt: skip


def _unlock(deed: Deed[Person]) -> ActOutcome:
    from tasks.access.manage_accounts import unlock

    name, forgiven = deed.upon.name, unlock(deed.session, deed.upon, by=deed.by)
    return ActOutcome(
        f"{name}的登录限制已解除，可以马上再试。",
        data={"name": name, "forgiven": forgiven},
        words=f"已清除{name}的 {forgiven} 次登录失败。",
    )


UNLOCK = Act(
    "unlock", Action.STAFF, "解锁", _unlock, help="解锁：清除此账户的登录失败记录，不必再等。",
)  # fmt: skip


def _confirm(deed: Deed[StaffProposal]) -> ActOutcome:
    from tasks.staff.decide_proposal import confirm_proposal, what_is_proposed

    what = what_is_proposed(deed.session, confirm_proposal(deed.session, deed.upon, by=deed.by))
    return ActOutcome(f"已确认：{what}。", data={"proposal": deed.upon.id, "what": what, "state": deed.upon.state})


CONFIRM = Act(
    "confirm", Action.CONFIRM_STAFF, "确认", _confirm,
    help="确认一件任职、代理的提请，确认后生效；提出的人、要任职或代理的人不能确认。",
)  # fmt: skip


def _decline(deed: Deed[StaffProposal]) -> ActOutcome:
    from tasks.staff.decide_proposal import decline_proposal, what_is_proposed

    row = decline_proposal(deed.session, deed.upon, by=deed.by, reason=deed.given["reason"])
    what = what_is_proposed(deed.session, row)
    return ActOutcome(f"{row.state.label}：{what}。", data={"proposal": row.id, "what": what, "state": row.state})


DECLINE = Act(
    "decline", Action.CONFIRM_STAFF, "不予确认", _decline,
    (Entry("reason", "理由", required=True, metavar="理由", help="不予确认、撤回的理由。", longest=1000),),
    help="不予确认一件提请；提出的人可以撤回自己的。",
)  # fmt: skip
