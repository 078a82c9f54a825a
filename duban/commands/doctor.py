"""`duban doctor`: whether the office's machinery is as it should be, for people and for what watches the machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from duban.commands.errand import Answer, Errand, Shown, answer, apart

if TYPE_CHECKING:
    from models.settings import Settings
    from tasks.engine.judge_health import Trouble
    from tasks.keeping.rehearse import Rehearsal

FINE, FAULTY, WARNED = 0, 1, 3
"""Exit codes; 2 is a command that was typed wrongly, or settings that cannot be used."""


def register(app: typer.Typer) -> None:
    """Add `doctor`."""
    app.command()(doctor)


@apart("json")
def doctor(
    errand: Errand,
    ping: Annotated[bool, typer.Option("--ping", help="并向 alarm_ping_url 发送一次结果，看对方是否收下。")] = False,
    rehearse: Annotated[
        bool, typer.Option("--rehearse", help="并在临时的地方备份、恢复一次，看能不能恢复、要多久；事后不留。")
    ] = False,
) -> Answer:
    """检查提醒能否按时生成和发出，以及时钟、数据库、磁盘等；退出码：0 正常，1 有故障，3 只有须注意的。"""
    from flows.health import examined_at
    from models.clock import now
    from models.errors import DubanError
    from tasks.engine.judge_health import Level, Trouble

    settings = errand.edge.settings
    try:
        with errand.edge.reading() as session:
            found = examined_at(session, settings, now=now())
    except DubanError as error:
        found = [Trouble("database", Level.FAULT, "数据库不能用", error.message)]
    rehearsal = _rehearse(errand, found) if rehearse else None
    code = FINE if not found else FAULTY if found[0].level is Level.FAULT else WARNED
    state = found[0].level.value if found else "fine"

    watch = _ping(settings, found) if ping else None

    def screen() -> Iterator[Shown]:
        for one in found:
            yield f"{one.level.label}：{one.words}。\n    {one.advice}"
        if not found:
            yield "正常：督办和发送都在按时进行，没有发现问题。"
        if rehearsal is not None:
            yield (
                f"备份演练：备份 {rehearsal.backup_seconds} 秒，{rehearsal.bytes / 1024**2:.1f} MB；恢复 "
                f"{rehearsal.restore_seconds} 秒，{rehearsal.rows} 行，操作记录 {rehearsal.entries} 条逐条核对完好。"
            )
        if watch is not None:
            yield f"报警服务：{watch}"

    data = {"state": state, "troubles": found, "watch": watch, "rehearsal": rehearsal}
    return answer(data, screen, then=typer.Exit(code) if code else None)


def _rehearse(errand: Errand, found: list[Trouble]) -> Rehearsal | None:
    """What a rehearsal took; where it failed, or evidence is lost, that is a trouble more."""
    from models.actor import Actor, Channel
    from models.clock import day_of, now
    from models.errors import DubanError
    from tasks.engine.judge_health import Level, Trouble
    from tasks.keeping.rehearse import rehearse

    at = now()
    try:
        took = rehearse(
            errand.edge.engine, errand.edge.settings, by=Actor("备份演练", Channel.COMMAND, day_of(at), at), now=at
        )
    except DubanError as error:
        found.insert(0, Trouble("rehearsal_failed", Level.FAULT, "备份演练没有成功", error.message))
        return None
    if took.missing:
        found.append(
            Trouble(
                "evidence_lost", Level.WARNING, f"有 {took.missing} 份佐证材料缺失或已损坏",
                "哪几份见 duban backup 的输出；请从以前的备份找回，或请当事人重新上传。",
            )
        )  # fmt: skip
    return took


def _ping(settings: Settings, found: Sequence[Trouble]) -> str:
    """Tell the watch outside what was found; what came of it."""
    from models.errors import BadInputError
    from tasks.engine.ping_alarm import ping_troubles

    if not settings.alarm_ping_url.get_secret_value():
        raise BadInputError("没有设报警服务的地址：请在环境变量 DUBAN_ALARM_PING_URL 中设置，见 docs/howto/alarm.md。")
    return ping_troubles(settings, found) or "已收下"
