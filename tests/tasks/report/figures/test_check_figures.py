"""Cross-checks: what cannot be is found, what changed a lot is shown with both numbers, estimates are left alone."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.ledgers.kinds import KINDS
from models.report.figure import Figure
from tasks.report.figures.check_figures import Finding, Severity, check_figures


def figure(code: str, value: str | int, name: str = "", unit: str = "起", **more: Any) -> Figure:
    return Figure(name or code, Decimal(value), unit, (), code=code, **more)


def cases(all_: int, simple: int, ordinary: int) -> list[Figure]:
    return [
        figure("case.cases", all_, "行政执法案件"), figure("case.simple", simple, "简易程序案件"),
        figure("case.ordinary", ordinary, "普通程序案件"),
    ]  # fmt: skip


def test_a_whole_that_is_not_the_sum_of_its_parts_is_wrong_and_says_the_numbers() -> None:
    assert check_figures(cases(13, 4, 9)) == []
    assert check_figures(cases(13, 4, 8)) == [
        Finding(
            "应当行政执法案件 = 简易程序案件 + 普通程序案件，现为行政执法案件 13起，"
            "简易程序案件 4起 + 普通程序案件 8起 = 12起。",
            Severity.WRONG, ("case.cases", "case.simple", "case.ordinary"),
        )
    ]  # fmt: skip


def test_what_cannot_be_more_is_wrong_where_it_is_more() -> None:
    found = check_figures(
        [figure("case.cases", 3, "行政执法案件"), figure("case.published", 4, "已公开的执法决定", "件")]
    )

    assert [finding.words for finding in found] == [
        "应当行政执法案件不少于已公开的执法决定，现为行政执法案件 3起，已公开的执法决定 4件。"
    ]
    assert check_figures([figure("case.cases", 4), figure("case.published", 4, unit="件")]) == []


def test_without_all_its_figures_or_with_an_approximate_one_nothing_is_checked() -> None:
    assert check_figures(cases(13, 4, 8)[:2]) == []
    whole, simple, ordinary = cases(13, 4, 8)
    about = Figure(ordinary.name, ordinary.value, ordinary.unit, (), approximate=True, code=ordinary.code)
    assert check_figures([whole, simple, about]) == []


def test_one_figure_with_two_values_in_one_report_is_wrong_but_not_over_two_periods() -> None:
    def studies(value: int, last_month: int) -> Figure:
        first, last = dt.date(2025, 1, 1), dt.date(2025, last_month, 30)
        return figure("study.studies", value, "学习", first_on=first, last_on=last)

    found = check_figures([studies(3, 12), studies(2, 12)])
    assert [(one.words, one.severity) for one in found] == [("学习前后不一：3起、2起。", Severity.WRONG)]
    assert check_figures([studies(3, 12), studies(2, 6)]) == []


@pytest.mark.parametrize(
    ("now", "last", "told"),
    [
        (13, 13, None),
        (0, 0, None),
        (1, 0, "学习本年 1次，上年 0次（上年没有），请核对是否属实。"),
        (0, 1, "学习本年 0次，上年 1次（本年没有），请核对是否属实。"),
        (5, 1, None),  # four hundred percent, but four in count
        (6, 1, "学习本年 6次，上年 1次（增加 500%），请核对是否属实。"),
        (14, 10, None),
        (15, 10, "学习本年 15次，上年 10次（增加 50%），请核对是否属实。"),
        (5, 10, "学习本年 5次，上年 10次（减少 50%），请核对是否属实。"),
        (6, 10, None),
        (149, 100, None),
    ],
)
def test_a_change_worth_a_look(now: int, last: int, told: str | None) -> None:
    found = check_figures([figure("x.y", now, "学习", "次")], [figure("x.y", last, "学习", "次")])

    assert [finding.words for finding in found] == ([told] if told else [])
    assert {finding.severity for finding in found} <= {Severity.LOOK}


@pytest.mark.parametrize(
    "last",
    [figure("x.y", 0, unit="场"), figure("x.y", 0, unit="次", approximate=True), figure("x.z", 0, unit="次")],
    ids=["another unit", "an estimate", "another figure"],
)
def test_only_what_can_be_compared_is(last: Figure) -> None:
    assert check_figures([figure("x.y", 100, unit="次")], [last]) == []
    assert check_figures([figure("x.y", 100, unit="次", approximate=True)], [figure("x.y", 0, unit="次")]) == []


def test_every_declared_check_names_figures_that_are_counted() -> None:
    counted = {f"{kind.code}.{measure.code}" for kind in KINDS.values() for measure in kind.measures}
    counted |= {f"{kind.code}.{share.code}" for kind in KINDS.values() for share in kind.shares}
    named = {
        code for kind in KINDS.values() for check in kind.cross_checks for code in (check.left, *check.right)
    }  # fmt: skip

    assert named - counted == set()


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_figures_that_fit_find_nothing(simple: int, ordinary: int) -> None:
    assert check_figures(cases(simple + ordinary, simple, ordinary), cases(simple + ordinary, simple, ordinary)) == []
