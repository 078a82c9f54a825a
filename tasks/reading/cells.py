"""What one cell of a ledger says, by column. Each reader raises `CellRefusedError` with what would be accepted."""

import datetime as dt
import re
from typing import NamedTuple

from models.dates.due_text import ACCEPTED, DueTextError, read_day, understand
from models.items.arrival import Arrival
from models.items.item import Importance, ItemState
from models.secrecy import INTERNAL
from tasks.containers.sheet_marks import Broken
from tasks.reading.sheet import Cell

PENDING = "（待确认）"
"""Behind a due text: the rule was taken from a document and a person has yet to confirm it by deleting this."""

_PENDING = re.compile(r"\s*[(（]待确认[)）]\s*$")
_DAY = re.compile(r"(?:\d{4}年)?\d{1,2}月\d{1,2}[日号]")
_TRAILING = ".、\uff0e \t"
_ERROR = re.compile(r"#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA)")
_ONCE = re.compile(r"(?:一次性|单次|一次)(?:反馈|完成|报送)?|无")
_TARGET = re.compile(
    r"(?:≥|>=?|>|不少于|不低于|不小于|至少|达到?|完成)?\s*(?P<count>\d+(?:\.\d+)?)\s*(?P<unit>[^\d\s]{0,20}?)\s*(?:及?以上)?"
)
_LABELS = {member.label: member for member in Importance} | {member.value: member for member in Importance}
_ARRIVALS = {
    Arrival.NOT_BEGUN: "未开始 未启动 待启动 未开展 未办 待办 未签收",
    Arrival.IN_WORK: "在办 进行中 正在进行 推进中 正在推进 办理中 正在办理 实施中 落实中 开展中 已启动 已开展 正常推进"
    " 有序推进 持续推进 按序时推进 未完成 未办结",
    Arrival.DONE: "已办结 办结 已完成 完成 已办 已办理 已落实 已结 完结 已完结 销号 已关闭",
}  # fmt: skip
_STATES = {word: arrival for arrival, words in _ARRIVALS.items() for word in words.split()} | {
    state.label: Arrival.NOT_BEGUN if state in (ItemState.DRAFT, ItemState.ISSUED) else
    Arrival.DONE if state is ItemState.CLOSED else Arrival.IN_WORK
    for state in ItemState if state is not ItemState.CANCELLED
}  # fmt: skip
"""The words of lists, and those that an export writes."""


class CellRefusedError(ValueError):
    """A cell that cannot be taken; the text says what is wrong and what would be accepted."""


class Due(NamedTuple):
    """When an item is due, as one or two cells (时限 and 周期) say it."""

    text: str
    due_on: dt.date | None
    start_on: dt.date | None
    recurrence: str | None
    unconfirmed: bool
    note: str


class Target(NamedTuple):
    """A quantity to be reached (≥4次)."""

    value: float
    unit: str | None


def broken(cell: Cell) -> str | None:
    """Why a cell has nothing to be read, where it shows an error or a formula whose value was not stored."""
    if isinstance(cell, str) and cell.startswith("#") and _ERROR.fullmatch(cell.strip()):
        return "这是表格软件的错误值：请改正公式，或直接填写内容。"
    if isinstance(cell, Broken):
        return "这是公式，文件里没有存它的结果：请用 Excel 或 WPS 打开并保存一次，或直接填写内容。"
    return None


def plain(cell: Cell) -> str:
    """A cell as one line of text, the way a person reads it: 1.0 is 1, a day is 2026-06-30."""
    if isinstance(cell, str):
        text = cell.strip()
        return "".join(map(str.strip, re.split(r"[\r\n]", text))) if "\n" in text or "\r" in text else text
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return f"{cell:%Y-%m-%d}"
    return str(cell)


def lines(cell: Cell) -> str:
    """A cell as text that keeps its line breaks."""
    return cell.strip().replace("\r\n", "\n") if isinstance(cell, str) else plain(cell)


def number(cell: Cell) -> str:
    """The office's own number as text: 1.0 and `1.` are 1, `2025-Q3-007` stays."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.date | dt.time | dt.timedelta):
        raise CellRefusedError("编号被表格软件当成了日期：请把此列设为“文本”格式后重填，如 1、3-2、2025-Q3-007。")
    return plain(cell).rstrip(_TRAILING)


def due_written(cell: Cell) -> str:
    """A due cell as a person reads it, on one line and without the mark that it is yet to be confirmed."""
    return _PENDING.sub("", plain(cell)).strip()


def due(cell: Cell, year: int) -> Due:
    """A due cell. A rule that the ledger itself names (每季度) is definite; 定期 alone names none."""
    pending = isinstance(cell, str) and _PENDING.search(cell)
    try:
        meaning = understand(_PENDING.sub("", cell) if isinstance(cell, str) else cell, year)
    except DueTextError as error:
        raise CellRefusedError(f"{error.reason}。可以写：{ACCEPTED}。") from error
    if meaning.due_on and meaning.due_on.year != year:
        raise CellRefusedError(
            f"时限在 {meaning.due_on.year} 年，计划是 {year} 年度：请改为 {year} 年内的日期，"
            f"或导入 {meaning.due_on.year} 年度计划。"
        )
    if meaning.due_on and meaning.start_on and meaning.due_on < meaning.start_on:
        raise CellRefusedError("完成日早于开始日：请更正。")
    unconfirmed = bool(pending) or (meaning.irregular and meaning.due_on is None and meaning.recurrence is None)
    note = meaning.note if unconfirmed else meaning.note.replace("，待确认", "（如不是这一天请写明）")
    return Due(meaning.text, meaning.due_on, meaning.start_on, meaning.recurrence, unconfirmed, note)


def with_cycle(day: Cell, cycle: Cell) -> Cell:
    """A due cell and the cell beside it that names the period (反馈周期) as one; a one-off period adds nothing."""
    period = plain(cycle)
    if not period or period == "-" or _ONCE.fullmatch(period):
        return day
    return f"{_in_words(day)}；{period}" if day != "" else period


def _in_words(day: Cell) -> str:
    """A day in figures (2026-06-30, or a date cell) as 2026年6月30日, which can stand in a list of dues."""
    try:
        named = read_day(day)
    except DueTextError:
        named = None  # refused with the whole cell, which the user sees as written
    return f"{named.year}年{named.month}月{named.day}日" if named else plain(day)


def start(cell: Cell, year: int) -> dt.date:
    """The day a task begins: a day, or the first day of what is named (3月, 第二季度)."""
    try:
        begin = read_day(cell) or understand(f"{plain(cell).removesuffix('起')}起", year).start_on
    except DueTextError as error:
        raise CellRefusedError(f"{error.reason}。开始时间可以写：3月1日、3月、第二季度、{year}年3月1日。") from error
    if begin is None:
        raise CellRefusedError(f"看不出从哪一天开始。可以写：3月1日、3月、第二季度、{year}年3月1日。")
    if begin.year > year:
        raise CellRefusedError(f"开始时间在 {begin.year} 年，计划是 {year} 年度：请更正其中之一。")
    return begin


def target(cell: Cell) -> Target:
    """A quantity with its unit, if it names one."""
    match = _TARGET.fullmatch(plain(cell))
    if match is None:
        raise CellRefusedError("目标值应为一个数字，可带单位，如 4、≥4次、不少于20人、60%。")
    return Target(float(match["count"]), match["unit"] or None)


def percent(cell: Cell) -> int:
    """Progress in points. A cell formatted as a percentage holds a fraction; a bare 1 could be either."""
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        if cell == 1:
            raise CellRefusedError("数值 1 分不清是 1% 还是 100%：请写成文字“1%”或“100%”。")
        points = cell * 100 if 0 < cell < 1 else cell
    else:
        match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*[%%]?", plain(cell))
        if match is None:
            raise CellRefusedError("完成比例应为 0 到 100 的数字，如 60 或 60%。")
        points = float(match[1])
    if not 0 <= points <= 100:
        raise CellRefusedError("完成比例应在 0 到 100 之间。")
    return round(points)


def arrival(cell: Cell) -> Arrival | None:
    """How far the item is; None for one that was ended without being done, of which a list says nothing."""
    text = plain(cell)
    if text == ItemState.CANCELLED.label:
        return None
    if text not in _STATES:
        choices = "、".join(member.label for member in Arrival)
        raise CellRefusedError(
            f"状态可以写：{choices}（也认识 进行中、推进中、未启动、已完成、办结 等）；不需要的请清空此格。"
        )
    return _STATES[text]


def done_on(cell: Cell, year: int) -> dt.date:
    """The one day on which the item was done."""
    text = plain(cell)
    try:
        found = read_day(cell) or (understand(text, year).due_on if _DAY.fullmatch(text) else None)
    except DueTextError as error:
        raise CellRefusedError(f"{error.reason}。办结日可以写：{year}-03-20、3月20日。") from error
    if found is None:
        raise CellRefusedError(f"办结日应为一天，可以写：{year}-03-20、3月20日。")
    return found


_YEARLY = dict.fromkeys(("是", "每年", "常年", "√", "✓", "yes", "true", "1"), True) | dict.fromkeys(
    ("否", "×", "no", "false", "0"), False
)


def importance(cell: Cell) -> Importance:
    """How much an item weighs."""
    found = _LABELS.get(plain(cell).lower())
    if found is None:
        raise CellRefusedError(f"重要程度只能是{'、'.join(member.label for member in Importance)}。")
    return found


def yearly(cell: Cell) -> bool:
    """Whether the item is standing work that returns every year."""
    said = plain(cell).lower()
    if said not in _YEARLY:
        raise CellRefusedError("每年都做的常设工作写“是”，其余写“否”或者留空。")
    return _YEARLY[said]


def internal(cell: Cell) -> bool:
    """Whether the column 密级 marks the item as 内部; secrets are refused before."""
    return plain(cell) == INTERNAL
