"""What the organs below report is added up where it can be; estimates, shares and unlike numbers never are."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from models.database import key, unit_of_work
from models.items.evidence import StoredFile
from models.people.organ import Organ
from models.report.filing import FilingState
from models.report.received_report import PackageKind, ReceivedReport
from tasks.report.compiling.below import below
from tasks.report.compiling.trace_figure import described
from tasks.report.upward.report_package import PackedFigure
from tasks.report.upward.signing_key import fingerprint_of
from tasks.report.upward.sum_below import Below, Reported, add_up, gather_below
from tests.office import day
from tests.upward import KEY, Above, a_package, figure_data

AMOUNTS = st.decimals(min_value=0, max_value=10**9, places=4)


def figure(value: Any = 13, code: str = "case.cases", name: str = "行政执法案件", **more: Any) -> PackedFigure:
    return PackedFigure.model_validate(figure_data(value=str(value), code=code, name=name, **more))


def reports(*figures: tuple[PackedFigure, ...]) -> list[Reported]:
    """甲局, 乙局 … with these figures each."""
    return [
        Reported(f"{name}局", f"received:{place}", said)
        for place, (name, said) in enumerate(zip("甲乙丙丁戊己庚辛", figures, strict=False), 1)
    ]


def test_exact_numbers_are_added_with_who_said_what() -> None:
    (found,) = add_up(reports((figure(13),), (figure(7),), ()))

    assert found.total is not None
    assert (found.total.written, found.total.rows, found.total.parts) == (
        "20起", ("received:1", "received:2"), ("13", "7"),
    )  # fmt: skip
    assert (found.total.code, found.total.first_on, found.total.last_on) == (
        "below.case.cases", dt.date(2025, 1, 1), dt.date(2025, 12, 31),
    )  # fmt: skip
    assert found.silent == ("丙局",)


def test_an_estimate_stands_beside_the_total() -> None:
    (found,) = add_up(reports((figure(13),), (figure(10, approximate=True),)))

    assert found.total is not None
    assert found.total.written == "13起"
    assert [(told.organ, told.written) for told in found.estimates] == [("乙局", "约10起")]
    assert add_up(reports((figure(10, approximate=True),)))[0].total is None


@pytest.mark.parametrize(
    "other", [{"unit": "件"}, {"last_on": "2025-06-30"}, {"first_on": "2024-01-01"}, {"first_on": None}]
)
def test_without_one_unit_and_one_period_there_is_no_total(other: dict[str, Any]) -> None:
    (found,) = add_up(reports((figure(13),), (figure(7, **other),)))

    assert (found.total, found.summands) == (None, ())
    assert [told.organ for told in found.unlike] == ["甲局", "乙局"]


def test_shares_quoted_numbers_and_sums_of_sums_are_left_out() -> None:
    share = figure(98, "credit.on_time_share", unit="%")
    quoted = PackedFigure.model_validate(figure_data(code=None))

    assert add_up(reports((share, quoted, figure(3, "below.case.cases")))) == []


@given(st.lists(AMOUNTS, min_size=1, max_size=8), st.lists(AMOUNTS, max_size=8))
def test_the_total_is_the_sum_of_the_exact_and_of_nothing_else(exact: list[Decimal], about: list[Decimal]) -> None:
    said = [(figure(value),) for value in exact] + [(figure(value, approximate=True),) for value in about]
    (found,) = add_up([Reported(f"{place}局", f"received:{place}", each) for place, each in enumerate(said)])

    assert found.total is not None
    assert found.total.value == sum(exact)
    assert sum(map(Decimal, found.total.parts)) == found.total.value
    assert len(found.total.rows) == len(exact)
    assert len(found.estimates) == len(about)
    assert not found.total.approximate


@given(st.lists(AMOUNTS, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_the_reports_changes_no_total(values: list[Decimal], chance: Any) -> None:
    said = reports(*((figure(value),) for value in values))
    mixed = list(said)
    chance.shuffle(mixed)
    before, after = add_up(said)[0].total, add_up(mixed)[0].total

    assert before is not None
    assert after is not None
    assert before.value == after.value


def test_a_paragraph_for_each_ledger_names_who_is_missing() -> None:
    found = Below(
        2025,
        tuple(
            reports(
                (
                    figure(13),
                    figure(4, "case.simple", "简易程序案件"),
                    figure(2, "study.studies", "集中学习研讨", unit="次"),
                ),
                (figure(7), figure(20, "study.studies", "集中学习研讨", unit="次", approximate=True)),
            )
        ),
        ("丙局", "丁局"),
    )
    blocks = below(found)

    assert [(block.key, block.text) for block in blocks] == [
        ("below:filed", "已收到2个下级单位的年度报告，尚未报送的有丙局、丁局。"),
        (
            "below:case",
            "据各单位报告汇总，执法案件方面，行政执法案件20起、简易程序案件4起（乙局的报告没有此项）。",
        ),
        (
            "below:study",
            "据各单位报告汇总，学习研讨方面，集中学习研讨2次。另有乙局集中学习研讨约20次，系约数，不计入合计。",
        ),
    ]
    assert blocks[1].sources == ("received:1", "received:2")
    assert [(one.name, one.written, one.approximate) for one in blocks[2].figures] == [
        ("下级单位集中学习研讨", "2次", False), ("乙局集中学习研讨", "20次", True),
    ]  # fmt: skip
    assert not any(block.unverified for block in blocks)


def test_what_cannot_be_added_is_told_apart_and_who_says_nothing_is_named_once() -> None:
    found = Below(2025, tuple(reports((figure(13),), (figure(7, unit="件"),), ())), ())

    assert [block.text for block in below(found)] == [
        "已收到3个下级单位的年度报告。",
        "行政执法案件的单位或者期间不一，不作合计：甲局13起、乙局7件。丙局的报告没有这方面的数字。",
    ]
    assert below(Below(2025, (), ("甲局",))) == []


def test_of_several_packages_the_highest_version_counts_and_of_that_the_last(any_engine: Engine) -> None:
    def received(
        sender: Organ, version: int, cases: int, on: str, organ: Organ, *, public: bool = False,
        kind: PackageKind = PackageKind.FILED,
    ) -> ReceivedReport:  # fmt: skip
        data = figure_data(value=str(cases))
        return ReceivedReport(
            organ_id=key(organ.id), sender_id=key(sender.id), year=2025, version=version, title="报告",
            kind=kind, state=FilingState.FILING, signatures=[], public=public,
            dated_on=day(on), content_hash=f"{version}{cases}{on}", package_sha256="a" * 64, fingerprint="f" * 64,
            received_on=day(on), received_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC), figures=[data], sections=[],
            evidence=[],
        )  # fmt: skip

    with unit_of_work(any_engine) as session:
        organ = Organ(code="county", name="县政府")
        session.add(organ)
        session.add(
            StoredFile(sha256="a" * 64, size=1, media_type="x", stored_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
        )
        session.flush()
        one, other, late = (Organ(code=name, name=name, parent_id=organ.id) for name in ("b", "a", "c"))
        session.add_all([one, other, late])
        session.flush()
        for row in (
            received(one, 1, 5, "2026-01-10", organ), received(one, 2, 6, "2026-01-20", organ),
            received(one, 2, 7, "2026-01-21", organ), received(one, 1, 8, "2026-02-01", organ),
            received(other, 1, 3, "2026-02-05", organ),
            # Neither the edition for the public nor a draft stands in the place of what was filed.
            received(one, 2, 4, "2026-02-06", organ, public=True),
            received(one, 3, 9, "2026-02-07", organ, kind=PackageKind.DRAFT),
            received(late, 1, 9, "2026-02-07", organ, kind=PackageKind.DRAFT),
        ):  # fmt: skip
            session.add(row)
            session.flush()

        found = gather_below(session, organ, 2025, on=day("2026-03-01"))
        assert [(said.organ, int(said.figures[0].value)) for said in found.reported] == [("a", 3), ("b", 7)]
        assert found.missing == ("c",)
        (total,) = found.sums
        assert total.total is not None
        assert (int(total.total.value), total.total.rows) == (10, ("received:5", "received:3"))
        before = gather_below(session, organ, 2025, on=day("2026-01-20"))
        assert [(said.organ, int(said.figures[0].value)) for said in before.reported] == [("b", 6)]
        assert gather_below(session, organ, 2024, on=day("2026-03-01")).reported == ()


def test_a_total_opens_to_the_reports_it_was_made_from(engine: Engine, tmp_path: Path) -> None:
    above = Above(engine, tmp_path)
    above.receive(a_package(), on=day("2026-01-20"), confirmed=fingerprint_of(KEY))
    with unit_of_work(engine) as session:
        (told,) = described(session, ["received:1"])

    assert (told.on, told.words) == (day("2026-01-20"), "青禾县水务局2025年度报告")
