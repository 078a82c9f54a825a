"""How an office's report is put together: its parts and their order, headings, numbering, addressee.

Real reports differ in all of these, so they are data. An office keeps its own in a TOML file.
"""

import json
import re
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from models.errors import BadInputError, NotFoundError, UnreadableFileError
from models.ledgers.kinds import kind_named
from models.report.report import HEADINGS, SectionKind
from tasks.wording.numerals import chinese_numeral

_PLACE = re.compile(r"\{([^{}]*)\}")
_FORMER = {"organ": "单位", "short": "简称", "year": "年", "next_year": "下一年"}
"""What files written before may call the places of a text; they are kept by their names of today."""


class Numbering(StrEnum):
    """How what stands inside a part is numbered: 1. with the text behind it, (一), or 一是, a paragraph each; with 无
    there are neither headings nor numbers."""

    ARABIC = "1."
    CHINESE = "（一）"
    ORDINAL = "一是"
    PLAIN = "无"


class ReportTemplate(BaseModel):
    """The frame of a report. `{单位}`, `{简称}`, `{年}` and `{下一年}` stand for what they name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = "{单位}{年}年度法治政府建设情况报告"
    addressee: str | None = None
    """Whom it is sent to (主送), in one piece."""
    addressees: tuple[str, ...] = ()
    """The same one by one, for whoever follows up what each got; instead of `addressee`."""
    copies: tuple[str, ...] = ()
    """Who gets a copy (抄送)."""
    short_name: str = Field(default="", max_length=50)
    """The organ's short name, where it has one (区国动办)."""
    organ_code: str = Field(default="", max_length=20)
    """机关代字: what stands before 〔2026〕3号; with it the report that goes upward bears number and 签发人."""
    kept_words: tuple[str, ...] = ()
    """Words that must not stand in the public edition (places, names of projects an office keeps to itself)."""
    opening: str | None = None
    """What stands before the first part; None: our own words."""
    signature: str = "{单位}"
    order: tuple[SectionKind, ...] = tuple(HEADINGS)
    headings: dict[SectionKind, str] = Field(default_factory=dict)
    """Headings that differ from the usual ones."""
    within: dict[SectionKind, SectionKind] = Field(default_factory=dict)
    """Parts that stand inside another one, as a paragraph under their own heading."""
    ledger_headings: dict[str, str] = Field(default_factory=dict)
    """Under which heading of part one a ledger stands, by its code, where its rows are linked to no item."""
    numbering: Numbering = Numbering.ARABIC
    numberings: dict[SectionKind, Numbering] = Field(default_factory=dict)
    """Parts that are numbered otherwise than the rest; deficiencies are 一是 unless it is said here."""

    @field_validator("order")
    @classmethod
    def _each_part_once(cls, order: tuple[SectionKind, ...]) -> tuple[SectionKind, ...]:
        if len(set(order)) < len(order) or not set(order) <= set(HEADINGS):
            raise ValueError(f"应从 {'、'.join(HEADINGS)} 中各取一次")
        return order

    @field_validator("title", "addressee", "addressees", "copies", "opening", "signature", "headings")
    @classmethod
    def _can_be_filled(cls, value: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, dict):
            return {part: _in_words(text) for part, text in value.items()}
        return tuple(map(_in_words, value)) if _several(value) else _in_words(value)

    @field_validator("ledger_headings")
    @classmethod
    def _names_ledgers(cls, value: dict[str, str]) -> dict[str, str]:
        try:
            return {kind_named(name).code: heading for name, heading in value.items()}
        except NotFoundError as error:
            raise ValueError(error.message.rstrip("。")) from error

    @model_validator(mode="after")
    def _hangs_together(self) -> "ReportTemplate":
        if self.addressee and self.addressees:
            raise ValueError("addressee 和 addressees 只能写一个")
        for part, into in self.within.items():
            if part is SectionKind.NEXT_YEAR:
                raise ValueError("within 中不能有 next_year：下一年度安排要单独成为一个部分，才能导入为计划")
            if not {part, into} <= set(self.order) or part is into or into in self.within:
                raise ValueError(f"within 中的 {part} 应并入 order 里另一个单独成立的部分")
        return self

    def heading(self, kind: SectionKind) -> str:
        return self.headings.get(kind, HEADINGS[kind])

    def numbered(self, kind: SectionKind) -> Numbering:
        """How what stands inside this part is numbered.

        Next year's plan is （一） rather than 一是 or nothing: 一是定期开展评查 would be read in again as a task, no
        heading.
        """
        usual = Numbering.ORDINAL if kind is SectionKind.DEFICIENCIES else self.numbering
        found = self.numberings.get(kind, usual)
        unread = kind is SectionKind.NEXT_YEAR and found in (Numbering.ORDINAL, Numbering.PLAIN)
        return Numbering.CHINESE if unread else found

    def filled(self, text: str, organ: str, year: int) -> str:
        """A text of the template with organ, its short name and year filled in."""
        return fill(text, organ, year, self.short_name)

    @property
    def sent_to(self) -> str | None:
        """Whom the report is sent to, as it stands on paper."""
        return "、".join(self.addressees) or self.addressee


STANDARD = ReportTemplate()
"""The order of the five contents in the 督察工作规定, numbered 一、 and 1."""


def fill(text: str, organ: str, year: int, short: str = "") -> str:
    """A text of a template with organ, its short name (without one its name) and year filled in."""
    stands = {"单位": organ, "简称": short or organ, "年": str(year), "下一年": str(year + 1)}
    return _PLACE.sub(lambda place: stands[place[1]], text)


def _in_words(text: str) -> str:
    """A text with its places by their names of today. Raises ValueError for a place that stands for nothing."""
    text = _PLACE.sub(lambda place: f"{{{_FORMER.get(place[1], place[1])}}}", text)
    if not {place[1] for place in _PLACE.finditer(text)} <= set(_FORMER.values()):
        raise ValueError(f"“{text}”中只能使用 {{单位}}、{{简称}}、{{年}}、{{下一年}}")
    return text


def read_template(path: Path) -> ReportTemplate:
    """The template in a TOML file; what it leaves out is as usual.

    Raises UnreadableFileError or BadInputError that name the file, the setting and what would be accepted.
    """
    try:
        content = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFileError(f"无法读取报告模板 {path}：请确认文件存在、可读且为 UTF-8 文本。") from error
    return read_template_text(content, f"报告模板 {path}")


def read_template_text(content: str, where: str = "报告模板") -> ReportTemplate:
    """The template in a TOML text that errors call `where`. Raises BadInputError."""
    try:
        data = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise BadInputError(f"{where} 不是有效的 TOML：{error}") from error
    return template_from(data, where)


def template_from(data: Mapping[str, Any], where: str = "报告模板") -> ReportTemplate:
    """The template that data says. Raises BadInputError that names each wrong setting and what would be accepted."""
    try:
        return ReportTemplate.model_validate(data)
    except ValidationError as error:
        faults = "；".join(_explain(fault) for fault in error.errors())
        raise BadInputError(f"{where} 有误：{faults}。") from error


def template_text(template: ReportTemplate) -> str:
    """The template as the TOML that `read_template_text` reads, every setting with its words."""
    data = template.model_dump(mode="json")
    lines = []
    for name, meaning in _MEANINGS.items():
        value = data[name]
        lines.append(f"# {meaning}")
        if value is None:
            lines.append(f'# {name} = ""')
        elif isinstance(value, dict):
            inner = ", ".join(f"{part} = {_toml(text)}" for part, text in value.items())
            lines.append(f"{name} = {{ {inner} }}" if inner else f"{name} = {{}}")
        else:
            lines.append(f"{name} = {_toml(value)}")
    return "\n".join(lines) + "\n"


_MEANINGS = {
    "title": "标题；{单位} 为单位名称，{简称} 为简称，{年} 为年度，{下一年} 为下一年度",
    "short_name": "本单位的规范化简称，用于版记和 {简称}；没有的不写",
    "organ_code": "机关代字，如 青水；写了的，内部版首页有文号和签发人",
    "addressee": "主送机关，写成一句；逐个写的用 addressees",
    "addressees": "主送机关，逐个写",
    "copies": "抄送机关",
    "kept_words": "公开版中不得出现的词",
    "opening": "开头的话；不写用系统的",
    "signature": "署名",
    "order": "各部分的次序：" + "、".join(f"{kind}（{kind.label}）" for kind in HEADINGS),
    "headings": '与通常不同的标题，如 { next_year = "{下一年}年工作打算" }',
    "within": '并入另一部分的部分，如 { first_responsible = "achievements" }',
    "ledger_headings": '台账写在第一部分的哪个小标题下，如 { case = "规范行政执法" }；记录关联了任务的，随任务',
    "numbering": "部分之内的编号：" + "、".join(Numbering),
    "numberings": "编号与其余不同的部分",
}
"""Every setting in the order in which a file shows them, with what it is."""


def _toml(value: Any) -> str:
    """A text or a list of texts as TOML has it: a JSON string is a TOML string."""
    return json.dumps(value, ensure_ascii=False)


def _several(value: Any) -> bool:
    return isinstance(value, tuple)


def _explain(fault: Any) -> str:
    name = ".".join(str(part) for part in fault["loc"] if part != "[key]")
    match fault["type"]:
        case "extra_forbidden":
            return f"“{name}”不是已知的设置项，可用：{'、'.join(ReportTemplate.model_fields)}"
        case "enum":
            numbers = name.startswith("numbering") and fault["loc"][-1] != "[key]"
            accepted = Numbering if numbers else HEADINGS
            return f"“{name}”的值“{fault['input']}”不可用，可用：{'、'.join(accepted)}"
        case "value_error":
            return f"“{name}”{fault['ctx']['error']}" if name else str(fault["ctx"]["error"])
        case _:
            return f"“{name}”的值“{fault['input']}”不可用"


def marker(numbering: Numbering, place: int) -> str:
    """What stands before the `place`-th piece of a part."""
    match numbering:
        case Numbering.ARABIC:
            return f"{place}."
        case Numbering.CHINESE:
            return f"（{chinese_numeral(place)}）"
        case Numbering.ORDINAL:
            return f"{chinese_numeral(place)}是"
        case Numbering.PLAIN:
            return ""
