"""Mail: over one reused SMTP connection, encrypted, or into a Maildir while no server is set."""

import mailbox
from collections.abc import Iterator
from contextlib import closing, contextmanager
from email.utils import parseaddr

from models.settings import Settings
from tasks.notices.channel import AddressKind, ChannelSender, InTurn, MessageChannel, Parcel, QueuedSender
from tasks.notices.handed import ChannelDownError, Handed
from tasks.notices.mail.mail_text import as_mail
from tasks.notices.mail.smtp_line import MailServer, SmtpLine
from tasks.notices.mail.smtp_process import SmtpProcess

TIMEOUT_SECONDS = 20


@contextmanager
def open_mail(settings: Settings) -> Iterator[ChannelSender]:
    """The server the settings name; its connection is made with the first message and closed at the end."""
    if not settings.smtp_host:
        yield MaildirMail(settings)
        return
    with closing(SmtpLine(_server(settings))) as line:
        yield SmtpMail(settings, line)


@contextmanager
def open_mail_apart(settings: Settings) -> Iterator[QueuedSender]:
    """The same by a process of its own; a folder needs none."""
    if not settings.smtp_host:
        yield InTurn(MaildirMail(settings))
        return
    with closing(SmtpProcess(_server(settings))) as process:
        yield SmtpMailApart(settings, process)


def _server(settings: Settings) -> MailServer:
    return MailServer(
        settings.smtp_host, settings.smtp_port, settings.smtp_security, settings.smtp_ca_file, settings.smtp_user,
        settings.smtp_password.get_secret_value(), parseaddr(settings.mail_from)[1], TIMEOUT_SECONDS,
    )  # fmt: skip


CHANNEL = MessageChannel(
    "mail", "邮件", AddressKind.MAIL, lambda _settings: True, open_mail, open_apart=open_mail_apart
)


class MaildirMail:
    """A first run works without a server: any mail client reads this folder."""

    def __init__(self, settings: Settings) -> None:
        self.folder, self.sender = settings.maildir, settings.mail_from
        self._box: mailbox.Maildir | None = None

    def pack(self, parcel: Parcel) -> bytes:
        return as_mail(parcel, self.sender).replace(b"\r\n", b"\n")

    def send(self, packed: bytes) -> Handed:
        try:
            if self._box is None:
                self.folder.parent.mkdir(parents=True, exist_ok=True)
                self._box = mailbox.Maildir(self.folder)
            return Handed(f"maildir {self._box.add(packed)}")
        except OSError as error:
            raise ChannelDownError(
                f"邮件目录 {self.folder} 无法写入：{error.strerror}，通知保留，稍后重试。"
            ) from error


class _Packing:
    def __init__(self, settings: Settings) -> None:
        self.mail_from = settings.mail_from

    def pack(self, parcel: Parcel) -> tuple[str, bytes]:
        """To whom, and the mail."""
        return parcel.to, as_mail(parcel, self.mail_from)


class SmtpMail(_Packing):
    """Mail by a server."""

    def __init__(self, settings: Settings, line: SmtpLine) -> None:
        super().__init__(settings)
        self._line = line

    def send(self, packed: tuple[str, bytes]) -> Handed:
        return self._line.send(*packed)


class SmtpMailApart(_Packing):
    """Mail by a server that another process talks to."""

    def __init__(self, settings: Settings, process: SmtpProcess) -> None:
        super().__init__(settings)
        self._process = process

    @property
    def full(self) -> bool:
        return self._process.full

    def hand(self, packed: tuple[str, bytes]) -> None:
        self._process.hand(*packed)

    def answer(self) -> Handed:
        return self._process.answer()
