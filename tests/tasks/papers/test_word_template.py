"""The organ's own Word template: what is refused and how it is said, what is filled in, the same bytes each time."""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from itertools import count
from pathlib import Path

import docx
import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from models.database import on_record, unit_of_work
from models.errors import BadInputError, ForbiddenError, NotFoundError
from models.papers.word_template import WordTemplate
from models.people.organ import Organ
from tasks.files.check_upload import examine
from tasks.files.file_store import FileStore
from tasks.papers.official_document import BarChart, Heading, OfficialDocument, Paragraph, Series, Table, TextRun
from tasks.papers.package import packed
from tasks.papers.word_template import LARGEST, check_word_template, fill_word_template, starter_template
from tasks.report.output.keep_word_template import (
    check_template_file,
    keep_word_template,
    newest_word_template,
    stop_word_template,
    template_bytes,
)
from tests.office import HANDLER, OUTSIDER, SUPERVISOR, Office

ON = "2026-06-04"
DOCUMENT = OfficialDocument(
    title="青禾县水务局\n2025年法治政府建设情况报告",
    addressee="县委、县政府：",
    body=(
        Paragraph((TextRun("现将有关情况报告如下。"),)),
        Heading(1, "一、", "主要举措"),
        Heading(2, "（一）", "完善制度"),
        Heading(3, "1.", "强化学习", run_in=(TextRun("开展2次，"), TextRun("明显〔待核〕。", mark=True))),
        Heading(1, "二、", "不足"),
        Paragraph((TextRun("渠道<单一> & {{ 标题 }} {%p for %}。"),)),
        Table(("类型", "件数"), (("简易程序", "4"),)),
        BarChart("各月", ("1月",), (Series("案件", "1565C0", (3,)),)),
    ),
    signature="青禾县水务局",
    dated_on=date(2026, 1, 15),
    document_number="青水发〔2026〕1号",
)


def with_text(*paragraphs: str, header: str = "") -> bytes:
    """A template with these paragraphs, each in one piece, and the loops without which none is of use."""
    document = docx.Document()
    for text in (
        *paragraphs,
        "{%p for 节 in 部分 %}",
        "{%p for 段 in 节.段落 %}",
        "{{ 段.文字 }}",
        *["{%p endfor %}"] * 2,
    ):
        document.add_paragraph(text)
    if header:
        document.sections[0].header.paragraphs[0].text = header
    # Else the minute of saving stands in it, and the same template twice is now and then two.
    return packed(document)


def changed(content: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """The same file with other parts."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return made.getvalue()


def filled(template: bytes, document: OfficialDocument = DOCUMENT) -> list[str]:
    content = fill_word_template(template, document, organ="青禾县水务局", year=2025)
    return [paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs]


def test_the_template_to_begin_with_holds_all_the_report_says() -> None:
    template = starter_template()
    assert check_word_template(template) == []
    assert filled(template) == [
        "青禾县水务局2025年法治政府建设情况报告", "县委、县政府：", "现将有关情况报告如下。", "一、主要举措",
        "（一）完善制度",
        "1.强化学习。开展2次，明显〔待核〕。", "二、不足", "渠道<单一> & {{ 标题 }} {%p for %}。", "类型 件数",
        "简易程序 4", "各月。1月：案件3。", "青禾县水务局\n2026年1月15日",
    ]  # fmt: skip
    assert starter_template() == template


def test_without_an_addressee_its_line_is_empty() -> None:
    bare = OfficialDocument("题", None, (Heading(1, "一、", "甲"),), None, None)
    assert filled(starter_template(), bare) == ["题", "", "一、甲", "\n"]


def test_every_placeholder_can_be_written_in_chinese_and_in_english() -> None:
    chinese = "{{ 标题 }}|{{ 主送 }}|{{ 文号 }}|{{ 署名 }}|{{ 成文日期 }}|{{ 年度 }}|{{ 单位 }}"
    english = "{{ title }}|{{ addressee }}|{{ document_number }}|{{ signature }}|{{ dated_on }}|{{ year }}|{{ organ }}"
    inner = "{% for p in s.paragraphs %}{{ p.level }}{{ p.heading }}{% endfor %}"
    loop = f"{{% for s in sections %}}{{{{ s.heading }}}}:{inner}{{% endfor %}}"
    said = filled(with_text(chinese, english, loop, header="{{ 单位 }}"))
    assert (
        said[0]
        == said[1]
        == (
            "青禾县水务局2025年法治政府建设情况报告|县委、县政府|青水发〔2026〕1号|青禾县水务局|2026年1月15日|2025|青禾县水务局"
        )
    )
    assert said[2] == "一、主要举措:2（一）完善制度31.强化学习。二、不足:0000"


def test_the_header_is_filled_as_well() -> None:
    content = fill_word_template(with_text(header="{{ 单位 }}文件"), DOCUMENT, organ="水务局", year=2025)
    assert docx.Document(io.BytesIO(content)).sections[0].header.paragraphs[0].text == "水务局文件"


def test_the_same_template_and_report_give_the_same_bytes() -> None:
    template = with_text("{{ 标题 }}")
    first, second = (fill_word_template(template, DOCUMENT, organ="甲", year=2025) for _ in range(2))
    assert first == second


CALLS = "只能写占位符、条件（if）和循环（for）"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ 局长 }}", "“局长”不是已知的占位符。可用：标题（title）、"),
        ("{% for 节 in 部分 %}{{ 节.内容 }}{% endfor %}", "“节.内容”不是已知的占位符"),
        ("{{ 标题.__class__.__mro__ }}", "之前只能是循环中的名称"),
        ("{{ 标题.upper }}", "“标题.upper”不是已知的占位符"),
        ("{{ range(9) }}", CALLS),
        ("{{ 标题|upper }}", CALLS),
        ("{{ 1 + 1 }}", CALLS),
        ("{{ '甲' * 999999999 }}", CALLS),
        ("{{ 标题[0] }}", CALLS),
        ("{% set 甲 = 1 %}", CALLS),
        ("{% include 'a' %}", CALLS),
        ("{% import 'a' as b %}", CALLS),
        ("{% macro m() %}{% endmacro %}", CALLS),
        ("{{ lipsum }}", "“lipsum”不是已知的占位符"),
        ("{% for 字 in 标题 %}{{ 字 }}{% endfor %}", "循环只能写"),
        ("{% for a in 部分 %}{% for b in 部分 %}{% endfor %}{% endfor %}", "循环只能写"),
        ("{% for a in 部分 %}{% for b in a.段落 %}{% for c in 导语 %}{% endfor %}{% endfor %}{% endfor %}", "循环只能"),
        ("{% for 部分 in 部分 %}{% endfor %}", "与占位符同名"),
        ("{% for a in 部分 recursive %}{% endfor %}", "循环应写成"),
        ("{% for a in 部分 if 标题 %}{% endfor %}", "循环应写成"),
        ("{%p for 节 in 部分 %}", "没有结束：缺少 endfor 或 endif"),
        ("{%p if 主送 %}", "没有结束：缺少 endfor 或 endif"),
        ("{%p endfor %}", "多写了，或与开头不对应"),
        ("{% frobnicate %}", "花括号中的写法不能识别"),
        ("{{ 标题 标题 }}", "写法有误"),
    ],
)  # fmt: skip
def test_what_a_template_may_not_say_is_told_with_its_place(text: str, said: str) -> None:
    (problem,) = check_word_template(with_text(text))
    assert problem.startswith("正文中的占位符不可用：")
    assert said in problem
    with pytest.raises(BadInputError, match="Word 模板不可用"):
        filled(with_text(text))


def test_a_wrong_header_is_told_as_one_and_loops_that_tear_the_file_are_told() -> None:
    (problem,) = check_word_template(with_text(header="{{ 局长 }}"))
    assert problem.startswith("页眉中的占位符不可用：“局长”")
    document = docx.Document(io.BytesIO(with_text()))
    document.add_table(1, 1).cell(0, 0).text = "{% if 文号 %}"
    document.add_paragraph("{% endif %}")
    made = io.BytesIO()
    document.save(made)
    (torn,) = check_word_template(made.getvalue())
    assert torn.startswith("正文填写后不是完整的 Word 文件")


def test_a_template_without_the_text_of_the_report_is_none() -> None:
    document = docx.Document()
    document.add_paragraph("{{ 标题 }}")
    made = io.BytesIO()
    document.save(made)
    (problem,) = check_word_template(made.getvalue())
    assert problem.startswith("模板中没有报告正文")


def macros(parts: dict[str, bytes]) -> None:
    parts["word/vbaProject.bin"] = b"x"


def embedded(parts: dict[str, bytes]) -> None:
    parts["word/embeddings/oleObject1.bin"] = b"x"


def linked(parts: dict[str, bytes]) -> None:
    name = "word/_rels/document.xml.rels"
    link = b'<Relationship Id="rX" Type="t" Target="http://example.test/" TargetMode="External"/></Relationships>'
    parts[name] = parts[name].replace(b"</Relationships>", link)


def declared(parts: dict[str, bytes]) -> None:
    parts["word/document.xml"] = b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'


def headless(parts: dict[str, bytes]) -> None:
    del parts["word/document.xml"]


def swollen(parts: dict[str, bytes]) -> None:
    parts["word/media/a.png"] = bytes(41 * 1024 * 1024)


def wordy(parts: dict[str, bytes]) -> None:
    parts["word/document.xml"] += b" " * (5 * 1024 * 1024)


def braced(parts: dict[str, bytes]) -> None:
    parts["word/document.xml"] = parts["word/document.xml"].replace(b"<w:body>", b"<w:body>" + b"{{" * 1500)


def mangled(parts: dict[str, bytes]) -> None:
    parts["word/document.xml"] = parts["word/document.xml"][:-20]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (macros, "含有宏"), (embedded, "含有嵌入的对象或控件"), (linked, "指向文件以外的链接"),
        (declared, "文档类型声明"), (headless, "其中没有正文"), (swollen, "解压后的内容过大"), (wordy, "正文过大"),
        (mangled, "不是 Word 文件（.docx），或文件已损坏"), (braced, "占位符过多"),
    ],
)  # fmt: skip
def test_a_file_that_is_more_or_less_than_a_template_is_refused(
    change: Callable[[dict[str, bytes]], None], said: str
) -> None:
    problems = check_word_template(changed(starter_template(), change))
    assert len(problems) == 1, problems
    assert said in problems[0]


RELATIONS = "word/_rels/document.xml.rels"


def related(written: str) -> Callable[[dict[str, bytes]], None]:
    """A relationship written in this way, in the encoding that its declaration names."""

    def change(parts: dict[str, bytes]) -> None:
        text = parts[RELATIONS].decode().partition("?>")[2].replace("</Relationships>", f"{written}</Relationships>")
        parts[RELATIONS] = f'<?xml version="1.0" encoding="UTF-16"?>{text}'.encode("utf-16")

    return change


def told_to(*pieces: str, simple: bool = False) -> Callable[[dict[str, bytes]], None]:
    """A field in a footer, its instruction in these pieces."""
    runs = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces)
    begin, end = (f'<w:r><w:fldChar w:fldCharType="{side}"/></w:r>' for side in ("begin", "end"))
    field = f'<w:fldSimple w:instr="{"".join(pieces)}"/>' if simple else begin + runs + end

    def change(parts: dict[str, bytes]) -> None:
        parts["word/footer1.xml"] = parts["word/footer1.xml"].replace(b"</w:p>", f"{field}</w:p>".encode(), 1)

    return change


def part(name: str, content: bytes = b"<a/>") -> Callable[[dict[str, bytes]], None]:
    return lambda parts: parts.update({name: content})


def typed(kind: str) -> Callable[[dict[str, bytes]], None]:
    def change(parts: dict[str, bytes]) -> None:
        entry = f'<Default Extension="a" ContentType="{kind}"/></Types>'.encode()
        parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", entry)

    return change


LINK = "指向文件以外的链接"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (related('<Relationship Id="a" Type="t/image" Target="http://example.test/" TargetMode="External"/>'), LINK),
        (related("<Relationship Id='a' Type='t/image' Target='media/a.png' TargetMode = '&#69;xternal'/>"), LINK),
        (related('<Relationship Id="a" Type="t/image" Target="media/a.png" TargetMode="external"/>'), LINK),
        (related('<Relationship Id="a" Type="t/image" Target="http://example.test/a.png"/>'), LINK),
        (related('<Relationship Id="a" Type="t/image" Target="mailto:a"/>'), LINK),
        (related('<Relationship Id="a" Type="t/image" Target="//example.test/a.png"/>'), LINK),
        (related('<Relationship Id="a" Type="t/image" Target="\\\\example\\a.png"/>'), LINK),
        (related('<Relationship Id="a" Type="t/image" Target="../../../a.png"/>'), LINK),
        (related('<r:Relationship xmlns:r="r" Id="a" Type="t/a" Target="a" TargetMode="External"/>'), LINK),
        (related('<x><Relationship Id="a" Type="t/image" Target="styles.xml"/></x>'), LINK),
        (related('<Relationship Id="a" Type="t/attachedTemplate" Target="styles.xml"/>'), "关联“attachedTemplate”"),
        (told_to("INCLUDE", 'TEXT "a.txt"'), "页码、日期以外的域“INCLUDETEXT"),
        (told_to(" DDEAUTO a b"), "页码、日期以外的域“DDEAUTO"),
        (told_to("HYPERLINK a", simple=True), "页码、日期以外的域“HYPERLINK"),
        (told_to("DATE {{ 标题 }}"), "页码、日期以外的域“DATE {{"),
        (told_to("TOC"), "页码、日期以外的域“TOC"),
        (part("word/printerSettings/a.bin"), "部件“word/printerSettings/a.bin”"),
        (part("word/media/a.svg"), "部件“word/media/a.svg”"),
        (part("WORD/Document.xml"), "其中没有正文"),
        (part("../a.xml"), "部件“../a.xml”"),
        (typed("application/octet-stream"), "内容类型“application/octet-stream”"),
        (typed("application/vnd.ms-word.document.macroEnabled.main+xml"), "含有宏"),
        (part("word/comments.xml", "<!DOCTYPE a><a/>".encode("utf-16")), "文档类型声明"),
        (part("word/comments.xml", b'<w:a xmlns:w="w"><w:altChunk/></w:a>'), "对象、控件、宏或嵌入的文件"),
    ],
    ids=count(),
)  # fmt: skip
def test_what_a_template_has_no_need_of_is_refused_however_it_is_written(
    change: Callable[[dict[str, bytes]], None], said: str
) -> None:
    problems = check_word_template(changed(starter_template(), change))
    assert len(problems) == 1, problems
    assert said in problems[0]


@pytest.mark.parametrize(
    "change",
    [
        told_to(" PAGE  \\* MERGEFORMAT "), told_to("NUM", "PAGES"), told_to("DATE \\@ &quot;yyyy年M月d日&quot;"),
        told_to('SAVEDATE \\@ "yyyy-MM-dd" \\* MERGEFORMAT'), told_to("PAGE", simple=True),
        part("word/media/a.png", b"x"), part("customXml/item1.xml"), part("word/theme/theme1.xml"),
        typed("image/png"), related('<Relationship Id="a" Type="t/styles" Target="/word/styles.xml"/>'),
    ],
    ids=count(),
)  # fmt: skip
def test_what_templates_are_made_of_passes(change: Callable[[dict[str, bytes]], None]) -> None:
    assert check_word_template(changed(starter_template(), change)) == []


@pytest.mark.parametrize("length", [0, 4, 9000])
def test_what_is_no_word_file_is_told(length: int) -> None:
    assert check_word_template(starter_template()[:length]) == [
        "不是 Word 文件（.docx），或文件已损坏：请用 Word 或 WPS 另存为 .docx 后再上传。"
    ]


def test_a_file_too_large_is_told() -> None:
    (problem,) = check_word_template(bytes(LARGEST + 1))
    assert "模板最大 5 MB" in problem


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    return Office(engine, tmp_path / "home")


def keep(office: Office, content: bytes, name: str = "模板.docx", who: str = SUPERVISOR) -> WordTemplate:
    with on_record(office.engine) as session:
        organ, by = session.get_one(Organ, office.organ_id), office.by(session, who, ON)
        return keep_word_template(
            session, organ, by=by, store=office.store, file=check_template_file(examine(name, io.BytesIO(content)))
        )


def newest(office: Office) -> tuple[int, str] | None:
    with unit_of_work(office.engine) as session:
        found = newest_word_template(session, office.organ_id)
        return (found.revision, found.name) if found else None


def stop(office: Office) -> None:
    with on_record(office.engine) as session:
        stop_word_template(session, session.get_one(Organ, office.organ_id), by=office.by(session, SUPERVISOR, ON))


def test_the_newest_template_counts_until_it_is_stopped_and_all_stay(office: Office) -> None:
    assert newest(office) is None
    first, second = with_text("甲"), with_text("乙")
    keep(office, first)
    keep(office, second, "新模板.docx")
    assert newest(office) == (2, "新模板.docx")
    stop(office)
    assert newest(office) is None
    with pytest.raises(NotFoundError, match="没有在用的 Word 模板"):
        stop(office)
    kept = keep(office, second, "新模板.docx")
    assert newest(office) == (3, "新模板.docx")
    assert template_bytes(kept, office.store) == second
    with Session(office.engine) as session:
        rows = session.exec(select(WordTemplate).order_by(col(WordTemplate.revision))).all()
        assert [(row.revision, row.stopped_on is not None) for row in rows] == [(1, False), (2, True), (3, False)]


def test_the_one_in_use_is_not_kept_twice(office: Office) -> None:
    keep(office, with_text("甲"))
    with pytest.raises(BadInputError, match="没有改动：与现行的第 1 版模板相同"):
        keep(office, with_text("甲"))


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("{{ 局长 }}", "模板.docx", r"“模板.docx”不能用作模板：正文中的占位符不可用：“局长”"),
        ("甲", "模板.pdf", r"扩展名是 .pdf"),
        ("甲", "机密★模板.docx", r"带有密级标志"),
    ],
)
def test_what_does_not_fit_is_not_kept(office: Office, text: str, name: str, said: str) -> None:
    with pytest.raises(BadInputError, match=said):
        keep(office, with_text(text), name)
    assert newest(office) is None


@pytest.mark.parametrize("who", [HANDLER, OUTSIDER])
def test_only_whoever_compiles_may_set_it(office: Office, who: str) -> None:
    with pytest.raises(ForbiddenError):
        keep(office, with_text("甲"), who=who)
    assert newest(office) is None


def test_a_damaged_template_is_named(office: Office) -> None:
    kept = keep(office, with_text("甲"))
    with pytest.raises(NotFoundError, match=r"“模板.docx”（第 1 版）缺失或已损坏"):
        template_bytes(kept, FileStore("memory://nowhere"))
