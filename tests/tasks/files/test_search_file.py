"""The whole of a file is searched, whatever its kind: no place in it hides a marking, and what only speaks passes."""

import io
import zipfile
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import BadInputError, UnreadableFileError
from models.secrecy import MarkedError
from tasks.files.search_file import REFUSED, search_file
from tests.documents import PNG, added, ofd, open_text, pdf, sheet, slides, word, zipped

MARK = "机密★10年"
SPACED = "机 密 ★10年"
LONG = ["第一段"] * 3000
"""More than a head that a hurried reader would stop at."""
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 512
NESTED = zipped(members={"d": "1"})
SCAN = "有只有图片的页面（扫描件）"
OPENLY = "《保守国家秘密法》学习：密级鉴定工作、商业秘密 制度、保密教育，国家秘密"


def custom(value: str, *, name: str = "备注") -> bytes:
    told = f'<Properties xmlns:vt="v"><property name="{name}"><vt:lpwstr>{value}</vt:lpwstr></property></Properties>'
    return added(word("正文"), {"docProps/custom.xml": told})


def part(name: str, text: str) -> bytes:
    return added(word("正文"), {name: f'<w:x xmlns:w="w"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:x>'})


def test_every_place_of_every_kind_of_file_is_searched(subtests: pytest.Subtests) -> None:
    files: list[tuple[str, str, bytes]] = [
        ("docx body", "a.docx", word(*LONG, MARK)),
        ("docx runs", "a.docx", word(runs=["机", " ", "密", "★", "10年"])),
        ("docx head", "a.docx", word("正文", head=MARK)),
        ("docx foot", "a.docx", word("正文", foot=SPACED)),
        ("docx cell", "a.docx", word("正文", cells=("密级", "机密"))),
        ("docx box", "a.docx", word("正文", box=MARK)),
        ("docx deleted", "a.docx", word("正文", deleted=MARK)),
        ("docx title", "a.docx", word("正文", title=MARK)),
        ("docx comment", "a.docx", word("正文", note=MARK)),
        ("docx custom property", "a.docx", custom("机密")),
        ("docx name of a property", "a.docx", custom("是", name=MARK)),
        ("docx footnotes", "a.docx", part("word/footnotes.xml", MARK)),
        ("docx endnotes", "a.docx", part("word/endnotes.xml", SPACED)),
        ("docx glossary", "a.docx", part("word/glossary/document.xml", MARK)),
        ("docx watermark", "a.docx", added(word(), {"word/header9.xml": f'<v:path xmlns:v="v" string="{MARK}"/>'})),
        ("docx in docx", "a.docx", added(word("正文"), {"word/embeddings/b.xlsx": sheet(["甲", MARK])})),
        ("docx alternative", "a.docx", added(word("正文"), {"word/afchunk.html": "<p>机<b>密</b>★</p>"})),
        ("xlsx cell", "a.xlsx", sheet(*[["甲"]] * 3000, ["乙", MARK])),
        ("xlsx whole cell", "a.xlsx", sheet(["序号", "密级"], ["1", "秘密"])),
        ("xlsx name of a sheet", "a.xlsx", sheet(["甲"], called="机密★台账")),
        ("xlsx comment", "a.xlsx", sheet(["甲"], note=MARK)),
        ("xlsx page head", "a.xlsx", sheet(["甲"], head="机密")),
        ("xlsx title", "a.xlsx", sheet(["甲"], title=MARK)),
        ("xlsx hidden", "a.xlsx", sheet(["甲"], more=SPACED)),
        ("pptx slide", "a.pptx", slides(SPACED)),
        ("pptx notes", "a.pptx", slides(notes=MARK)),
        ("pptx comment", "a.pptx", slides(comment=MARK)),
        ("odt text", "a.odt", open_text(f"{SPACED}")),
        ("odt foot", "a.odt", open_text(foot=MARK)),
        ("odt title", "a.odt", open_text(title=MARK)),
        ("ofd line", "a.ofd", ofd("通知", MARK)),
        ("ofd letters", "a.ofd", ofd("机", "密", "★")),
        ("pdf text", "a.pdf", pdf("第一页的文字", f"正文 {SPACED} 正文")),
        ("pdf title", "a.pdf", pdf("第一页的文字", title=MARK)),
        ("pdf note", "a.pdf", pdf("第一页的文字", note=MARK)),
        ("pdf field", "a.pdf", pdf("第一页的文字", field=MARK)),
        ("txt", "a.txt", ("字" * 300_000 + "\n" + MARK).encode()),
        ("txt gb18030", "a.txt", SPACED.encode("gb18030")),
        ("csv", "a.csv", '序号，密级\n1,"秘密"\n'.encode("utf-8-sig")),
        ("csv utf-16", "a.csv", f"甲；{MARK}".encode("utf-16")),
        ("zip member", "a.zip", zipped(members={"甲/b.docx": word("正文", foot=MARK)})),
        ("zip text", "a.zip", zipped(members={"a.txt": "正文", "b.txt": SPACED})),
        ("zip name", "a.zip", zipped(members={"机密★.png": PNG})),
        ("zip folder", "a.zip", zipped(members={"机密/1.png": PNG})),
        ("zip of old", "a.zip", zipped(members={"name00": PNG}).replace(b"name00", MARK[:3].encode("gb18030"))),
        ("doc", "a.doc", OLD + MARK.encode("utf-16-le")),
        ("doc at an odd place", "a.doc", OLD + b"x" + MARK.encode("utf-16-le")),
        ("name", "机密★.docx", word("正文")),
        ("spaced name", "方案 机 密 ★.docx", word("正文")),
    ]  # fmt: skip
    for what, name, content in files:
        with subtests.test(what), pytest.raises(MarkedError, match=f"带有密级标志“.*密.*{REFUSED}"):
            search_file(name, io.BytesIO(content))


LARGE = "".join(f'<row><c t="inlineStr"><is><t>第{number}件 甲乙丙丁</t></is></c></row>' for number in range(20_000))
CHUNK = 256 * 1024


def large_sheet(text: str, *, coded: str = "utf-8", before: int | None = None) -> bytes:
    """A workbook with a large sheet whose last cell is `text`, or which has it as its `before`th byte."""
    head, body = "<worksheet><sheetData>", LARGE
    cell = f'<row><c t="inlineStr"><is><t>{text}</t></is></c></row>'
    if before is not None:
        missing = before - len((head + body[: body.index("</t>")]).encode())
        body, cell = body.replace("</t>", f"{'x' * missing}{text}</t>", 1), ""
    markup = f"{head}{body}{cell}</sheetData></worksheet>".encode(coded)
    return added(sheet(["甲"]), {"xl/worksheets/sheet1.xml": markup})


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(large_sheet(MARK), id="as its letters"),
        pytest.param(large_sheet("机&#23494;★10年"), id="as a number"),
        pytest.param(large_sheet("机&#x5bC6;★10年"), id="as a number of sixteen digits"),
        pytest.param(large_sheet("机&#x0005bc6;★10年"), id="as a number with noughts before it"),
        pytest.param(large_sheet(MARK, coded="utf-16"), id="two bytes a letter"),
        pytest.param(large_sheet(MARK, coded="utf-16-le"), id="two bytes a letter, and it is not said"),
        pytest.param(large_sheet("机&#23494;★10年", before=CHUNK - 10), id="a number between two pieces"),
        pytest.param(large_sheet(MARK, before=CHUNK - 5), id="between two pieces"),
        pytest.param(large_sheet(MARK, before=CHUNK - 4), id="between two pieces, one byte on"),
    ],
)
def test_a_large_sheet_that_is_marked_is_refused_however_the_letter_is_written(content: bytes) -> None:
    with pytest.raises(MarkedError, match="单元格或页眉页脚带有密级标志“机密★10年”"):
        search_file("a.xlsx", io.BytesIO(content))


def test_a_large_sheet_is_let_in_searched_and_a_damaged_one_is_not() -> None:
    assert search_file("a.xlsx", io.BytesIO(large_sheet("末行&#10;下一行"))) == ()
    assert search_file("a.xlsx", io.BytesIO(added(large_sheet("末行"), {"xl/media/image1.png": PNG}))) == ()
    with pytest.raises(UnreadableFileError, match="文件已损坏"):
        search_file("a.xlsx", io.BytesIO(large_sheet("</t>")))


def test_what_only_speaks_of_secrets_comes_in_whole(subtests: pytest.Subtests) -> None:
    files: list[tuple[str, bytes]] = [
        ("a.docx", word(OPENLY, head="保密教育", foot=OPENLY, cells=("甲", "密级"), box=OPENLY, note=OPENLY)),
        ("a.docx", word("正文", title=OPENLY, deleted=OPENLY)),
        ("a.docx", custom("内部", name="密级")),
        ("a.xlsx", sheet(["序号", "密级"], ["1", OPENLY], called="国家秘密目录", note=OPENLY)),
        ("a.xlsx", sheet(["甲"], head="保密", title=OPENLY)),
        ("a.pptx", slides(OPENLY, notes=OPENLY, comment=OPENLY)),
        ("a.odt", open_text(OPENLY, foot=OPENLY, title=OPENLY)),
        ("a.ofd", ofd(OPENLY, "商业", "秘密")),
        ("a.pdf", pdf(OPENLY, title=OPENLY, note=OPENLY, field=OPENLY)),
        ("a.txt", f"{OPENLY}\n商业秘密\n制度".encode()),
        ("a.csv", f"国家秘密，商业秘密\n{OPENLY}".encode("gb18030")),
        ("商业秘密 制度-保密教育.zip", zipped(members={"《保守国家秘密法》.txt": OPENLY, "密级鉴定工作.docx": word()})),
    ]  # fmt: skip
    for name, content in files:
        with subtests.test(name):
            assert search_file(name, io.BytesIO(content)) == ()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.pdf", pdf("第一页有二十个字以上的文字，所以算作有文字的一页", ""), ("“a.pdf”第 2 页没有文字层",)),
        ("a.pdf", b"%PDF-1.7\n", ("“a.pdf”文件已损坏，或写法无法识别",)),
        ("a.ofd", ofd("有二十个字以上的文字，所以算作有文字的一页吧", picture=False), ()),
        ("a.ofd", ofd(picture=True), (f"“a.ofd”{SCAN}",)),
        ("a.png", PNG, ("“a.png”是图片、音像或其他没有文字可查的文件",)),
        ("a.mp3", b"ID3\x03\x00\x00", ("“a.mp3”是图片、音像或其他没有文字可查的文件",)),
        ("a.doc", OLD, ("“a.doc”是旧版或加密的 Office 文件",)),
        ("a.zip", zipped(members={"1.png": PNG, "b.txt": "正文"}), ("“1.png”是图片、音像或其他没有文字可查的文件",)),
        ("a.zip", zipped(members={"b.zip": zipped(members={"c.zip": NESTED})}), ("“c.zip”是压缩包中的压缩包",)),
        ("a.docx", added(word("正文"), {"word/embeddings/oleObject1.bin": OLD}), ("“a.docx”中嵌有“oleObject1.bin”",)),
        ("a.docx", added(word(), {"word/media/1.png": PNG, "word/p.xml": "<blip/>"}), (f"“a.docx”{SCAN}",)),
    ],
    ids=count(),  # files carry the time they were made at
)  # fmt: skip
def test_what_cannot_be_searched_is_told_in_words(name: str, content: bytes, says: tuple[str, ...]) -> None:
    assert search_file(name, io.BytesIO(content)) == says


def test_a_member_under_a_password_is_told() -> None:
    content = bytearray(zipped(members={"a.txt": "正文"}, packed=zipfile.ZIP_STORED))
    content[content.index(b"PK\x01\x02") + 8] |= 1

    assert search_file("a.zip", io.BytesIO(bytes(content))) == ("“a.txt”已加密",)


@pytest.mark.parametrize(
    "content",
    [
        added(word("正文"), {"word/document.xml": b" " * (5 * 1024 * 1024)}),
        zipped(members={f"{number}.xml": "" for number in range(10_001)}),
        zipped(members={"a.xml": bytes(range(256)) * (65 * 4096)}, packed=zipfile.ZIP_STORED),
    ],
    ids=["one part shrank too much", "too many parts", "too much text"],
)
def test_what_would_unpack_to_too_much_is_refused_before_it_is_unpacked(content: bytes) -> None:
    with pytest.raises(UnreadableFileError, match="解压后的内容过大"):
        search_file("a.docx", io.BytesIO(content))


def test_what_is_declared_smaller_than_it_is_counts_as_damaged() -> None:
    content = bytearray(
        zipped(members={"[Content_Types].xml": "<Types/>", "word/document.xml": "<a>" + "字" * 9000 + "</a>"})
    )
    place = content.rindex(b"PK\x01\x02") + 24
    content[place : place + 4] = (3).to_bytes(4, "little")

    with pytest.raises(UnreadableFileError, match="文件已损坏"):
        search_file("a.docx", io.BytesIO(bytes(content)))


def test_a_document_type_is_no_part_of_an_office_document() -> None:
    with pytest.raises(UnreadableFileError, match="文件已损坏"):
        search_file("a.docx", io.BytesIO(added(word("正文"), {"word/document.xml": "<!DOCTYPE a><a/>"})))


SOUND = word("正文", head="页眉")


@given(st.integers(0, len(SOUND) - 1), st.binary(min_size=1, max_size=8))
def test_a_damaged_file_is_searched_or_refused_and_nothing_else(place: int, noise: bytes) -> None:
    try:
        told = search_file("a.docx", io.BytesIO(SOUND[:place] + noise + SOUND[place + len(noise) :]))
    except BadInputError as error:
        told = (error.message,)

    assert all(what.startswith(("无法读取“a.docx”", "“a.docx”")) for what in told)
