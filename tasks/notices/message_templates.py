"""The wording of messages as templates: those that come along, each of them replaced by the office's own.

An office's template is a file of the same name in the folder `messages` of the data folder. It is compiled once, after
each change of the file, and tried on messages of every kind before it is used; one that is broken is told, and the one
that comes along is used meanwhile. Templates are sandboxed; what is filled into HTML is escaped.
"""

import logging
import os
import traceback
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, nodes
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment

from models.settings import Settings
from tasks.notices.gather_lines import Contact
from tasks.notices.message_view import MessageEntry, MessageGroup, MessageView, StepLink

log = logging.getLogger(__name__)

DEFAULTS = Path(__file__).parent / "messages"
FOLDER = "messages"
LARGEST = 64 * 1024
"""Bytes of a template."""
_OF_MESSAGE = tuple(MessageView.__slots__)
NAMES: Mapping[str, tuple[str, ...]] = {
    "subject.txt": _OF_MESSAGE,
    "brief.txt": _OF_MESSAGE,
    "message.txt": _OF_MESSAGE,
    "message.html": _OF_MESSAGE,
    "head.txt": ("name", "on", "line", "url"),
}
"""The templates there are, and what each may use."""
_PARTS = (MessageEntry, MessageGroup, StepLink, Contact)
_FIELDS = frozenset(name for part in _PARTS for name in part.__dataclass_fields__) | {"what"}
_OF_LOOP = frozenset({"index", "index0", "first", "last", "length", "revindex", "previtem", "nextitem"})
_REFERRING = (nodes.Extends, nodes.FromImport, nodes.Import, nodes.Include)

Stamp = tuple[tuple[str, int, int], ...]
"""The files of the folder, each with its time of change and size: another stamp, other templates."""


@dataclass(frozen=True)
class TemplateProblem:
    """Why an office's template is not used, with its line where one is at fault."""

    file: Path
    line: int | None
    what: str

    @property
    def where(self) -> str:
        return f"消息模板 {self.file}" + (f" 第 {self.line} 行" if self.line else "")


@dataclass(frozen=True)
class Templates:
    """The templates of one office."""

    own: Mapping[str, Template]
    problems: tuple[TemplateProblem, ...] = ()

    def fill(self, names: Iterable[str], values: Mapping[str, Any]) -> list[str]:
        """The texts of these templates with the same values. An office's own that fails all the same is passed over."""
        known = {**_environment().globals, **values}
        return [self._fill(name, known) for name in names]

    def _fill(self, name: str, known: dict[str, Any]) -> str:
        template = self.own.get(name)
        if template is not None:
            try:
                return _filled(template, known)
            except Exception:
                # Whatever an office wrote, its messages leave.
                log.exception("消息模板 %s 未能使用，改用系统自带的", name, extra={"action": "template_failed"})
        return _filled(_defaults()[name], known)


def templates_of(settings: Settings) -> Templates:
    """The office's templates as the files stand now."""
    folder = settings.home / FOLDER
    return _loaded(folder, _stamp(folder))


def check_templates(settings: Settings) -> list[TemplateProblem]:
    """What is wrong with the office's templates; nothing where all of them are used, or there are none."""
    return list(templates_of(settings).problems)


def _stamp(folder: Path) -> Stamp:
    try:
        with os.scandir(folder) as files:
            states = sorted((file.name, file.stat()) for file in files if not file.name.startswith("."))
    except OSError:
        return ()
    return tuple((name, state.st_mtime_ns, state.st_size) for name, state in states)


@lru_cache(maxsize=16)
def _loaded(folder: Path, stamp: Stamp) -> Templates:
    own: dict[str, Template] = {}
    problems: list[TemplateProblem] = []
    for name, _changed, size in stamp:
        file = folder / name
        if name not in NAMES:
            problems.append(TemplateProblem(file, None, f"不是消息模板的文件名；可用：{'、'.join(NAMES)}。"))
            continue
        found = _read(file, size)
        if isinstance(found, TemplateProblem):
            problems.append(found)
        else:
            own[name] = found
    for problem in problems:
        log.warning("%s未采用：%s", problem.where, problem.what, extra={"action": "template_refused"})
    return Templates(own, tuple(problems))


def _read(file: Path, size: int) -> Template | TemplateProblem:
    """The template in the file, once it is known to work."""
    if size > LARGEST:
        return TemplateProblem(file, None, f"超过 {LARGEST // 1024} KB。")
    try:
        source = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        return TemplateProblem(file, None, f"无法读取（{error.strerror}）。")
    except UnicodeDecodeError:
        return TemplateProblem(file, None, "不是 UTF-8 编码，请另存为 UTF-8。")
    try:
        template = _compile(source, file.name)
    except TemplateSyntaxError as error:
        return TemplateProblem(file, error.lineno, f"写法有误（{error.message}）。")
    if unknown := next(_unknown(source, file.name), None):
        return TemplateProblem(file, *unknown)
    return _tried(template, file) or template


def _unknown(source: str, name: str) -> Iterator[tuple[int, str]]:
    """The lines that use what there is not, each with what there is."""
    tree = _environment().parse(source, name)
    for node in tree.find_all(_REFERRING):
        yield node.lineno, "不能引用别的文件。"
    names = list(tree.find_all(nodes.Name))
    # One that is set in a branch counts as undeclared in the other: trying the template tells where it matters.
    strange = find_undeclared_variables(tree) - set(NAMES[name]) - {one.name for one in names if one.ctx != "load"}
    for used in names:
        if used.name in strange:
            yield used.lineno, f"没有“{used.name}”；可用：{'、'.join(NAMES[name])}。"
    for asked in tree.find_all(nodes.Getattr):
        if asked.attr not in _FIELDS | _OF_LOOP and (asked.attr.startswith("_") or not hasattr(str, asked.attr)):
            yield asked.lineno, f"没有“.{asked.attr}”；可用：{'、'.join(sorted(_FIELDS))}。"


def _tried(template: Template, file: Path) -> TemplateProblem | None:
    """Fill it with messages of every kind."""
    for values in _samples(file.name):
        try:
            template.render(values)
        except Exception as error:
            lines = [step.lineno for step in traceback.extract_tb(error.__traceback__) if step.filename == file.name]
            said = error.message if isinstance(error, TemplateError) else str(error)
            return TemplateProblem(file, lines[-1] if lines else None, f"试填出错（{said}）。")
    return None


def _samples(name: str) -> list[dict[str, Any]]:
    if name == "head.txt":
        return [dict.fromkeys(NAMES[name], "例")]
    step, contact = StepLink("填报进展", "http://127.0.0.1/notices/open/1"), Contact("陈督办", "")

    def entry(**more: Any) -> MessageEntry:
        whole = MessageEntry(
            heading="逾期", number="1", title="普法宣传", project="法治建设", due="6月30日（周二）",
            away="逾期1个工作日", overdue=True, who="李承办（法规科）", progress="过半", progress_on="6月1日（周一）",
            internal=False, place=1, steps=[step],
        )  # fmt: skip
        return replace(whole, **more)

    def message(*entries: MessageEntry, **more: Any) -> dict[str, Any]:
        view = MessageView(
            name="李承办", on="2026年7月1日（周三）", groups=[MessageGroup("逾期", list(entries))], counts="逾期1项",
            total=len(entries), urgent=False, what="逾期1个工作日", title="普法宣传", step=step.words,
            contacts=[contact], url="http://127.0.0.1",
        )  # fmt: skip
        return {field: getattr(view, field) for field in _OF_MESSAGE} | more

    said = entry(said=["张副局批示，请于 7月3日 前办结"], reasons=["您是本任务的承办人"], overdue=False)
    internal = entry(title="", project="", who="", progress="", progress_on="", internal=True)
    return [
        message(entry()),
        message(said, urgent=True),
        message(internal, contacts=[]),
        message(entry(), said, internal, sheets_left=2, contacts=[Contact("陈督办", "13800000000")]),
    ]


def _compile(source: str, name: str) -> Template:
    """Compiled under its name, which says whether what is filled in is escaped and stands in what is said of errors."""
    environment = _environment()
    return Template.from_code(environment, environment.compile(source, name, name), environment.make_globals(None))


def _filled(template: Template, known: dict[str, Any]) -> str:
    """What `Template.render` makes of all that is known, which it would copy for each template."""
    return "".join(template.root_render_func(template.new_context(known, shared=True)))


@cache
def _defaults() -> Mapping[str, Template]:
    return {name: _compile((DEFAULTS / name).read_text(encoding="utf-8"), name) for name in NAMES}


class _Environment(ImmutableSandboxedEnvironment):
    """The sandbox, with a short way to the fields of our own parts of a message, which are what is asked for."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if type(obj) in _PARTS and attribute in _FIELDS:
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)


@cache
def _environment() -> _Environment:
    return _Environment(
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
