"""`duban account`: who may sign in to the pages, and the one-time addresses by which people set their passwords."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.commands.acting import done
from duban.edge import AsOption, Edge, JsonOption, OrganOption, edge, print_json, say, show_table, table, today
from models.errors import BadInputError

if TYPE_CHECKING:
    from sqlmodel import Session

    from models.actor import Actor
    from models.people.person import Person

account = typer.Typer(help="账户:谁能登录网页,开通、重设密码、关闭、解锁。", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="姓名", help="姓名、手机或邮箱。")]
HOURS = 72


def register(app: typer.Typer) -> None:
    """Add `duban account` to `app`."""
    app.add_typer(account, name="account")


@account.command("list")
def list_(context: typer.Context, as_: AsOption = None, organ: OrganOption = None, as_json: JsonOption = False) -> None:
    """列出本单位人员的账户:登录名、状态、最近登录。"""
    from tasks.access.manage_accounts import accounts_of

    reach = edge(context)
    with reach.reading() as session:
        by = reach.actor(session, as_, today(None), organ)
        lines = accounts_of(session, reach.organ_for(session, by, organ), by=by)
    if as_json:
        print_json(
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
            ]
        )
        return
    shown = table("姓名", "登录名", "状态", "单点登录", "最近登录")
    for line in lines:
        at = f"{line.signed_in_at.astimezone(by.now.tzinfo):%Y-%m-%d %H:%M}" if line.signed_in_at else ""
        login, bound = (line.account.login, line.account.subject) if line.account else ("", None)
        shown.add_row(line.person.name, login, line.state(by.now), "已绑定" if bound else "", at)
    show_table(shown)


@account.command()
def invite(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="姓名", help="姓名、手机或邮箱。")] = None,
    login: Annotated[
        str | None, typer.Option("--login", metavar="登录名", help="登录名;缺省为姓名,重名的加手机尾号。")
    ] = None,
    everybody: Annotated[bool, typer.Option("--all", help="给本单位所有在岗而没有账户的人开通。")] = False,
    as_: AsOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """开通账户:显示一次性地址,本人打开后自己设置密码;72 小时内有效,只能用一次。"""
    from tasks.access.manage_accounts import NewAccount, account_of, invite, invite_all

    if everybody == (name is not None) or (everybody and login):
        raise BadInputError("请写明给谁开通:duban account invite 姓名(可加 --login 登录名),或者 --all。")
    reach = edge(context)
    with reach.writing() as session:
        by = reach.actor(session, as_, today(None), organ)
        if name is None:
            made = invite_all(session, reach.organ_for(session, by, organ), by=by)
        else:
            person = _person(reach, session, name, organ)
            code = invite(session, person, by=by, login=login)
            found = account_of(session, person)
            made = [NewAccount(person, found.login if found else "", code)]
    _show(reach, made, as_json, whole=everybody)


@account.command()
def reset(
    context: typer.Context, name: Name, as_: AsOption = None, organ: OrganOption = None, as_json: JsonOption = False
) -> None:
    """重设密码:旧密码和已登录的网页立即失效,显示新的一次性地址。"""
    from tasks.access.manage_accounts import NewAccount, account_of, reset

    reach = edge(context)
    with reach.writing() as session:
        person, by = _who(reach, session, name, as_, organ)
        code = reset(session, person, by=by)
        found = account_of(session, person)
        made = NewAccount(person, found.login if found else "", code)
    _show(reach, [made], as_json)


@account.command()
def close(
    context: typer.Context, name: Name, as_: AsOption = None, organ: OrganOption = None, as_json: JsonOption = False
) -> None:
    """关闭账户:不能再登录,已登录的网页、接口令牌和日历订阅立即失效。"""
    from tasks.access.manage_accounts import close_account

    reach = edge(context)
    with reach.writing() as session:
        person, by = _who(reach, session, name, as_, organ)
        login = close_account(session, person, by=by).login
    data = {"name": person.name, "login": login}
    done(as_json, data, f"{person.name}的账户(登录名 {login})已关闭。重新开通:duban account invite {person.name}")


@account.command()
def unlock(
    context: typer.Context, name: Name, as_: AsOption = None, organ: OrganOption = None, as_json: JsonOption = False
) -> None:
    """解锁:清除此账户的登录失败记录,不必再等。"""
    from tasks.access.manage_accounts import unlock

    reach = edge(context)
    with reach.writing() as session:
        person, by = _who(reach, session, name, as_, organ)
        forgiven = unlock(session, person, by=by)
    done(as_json, {"name": person.name, "forgiven": forgiven}, f"已清除{person.name}的 {forgiven} 次登录失败。")


def _person(reach: Edge, session: Session, name: str, organ: str | None) -> Person:
    from tasks.people.find import find_person

    return find_person(session, name, reach.organ(session, organ) if organ else None)


def _who(reach: Edge, session: Session, name: str, as_: str | None, organ: str | None) -> tuple[Person, Actor]:
    by = reach.actor(session, as_, today(None), organ)
    return _person(reach, session, name, organ), by


def _show(reach: Edge, made: list[Any], as_json: bool, *, whole: bool = False) -> None:
    address = reach.settings.address
    rows = [
        {"name": new.person.name, "login": new.login, "address": address(f"/welcome?code={new.code}")} for new in made
    ]
    if as_json:
        print_json(rows if whole else rows[0])
        return
    if not rows:
        say("在岗的人都已有账户。")
        return
    if whole:
        shown = table("姓名", "登录名", "一次性地址")
        for row in rows:
            shown.add_row(row["name"], row["login"], row["address"])
        show_table(shown)
    else:
        say(f"{rows[0]['name']},登录名 {rows[0]['login']}。请本人打开:\n{rows[0]['address']}")
    say(f"请分别交给本人。{HOURS} 小时内有效,只能用一次;不再显示,遗失的请重设。")
