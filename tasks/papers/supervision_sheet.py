"""Supervision sheets (督办单) and urging slips (催办单): one page each that goes to a unit and comes back signed."""

from dataclasses import dataclass
from datetime import date

from models.ladder.policy import Colour
from tasks.papers import paper
from tasks.papers.forms import Band, Cell, Form, FormRow, form_height, label
from tasks.papers.official_document import Block, OfficialDocument, Paragraph, Table, TextRun, title_lines
from tasks.papers.widened import widened
from tasks.wording.days import long_day, short_day
from tasks.wording.palette import SHEETS

# Two pairs of label and content; a label of four characters stands on one line.
_WIDTHS = (5.2, 13.2, 5.2, 13.2)

# Lines of the space in which a unit writes what it did: what the page leaves, within these bounds.
_LEAST_REPLY, _MOST_REPLY = 4, 12
# Programs set tables a little differently: so much of the page stays free, in twips.
_SPARE = 2 * paper.TABLE_LINE

_SIGN = "负责人签字：　　　　　　　　（盖章）　　　　年　　月　　日"
_WHEN = "　　年　　月　　日　　时"


@dataclass(frozen=True)
class SupervisionSheet:
    """One item under supervision, as its sheet says it.

    kind: 督办单, 红色督办单, 蓝色督查单; with the organ before it the title of the sheet.
    number: 文号, as in 青水督〔2026〕3号.
    overdue_words: how the due day stands, as in 逾期7个工作日.
    feedback: 反馈周期 in words, as in 一次性反馈 or 每月25日前.
    contact, phone: 督办联系人, whom the unit may ask.
    requirement: 办理要求. reply_by: the day by which the unit replies.
    reply, signed_by, signed_on: what came back, for a sheet that is filed; without them the space stays free.

    Texts that are not known are empty and leave their cell empty.
    """

    organ: str
    kind: str
    number: str
    colour: Colour
    matter: str
    content: str
    instructing_leaders: str
    lead_leader: str
    cooperating_leaders: str
    lead_unit: str
    cooperating_units: tuple[str, ...]
    due_on: date
    original_due_on: date | None
    overdue_words: str
    feedback: str
    contact: str
    phone: str
    requirement: str
    issued_on: date
    reply_by: date | None
    reply: str = ""
    signed_by: str = ""
    signed_on: date | None = None


@dataclass(frozen=True)
class UrgedItem:
    """One item of an urging slip: how it stands, and how often it has been urged, this slip included."""

    number: str
    title: str
    unit: str
    person: str
    due_on: date
    state: str
    times: int


@dataclass(frozen=True)
class UrgingSlip:
    """Items that are asked after together (催办单), addressed to one unit or person.

    demand: 催办要求. reply_by: 回复期限.
    """

    organ: str
    number: str
    addressee: str
    items: tuple[UrgedItem, ...]
    demand: str
    reply_by: date
    contact: str
    phone: str
    issued_on: date
    kind: str = "催办单"


def lay_out_sheet(sheet: SupervisionSheet) -> OfficialDocument:
    """The sheet, on one page of A4 unless its texts are unusually long."""
    sheet = widened(sheet)
    title = _title(sheet.organ, sheet.kind)
    least = _sheet_form(sheet, _LEAST_REPLY)
    # The title and a blank line; a blank line, the signature and the day.
    outside = (len(title_lines(title)) + 1 + 3) * paper.LINE_PITCH + _SPARE
    room = paper.LINES_PER_PAGE * paper.LINE_PITCH - outside - form_height(least)
    lines = min(max(_LEAST_REPLY + room // paper.TABLE_LINE, _LEAST_REPLY), _MOST_REPLY)
    return OfficialDocument(
        title=title,
        addressee=None,
        body=(_sheet_form(sheet, lines),),
        signature=sheet.organ,
        dated_on=sheet.issued_on,
    )


def _sheet_form(sheet: SupervisionSheet, reply_lines: int) -> Form:
    band = None
    if sheet.colour in SHEETS:
        words = "　　".join(filter(None, (f"督办等级：{sheet.colour.label}色", sheet.overdue_words)))
        band = Band(words, SHEETS[sheet.colour])
    due = [long_day(sheet.due_on)]
    if sheet.original_due_on:
        due.append(f"（原定{long_day(sheet.original_due_on)}）")
    if sheet.overdue_words and not band:
        due.append(sheet.overdue_words)
    return Form(
        widths=_WIDTHS,
        rows=(
            _pairs(("文号", sheet.number), ("反馈周期", sheet.feedback)),
            _whole("督办事项", sheet.matter),
            _whole("督办内容", sheet.content, lines=3),
            _pairs(("批示领导", sheet.instructing_leaders), ("牵头领导", sheet.lead_leader)),
            _pairs(("牵头单位", sheet.lead_unit), ("配合领导", sheet.cooperating_leaders)),
            _whole("配合单位", "、".join(sheet.cooperating_units)),
            _pairs(("完成时限", "\n".join(due)), ("回复期限", long_day(sheet.reply_by))),
            _whole("办理要求", sheet.requirement, lines=2),
            _pairs(("联系人", sheet.contact), ("联系电话", sheet.phone)),
            _whole("承办单位反馈", sheet.reply, lines=reply_lines, foot=_SIGN),
            _receipt(sheet.signed_by, sheet.signed_on),
        ),
        band=band,
    )


def lay_out_urging(slip: UrgingSlip) -> OfficialDocument:
    """The slip: its items in a table, what is asked and by when, and the space for the receipt."""
    slip = widened(slip)
    items = Table(
        header=("序号", "编号", "事项", "牵头单位", "承办人", "时限", "现状", "催办次数"),
        rows=tuple(
            (
                str(place),
                item.number,
                item.title,
                item.unit,
                item.person,
                short_day(item.due_on, beside=slip.issued_on),
                item.state,
                str(item.times),
            )
            for place, item in enumerate(slip.items, start=1)
        ),
        widths=(2.8, 5.2, 11.2, 6, 4, 5.2, 5.2, 3.2),
        dense=True,
    )
    form = Form(
        widths=_WIDTHS,
        rows=(
            _whole("催办要求", slip.demand, lines=3),
            _pairs(("文号", slip.number), ("回复期限", long_day(slip.reply_by))),
            _pairs(("联系人", slip.contact), ("联系电话", slip.phone)),
            _whole("承办单位回复", "", lines=_LEAST_REPLY, foot=_SIGN),
            _receipt("", None),
        ),
    )
    opening = f"下列{len(slip.items)}项督办事项需抓紧办理，请于{long_day(slip.reply_by)}前书面回复。"
    body: tuple[Block, ...] = (Paragraph((TextRun(opening),)), items, form)
    return OfficialDocument(
        title=_title(slip.organ, slip.kind),
        addressee=slip.addressee,
        body=body,
        signature=slip.organ,
        dated_on=slip.issued_on,
    )


def _title(organ: str, kind: str) -> str:
    """On one line, or the kind on a line of its own under a long name."""
    together = f"{organ}{kind}"
    return together if paper.width(together) <= paper.TITLE_ROOM else f"{organ}\n{kind}"


def _pairs(*pairs: tuple[str, str]) -> FormRow:
    return FormRow(tuple(cell for name, text in pairs for cell in (label(name), Cell(text))))


def _whole(name: str, text: str, *, lines: int = 1, foot: str = "") -> FormRow:
    """A label and one cell over the rest of the row."""
    return FormRow((label(name), Cell(text, span=len(_WIDTHS) - 1, foot=foot)), lines)


def _receipt(signed_by: str, signed_on: date | None) -> FormRow:
    return _pairs(("签收人", signed_by), ("签收时间", long_day(signed_on) or _WHEN))
