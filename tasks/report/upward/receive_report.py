"""Receiving a report from an organ below: its package is opened, checked, kept as it came, and counted from then on."""

import io
from dataclasses import dataclass

from sqlalchemy import insert
from sqlmodel import Session, col, select

from models.actor import Actor
from models.database import key
from models.errors import BadInputError
from models.people.organ import Organ
from models.people.permission import Action
from models.report.received_report import ReceivedReport
from tasks.acting.authorize import authorize_organ
from tasks.acting.perform import performing_for
from tasks.files.file_store import FileStore
from tasks.files.keep_file import keeping
from tasks.report.upward.report_package import ReportPackage, read_package
from tasks.report.upward.sealing import LARGEST
from tasks.report.upward.trust_key import check_key, hold_sender
from tasks.report.upward.who_filed import find_below

MEDIA_TYPE = "application/zip"


@dataclass(frozen=True)
class PackageReceipt:
    """What became of a package; `new` is False for one that had been received before."""

    report: ReceivedReport
    sender: Organ
    new: bool


def receive_report(
    session: Session, organ: Organ, content: bytes, *, by: Actor, store: FileStore, confirmed: str | None = None
) -> PackageReceipt:
    """Take a package of an organ directly below into `organ`'s records, on record; once, however often it comes.

    `confirmed` is the fingerprint that a person compared with the sender: needed for the first package of an organ.
    Raises ForbiddenError; BadInputError that says what is wrong with the package, its sender or its key;
    UnconfirmedKeyError for a first key nobody has compared. Nothing is kept then.
    """
    authorize_organ(session, by, Action.RECEIVE_REPORT, organ.id)
    package = read_package(content)
    sender = hold_sender(session, sender_of(session, organ, package))
    known = _known(session, sender, package)
    if known is not None:
        return PackageReceipt(known, sender, new=False)
    with performing_for(session, by, Action.RECEIVE_REPORT, organ.id) as record:
        check_key(session, organ, sender, package.fingerprint, by=by, confirmed=confirmed)
        with keeping(session, store, io.BytesIO(content), media_type=MEDIA_TYPE, largest=LARGEST, now=by.now) as stored:
            row = _keep(session, organ, sender, package, stored.sha256, by)
        # The trail says what came in; its text lies in the row, which never changes.
        record.after |= {
            "received_report": row.id, "kind": row.kind.label, "sender": sender.name, "year": row.year,
            "version": row.version, "public": row.public, "sha256": row.package_sha256, "fingerprint": row.fingerprint,
        }  # fmt: skip
    return PackageReceipt(row, sender, new=True)


def sender_of(session: Session, organ: Organ, package: ReportPackage) -> Organ:
    """The organ below whose report the package holds. Raises NotFoundError, BadInputError for one's own."""
    said = package.report.organ
    if said.code == organ.code:
        raise BadInputError(f"这是{organ.name}自己的报告，应由上级机关接收。")
    return find_below(session, organ, said.code)


def _known(session: Session, sender: Organ, package: ReportPackage) -> ReceivedReport | None:
    same = select(ReceivedReport).where(
        ReceivedReport.sender_id == sender.id,
        ReceivedReport.year == package.report.year,
        ReceivedReport.content_hash == package.content_hash,
    )
    return session.exec(same).first()


def _keep(
    session: Session, organ: Organ, sender: Organ, package: ReportPackage, sha256: str, by: Actor
) -> ReceivedReport:
    report = package.report
    values = {
        "organ_id": key(organ.id),
        "sender_id": key(sender.id),
        "year": report.year,
        "version": report.version,
        "kind": report.kind,
        "state": report.state,
        "signatures": [one.model_dump(mode="json") for one in report.signatures],
        "title": report.title,
        "dated_on": report.dated_on,
        "public": report.edition == "public",
        "bound_hash": report.bound_hash,
        "content_hash": package.content_hash,
        "package_sha256": sha256,
        "fingerprint": package.fingerprint,
        "received_on": by.on,
        "received_at": by.now,
        "received_by_id": by.person_id,
        "figures": [figure.model_dump(mode="json") for figure in report.figures],
        "sections": [section.model_dump(mode="json") for section in report.sections],
        "evidence": [piece.model_dump(mode="json") for piece in package.evidence],
    }
    made = session.execute(insert(ReceivedReport).values(values).returning(col(ReceivedReport.id))).scalar_one()
    return session.get_one(ReceivedReport, made)
