"""`duban notify`: how messages reach a person: the own choice, accounts on channels, and a message to try."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from duban.commands.errand import Answer, Errand, Shown, acting, answer, apart, looking
from duban.edge import table
from models.errors import BadInputError

if TYPE_CHECKING:
    from models.people.person import Person

notify = typer.Typer(help="消息怎样送到人：渠道顺序、汇总时间、渠道账号、测试。", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="姓名", help="姓名、手机或邮箱。")]


def register(app: typer.Typer) -> None:
    """Add `duban notify` to `app`."""
    app.add_typer(notify, name="notify")


def _person(errand: Errand, name: str) -> Person:
    from tasks.people.find import find_person

    return find_person(errand.session, name, errand.within)


@notify.command()
@looking("as organ json")
def show(errand: Errand, name: Name) -> Answer:
    """显示某人的渠道（按其顺序）、账号、汇总时间和只在系统内看的通知；本人或管理人员可看。"""
    from models.people.permission import Action
    from tasks.acting.authorize import authorize_organ
    from tasks.notices.set_preference import channel_lines, preference_of

    person = _person(errand, name)
    if errand.by.person_id != person.id:
        authorize_organ(errand.session, errand.by, Action.STAFF, person.organ_id)
    settings = errand.edge.settings
    chosen = preference_of(errand.session, person)
    rows = [
        {
            "channel": line.channel.name, "label": line.channel.label,
            "address": line.address or ("已登记，不显示" if line.sealed else None),
        }
        for line in channel_lines(errand.session, person, settings)
    ]  # fmt: skip
    digest_at = chosen.digest_at or settings.digest_at

    def screen() -> Iterator[Shown]:
        shown = table("渠道", "名称", "送到")
        for row in rows:
            shown.add_row(row["channel"] or "", row["label"] or "", row["address"] or "未登记")
        yield shown
        yield f"每日汇总自 {digest_at:%H:%M}；只在系统内看：{'、'.join(chosen.inside_only) or '无'}。"

    said = {"name": person.name, "channels": rows, "digest_at": f"{digest_at:%H:%M}", "inside_only": chosen.inside_only}
    return answer(said, screen)


@notify.command()
@acting("as organ json")
def prefer(
    errand: Errand,
    channels: Annotated[
        str, typer.Option("--channels", metavar="渠道", help="先用哪些渠道，逗号隔开，如 wecom,mail。")
    ] = "",
    digest_at: Annotated[str, typer.Option("--digest-at", metavar="时间", help="每日汇总从几点起发，如 08:30。")] = "",
    inside_only: Annotated[
        str, typer.Option("--inside-only", metavar="种类", help="只在系统内看的通知种类，逗号隔开，如 answer。")
    ] = "",
) -> Answer:
    """设置本人的消息偏好（须写 --as）；不写的项按单位的设置。"""
    from models.channel_settings import listed
    from models.people.person import Person
    from models.typed_text import hour_or_none
    from tasks.notices.set_preference import set_preference

    by = errand.by
    if by.person_id is None:
        raise BadInputError("消息偏好由本人设置：请用 --as 姓名 写明是谁。")
    person = errand.session.get_one(Person, by.person_id)
    first, kinds = listed(channels), listed(inside_only)
    set_preference(
        errand.session, person, by=by, settings=errand.edge.settings, channels=first,
        digest_at=hour_or_none(digest_at, "每日汇总时间"), inside_only=kinds,
    )  # fmt: skip
    said = {"name": person.name, "channels": first, "digest_at": digest_at or None, "inside_only": kinds}
    return answer(said, f"{person.name}的消息设置已保存。")


@notify.command()
@acting("as organ json")
def address(
    errand: Errand,
    name: Name,
    channel: Annotated[str, typer.Option("--channel", metavar="渠道", help="哪条渠道，如 wecom。")],
    to: Annotated[str, typer.Option("--to", metavar="账号", help="在该渠道的账号；写空为删去。")],
) -> Answer:
    """登记某人在一条渠道的账号；改动写信告诉其登记的邮箱。"""
    from tasks.notices.set_preference import set_addresses

    person = _person(errand, name)
    changed = set_addresses(errand.session, person, {channel: to}, by=errand.by, settings=errand.edge.settings)
    words = (
        f"{person.name}的{changed[0]}账号已保存，请用 duban notify test 确认收得到。" if changed else "账号没有变化。"
    )
    return answer({"name": person.name, "changed": list(changed)}, words)


@notify.command()
@apart("as organ json")
def test(
    errand: Errand,
    name: Name,
    channel: Annotated[str, typer.Option("--channel", metavar="渠道", help="哪条渠道，如 mail、sms、wecom。")],
) -> Answer:
    """马上经一条渠道给某人发一条测试消息，显示对方的答复；不管免打扰时段，记入操作记录。"""
    from models.database import key
    from tasks.notices.try_channel import try_channel

    with errand.reading():
        person, by = _person(errand, name), errand.by
    reach = errand.edge
    handed = try_channel(reach.engine, reach.settings, key(person.id), channel, by=by)
    told = {"name": person.name, "channel": channel, "answer": handed.answer, "delivered": handed.delivered}
    return answer(told, f"已发给{person.name}，对方答复：{handed.answer}。请确认是否收到。")
