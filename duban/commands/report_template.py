"""`duban report template show|set`: how the organ's report is put together, as a TOML file."""

from pathlib import Path
from typing import Annotated

import typer

from duban.edge import AsOption, JsonOption, OnOption, OrganOption, edge, print_json, say, today

templates = typer.Typer(help="报告体例:各部分的次序、标题、编号、开头、主送抄送、署名。", no_args_is_help=True)


def register(reports: typer.Typer) -> None:
    """Add these commands to `duban report`."""
    reports.add_typer(templates, name="template")


@templates.command()
def show(context: typer.Context, as_: AsOption = None, organ: OrganOption = None, as_json: JsonOption = False) -> None:
    """写出现行的体例,TOML 格式;改好后可用 report template set 写回。"""
    from models.people.permission import Action
    from tasks.acting.authorize import authorize_organ
    from tasks.report.compiling.template import template_text
    from tasks.report.desk.set_report_template import template_for

    reach = edge(context)
    with reach.reading() as session:
        by = reach.actor(session, as_, today(None), organ)
        owner = reach.organ_for(session, by, organ)
        authorize_organ(session, by, Action.VIEW, owner.id)
        found = template_for(session, owner, reach.settings.home)
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        typer.echo(template_text(found), nl=False)


@templates.command("set")
def set_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="文件.toml", help="体例,格式同 report template show。")],
    as_: AsOption = None,
    on: OnOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """设定本单位的报告体例;已编的版本不变,下次编制起用。"""
    from tasks.report.compiling.template import read_template
    from tasks.report.desk.set_report_template import set_report_template

    template = read_template(file)
    reach = edge(context)
    with reach.writing() as session:
        by = reach.actor(session, as_, today(on), organ)
        kept = set_report_template(session, reach.organ_for(session, by, organ), template, by=by)
    if as_json:
        print_json({"revision": kept.revision, "template": kept.data})
    else:
        say(f"报告体例已保存为第 {kept.revision} 版,下次编制起用。")
