"""Mail as it stands on the wire, and over real servers on loopback: encrypted, refusing, slow, hanging up."""

import datetime as dt
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from models.errors import DeliveryError, DubanError
from models.settings import Settings
from tasks.notices.channel import Enclosure
from tasks.notices.channels import mail
from tasks.notices.channels.mail import CHANNEL
from tasks.notices.handed import BrokenOffError, ChannelDownError, Handed
from tasks.notices.mail.mail_text import LONGEST_NAME, as_mail
from tests.tasks.notices.parcels import parcel, tried

pytestmark = pytest.mark.usefixtures("either_way")

FROM = "督办 <duban@office.test>"
CALENDAR_FILE = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"


def read(mail: bytes) -> EmailMessage:
    found = message_from_bytes(mail, policy=policy.default)
    assert isinstance(found, EmailMessage)
    assert [(part.get_content_type(), part.defects) for part in found.walk() if part.defects] == []
    return found


def test_a_text_alone_is_one_part() -> None:
    found = read(as_mail(parcel(), FROM))

    assert (found["From"], found["To"], found["Subject"]) == (FROM, "li@office.test", "逾期")
    assert (found["Message-ID"], found["Date"]) == (
        "<20260626.1.mail@duban.invalid>",
        "Fri, 26 Jun 2026 08:00:00 +0800",
    )
    assert (found["Auto-Submitted"], found.get_content_type()) == ("auto-generated", "text/plain")
    assert found.get_content() == "一\r\n二\r\n"


def test_text_and_html_stand_side_by_side_and_files_are_attached() -> None:
    sheet = Enclosure("督办单〔2026〕1号.pdf", "application/pdf", b"%PDF-1.7 \x00\xff")
    found = read(as_mail(parcel(html="<p>一</p>", files=(sheet,)), FROM))

    assert [part.get_content_type() for part in found.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/pdf",
    ]  # fmt: skip
    html = found.get_body(("html",))
    assert html is not None
    assert html.get_content() == "<p>一</p>"
    (attached,) = found.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == (sheet.name, sheet.content)


def test_an_invitation_stands_beside_the_text_and_among_the_files() -> None:
    """There clients look for it (RFC 6047); several are files alone, since only one can be answered."""
    one = Enclosure("时限.ics", "text/calendar", CALENDAR_FILE)
    found = read(as_mail(parcel(html="<p>一</p>", files=(one,)), FROM))
    invitations = [part for part in found.walk() if part.get_content_type() == "text/calendar"]
    assert [(part.get_filename(), part.get_param("method")) for part in invitations] == [
        (None, "REQUEST"), ("时限.ics", "REQUEST"),
    ]  # fmt: skip
    assert {part.get_payload(decode=True) for part in invitations} == {CALENDAR_FILE}

    two = read(as_mail(parcel(files=(one, one)), FROM))
    assert [part.get_content_type() for part in two.walk()] == [
        "multipart/mixed", "text/plain", "text/calendar", "text/calendar",
    ]  # fmt: skip


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=300))
def test_any_subject_is_folded_and_read_back(subject: str) -> None:
    sent = as_mail(parcel(subject=subject), FROM)
    heading = sent.split(b"\r\nMessage-ID:")[0].split(b"\r\nSubject:")[1]

    assert str(read(sent)["Subject"]) == " ".join(subject.split())
    assert max(len(line) for line in f"Subject:{heading.decode()}".splitlines()) <= 76
    assert sent.isascii()


@pytest.mark.parametrize(
    "subject", ["一\r\nBcc: all@office.test", "Re:\nBcc: all@office.test", "a" * 200, "=?utf-8?Q?b?=", "\x00\x1f"]
)
def test_no_subject_makes_a_header_of_its_own(subject: str) -> None:
    found = read(as_mail(parcel(subject=subject), FROM))
    assert found.keys() == read(as_mail(parcel(), FROM)).keys()


@pytest.mark.parametrize("to", ["", "李@office.test", "a@b\r\nBcc: c@d", "a b@c", "a@b,c@d", "a@b>", "ab"])
def test_an_address_no_mail_goes_to_is_refused_for_good(to: str) -> None:
    with pytest.raises(DeliveryError) as refused:
        as_mail(parcel(to=to), FROM)
    assert refused.value.permanent


def test_the_name_of_a_file_however_long_fits_on_a_line_and_keeps_its_end() -> None:
    sent = as_mail(parcel(files=(Enclosure("督" * 300 + ".pdf", "application/pdf", b""),)), FROM)
    (attached,) = read(sent).iter_attachments()
    assert attached.get_filename() == "督" * (LONGEST_NAME - 4) + ".pdf"
    assert max(map(len, sent.splitlines())) < 998


class Post:
    """What a mail server answers, and what it took."""

    def __init__(self) -> None:
        self.rcpt: dict[str, str] = {}
        self.sender, self.data = "", "250 OK"
        self.taken: list[bytes] = []
        self.connections = 0

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Any, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.sender or "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.rcpt:
            return self.rcpt[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if self.data.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.taken.append(envelope.content)
        return self.data


Serve = Callable[..., int]


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def serve(post: Post) -> Iterator[Serve]:
    """Starts the server on a free port."""
    running: list[Controller] = []

    def start(**how: Any) -> int:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = int(free.getsockname()[1])
        running.append(Controller(post, hostname="127.0.0.1", port=port, **how))
        running[-1].start()
        return port

    yield start
    for one in running:
        one.stop()


def settings(tmp_path: Path, port: int, security: str = "none", **more: Any) -> Settings:
    return Settings(
        home=tmp_path, smtp_host="127.0.0.1", smtp_port=port, smtp_security=security, mail_from=FROM, **more
    )


def test_several_mails_go_over_one_connection_as_they_were_packed(tmp_path: Path, post: Post, serve: Serve) -> None:
    ends = tried(CHANNEL, settings(tmp_path, serve()), parcel(), parcel(to="wang@office.test"))
    assert ends == [Handed("250 accepted")] * 2
    assert (post.connections, post.taken[0]) == (1, as_mail(parcel(), FROM))


@pytest.mark.parametrize(
    ("answer", "error", "permanent"),
    [
        ("550 no such user", DeliveryError, True),
        ("450 greylisted", DeliveryError, False),
        ("421 too many", BrokenOffError, None),
    ],
)
@pytest.mark.parametrize("where", ["rcpt", "data"])
def test_a_refusal_is_of_this_mail_alone(
    tmp_path: Path, post: Post, serve: Serve, where: str, answer: str, error: type[DubanError], permanent: bool | None
) -> None:
    port = serve()
    with CHANNEL.opened(settings(tmp_path, port), many=False) as sender:
        post.rcpt, post.data = ({"li@office.test": answer}, "250 OK") if where == "rcpt" else ({}, answer)
        sender.hand(sender.pack(parcel()))
        with pytest.raises(error, match=answer) as refused:
            sender.answer()
        post.data = "250 OK"
        sender.hand(sender.pack(parcel(to="wang@office.test")))
        assert sender.answer() == Handed("250 accepted")
    assert getattr(refused.value, "permanent", None) is permanent
    assert post.connections == (2 if error is BrokenOffError else 1)


def test_a_refused_sender_is_the_channel_s(tmp_path: Path, post: Post, serve: Serve) -> None:
    post.sender = "553 not your domain"
    (end,) = tried(CHANNEL, settings(tmp_path, serve()), parcel())
    assert isinstance(end, ChannelDownError)
    assert "拒绝发件人 duban@office.test：553 not your domain" in end.message


def certificate(folder: Path) -> tuple[ssl.SSLContext, str]:
    """What a server on 127.0.0.1 shows, signed by itself, and the file of it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(dt.datetime(2000, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2100, 1, 1, tzinfo=dt.UTC))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    shown, kept = folder / "cert.pem", folder / "key.pem"
    shown.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    kept.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown, kept)
    return context, str(shown)


@pytest.mark.parametrize("security", ["starttls", "starttls-if-offered", "tls"])
def test_mail_is_encrypted_to_a_server_whose_certificate_is_named(
    tmp_path: Path, post: Post, serve: Serve, security: str
) -> None:
    context, file = certificate(tmp_path)
    port = serve(
        **({"ssl_context": context} if security == "tls" else {"tls_context": context, "require_starttls": True})
    )
    assert tried(CHANNEL, settings(tmp_path, port, security, smtp_ca_file=file), parcel()) == [Handed("250 accepted")]
    assert len(post.taken) == 1


def test_encryption_is_asked_for_unless_the_office_says_otherwise(tmp_path: Path, post: Post, serve: Serve) -> None:
    assert Settings(home=tmp_path).smtp_security == "starttls"
    port = serve()
    (refused,) = tried(CHANNEL, settings(tmp_path, port, "starttls"), parcel())
    assert isinstance(refused, ChannelDownError)
    assert "不提供加密（STARTTLS）" in refused.message
    assert 'smtp_security = "none"' in refused.message
    assert post.taken == []
    assert tried(CHANNEL, settings(tmp_path, port, "starttls-if-offered"), parcel()) == [Handed("250 accepted")]


def test_a_certificate_nobody_vouches_for_stops_the_channel_and_says_what_to_set(
    tmp_path: Path, post: Post, serve: Serve
) -> None:
    context, _ = certificate(tmp_path)
    port = serve(tls_context=context)
    for security in ("starttls", "starttls-if-offered"):
        (refused,) = tried(CHANNEL, settings(tmp_path, port, security), parcel())
        assert isinstance(refused, ChannelDownError)
        assert "证书不能验证（self-signed certificate" in refused.message
        assert "smtp_ca_file" in refused.message
    assert post.taken == []


def test_the_wrong_port_for_encryption_is_told(tmp_path: Path, serve: Serve) -> None:
    (refused,) = tried(CHANNEL, settings(tmp_path, serve(), "tls"), parcel())
    assert isinstance(refused, ChannelDownError)
    assert "请核对 smtp_port 和 smtp_security" in refused.message


def test_a_refused_password_is_the_channel_s_and_is_not_told(tmp_path: Path, serve: Serve) -> None:
    port = serve(authenticator=lambda *_: False, auth_require_tls=False)
    (refused,) = tried(CHANNEL, settings(tmp_path, port, smtp_user="duban", smtp_password="geheim"), parcel())
    assert isinstance(refused, ChannelDownError)
    assert "不接受所设的用户名或密码" in refused.message
    assert "geheim" not in refused.message


class Scripted:
    """A server that says these lines in turn, one for each of ours, then hangs up; None says nothing more."""

    def __init__(self, *says: str | None) -> None:
        self.says = says
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._speak, daemon=True)
        self.thread.start()

    @property
    def port(self) -> int:
        return int(self.socket.getsockname()[1])

    def _speak(self) -> None:
        connection, _ = self.socket.accept()
        with connection, connection.makefile("rb") as heard:
            for said in self.says:
                if said is None:
                    self.done.wait(10)
                    return
                connection.sendall(f"{said}\r\n".encode())
                heard.readline()

    def close(self) -> None:
        self.done.set()
        self.socket.close()
        self.thread.join()


@pytest.mark.parametrize(
    ("says", "error", "words"),
    [
        (["220 hello", "250 ok", "250 ok", "250 ok"], BrokenOffError, "连接中断"),
        (["220 hello", "250 ok", "250 ok", None], BrokenOffError, "连接中断"),
        (["220 hello", None], ChannelDownError, "连接失败"),
        ([None], ChannelDownError, "连接失败"),
        ([], ChannelDownError, "连接失败"),
        (["554 go away"], ChannelDownError, "不接受连接（554 go away）"),
        (["421 busy"], ChannelDownError, "不接受连接（421 busy）"),
    ],
)
def test_a_server_that_is_slow_or_hangs_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: list[str | None], error: type[DubanError], words: str
) -> None:
    monkeypatch.setattr(mail, "TIMEOUT_SECONDS", 0.3)
    server = Scripted(*says)
    try:
        (end,) = tried(CHANNEL, settings(tmp_path, server.port), parcel())
    finally:
        server.close()
    assert isinstance(end, error)
    assert words in end.message


def test_nobody_at_the_port_is_the_channel_s(tmp_path: Path) -> None:
    (end,) = tried(CHANNEL, settings(tmp_path, 1), parcel())
    assert isinstance(end, ChannelDownError)
    assert "127.0.0.1:1 连接失败（Connection refused）" in end.message


def test_without_a_server_any_client_reads_the_folder(tmp_path: Path) -> None:
    (end,) = tried(CHANNEL, Settings(home=tmp_path, mail_from=FROM), parcel(html="<p>一</p>"))
    assert isinstance(end, Handed)
    (file,) = (tmp_path / "mail" / "new").iterdir()
    assert b"\r" not in file.read_bytes()
    text = read(file.read_bytes()).get_body(("plain",))
    assert text is not None
    assert text.get_content() == "一\r\n二\r\n"
