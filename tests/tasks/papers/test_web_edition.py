"""The page for the office's site: what it says, that it is whole in itself, and that words stay words."""

from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from tasks.papers.forms import Band, Cell, Form, FormRow, label
from tasks.papers.official_document import BarChart, Heading, OfficialDocument, Paragraph, Series, Table, TextRun
from tasks.papers.web_edition import web_edition

CHARTS = OfficialDocument(
    "年度数据图", None, (BarChart("各月", ("1月", "2月"), (Series("完成", "2E7D32", (3, 5)),)),), None, None
)
DOCUMENT = OfficialDocument(
    title="青禾县水务局\n2025年法治政府建设情况报告",
    addressee="县委、县政府：",
    body=(
        Heading(1, "一、", "主要举措"),
        Heading(2, "（一）", "完善制度"),
        Heading(3, "1.", "强化学习", run_in=(TextRun("开展2次，"), TextRun("明显〔待核〕。", mark=True))),
        Paragraph((TextRun("办理案件13件。"),)),
        Table(("类型", "件数"), (("简易程序", "4"),), "表1 案件"),
        Form((1, 3), (FormRow((label("任务"), Cell("普法", foot="签收"))),), Band("督办单", "1565C0")),
    ),
    signature="青禾县水务局",
    dated_on=date(2026, 1, 15),
    document_number="青水发〔2026〕1号",
    attachments=("清单",),
)


class Outline(HTMLParser):
    """Every element with its attributes, and the words of each."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.words.append((self.elements[-1][0] if self.elements else "", data.strip()))

    @property
    def tags(self) -> set[str]:
        return {tag for tag, _ in self.elements}


def test_headings_are_headings_and_every_word_is_there() -> None:
    page = Outline(web_edition(DOCUMENT))
    assert [word for word in page.words if word[0] in ("h1", "h2", "h3", "h4", "mark", "caption", "time")] == [
        ("h1", "青禾县水务局2025年法治政府建设情况报告"), ("h2", "一、主要举措"), ("h3", "（一）完善制度"),
        ("h4", "1.强化学习。"),
        ("mark", "明显〔待核〕。"), ("caption", "表1 案件"), ("caption", "督办单"), ("time", "2026年1月15日"),
    ]  # fmt: skip
    said = [word for _, word in page.words]
    for expected in (
        "县委、县政府：",
        "开展2次，",
        "办理案件13件。",
        "简易程序",
        "签收",
        "附件：清单",
        "青禾县水务局",
        "青水发〔2026〕1号",
    ):
        assert expected in said
    assert ("html", {"lang": "zh-CN"}) in page.elements


def test_it_is_whole_in_itself_without_script() -> None:
    page = Outline(web_edition(DOCUMENT, charts=CHARTS))
    assert not page.tags & {"script", "link", "img", "iframe", "object", "base", "form", "a"}
    for _, attributes in page.elements:
        assert not attributes.keys() & {"src", "href", "style"}
        assert not any(name.startswith("on") for name in attributes)


def test_charts_stand_below_the_signature_as_pictures_with_words() -> None:
    html = web_edition(DOCUMENT, charts=CHARTS)
    assert html.index("2026年1月15日") < html.index("<svg")
    assert "<h2>年度数据图</h2>" in html
    assert "<title>各月。1月：完成3。2月：完成5。</title>" in html
    assert "<svg" not in web_edition(DOCUMENT)


def test_the_same_document_gives_the_same_page() -> None:
    assert web_edition(DOCUMENT, charts=CHARTS) == web_edition(replace(DOCUMENT), charts=CHARTS)


@given(st.text(st.sampled_from("<>&\"'/=`{%}#中a \x00"), max_size=40))
def test_words_are_never_markup(text: str) -> None:
    hostile = OfficialDocument(
        text, text,
        (
            Heading(1, text, text), Paragraph((TextRun(text), TextRun(text, mark=True))),
            Table((text,), ((text,),), text),
        ),
        text, None, text, (text,),
    )  # fmt: skip
    usual = {
        "html", "head", "meta", "title", "style", "body", "article", "h1", "p", "h2", "mark", "table", "caption",
        "thead", "tbody", "tr", "th", "td", "div", "footer",
    }  # fmt: skip
    assert Outline(web_edition(hostile)).tags <= usual
