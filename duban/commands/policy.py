"""`duban policy`: the ladders and terms an office issues its plans with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from duban.commands.errand import Answer, Errand, Shown, acting, answer, looking
from duban.edge import table

policies = typer.Typer(help="督办策略：提醒升级的各级、亮灯阈值、审批级别、材料要求。", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="名称", help="如 常规。")]


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.add_typer(policies, name="policy")


@policies.command("list")
@looking("json")
def list_(errand: Errand) -> Answer:
    """列出可用的策略。"""
    from tasks.ladder.set_policy import list_policies

    session = errand.session
    names = [policy.name for policy in list_policies(session)]
    return answer(names, "、".join(names))


@policies.command()
@looking("json")
def show(errand: Errand, name: Name) -> Answer:
    """一个策略的全部；--json 的输出改好后可用 policy set 写回。"""
    from models.ladder.policy import ReportingCycle
    from models.people.person import Role
    from tasks.ladder.set_policy import find_policy, rungs_of, show_policy
    from tasks.wording.policy import levels_sentence, terms_sentence

    session = errand.session
    policy = find_policy(session, name)
    data = show_policy(session, policy)
    rungs = rungs_of(session, policy)

    def screen() -> Iterator[Shown]:
        made = table("时点", "通知", "颜色", "文书", title=name)
        for rung in rungs:
            roles = "、".join(Role(role).label for role in rung.roles)
            made.add_row(rung.label, roles, rung.colour.label, rung.document or "")
        yield made

        lag = f"{policy.lag_of.label}滞后 {policy.lag_yellow} 个百分点黄，超过 {policy.lag_red} 红"
        monthly = policy.filling in (ReportingCycle.MONTHLY, ReportingCycle.QUARTERLY)
        for term, words in (
            ("临期", f"到期前 {policy.near_days} 个工作日"),
            ("进度", "不亮灯" if policy.lag_yellow is None else lag),
            ("延期", f"{levels_sentence(policy.extension_levels)}，至多 {policy.extension_limit} 次"),
            ("调整时限", levels_sentence(policy.adjustment_levels)),
            ("办结审核", levels_sentence(policy.closure_levels)),
            ("转办异议", f"{policy.objection_days} 个工作日内"),
            ("催办间隔", f"{policy.urge_gap} 个工作日"),
            ("批示时限", f"{terms_sentence(policy.instruction_terms)} {policy.instruction_unit.label}"),
            ("批示办结", f"反馈后 {policy.instruction_close_days} 个工作日内，逾期提醒批示的领导"),
            ("填报", policy.filling.label + (f"，{policy.filling_day} 日前" if monthly else "")),
            ("中止顺延", policy.suspension_unit.counting),
        ):
            yield f"  {term}：{words}"

    return answer(data, screen)


@policies.command("set")
@acting("as on json")
def set_(
    errand: Errand,
    file: Annotated[Path, typer.Argument(metavar="文件", help="策略（.json 或 .toml），格式同 policy show --json。")],
) -> Answer:
    """新建或改写一个策略；已下达的计划不受影响，要变用 duban plan adopt。"""
    from tasks.ladder.set_policy import set_policy, show_policy

    session = errand.session
    data = _read(file)
    policy = set_policy(session, data, by=errand.by)
    shown = show_policy(session, policy)
    return answer(
        shown,
        f"策略“{policy.name}”已保存，共 {len(shown['rungs'])} 级；下达时用 duban plan issue --policy {policy.name}。",
    )


def _read(file: Path) -> dict[str, Any]:
    from duban.data_file import read_data
    from models.errors import UnreadableFileError

    data = read_data(file)
    if not isinstance(data, dict):
        raise UnreadableFileError(f"文件 {file} 的内容应为一个策略，格式同 duban policy show 名称 --json。")
    return data
