"""Mail: over one reused SMTP connection, or into a Maildir while no server is set."""

import mailbox
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from models.errors import DeliveryError
from models.settings import Settings
from tasks.notices.channel import (
    AddressKind,
    BrokenOffError,
    ChannelDownError,
    ChannelSender,
    Handed,
    MessageChannel,
    Parcel,
)

TIMEOUT_SECONDS = 20


@contextmanager
def open_mail(settings: Settings) -> Iterator[ChannelSender]:
    """The server the settings name; its connection is made with the first message and closed at the end."""
    if not settings.smtp_host:
        yield MaildirMail(settings)
        return
    mail = SmtpMail(settings)
    try:
        yield mail
    finally:
        mail.close()


CHANNEL = MessageChannel("mail", "邮件", AddressKind.MAIL, lambda _settings: True, open_mail)


def as_mail(parcel: Parcel, sender: str) -> EmailMessage:
    """The parcel as a mail."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = parcel.to
    message["Subject"] = parcel.subject
    message["Message-ID"] = parcel.reference
    message["Date"] = format_datetime(parcel.sent_at)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(parcel.plain, cte="base64")
    return message


class MaildirMail:
    """A first run works without a server: any mail client reads this folder."""

    def __init__(self, settings: Settings) -> None:
        self.folder, self.sender = settings.maildir, settings.mail_from
        self._box: mailbox.Maildir | None = None

    def pack(self, parcel: Parcel) -> EmailMessage:
        return as_mail(parcel, self.sender)

    def send(self, packed: EmailMessage) -> Handed:
        try:
            if self._box is None:
                self.folder.parent.mkdir(parents=True, exist_ok=True)
                self._box = mailbox.Maildir(self.folder)
            return Handed(f"maildir {self._box.add(packed)}")
        except OSError as error:
            raise ChannelDownError(f"邮件目录 {self.folder} 无法写入:{error.strerror},通知保留,稍后重试。") from error


class SmtpMail:
    """One connection for a whole delivery, made anew after one that broke."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._server: smtplib.SMTP | None = None

    def pack(self, parcel: Parcel) -> EmailMessage:
        return as_mail(parcel, self.settings.mail_from)

    def send(self, packed: EmailMessage) -> Handed:
        server = self._server or self._connect()
        self._server = server
        try:
            server.send_message(packed)
        except smtplib.SMTPRecipientsRefused as error:
            code, answer = next(iter(error.recipients.values()))
            raise DeliveryError(_said(code, answer), permanent=500 <= code < 600) from error
        except smtplib.SMTPSenderRefused as error:
            raise ChannelDownError(
                f"邮件服务器拒绝发件人 {self.settings.mail_from}:{_said(error.smtp_code, error.smtp_error)}"
            ) from error
        except smtplib.SMTPResponseException as error:
            raise DeliveryError(
                _said(error.smtp_code, error.smtp_error), permanent=500 <= error.smtp_code < 600
            ) from error
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self.close()
            raise BrokenOffError(f"发送中与邮件服务器的连接中断({error}),稍后重试。") from error
        except (smtplib.SMTPException, UnicodeError, ValueError) as error:
            raise DeliveryError(f"{type(error).__name__}: {error}", permanent=True) from error
        return Handed("250 accepted")

    def close(self) -> None:
        if self._server is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._server.quit()
            self._server = None

    def _connect(self) -> smtplib.SMTP:
        settings = self.settings
        try:
            if settings.smtp_security == "tls":
                server: smtplib.SMTP = smtplib.SMTP_SSL(
                    settings.smtp_host,
                    settings.smtp_port,
                    timeout=TIMEOUT_SECONDS,
                    context=ssl.create_default_context(),
                )
            else:
                server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT_SECONDS)
                server.ehlo_or_helo_if_needed()
                offered = server.has_extn("starttls")
                if settings.smtp_security == "starttls" or (settings.smtp_security != "none" and offered):
                    server.starttls(context=ssl.create_default_context())
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        except (smtplib.SMTPException, OSError) as error:
            raise self._down(error) from error
        return server

    def _down(self, error: Exception) -> ChannelDownError:
        where = f"{self.settings.smtp_host}:{self.settings.smtp_port}"
        if isinstance(error, smtplib.SMTPAuthenticationError):
            return ChannelDownError(f"邮件服务器 {where} 不接受所设的用户名或密码,通知保留,稍后重试。")
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error) or type(error).__name__
        return ChannelDownError(f"邮件服务器 {where} 连接失败({reason}),通知保留,稍后重试。")


def _said(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"{code} {text}"[:500]
