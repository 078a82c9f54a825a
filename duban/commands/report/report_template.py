"""`duban report template show|set`: how the organ's report is put together, as a TOML file."""

from pathlib import Path
from typing import Annotated

import typer

from duban.commands.errand import Answer, Errand, acting, answer, looking

templates = typer.Typer(help="报告体例：各部分的次序、标题、编号、开头、主送抄送、署名。", no_args_is_help=True)


def register(reports: typer.Typer) -> None:
    """Add these commands to `duban report`."""
    reports.add_typer(templates, name="template")


@templates.command()
@looking("as organ json")
def show(errand: Errand) -> Answer:
    """写出现行的体例，TOML 格式；改好后可用 report template set 写回。"""
    from models.people.permission import Action
    from tasks.acting.authorize import authorize_organ
    from tasks.report.compiling.template import template_text
    from tasks.report.desk.set_report_template import template_for

    session = errand.session
    by = errand.by
    owner = errand.organ
    authorize_organ(session, by, Action.VIEW, owner.id)
    found = template_for(session, owner, errand.edge.settings.home)

    return answer(found.model_dump(mode="json"), template_text(found).removesuffix("\n"))


@templates.command("set")
@acting("as on organ json")
def set_(
    errand: Errand,
    file: Annotated[Path, typer.Argument(metavar="文件.toml", help="体例，格式同 report template show。")],
) -> Answer:
    """设定本单位的报告体例；已编的版本不变，下次编制起用。"""
    from tasks.report.compiling.template import read_template
    from tasks.report.desk.set_report_template import set_report_template

    session = errand.session
    template = read_template(file)
    by = errand.by
    kept = set_report_template(session, errand.organ, template, by=by)
    return answer(
        {"revision": kept.revision, "template": kept.data}, f"报告体例已保存为第 {kept.revision} 版，下次编制起用。"
    )
