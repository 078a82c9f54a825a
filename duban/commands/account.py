"""`duban account`: who may sign in to the pages, and the one-time addresses by which people set their passwords."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.acts.people import CLOSE, UNLOCK
from duban.commands.acts import Subject, add_command
from duban.commands.errand import Answer, Errand, Shown, acting, answer, looking
from duban.edge import Edge, table
from models.errors import BadInputError

if TYPE_CHECKING:
    from models.people.person import Person

account = typer.Typer(help="账户:谁能登录网页,开通、重设密码、关闭、解锁。", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="姓名", help="姓名、手机或邮箱。")]
HOURS = 72


def register(app: typer.Typer) -> None:
    """Add `duban account` to `app`."""
    app.add_typer(account, name="account")


@account.command("list")
@looking("as organ json")
def list_(errand: Errand) -> Answer:
    """列出本单位人员的账户:登录名、状态、最近登录。"""
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
        str | None, typer.Option("--login", metavar="登录名", help="登录名;缺省为姓名,重名的加手机尾号。")
    ] = None,
    everybody: Annotated[bool, typer.Option("--all", help="给本单位所有在岗而没有账户的人开通。")] = False,
) -> Answer:
    """开通账户:显示一次性地址,本人打开后自己设置密码;72 小时内有效,只能用一次。"""
    from tasks.access.manage_accounts import NewAccount, account_of, invite, invite_all

    session = errand.session
    if everybody == (name is not None) or (everybody and login):
        raise BadInputError("请写明给谁开通:duban account invite 姓名(可加 --login 登录名),或者 --all。")
    by = errand.by
    if name is None:
        made = invite_all(session, errand.organ, by=by)
    else:
        person = _person(errand, name)
        code = invite(session, person, by=by, login=login)
        found = account_of(session, person)
        made = [NewAccount(person, found.login if found else "", code)]
    return _show(errand.edge, made, whole=everybody)


@account.command()
@acting("as organ json")
def reset(errand: Errand, name: Name) -> Answer:
    """重设密码:旧密码和已登录的网页立即失效,显示新的一次性地址。"""
    from tasks.access.manage_accounts import NewAccount, account_of, reset

    session = errand.session
    person, by = _person(errand, name), errand.by
    code = reset(session, person, by=by)
    found = account_of(session, person)
    made = NewAccount(person, found.login if found else "", code)
    return _show(errand.edge, [made])


def _person(errand: Errand, name: str) -> Person:
    from tasks.people.find import find_person

    return find_person(errand.session, name, errand.within)


PERSON = Subject(lambda errand, name: (_person(errand, name), None), ("name", Name), options="as organ json")

add_command(account, CLOSE, PERSON)
add_command(account, UNLOCK, PERSON)


def _show(reach: Edge, made: list[Any], *, whole: bool = False) -> Answer:
    address = reach.settings.address
    rows = [
        {"name": new.person.name, "login": new.login, "address": address(f"/welcome?code={new.code}")} for new in made
    ]
    hint = f"请分别交给本人。{HOURS} 小时内有效,只能用一次;不再显示,遗失的请重设。"
    if not whole:
        row = rows[0]
        return answer(row, f"{row['name']},登录名 {row['login']}。请本人打开:\n{row['address']}", hint)
    if not rows:
        return answer(rows, "在岗的人都已有账户。")
    shown = table("姓名", "登录名", "一次性地址")
    for row in rows:
        shown.add_row(row["name"], row["login"], row["address"])
    return answer(rows, shown, hint)
