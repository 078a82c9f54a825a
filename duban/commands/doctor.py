"""`duban doctor`: whether the office's machinery is as it should be, for people and for what watches the machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from duban.commands.errand import Answer, Errand, Shown, answer, apart

if TYPE_CHECKING:
    from models.settings import Settings
    from tasks.engine.judge_health import Trouble

FINE, FAULTY, WARNED = 0, 1, 3
"""Exit codes; 2 is a command that was typed wrongly, or settings that cannot be used."""


def register(app: typer.Typer) -> None:
    """Add `doctor`."""
    app.command()(doctor)


@apart("json")
def doctor(
    errand: Errand,
    ping: Annotated[bool, typer.Option("--ping", help="并向 alarm_ping_url 发送一次结果，看对方是否收下。")] = False,
) -> Answer:
    """检查提醒能否按时生成和发出，以及时钟、数据库、磁盘等；退出码：0 正常，1 有故障，3 只有须注意的。"""
    from flows.health import troubles_at
    from models.clock import now
    from models.errors import DubanError
    from tasks.engine.judge_health import Level, Trouble

    settings = errand.edge.settings
    try:
        with errand.edge.reading() as session:
            found = troubles_at(session, settings, now=now())
    except DubanError as error:
        found = [Trouble("database", Level.FAULT, "数据库不能用", error.message)]
    code = FINE if not found else FAULTY if found[0].level is Level.FAULT else WARNED
    state = found[0].level.value if found else "fine"

    watch = _ping(settings, found) if ping else None

    def screen() -> Iterator[Shown]:
        for one in found:
            yield f"{one.level.label}：{one.words}。\n    {one.advice}"
        if not found:
            yield "正常：督办和发送都在按时进行，没有发现问题。"
        if watch is not None:
            yield f"报警服务：{watch}"

    return answer({"state": state, "troubles": found, "watch": watch}, screen, then=typer.Exit(code) if code else None)


def _ping(settings: Settings, found: Sequence[Trouble]) -> str:
    """Tell the watch outside what was found; what came of it."""
    from models.errors import BadInputError
    from tasks.engine.ping_alarm import ping_troubles

    if not settings.alarm_ping_url.get_secret_value():
        raise BadInputError("没有设报警服务的地址：请在环境变量 DUBAN_ALARM_PING_URL 中设置，见 docs/howto/alarm.md。")
    return ping_troubles(settings, found) or "已收下"
