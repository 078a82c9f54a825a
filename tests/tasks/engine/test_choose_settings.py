"""What an administrator sets in the browser: kept for the owner alone, on record, below what the deployment sets."""

import io
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from models.audit import AuditEntry
from models.clock import opening_of
from models.database import on_record, unit_of_work
from models.errors import BadInputError, ForbiddenError
from models.ladder.channel_state import ChannelState
from models.people.organ import Organ
from models.people.permission import Action
from models.people.person import Role
from models.settings import OFFICE_FILE, SETTINGS_FILE, load_settings, renewed
from tasks.engine.choose_settings import choose_logo, choose_settings, list_settings, note_office_url
from tasks.files.check_upload import examine
from tests.office import HANDLER, SUPERVISOR, Office

ON = "2026-06-04"
ADMINISTRATOR = "管网络"


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(engine, tmp_path / "home")
    made.settings.home.mkdir(parents=True, exist_ok=True)
    made.hire(ADMINISTRATOR, Role.ADMINISTRATOR, "管理员")
    return made


def choose(office: Office, typed: Mapping[str, str], name: str = ADMINISTRATOR) -> list[str]:
    with on_record(office.engine) as session:
        organ, by = session.get_one(Organ, office.organ_id), office.by(session, name, ON)
        return choose_settings(session, office.settings, organ, typed, by=by)


def entries(office: Office) -> list[AuditEntry]:
    with unit_of_work(office.engine) as session:
        return list(session.exec(select(AuditEntry).where(AuditEntry.action == Action.CONFIGURE.value)))


def test_what_is_chosen_holds_from_the_next_look_and_a_process_that_runs_sees_it(office: Office) -> None:
    before = office.settings

    assert choose(office, {"smtp_host": "mail.test", "quiet_from": "21:30", "site_name": "某县督办"}) == [
        "smtp_host", "quiet_from", "site_name",
    ]  # fmt: skip
    after = renewed(before)

    assert (after.smtp_host, f"{after.quiet_from:%H:%M}", after.site_name) == ("mail.test", "21:30", "某县督办")
    assert load_settings(before.home).smtp_host == "mail.test"
    assert renewed(after) is after


def test_a_secret_lies_in_the_owners_file_alone(office: Office) -> None:
    choose(office, {"smtp_password": "geheim"})
    file = office.settings.home / OFFICE_FILE
    (entry,) = entries(office)

    assert json.loads(file.read_text()) == {"smtp_password": "geheim"}
    assert file.stat().st_mode & 0o077 == 0
    assert (entry.before, entry.after) == ({"smtp_password": None}, {"smtp_password": "***"})
    assert renewed(office.settings).smtp_password.get_secret_value() == "geheim"
    assert {line.name: (line.value, line.given) for line in list_settings(renewed(office.settings))}[
        "smtp_password"
    ] == ("", True)


def test_what_the_deployment_sets_wins_and_cannot_be_chosen(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    choose(office, {"smtp_host": "chosen.test"})
    (office.settings.home / SETTINGS_FILE).write_text('smtp_host = "file.test"\n')
    monkeypatch.setenv("DUBAN_SMTP_PORT", "2525")

    assert load_settings(office.settings.home).smtp_host == "file.test"
    for name, words in (("smtp_host", "由 duban.toml 设定"), ("smtp_port", "由 DUBAN_SMTP_PORT 设定")):
        with pytest.raises(BadInputError, match=words):
            choose(office, {name: "1"})
    assert len(entries(office)) == 1


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("smtp_port", "70000", "smtp_port"),
        ("office_url", "duban.example", "http:// 或 https:// 开头"),
        ("office_url", "http://a.test/?x=1", "http:// 或 https:// 开头"),
        ("mail_from", "nobody", "应为邮箱地址"),
        ("site_name", "一\n二", "应为一行文字"),
        ("database_url", "sqlite://", "不能在这里设置"),
    ],
)
def test_what_will_not_do_is_refused_and_nothing_is_written(office: Office, name: str, value: str, words: str) -> None:
    with pytest.raises(BadInputError, match=words):
        choose(office, {"smtp_host": "mail.test", name: value})

    assert [file.name for file in office.settings.home.glob("office*")] == []
    assert entries(office) == []


def test_what_is_rolled_back_leaves_no_file(office: Office) -> None:
    def fail() -> None:
        with on_record(office.engine) as session:
            organ, by = session.get_one(Organ, office.organ_id), office.by(session, ADMINISTRATOR, ON)
            choose_settings(session, office.settings, organ, {"smtp_host": "mail.test"}, by=by)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert [file.name for file in office.settings.home.glob("office*")] == []


@pytest.mark.parametrize("name", [HANDLER, SUPERVISOR])
def test_nobody_else_may(office: Office, name: str) -> None:
    with pytest.raises(ForbiddenError, match="管理员"):
        choose(office, {"site_name": "某县督办"}, name)


def test_an_administrator_below_the_top_may_not(office: Office) -> None:
    with unit_of_work(office.engine) as session:
        above = Organ(code="above", name="某市局")
        session.add(above)
        session.flush()
        session.get_one(Organ, office.organ_id).parent_id = above.id

    with pytest.raises(ForbiddenError):
        choose(office, {"site_name": "某县督办"})


def test_another_mail_server_is_tried_at_once(office: Office) -> None:
    with unit_of_work(office.engine) as session:
        at = opening_of(office.today)
        session.add(ChannelState(name="mail", tries=4, reason="拒绝连接", down_since=at, next_try_at=at))
    choose(office, {"smtp_host": "mail.test"})

    with unit_of_work(office.engine) as session:
        state = session.get_one(ChannelState, "mail")
        assert (state.down_since, state.tries, state.next_try_at, state.passed_at) == (None, 0, None, None)


def test_an_empty_text_goes_back_to_what_held_before(office: Office) -> None:
    choose(office, {"smtp_host": "mail.test", "smtp_port": "465"})
    choose(office, {"smtp_host": ""})

    assert json.loads((office.settings.home / OFFICE_FILE).read_text()) == {"smtp_port": 465}


@pytest.mark.parametrize(
    ("name", "head", "size", "words"),
    [
        ("标志.png", "\x89PNG\r\n\x1a\n", 100, None),
        ("标志.jpg", "\xff\xd8\xff\xe0", 100, None),
        ("标志.png", "MZ", 100, "内容却"),
        ("标志.pdf", "%PDF-1.7\n", 100, "应为 PNG 或 JPEG"),
        ("标志.png", "\x89PNG\r\n\x1a\n", 131_073, "MB"),
    ],
)
def test_a_logo_is_a_small_picture(office: Office, name: str, head: str, size: int, words: str | None) -> None:
    content = head.encode("latin-1").ljust(size, b"\x00")

    def take() -> None:
        with on_record(office.engine) as session:
            organ, by = session.get_one(Organ, office.organ_id), office.by(session, ADMINISTRATOR, ON)
            choose_logo(session, office.settings, organ, examine(name, io.BytesIO(content)), by=by)

    if words is not None:
        with pytest.raises(BadInputError, match=words):
            take()
        assert entries(office) == []
    else:
        take()
        file = renewed(office.settings).logo_file
        assert file is not None
        assert file.read_bytes() == content


@pytest.mark.parametrize(
    ("host", "name", "noted"),
    [
        ("10.0.0.8:8000", SUPERVISOR, "http://10.0.0.8:8000"),
        ("duban.example", ADMINISTRATOR, "http://duban.example"),
        ("127.0.0.1:8000", ADMINISTRATOR, None),
        ("localhost", ADMINISTRATOR, None),
        ("[::1]:8000", ADMINISTRATOR, None),
        ("10.0.0.8:8000", HANDLER, None),
        ("a b", ADMINISTRATOR, None),
    ],
)
def test_the_address_is_that_by_which_whoever_manages_people_came(
    office: Office, host: str, name: str, noted: str | None
) -> None:
    for address in (host, "10.9.9.9"):
        with on_record(office.engine) as session:
            organ, by = session.get_one(Organ, office.organ_id), office.by(session, name, ON)
            if address == host or noted is not None:
                note_office_url(session, office.settings, "http", address, by=by, organ=organ)
    found = renewed(office.settings)

    assert (found.is_reached, found.office_url) == (noted is not None, noted or "http://127.0.0.1:8000")
