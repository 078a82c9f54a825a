"""How an office's report is put together: its parts and their order, headings, numbering, addressee.

Real reports differ in all of these, so they are data. An office keeps its own in a TOML file.
"""

import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from models.errors import BadInputError, UnreadableFileError
from models.report import SectionKind

_DIGITS = "零一二三四五六七八九"


class Numbering(StrEnum):
    """How the headings inside a part are numbered: 1. with the text behind it, or (一)."""

    ARABIC = "1."
    CHINESE = "（一）"


_HEADINGS = {
    SectionKind.ACHIEVEMENTS: "{year}年推进法治政府建设的主要举措和成效",
    SectionKind.DEFICIENCIES: "推进法治政府建设存在的不足和原因",
    SectionKind.FIRST_RESPONSIBLE: "主要负责人履行推进法治建设第一责任人职责情况",
    SectionKind.NEXT_YEAR: "{next_year}年推进法治政府建设的主要安排",
    SectionKind.OTHER: "其他需要报告的情况",
}


class ReportTemplate(BaseModel):
    """The frame of a report. `{organ}`, `{year}` and `{next_year}` stand for what they name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = "{organ}{year}年度法治政府建设情况报告"
    addressee: str | None = None
    signature: str = "{organ}"
    order: tuple[SectionKind, ...] = tuple(_HEADINGS)
    headings: dict[SectionKind, str] = Field(default_factory=dict)
    """Headings that differ from the usual ones."""
    numbering: Numbering = Numbering.ARABIC

    @field_validator("order")
    @classmethod
    def _each_part_once(cls, order: tuple[SectionKind, ...]) -> tuple[SectionKind, ...]:
        if len(set(order)) < len(order) or not set(order) <= set(_HEADINGS):
            raise ValueError(f"应从 {'、'.join(_HEADINGS)} 中各取一次")
        return order

    @field_validator("title", "addressee", "signature", "headings")
    @classmethod
    def _can_be_filled(cls, value: Any) -> Any:
        for text in value.values() if isinstance(value, dict) else [value or ""]:
            try:
                fill(text, "", 0)
            except (KeyError, IndexError, ValueError) as error:
                raise ValueError(f"“{text}”中只能使用 {{organ}}、{{year}}、{{next_year}}") from error
        return value

    def heading(self, kind: SectionKind) -> str:
        return self.headings.get(kind, _HEADINGS[kind])


STANDARD = ReportTemplate()
"""The order of the five contents in the 督察工作规定, numbered 一、 and 1."""


def fill(text: str, organ: str, year: int) -> str:
    """A text of a template with organ and year filled in."""
    return text.format(organ=organ, year=year, next_year=year + 1)


def read_template(path: Path) -> ReportTemplate:
    """The template in a TOML file; what it leaves out is as usual.

    Raises UnreadableFileError or BadInputError that name the file, the setting and what would be accepted.
    """
    try:
        return ReportTemplate.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFileError(f"无法读取报告模板 {path}：请确认文件存在、可读且为 UTF-8 文本。") from error
    except tomllib.TOMLDecodeError as error:
        raise BadInputError(f"报告模板 {path} 不是有效的 TOML：{error}") from error
    except ValidationError as error:
        faults = "；".join(_explain(fault) for fault in error.errors())
        raise BadInputError(f"报告模板 {path} 有误：{faults}。") from error


def chinese_numeral(number: int) -> str:
    """1 to 99 as headings write them: 一, 十, 二十三."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones or not tens else "")


def _explain(fault: Any) -> str:
    name = ".".join(str(part) for part in fault["loc"])
    match fault["type"]:
        case "extra_forbidden":
            return f"“{name}”不是已知的设置项，可用：{'、'.join(ReportTemplate.model_fields)}"
        case "enum":
            accepted = Numbering if name == "numbering" else _HEADINGS
            return f"“{name}”的值“{fault['input']}”不可用，可用：{'、'.join(accepted)}"
        case "value_error":
            return f"“{name}”{fault['ctx']['error']}"
        case _:
            return f"“{name}”的值“{fault['input']}”不可用"
