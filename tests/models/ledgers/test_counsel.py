"""法律顾问: who is engaged at the end of the period, whenever the engagement began."""

import pytest
from sqlalchemy import Engine

from models.ledgers.counsel import KIND, CounselKind
from tests.kept_ledger import KeptLedger, problems

EXTERNAL, OFFICIAL = CounselKind.EXTERNAL, CounselKind.OFFICIAL


def engage(ledger: KeptLedger, name: str, since: str, until: str | None = None, kind: CounselKind = EXTERNAL) -> int:
    return ledger.keep(engaged_from=since, engaged_until=until, name=name, kind=kind)


@pytest.mark.parametrize(
    ("until", "wrong"), [(None, []), ("2025-01-01", []), ("2026-12-31", []), ("2024-12-31", ["engaged_until"])]
)
def test_an_engagement_does_not_end_before_it_begins(until: str | None, wrong: list[str]) -> None:
    assert problems(KIND, engaged_from="2025-01-01", engaged_until=until) == wrong


def test_whoever_is_engaged_at_the_end_counts(any_engine: Engine) -> None:
    ledger = KeptLedger(any_engine, KIND)
    engage(ledger, "甲律师", "2019-01-01", kind=OFFICIAL)
    engage(ledger, "乙律所", "2024-01-01", "2024-12-31")
    engage(ledger, "乙律所", "2025-01-01", "2025-12-31")
    engage(ledger, "丙律师", "2025-01-01", "2025-12-30")
    engage(ledger, "丁律师", "2026-01-01")

    assert ledger.written() == {
        "standing": "2名",
        "external": "1名",
        "official": "1名",
        "firms": "1家",
        "lawyers": "0名",
        "engaged": "2名",
    }
    assert ledger.figures()["standing"].rows == ("counsel:1", "counsel:3")
    assert ledger.written("standing", until="2025-12-30") == {"standing": "3名"}
    assert ledger.says() == "聘请法律顾问1家、公职律师1名。"


def test_one_who_was_engaged_anew_counts_once(any_engine: Engine) -> None:
    ledger = KeptLedger(any_engine, KIND)
    engage(ledger, "乙律所", "2024-01-01", "2026-12-31")
    engage(ledger, "乙律所", "2025-07-01")

    assert ledger.written("standing", "external") == {"standing": "1名", "external": "1名"}
    assert ledger.says() == "聘请法律顾问1家。"


def test_whoever_was_engaged_and_is_no_longer_is_told_so(engine: Engine) -> None:
    ledger = KeptLedger(engine, KIND)
    engage(ledger, "乙律所", "2025-01-01", "2025-06-30")

    assert ledger.says() == "聘请法律顾问和公职律师1名。"


def test_who_left_in_earlier_years_is_not_told(engine: Engine) -> None:
    ledger = KeptLedger(engine, KIND)
    engage(ledger, "乙律所", "2023-01-01", "2023-06-30")

    assert ledger.block() is None


def test_what_people_call_it_is_understood(engine: Engine) -> None:
    ledger = KeptLedger(engine, KIND)

    assert ledger.row(ledger.keep(engaged_from="2025-01-01", name="甲", kind="外聘律师")).kind is EXTERNAL
