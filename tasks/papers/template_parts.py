"""The parts of a Word file from outside, parsed and held against what a template needs: everything else is refused.

Names of parts, kinds of content, relationships and fields each go by a list of what is known to be harmless. XML is
read as a program reads it, so that it does not matter how something is written: in which encoding, in which quotes,
with which characters spelt out.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from models.later import later

if TYPE_CHECKING:
    from lxml import etree
else:
    etree = later("lxml.etree")


MOST_INSIDE = 40 * 1024 * 1024
"""Bytes of all parts."""
MOST_MARKUP = 4 * 1024 * 1024
"""Bytes of one XML part."""
MOST_PARTS = 1000

_PICTURE = r"(?:png|jpe?g|gif|bmp|emf|wmf|tiff?)"
_STORIES = (
    r"(?:document|header|footer|footnotes|endnotes|comments|commentsExtended|commentsIds|commentsExtensible|people|"
    r"styles|stylesWithEffects|settings|webSettings|fontTable|numbering)\d*\.xml"
)
_NAME = re.compile(
    rf"\[Content_Types\]\.xml|_rels/\.rels|docProps/(?:core|app|custom)\d*\.xml|docProps/thumbnail\.{_PICTURE}"
    rf"|word/{_STORIES}|word/_rels/{_STORIES}\.rels|word/theme/(?:_rels/)?theme\d*\.xml(?:\.rels)?"
    rf"|word/media/[\w-]{{1,80}}\.{_PICTURE}|word/fonts/[\w-]{{1,80}}\.odttf"
    rf"|customXml/(?:item|itemProps)\d*\.xml|customXml/_rels/item\d*\.xml\.rels",
    re.ASCII | re.IGNORECASE,
)
_CONTENT = re.compile(
    r"application/(?:xml|vnd\.openxmlformats-package\.(?:relationships|core-properties)\+xml)"
    r"|application/vnd\.openxmlformats-officedocument\."
    r"(?:wordprocessingml\.(?:document\.main|styles|settings|webSettings|fontTable|numbering|footnotes|endnotes|header"
    r"|footer|comments|commentsExtended|commentsIds|commentsExtensible|people)"
    r"|theme|extended-properties|custom-properties|customXmlProperties)\+xml"
    r"|application/vnd\.ms-word\.stylesWithEffects\+xml|application/vnd\.openxmlformats-officedocument\.obfuscatedFont"
    r"|application/x-fontdata|image/(?:png|jpe?g|gif|bmp|tiff?|(?:x-)?emf|(?:x-)?wmf)",
    re.IGNORECASE,
)
_RELATIONS = frozenset(
    {
        "officeDocument", "core-properties", "extended-properties", "custom-properties", "thumbnail", "styles",
        "stylesWithEffects", "settings", "webSettings", "fontTable", "numbering", "footnotes", "endnotes", "comments",
        "commentsExtended", "commentsIds", "commentsExtensible", "people", "header", "footer", "theme", "image", "font",
        "customXml", "customXmlProps",
    }
)  # fmt: skip
_FIELD = re.compile(
    r"\s*(?:PAGE|NUMPAGES|SECTIONPAGES|DATE|TIME|CREATEDATE|SAVEDATE|PRINTDATE)"
    r"(?:\s+\\[@*#](?:\s*\"[^\"{}\\]{0,80}\"|\s*[A-Za-z0-9]{1,30})|\s+\\[lhs])*\s*",
    re.IGNORECASE,
)
_ACTIVE_PARTS = (
    (re.compile(r"vbaProject|vbaData", re.IGNORECASE), "含有宏"),
    (re.compile(r"word/embeddings/|word/activeX/|oleObject", re.IGNORECASE), "含有嵌入的对象或控件"),
    (re.compile(r"word/afchunk|word/altChunk", re.IGNORECASE), "含有嵌入的其他文件"),
)
_ACTIVE = frozenset(
    {
        "object", "control", "OLEObject", "subDoc", "altChunk", "movie", "entryMacro", "exitMacro", "macroName",
        "attachedTemplate", "mailMerge", "frameset", "contentPart",
    }
)  # fmt: skip


def _reader() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def unsafe_parts(archive: zipfile.ZipFile) -> Iterator[str]:
    """What must not stand in the file, each with its place and what to do; raises what a damaged archive raises."""
    parts = archive.infolist()
    names = [part.filename for part in parts]
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_INSIDE:
        yield f"解压后的内容过大：最多 {MOST_INSIDE // 1024**2} MB、{MOST_PARTS} 个部件，可能不是正常的 Word 文件。"
        return
    unlike = {name.casefold() for name in names}
    if len(unlike) < len(names) or "word/document.xml" not in names or "[Content_Types].xml" not in names:
        yield "不是 Word 文件（.docx）：其中没有正文。请用 Word 或 WPS 另存为 .docx 后再上传。"
        return
    active = [what for pattern, what in _ACTIVE_PARTS if any(map(pattern.search, names))]
    yield from (f"{what}：模板只能有文字、表格和图片，请删去后另存为 .docx。" for what in active)
    unknown = [name for name in names if not name.endswith("/") and not _NAME.fullmatch(name)]
    if unknown and not active:
        yield f"有模板用不到的部件“{unknown[0][:80]}”：模板只能有文字、表格和图片，请删去后另存为 .docx。"
    if active or unknown:
        return
    for part in parts:
        if not part.filename.lower().endswith((".xml", ".rels")):
            continue
        if part.file_size > MOST_MARKUP:
            yield f"{part.filename} 过大：最多 {MOST_MARKUP // 1024**2} MB，模板只需版式和占位符。"
            continue
        tree = etree.fromstring(archive.read(part), _reader())
        if tree.getroottree().docinfo.doctype:
            yield f"{part.filename} 中有文档类型声明，不是正常的 Word 文件：请用 Word 或 WPS 另存后再上传。"
        elif part.filename.lower().endswith(".rels"):
            yield from _relations(part.filename, tree, unlike)
        elif part.filename == "[Content_Types].xml":
            yield from _contents(tree)
        elif part.filename.startswith("word/"):
            yield from _story(part.filename, tree)


def _contents(tree: Any) -> Iterator[str]:
    kinds = {element.get("ContentType", "") for element in tree.iter("{*}Default", "{*}Override")}
    if odd := sorted(kind for kind in kinds if not _CONTENT.fullmatch(kind)):
        what = "含有宏" if any("macroEnabled" in kind for kind in odd) else f"有模板用不到的内容类型“{odd[0][:100]}”"
        yield f"{what}：模板只能有文字、表格和图片，请删去后另存为 .docx。"


def _relations(name: str, tree: Any, parts: set[str]) -> Iterator[str]:
    """Every relationship must lead to a part of the file, and be of a kind that a template needs."""
    home = posixpath.dirname(posixpath.dirname(name))
    for element in tree.iter():
        local = _local(element)
        if local == "Relationships":
            continue
        target = element.get("Target", "")
        inside = posixpath.normpath(posixpath.join("/", home, target)).lstrip("/").casefold()
        if local != "Relationship" or element.get("TargetMode", "Internal") != "Internal" or inside not in parts:
            yield f"{name} 中有指向文件以外的链接（超链接、外部图片或外部模板）：请取消链接后再上传。"
            return
        kind = element.get("Type", "").rpartition("/")[2]
        if kind not in _RELATIONS:
            yield f"{name} 中有模板用不到的关联“{kind[:80]}”：模板只能有文字、表格和图片，请删去后另存为 .docx。"
            return


def _story(name: str, tree: Any) -> Iterator[str]:
    if any(_local(element) in _ACTIVE for element in tree.iter()):
        yield f"{name} 中含有对象、控件、宏或嵌入的文件：模板只能有文字、表格和图片，请删去后另存为 .docx。"
    odd = next((said for said in _fields(tree) if not _FIELD.fullmatch(said)), None)
    if odd is not None:
        yield f"{name} 中有页码、日期以外的域“{odd.strip()[:40]}”：请改为文字（选中后按 Ctrl+Shift+F9）再上传。"


def _fields(tree: Any) -> Iterator[str]:
    """What every field of a part is told to do, put together from the pieces Word cuts it into."""
    open_fields: list[list[str]] = []
    for element in tree.iter():
        local = _local(element)
        if local == "fldSimple":
            yield _attribute(element, "instr")
        elif local == "fldChar":
            match _attribute(element, "fldCharType"):
                case "begin":
                    open_fields.append([])
                case "end" if open_fields:
                    yield "".join(open_fields.pop())
        elif local in ("instrText", "delInstrText"):
            text = element.text or ""
            if open_fields:
                open_fields[-1].append(text)
            elif text.strip():
                yield text
    yield from ("".join(pieces) for pieces in open_fields)


def _attribute(element: Any, name: str) -> str:
    return next((value for key, value in element.attrib.items() if etree.QName(key).localname == name), "")


def _local(element: Any) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""
