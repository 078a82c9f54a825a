"""行政许可 and 行政强制: days in order, what was decided with its day, and what the report says of them."""

import pytest
from sqlalchemy import Engine

from models.ledgers.official.coercion import KIND as COERCION
from models.ledgers.official.permit import KIND as PERMIT
from models.ledgers.official.permit import PermitOutcome
from tests.kept_ledger import KeptLedger, last_day, problems

GRANTED, REFUSED = PermitOutcome.GRANTED, PermitOutcome.REFUSED
DECIDED = {"accepted_on": "2025-03-04", "decided_on": "2025-03-10"}


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({}, []),
        (DECIDED | {"outcome": GRANTED, "revoked_on": "2025-06-03"}, []),
        ({"accepted_on": "2025-03-02"}, ["accepted_on"]),
        ({"accepted_on": "2025-03-04", "decided_on": "2025-03-03", "outcome": GRANTED}, ["decided_on"]),
        (DECIDED, ["outcome"]),
        ({"outcome": GRANTED}, ["decided_on"]),
        (DECIDED | {"outcome": REFUSED, "revoked_on": "2025-06-03"}, ["revoked_on"]),
    ],
)
def test_a_permit_goes_its_way_in_order(values: dict[str, object], wrong: list[str]) -> None:
    assert problems(PERMIT, applied_on="2025-03-03", **values) == wrong


def test_five_working_days_to_accept_and_twenty_to_decide() -> None:
    assert last_day(PERMIT, "accept", applied_on="2025-03-03") == "2025-03-10"
    assert last_day(PERMIT, "decide", applied_on="2025-03-03", accepted_on="2025-03-04") == "2025-04-01"


def test_the_report_says_what_was_accepted_and_what_became_of_it(any_engine: Engine) -> None:
    ledger = KeptLedger(any_engine, PERMIT)
    assert ledger.says() == ""
    ledger.keep(applied_on="2025-03-03", accepted_on="2025-03-04")
    assert ledger.says() == "受理行政许可申请1件。"
    ledger.keep(applied_on="2025-03-03", **DECIDED, outcome=GRANTED)
    ledger.keep(applied_on="2025-03-03", **DECIDED, outcome=REFUSED)
    ledger.keep(applied_on="2025-12-30")
    assert ledger.says() == "受理行政许可申请3件，准予许可1件，不予许可1件。"


@pytest.mark.parametrize(
    ("kinds", "says"),
    [
        (["sealed", "frozen"], "采取行政强制措施2件。"),
        (["performed"], "实施行政强制执行1件。"),
        (["by_court"], "申请法院强制执行1件。"),
        (["sealed", "sold", "by_court"], "采取行政强制措施1件，实施行政强制执行1件，申请法院强制执行1件。"),
    ],
)
def test_the_report_says_each_of_the_three_kinds_of_coercion(engine: Engine, kinds: list[str], says: str) -> None:
    ledger = KeptLedger(engine, COERCION)
    for kind in kinds:
        ledger.keep(done_on="2025-05-06", kind=kind)
    assert ledger.says() == says
