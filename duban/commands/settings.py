"""`duban settings`: what holds for the whole system, where each comes from, and the choices the browser offers too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from duban.commands.errand import Answer, Errand, Shown, acting, answer, apart
from duban.edge import table
from models.errors import BadInputError

if TYPE_CHECKING:
    from models.people.organ import Organ

settings = typer.Typer(help="系统设置：名称、标志、网址、邮件服务器、免打扰时段。", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="设置项", help="如 office_url；可用的见 duban settings show。")]


def register(app: typer.Typer) -> None:
    """Add `duban settings` to `app`."""
    app.add_typer(settings, name="settings")


@settings.command()
@apart("json")
def show(errand: Errand) -> Answer:
    """列出可在网页上设置的各项：现在的值，由哪里设定（duban.toml、环境变量、网页、缺省）；密码只说有没有。"""
    from tasks.engine.choose_settings import list_settings

    lines = list_settings(errand.edge.settings)
    rows = [
        {
            "name": line.name, "value": line.value, "given": line.given,
            "from": line.fixed or ("网页" if line.chosen else "缺省"),
        }
        for line in lines
    ]  # fmt: skip

    def screen() -> Iterator[Shown]:
        shown = table("设置项", "值", "由哪里设定")
        for row in rows:
            shown.add_row(str(row["name"]), str(row["value"] or ("已设置" if row["given"] else "")), str(row["from"]))
        yield shown

    return answer(rows, screen)


@settings.command("set")
@acting("as organ json")
def set_(
    errand: Errand,
    name: Name,
    value: Annotated[
        str | None, typer.Argument(metavar="值", help="缺省从标准输入读一行：密码不要写在命令中。")
    ] = None,
) -> Answer:
    """设置一项，与网页上的设置相同；标志写图片文件的路径。运行中的服务从下一次运行起采用。"""
    from tasks.engine.choose_settings import choose_logo, choose_settings
    from tasks.files.check_upload import examine

    given = value if value is not None else typer.get_text_stream("stdin").readline().rstrip("\r\n")
    if name == "logo":
        if not Path(given).is_file():
            raise BadInputError(f"没有文件 {given}：请写图片文件的路径。")
        with Path(given).open("rb") as picture:
            choose_logo(
                errand.session, errand.edge.settings, _organ(errand), examine(Path(given).name, picture), by=errand.by
            )
        return answer({"changed": ["logo"]}, "标志已更换。")
    return _said(choose_settings(errand.session, errand.edge.settings, _organ(errand), {name: given}, by=errand.by))


@settings.command()
@acting("as organ json")
def clear(errand: Errand, name: Name) -> Answer:
    """取消一项在网页上或用 set 作的设置，恢复缺省。"""
    from tasks.engine.choose_settings import choose_settings

    return _said(choose_settings(errand.session, errand.edge.settings, _organ(errand), {name: ""}, by=errand.by))


def _organ(errand: Errand) -> Organ | None:
    """Whose administrator somebody has to be; none at the machine, where there may be no organ yet."""
    return errand.organ if errand.by.person_id is not None else None


def _said(changed: list[str]) -> Answer:
    return answer({"changed": changed}, f"{'、'.join(changed)} 已设置。" if changed else "设置没有变化。")
