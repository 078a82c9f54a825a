"""`duban score rule`: the rules scores go by, by version."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.edge import (
    AsOption,
    Edge,
    JsonOption,
    OnOption,
    OrganOption,
    edge,
    print_json,
    say,
    show_table,
    table,
    today,
)

if TYPE_CHECKING:
    from sqlmodel import Session

    from models.actor import Actor
    from models.scores.scoring import ScoringRule

rules = typer.Typer(help="考核规则:起评分、各扣分项的分值和封顶、领导评价占比。", no_args_is_help=True)

NameArgument = Annotated[str | None, typer.Argument(metavar="名称", help="缺省为 常规考核。")]


def register(scores: typer.Typer) -> None:
    """Add the commands of this group."""
    scores.add_typer(rules, name="rule")


@rules.command("list")
def list_(
    context: typer.Context,
    as_: AsOption = None,
    on: OnOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出本单位可用的考核规则,每版一行。"""
    from tasks.scores.set_scoring_rule import list_rules

    reach = edge(context)
    with reach.reading() as session:
        by = reach.actor(session, as_, today(on), organ)
        found = list_rules(session, _organ_id(reach, session, by, organ))
    if as_json:
        print_json([_data(rule) for rule in found])
        return
    made = table("规则", "版次", "起评分", "领导评价占比", "设定日期")
    for rule in found:
        made.add_row(
            rule.name, str(rule.version), str(rule.start), f"{rule.leader_weight}%", str(rule.made_on or "预置")
        )
    show_table(made)


@rules.command()
def show(
    context: typer.Context,
    name: NameArgument = None,
    version: Annotated[int | None, typer.Option("--version", metavar="版次", help="缺省为最新一版。")] = None,
    as_: AsOption = None,
    on: OnOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """一条考核规则的全部;--json 的输出改好后可用 score rule set --file 写回。"""
    from models.scores.score_rules import prices
    from models.scores.scoring import DEFAULT_RULE
    from tasks.scores.set_scoring_rule import find_rule

    reach = edge(context)
    with reach.reading() as session:
        by = reach.actor(session, as_, today(on), organ)
        rule = find_rule(session, _organ_id(reach, session, by, organ), name or DEFAULT_RULE, version=version)
    if as_json:
        print_json(_data(rule))
        return
    made = f"{rule.name}第 {rule.version} 版({rule.made_on or '预置'})"
    say(f"{made}:起评 {rule.start} 分,领导评价占 {rule.leader_weight}%。")
    for price in prices(rule.events).values():
        say(f"  {price.event.value}:{price.label}")


@rules.command("set")
def set_(
    context: typer.Context,
    name: NameArgument = None,
    event: Annotated[
        list[str] | None,
        typer.Option("--event", metavar="事项=分值:封顶", help="改一个扣分项,如 late=5:30;可写多个。"),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="文件", help="整套规则(.json 或 .toml),格式同 rule show --json。"),
    ] = None,
    start: Annotated[int | None, typer.Option("--start", metavar="分", help="起评分。")] = None,
    weight: Annotated[int | None, typer.Option("--leader-weight", metavar="百分比", help="领导评价占比。")] = None,
    as_: AsOption = None,
    on: OnOption = None,
    organ: OrganOption = None,
    as_json: JsonOption = False,
) -> None:
    """设定考核规则:生成新的一版,旧版和已公布的考核不变。"""
    from models.scores.score_rules import typed_entry
    from models.scores.scoring import DEFAULT_RULE
    from tasks.scores.set_scoring_rule import set_rule

    given = _read(file) if file is not None else {}
    reach = edge(context)
    with reach.writing() as session:
        by = reach.actor(session, as_, today(on), organ)
        rule = set_rule(
            session,
            _organ_id(reach, session, by, organ),
            by=by,
            name=name or given.get("name", DEFAULT_RULE),
            start=start if start is not None else given.get("start"),
            leader_weight=weight if weight is not None else given.get("leader_weight"),
            events=given.get("events"),
            changes=[typed_entry(text) for text in event or ()],
        )
    if as_json:
        print_json(_data(rule))
        return
    say(f"已设定考核规则“{rule.name}”第 {rule.version} 版,此后的试算和公布用这一版;已公布的不变。")


def _organ_id(reach: Edge, session: Session, by: Actor, organ: str | None) -> int:
    """The organ whose rules are meant. Raises NotFoundError where the actor may not know of it."""
    from models.database import key
    from models.errors import NotFoundError
    from tasks.acting.authorize import may_see_organ

    found = key(reach.organ_for(session, by, organ).id)
    if not may_see_organ(session, by, found):
        raise NotFoundError("没有找到这个单位的考核规则,或者它不在您的查看范围内。")
    return found


def _data(rule: ScoringRule) -> dict[str, Any]:
    from models.scores.score_rules import prices

    return {
        "name": rule.name,
        "version": rule.version,
        "start": rule.start,
        "leader_weight": rule.leader_weight,
        "events": list(prices(rule.events).values()),
        "made_on": rule.made_on,
    }


def _read(file: Path) -> dict[str, Any]:
    """The rule in a file. Raises UnreadableFileError for no such file, BadInputError for anything but a rule."""
    from duban.data_file import read_data
    from models.errors import BadInputError

    data = read_data(file)
    kinds = {"name": str, "version": int, "start": int, "leader_weight": int, "events": list, "made_on": object}
    wrong = [
        key for key, value in (data.items() if isinstance(data, dict) else ())
        if key not in kinds or not isinstance(value, kinds[key]) or isinstance(value, bool)
    ]  # fmt: skip
    events = data.get("events", []) if isinstance(data, dict) else None
    if wrong or events is None or not all(isinstance(entry, dict) for entry in events):
        about = f"(有误:{'、'.join(wrong)})" if wrong else ""
        raise BadInputError(
            f"文件 {file} 的内容不是一套考核规则{about}:应写 name、start、leader_weight(整数)和 events"
            "(每项 event、points、cap),格式同 duban score rule show --json。"
        )
    return dict(data)
