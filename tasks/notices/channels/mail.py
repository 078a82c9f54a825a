"""Mail: over one reused SMTP connection, or into a Maildir while no server is set."""

import mailbox
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

from models.errors import DeliveryError, DubanError
from models.settings import Settings

TIMEOUT_SECONDS = 20


class ChannelDownError(DubanError):
    """邮件服务器不可用,通知保留,稍后重试。"""


class Mail(Protocol):
    """Something that takes a mail."""

    def send(self, message: EmailMessage) -> str:
        """Hand the message over; returns the provider's answer.

        Raises DeliveryError when this one message is refused, ChannelDownError when no message can pass.
        """
        ...


@contextmanager
def open_mail(settings: Settings) -> Iterator[Mail]:
    """The channel the settings name; its connection is made with the first message and closed at the end."""
    if not settings.smtp_host:
        yield MaildirMail(settings.maildir)
        return
    mail = SmtpMail(settings)
    try:
        yield mail
    finally:
        mail.close()


class MaildirMail:
    """A first run works without a server: any mail client reads this folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._box: mailbox.Maildir | None = None

    def send(self, message: EmailMessage) -> str:
        try:
            if self._box is None:
                self.folder.parent.mkdir(parents=True, exist_ok=True)
                self._box = mailbox.Maildir(self.folder)
            return f"maildir {self._box.add(message)}"
        except OSError as error:
            raise ChannelDownError(f"邮件目录 {self.folder} 无法写入:{error.strerror},通知保留,稍后重试。") from error


class SmtpMail:
    """One connection for a whole delivery; one that broke is made anew once per message."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._server: smtplib.SMTP | None = None

    def send(self, message: EmailMessage) -> str:
        fresh = self._server is None
        try:
            return self._hand_over(message)
        except (smtplib.SMTPServerDisconnected, ConnectionError) as error:
            self.close()
            if fresh:
                raise self._down(error) from error
        try:
            return self._hand_over(message)
        except (smtplib.SMTPServerDisconnected, ConnectionError) as error:
            self.close()
            raise self._down(error) from error

    def close(self) -> None:
        if self._server is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._server.quit()
            self._server = None

    def _hand_over(self, message: EmailMessage) -> str:
        server = self._server or self._connect()
        self._server = server
        try:
            server.send_message(message)
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
        except smtplib.SMTPServerDisconnected:
            raise
        except (smtplib.SMTPException, UnicodeError, ValueError) as error:
            raise DeliveryError(f"{type(error).__name__}: {error}", permanent=True) from error
        return "250 accepted"

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
