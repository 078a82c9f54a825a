"""The terms of the ledgers on their page: sources beside them, what to confirm marked, changed by a form."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.ledgers_office import Ledgers
from tests.office import HANDLER, SUPERVISOR
from tests.web import Web, field_value, words_of

PAGE = "/ledgers/terms"


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Ledgers:
    return Ledgers(engine, tmp_path)


@pytest.fixture
def web(office: Ledgers) -> Web:
    return Web(office)


def test_every_term_stands_beside_its_source(web: Web) -> None:
    words = web.of(SUPERVISOR).read(PAGE)
    for said in ("国办发〔2018〕118号", "7个工作日内", "听取法治政府建设情况汇报", "待确认"):
        assert said in words


def test_a_term_is_confirmed_and_made_stricter(web: Web, office: Ledgers) -> None:
    office.issue()
    office.keep(office.case("1号", "2026-06-01"), on="2026-06-01")
    visitor = web.of(SUPERVISOR)
    assert "没有原文可查" in visitor.read(f"{PAGE}/act/hearing")
    assert "每半年1次，已由本单位确认" in visitor.act(f"{PAGE}/act/hearing", {"do": "confirm"})
    said = visitor.act(f"{PAGE}/case/publish", {"do": "set", "amount": "5", "unit": "working", "note": "本局办法"})
    assert "5个工作日内 原为7个工作日内" in said
    assert office.standing()[0] == "2026-06-08 行政处罚决定公开：1号"


def test_a_laxer_term_is_refused_and_what_was_typed_stays(web: Web) -> None:
    answer = web.of(SUPERVISOR).post(f"{PAGE}/case/publish", {"do": "set", "amount": "9", "unit": "working"})
    assert answer.status_code == 400
    assert "不能更长" in words_of(answer.text)
    assert field_value(answer.text, "amount") == "9"
    assert "请填写期限或数量" in web.of(SUPERVISOR).post(f"{PAGE}/case/publish", {"do": "set"}).text


def test_who_may_only_look_at_items_sees_no_terms(web: Web) -> None:
    assert web.of(HANDLER).get(PAGE).status_code == 403
    assert web.of(HANDLER).post(f"{PAGE}/case/publish", {"do": "confirm"}).status_code == 403
    assert web.of(SUPERVISOR).get(f"{PAGE}/case/nothing").status_code == 404
