"""Mails that come back, in the forms that servers and providers give them."""

from email.message import EmailMessage
from email.policy import SMTP

REFERENCE = "<20260602.7.mail@duban.invalid>"
TO = "zhang@bureau.test"
OURS = f"From: duban@office.test\r\nTo: {TO}\r\nSubject: =?utf-8?b?44CQ552j5Yqe44CR?=\r\nMessage-ID: {REFERENCE}\r\n"


def report(
    *recipients: str, returned: str = f"Content-Type: message/rfc822\r\n\r\n{OURS}\r\ncontent\r\n",
    sender: str = "MAILER-DAEMON@mx.test", headers: str = "", key: str = "<bounce.1@mx.test>",
) -> bytes:  # fmt: skip
    """A notification by RFC 3464 with these recipients' fields, as Postfix lays it out."""
    blocks = "\r\n".join(recipients)
    return (
        f"Return-Path: <>\r\nFrom: Mail Delivery System <{sender}>\r\nTo: duban@office.test\r\n"
        f"Subject: Undelivered Mail Returned to Sender\r\nMessage-ID: {key}\r\n"
        f"Auto-Submitted: auto-replied\r\n{headers}MIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary="B1/mx.test"\r\n\r\n'
        "--B1/mx.test\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nI'm sorry to have to inform you ...\r\n\r\n"
        "--B1/mx.test\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; mx.test\r\nArrival-Date: Tue, 2 Jun 2026 08:40:00 +0800\r\n\r\n{blocks}\r\n"
        f"--B1/mx.test\r\n{returned}\r\n--B1/mx.test--\r\n"
    ).encode()


def recipient(
    address: str = TO, action: str = "failed", status: str = "5.1.1",
    said: str = "550 5.1.1 User unknown", original: str | None = None,
) -> str:  # fmt: skip
    """The fields about one recipient."""
    first = f"Original-Recipient: rfc822;{original}\r\n" if original else ""
    diagnosed = f"Diagnostic-Code: smtp; {said}\r\n" if said else ""
    return f"Final-Recipient: rfc822; {address}\r\n{first}Action: {action}\r\nStatus: {status}\r\n{diagnosed}"


def written(
    sender: str, subject: str, text: str, *, html: bool = False, reference: str | None = None, **headers: str
) -> bytes:
    """A mail of a person or a provider."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = sender, "duban@office.test", subject
    if reference:
        mail["In-Reply-To"] = mail["References"] = reference
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text, subtype="html" if html else "plain", cte="base64")
    return mail.as_bytes()
