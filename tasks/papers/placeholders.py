"""The placeholders of an organ's own Word template, what they stand for, and the language they may be put in.

A template comes from outside: it may name what is listed here, loop over the parts of the report and ask whether
there is something. It can call nothing, and reach nothing else.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from tasks.papers.charts import in_words
from tasks.papers.forms import Form
from tasks.papers.official_document import Heading, OfficialDocument, Paragraph, Table, TextRun
from tasks.papers.wordprocessing import clean


@dataclass(frozen=True)
class Placeholder:
    """A name that a template may use, in Chinese and in English, and what it stands for."""

    name: str
    english: str
    what: str


SINGLE = (
    Placeholder("标题", "title", "报告标题"),
    Placeholder("主送", "addressee", "主送机关，不带冒号；没有的为空"),
    Placeholder("文号", "document_number", "发文字号；没有的为空"),
    Placeholder("署名", "signature", "发文机关署名"),
    Placeholder("成文日期", "dated_on", "成文日期，如 2026年1月15日"),
    Placeholder("年度", "year", "报告所述的年度，如 2025"),
    Placeholder("单位", "organ", "单位名称"),
)
OPENING = Placeholder("导语", "opening", "第一部分之前的各段")
PARTS = Placeholder("部分", "sections", "各部分，用循环逐一写出")
OF_PART = (Placeholder("标题", "heading", "部分的标题，连同序号"), Placeholder("段落", "paragraphs", "这一部分的各段"))
OF_PARAGRAPH = (
    Placeholder("标题", "heading", "小标题，连同序号；没有的为空"),
    Placeholder("文字", "text", "正文；单独成行的小标题为空"),
    Placeholder("级别", "level", "小标题的级别 2、3、4；没有小标题的为 0"),
)
NAMES = frozenset(name for one in (*SINGLE, OPENING, PARTS) for name in (one.name, one.english))
_LISTS = frozenset(name for one in (OPENING, PARTS) for name in (one.name, one.english))
_PARAGRAPHS = frozenset((OF_PART[1].name, OF_PART[1].english))
_OF_PART = frozenset(name for one in OF_PART for name in (one.name, one.english))
_OF_PARAGRAPH = frozenset(name for one in OF_PARAGRAPH for name in (one.name, one.english))
_LOOP = frozenset({"first", "last", "index"})

_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Const, nodes.For, nodes.If,
    nodes.And, nodes.Or, nodes.Not, nodes.Compare, nodes.Operand,
)  # fmt: skip

ACCEPTED = (
    f"可用：{'、'.join(f'{one.name}（{one.english}）' for one in (*SINGLE, OPENING, PARTS))}；"
    f"部分中可用：{'、'.join(f'{one.name}（{one.english}）' for one in OF_PART)}；"
    f"段落中可用：{'、'.join(f'{one.name}（{one.english}）' for one in OF_PARAGRAPH)}"
)


class RefusedTemplateError(TemplateSyntaxError):
    """The template says something that it may not; the message is the problem in Chinese."""


class TemplateLanguage(ImmutableSandboxedEnvironment):
    """Jinja reduced to names, conditions and the two loops. What is put in is text, never markup."""

    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined)
        self.globals.clear()

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Refuse before anything runs, whoever has the template compiled."""
        parsed = super()._parse(source, name, filename)
        _check(parsed, {})
        return parsed


def _check(node: nodes.Node, loops: dict[str, frozenset[str]]) -> None:
    """Raises RefusedTemplateError. `loops` are the names of the loops around, each with what its things are asked."""
    line = getattr(node, "lineno", None) or 1
    if not isinstance(node, _ALLOWED):
        said = "只能写占位符、条件（if）和循环（for），不能写运算、函数、过滤器和引用"
        raise RefusedTemplateError(said, line)
    if isinstance(node, nodes.For):
        _check_loop(node, loops, line)
        return
    if isinstance(node, nodes.Getattr):
        if not isinstance(node.node, nodes.Name):
            raise RefusedTemplateError(f"“.{node.attr}”之前只能是循环中的名称", line)
        known = _LOOP if node.node.name == "loop" and loops else loops.get(node.node.name)
        if known is None or node.attr not in known:
            raise RefusedTemplateError(f"“{node.node.name}.{node.attr}”不是已知的占位符。{ACCEPTED}", line)
        return
    if isinstance(node, nodes.Name) and node.name not in NAMES and node.name not in loops:
        raise RefusedTemplateError(f"“{node.name}”不是已知的占位符。{ACCEPTED}", line)
    for child in node.iter_child_nodes():
        _check(child, loops)


def _check_loop(node: nodes.For, loops: dict[str, frozenset[str]], line: int) -> None:
    target, over = node.target, node.iter
    if not isinstance(target, nodes.Name) or node.recursive or node.test is not None:
        raise RefusedTemplateError("循环应写成“for 节 in 部分”或“for 段 in 节.段落”", line)
    if target.name in NAMES:
        raise RefusedTemplateError(f"循环中的名称“{target.name}”与占位符同名，请换一个，如“节”“段”", line)
    if isinstance(over, nodes.Name) and over.name in _LISTS and not loops:
        known = _OF_PARAGRAPH if over.name in (OPENING.name, OPENING.english) else _OF_PART
    elif (
        isinstance(over, nodes.Getattr)
        and isinstance(over.node, nodes.Name)
        and over.attr in _PARAGRAPHS
        and list(loops) == [over.node.name]
        and loops[over.node.name] is _OF_PART
    ):
        known = _OF_PARAGRAPH
    else:
        raise RefusedTemplateError("循环只能写“for 段 in 导语”“for 节 in 部分”，以及其中的“for 段 in 节.段落”", line)
    for child in (*node.body, *node.else_):
        _check(child, loops | {target.name: known})


def values(document: OfficialDocument, *, organ: str, year: int) -> dict[str, Any]:
    """What the placeholders stand for in this document."""
    opening: list[dict[str, Any]] = []
    parts: list[dict[str, Any]] = []
    for block in document.body:
        if isinstance(block, Heading) and block.level == 1 and not block.run_in:
            parts.append(_named(OF_PART, (clean(block.number + block.text), [])))
        else:
            (parts[-1]["段落"] if parts else opening).extend(_named(OF_PARAGRAPH, told) for told in _paragraphs(block))
    single = (
        document.title.replace("\n", ""), (document.addressee or "").rstrip(":： "), document.document_number or "",
        document.signature or "", document.day, str(year), organ,
    )  # fmt: skip
    told = _named(SINGLE, tuple(map(clean, single)))
    return told | _named((OPENING, PARTS), (opening, parts))


def _paragraphs(block: Any) -> Iterator[tuple[str, str, int]]:
    """A block as heading, text and level; a table as a paragraph a row, a chart in words."""
    if isinstance(block, Heading):
        text = _text(block.following)
        yield clean(block.number + (block.sentence if text else block.text)), text, block.level
    elif isinstance(block, Paragraph):
        yield "", _text(block.runs), 0
    elif isinstance(block, Table):
        for row in (block.header, *block.rows):
            yield "", clean(" ".join(row)), 0
    elif isinstance(block, Form):
        for form_row in block.rows:
            yield "", clean(" ".join(cell.text for cell in form_row.cells)), 0
    else:
        yield "", clean(in_words(block)), 0


def _text(runs: tuple[TextRun, ...]) -> str:
    return clean("".join(run.text for run in runs))


def _named(placeholders: tuple[Placeholder, ...], told: tuple[Any, ...]) -> dict[str, Any]:
    return {name: value for one, value in zip(placeholders, told, strict=True) for name in (one.name, one.english)}
