"""`duban score rule`: the rules scores go by, by version."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.acts.scores import SET_RULE, rule_data
from duban.commands.acts import do
from duban.commands.errand import Answer, Errand, Shown, acting, answer, looking
from duban.edge import table
from models.database import key

if TYPE_CHECKING:
    from models.people.organ import Organ

rules = typer.Typer(help="考核规则：起评分、各扣分项的分值和封顶、领导评价占比。", no_args_is_help=True)

NameArgument = Annotated[str | None, typer.Argument(metavar="名称", help="缺省为 常规考核。")]


def register(scores: typer.Typer) -> None:
    """Add the commands of this group."""
    scores.add_typer(rules, name="rule")


@rules.command("list")
@looking("as on organ json")
def list_(errand: Errand) -> Answer:
    """列出本单位可用的考核规则，每版一行。"""
    from tasks.scores.set_scoring_rule import list_rules

    session = errand.session
    found = list_rules(session, key(_organ(errand).id))

    def screen() -> Iterator[Shown]:
        made = table("规则", "版次", "起评分", "领导评价占比", "设定日期")
        for rule in found:
            made.add_row(
                rule.name, str(rule.version), str(rule.start), f"{rule.leader_weight}%", str(rule.made_on or "预置")
            )
        yield made

    return answer([rule_data(rule) for rule in found], screen)


@rules.command()
@looking("as on organ json")
def show(
    errand: Errand,
    name: NameArgument = None,
    version: Annotated[int | None, typer.Option("--version", metavar="版次", help="缺省为最新一版。")] = None,
) -> Answer:
    """一条考核规则的全部；--json 的输出改好后可用 score rule set --file 写回。"""
    from models.scores.score_rules import prices
    from models.scores.scoring import DEFAULT_RULE
    from tasks.scores.set_scoring_rule import find_rule

    session = errand.session
    rule = find_rule(session, key(_organ(errand).id), name or DEFAULT_RULE, version=version)

    def screen() -> Iterator[Shown]:
        made = f"{rule.name}第 {rule.version} 版（{rule.made_on or '预置'}）"
        yield f"{made}：起评 {rule.start} 分，领导评价占 {rule.leader_weight}%。"
        for price in prices(rule.events).values():
            yield f"  {price.event.value}：{price.label}"

    return answer(rule_data(rule), screen)


@rules.command("set")
@acting("as on organ json")
def set_(
    errand: Errand,
    name: NameArgument = None,
    event: Annotated[
        list[str] | None,
        typer.Option("--event", metavar="事项=分值：封顶", help="改一个扣分项，如 late=5:30；可写多个。"),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="文件", help="整套规则（.json 或 .toml），格式同 rule show --json。"),
    ] = None,
    start: Annotated[int | None, typer.Option("--start", metavar="分", help="起评分。")] = None,
    weight: Annotated[int | None, typer.Option("--leader-weight", metavar="百分比", help="领导评价占比。")] = None,
) -> Answer:
    """设定考核规则：生成新的一版，旧版和已公布的考核不变。"""
    from models.scores.score_rules import typed_entry
    from models.scores.scoring import DEFAULT_RULE

    from_file = _read(file) if file is not None else {}
    given = {
        "start": start if start is not None else from_file.get("start"),
        "leader_weight": weight if weight is not None else from_file.get("leader_weight"),
    }
    about = {
        "name": name or from_file.get("name", DEFAULT_RULE),
        "events": from_file.get("events"),
        "changes": [typed_entry(text) for text in event or ()],
    }
    return do(errand, SET_RULE, _organ(errand), given, about)


def _organ(errand: Errand) -> Organ:
    """The organ whose rules are meant. Raises NotFoundError where the actor may not know of it."""
    from models.errors import NotFoundError
    from tasks.acting.authorize import may_see_organ

    found = errand.organ
    if not may_see_organ(errand.session, errand.by, key(found.id)):
        raise NotFoundError("没有找到这个单位的考核规则，或者它不在您的查看范围内。")
    return found


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
        about = f"（有误：{'、'.join(wrong)}）" if wrong else ""
        raise BadInputError(
            f"文件 {file} 的内容不是一套考核规则{about}：应写 name、start、leader_weight（整数）和 events"
            "（每项 event、points、cap），格式同 duban score rule show --json。"
        )
    return dict(data)
