"""The acts of scores: evaluate a department, publish a period, appeal against a deduction, decide an appeal.

And the next version of a rule. A period that is scored stands in `about`.
"""

from decimal import Decimal
from typing import Any

from duban.acts.declaration import Act, ActOutcome, Deed, Entry
from models.database import key
from models.dates.span import Span
from models.field import FieldType as Takes
from models.items.plan import AnnualPlan
from models.people.organ import Department, Organ
from models.people.permission import Action
from models.scores.scoring import DEFAULT_RULE, ScoreAppeal, ScoreLine, ScoreRun, ScoringRule


def _evaluate(deed: Deed[Department]) -> ActOutcome:
    from models.scores.score_rules import written
    from tasks.scores.evaluate import evaluate

    department, span = deed.upon, deed.about
    made = evaluate(deed.session, department, span, by=deed.by, **deed.given)
    given = f"对{department.name}{span.label}的评价：{written(made.points)} 分。"
    return ActOutcome(
        f"已记录{given}公布过的考核不变。",
        data={
            "department": department.name, "points": made.points, "from_on": made.from_on, "until_on": made.until_on,
        },
        words=f"已记录{deed.by.name}{given}",
    )  # fmt: skip


EVALUATE = Act(
    "evaluate", Action.EVALUATE, "领导评价", _evaluate,
    (
        Entry("points", "评价分", required=True, called="评价分", metavar="0-100"),
        Entry("comment", "评语", Takes.LONG_TEXT, longest=1000),
    ),
    help="领导对一个科室在一个期间的评价，计入同一期间的考核；再评以新的为准。",
)  # fmt: skip


def run_data(run: ScoreRun, span: Span) -> dict[str, Any]:
    """A publication for a program."""
    return {
        "id": run.id,
        "version": run.version,
        "from_on": run.from_on,
        "until_on": run.until_on,
        "period": span.label,
        "published_on": run.published_on,
    }


def _publish(deed: Deed[AnnualPlan]) -> ActOutcome:
    from tasks.scores.appeal import appeal_until
    from tasks.scores.publish_scores import publish_scores
    from tasks.scores.set_scoring_rule import find_rule
    from tasks.scores.show_scores import published_lines, ranking

    session, plan, span = deed.session, deed.upon, deed.about
    run = publish_scores(
        session, plan, by=deed.by, from_on=span.from_on, until_on=span.until_on, version=deed.given["version"],
        rule=find_rule(session, plan.organ_id, deed.given["rule"]),
    )  # fmt: skip
    lines, ranked, until = len(published_lines(session, run)), len(ranking(session, run)), appeal_until(session, run)
    said = f"已公布{span.label}考核（第 {run.version} 版）"
    return ActOutcome(
        f"{said}，{until} 前（含当日）可以申诉。",
        [key(run.id)],
        {"run": run_data(run, span), "lines": lines, "ranked": ranked, "appeal_until": until},
        f"{said}：扣分 {lines} 条，{ranked} 个科室参加排名；科室负责人可在 {until} 前（含当日）申诉。",
    )


PUBLISH = Act(
    "publish", Action.SCORE, "公布考核", _publish,
    (
        Entry(
            "rule", "考核规则", longest=100, default=DEFAULT_RULE, metavar="名称",
            help="考核规则；缺省为 常规考核 的最新一版。",
        ),
        Entry(
            "version", "版次", Takes.WHOLE, least=Decimal(1), default=1, metavar="版次",
            help="同一期间重新公布时写下一版。",
        ),
    ),
    help="公布一个已结束期间的考核：扣分逐条固定，此后只能经申诉改分。",
)  # fmt: skip


def _appeal(deed: Deed[ScoreLine]) -> ActOutcome:
    from tasks.scores.appeal import appeal

    line = deed.upon.id
    made = appeal(deed.session, deed.upon, by=deed.by, **deed.given)
    return ActOutcome(
        f"已提出申诉（编号 {made.id}），待第一责任人裁定。",
        [key(made.id)],
        {"id": made.id, "line": line, "on": made.on},
        f"已对第 {line} 条扣分提出申诉，申诉编号 {made.id}，待第一责任人裁定。",
    )


APPEAL = Act(
    "appeal", Action.APPEAL, "申诉", _appeal,
    (Entry("reason", "申诉理由", Takes.LONG_TEXT, required=True, longest=1000),),
    help="科室负责人对一条已公布的扣分提出申诉；每条一次，公布后10个工作日内。",
)  # fmt: skip


def _decide(deed: Deed[ScoreAppeal]) -> ActOutcome:
    from models.scores.score_rules import written
    from tasks.scores.appeal import decide_appeal

    given = {**deed.given}
    made = decide_appeal(deed.session, deed.upon, by=deed.by, uphold=given.pop("outcome"), **given)
    after = f"改扣 {written(made.points_after)} 分" if made.points_after is not None else ""
    return ActOutcome(
        f"申诉 {made.id} 已裁定{f'，{after}并重新排名' if after else ''}。",
        data={"id": made.id, "line": made.line_id, "outcome": made.outcome, "points_after": made.points_after},
        words=f"申诉 {made.id} 已裁定：{made.outcome.label if made.outcome else ''}"
        f"{f'，第 {made.line_id} 条{after}' if after else ''}。",
    )


DECIDE = Act(
    "decide", Action.DECIDE_APPEAL, "裁定", _decide,
    (
        Entry(
            "outcome", "裁定", Takes.YES_NO, required=True, sides=("uphold", "dismiss"), help="采纳，或不予采纳。",
        ),
        Entry("answer", "裁定意见", Takes.LONG_TEXT, required=True, longest=1000),
        Entry("points", "改扣的分", called="改扣", metavar="分值", help="采纳时：此条改扣几分。"),
    ),
    help="第一责任人裁定一件申诉；采纳的改分后重新排名，公布的条目保持原样。",
)  # fmt: skip


def rule_data(rule: ScoringRule) -> dict[str, Any]:
    """A rule for a program."""
    from models.scores.score_rules import prices

    return {
        "name": rule.name,
        "version": rule.version,
        "start": rule.start,
        "leader_weight": rule.leader_weight,
        "events": list(prices(rule.events).values()),
        "made_on": rule.made_on,
    }


def _set_rule(deed: Deed[Organ]) -> ActOutcome:
    from tasks.scores.set_scoring_rule import set_rule

    made = set_rule(deed.session, key(deed.upon.id), by=deed.by, **deed.given, **deed.about)
    return ActOutcome(
        f"已设定考核规则“{made.name}”第 {made.version} 版，此后的试算和公布用这一版；已公布的不变。",
        data=rule_data(made),
    )


SET_RULE = Act(
    "set-rule", Action.SCORE, "设定考核规则", _set_rule,
    (
        Entry("start", "起评分", Takes.WHOLE, least=Decimal(1), most=Decimal(1000), called="起评分"),
        Entry("leader_weight", "领导评价占比", Takes.WHOLE, most=Decimal(100), called="领导评价占比"),
    ),
)  # fmt: skip
"""`about` has the name, and the prices: all the `events`, or `changes`."""
