"""Files of every kind that offices send, small and harmless, with a text where a test wants it."""

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from openpyxl import Workbook
from openpyxl.comments import Comment

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32


def zipped(*, members: dict[str, bytes | str], packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of these members."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", packed) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return content.getvalue()


def added(content: bytes, members: dict[str, bytes | str]) -> bytes:
    """The same archive with more members, or others in the place of those it has."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        kept: dict[str, bytes | str] = {name: archive.read(name) for name in archive.namelist()}
    return zipped(members=kept | members)


def word(
    *paragraphs: str, head: str = "", foot: str = "", cells: Sequence[str] = (), box: str = "", deleted: str = "",
    title: str = "", runs: Sequence[str] = (), note: str = "",
) -> bytes:  # fmt: skip
    """A .docx; `runs` are pieces of one paragraph, `note` is a comment."""
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    document.sections[0].header.paragraphs[0].text = head
    document.sections[0].footer.paragraphs[0].text = foot
    document.core_properties.title = title
    if runs:
        paragraph = document.add_paragraph()
        for run in runs:
            paragraph.add_run(run)
    if note:
        document.add_comment(document.add_paragraph("有批注").runs, text=note)
    if cells:
        row = document.add_table(1, len(cells)).rows[0]
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    if box:
        document.add_paragraph("红头").add_run()._r.append(
            parse_xml(
                f"<w:pict {nsdecls('w')}><w:txbxContent><w:p><w:r><w:t>{box}</w:t></w:r></w:p></w:txbxContent></w:pict>"
            )
        )
    if deleted:
        document.add_paragraph("修订")._p.append(
            parse_xml(
                f'<w:del {nsdecls("w")} w:id="1" w:author="甲"><w:r><w:delText>{deleted}</w:delText></w:r></w:del>'
            )
        )
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def sheet(
    *rows: Sequence[str], called: str = "台账", note: str = "", head: str = "", title: str = "", more: str = ""
) -> bytes:
    """An .xlsx; `more` stands on a hidden sheet."""
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = called
    for row in rows:
        page.append(list(row))
    if note:
        page["A1"].comment = Comment(note, "甲")
    page.oddHeader.center.text = head  # type: ignore[union-attr]
    book.properties.title = title
    if more:
        hidden = book.create_sheet("隐藏")
        hidden["Z99"] = more
        hidden.sheet_state = "hidden"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _drawn(text: str) -> str:
    runs = "".join(f"<a:r><a:t>{piece}</a:t></a:r>" for piece in text)
    return (
        '<p:sld xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
        f'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:p>{runs}</a:p></p:sld>'
    )


def slides(text: str = "汇报", *, notes: str = "", comment: str = "") -> bytes:
    """A .pptx of one slide, every letter a run of its own."""
    members: dict[str, bytes | str] = {
        "[Content_Types].xml": "<Types/>",
        "ppt/presentation.xml": "<p/>",
        "ppt/slides/slide1.xml": _drawn(text),
        "ppt/notesSlides/notesSlide1.xml": _drawn(notes),
        "ppt/comments/comment1.xml": f"<cmLst><cm><text>{comment}</text></cm></cmLst>",
    }
    return zipped(members=members)


def open_text(text: str = "总结", *, foot: str = "", title: str = "") -> bytes:
    """An .odt."""
    members: dict[str, bytes | str] = {
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": f'<o xmlns:text="t"><text:p>前<text:span>{text[:1]}</text:span>{text[1:]}</text:p></o>',
        "styles.xml": f'<o xmlns:text="t"><text:p>{foot}</text:p></o>',
        "meta.xml": f'<o xmlns:dc="d"><dc:title>{title}</dc:title></o>',
        "META-INF/manifest.xml": "<m/>",
    }
    return zipped(members=members)


def ofd(*texts: str, picture: bool = False) -> bytes:
    """An .ofd of one page, each text an object of its own."""
    objects = "".join(f"<ofd:TextObject><ofd:TextCode>{text}</ofd:TextCode></ofd:TextObject>" for text in texts)
    objects += '<ofd:ImageObject ResourceID="3"/>' if picture else ""
    members: dict[str, bytes | str] = {
        "OFD.xml": "<OFD/>",
        "Doc_0/Document.xml": "<Document/>",
        "Doc_0/Pages/Page_0/Content.xml": f'<ofd:Page xmlns:ofd="o">{objects}</ofd:Page>',
    }
    return zipped(members=members | ({"Doc_0/Res/1.png": PNG} if picture else {}))


def pdf(*pages: str, title: str = "", note: str = "", field: str = "") -> bytes:
    """A .pdf with a text layer in Chinese; a page without text is drawn as lines only."""
    from pypdf import PdfWriter
    from pypdf.generic import (
        ArrayObject,
        DecodedStreamObject,
        DictionaryObject,
        NameObject,
        NumberObject,
        TextStringObject,
    )  # fmt: skip

    def name(text: str) -> NameObject:
        return NameObject(f"/{text}")

    def named(**entries: object) -> DictionaryObject:
        return DictionaryObject({name(key): value for key, value in entries.items()})

    writer = PdfWriter()
    described = named(
        Type=name("Font"), Subtype=name("CIDFontType0"), BaseFont=name("STSong-Light"),
        CIDSystemInfo=named(
            Registry=TextStringObject("Adobe"), Ordering=TextStringObject("GB1"), Supplement=NumberObject(4)
        ),
    )  # fmt: skip
    font = writer._add_object(
        named(
            Type=name("Font"), Subtype=name("Type0"), BaseFont=name("STSong-Light"), Encoding=name("UniGB-UCS2-H"),
            DescendantFonts=ArrayObject([writer._add_object(described)]),
        )
    )  # fmt: skip
    for text in pages:
        page = writer.add_blank_page(300, 400)
        shown = f"BT /F1 12 Tf 20 300 Td <{text.encode('utf-16-be').hex()}> Tj ET" if text else "0 0 m 9 9 l S " * 40
        stream = DecodedStreamObject()
        stream.set_data(shown.encode())
        page[name("Contents")] = writer._add_object(stream)
        page[name("Resources")] = named(Font=named(F1=font))
        if note:
            page[name("Annots")] = ArrayObject(
                [writer._add_object(named(Subtype=name("Text"), Contents=TextStringObject(note)))]
            )
    if title:
        writer.add_metadata({"/Title": title})
    if field:
        writer.root_object[name("AcroForm")] = named(Fields=ArrayObject([named(V=TextStringObject(field))]))
    content = io.BytesIO()
    writer.write(content)
    return content.getvalue()


def png(width: int, height: int, *, lines: int | None = None) -> bytes:
    """A black picture of that many pixels; with `lines` fewer lines lie in the file than its head promises."""
    rows = (b"\0" * (width * 3 + 1)) * (height if lines is None else lines)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )
