"""Chinese texts that somebody reads stand with full-width marks: messages, pages, mails and papers alike."""

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

from duban.commands.kept_help import KEPT
from tests.house.test_tree import PACKAGES, ROOT, tracked

_HAN = "[\u3400-\u9fff“”《》〔〕【】]"
NARROW = re.compile(rf"{_HAN} ?[,;:?!]|[,;:?!] ?{_HAN}|{_HAN}[()]|[()]{_HAN}")
"""A half-width mark beside a Chinese character."""
_STATEMENT = re.compile(r"\b(SELECT|UPDATE|INSERT|DELETE)\b")
_FIELD = re.compile(r"\{[^{}]*\}")
_OPENING = re.compile(r"(?i)([a-z]*)['\"]")


def _literals(source: str) -> Iterator[tuple[int, str]]:
    """The texts of a module with their lines. Patterns (raw) and statements are no texts, nor is English prose."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        opening = _OPENING.match(token.string) if token.type == tokenize.STRING else None
        if opening is None or {"r", "b"} & set(opening[1].lower()) or _STATEMENT.search(token.string):
            continue
        text = _FIELD.sub("{}", token.string) if "f" in opening[1].lower() else token.string
        for number, line in enumerate(text.splitlines(), token.start[0]):
            if not _is_english(line):
                yield number, line


def _is_english(line: str) -> bool:
    """Whether the line is prose in English that names a Chinese term."""
    return len(re.findall("[A-Za-z]", line)) >= len(re.findall("[\u3400-\u9fff]", line))


def texts_of(file: Path) -> Iterator[tuple[int, str]]:
    """The texts of a file with their lines."""
    source = file.read_text(encoding="utf-8")
    if file.suffix == ".py":
        yield from _literals(source)
    else:
        yield from enumerate(source.splitlines(), 1)


def read_by_people() -> list[Path]:
    """What the product says, and the Chinese documents beside it. In help the marks around a default are Typer's."""
    inside = [file for file in tracked() if file.relative_to(ROOT).parts[0] in PACKAGES]
    said = [file for file in inside if file.suffix in {".py", ".html", ".txt", ".js", ".j2"} and file != KEPT]
    return [*said, *sorted((ROOT / "docs" / "howto").glob("*.md")), ROOT / "README.zh-CN.md"]


def test_a_mark_beside_a_chinese_character_is_full_width() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for file in read_by_people()
        for number, line in texts_of(file)
        if NARROW.search(re.sub(r"`[^`]*`|\]\([^)]*\)", "``", line) if file.suffix == ".md" else line)
    ]
    assert found == []


def test_the_rule_sees_what_it_is_for() -> None:
    assert [number for number, _line in _literals('a = "办结,完"\nb = f"第{x}项:{y}"\nc = r"第(.)项"\n')] == [1, 2]
    assert NARROW.search("办结,完")
    assert NARROW.search("共3项 : 无")
    assert not NARROW.search("办结，完（3 项）：2026-06-11 08:30, A(1)")
