"""What a PDF file says, read in a process of its own that is ended when it takes too long.

A PDF is a program as much as a text: what reads it may run long or take much memory, whatever bounds it keeps. So
the reader is run apart, and a file it cannot get through counts as one that cannot be searched.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any, BinaryIO

MOST_PAGES = 1000
MOST_OBJECTS = 300_000
MOST_CHARACTERS = 20_000_000
LONGEST = 120
"""Seconds the reader may run."""
MOST_MEMORY = 1536 * 1024 * 1024
"""Bytes of address space of the reader, where the system can hold a process to it."""
_FEW = 20
"""Characters; a page with fewer beside a picture is a scan."""


@dataclass(frozen=True)
class PdfText:
    """The texts found, page by page, and in words what could not be read."""

    texts: tuple[str, ...]
    unread: tuple[str, ...]


def pdf_text(source: BinaryIO, *, longest: float = LONGEST) -> PdfText:
    """All that the file says: text layer, notes, form fields, bookmarks, properties. `source` must be a real file."""
    source.seek(0)
    try:
        ran = subprocess.run(
            [sys.executable, "-m", "tasks.containers.pdf_text"],
            stdin=source,
            capture_output=True,
            timeout=longest,
            check=True,
        )
        found = json.loads(ran.stdout)
    except subprocess.TimeoutExpired:
        return PdfText((), (f"{longest:g} 秒内没有读完",))
    except (subprocess.CalledProcessError, ValueError):
        return PdfText((), ("文件已损坏，或写法无法识别",))
    return PdfText(tuple(found["texts"]), tuple(found["unread"]))


def _read(source: BinaryIO) -> dict[str, list[str]]:
    from pypdf import PdfReader

    reader = PdfReader(source)
    if reader.is_encrypted and not reader.decrypt(""):
        return {"texts": [], "unread": ["文件已加密"]}
    texts, unread, scans, left = [], [], [], MOST_CHARACTERS
    for number, page in enumerate(reader.pages, start=1):
        if number > MOST_PAGES or left < 0:
            unread.append(f"第 {number} 页以后没有读")
            break
        text = page.extract_text()
        left -= len(text)
        texts.append(text)
        if len("".join(text.split())) < _FEW and _shows_more(page):
            scans.append(number)
    if scans:
        named = "、".join(map(str, scans[:5])) + (" 等" if len(scans) > 5 else "")
        unread.append(f"第 {named} 页没有文字层")
    spoken, attached, nameless = _objects(reader)
    texts += spoken
    unread += ["内有附件"] * attached + ["有的字体不能转为文字"] * nameless
    return {"texts": texts, "unread": unread}


def _shows_more(page: Any) -> bool:
    """Whether a page without words shows something: a picture, or letters drawn as lines."""
    contents = page.get_contents()
    return bool(contents is not None and (len(contents.get_data()) > 200 or len(page.images)))


def _objects(reader: Any) -> tuple[list[str], bool, bool]:
    """Every text among the objects, whether one is a file of its own, and whether a font tells no characters."""
    from pypdf.generic import ArrayObject, DictionaryObject, TextStringObject

    texts: list[str] = []
    attached = nameless = False
    known = {number for places in reader.xref.values() for number in places} | set(reader.xref_objStm)
    for number in sorted(known)[:MOST_OBJECTS]:
        waiting = [reader.get_object(number)]
        while waiting:
            one = waiting.pop()
            if isinstance(one, TextStringObject):
                texts.append(str(one))
            elif isinstance(one, DictionaryObject):
                attached = attached or one.get("/Type") == "/EmbeddedFile" or "/EF" in one
                nameless = nameless or (
                    one.get("/Subtype") == "/Type0"
                    and str(one.get("/Encoding")).startswith("/Identity")
                    and "/ToUnicode" not in one
                )
                # What is referred to has a number of its own.
                waiting += [one.raw_get(name) for name in one]
            elif isinstance(one, ArrayObject):
                waiting += list.__iter__(one)
    return texts, attached, nameless


def held() -> None:
    """Keep this process within its memory, where the system can."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


if __name__ == "__main__":
    held()
    sys.stdout.write(json.dumps(_read(sys.stdin.buffer)))
