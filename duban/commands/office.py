"""`duban init`: the data folder and its database."""

from __future__ import annotations

from typing import Annotated

import typer

from duban.commands.errand import Answer, Errand, answer, apart


def register(app: typer.Typer) -> None:
    """Add `duban init` to `app`."""
    app.command()(init)


@apart("json")
def init(
    errand: Errand,
    adopt: Annotated[
        bool, typer.Option("--adopt", help="PostgreSQL：改以本机的密钥和证据存放处为准（原来的丢失或整体搬迁后）。")
    ] = False,
) -> Answer:
    """建立数据目录和数据库，或升级到本程序的版本；可重复运行。"""
    from importlib.metadata import version

    from sqlalchemy import make_url

    from models.migrate import create_or_upgrade, open_current
    from tasks.engine.check_shared import adopt as take_over

    settings = errand.edge.settings
    schema = create_or_upgrade(settings)
    if adopt:
        take_over(open_current(settings), settings)
    address = make_url(settings.database).render_as_string(hide_password=True)
    return answer(
        {"home": str(settings.home), "database": address, "schema": schema, "version": version("duban")},
        f"数据目录  {settings.home}",
        f"数据库    {address}（结构版本 {schema}，程序版本 {version('duban')}）",
        "已就绪。接下来：",
        "  duban people import 人员.xlsx            导入人员：单位 部门 姓名 职务 角色 邮箱 手机 代理人",
        "  duban plan template 清单模板.xlsx        取得任务清单的模板",
        "  duban plan import 清单.xlsx --year 年度 --dry-run   先看识别结果，再正式导入",
    )
