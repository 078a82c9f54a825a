"""双公示 as the credit system takes it: permits and penalties in the columns of the national data standard.

A row that misses something the standard asks for is not written there but listed with what it misses: the platform
would send the whole file back (docs/official-forms.md).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.errors import BadInputError
from models.exact import decimal_text
from models.later import later
from models.ledgers.credit_publicity import KIND, CreditKind, CreditPublicity
from models.ledgers.official.credit_standard import PartyKind
from models.people.organ import Organ
from tasks.files.workbook import Book, Column

if TYPE_CHECKING:
    from stdnum.cn import uscc
else:
    uscc = later("stdnum.cn.uscc")

_MYRIAD = Decimal(10_000)
_REGISTERED = (PartyKind.LEGAL, PartyKind.TRADER)


@dataclass(frozen=True)
class Missing:
    """What keeps a row out of the sheets."""

    row: int
    called: str
    columns: tuple[str, ...]
    """The headings of the ledger's form that want filling in."""


@dataclass(frozen=True)
class CreditSheet:
    """What was written: rows of either kind, and the rows left out."""

    permits: int
    penalties: int
    missing: tuple[Missing, ...]

    @property
    def told(self) -> str:
        """What a person is told of it."""
        left = f"；{len(self.missing)} 条内容不全，没有写入，列在“待补内容”表中" if self.missing else ""
        return f"写出行政许可 {self.permits} 条、行政处罚 {self.penalties} 条{left}。"


@dataclass(frozen=True)
class _Source:
    """Who decided, and who reports: here one and the same."""

    name: str
    code: str


_Cell = Callable[[CreditPublicity, _Source], str]


def _said(name: str) -> _Cell:
    return lambda row, _source: _text(getattr(row, name))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.date):
        return f"{value:%Y/%m/%d}"
    return str(getattr(value, "label", value))


def _in_myriads(name: str) -> _Cell:
    def cell(row: CreditPublicity, _source: _Source) -> str:
        amount: Decimal | None = getattr(row, name)
        return "" if amount is None else decimal_text(amount / _MYRIAD)

    return cell


def _empty(_row: CreditPublicity, _source: _Source) -> str:
    return ""


_PARTY: tuple[tuple[str, _Cell], ...] = (
    ("行政相对人名称", _said("party")),
    ("行政相对人类别", _said("party_kind")),
    ("行政相对人代码_1（统一社会信用代码）", _said("party_code")),
    # Numbers from before 2015, which the credit code took the place of.
    ("行政相对人代码_2（工商注册号）", _empty),
    ("行政相对人代码_3（组织机构代码）", _empty),
    ("行政相对人代码_4（税务登记号）", _empty),
    ("行政相对人代码_5（事业单位证书号）", _empty),
    ("行政相对人代码_6（社会组织登记证号）", _empty),
    ("法定代表人", _said("representative")),
    ("法定代表人证件类型", _empty),
    ("法定代表人证件号码", _empty),
    ("证件类型", _said("id_kind")),
    ("证件号码", _said("id_number")),
)
_END: tuple[tuple[str, _Cell], ...] = (
    ("数据来源单位", lambda _row, source: source.name),
    ("数据来源单位统一社会信用代码", lambda _row, source: source.code),
    ("备注", _said("note")),
)
PERMIT: tuple[tuple[str, _Cell], ...] = (
    *_PARTY,
    ("行政许可决定文书名称", _said("document")),
    ("行政许可决定文书号", _said("number")),
    ("许可类别", _said("permit_kind")),
    ("许可证书名称", _said("certificate")),
    ("许可编号", _said("certificate_number")),
    ("许可内容", _said("content")),
    ("许可决定日期", _said("decided_on")),
    ("有效期自", _said("valid_from")),
    ("有效期至", _said("valid_until")),
    ("许可机关", lambda _row, source: source.name),
    ("许可机关统一社会信用代码", lambda _row, source: source.code),
    ("当前状态", _empty),
    *_END,
)
PENALTY: tuple[tuple[str, _Cell], ...] = (
    *_PARTY,
    ("行政处罚决定书文号", _said("number")),
    ("违法行为类型", _said("violation")),
    ("违法事实", _said("facts")),
    ("处罚依据", _said("basis")),
    ("处罚类别", _said("penalties")),
    ("处罚内容", _said("content")),
    ("罚款金额（万元）", _in_myriads("fine")),
    ("没收违法所得、没收非法财物的金额（万元）", _in_myriads("confiscated")),
    ("暂扣或吊销证照名称及编号", _said("licence")),
    ("处罚决定日期", _said("decided_on")),
    ("处罚有效期", _said("valid_until")),
    ("公示截止期", _said("public_until")),
    ("处罚机关", lambda _row, source: source.name),
    ("处罚机关统一社会信用代码", lambda _row, source: source.code),
    *_END,
)
_SHEETS = ((CreditKind.PERMIT, "行政许可", PERMIT), (CreditKind.PENALTY, "行政处罚", PENALTY))
_LONG = ("内容", "事实", "依据", "备注", "名称")


def write_credit_sheet(
    rows: Iterable[CreditPublicity], path: Path, *, organ: Organ, credit_code: str | None, unsent: bool = False
) -> CreditSheet:
    """Write the decisions to an .xlsx, one sheet for permits, one for penalties, and one for what is left out.

    With `unsent` those that went to the credit system already are passed over. `credit_code` is the organ's own; none:
    its code here, where that is one. Raises BadInputError for a wrong one, or where the file cannot be written.
    """
    source = _Source(organ.name, _code_of(organ, credit_code))
    counts = dict.fromkeys(CreditKind, 0)
    missing: list[Missing] = []
    with Book() as book:
        pages = {
            kind: book.page(f"{organ.name}{title}信用信息公示", title, [_column(heading) for heading, _ in columns])
            for kind, title, columns in _SHEETS
        }
        columns_of = {kind: columns for kind, _, columns in _SHEETS}
        for row in rows:
            if unsent and row.sent_on is not None:
                continue
            if wanted := tuple(_missing(row)):
                missing.append(
                    Missing(row.id or 0, KIND.name_of(row), tuple(KIND.field(name).label for name in wanted))
                )
                continue
            pages[row.kind].add([cell(row, source) for _, cell in columns_of[row.kind]])
            counts[row.kind] += 1
        if missing:
            listed = book.page("待补内容", "待补内容", [Column("编号", 9), Column("记录", 40), Column("应补填", 60)])
            for one in missing:
                listed.add([one.row, one.called, "、".join(one.columns)])
        book.save(path)
    return CreditSheet(counts[CreditKind.PERMIT], counts[CreditKind.PENALTY], tuple(missing))


def _code_of(organ: Organ, given: str | None) -> str:
    code = (given or "").strip() or organ.code
    if not uscc.is_valid(code):
        said = (
            f"“{given}”不是统一社会信用代码" if given else f"{organ.name}的单位代码“{organ.code}”不是统一社会信用代码"
        )
        raise BadInputError(f"{said}：应为本单位的18位代码，且校验位相符（GB 32100）。")
    return uscc.compact(code)


def _column(heading: str) -> Column:
    return Column(heading, 32 if heading.endswith(_LONG) else 18)


def _missing(row: CreditPublicity) -> Iterator[str]:
    """The fields that the standard asks of such a row and that it does not have."""
    wanted = ["party", "party_kind", "number", "content"]
    if row.party_kind in _REGISTERED:
        wanted += ["party_code"]
    if row.party_kind is PartyKind.LEGAL:
        wanted += ["representative"]
    if row.party_kind is PartyKind.PERSON:
        wanted += ["id_kind", "id_number"]
    if row.kind is CreditKind.PERMIT:
        wanted += ["document", "permit_kind", "valid_from", "valid_until"]
    else:
        wanted += ["violation", "facts", "basis", "penalties"]
        said = row.penalties or ""
        wanted += ["fine"] if "罚款" in said else []
        wanted += ["confiscated"] if "没收" in said else []
        wanted += ["licence"] if "暂扣" in said or "吊销" in said else []
    return (name for name in wanted if getattr(row, name) in (None, ""))
