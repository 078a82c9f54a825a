"""Running the office: serving pages and clock, the list of schedules, and the deployments made from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from duban import edge
from duban.edge import JsonOption, OnOption
from models.errors import DubanError

if TYPE_CHECKING:
    from sqlalchemy import Engine

FileArgument = Annotated[Path, typer.Argument(metavar="文件", help="部署文件；缺省为当前目录的 prefect.yaml。")]

SHOWN = 3


def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option("--host", metavar="地址", help="监听的地址。")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", metavar="端口", min=0, max=65535, help="监听的端口。")] = 8000,
    no_prefect: Annotated[bool, typer.Option("--no-prefect", help="不启动 Prefect 服务；提醒照常。")] = False,
    no_clock: Annotated[bool, typer.Option("--no-clock", help="只提供网页，由别的进程值守（多台机器时用）。")] = False,
) -> None:
    """启动网页、时钟和 Prefect 服务：按时提醒、发送，直到按 Ctrl+C。"""
    made = edge.edge(context)
    database = _fit(made)
    from duban.web.serving import serve

    serve(made.settings, database, host=host, port=port, with_prefect=not no_prefect, with_clock=not no_clock)


def _fit(made: edge.Edge) -> Engine:
    """The database for what runs on, its schema looked through: no work begins that would fail in its middle."""
    from models.migrate import refuse_unfit

    database = made.engine
    with database.execution_options(reading=True).connect() as connection:
        refuse_unfit(connection)
    return database


def schedules(on: OnOption = None, as_json: JsonOption = False) -> None:
    """列出各项定时工作和接下来的运行时间。"""
    from itertools import islice

    from flows.schedules import SCHEDULES
    from flows.slots import slots
    from models import clock

    after = clock.now() if on is None else clock.midnight_of(edge.today(on))
    coming = {schedule.slug: list(islice(slots(schedule, after), SHOWN)) for schedule in SCHEDULES}
    if as_json:
        edge.print_json(
            [
                {
                    "slug": schedule.slug,
                    "title": schedule.title,
                    "entrypoint": schedule.entrypoint,
                    "cron": schedule.cron,
                    "timezone": schedule.zone,
                    "parameters": dict(schedule.parameters),
                    "grace_seconds": int(schedule.grace.total_seconds()),
                    "next": coming[schedule.slug],
                }
                for schedule in SCHEDULES
            ]
        )
        return
    made = edge.table("名称", "标识", "定时（北京时间）", "接下来")
    for schedule in SCHEDULES:
        times = "  ".join(f"{slot:%Y-%m-%d %H:%M}" for slot in coming[schedule.slug])
        made.add_row(schedule.title, schedule.slug, schedule.cron, times)
    edge.show_table(made)


def clock(context: typer.Context) -> None:
    """在工作进程之外值守，直到按 Ctrl+C：信件、即时通知、推送、退信、报警；工作进程误了的提醒由它补做。"""
    made = edge.edge(context)
    database = _fit(made)
    from duban.keeping_time import keep_time

    keep_time(made.settings, database)


def deploy(
    context: typer.Context,
    worker_home: Annotated[
        str | None,
        typer.Option("--worker-home", metavar="文件夹", help="工作进程的数据目录，完整路径；缺省与本机的相同。"),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """在 PREFECT_API_URL 的 Prefect 服务上建立或更新工作池、部署和自动化；已是如此的不动。"""
    from flows.prefect.deploy import deploy
    from flows.schedules import for_organs
    from models.database import reading
    from tasks.engine.show_system import count_planned_organs

    here = edge.edge(context)
    home = here.settings.home if worker_home is None else Path(worker_home)
    with reading(here.engine) as session:
        schedules = for_organs(count_planned_organs(session))
    made = deploy(home, schedules=schedules)
    if as_json:
        edge.print_json({"server": made.server, "done": made.done, "paused": made.paused})
        return
    for line in made.done:
        edge.say(line)
    if made.paused:
        edge.say(f"已由人暂停，保持暂停：{'、'.join(made.paused)}")
    edge.say(f"已按定时表部署到 {made.server}" if made.done else f"{made.server} 上的部署与定时表一致，没有改动")


def write(file: FileArgument = Path("prefect.yaml")) -> None:
    """按定时表写出 Prefect 部署文件。"""
    from flows.prefect.deployment_file import deployment_file

    try:
        file.write_text(deployment_file(), encoding="utf-8")
    except OSError as error:
        raise DubanError(f"{file} 无法写入：{error.strerror}。") from error
    edge.say(f"已写出 {file}")


def check(file: FileArgument = Path("prefect.yaml")) -> None:
    """检查部署文件与定时表是否一致。"""
    from flows.prefect.deployment_file import is_current

    if not is_current(file):
        raise DubanError(f"{file} 与定时表不一致或不存在：请运行 duban deployments write。")
    edge.say(f"{file} 与定时表一致")


def register(app: typer.Typer) -> None:
    """Add `serve`, `clock`, `deploy`, `schedules` and the group `deployments`."""
    app.command()(serve)
    app.command()(clock)
    app.command()(deploy)
    app.command()(schedules)
    deployments = typer.Typer(help="Prefect 部署文件。", no_args_is_help=True)
    deployments.command()(write)
    deployments.command()(check)
    app.add_typer(deployments, name="deployments")
