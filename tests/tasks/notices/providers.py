"""企业微信, 钉钉 and 飞书 on loopback: they answer as they document, and as they are told for the next request.

What they check themselves is what a sender could get wrong without it: tokens, signatures and who is known.
"""

import base64
import datetime as dt
import hashlib
import hmac
import json
import socket
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pydantic import SecretStr

from models.settings import Settings
from tasks.notices.channel import Parcel
from tasks.notices.find_channels import every_channel
from tasks.notices.handed import Handed

SECRET = "s3cret-of-the-application-0123456789"
ROBOT_KEY = "693a91f6-7aoc-4bc4-97a0-0ec2sifa5aaa"
SIGNING = "SEC-of-the-robot-0123456789abcdef"
SENDING = ("/cgi-bin/message/send", "/cgi-bin/webhook/send", "asyncsend_v2", "/robot/send", "/im/v1/messages", "/hook/")
GETTING = ("/gettoken", "/tenant_access_token/internal")
RESULT = "getsendresult"


@dataclass(frozen=True)
class Answer:
    """One answer: JSON where `body` is a mapping; `slow` seconds pass first; `cut` ends the connection instead."""

    body: Mapping[str, Any] | bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    slow: float = 0
    cut: bool = False


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: dict[str, Any]
    port: int


class Providers:
    """The three of them, at one address."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.tokens = 0
        self.expires_in = 7200
        self._next: dict[str, deque[Answer]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def says(self, *answers: Mapping[str, Any] | Answer, to: tuple[str, ...] | str = SENDING) -> None:
        """What the next requests to these addresses are answered, one after the other."""
        told = deque(one if isinstance(one, Answer) else Answer(one) for one in answers)
        for path in (to,) if isinstance(to, str) else to:
            self._next[path] = told

    def revoke(self) -> None:
        """No token given so far is valid any more."""
        self.tokens += 1

    def sent(self) -> list[Asked]:
        """The requests that hand over a message."""
        return [one for one in self.asked if any(path in one.path for path in SENDING)]

    def fetched(self) -> int:
        """How often a token was asked for."""
        return sum(1 for one in self.asked if any(path in one.path for path in GETTING))

    def answer(self, asked: Asked) -> Answer:
        for path, told in self._next.items():
            if path in asked.path and told:
                return told.popleft()
        return Answer(self._documented(asked))

    def _documented(self, asked: Asked) -> Mapping[str, Any]:
        match asked.path:
            case "/cgi-bin/gettoken":
                right = asked.query.get("corpsecret") == SECRET
                return self._token("access_token", "expires_in") if right else _no(40001, "invalid credential")
            case "/gettoken":
                right = asked.query.get("appsecret") == SECRET
                return self._token("access_token", "expires_in") if right else _no(40089, "不合法的appkey或appsecret")
            case "/open-apis/auth/v3/tenant_access_token/internal":
                right = asked.body.get("app_secret") == SECRET
                return self._token("tenant_access_token", "expire") if right else _not(10014, "app secret invalid")
            case "/cgi-bin/message/send":
                if asked.query.get("access_token") != self._valid:
                    return _no(40014, "invalid access_token")
                return {"errcode": 0, "errmsg": "ok", "msgid": "msg-1"}
            case "/topapi/message/corpconversation/asyncsend_v2":
                if asked.query.get("access_token") != self._valid:
                    return _no(88, "ding talk error", sub_code="40014", sub_msg="不合法的access_token")
                return {"errcode": 0, "errmsg": "ok", "task_id": 256271667526, "request_id": "4jzllmte0wau"}
            case "/topapi/message/corpconversation/getsendresult":
                return result(unread_user_id_list=[self.sent()[-1].body["userid_list"]])
            case "/open-apis/im/v1/messages":
                if asked.headers.get("authorization") != f"Bearer {self._valid}":
                    return _not(99991663, "Invalid access token for authorization")
                return {"code": 0, "msg": "success", "data": {"message_id": "om_dc13264520392913993dd051dba21dcf"}}
            case "/cgi-bin/webhook/send":
                return {"errcode": 0, "errmsg": "ok"} if asked.query.get("key") == ROBOT_KEY else _no(93000, "invalid")
            case "/robot/send":
                stamp = asked.query.get("timestamp", "")
                signed = hmac.new(SIGNING.encode(), f"{stamp}\n{SIGNING}".encode(), hashlib.sha256).digest()
                right = asked.query.get("sign") == base64.b64encode(signed).decode() and len(stamp) == 13
                return {"errcode": 0, "errmsg": "ok"} if right else _no(310000, "sign not match")
            case _:
                key = f"{asked.body.get('timestamp')}\n{SIGNING}"
                signed = hmac.new(key.encode(), digestmod=hashlib.sha256).digest()
                if asked.body.get("sign") != base64.b64encode(signed).decode():
                    return _not(19021, "sign match fail or timestamp is not within one hour from current time")
                return {"code": 0, "msg": "success", "data": {}, "StatusCode": 0, "StatusMessage": "success"}

    @property
    def _valid(self) -> str:
        return f"token-{self.tokens}-0123456789abcdef"

    def _token(self, name: str, lasts: str) -> Mapping[str, Any]:
        self.tokens += 1
        return {"errcode": 0, "code": 0, "errmsg": "ok", name: self._valid, lasts: self.expires_in}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        providers = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                self.take()

            def do_POST(self) -> None:
                self.take()

            def take(self) -> None:
                found = urlsplit(self.path)
                raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                query = {name: values[0] for name, values in parse_qs(found.query).items()}
                headers = {name.lower(): value for name, value in self.headers.items()}
                body = json.loads(raw) if raw else {}
                asked = Asked(self.command, found.path, query, headers, body, self.client_address[1])
                providers.asked.append(asked)
                self.reply(providers.answer(asked))

            def reply(self, answer: Answer) -> None:
                time.sleep(answer.slow)
                if answer.cut:
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                raw = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
                self.send_response(answer.status)
                for name, value in {"Content-Length": str(len(raw)), **answer.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def result(**lists: Any) -> Mapping[str, Any]:
    """What 钉钉 tells of a work notice that was handed over."""
    empty: dict[str, Any] = {
        name: []
        for name in ("invalid_user_id_list", "forbidden_user_id_list", "failed_user_id_list", "read_user_id_list",
                     "unread_user_id_list", "invalid_dept_id_list", "forbidden_list")
    }  # fmt: skip
    return {"errcode": 0, "errmsg": "ok", "send_result": empty | lists}


ACCOUNT, MOBILE = "zhang.san", "13800001111"
SENT_AT = dt.datetime(2026, 6, 30, 8, 0, tzinfo=dt.UTC)
CHANNELS = ("wecom", "wecom_robot", "dingtalk", "dingtalk_robot", "feishu", "feishu_robot")


def office_settings(url: str, home: Path, **changed: Any) -> Settings:
    """An office with every channel set up at this address."""
    secret, signing = SecretStr(SECRET), SecretStr(SIGNING)
    given: dict[str, Any] = {
        "home": home, "office_url": "http://10.0.0.8:8000",
        "wecom_api": url, "wecom_corp_id": "ww1", "wecom_agent_id": 1000002, "wecom_secret": secret,
        "wecom_robot_url": SecretStr(f"{url}/cgi-bin/webhook/send?key={ROBOT_KEY}"),
        "dingtalk_api": url, "dingtalk_app_key": "ding1", "dingtalk_app_secret": secret, "dingtalk_agent_id": 42,
        "dingtalk_robot_url": SecretStr(f"{url}/robot/send?access_token={ROBOT_KEY}"),
        "dingtalk_robot_secret": signing,
        "feishu_api": url, "feishu_app_id": "cli_1", "feishu_app_secret": secret,
        "feishu_robot_url": SecretStr(f"{url}/open-apis/bot/v2/hook/{ROBOT_KEY}"), "feishu_robot_secret": signing,
    }  # fmt: skip
    return Settings(**given | changed)


def a_parcel(channel: str, **changed: Any) -> Parcel:
    """A message to one person, by the address that this channel wants."""
    given: dict[str, Any] = {
        "reference": "<20260630.1.digest@duban.invalid>",
        "to": MOBILE if channel in ("wecom_robot", "dingtalk_robot") else ACCOUNT,
        "name": "张三", "subject": "【督办】逾期1项", "brief": "督办事项：逾期1项",
        "plain": "普法宣传，已逾期 3 个工作日\n", "html": None, "url": "http://10.0.0.8:8000/items/12",
        "sent_at": SENT_AT,
    }  # fmt: skip
    return Parcel(**given | changed)


def hand_over(settings: Settings, channel: str, *parcels: Parcel) -> list[Handed]:
    """What came of sending these, by default a plain one, in one run."""
    with every_channel()[channel].open(settings) as sender:
        return [sender.send(sender.pack(one)) for one in parcels or (a_parcel(channel),)]


def wide(text: str) -> str:
    """The text with the wide twins of its signs, which read alike and mean nothing."""
    return "".join(chr(ord(sign) + 0xFEE0) if sign in '<>[]*_`#~|@&"!' else sign for sign in text)


def _no(code: int, words: str, **more: Any) -> Mapping[str, Any]:
    return {"errcode": code, "errmsg": words, **more}


def _not(code: int, words: str) -> Mapping[str, Any]:
    return {"code": code, "msg": words}
