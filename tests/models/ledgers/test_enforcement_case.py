"""执法案件: the days of a case follow each other, and what says that a decision did not stand says how."""

import pytest

from models.ledgers.enforcement_case import KIND, Outcome
from tests.kept_ledger import problems


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ({}, []),
        ({"filed_on": "2025-03-03", "published_on": "2025-03-03"}, []),
        ({"filed_on": "2025-03-04"}, ["filed_on"]),
        ({"published_on": "2025-03-02"}, ["published_on"]),
        ({"outcome": Outcome.REVOKED, "outcome_on": "2025-06-02"}, []),
        ({"outcome": Outcome.STANDS, "outcome_on": "2025-06-02"}, ["outcome_on"]),
        ({"outcome_on": "2025-06-02"}, ["outcome_on"]),
        ({"published_on": "2025-03-05", "taken_down_on": "2025-06-03"}, []),
        ({"taken_down_on": "2025-06-03"}, ["taken_down_on"]),
    ],
)
def test_what_has_to_fit_together(row: dict[str, object], wrong: list[str]) -> None:
    assert problems(KIND, decided_on="2025-03-03", **row) == wrong
