"""咨询答复: questions asked and answered, and the share answered in its days."""

import pytest
from sqlalchemy import Engine

from models.ledgers.inquiry import KIND, InquiryChannel
from tests.kept_ledger import KeptLedger, last_day, problems

ONLINE, PHONE = InquiryChannel.ONLINE, InquiryChannel.PHONE


def ask(ledger: KeptLedger, on: str, channel: InquiryChannel = ONLINE, **more: object) -> int:
    return ledger.keep(asked_on=on, channel=channel, question="取水许可如何办理", **more)


@pytest.mark.parametrize(("answered", "wrong"), [(None, []), ("2025-03-03", []), ("2025-03-02", ["answered_on"])])
def test_no_answer_comes_before_its_question(answered: str | None, wrong: list[str]) -> None:
    assert problems(KIND, asked_on="2025-03-03", answered_on=answered) == wrong


@pytest.mark.parametrize(
    ("asked", "last"), [("2025-03-03", "2025-03-24"), ("2025-01-24", "2025-02-20"), ("2025-09-26", "2025-10-23")]
)
def test_an_answer_has_fifteen_working_days_until_the_office_says_otherwise(asked: str, last: str) -> None:
    [term] = KIND.terms

    assert last_day(KIND, "answer", asked_on=asked) == last
    assert (term.remembered, term.source) == (True, "没有统一规定，由本单位确定")


def test_the_year_of_an_office(any_engine: Engine) -> None:
    ledger = KeptLedger(any_engine, KIND)
    ask(ledger, "2025-01-24", answered_on="2025-02-20")
    ask(ledger, "2025-01-24", answered_on="2025-02-21")
    ask(ledger, "2025-03-03", PHONE)
    ask(ledger, "2025-12-25", PHONE)
    ledger.withdraw(ask(ledger, "2025-03-03"))

    assert ledger.written() == {
        "asked": "4件", "asked_online": "2件", "asked_phone": "2件", "asked_counter": "0件", "asked_letter": "0件",
        "asked_other": "0件", "answered": "2件", "on_time": "1件", "on_time_share": "50%",
    }  # fmt: skip
    assert ledger.says() == "受理群众法律政策咨询4件，答复2件。"


def test_what_is_not_due_yet_is_no_failure(any_engine: Engine) -> None:
    ledger = KeptLedger(any_engine, KIND)
    ask(ledger, "2025-12-25")

    assert ledger.says() == "受理群众法律政策咨询1件。"


def test_a_year_in_order_says_so(engine: Engine) -> None:
    ledger = KeptLedger(engine, KIND)
    ask(ledger, "2025-03-03", answered_on="2025-03-04")

    assert ledger.says() == "受理群众法律政策咨询1件，均已答复。"


def test_what_people_call_it_is_understood(engine: Engine) -> None:
    ledger = KeptLedger(engine, KIND)

    row = ledger.row(ledger.keep(asked_on="2025-03-03", channel="热线", question="取水许可如何办理"))

    assert row.channel is PHONE
