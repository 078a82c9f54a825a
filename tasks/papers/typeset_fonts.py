"""Fonts for PDF files: which of the wanted ones there are, in the system and in a folder of the office's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import BadInputError
from models.later import later
from models.settings import Settings

if TYPE_CHECKING:
    import typst
else:
    typst = later("typst")

SERIF = ("Noto Serif CJK SC", "Noto Serif SC", "Source Han Serif SC", "SimSun", "NSimSun", "STSong", "Songti SC")
SANS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Microsoft YaHei",
    "WenQuanYi Micro Hei",
    "PingFang SC",
)

TITLE = ("方正小标宋简体", "FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "小标宋", *SERIF, *SANS)
BODY = (
    "仿宋_GB2312",
    "FangSong_GB2312",
    "仿宋",
    "FangSong",
    "STFangsong",
    "方正仿宋_GBK",
    "FZFangSong-Z02",
    *SERIF,
    *SANS,
)
HEADING = ("黑体", "SimHei", "方正黑体_GBK", "FZHei-B01", "STHeiti", *SANS, *SERIF)
SUBHEADING = (
    "楷体_GB2312", "KaiTi_GB2312", "楷体", "KaiTi", "STKaiti", "方正楷体_GBK", "FZKai-Z03", "AR PL KaitiM GB",
    "AR PL UKai CN", *SERIF, *SANS,
)  # fmt: skip
LATIN = ("Times New Roman", "Liberation Serif", "Libertinus Serif")
"""The last of them comes with the typesetter."""


class MissingFontError(BadInputError):
    """没有可用的中文字体，不能生成 PDF。"""


@dataclass(frozen=True)
class TypesetFonts:
    """What a PDF is to be set in: names by use, the first there is being taken, and a folder beside the system's."""

    title: tuple[str, ...] = TITLE
    body: tuple[str, ...] = BODY
    heading: tuple[str, ...] = HEADING
    subheading: tuple[str, ...] = SUBHEADING
    folder: Path | None = None
    system: bool = True


@dataclass(frozen=True)
class ChosenFonts:
    """The fonts there are: a name by use, each with what stands in for single characters it lacks."""

    title: tuple[str, ...]
    body: tuple[str, ...]
    heading: tuple[str, ...]
    subheading: tuple[str, ...]
    latin: tuple[str, ...]
    files: typst.Fonts


def typeset_fonts(settings: Settings) -> TypesetFonts:
    """The fonts as the office set them; one that it names has to be there."""
    folder = settings.home / Path(settings.pdf_font_folder).expanduser() if settings.pdf_font_folder else None

    def named(name: str, usual: tuple[str, ...]) -> tuple[str, ...]:
        return (name.strip(),) if name.strip() else usual

    return TypesetFonts(
        title=named(settings.pdf_title_font, TITLE),
        body=named(settings.pdf_body_font, BODY),
        heading=named(settings.pdf_heading_font, HEADING),
        subheading=named(settings.pdf_subheading_font, SUBHEADING),
        folder=folder,
    )


def choose_fonts(fonts: TypesetFonts) -> ChosenFonts:
    """Those there are of the wanted fonts. Raises MissingFontError that names what was looked for, and where.

    The folder is read once in the life of the process.
    """
    if fonts.folder is not None and not fonts.folder.is_dir():
        raise MissingFontError(
            f"字体文件夹 {fonts.folder} 不存在：请检查设置项 pdf_font_folder（环境变量 DUBAN_PDF_FONT_FOLDER）。"
        )
    files = _files(fonts.folder, fonts.system)
    there = {family.casefold(): family for family in files.families()}

    def chosen(use: str, wanted: Sequence[str]) -> tuple[str, ...]:
        installed = [there[name.casefold()] for name in wanted if name.casefold() in there]
        if not installed:
            raise MissingFontError(_missing(use, wanted, fonts))
        others = [there[name.casefold()] for name in (*SERIF, *SANS) if name.casefold() in there]
        return tuple(dict.fromkeys([installed[0], *others]))

    return ChosenFonts(
        title=chosen("标题", fonts.title),
        body=chosen("正文", fonts.body),
        heading=chosen("一级标题", fonts.heading),
        subheading=chosen("二级标题", fonts.subheading),
        latin=tuple(there[name.casefold()] for name in LATIN if name.casefold() in there),
        files=files,
    )


def replaced_fonts(fonts: TypesetFonts) -> list[str]:
    """What the standard asks for that is not there, each with what stands in for it; empty where all is as it should
    be or as the office chose. Raises MissingFontError as `choose_fonts` does.
    """
    chosen = choose_fonts(fonts)
    uses = (
        ("标题", fonts.title, chosen.title[0]), ("正文", fonts.body, chosen.body[0]),
        ("一级标题", fonts.heading, chosen.heading[0]), ("二级标题", fonts.subheading, chosen.subheading[0]),
    )  # fmt: skip
    general = {name.casefold() for name in (*SERIF, *SANS)}
    return [
        f"{use}的{wanted[0]}以{taken}代替"
        for use, wanted, taken in uses
        if len(wanted) > 1 and taken.casefold() in general
    ]


def _missing(use: str, wanted: Sequence[str], fonts: TypesetFonts) -> str:
    where = "、".join(["系统字体"] * fonts.system + ([str(fonts.folder)] if fonts.folder else []))
    return (
        f"生成 PDF 所需的中文字体没有找到：{use}可用 {'、'.join(wanted)} 之一，已在{where or '指定的字体'}中查找。"
        "请安装其中一种（如软件包 fonts-noto-cjk），或把字体文件放入一个文件夹，用设置项 pdf_font_folder"
        "（环境变量 DUBAN_PDF_FONT_FOLDER）指明。"
    )


@cache
def _files(folder: Path | None, system: bool) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=system, font_paths=[folder] if folder else [])
