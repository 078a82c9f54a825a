"""钉钉, as a work notice (工作通知) of the office's own application: a card with one button."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any

from models.errors import DeliveryError
from models.settings import Settings
from tasks.notices.channel import AddressKind, ChannelSender, MessageChannel, Parcel, Rate
from tasks.notices.handed import BrokenOffError, ChannelDownError, Handed
from tasks.notices.provider.access_token import Access
from tasks.notices.provider.dingtalk_refusals import REFUSALS
from tasks.notices.provider.exchange import Exchange
from tasks.notices.provider.message_text import cut, markdown, number_of, one_line, size, user_id
from tasks.notices.provider.refusal import Verdict

TITLE = 64
"""Characters."""
WHOLE = 2048
"""Bytes of the message as JSON."""
LINE_END = "  \n"
PAUSES = (0.3, 0.7, 1.0)
"""Seconds between asking what became of a message; it is sent after it was taken."""
SAME = 143106
"""The person has had a message that reads the same today: this one, at an earlier try."""
_REACHED: set[tuple[str, str]] = set()
"""Of which accounts this process knows that messages reach them: an application may ask so often a month only."""


@contextmanager
def open_dingtalk(settings: Settings) -> Iterator[ChannelSender]:
    """The application the settings name."""
    with closing(Exchange("钉钉", "errcode", REFUSALS)) as exchange:
        yield DingtalkSender(settings, exchange)


def _is_set(settings: Settings) -> bool:
    return bool(settings.dingtalk_app_key and settings.dingtalk_app_secret.get_secret_value()) and (
        settings.dingtalk_agent_id is not None
    )


CHANNEL = MessageChannel("dingtalk", "钉钉工作通知", AddressKind.OWN, _is_set, open_dingtalk, Rate(1500, 60))


class DingtalkSender:
    """One run over the application."""

    def __init__(self, settings: Settings, exchange: Exchange) -> None:
        self.settings, self.exchange = settings, exchange
        secret = settings.dingtalk_app_secret.get_secret_value()
        self._access = Access(exchange, (settings.dingtalk_api, settings.dingtalk_app_key, secret), self._fetch)

    def pack(self, parcel: Parcel) -> dict[str, Any]:
        title, end = one_line(parcel.subject), f"{LINE_END}{number_of(parcel.reference)}"
        card = {"title": cut(title, TITLE, size=len), "markdown": end, "single_title": "查看与填报"}
        message = {"msgtype": "action_card", "action_card": card | {"single_url": parcel.url}}
        text = f"**{title}**{LINE_END}{markdown(parcel.plain, self.settings.office_url, line_end=LINE_END)}"
        text = cut(text, WHOLE - _json_size(message), size=lambda said: _json_size(said) - len('""'))
        message["action_card"] = card | {"single_url": parcel.url, "markdown": text + end}
        return {
            "agent_id": self.settings.dingtalk_agent_id,
            "userid_list": user_id(parcel.to, "钉钉"),
            "msg": message,
        }

    def send(self, packed: dict[str, Any]) -> Handed:
        task = self._ask("asyncsend_v2", packed).get("task_id", "")
        # That it took the message says nothing of the person: of an unknown one it tells only when asked.
        account = (self.settings.dingtalk_app_key, packed["userid_list"])
        delivered = False if account in _REACHED else self._became(task, account[1])
        if delivered:
            _REACHED.add(account)
        return Handed(f"钉钉 {task}".strip(), delivered)

    def _became(self, task: Any, to: str) -> bool:
        """Whether the person has the message; False where that is not known yet.

        Raises DeliveryError where it was kept from the person, ChannelDownError where it was from everybody.
        """
        for pause in PAUSES:
            time.sleep(pause)
            try:
                answer = self._ask("getsendresult", {"agent_id": self.settings.dingtalk_agent_id, "task_id": task})
            except (DeliveryError, BrokenOffError, ChannelDownError):
                return False  # the message itself was taken
            result = answer.get("send_result")
            lists = result if isinstance(result, dict) else {}
            if to in _ids(lists, "read_user_id_list") | _ids(lists, "unread_user_id_list"):
                return True
            if to in _ids(lists, "invalid_user_id_list"):
                raise DeliveryError(f"钉钉没有发给“{to}”：没有这个员工，或不在应用的可见范围内", permanent=True)
            for kept in lists.get("forbidden_list") or ():
                if kept.get("userid") == to:
                    return self._kept_back(str(kept.get("code", "")))
            if to in _ids(lists, "forbidden_user_id_list"):
                raise DeliveryError("钉钉没有发出：超过给这个人的发送限制", permanent=False)
            if to in _ids(lists, "failed_user_id_list"):
                raise DeliveryError("钉钉没有发出，没有说明原因", permanent=False)
        return False

    def _kept_back(self, code: str) -> bool:
        if code == str(SAME):
            return True
        known = REFUSALS.get(int(code)) if code.isdecimal() else None
        if known is None:
            raise DeliveryError(f"钉钉没有发出：{code[:20] or '没有说明原因'}", permanent=False)
        words = f"钉钉没有发出，{code}：{known.meaning}"
        if known.verdict is Verdict.DOWN:
            raise ChannelDownError(words, pause=known.pause)
        raise DeliveryError(words, permanent=known.verdict is Verdict.NEVER)

    def _ask(self, what: str, body: Mapping[str, Any]) -> dict[str, Any]:
        url = f"{self.settings.dingtalk_api}/topapi/message/corpconversation/{what}"
        return self._access.asking(lambda token: self.exchange.ask(url, body, params={"access_token": token}))

    def _fetch(self) -> tuple[str, int]:
        answer = self.exchange.ask(
            f"{self.settings.dingtalk_api}/gettoken",
            params={
                "appkey": self.settings.dingtalk_app_key,
                "appsecret": self.settings.dingtalk_app_secret.get_secret_value(),
            },
        )
        return str(answer["access_token"]), int(answer["expires_in"])


def _json_size(value: object) -> int:
    return size(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def _ids(lists: Mapping[str, Any], name: str) -> set[str]:
    return {str(one) for one in lists.get(name) or ()}
