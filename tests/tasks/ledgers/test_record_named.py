"""What an office writes down besides its items: checked when it is written, refused in one clear line."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from models.actor import Actor, Channel
from models.coded import Coded
from models.database import unit_of_work
from models.errors import BadInputError, ForbiddenError
from models.ledgers.enforcement_case import EnforcementCase, Outcome, Procedure
from models.ledgers.kinds import member_named
from models.people.organ import Organ
from models.people.person import Role
from models.people.personal_duty import Duty
from tasks.ledgers.record_named import money, record_act, record_case, record_deficiency, record_study
from tests.actors import administrator
from tests.report_year import ReportYear, day

ON = day("3-5")
BY = administrator(ON)


def case(session: Session, year: ReportYear, **more: Any) -> EnforcementCase:
    return record_case(session, year.organ, by=BY, procedure=Procedure.SIMPLE, on=ON, **more)


def test_a_case_keeps_its_fine_to_the_fen(any_engine: Engine) -> None:
    with unit_of_work(any_engine) as session:
        made = case(session, ReportYear(session), fine=Decimal("999999999999.99"), number=" 青水罚〔2025〕1号 ")
        session.expire_all()

        kept = session.exec(select(EnforcementCase)).one()

        assert (kept.id, kept.fine, kept.number) == (made.id, Decimal("999999999999.99"), "青水罚〔2025〕1号")
        assert (kept.outcome, kept.title) == (Outcome.STANDS, None)


@pytest.mark.parametrize("fine", ["-1", "0.001", "1000000000000"])
def test_an_impossible_fine_is_refused(engine: Engine, fine: str) -> None:
    with unit_of_work(engine) as session, pytest.raises(BadInputError, match=r"^罚款（元）“.*”不可用："):
        case(session, ReportYear(session), fine=Decimal(fine))


def test_a_case_number_is_recorded_once(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session)
        case(session, year, number="青水罚〔2025〕1号")
        case(session, year)
        case(session, year)

        with pytest.raises(BadInputError, match=r"^案号“青水罚〔2025〕1号”已经登记过"):
            case(session, year, number="青水罚〔2025〕1号 ")
        assert len(session.exec(select(EnforcementCase)).all()) == 3


def test_empty_words_and_too_many_of_them_are_refused(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        organ = ReportYear(session).organ

        with pytest.raises(BadInputError, match=r"^主题不能为空。$"):
            record_study(session, organ, by=BY, on=ON, topic=" \n")
        with pytest.raises(BadInputError, match=r"^内容不能为空。$"):
            record_act(session, organ, by=BY, kind=Duty.DEPLOY, on=ON, text="")
        with pytest.raises(BadInputError, match=r"^不足“字{40}”不可用：有 1001 个字，最多 1000 字，请精简。$"):
            record_deficiency(session, organ, by=BY, on=ON, text="字" * 1001)
        with pytest.raises(BadInputError, match=r"^参加人数“0”不可用"):
            record_study(session, organ, by=BY, on=ON, topic="民法典", people=0)


@pytest.mark.parametrize(
    ("kind", "word", "expected"),
    [
        (Procedure, "simple", Procedure.SIMPLE),
        (Procedure, " 简易 ", Procedure.SIMPLE),
        (Procedure, "普通程序", Procedure.ORDINARY),
        (Outcome, "撤销", Outcome.REVOKED),
        (Duty, "亲自过问", Duty.INQUIRE),
        (Duty, "督办", Duty.SUPERVISE),
    ],
)
def test_a_member_is_known_by_code_label_and_custom(kind: type[Coded], word: str, expected: Coded) -> None:
    assert member_named(kind, word) is expected


def test_an_unknown_word_is_answered_with_the_known_ones() -> None:
    with pytest.raises(BadInputError, match=r"^“快速”不可用，可用：simple（简易程序）、ordinary（普通程序）。$"):
        member_named(Procedure, "快速")
    with pytest.raises(BadInputError):
        member_named(Procedure, "撤销")  # a word of another list


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30000", "30000"),
        (" 3,000.50 ", "3000.50"),
        ("200元", "200"),
        ("1，200", "1200"),
        ("3万元", "30000"),
        ("1.25 万", "12500"),
    ],
)
def test_money_is_read_as_typed(text: str, expected: str) -> None:
    assert money(text) == Decimal(expected)


@pytest.mark.parametrize("text", ["三万", "约3万元", "", "NaN", "1e5", "inf"])
def test_what_is_no_amount_in_yuan_is_refused(text: str) -> None:
    with pytest.raises(BadInputError, match="请以元为单位填写数字"):
        money(text)


def test_only_who_keeps_the_records_writes_them_down(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session)
        handler = year.person("李承办", Role.HANDLER)
        by = Actor(handler.name, Channel.WEB, ON, BY.now, handler.id)
        case(session, year, number="青水罚〔2025〕1号")
        # Whether a number is on record is told to nobody who may not write one down.
        for number in ("青水罚〔2025〕1号", "青水罚〔2025〕2号"):
            with pytest.raises(ForbiddenError, match="李承办不能登记台账：可由本单位的"):
                record_case(session, year.organ, by=by, procedure=Procedure.SIMPLE, on=ON, number=number)


def test_a_record_is_about_an_item_of_its_own_organ(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        year = ReportYear(session)
        item = year.item("修订工作规则")
        other = Organ(code="other", name="别局")
        session.add(other)
        session.flush()
        with pytest.raises(BadInputError, match="任务 1 不是别局的任务"):
            record_deficiency(session, other, by=BY, on=ON, text="不足", item=item)
