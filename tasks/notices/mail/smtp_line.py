"""The conversation with a mail server: over one reused connection, encrypted."""

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field

from models.errors import DeliveryError
from tasks.notices.handed import BrokenOffError, ChannelDownError, Handed

CLOSING = 421
"""The server ends the connection, whatever it was asked (RFC 5321, 3.8)."""


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed over, and as whom. `security` as in the settings."""

    host: str
    port: int
    security: str
    ca_file: str
    user: str
    password: str = field(repr=False)
    sender: str
    timeout: float
    """Seconds it may take over one answer."""


class SmtpLine:
    """One connection for a whole delivery, made with the first mail and anew after one that broke."""

    def __init__(self, server: MailServer) -> None:
        self._at = server
        self._connected: smtplib.SMTP | None = None

    def send(self, to: str, mail: bytes) -> Handed:
        """Hand one mail over. Raises as `ChannelSender.send` does."""
        connected = self._connected = self._connected or self._connect()
        try:
            connected.sendmail(self._at.sender, [to], mail)
        except smtplib.SMTPRecipientsRefused as error:
            raise self._refused(*next(iter(error.recipients.values()))) from error
        except smtplib.SMTPSenderRefused as error:
            self.close()
            raise ChannelDownError(
                f"邮件服务器 {self._where} 拒绝发件人 {self._at.sender}：{_said(error.smtp_code, error.smtp_error)}，"
                "通知保留，稍后重试。"
            ) from error
        except smtplib.SMTPResponseException as error:
            raise self._refused(error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self.close()
            raise BrokenOffError(f"发送中与邮件服务器的连接中断（{error}），稍后重试。") from error
        return Handed("250 accepted")

    def close(self) -> None:
        if self._connected is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._connected.quit()
            self._connected = None

    def _refused(self, code: int, answer: bytes | str) -> DeliveryError | BrokenOffError:
        """What the server's refusal of this one mail means for it."""
        if code == CLOSING:
            self.close()
            return BrokenOffError(f"邮件服务器结束了连接（{_said(code, answer)}），稍后重试。")
        return DeliveryError(_said(code, answer), permanent=500 <= code < 600)

    @property
    def _where(self) -> str:
        return f"{self._at.host}:{self._at.port}"

    def _connect(self) -> smtplib.SMTP:
        at = self._at
        server: smtplib.SMTP | None = None
        try:
            context = ssl.create_default_context(cafile=at.ca_file or None)
            if at.security == "tls":
                server = smtplib.SMTP_SSL(at.host, at.port, timeout=at.timeout, context=context)
            else:
                server = smtplib.SMTP(at.host, at.port, timeout=at.timeout)
                server.ehlo_or_helo_if_needed()
                if at.security == "starttls" or (at.security == "starttls-if-offered" and server.has_extn("starttls")):
                    server.starttls(context=context)
            if at.user:
                server.login(at.user, at.password)
        except (smtplib.SMTPException, OSError) as error:
            if server is not None:
                server.close()
            raise ChannelDownError(f"邮件服务器 {self._where} {_why_not(error)}，通知保留，稍后重试。") from error
        return server


def _why_not(error: smtplib.SMTPException | OSError) -> str:
    """What is wrong with the connection, and where it can be mended how."""
    match error:
        case smtplib.SMTPAuthenticationError():
            return "不接受所设的用户名或密码"
        case smtplib.SMTPNotSupportedError() if "STARTTLS" in str(error):
            return (
                '不提供加密（STARTTLS）：用 465 端口的请设 smtp_security = "tls"，'
                '确实没有加密的请设 smtp_security = "none"'
            )
        case ssl.SSLCertVerificationError():
            return (
                f"的证书不能验证（{error.verify_message}）：请换用受信任的证书，"
                "或用 smtp_ca_file 指明签发它的证书文件（PEM）"
            )
        case ssl.SSLError():
            return f"加密失败（{error.reason or error}）：请核对 smtp_port 和 smtp_security"
        case smtplib.SMTPResponseException():
            return f"不接受连接（{_said(error.smtp_code, error.smtp_error)}）"
        case OSError(strerror=str(reason)):
            return f"连接失败（{reason}）"
    return f"连接失败（{str(error) or type(error).__name__}）"


def _said(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"{code} {text}"[:500]
