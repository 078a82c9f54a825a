"""A row of a ledger is called by its number and title, not by where it lies in its table."""

from types import SimpleNamespace

import pytest

from models.ledgers.kinds import KINDS


@pytest.mark.parametrize("code", KINDS)
def test_every_ledger_says_what_names_its_rows(code: str) -> None:
    kind = KINDS[code]
    assert kind.called
    said = dict.fromkeys(kind.called, "甲")
    assert kind.name_of(SimpleNamespace(id=7, **said)) == " ".join("甲" for _ in kind.called)


def test_what_is_not_said_is_left_out_and_what_is_long_is_cut() -> None:
    case = KINDS["case"]
    assert case.name_of(SimpleNamespace(id=7, number="〔2026〕1号", title=None)) == "〔2026〕1号"
    assert case.name_of(SimpleNamespace(id=7, number=None, title="一\n二" + "字" * 50)) == "一 二" + "字" * 36 + "…"
    assert case.name_of(SimpleNamespace(id=7, number=None, title=None)) == "第 7 号"
