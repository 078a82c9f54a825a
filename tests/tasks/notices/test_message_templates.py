"""An office's own wording: used where it works, refused with its line where it does not, and never in the way."""

from pathlib import Path

import pytest

from models.settings import Settings
from tasks.notices.compose import compose
from tasks.notices.message_templates import DEFAULTS, LARGEST, NAMES, check_templates, templates_of
from tests.tasks.notices.test_compose import CALENDAR, ON, line


def written(home: Path, name: str, text: str | bytes) -> Settings:
    """An office with this template."""
    (home / "messages").mkdir(exist_ok=True)
    file = home / "messages" / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return Settings(home=home)


def plain(settings: Settings) -> str:
    return compose([line()], name="李承办", on=ON, settings=settings, calendar=CALENDAR).plain


def test_an_office_without_templates_has_nothing_to_be_told(tmp_path: Path) -> None:
    assert check_templates(Settings(home=tmp_path)) == []
    assert check_templates(Settings(home=tmp_path / "nowhere")) == []


def test_an_offices_own_template_is_used(tmp_path: Path) -> None:
    settings = written(tmp_path, "message.txt", "{{ name }}同志：{% for g in groups %}{{ g.heading }}{% endfor %}")
    assert check_templates(settings) == []
    assert plain(settings) == "李承办同志：今日到期"


def test_a_template_may_be_changed_while_the_system_runs(tmp_path: Path) -> None:
    assert plain(written(tmp_path, "message.txt", "一")) == "一"
    assert plain(written(tmp_path, "message.txt", "二二")) == "二二"
    (tmp_path / "messages" / "message.txt").unlink()
    assert plain(Settings(home=tmp_path)).startswith("李承办：")


def test_the_templates_that_come_along_may_be_taken_as_a_beginning(tmp_path: Path) -> None:
    for name in NAMES:
        settings = written(tmp_path, name, (DEFAULTS / name).read_bytes())
    assert check_templates(settings) == []
    assert set(templates_of(settings).own) == set(NAMES)


@pytest.mark.parametrize(
    ("name", "text", "line", "said"),
    [
        ("message.txt", "{{ name }}\n{% if total %}\n", 2, "写法有误"),
        ("message.txt", "一\n{{ nam }}", 2, "没有“nam”；可用：name、on、groups"),
        ("head.txt", "{{ groups }}", 1, "没有“groups”；可用：name、on、line、url"),
        ("message.html", "\n\n{% for g in groups %}{{ g.entries[0].titel }}{% endfor %}", 3, "没有“.titel”；可用"),
        ("message.txt", "{% if false %}{{ groups[0].entries[0].secret }}{% endif %}", 1, "没有“.secret”"),
        ("message.txt", "{{ name|shout }}", 1, "写法有误"),
        ("message.txt", "一\n{{ groups[7].heading }}", 2, "试填出错"),
        ("message.txt", "{% include 'duban.toml' %}", 1, "不能引用别的文件"),
        ("message.txt", "{{ name.__class__ }}", 1, "没有“.__class__”"),
        ("message.txt", "{{ name|attr('__class__') }}", 1, "试填出错"),
        ("message.txt", "\xff".encode("latin-1"), None, "不是 UTF-8"),
        ("message.txt", " " * (LARGEST + 1), None, "超过 64 KB"),
        ("mesage.txt", "一", None, "不是消息模板的文件名；可用：subject.txt、brief.txt、message.txt"),
    ],
)
def test_a_template_that_does_not_work_is_told_and_the_one_that_comes_along_is_used(
    tmp_path: Path, name: str, text: str | bytes, line: int | None, said: str
) -> None:
    settings = written(tmp_path, name, text)
    [problem] = check_templates(settings)
    assert (problem.file, problem.line) == (tmp_path / "messages" / name, line)
    assert said in problem.what
    assert problem.where.startswith(f"消息模板 {tmp_path / 'messages' / name}")
    assert plain(settings).startswith("李承办：")


def test_a_template_that_fails_on_a_message_that_nobody_foresaw_is_passed_over(tmp_path: Path) -> None:
    settings = written(tmp_path, "message.txt", "{{ 1 // (total - 9) }}")
    assert check_templates(settings) == []
    lines = [line(number) for number in range(1, 10)]
    said = compose(lines, name="李承办", on=ON, settings=settings, calendar=CALENDAR)
    assert said.plain.startswith("李承办：")


def test_html_of_an_office_is_escaped_too(tmp_path: Path) -> None:
    settings = written(tmp_path, "message.html", "{{ groups[0].entries[0].title }}")
    said = compose([line(title="<b>")], name="李承办", on=ON, settings=settings, calendar=CALENDAR)
    assert said.html == "&lt;b&gt;"
