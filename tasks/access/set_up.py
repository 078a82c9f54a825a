"""The first sign-in of all: who holds the one-time token of a fresh office becomes its administrator."""

import datetime as dt
import re

from sqlalchemy import text
from sqlmodel import Session, select

from models.actor import Actor, Channel
from models.clock import day_of
from models.database import key
from models.errors import BadInputError, ConflictError
from models.people.account import Account
from models.people.organ import Organ
from models.people.person import Person, Post, Role, Tenure
from tasks.access.hash_password import hash_password
from tasks.access.limit_attempts import folded
from tasks.access.manage_accounts import any_account
from tasks.access.set_password import check_password
from tasks.acting.audit import recorded
from tasks.people.find import people_named

TITLE = "系统管理员"
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def set_up(
    session: Session,
    *,
    name: str,
    password: str,
    now: dt.datetime,
    organ: Organ | None = None,
    organ_name: str = "",
    organ_code: str = "",
) -> tuple[Account, Person]:
    """Make the first account: an administrator of `organ`, or of a new one of this name and code, from today on.

    Somebody of this name whom the organ knows already is meant; otherwise the person is new. Raises ConflictError
    where there is an account, BadInputError for what will not do.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext('duban.set_up'))"))
    if any_account(session):
        raise ConflictError("首次设置已经完成：请直接登录，或请管理员开通账户。")
    name = "".join(name.split())
    if not 0 < len(name) <= 64:
        raise BadInputError("请填写姓名，1 至 64 个字。")
    by = Actor(name, Channel.WEB, day_of(now), now)
    with recorded(session, by, "set_up", organ_id=organ.id if organ else None) as record:
        if organ is None:
            organ = _found(session, organ_name, organ_code)
        person = _person(session, organ, name)
        post = Post(organ_id=key(organ.id), title=TITLE, role=Role.ADMINISTRATOR)
        session.add_all([person, post])
        session.flush()
        session.add(Tenure(post_id=key(post.id), person_id=key(person.id), started_on=day_of(now)))
        login = folded(name)
        check_password(session, person, login, password)
        account = Account(
            person_id=key(person.id),
            login=login,
            password_hash=hash_password(password),
            password_set_at=now,
            made_at=now,
        )
        session.add(account)
        session.flush()
        record.after["login"] = login
    return account, person


def _found(session: Session, name: str, code: str) -> Organ:
    name, code = name.strip(), code.strip()
    if not 0 < len(name) <= 200:
        raise BadInputError("请填写单位名称，如“某县水务局”。")
    if not _CODE.fullmatch(code):
        raise BadInputError(f"单位代码“{code}”不可用：应为字母、数字、点、横线，至多 64 个，如 shuiwu。")
    if session.exec(select(Organ.id).where((Organ.name == name) | (Organ.code == code))).first() is not None:
        raise ConflictError("已有这个名称或代码的单位：请刷新页面，从列表中选择。")
    made = Organ(name=name, code=code)
    session.add(made)
    session.flush()
    return made


def _person(session: Session, organ: Organ, name: str) -> Person:
    known = [person for person in people_named(session, organ, name) if person.left_on is None]
    if len(known) > 1:
        raise BadInputError(f"{organ.name}有 {len(known)} 位“{name}”：请在命令行用 duban account invite 按手机号指明。")
    return known[0] if known else Person(organ_id=key(organ.id), name=name)
