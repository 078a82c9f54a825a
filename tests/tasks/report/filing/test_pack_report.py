"""What goes upward is what was signed: an approved report as filed, anything else as a draft, and neither passes for
the other."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from joserfc.jwk import OKPKey
from sqlalchemy import Engine
from sqlmodel import col, select

from models.database import on_record, unit_of_work
from models.errors import BadInputError, ForbiddenError, UnreadableFileError
from models.people.organ import Organ
from models.report.filing import Filing, FilingState
from models.report.received_report import PackageKind
from models.report.report import Report, ReportBlock, ReportFigure
from tasks.report.compiling.compile_report import compile_report
from tasks.report.compiling.template import ReportTemplate
from tasks.report.filing.pack_report import PackedFile, pack_report
from tasks.report.filing.review import pass_legal, return_
from tasks.report.filing.send import archive
from tasks.report.upward.report_package import DOCUMENT, REPORT, PackedReport, ReportPackage, read_package
from tasks.report.upward.sealing import MANIFEST, SIGNATURE, seal, written
from tasks.report.upward.signing_key import fingerprint_of
from tasks.report.upward.sum_below import gather_below
from tasks.report.upward.trust_key import trust_key
from tasks.report.upward.who_filed import who_filed
from tests.actors import administrator
from tests.filing import TO, FilingOffice
from tests.office import FIRST, LEADER, SUPERVISOR
from tests.upward import CODE, DRAFT, FILED, KEY, SENT, SIGNATURES, Above, a_package, report_data, signature_data

YEAR = 2025
OTHER = OKPKey.generate_key("Ed25519")
"""The key of somebody who would like to be believed."""


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> FilingOffice:
    return FilingOffice(engine, tmp_path / "home")


def pack(office: FilingOffice, **more: Any) -> PackedFile:
    """The newest version."""
    with on_record(office.engine) as session:
        report = session.exec(select(Report).where(Report.year == YEAR).order_by(col(Report.version).desc())).first()
        assert report is not None
        return pack_report(session, report, by=office.by(session, SUPERVISOR, office.today), key=KEY, **more)


def opened(packed: PackedFile) -> ReportPackage:
    return read_package(packed.content)


def first_line(packed: PackedFile) -> str:
    """What stands above the text in the package's Word file."""
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archived:
        paper = docx.Document(io.BytesIO(archived.read(DOCUMENT)))
    return next(one.text for one in paper.paragraphs if one.text.startswith("【"))


def returned(office: FilingOffice) -> None:
    office.until("sign_off")
    office.acting(FIRST, return_, reason="再改")


def returned_to_review(office: FilingOffice) -> None:
    """The signature is taken back, the legal review is passed anew, the rest is not."""
    office.until("filing")
    office.acting(FIRST, return_, reason="再核", to=FilingState.LEGAL_REVIEW)
    office.acting(LEADER, pass_legal, opinion="合法")


def withdrawn(office: FilingOffice) -> None:
    office.published()
    office.acting(FIRST, return_, reason="有误，撤回")


def archived(office: FilingOffice) -> None:
    office.published()
    office.acting(SUPERVISOR, archive, number="2026-1", place="档案室")


def compiled_anew(office: FilingOffice) -> None:
    """Once the first version is signed a second one is made."""
    office.until("filing")
    with unit_of_work(office.engine) as session:
        compile_report(
            session, session.get_one(Organ, office.organ_id), YEAR, by=office.by(session, SUPERVISOR, office.today),
            on=office.today, template=ReportTemplate(addressees=TO),
        )  # fmt: skip


Way = Callable[[FilingOffice], object]
ALL = "通过法制审核、通过保密审查、审签"
OPEN: dict[str, tuple[Way, str, str, int]] = {
    "compiled": (lambda _: None, "不是送审的一版", "drafting", 0),
    "submitted": (lambda office: office.until("consulting"), f"“征求意见”环节，还没有{ALL}", "consulting", 0),
    "returned": (returned, f"“起草”环节，还没有{ALL}", "drafting", 0),
    "no legal review": (lambda office: office.until("legal_review"), f"还没有{ALL}", "legal_review", 0),
    "no secrecy review": (lambda office: office.until("secrecy_review"), "没有通过保密审查、审签", "secrecy_review", 1),
    "not signed": (lambda office: office.until("sign_off"), "“领导审签”环节，还没有审签", "sign_off", 2),
    "returned to a review": (returned_to_review, "还没有通过保密审查、审签", "secrecy_review", 1),
    "withdrawn": (withdrawn, f"还没有{ALL}", "drafting", 0),
    "a newer version": (compiled_anew, "不是送审的一版", "drafting", 0),
}
"""How a report comes to where it is not approved; what is said of it; where its draft says it stands, with how many
reviews passed."""


@pytest.mark.parametrize("case", OPEN)
def test_what_is_not_approved_goes_up_as_a_draft_only(office: FilingOffice, case: str) -> None:
    way, told, state, passed = OPEN[case]
    way(office)

    with pytest.raises(ForbiddenError, match=told):
        pack(office)
    packed = pack(office, draft=True)
    report = opened(packed).report
    assert (report.kind, report.state, len(report.signatures)) == (PackageKind.DRAFT, state, passed)
    assert "草稿包（内部版，" in packed.name
    assert "草稿，未经审签，不作为报送的报告" in first_line(packed)


SIGNED: dict[str, tuple[Way, str]] = {
    "signed": (lambda office: office.until("filing"), "filing"),
    "filed": (lambda office: office.until("publishing"), "publishing"),
    "published": (lambda office: office.published(), "publishing"),
    "archived": (archived, "archived"),
}


@pytest.mark.parametrize("case", SIGNED)
def test_what_is_approved_goes_up_with_who_signed_it_and_when(office: FilingOffice, case: str) -> None:
    way, state = SIGNED[case]
    way(office)
    packed = pack(office)
    report = opened(packed).report

    assert (report.kind, report.state) == (PackageKind.FILED, state)
    assert [(one.act.value, one.name, one.on) for one in report.signatures] == [
        ("pass_legal", LEADER, office.today), ("pass_secrecy", LEADER, office.today), ("sign", FIRST, office.today),
    ]  # fmt: skip
    filing = office.filing
    assert (report.delivered_on, report.published_on) == (filing.delivered_on, filing.published_on)
    assert report.bound_hash == filing.content_hash
    assert packed == pack(office)
    assert "上报包（内部版，" in packed.name
    assert f"审签：{FIRST}，2026年1月15日" in first_line(packed)
    assert "草稿" not in first_line(packed)
    with pytest.raises(ForbiddenError, match="已审签，不是草稿"):
        pack(office, draft=True)


def test_a_state_written_past_the_reviews_is_not_believed(office: FilingOffice) -> None:
    office.until("legal_review")
    with unit_of_work(office.engine) as session:
        filing = session.exec(select(Filing)).one()
        filing.state, filing.approved_on = FilingState.FILING, office.today
    with pytest.raises(ForbiddenError, match=f"还没有{ALL}"):
        pack(office)


def test_a_version_changed_after_it_was_signed_goes_nowhere(office: FilingOffice) -> None:
    office.until("filing")
    office.tamper()
    for draft in (False, True):
        with pytest.raises(ForbiddenError, match="改动过"):
            pack(office, draft=draft)


def test_the_editions_cannot_be_taken_for_each_other(office: FilingOffice) -> None:
    with unit_of_work(office.engine) as session:
        block = session.exec(select(ReportBlock).where(col(ReportBlock.text).contains("研讨"))).first()
        assert block is not None
        block.internal = "内部事项"
        figure = session.exec(select(ReportFigure).where(ReportFigure.block_id != block.id)).first()
        assert figure is not None
        figure.internal = "内部数字"
    office.until("filing")
    internal, public = pack(office), pack(office, public=True)

    assert ("（内部版，" in internal.name, "（公开版，" in public.name) == (True, True)
    assert ("【内部版】" in first_line(internal), "【公开版】" in first_line(public)) == (True, True)
    told = [opened(packed).report for packed in (internal, public)]
    assert [one.edition for one in told] == ["internal", "public"]
    assert [holds_internal(report) for report in told] == [True, False]


def holds_internal(report: PackedReport) -> bool:
    blocks = [block for section in report.sections for block in section.blocks]
    return any(block.internal for block in blocks) or any(one.internal for block in blocks for one in block.figures)


def contents(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as archived:
        return {name: archived.read(name) for name in archived.namelist()}


def altered(change: Callable[[dict[str, Any]], object], *, listed: bool) -> bytes:
    """The package with another report in it; `listed`: and in its list, which only the key could sign."""
    files = contents(a_package())
    data = json.loads(files[REPORT])
    change(data)
    files[REPORT] = written(data)
    if listed:
        rest = {name: content for name, content in files.items() if name not in (MANIFEST, SIGNATURE)}
        files[MANIFEST] = contents(seal(rest, OTHER))[MANIFEST]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archived:
        for name, content in files.items():
            archived.writestr(name, content)
    return buffer.getvalue()


CHANGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "kind": lambda data: data.update(DRAFT),
    "state": lambda data: data.update(state="archived"),
    "signer": lambda data: data["signatures"][2].update(name="别人"),
    "day": lambda data: data["signatures"][2].update(on="2026-01-20"),
    "a review left out": lambda data: data["signatures"].pop(0),
    "edition": lambda data: data.update(edition="public"),
    "delivered": lambda data: data.update(delivered_on="2026-02-01"),
    "bound": lambda data: data.update(bound_hash="d" * 64),
}


@pytest.mark.parametrize("listed", [False, True])
@pytest.mark.parametrize("what", CHANGES)
def test_a_package_whose_state_was_altered_fails_verification(what: str, listed: bool) -> None:
    with pytest.raises(BadInputError, match="签名无效" if listed else "与签名时不一致"):
        read_package(altered(CHANGES[what], listed=listed))


def test_nor_does_it_pass_under_another_key(other_engine: Engine, tmp_path: Path) -> None:
    above = Above(other_engine, tmp_path)
    with on_record(above.engine) as session:
        trust_key(session, above.organ(session), CODE, fingerprint_of(KEY), by=administrator(SENT))
    data = report_data()
    data["signatures"] = [*SIGNATURES[:2], signature_data("sign", "2026-01-15", name="别人")]
    with pytest.raises(BadInputError, match="换了签名密钥"):
        above.receive(a_package(data, key=OTHER))


LIES: list[tuple[dict[str, Any], str]] = [
    (FILED | {"signatures": SIGNATURES[1:]}, "没有通过法制审核"),
    (FILED | {"signatures": [SIGNATURES[0], SIGNATURES[2]]}, "没有通过保密审查"),
    (FILED | {"signatures": SIGNATURES[:2]}, "没有审签"),
    (FILED | {"signatures": SIGNATURES[::-1]}, "先后不对"),
    (FILED | {"signatures": [signature_data("pass_legal", "2026-02-01"), *SIGNATURES[1:]]}, "先后不对"),
    (FILED | {"signatures": [SIGNATURES[0], SIGNATURES[0], SIGNATURES[2]]}, "有重复"),
    (FILED | {"signatures": [*SIGNATURES[:2], signature_data("archive", "2026-01-15")]}, "不是审核、审签的事项"),
    (FILED | {"state": "sign_off"}, "报告在“领导审签”环节"),
    (FILED | {"bound_hash": None}, "没有定稿的哈希值"),
    (DRAFT | {"state": "publishing"}, "草稿包中的报告写明已审签"),
    (DRAFT | {"signatures": SIGNATURES}, "草稿包中的报告写明已审签"),
]


@pytest.mark.parametrize(("said", "told"), LIES)
def test_a_package_that_contradicts_itself_is_refused_whoever_signed_it(said: dict[str, Any], told: str) -> None:
    with pytest.raises(UnreadableFileError, match=told):
        read_package(a_package(report_data(**said)))


@pytest.mark.parametrize("where", ["block", "figure"])
def test_a_public_edition_with_something_internal_in_it_is_refused(where: str) -> None:
    data = report_data(edition="public")
    block = data["sections"][0]["blocks"][0]
    (block if where == "block" else block["figures"][0])["internal"] = True
    with pytest.raises(UnreadableFileError, match="称是公开版，但有不公开的段落或数字"):
        read_package(a_package(data))


def test_a_draft_counts_as_nothing_and_what_is_filed_later_does(other_engine: Engine, tmp_path: Path) -> None:
    above = Above(other_engine, tmp_path)

    def standing() -> tuple[str, int, tuple[str, ...], int]:
        with unit_of_work(above.engine) as session:
            organ = above.organ(session)
            water = next(one for one in who_filed(session, organ, YEAR, on=SENT) if one.organ.code == CODE)
            below = gather_below(session, organ, YEAR, on=SENT)
            return water.state.value, water.packages, below.missing, len(below.sums)

    above.receive(a_package(report_data(**DRAFT | {"version": 2})), confirmed=fingerprint_of(KEY))
    assert standing() == ("draft", 0, ("青禾县林业局", "青禾县水务局"), 0)
    above.receive(a_package())
    assert standing() == ("received", 1, ("青禾县林业局",), 1)
