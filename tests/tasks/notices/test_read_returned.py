"""Mails that come back are understood as servers and providers write them; whatever else comes says nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.ladder.returned_mail import ReturnKind
from tasks.notices.read_returned import READ, Returned, read_returned
from tests.outside.returned_mails import OURS, REFERENCE, TO, recipient, report, written

FAILED, DELAYED, AWAY = ReturnKind.FAILED, ReturnKind.DELAYED, ReturnKind.AWAY
QQ = (
    f"<html><body><p>抱歉，您的邮件被退回来了……</p><p>收件人：<a href='mailto:{TO}'>{TO}</a></p>"
    f"<p>退信原因：host mx3.qq.com said: 550 Mailbox unavailable</p><p>Message-ID: {REFERENCE}</p></body></html>"
)
COREMAIL = f"您的邮件未能投递到以下收件人：\n<{TO}>:\n554 5.1.1 用户不存在\n原邮件标识：{REFERENCE}\n"


@pytest.mark.parametrize(
    ("raw", "kind", "words"),
    [
        pytest.param(report(recipient()), FAILED, "550 5.1.1 User unknown", id="Postfix"),
        pytest.param(report(recipient(action="Failed", said="")), FAILED, "5.1.1", id="no diagnosis"),
        pytest.param(report(recipient(status="4.4.1", said="451 4.4.1 timed out")), FAILED, "451 4.4.1 timed out",
                     id="given up after days"),
        pytest.param(report(recipient(action="delayed", status="4.2.2", said="452 4.2.2 Mailbox full")), DELAYED,
                     "452 4.2.2 Mailbox full", id="delayed"),
        pytest.param(report(recipient("<ZHANG@Bureau.test>")), FAILED, "550 5.1.1 User unknown", id="in capitals"),
        pytest.param(report(recipient(), returned=f"Content-Type: text/rfc822-headers\r\n\r\n{OURS}\r\n"), FAILED,
                     "550 5.1.1 User unknown", id="headers alone are returned"),
        pytest.param(report(recipient(), returned="Content-Type: text/plain\r\n\r\n\r\n",
                            headers=f"In-Reply-To: {REFERENCE}\r\n"), FAILED, "550 5.1.1 User unknown",
                     id="nothing is returned, but answered"),
        pytest.param(written("PostMaster@qq.com", "来自qq.com的退信", QQ, html=True), FAILED,
                     "退信原因：host mx3.qq.com said: 550 Mailbox unavailable", id="a page in words"),
        pytest.param(written("postmaster@office.test", "系统退信", COREMAIL), FAILED, "554 5.1.1 用户不存在",
                     id="in words"),
        pytest.param(written("Mailer-Daemon@mx.test", "Warning: message delayed", f"{TO}\nretrying: 451 greylisted",
                             reference=REFERENCE, X_Failed_Recipients=TO), DELAYED, "retrying: 451 greylisted",
                     id="Exim in words"),
        pytest.param(written(f"张三 <{TO}>", "自动回复：【督办】逾期1项", "我出差至6月10日。",
                             reference=REFERENCE), AWAY, ("自动回复：【督办】逾期1项："
"我出差至6月10日。"), id="163 and QQ"),
        pytest.param(written(TO, "自动答复：【督办】", "休假",
                             reference=REFERENCE, X_Auto_Response_Suppress="All"), AWAY,
                     "自动答复：【督办】：休假", id="Exchange"),
        pytest.param(written(TO, "Re: x", "away", reference=REFERENCE, Auto_Submitted="auto-replied (vacation)"), AWAY,
                     "Re: x：away", id="RFC 3834"),
        pytest.param(written(TO, "不在", "away", reference=REFERENCE, X_Autoreply="yes"), AWAY, "不在：away",
                     id="a mark of old"),
    ],
)  # fmt: skip
def test_what_comes_back_is_understood(raw: bytes, kind: ReturnKind, words: str) -> None:
    [said] = {*read_returned(raw)}

    assert said == Returned(kind, TO, (REFERENCE,), words)


def test_a_notification_speaks_of_each_recipient_by_both_names() -> None:
    said = read_returned(
        report(recipient("li@inner.test", original="li@bureau.test"), recipient("wang@bureau.test", "relayed", "2.0.0"),
               recipient("zhao@bureau.test", "delayed", "4.0.0"))
    )  # fmt: skip

    assert [(one.kind, one.address) for one in said] == [
        (FAILED, "li@bureau.test"), (FAILED, "li@inner.test"), (DELAYED, "zhao@bureau.test"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(written(TO, "Re：【督办】", "已收到，马上办。", reference=REFERENCE), id="a person's answer"),
        pytest.param(written(TO, "关于自动回复功能", "……", reference=REFERENCE), id="a person's mail about it"),
        pytest.param(written("news@shop.test", "大促", f"{REFERENCE} {TO} 550"), id="an advertisement"),
        pytest.param(written("postmaster@mx.test", "Delivered", f"{REFERENCE} {TO} 2.0.0 ok"), id="delivered"),
        pytest.param(written("postmaster@mx.test", "通知", f"{REFERENCE} {TO} 邮箱将满"), id="no reason by code"),
        pytest.param(report("Action: failed\r\n", recipient("nobody")), id="no address"),
        pytest.param(report(recipient(action="expanded")), id="no fault"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x00\xff" * 100, id="no mail"),
        pytest.param(written(TO, "自动回复", "x").replace(b"utf-8", b"klingon"), id="an unknown charset"),
    ],
)
def test_what_says_nothing_of_a_mail_of_ours_changes_nothing(raw: bytes) -> None:
    assert [one for one in read_returned(raw) if one.references] == []


def nested(depth: int) -> bytes:
    head = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(depth))
    return (f"From: {TO}\r\nSubject：自动回复\r\nIn-Reply-To: {REFERENCE}\r\n" + head).encode()


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(nested(3_000), id="deep"),
        pytest.param(b"Content-Type: message/rfc822\r\n\r\n" * 2_000, id="mail in mail"),
        pytest.param(b'Content-Type: multipart/report; a="' + b';"' * 9_000 + b"\r\n\r\n", id="a parameter"),
        pytest.param(b"From: " + b"<" * 60_000 + b"\r\nSubject: x\r\n\r\n", id="an address without end"),
        pytest.param(b"Subject: =?utf-8?q?" + b"=41" * 20_000 + b"?=\r\n\r\n", id="a word without end"),
        pytest.param(report(*[recipient(f"p{n}@bureau.test") for n in range(5_000)]), id="many recipients"),
        pytest.param(written("postmaster@mx.test", "x", f"550 x {REFERENCE} " + "a@b.test " * 100_000), id="addresses"),
        pytest.param(written("postmaster@mx.test", "x", "550 x " + "a" * 5_000_000), id="huge"),
    ],
)  # fmt: skip
def test_a_hostile_mail_takes_little(raw: bytes) -> None:
    assert len(read_returned(raw)) <= 100


def test_what_lies_behind_the_first_bytes_is_not_looked_at() -> None:
    pushed = report(recipient()).replace(b"I'm sorry", b"x" * READ)

    assert read_returned(pushed) == []


@given(st.binary(max_size=2_000), st.integers(0, 900), st.integers(0, 60))
def test_a_mail_that_was_damaged_anywhere_raises_nothing(noise: bytes, place: int, length: int) -> None:
    whole = report(recipient())

    for said in read_returned(whole[:place] + noise + whole[place + length :]):
        assert len(said.words) <= 300
