"""重大决策: which steps are owed and which were missed, told alike by Python and by SQL; the shortest periods."""

from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from models.ledgers.major_decision import KIND, DecisionStage, Matter, Step, steps_due
from tests.kept_ledger import KeptLedger, last_day, problems

DECISION, FUNDS = Matter.DECISION, Matter.FUNDS
DAYS: dict[str, Any] = {
    "comment_from": "2025-03-03", "comment_until": "2025-04-03", "expert_on": "2025-04-08", "risk_on": "2025-04-09",
    "legality_sent_on": "2025-04-10", "legality_done_on": "2025-04-21", "discussed_on": "2025-04-28",
}  # fmt: skip
DONE = {
    Step.PUBLIC: ("comment_from", "comment_until"), Step.EXPERT: ("expert_on",), Step.RISK: ("risk_on",),
    Step.LEGALITY: ("legality_sent_on", "legality_done_on"), Step.COLLECTIVE: ("discussed_on",),
}  # fmt: skip


def decide(ledger: KeptLedger, matter: Matter = DECISION, **more: Any) -> int:
    return ledger.keep(decided_on="2025-04-30", title="水价调整", matter=matter, **more)


def without(*steps: Step) -> dict[str, Any]:
    """The days of every step but these."""
    left_out = {name for step in steps for name in DONE[step]}
    return {name: day for name, day in DAYS.items() if name not in left_out}


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        (DAYS, []),
        ({}, []),
        ({"comment_from": "2025-04-03", "comment_until": "2025-03-03"}, ["comment_until"]),
        ({"comment_until": "2025-04-03"}, ["comment_from"]),
        ({"comment_from": "2025-03-03"}, ["comment_until"]),
        ({"comment_from": "2025-03-03", "stage": DecisionStage.UNDER_WAY}, []),
        ({"legality_sent_on": "2025-04-21", "legality_done_on": "2025-04-10"}, ["legality_done_on"]),
        ({"discussed_on": "2025-05-06"}, ["discussed_on"]),
        ({"discussed_on": "2025-05-06", "stage": DecisionStage.UNDER_WAY}, []),
        ({"exempt": "专家论证、风险评估", "exempt_reason": "事项简单"}, []),
        ({"exempt": "专家论证"}, ["exempt_reason"]),
        ({"exempt_reason": "事项简单"}, ["exempt_reason"]),
        ({"exempt": "集体讨论", "exempt_reason": "紧急"}, ["exempt"]),
        ({"exempt": "专家", "exempt_reason": "紧急"}, ["exempt"]),
        ({"exempt": "专家论证", "exempt_reason": "紧急", "expert_on": "2025-04-08"}, ["exempt"]),
        ({"exempt": "专家论证", "exempt_reason": "紧急", "matter": FUNDS}, ["exempt"]),
    ],
)
def test_what_a_row_may_say(more: dict[str, object], wrong: list[str]) -> None:
    values = {"decided_on": "2025-04-30", "matter": DECISION, "stage": DecisionStage.DECIDED, **more}

    assert problems(KIND, **values) == wrong


def test_a_refused_step_is_told_what_may_be_left_out() -> None:
    [(_, said)] = KIND.check({"matter": DECISION, "exempt": "合法性审查", "exempt_reason": "紧急"})

    assert said == "“合法性审查”不能列为不适用的步骤：可写公众参与、专家论证、风险评估，用顿号分开"


@pytest.mark.parametrize(
    ("term", "start", "end"),
    [
        ("comment", {"comment_from": "2025-03-03"}, "2025-04-02"),
        ("comment", {"comment_from": "2025-01-20"}, "2025-02-19"),
        ("comment", {"comment_from": "2025-03-03", "exempt": "公众参与"}, None),
        ("comment", {"comment_from": "2025-03-03", "matter": FUNDS}, None),
        ("legality", {"legality_sent_on": "2025-04-10"}, "2025-04-21"),
        ("legality", {"legality_sent_on": "2025-09-26"}, "2025-10-13"),
        ("legality", {}, None),
    ],
)
def test_comment_runs_in_days_and_legality_review_in_working_days(
    term: str, start: dict[str, object], end: str | None
) -> None:
    assert last_day(KIND, term, **{"matter": DECISION, **start}) == end


def test_other_matters_owe_collective_discussion_alone() -> None:
    assert steps_due(SimpleNamespace(matter=FUNDS, exempt=None)) == (Step.COLLECTIVE,)
    assert steps_due(SimpleNamespace(matter=DECISION, exempt="专家论证、风险评估")) == (
        Step.PUBLIC, Step.LEGALITY, Step.COLLECTIVE,
    )  # fmt: skip


@given(st.sets(st.sampled_from(["公众参与", "专家论证", "风险评估"])), st.sampled_from("、,; "))
def test_a_major_decision_owes_what_is_not_exempt(exempt: set[str], mark: str) -> None:
    due = steps_due(SimpleNamespace(matter=DECISION, exempt=mark.join(sorted(exempt)) or None))

    assert {step.label for step in due} == {step.label for step in Step} - exempt


def test_a_step_is_missed_if_it_is_owed_and_not_taken(any_engine: Engine) -> None:
    ledger = KeptLedger(any_engine, KIND)
    missed: dict[Step, set[str]] = {step: set() for step in Step}
    for left_out, exempt in product((*Step, None), (None, Step.EXPERT)):
        left = {step for step in (left_out, exempt) if step}
        row = decide(
            ledger, exempt=exempt and exempt.label, exempt_reason="技术简单" if exempt else None, **without(*left)
        )
        for step in left - {exempt}:
            missed[step].add(f"decision:{row}")
    found = ledger.figures()

    assert {step: set(found[f"missed_{step}"].rows) for step in Step} == missed
    assert all(missed.values())
    assert set(found["missed"].rows) == set.union(*missed.values())
    assert found["decisions"].value == found["missed"].value + found["complete"].value == 12


def test_the_year_of_an_office(any_engine: Engine) -> None:
    ledger = KeptLedger(any_engine, KIND)
    decide(ledger, **DAYS)
    decide(ledger, **without(Step.RISK))
    decide(ledger, FUNDS, discussed_on="2025-04-28")
    decide(ledger, Matter.APPOINTMENT)
    decide(ledger, stage=DecisionStage.UNDER_WAY)
    written = ledger.written()

    expected = {
        "three_majors": "4项", "decisions": "2项", "appointment": "1项", "project": "0项", "funds": "1项",
        "discussed": "3项", "complete": "1项", "missed": "1项", "missed_public": "0项", "missed_risk": "1项",
        "complete_share": "50%",
    }  # fmt: skip
    assert {code: written[code] for code in expected} == expected
    assert ledger.figures()["missed_risk"].rows == ("decision:2",)
    assert ledger.says() == "研究决定“三重一大”事项4项，其中重大决策2项。"


def test_what_no_day_is_on_record_for_is_not_told(engine: Engine) -> None:
    ledger = KeptLedger(engine, KIND)
    decide(ledger)

    assert ledger.says() == "研究决定重大决策1项。"


def test_a_year_in_order_says_so(engine: Engine) -> None:
    ledger = KeptLedger(engine, KIND)
    decide(ledger, **DAYS)

    steps = "履行公众参与、专家论证、风险评估、合法性审查、集体讨论等应经程序。"
    assert ledger.says() == f"集体研究重大决策1项，{steps}"

    decide(ledger, **DAYS)
    assert ledger.says() == f"集体研究重大决策2项，均{steps}"
