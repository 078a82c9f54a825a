"""A signed report filed with each addressee, its receipts, its publication, its place in the archive; late is late."""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from models.clock import opening_of
from models.database import unit_of_work
from models.errors import BadInputError, ConflictError, ForbiddenError, NotFoundError
from models.items.closure import ClosureRequest
from models.items.item import ItemState
from models.report.filing import FilingState
from models.report.filing_rows import Addressee, AddresseeKind, Publication
from models.report.report import Report, ReportBlock
from tasks.report.filing.addressees import add_addressee, drop_addressee, named_on_paper
from tasks.report.filing.deadlines import FILE, PUBLISH, filing_items
from tasks.report.filing.review import return_
from tasks.report.filing.send import archive, note_receipt, publish, send
from tests.filing import COPY, TO, FilingOffice
from tests.office import FIRST, SUPERVISOR, day

SITE = "https://www.example.gov.cn/2025"


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> FilingOffice:
    made = FilingOffice(engine, tmp_path / "home")
    made.until("filing")
    return made


def test_it_is_filed_with_the_last_of_those_it_is_addressed_to(office: FilingOffice) -> None:
    office.acting(SUPERVISOR, send, TO[0], on="2026-01-20", way="机要交换")
    assert (office.filing.state, office.filing.delivered_on) == (FilingState.FILING, None)
    office.acting(SUPERVISOR, send, TO[1], on="2026-01-22", way="公文系统")
    assert (office.filing.state, str(office.filing.delivered_on)) == (FilingState.PUBLISHING, "2026-01-22")
    office.acting(SUPERVISOR, send, COPY, on="2026-01-23", way="公文系统")
    assert str(office.filing.delivered_on) == "2026-01-22"


def test_taking_off_the_last_one_missing_files_it_as_well(office: FilingOffice) -> None:
    office.acting(SUPERVISOR, send, TO[0], way="机要交换")
    office.acting(SUPERVISOR, drop_addressee, TO[1], reason="机构改革后不再报送")
    assert office.filing.state is FilingState.PUBLISHING
    with pytest.raises(ForbiddenError, match="已于 2026-01-15 报送“某县委”，不能去掉"):
        office.acting(SUPERVISOR, drop_addressee, TO[0], reason="误填")


@pytest.mark.parametrize(
    ("filed", "published", "late"),
    [
        ("2026-02-28", "2026-03-31", (False, False)), ("2026-03-01", "2026-03-31", (True, False)),
        ("2026-02-28", "2026-04-01", (False, True)), ("2026-03-02", "2026-04-20", (True, True)),
    ],
)  # fmt: skip
def test_what_is_late_is_allowed_written_down_and_stays_late(
    office: FilingOffice, filed: str, published: str, late: tuple[bool, bool]
) -> None:
    for name in TO:
        office.acting(SUPERVISOR, send, name, on=filed, way="机要交换")
    office.acting(SUPERVISOR, publish, SITE, on=published)
    assert (office.filing.filed_late, office.filing.published_late) == late
    office.acting(FIRST, return_, on="2026-05-06", reason="更正", to=FilingState.FILING)
    assert (office.filing.filed_late, office.filing.published_late) == late


@pytest.mark.parametrize(
    ("on", "named", "words"),
    [
        ("2026-01-20", "2026-01-21", "报送日 2026-01-21 还没有到：应不晚于 2026-01-20"),
        ("2026-01-20", "2026-01-14", "报送日 2026-01-14 早于审签日 2026-01-15：应在 2026-01-15 至 2026-01-20 之间"),
    ],
)
def test_a_day_lies_between_the_signature_and_today(office: FilingOffice, on: str, named: str, words: str) -> None:
    """The day of the matter may be another than the day it is written down."""
    with pytest.raises(BadInputError, match=words):
        office.acting(SUPERVISOR, send, TO[0], on=on, way="专人送达", dated=named)
    office.acting(SUPERVISOR, send, TO[0], on=on, way="专人送达", dated="2026-01-16")
    assert str(office.rows(Addressee)[0].sent_on) == "2026-01-16"


def test_each_gets_it_once_and_gives_one_receipt(office: FilingOffice) -> None:
    with pytest.raises(ForbiddenError, match="还没有报送“某县委”，不能登记回执"):
        office.acting(SUPERVISOR, note_receipt, TO[0])
    office.acting(SUPERVISOR, send, TO[0], way="机要交换")
    with pytest.raises(ConflictError, match=r"已于 2026-01-15 报送“某县委”（机要交换）"):
        office.acting(SUPERVISOR, send, TO[0], way="公文系统")
    office.acting(SUPERVISOR, note_receipt, TO[0], on="2026-01-16", number="收12")
    with pytest.raises(ConflictError, match=r"“某县委”的回执已登记（2026-01-16）"):
        office.acting(SUPERVISOR, note_receipt, TO[0], on="2026-01-17")
    with pytest.raises(NotFoundError, match="报送对象中没有“某省委”；现有：某县委、某县人民政府、某市司法局"):
        office.acting(SUPERVISOR, send, "某省委", way="机要交换")


def test_a_receipt_is_evidence_of_the_item_of_the_report(office: FilingOffice) -> None:
    office.acting(SUPERVISOR, send, TO[0], way="机要交换")
    with unit_of_work(office.engine) as session:
        number = filing_items(session, office.organ_id, 2025)[FILE].number
    piece = office.attach(number, "回执.txt", on="2026-01-15", who=SUPERVISOR)
    with pytest.raises(NotFoundError, match="没有编号为 999 的佐证材料"):
        office.acting(SUPERVISOR, note_receipt, TO[0], evidence_id=999)
    office.acting(SUPERVISOR, note_receipt, TO[0], evidence_id=piece.id)
    assert [one.evidence_id for one in office.rows(Addressee)][:2] == [piece.id, None]


def test_it_is_public_in_each_place_once_in_its_public_edition(office: FilingOffice) -> None:
    for name in TO:
        office.acting(SUPERVISOR, send, name, way="机要交换")
    with pytest.raises(ForbiddenError, match="尚未公开：公开之后才能归档"):
        office.acting(SUPERVISOR, archive, number="1", place="档案室")
    first = office.acting(SUPERVISOR, publish, SITE)
    with pytest.raises(ConflictError, match="已登记在此公开"):
        office.acting(SUPERVISOR, publish, SITE)
    second = office.acting(SUPERVISOR, publish, "某日报 3 月 20 日第 4 版")
    assert (first.sha256, first.left_out) == (second.sha256, 1)
    assert len(office.rows(Publication)) == 2


def test_the_public_edition_leaves_out_what_is_internal(engine: Engine, tmp_path: Path) -> None:
    office = FilingOffice(engine, tmp_path / "home")
    with unit_of_work(engine) as session:
        session.exec(select(ReportBlock).where(ReportBlock.key == "ledger:study")).one().internal = "内部学习"
    office.until("publishing")
    assert office.acting(SUPERVISOR, publish, SITE).left_out == 2


def test_one_more_addressee_has_to_get_it_before_it_is_public(office: FilingOffice) -> None:
    for name in TO:
        office.acting(SUPERVISOR, send, name, way="机要交换")
    office.acting(SUPERVISOR, add_addressee, "某县人大常委会", AddresseeKind.MAIN)
    with pytest.raises(ForbiddenError, match="尚未报送某县人大常委会：主送都报送之后才能公开"):
        office.acting(SUPERVISOR, publish, SITE)
    with pytest.raises(ConflictError, match=r"“某县人大常委会”已在报送对象中（主送）"):
        office.acting(SUPERVISOR, add_addressee, "某县人大常委会", AddresseeKind.COPY)


def test_what_was_added_and_taken_off_holds_in_the_next_round(office: FilingOffice) -> None:
    office.acting(SUPERVISOR, add_addressee, "某县人大常委会", AddresseeKind.COPY)
    office.acting(SUPERVISOR, drop_addressee, COPY, reason="不再抄送")
    office.acting(FIRST, return_, reason="再改")
    office.until("consulting")
    now = [one for one in office.rows(Addressee) if one.round == 2]
    assert {one.name: one.dropped for one in now} == {
        TO[0]: None, TO[1]: None, COPY: "不再抄送", "某县人大常委会": None,
    }  # fmt: skip
    office.acting(SUPERVISOR, add_addressee, COPY, AddresseeKind.COPY)
    assert all(one.dropped is None for one in office.rows(Addressee) if one.round == 2)


@pytest.mark.parametrize(
    ("paper", "named"),
    [
        ({"addressee": "某县委、某县政府：", "copies": ["某市局"]}, ["main 某县委", "main 某县政府", "copy 某市局"]),
        ({"addressee": "某县委，某县委", "copies": ["某县委；某院"]}, ["main 某县委", "copy 某院"]),
        ({"addressee": None}, []),
        (None, []),
    ],
)
def test_whom_the_paper_names(paper: dict[str, object] | None, named: list[str]) -> None:
    report = Report(
        organ_id=1,
        year=2025,
        version=1,
        title="报告",
        snapshot="",
        compiled_at=opening_of(day("2026-01-15")),
        paper=paper,
    )
    assert [f"{kind.value} {name}" for kind, name in named_on_paper(report)] == named


def test_the_items_of_the_report_wait_for_acceptance_once_it_is_filed_and_public(office: FilingOffice) -> None:
    def states() -> dict[str, ItemState]:
        with unit_of_work(office.engine) as session:
            return {code: item.state for code, item in filing_items(session, office.organ_id, 2025).items()}

    assert states() == {FILE: ItemState.ACTIVE, PUBLISH: ItemState.ACTIVE}
    for name in TO:
        office.acting(SUPERVISOR, send, name, on="2026-02-02", way="机要交换")
    assert states() == {FILE: ItemState.REQUESTED, PUBLISH: ItemState.ACTIVE}
    office.acting(SUPERVISOR, publish, SITE, on="2026-03-02")
    assert states() == {FILE: ItemState.REQUESTED, PUBLISH: ItemState.REQUESTED}
    said = [request.statement for request in office.rows(ClosureRequest)]
    assert said == ["已于 2026-02-02 报送全部主送机关", f"已于 2026-03-02 公开：{SITE}"]


def test_a_report_is_filed_though_its_item_cannot_be_closed_yet(engine: Engine, tmp_path: Path) -> None:
    office = FilingOffice(engine, tmp_path / "home")
    office.until("filing")
    with unit_of_work(engine) as session:
        number = filing_items(session, office.organ_id, 2025)[FILE].number
    office.instruct(number, "报送前再核一遍", due="2026-02-10", on="2026-01-15", who=FIRST)
    for name in TO:
        office.acting(SUPERVISOR, send, name, way="机要交换")
    assert office.filing.state is FilingState.PUBLISHING
    assert office.rows(ClosureRequest) == []
