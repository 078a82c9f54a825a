"""Evidence through the pages: brought in whole or not at all, given out unchanged, only to whoever may see the item."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.items.evidence import Evidence, StoredFile
from tasks.files import keep_thumbnail
from tests.documents import pdf, png
from tests.item_forms import carried, file, fill
from tests.office import FIRST, HANDLER, OUTSIDER, Office, day
from tests.web import Web, words_of

FORM = "/items/1/evidence"


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(engine, tmp_path / "home", evidence_megabytes=1)
    made.assign("制度清理", due="2026-06-30", on="2026-06-01")
    made.today = day("2026-06-02")
    return made


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def kept(office: Office) -> list[Path]:
    """The files that lie in the store."""
    folder = Path(office.settings.evidence_store)
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


def test_what_was_brought_is_given_out_unchanged_under_its_name(web: Web) -> None:
    fill(web.of(HANDLER), FORM, files=[file("总结 “终稿”.txt", "结果")])

    answer = web.of(FIRST).get("/evidence/1")

    assert answer.content == "结果".encode()
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"__________.txt\"; filename*=UTF-8''"
        "%E6%80%BB%E7%BB%93%20%E2%80%9C%E7%BB%88%E7%A8%BF%E2%80%9D.txt"
    ).replace("__________", "_" * 7)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("现场.png", png(8, 6), "image/png"),
        ("现场.jpeg", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("总结.pdf", pdf("正文"), "application/pdf"),
    ],
)
def test_a_file_that_a_browser_shows_safely_opens_there_and_runs_nothing(
    web: Web, name: str, content: bytes, kind: str
) -> None:
    fill(web.of(HANDLER), FORM, files=[file(name, content)], vouched="on")

    answer = web.of(FIRST).get("/evidence/1")

    assert (answer.content, answer.headers["content-type"]) == (content, kind)
    assert answer.headers["content-disposition"].startswith("inline; filename=")
    assert answer.headers["content-security-policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
    )
    assert (answer.headers["x-content-type-options"], answer.headers["cache-control"]) == (
        "nosniff",
        "private, no-store",
    )


@pytest.mark.parametrize(
    ("name", "content"), [("页.txt", "<script>alert(1)</script>"), ("图.gif", b"GIF89a<script>"), ("表.csv", "=1,二")]
)
def test_every_other_file_stays_to_be_kept(web: Web, name: str, content: str | bytes) -> None:
    fill(web.of(HANDLER), FORM, files=[file(name, content)], vouched="on")

    answer = web.of(FIRST).get("/evidence/1")

    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert "<img" not in web.of(FIRST).get("/items/1").text
    assert web.of(FIRST).get("/evidence/1/thumbnail").status_code == 404


def test_a_picture_is_drawn_small_once_for_whoever_may_see_it(
    web: Web, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(web.of(HANDLER), FORM, files=[file("现场.png", png(8, 6))], vouched="on")
    assert web.of(OUTSIDER).get("/evidence/1/thumbnail").status_code == 404
    assert not (office.settings.home / keep_thumbnail.FOLDER).exists()

    shown = web.of(FIRST).get("/items/1").text
    drawn = web.of(FIRST).get("/evidence/1/thumbnail")
    monkeypatch.setattr(keep_thumbnail, "thumbnail", None)
    again = web.of(HANDLER).get("/evidence/1/thumbnail")

    assert '<img class="thumbnail" src="/evidence/1/thumbnail" alt="" loading="lazy">现场.png</a>' in shown
    assert (drawn.headers["content-type"], drawn.content[:4], again.content) == ("image/png", b"\x89PNG", drawn.content)
    assert drawn.headers["cache-control"] == "private, no-store"


def test_what_cannot_be_drawn_is_tried_once(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(web.of(HANDLER), FORM, files=[file("现场.png", png(30_000, 30_000, lines=1))], vouched="on")
    first = web.of(FIRST).get("/evidence/1/thumbnail")
    monkeypatch.setattr(keep_thumbnail, "thumbnail", None)
    again = web.of(FIRST).get("/evidence/1/thumbnail")

    assert (first.status_code, again.status_code) == (404, 404)
    assert "“现场.png”没有缩略图" in words_of(again.text)


def test_whoever_may_not_know_of_the_item_cannot_tell_its_evidence_from_none(web: Web) -> None:
    fill(web.of(HANDLER), FORM, files=[file("总结.txt", "结果")])
    outsider = web.of(OUTSIDER)

    hidden, missing = outsider.get("/evidence/1"), outsider.get("/evidence/2")

    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert hidden.text == missing.text


def test_several_files_come_in_at_once(office: Office, web: Web) -> None:
    page = fill(
        web.of(HANDLER), FORM, files=[file("一.txt", "甲"), file("二.txt", "乙")], note="两份", category="会议信息"
    )

    assert "任务 1 已上传佐证材料 2 份。" in page
    assert [(row.name, row.note, row.category.label) for row in office.rows(Evidence)] == [
        ("一.txt", "两份", "会议信息"),
        ("二.txt", "两份", "会议信息"),
    ]


def test_an_older_version_can_still_be_had(office: Office, web: Web) -> None:
    handler = web.of(HANDLER)
    fill(handler, FORM, files=[file("总结.txt", "初稿")])
    page = fill(handler, FORM, files=[file("总结.txt", "终稿")], replaces="1")

    assert [row.revision for row in office.rows(Evidence)] == [1, 2]
    assert "已有新版" in page
    assert handler.get("/evidence/1").content == "初稿".encode()
    assert handler.get("/evidence/2").content == "终稿".encode()


@pytest.mark.parametrize(
    ("second", "words"),
    [
        (file("程序.exe", b"MZ\x00\x00"), "不能接受“程序.exe”"),
        (file("假的.pdf", "不是 PDF"), "扩展名是 .pdf"),
        (file("秘密★总结.txt", "内容"), "涉密材料不得上传"),
        (file("空的.txt", ""), "空"),
        (file("一样.txt", "甲"), "已有内容相同的材料“一.txt”"),
    ],
)
def test_one_file_that_may_not_come_in_stops_all_and_nothing_stays(
    office: Office, web: Web, second: tuple[str, object], words: str
) -> None:
    handler = web.of(HANDLER)

    answer = handler.post(FORM, carried(handler, FORM) | {"note": "说明在此"}, files=[file("一.txt", "甲"), second])

    assert answer.status_code == 400
    beside = answer.text[answer.text.index('name="file"') :]
    assert words in words_of(beside[: beside.index("</div>")])
    assert "说明在此" in answer.text
    assert (office.rows(Evidence), office.rows(StoredFile), kept(office)) == ([], [], [])


def test_a_file_that_is_too_large_is_refused_before_it_is_read(office: Office, web: Web) -> None:
    handler = web.of(HANDLER)
    over = file("大.txt", "甲" * 700_000)

    answer = handler.post(FORM, carried(handler, FORM), files=[over])
    fits = handler.post("/items/1/report", carried(handler, "/items/1/report"), files=[file("中.txt", "甲" * 400_000)])

    assert answer.status_code in (400, 413)
    assert "最多 2 MB" in answer.text or "单个文件最大 1 MB" in answer.text
    assert "单个文件最大 1 MB" in words_of(fits.text) or "进展情况不能为空" in words_of(fits.text)
    assert kept(office) == []


def test_a_name_is_never_trusted(office: Office, web: Web) -> None:
    fill(web.of(HANDLER), FORM, files=[file("../../etc/总结\u202e.txt", "结果")])

    assert [row.name for row in office.rows(Evidence)] == ["总结.txt"]
    assert all(path.is_relative_to(Path(office.settings.evidence_store)) for path in kept(office))


def test_a_damaged_file_is_not_given_out(office: Office, web: Web) -> None:
    handler = web.of(HANDLER)
    fill(handler, FORM, files=[file("总结.txt", "结果")])
    (stored,) = kept(office)
    stored.write_bytes("被改".encode())

    answer = handler.get("/evidence/1")

    assert answer.status_code == 404
    assert "“总结.txt”的文件缺失或已损坏" in words_of(answer.text)


def test_the_form_says_what_may_come_in(web: Web) -> None:
    html = web.of(HANDLER).get(FORM).text

    assert "合计不超过 1 MB；涉密材料不得上传" in html
    assert 'accept=".pdf,' in html
    assert 'enctype="multipart/form-data"' in html
