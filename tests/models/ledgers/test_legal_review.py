"""法律审核: what was reviewed, whether in its days, and whether counsel was followed."""

import pytest
from sqlalchemy import Engine

from models.ledgers.legal_review import KIND, ReviewKind
from tests.kept_ledger import KeptLedger, last_day, problems

CONTRACT, DOCUMENT, OPINION = ReviewKind.CONTRACT, ReviewKind.DOCUMENT, ReviewKind.OPINION


def receive(ledger: KeptLedger, on: str, kind: ReviewKind = CONTRACT, **more: object) -> int:
    return ledger.keep(received_on=on, title="采购合同", kind=kind, **more)


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        ({"done_on": "2025-03-03"}, []),
        ({"done_on": "2025-03-02"}, ["done_on"]),
        ({"done_on": "2025-03-04", "adopted": False}, []),
        ({"adopted": True}, ["adopted"]),
        ({"adopted": False}, ["adopted"]),
    ],
)
def test_what_a_row_may_say(more: dict[str, object], wrong: list[str]) -> None:
    assert problems(KIND, received_on="2025-03-03", **more) == wrong


@pytest.mark.parametrize(
    ("received", "last"), [("2025-03-03", "2025-03-24"), ("2025-01-24", "2025-02-20"), ("2025-09-26", "2025-10-23")]
)
def test_a_review_has_fifteen_working_days_until_the_office_says_otherwise(received: str, last: str) -> None:
    [term] = KIND.terms

    assert last_day(KIND, "review", received_on=received) == last
    assert term.remembered


def test_the_year_of_an_office(any_engine: Engine) -> None:
    ledger = KeptLedger(any_engine, KIND)
    receive(ledger, "2025-01-24", done_on="2025-02-20", adopted=True)
    receive(ledger, "2025-01-24", done_on="2025-02-21", adopted=False)
    receive(ledger, "2025-03-03", DOCUMENT)
    receive(ledger, "2025-12-25", OPINION)
    receive(ledger, "2025-12-26", OPINION, done_on="2026-01-05")

    assert ledger.written() == {
        "reviews": "5件", "contracts": "2件", "documents": "1件", "opinions": "2件", "done": "3件",
        "on_time": "2件", "adopted": "1件", "on_time_share": "66.7%",
    }  # fmt: skip
    assert ledger.figures()["on_time"].rows == ("review:1", "review:5")
    assert ledger.says() == ("开展合法性审查5件，其中合同2件、文件1件、法律咨询2件，已办结3件，采纳审查意见1件。")


def test_a_year_of_one_kind_reads_well(engine: Engine) -> None:
    ledger = KeptLedger(engine, KIND)
    receive(ledger, "2025-03-03", DOCUMENT, done_on="2025-03-05")

    assert ledger.says() == "开展文件合法性审查1件。"


def test_what_is_still_under_review_reads_well(engine: Engine) -> None:
    ledger = KeptLedger(engine, KIND)
    receive(ledger, "2025-12-25")

    assert ledger.says() == "开展合同合法性审查1件。"


def test_what_people_call_it_is_understood(engine: Engine) -> None:
    ledger = KeptLedger(engine, KIND)

    row = ledger.row(
        ledger.keep(received_on="2025-03-03", title="甲", kind="合同审查", done_on="2025-3-5", adopted="√")
    )

    assert (row.kind, row.adopted) == (CONTRACT, True)
