"""Mail: over one reused SMTP connection, encrypted, or into a Maildir while no server is set."""

import mailbox
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.utils import parseaddr

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
from tasks.notices.mail_text import as_mail

TIMEOUT_SECONDS = 20
CLOSING = 421
"""The server ends the connection, whatever it was asked (RFC 5321, 3.8)."""


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
            raise ChannelDownError(f"邮件目录 {self.folder} 无法写入:{error.strerror},通知保留,稍后重试。") from error


class _Waiting(smtplib.SMTP):
    """A connection on which others work while the server makes up its mind."""

    meanwhile: Callable[[], object] | None = None

    def getreply(self) -> tuple[int, bytes]:
        if self.meanwhile is not None:
            self.meanwhile()
        return super().getreply()


class _WaitingOverTls(_Waiting, smtplib.SMTP_SSL):
    pass


class SmtpMail:
    """One connection for a whole delivery, made anew after one that broke."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.sender = parseaddr(settings.mail_from)[1]
        self.meanwhile: Callable[[], object] = lambda: None
        self._server: smtplib.SMTP | None = None

    def pack(self, parcel: Parcel) -> tuple[str, bytes]:
        """To whom, and the mail."""
        return parcel.to, as_mail(parcel, self.settings.mail_from)

    def send(self, packed: tuple[str, bytes]) -> Handed:
        to, mail = packed
        server = self._server = self._server or self._connect()
        try:
            server.sendmail(self.sender, [to], mail)
        except smtplib.SMTPRecipientsRefused as error:
            raise self._refused(*next(iter(error.recipients.values()))) from error
        except smtplib.SMTPSenderRefused as error:
            self.close()
            raise ChannelDownError(
                f"邮件服务器 {self._where} 拒绝发件人 {self.sender}:{_said(error.smtp_code, error.smtp_error)},"
                "通知保留,稍后重试。"
            ) from error
        except smtplib.SMTPResponseException as error:
            raise self._refused(error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self.close()
            raise BrokenOffError(f"发送中与邮件服务器的连接中断({error}),稍后重试。") from error
        return Handed("250 accepted")

    def close(self) -> None:
        if self._server is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._server.quit()
            self._server = None

    def _refused(self, code: int, answer: bytes | str) -> DeliveryError | BrokenOffError:
        """What the server's refusal of this one mail means for it."""
        if code == CLOSING:
            self.close()
            return BrokenOffError(f"邮件服务器结束了连接({_said(code, answer)}),稍后重试。")
        return DeliveryError(_said(code, answer), permanent=500 <= code < 600)

    @property
    def _where(self) -> str:
        return f"{self.settings.smtp_host}:{self.settings.smtp_port}"

    def _connect(self) -> smtplib.SMTP:
        settings = self.settings
        server: _Waiting | None = None
        try:
            context = ssl.create_default_context(cafile=settings.smtp_ca_file or None)
            if settings.smtp_security == "tls":
                server = _WaitingOverTls(
                    settings.smtp_host, settings.smtp_port, timeout=TIMEOUT_SECONDS, context=context
                )
            else:
                server = _Waiting(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT_SECONDS)
                server.ehlo_or_helo_if_needed()
                if settings.smtp_security == "starttls" or (
                    settings.smtp_security == "starttls-if-offered" and server.has_extn("starttls")
                ):
                    server.starttls(context=context)
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        except (smtplib.SMTPException, OSError) as error:
            if server is not None:
                server.close()
            raise ChannelDownError(f"邮件服务器 {self._where} {_why_not(error)},通知保留,稍后重试。") from error
        server.meanwhile = lambda: self.meanwhile()
        return server


def _why_not(error: smtplib.SMTPException | OSError) -> str:
    """What is wrong with the connection, and where it can be mended how."""
    match error:
        case smtplib.SMTPAuthenticationError():
            return "不接受所设的用户名或密码"
        case smtplib.SMTPNotSupportedError() if "STARTTLS" in str(error):
            return (
                '不提供加密(STARTTLS):用 465 端口的请设 smtp_security = "tls",确实没有加密的请设 smtp_security = "none"'
            )
        case ssl.SSLCertVerificationError():
            return (
                f"的证书不能验证({error.verify_message}):请换用受信任的证书,或用 smtp_ca_file 指明签发它的证书文件(PEM)"
            )
        case ssl.SSLError():
            return f"加密失败({error.reason or error}):请核对 smtp_port 和 smtp_security"
        case smtplib.SMTPResponseException():
            return f"不接受连接({_said(error.smtp_code, error.smtp_error)})"
        case OSError(strerror=str(reason)):
            return f"连接失败({reason})"
    return f"连接失败({str(error) or type(error).__name__})"


def _said(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"{code} {text}"[:500]
