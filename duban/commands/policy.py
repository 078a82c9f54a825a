"""`duban policy`: the ladders and terms an office issues its plans with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from duban.edge import AsOption, JsonOption, OnOption, edge, print_json, say, show_table, table, today

policies = typer.Typer(help="督办策略:提醒升级的各级、亮灯阈值、审批级别、材料要求。", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="名称", help="如 常规。")]


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.add_typer(policies, name="policy")


@policies.command("list")
def list_(context: typer.Context, as_json: JsonOption = False) -> None:
    """列出可用的策略。"""
    from tasks.ladder.set_policy import list_policies

    with edge(context).reading() as session:
        names = [policy.name for policy in list_policies(session)]
    if as_json:
        print_json(names)
    else:
        say("、".join(names))


@policies.command()
def show(context: typer.Context, name: Name, as_json: JsonOption = False) -> None:
    """一个策略的全部;--json 的输出改好后可用 policy set 写回。"""
    from models.ladder.policy import ReportingCycle
    from models.people.person import Role
    from tasks.ladder.set_policy import find_policy, rungs_of, show_policy

    with edge(context).reading() as session:
        policy = find_policy(session, name)
        data = show_policy(session, policy)
        rungs = rungs_of(session, policy)
    if as_json:
        print_json(data)
        return
    made = table("时点", "通知", "颜色", "文书", title=name)
    for rung in rungs:
        roles = "、".join(Role(role).label for role in rung.roles)
        made.add_row(rung.label, roles, rung.colour.label, rung.document or "")
    show_table(made)

    def levels(of: list[list[str]]) -> str:
        return " → ".join("或".join(Role(role).label for role in level) for level in of)

    lag = f"落后 {policy.lag_yellow} 个百分点黄,超过 {policy.lag_red} 红"
    monthly = policy.filling in (ReportingCycle.MONTHLY, ReportingCycle.QUARTERLY)
    for term, words in (
        ("临期", f"到期前 {policy.near_days} 个工作日"),
        ("进度", "不亮灯" if policy.lag_yellow is None else lag),
        ("延期", f"{levels(policy.extension_levels)},至多 {policy.extension_limit} 次"),
        ("办结审核", levels(policy.closure_levels)),
        ("转办异议", f"{policy.objection_days} 个工作日内"),
        ("催办间隔", f"{policy.urge_gap} 个工作日"),
        ("填报", policy.filling.label + (f",{policy.filling_day} 日前" if monthly else "")),
        ("挂起顺延", policy.suspension_unit.counting),
    ):
        say(f"  {term}:{words}")


@policies.command("set")
def set_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="文件", help="策略(.json 或 .toml),格式同 policy show --json。")],
    as_: AsOption = None,
    on: OnOption = None,
    as_json: JsonOption = False,
) -> None:
    """新建或改写一个策略;已下达的计划不受影响,仍按下达时的策略运行。"""
    from tasks.ladder.set_policy import set_policy, show_policy

    data = _read(file)
    reach = edge(context)
    with reach.writing() as session:
        policy = set_policy(session, data, by=reach.actor(session, as_, today(on)))
        shown = show_policy(session, policy)
    if as_json:
        print_json(shown)
    else:
        say(f"策略“{policy.name}”已保存,共 {len(shown['rungs'])} 级;下达时用 duban plan issue --policy {policy.name}。")


def _read(file: Path) -> dict[str, Any]:
    from duban.data_file import read_data
    from models.errors import UnreadableFileError

    data = read_data(file)
    if not isinstance(data, dict):
        raise UnreadableFileError(f"文件 {file} 的内容应为一个策略,格式同 duban policy show 名称 --json。")
    return data
