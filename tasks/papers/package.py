"""A Word file from its parts, the same to the byte for the same parts, on every machine."""

import io
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date

from tasks.papers.wordprocessing import DECLARATION, NAMESPACES, RELATIONSHIP_NAMESPACE, escaped

ODD_FOOTER, EVEN_FOOTER = "rId4", "rId5"

_CHARTS = "charts/chart"

_CONTENT = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_CHART = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_CORE_PROPERTIES = "application/vnd.openxmlformats-package.core-properties+xml"

_DOCUMENT_RELATIONSHIPS = (
    ("rId1", "styles", "styles.xml"),
    ("rId2", "settings", "settings.xml"),
    ("rId3", "fontTable", "fontTable.xml"),
    (ODD_FOOTER, "footer", "footer1.xml"),
    (EVEN_FOOTER, "footer", "footer2.xml"),
)
_CONTENT_TYPES = (
    ("word/document.xml", f"{_CONTENT}.document.main+xml"),
    ("word/styles.xml", f"{_CONTENT}.styles+xml"),
    ("word/settings.xml", f"{_CONTENT}.settings+xml"),
    ("word/fontTable.xml", f"{_CONTENT}.fontTable+xml"),
    ("word/footer1.xml", f"{_CONTENT}.footer+xml"),
    ("word/footer2.xml", f"{_CONTENT}.footer+xml"),
    ("docProps/core.xml", _CORE_PROPERTIES),
)

# Odd and even pages have their own footers; full-width punctuation keeps its place on the grid; a line
# break in a justified paragraph does not stretch the line. Mode 15 keeps Word from opening the file as an
# old format.
_SETTINGS = (
    f"{DECLARATION}<w:settings {NAMESPACES}>"
    '<w:defaultTabStop w:val="420"/><w:evenAndOddHeaders/>'
    '<w:characterSpacingControl w:val="doNotCompress"/>'
    "<w:compat><w:balanceSingleByteDoubleByteWidth/><w:doNotExpandShiftReturn/><w:useFELayout/>"
    '<w:compatSetting w:name="compatibilityMode" w:val="15"'
    ' w:uri="http://schemas.microsoft.com/office/word"/>'
    '</w:compat><w:themeFontLang w:val="zh-CN" w:eastAsia="zh-CN"/></w:settings>'
)


def core_properties_part(*, title: str, creator: str, on: date | None) -> str:
    """`docProps/core.xml`; created and modified are the document's own day, never the moment of writing."""
    day = "".join(
        f'<dcterms:{name} xsi:type="dcterms:W3CDTF">{on.isoformat()}T00:00:00Z</dcterms:{name}>'
        for name in ("created", "modified")
        if on
    )
    return (
        f'{DECLARATION}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escaped(title)}</dc:title><dc:creator>{escaped(creator)}</dc:creator>"
        f"<dc:language>zh-CN</dc:language>{day}</cp:coreProperties>"
    )


def chart_part_name(number: int) -> str:
    """Where the chart of that number, counted from 1, stands in the file."""
    return f"word/{_CHARTS}{number}.xml"


def chart_relationship(number: int) -> str:
    """The relationship id by which `word/document.xml` names that chart."""
    return f"rIdChart{number}"


def package(parts: Mapping[str, str]) -> bytes:
    """The bytes of a .docx file from `word/document.xml`, the styles, footers, core properties and charts.

    Entries are stored, not deflated: deflate's output depends on the zlib at hand, and a report of
    some pages is small. Order, day and attributes of the entries are fixed.
    """
    charts = range(1, 1 + sum(name.startswith(f"word/{_CHARTS}") for name in parts))
    entries = {
        "[Content_Types].xml": _content_types(charts),
        "_rels/.rels": _relationships(
            ("rId1", f"{RELATIONSHIP_NAMESPACE}/officeDocument", "word/document.xml"),
            ("rId2", f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
        ),
        "word/_rels/document.xml.rels": _relationships(
            *((key, f"{RELATIONSHIP_NAMESPACE}/{kind}", target) for key, kind, target in _DOCUMENT_RELATIONSHIPS),
            *((chart_relationship(one), f"{RELATIONSHIP_NAMESPACE}/chart", f"{_CHARTS}{one}.xml") for one in charts),
        ),
        "word/settings.xml": _SETTINGS,
        **parts,
    }
    return _packed({name: content.encode() for name, content in entries.items()})


def repacked(content: bytes) -> bytes:
    """A package that another program wrote, with the same parts in the order, day and form of our own."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return _packed({name: archive.read(name) for name in archive.namelist()})


def _packed(entries: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in ("[Content_Types].xml", *sorted(entries.keys() - {"[Content_Types].xml"})):
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 0
            entry.external_attr = 0
            archive.writestr(entry, entries[name])
    return buffer.getvalue()


def _content_types(charts: Iterable[int]) -> str:
    parts = (*_CONTENT_TYPES, *((chart_part_name(number), _CHART) for number in charts))
    overrides = "".join(f'<Override PartName="/{part}" ContentType="{content}"/>' for part, content in parts)
    return (
        f'{DECLARATION}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def _relationships(*entries: tuple[str, str, str]) -> str:
    rows = "".join(f'<Relationship Id="{key}" Type="{kind}" Target="{target}"/>' for key, kind, target in entries)
    return f'{DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships">{rows}</Relationships>'
