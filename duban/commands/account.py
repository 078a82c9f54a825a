"""`duban account`: who may sign in to the pages, and the one-time addresses by which people set their passwords."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.acts.people import BIND, CLEAR_FACTOR, CLOSE, RESET, REVOKE, UNLOCK
from duban.commands.acts import Subject, add_command
from duban.commands.errand import Answer, Errand, Shown, acting, answer, looking
from duban.edge import Edge, table, warn
from models.errors import BadInputError

if TYPE_CHECKING:
    from models.people.person import Person
    from tasks.access.give_code import GivenCode

account = typer.Typer(help="账户：谁能登录网页，开通、重设密码、关闭、解锁。", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="姓名", help="姓名、手机或邮箱。")]


def register(app: typer.Typer) -> None:
    """Add `duban account` to `app`."""
    app.add_typer(account, name="account")


@account.command("list")
@looking("as organ json")
def list_(errand: Errand) -> Answer:
    """列出本单位人员的账户：登录名、状态、最近登录。"""
    from tasks.access.manage_accounts import accounts_of

    session = errand.session
    by = errand.by
    lines = accounts_of(session, errand.organ, by=by)

    def screen() -> Iterator[Shown]:
        shown = table("姓名", "登录名", "状态", "单点登录", "最近登录")
        for line in lines:
            at = f"{line.signed_in_at.astimezone(by.now.tzinfo):%Y-%m-%d %H:%M}" if line.signed_in_at else ""
            login, bound = (line.account.login, line.account.subject) if line.account else ("", None)
            shown.add_row(line.person.name, login, line.state(by.now), "已绑定" if bound else "", at)
        yield shown

    return answer(
        [
            {
                "name": line.person.name,
                "login": line.account.login if line.account else None,
                "state": line.state(by.now),
                "single_sign_on": bool(line.account and line.account.subject),
                "signed_in_at": line.signed_in_at,
                "code_until": line.code_until,
            }
            for line in lines
        ],
        screen,
    )


@account.command()
@acting("as organ json")
def invite(
    errand: Errand,
    name: Annotated[str | None, typer.Argument(metavar="姓名", help="姓名、手机或邮箱。")] = None,
    login: Annotated[
        str | None, typer.Option("--login", metavar="登录名", help="登录名；缺省为姓名，重名的加手机尾号。")
    ] = None,
    everybody: Annotated[bool, typer.Option("--all", help="给本单位所有在岗而没有账户的人开通。")] = False,
    paper: Annotated[bool, typer.Option("--paper", help="不发到本人邮箱，由另一位管理人员打印领取单。")] = False,
) -> Answer:
    """开通账户：一次性地址发到本人邮箱或打印领取单；不写 --as 时由本机管理员转交，直接显示。72 小时内有效。"""
    from duban.acts.people import handed
    from tasks.access.manage_accounts import invite, invite_all

    session = errand.session
    if everybody == (name is not None) or (everybody and (login or paper)):
        raise BadInputError("请写明给谁开通：duban account invite 姓名（可加 --login 登录名），或者 --all。")
    by, settings = errand.by, errand.edge.settings
    if name is None:
        shown = _show(errand.edge, invite_all(session, errand.organ, by=by))
    else:
        outcome = handed(invite(session, _person(errand, name), by=by, login=login, paper=paper), settings)
        shown = answer(dict(outcome.data), outcome.words or outcome.said)
    if not settings.is_reached:
        warn(f"注意：链接以 {settings.office_url} 开头，别人打不开：请用 duban settings set office_url 网址 设好再发。")
    return shown


def _person(errand: Errand, name: str) -> Person:
    from tasks.people.find import find_person

    return find_person(errand.session, name, errand.within)


PERSON = Subject(
    lambda errand, name: (_person(errand, name), errand.edge.settings), ("name", Name), options="as organ json"
)

for act in (RESET, CLOSE, UNLOCK, REVOKE, BIND, CLEAR_FACTOR):
    add_command(account, act, PERSON)


@account.command()
@looking("as organ json")
def tokens(errand: Errand) -> Answer:
    """列出本单位人员的接口令牌和日历订阅地址：谁的、用途、有效至、最近使用。"""
    from tasks.access.hold_tokens import accesses_of

    rows = [
        {
            "name": one.person.name, "token": one.name, "uses": one.uses, "expires_on": one.held.expires_on,
            "used_on": getattr(one.held, "used_on", None),
        }
        for one in accesses_of(errand.session, errand.organ, by=errand.by)
    ]  # fmt: skip

    def screen() -> Iterator[Shown]:
        shown = table("姓名", "名称", "用途", "有效至", "最近使用")
        for row in rows:
            shown.add_row(*(str(value) if value else "" for value in row.values()))
        yield shown

    return answer(rows, screen)


def _show(reach: Edge, made: list[GivenCode]) -> Answer:
    """Who was given an account, and which way the one-time address goes; the address itself at the machine only."""
    address = reach.settings.address
    rows: list[dict[str, Any]] = [
        {"name": new.person.name, "login": new.login, "way": new.way}
        | ({"address": address(f"/welcome?code={new.code}")} if new.code else {})
        for new in made
    ]
    if not rows:
        return answer(rows, "在岗的人都已有账户。")
    shown = table("姓名", "登录名", "一次性地址")
    for row in rows:
        shown.add_row(row["name"], row["login"], row.get("address") or row["way"].label)
    return answer(rows, shown, "72 小时内有效，只能用一次。显示的请分别交给本人，不再显示，遗失的请重设。")
