"""A mailbox is read from where it was left, whoever else reads it, and nothing in it is changed."""

import datetime as dt
import ipaddress
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import SecretStr, ValidationError

from models import clock
from models.settings import Settings
from tasks.notices.read_mailbox import MOST, Batch, MailboxError, read_mailbox
from tasks.notices.read_returned import READ
from tests.outside.imap_server import PASSWORD, USER, MailboxServer, mailbox_server

SINCE = dt.date(2026, 6, 1)


@pytest.fixture
def server() -> Iterator[MailboxServer]:
    with mailbox_server() as made:
        yield made


def settings(server: MailboxServer, **more: Any) -> Settings:
    given: dict[str, Any] = {"imap_security": "none", "imap_password": SecretStr(PASSWORD)} | more
    return Settings(home=Path("nowhere"), imap_host="127.0.0.1", imap_port=server.port, imap_user=USER, **given)


def read(server: MailboxServer, validity: int | None = 11, after: int = 0, **more: Any) -> Batch:
    return read_mailbox(settings(server, **more), validity=validity, after=after, since=SINCE)


def test_what_came_since_the_last_time_is_read_and_nothing_is_touched(server: MailboxServer) -> None:
    for number in range(3):
        server.put(f"mail {number}".encode())

    assert read(server, after=1) == Batch(11, {2: b"mail 1", 3: b"mail 2"})
    assert server.commands == [
        "CAPABILITY", "LOGIN", "CAPABILITY", 'ID ("name" "duban")', 'EXAMINE "INBOX"', "UID SEARCH UID 2:*",
        f"UID FETCH 2 (BODY.PEEK[]<0.{READ}>)", f"UID FETCH 3 (BODY.PEEK[]<0.{READ}>)", "LOGOUT",
    ]  # fmt: skip


def test_a_mailbox_without_new_mail_names_its_last_and_nothing_is_read(server: MailboxServer) -> None:
    server.put(b"old")

    assert read(server, after=1) == Batch(11, {})


@pytest.mark.parametrize("validity", [None, 10], ids=["never read", "numbered anew"])
def test_where_numbers_mean_something_else_it_begins_with_the_mail_of_late(
    server: MailboxServer, validity: int | None
) -> None:
    server.put(b"first")

    assert read(server, validity=validity, after=500) == Batch(11, {1: b"first"})
    assert "UID SEARCH SINCE 1-Jun-2026" in server.commands


def test_of_many_mails_some_are_read_and_of_a_huge_one_its_beginning(server: MailboxServer) -> None:
    for _ in range(MOST + 5):
        server.put(b"x" * 10)
    server.mails[1] = b"y" * 3 * READ

    batch = read(server)
    assert list(batch.mails) == list(range(1, MOST + 1))
    assert batch.mails[1] == b"y" * READ


def test_a_mail_that_is_gone_meanwhile_says_nothing(server: MailboxServer) -> None:
    server.put(b"x")
    server.refuses["UID FETCH"] = "OK nothing"

    assert read(server) == Batch(11, {1: b""})


def test_a_server_that_does_not_ask_who_reads_is_not_told(server: MailboxServer) -> None:
    server.capabilities = "IMAP4rev1"
    read(server)

    assert [command for command in server.commands if command.startswith("ID")] == []


@pytest.mark.parametrize(
    ("more", "refuses", "cuts", "words"),
    [
        pytest.param({"imap_password": SecretStr("x")}, {}, "", "未接受：[AUTHENTICATIONFAILED] wrong", id="password"),
        pytest.param({"imap_password": SecretStr("密码")}, {}, "", "连接失败（UnicodeEncodeError）", id="no ASCII"),
        pytest.param({}, {"EXAMINE": "NO no such folder"}, "", "未接受：no such folder", id="folder"),
        pytest.param({}, {"UID SEARCH": "BAD what"}, "", "what", id="search"),
        pytest.param({}, {}, "EXAMINE", "EOF", id="hangs up"),
        pytest.param({"imap_security": "starttls"}, {}, "", "TLS not supported", id="no STARTTLS"),
        pytest.param({"imap_security": "tls"}, {}, "", "连接失败", id="no TLS at all"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_in_words_without_the_password(
    server: MailboxServer, more: dict[str, Any], refuses: dict[str, str], cuts: str, words: str
) -> None:
    server.refuses, server.cuts = refuses, cuts

    with pytest.raises(MailboxError) as refused:
        read(server, **more)
    assert words in refused.value.message
    assert f"127.0.0.1:{server.port}" in refused.value.message
    assert PASSWORD not in refused.value.message


def certificate(folder: Path) -> Path:
    """A certificate for loopback, signed by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = clock.now()
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now.subtract(days=1)).not_valid_after(now.add(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


def test_by_tls_only_a_server_that_proves_its_name_hears_the_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = certificate(tmp_path)
    secure = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    secure.load_cert_chain(file)
    with mailbox_server(secure) as server:
        with pytest.raises(MailboxError):
            read(server, imap_security="tls")
        assert server.commands == []

        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        server.put(b"x")
        assert read(server, imap_security="tls") == Batch(11, {1: b"x"})


@pytest.mark.parametrize("folder", ["", 'IN"BOX', "退信", "a\\b", "a\nb", "x" * 101])
def test_a_folder_that_would_need_quoting_is_refused(folder: str) -> None:
    with pytest.raises(ValidationError):
        Settings(home=Path("nowhere"), imap_folder=folder)
