"""Two offices on two machines: one below that reports, and the one above that receives."""

import datetime as dt
from pathlib import Path
from typing import Any

from joserfc.jwk import OKPKey
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from models.actor import Actor, Channel
from models.clock import opening_of
from models.database import key, on_record, unit_of_work
from models.ledgers.enforcement_case import EnforcementCase, Procedure
from models.people.organ import Organ
from models.people.person import Person, Post, Role, Tenure
from models.report.filing import FilingState
from models.report.report import Report
from tasks.files.file_store import FileStore
from tasks.papers.official_document import OfficialDocument, Paragraph, TextRun, render
from tasks.report.compiling.compile_report import compile_report
from tasks.report.compiling.template import ReportTemplate
from tasks.report.filing.approval import approval_of
from tasks.report.filing.pack_report import PackedFile, pack_report
from tasks.report.filing.review import forward, pass_legal, pass_secrecy, return_, sign_off, submit
from tasks.report.filing.step import filing_of
from tasks.report.upward.receive_report import PackageReceipt, receive_report
from tasks.report.upward.report_package import DOCUMENT, EVIDENCE, REPORT
from tasks.report.upward.sealing import seal, written
from tasks.report.upward.signing_key import signing_key
from tests.actors import administrator
from tests.filing import vouch
from tests.report_year import a_year

KEY = OKPKey.generate_key("Ed25519")
"""Somebody's key."""
NAME, CODE = "青禾县水务局", "water"
SAID = "年内办理行政执法案件13起。"
SENT = dt.date(2026, 1, 16)
TEMPLATE = ReportTemplate(addressees=("青禾县人民政府",))


def approve(session: Session, organ: Organ, year: int, *, on: dt.date = SENT) -> None:
    """The newest version goes its way up to the signature, each step by whoever may; an older one is returned."""
    people = {role: _seated(session, organ, role) for role in (Role.SUPERVISOR, Role.LEADER, Role.FIRST_RESPONSIBLE)}

    def by(role: Role) -> Actor:
        return Actor(people[role].name, Channel.COMMAND, on, opening_of(on), people[role].id)

    former = filing_of(session, organ, year)
    if former is not None and former.state is not FilingState.DRAFTING:
        return_(session, former, by=by(Role.FIRST_RESPONSIBLE), reason="有新的一版")
    vouch(session, organ, year)
    filing = submit(session, organ, year, by=by(Role.SUPERVISOR))
    forward(session, filing, by=by(Role.SUPERVISOR), reason="不涉及其他科室")
    pass_legal(session, filing, by=by(Role.LEADER), opinion="合法")
    pass_secrecy(session, filing, by=by(Role.LEADER), reason="不涉密")
    sign_off(session, filing, by=by(Role.FIRST_RESPONSIBLE), accepting="已核对")


def _seated(session: Session, organ: Organ, role: Role) -> Person:
    """Somebody of the organ with that role."""
    name = f"{organ.name[:3]}{role.label}"
    found = session.exec(select(Person).where(Person.name == name)).first()
    if found is None:
        found, post = Person(organ_id=key(organ.id), name=name), Post(organ_id=key(organ.id), title="职务", role=role)
        session.add_all([found, post])
        session.flush()
        session.add(Tenure(post_id=key(post.id), person_id=key(found.id), started_on=dt.date(2000, 1, 1)))
        session.flush()
    return found


class Below:
    """青禾县水务局 with its report of 2025, and the key it signs with."""

    def __init__(self, engine: Engine, home: Path) -> None:
        self.engine, self.home = engine, home
        with unit_of_work(engine) as session:
            a_year(session).compile(template=TEMPLATE)

    @property
    def signing_key(self) -> OKPKey:
        return signing_key(self.home)

    def pack(self, *, public: bool = False, draft: bool = False) -> PackedFile:
        """The newest version; what is not a draft is reviewed and signed first."""
        with on_record(self.engine) as session:
            report = session.exec(select(Report).order_by(col(Report.version).desc())).first()
            assert report is not None
            if not (draft or approval_of(session, report).complete):
                approve(session, session.exec(select(Organ)).one(), 2025)
            return pack_report(
                session, report, by=administrator(SENT), key=self.signing_key, public=public, draft=draft
            )

    def revise(self) -> None:
        """A further case comes to light, and the report is compiled anew."""
        on = dt.date(2026, 2, 2)
        with unit_of_work(self.engine) as session:
            organ = session.exec(select(Organ)).one()
            found = EnforcementCase(
                organ_id=key(organ.id), procedure=Procedure.SIMPLE, decided_on=dt.date(2025, 5, 5),
                recorded_at=opening_of(on),
            )  # fmt: skip
            session.add(found)
            session.flush()
            compile_report(session, organ, 2025, by=administrator(on), on=on, template=TEMPLATE)


class Above:
    """县政府 with two organs below."""

    def __init__(self, engine: Engine, home: Path) -> None:
        self.engine = engine
        self.store = FileStore(home / "store")
        with unit_of_work(engine) as session:
            organ = Organ(code="county", name="青禾县人民政府")
            session.add(organ)
            session.flush()
            session.add(Organ(code=CODE, name=NAME, parent_id=organ.id))
            session.add(Organ(code="forest", name="青禾县林业局", parent_id=organ.id))
            session.add(Organ(code="stranger", name="别县水务局"))

    def organ(self, session: Session) -> Organ:
        return session.exec(select(Organ).where(Organ.code == "county")).one()

    def receive(self, content: bytes, *, on: dt.date = SENT, **more: Any) -> PackageReceipt:
        with on_record(self.engine) as session:
            return receive_report(session, self.organ(session), content, by=administrator(on), store=self.store, **more)


def signature_data(act: str, on: str, **more: Any) -> dict[str, Any]:
    """A review or a signature."""
    return {"act": act, "name": "沈局长", "stood_in_for": None, "on": on} | more


SIGNATURES = [
    signature_data("pass_legal", "2026-01-13", name="顾副局长"), signature_data("pass_secrecy", "2026-01-14"),
    signature_data("sign", "2026-01-15"),
]  # fmt: skip
FILED: dict[str, Any] = {
    "kind": "filed", "state": "filing", "signatures": SIGNATURES, "delivered_on": None, "published_on": None,
}  # fmt: skip
"""What a filed report says of how far it has come."""
DRAFT: dict[str, Any] = FILED | {"kind": "draft", "state": "drafting", "signatures": [], "bound_hash": None}
"""What a draft says of it."""


def report_data(**more: Any) -> dict[str, Any]:
    """What `report.json` of a small report says, with what is to be otherwise."""
    block = {"heading": None, "text": SAID, "verified": True, "internal": False, "figures": [figure_data()]}
    section = {"kind": "achievements", "number": "一、", "heading": "主要举措和成效", "blocks": [block]}
    return {
        "format": "duban-report", "schema_version": 2, **FILED, "organ": {"code": CODE, "name": NAME}, "year": 2025,
        "version": 1, "edition": "internal", "title": f"{NAME}2025年度报告", "dated_on": "2026-01-15",
        "snapshot": "a" * 64, "bound_hash": "c" * 64, "sections": [section],
    } | more  # fmt: skip


def figure_data(**more: Any) -> dict[str, Any]:
    """A figure of it."""
    return {
        "code": "case.cases", "name": "行政执法案件", "definition": "决定日期在期间内的案件", "value": "13",
        "unit": "起", "approximate": False, "first_on": "2025-01-01", "last_on": "2025-12-31",
        "row_count": 13, "row_hash": "b" * 64, "internal": False,
    } | more  # fmt: skip


def a_package(report: Any = None, *, key: OKPKey = KEY, evidence: Any = None, document: bytes | None = None) -> bytes:
    """A package of a sender that packs what it likes, soundly signed."""
    paper = OfficialDocument("年度报告", None, (Paragraph((TextRun(SAID),)),), NAME, SENT)
    files = {
        REPORT: written(report if report is not None else report_data()),
        EVIDENCE: written(evidence if evidence is not None else {"pieces": []}),
        DOCUMENT: document if document is not None else render(paper),
    }
    return seal(files, key)
