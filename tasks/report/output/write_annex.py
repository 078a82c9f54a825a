"""The annex of evidence (佐证材料): what a report rests on, as one archive with a list of what is in it.

Files lie in folders by category; the list says of each its hash, its size and the record it belongs to.
"""

import csv
import hashlib
import io
import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from sqlmodel import Session, col, select

from models.errors import DubanError, NotFoundError
from models.items.evidence import Evidence, EvidenceState, StoredFile
from models.items.file_kind import safe_name
from models.items.item import WorkItem
from models.items.progress import ProgressEntry
from models.ledgers.kinds import KINDS
from models.ledgers.leadership_act import LeadershipAct
from models.report.report import describe_row
from tasks.files.file_store import FileStore
from tasks.report.compiling.compiled import CompiledReport

LIST, MANIFEST = "清单.csv", "manifest.json"
HEADER = ("序号", "类别", "文件", "所属记录", "记录内容", "报告段落", "日期", "公开", "大小（字节）", "SHA-256")

_ACT = "act"
_BATCH = 500
_CHUNK = 1024 * 1024
_MOMENT = (1980, 1, 1, 0, 0, 0)
_UNIX, _FILE = 3, 0o100644
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class AnnexPiece:
    """One file of the annex: where it lies in it, the row it belongs to and the blocks that rest on that row."""

    path: str
    category: str
    row: str
    what: str
    blocks: tuple[str, ...]
    evidence: int
    name: str
    on: str
    public: bool
    size: int
    """Bytes."""
    sha256: str


def annex_pieces(session: Session, report: CompiledReport, *, public: bool) -> list[AnnexPiece]:
    """The files that belong to what the report cites, each once, in the order of the folders and of the report.

    Those replaced or not accepted are left out, and with `public` those that are internal.
    """
    owners = _owners(session, report)
    pieces: list[AnnexPiece] = []
    taken: set[str] = set()
    for evidence, size in _evidence(session, owners, public=public):
        row = describe_row("item", evidence.item_id) if evidence.item_id else describe_row(_ACT, evidence.act_id)
        what, blocks = owners[row]
        pieces.append(
            AnnexPiece(
                path=_path(evidence, what, taken),
                category=evidence.category.label,
                row=row,
                what=what,
                blocks=tuple(blocks),
                evidence=evidence.id or 0,
                name=evidence.name,
                on=evidence.on.isoformat(),
                public=evidence.public,
                size=size,
                sha256=evidence.sha256,
            )
        )
    return pieces


def write_annex(
    session: Session, report: CompiledReport, out: BinaryIO, store: FileStore, *, public: bool
) -> list[AnnexPiece]:
    """Write the archive to `out`, file by file: none is held whole. The same rows and files give the same bytes.

    Raises DubanError that names the piece whose file is lost or damaged; what was written by then is of no use.
    """
    pieces = annex_pieces(session, report, public=public)
    # Stored, not deflated: evidence is mostly compressed already, and deflate's output depends on the zlib at hand.
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(_entry(LIST), _list(pieces))
        archive.writestr(_entry(MANIFEST), _manifest(report, pieces, public=public))
        for piece in pieces:
            _copy(archive, piece, store)
    return pieces


def _copy(archive: zipfile.ZipFile, piece: AnnexPiece, store: FileStore) -> None:
    digest, entry = hashlib.sha256(), _entry(piece.path)
    entry.file_size = piece.size
    try:
        with store.open(piece.sha256) as source, archive.open(entry, "w") as target:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                target.write(chunk)
    except NotFoundError as error:
        raise _damaged(piece) from error
    if digest.hexdigest() != piece.sha256:
        raise _damaged(piece)


def _damaged(piece: AnnexPiece) -> DubanError:
    return DubanError(
        f"佐证材料“{piece.name}”（编号 {piece.evidence}，{piece.what}）的文件缺失或已损坏，附件没有生成："
        "请告诉管理员从备份中恢复。"
    )


def _owners(session: Session, report: CompiledReport) -> dict[str, tuple[str, list[str]]]:
    """The items and acts that the report cites, itself or by their progress and ledger rows: words, and the blocks."""
    cited: dict[str, list[str]] = defaultdict(list)
    for block in report.blocks:
        for row in dict.fromkeys([*block.sources, *(row for figure in block.figures for row in figure.rows)]):
            cited[row].append(block.key)
    owned: dict[str, list[str]] = defaultdict(list)
    for row, owner in _belonging(session, cited):
        owned[owner] += [block for block in cited[row] if block not in owned[owner]]
    return {owner: (words, owned[owner]) for owner, words in _words(session, owned).items()}


def _belonging(session: Session, rows: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each row with the item or act whose evidence shows it: an act has its own, and its item's as well."""
    ids: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        table, _, number = row.partition(":")
        if number.isdecimal():
            ids[table].append(int(number))
    for table, wanted in ids.items():
        if table in ("item", _ACT):
            yield from ((describe_row(table, one), describe_row(table, one)) for one in wanted)
        holder: Any = ProgressEntry if table == "progress" else KINDS[table].table if table in KINDS else None
        if holder is None:
            continue
        for batch in _batches(wanted):
            for row_id, item_id in session.exec(select(holder.id, holder.item_id).where(holder.id.in_(batch))):
                if item_id is not None:
                    yield describe_row(table, row_id), describe_row("item", item_id)


def _words(session: Session, owners: Iterable[str]) -> dict[str, str]:
    listed = [owner.partition(":") for owner in owners]
    words: dict[str, str] = {}
    for batch in _batches([int(number) for table, _, number in listed if table == "item"]):
        items = select(WorkItem.id, WorkItem.number, WorkItem.title).where(col(WorkItem.id).in_(batch))
        words |= {describe_row("item", row): f"任务{number} {title}" for row, number, title in session.exec(items)}
    for batch in _batches([int(number) for table, _, number in listed if table == _ACT]):
        acts = select(col(LeadershipAct.id), col(LeadershipAct.on)).where(col(LeadershipAct.id).in_(batch))
        words |= {describe_row(_ACT, row): f"履职记录{on.isoformat()}" for row, on in session.exec(acts)}
    return words


def _evidence(session: Session, owners: Iterable[str], *, public: bool) -> list[tuple[Evidence, int]]:
    """The pieces of these owners with their sizes (bytes): by category, then as the report cites them, then by age."""
    place = {owner: number for number, owner in enumerate(owners)}
    listed = [owner.partition(":") for owner in place]
    pieces: list[tuple[Evidence, int]] = []
    for table, column in (("item", col(Evidence.item_id)), (_ACT, col(Evidence.act_id))):
        for batch in _batches([int(number) for kind, _, number in listed if kind == table]):
            query = (
                select(Evidence, StoredFile.size)
                .join(StoredFile, col(StoredFile.sha256) == Evidence.sha256)
                .where(column.in_(batch), col(Evidence.state).not_in([EvidenceState.REPLACED, EvidenceState.REJECTED]))
            )
            pieces += session.exec(query.where(col(Evidence.public)) if public else query).all()
    categories = list(type(pieces[0][0].category)) if pieces else []

    def order(one: tuple[Evidence, int]) -> tuple[int, int, int]:
        piece = one[0]
        owner = describe_row("item", piece.item_id) if piece.item_id else describe_row(_ACT, piece.act_id)
        return categories.index(piece.category), place[owner], piece.id or 0

    return sorted(pieces, key=order)


def _batches(numbers: list[int]) -> Iterator[list[int]]:
    return (numbers[start : start + _BATCH] for start in range(0, len(numbers), _BATCH))


def _path(evidence: Evidence, what: str, taken: set[str]) -> str:
    """A path that any system can unpack and that no other file of the archive has, whatever the case of its letters."""
    whole = safe_name(f"{what.partition(' ')[0]}_{safe_name(evidence.name)}")
    stem, dot, ending = whole.rpartition(".") if re.search(r"\.\w{1,16}$", whole) else (whole, "", "")
    # A folder, a name and an ending together stay within the 255 bytes that file systems allow a name.
    while len(stem.encode()) > 200:
        stem = stem[:-1]
    number = 1
    while True:
        path = f"{evidence.category.label}/{stem}{f'({number})' if number > 1 else ''}{dot}{ending}"
        if path.casefold() not in taken:
            taken.add(path.casefold())
            return path
        number += 1


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, date_time=_MOMENT)
    # Made by Unix, whatever the machine: unzip reads names of MS-DOS in its code page, and heeds no mark of UTF-8.
    entry.create_system = _UNIX
    entry.external_attr = _FILE << 16
    return entry


def _list(pieces: Iterable[AnnexPiece]) -> bytes:
    text = io.StringIO()
    sheet = csv.writer(text, lineterminator="\r\n")
    sheet.writerow(HEADER)
    for number, piece in enumerate(pieces, start=1):
        told = (piece.category, piece.path, piece.row, piece.what, " ".join(piece.blocks), piece.on)
        sheet.writerow([number, *map(_plain, told), "公开" if piece.public else "内部", piece.size, piece.sha256])
    return text.getvalue().encode("utf-8-sig")


def _plain(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text


def _manifest(report: CompiledReport, pieces: Iterable[AnnexPiece], *, public: bool) -> bytes:
    told = {
        "organ": report.organ,
        "year": report.year,
        "version": report.version,
        "snapshot": report.snapshot,
        "edition": "public" if public else "internal",
        "files": [
            {
                "path": piece.path, "sha256": piece.sha256, "size": piece.size, "row": piece.row, "what": piece.what,
                "blocks": list(piece.blocks), "evidence": piece.evidence, "name": piece.name,
                "category": piece.category, "on": piece.on, "public": piece.public,
            }
            for piece in pieces
        ],
    }  # fmt: skip
    return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()
