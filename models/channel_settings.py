"""What an office sets of the channels by which its people are reached; a part of `models.settings.Settings`."""

import re
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings

_WEBHOOK_SECRET = re.compile(r"whsec_[A-Za-z0-9+/]{32,86}={0,2}")

LOCAL_SCHEMES = frozenset(
    {"blink1", "dbus", "gio", "glib", "gnome", "kde", "macosx", "qt", "rsyslog", "syslog", "windows"}
)
"""Services of Apprise that act on the machine itself."""


class ChannelSettings(BaseSettings):
    """A channel is set up when the settings it cannot do without are given."""

    wecom_api: str = "https://qyapi.weixin.qq.com"
    """Where the interface of 企业微信 is; an office with a server of its own names that."""
    wecom_corp_id: str = ""
    wecom_agent_id: int | None = Field(default=None, ge=0)
    wecom_secret: SecretStr = SecretStr("")
    wecom_robot_url: SecretStr = SecretStr("")
    """The address of a group's robot as 企业微信 shows it; the key in it is what lets one speak there."""

    dingtalk_api: str = "https://oapi.dingtalk.com"
    dingtalk_app_key: str = ""
    dingtalk_app_secret: SecretStr = SecretStr("")
    dingtalk_agent_id: int | None = Field(default=None, ge=0)
    dingtalk_robot_url: SecretStr = SecretStr("")
    dingtalk_robot_secret: SecretStr = SecretStr("")
    """What the robot's messages are signed with (加签)."""

    feishu_api: str = "https://open.feishu.cn"
    feishu_app_id: str = ""
    feishu_app_secret: SecretStr = SecretStr("")
    feishu_robot_url: SecretStr = SecretStr("")
    feishu_robot_secret: SecretStr = SecretStr("")
    """What the robot's messages are signed with (签名校验)."""

    message_webhook_url: str = ""
    """The system of the office that takes messages for people, by their accounts in it."""
    message_webhook_secret: SecretStr = SecretStr("")
    """By what it verifies them: whsec_ and 24 to 64 bytes in base64 (Standard Webhooks)."""
    message_webhook_own: bool = False
    """Whether people may name receivers of their own, each verified by a secret of its own."""

    sms_url: str = ""
    """The interface of the gateway that sends short messages; what is typed into the fields below is filled in."""
    sms_method: str = Field(default="POST", pattern="^(GET|POST)$")
    sms_format: str = Field(default="json", pattern="^(json|form)$")
    """How a POST carries the fields; a GET carries them in the address."""
    sms_fields: dict[str, Any] = Field(default_factory=dict)
    """What is sent, with {mobile} {text} {sign} {template} {secret} in its texts."""
    sms_headers: dict[str, str] = Field(default_factory=dict)
    """Headers besides, with {secret} in their texts."""
    sms_secret: SecretStr = SecretStr("")
    sms_sign: str = Field(default="", max_length=20)
    """The registered signature, without its brackets 【】."""
    sms_template: str = Field(default="", max_length=100)
    """The number of the registered template."""
    sms_longest: int = Field(default=70, ge=20, le=500)
    """How many characters a message may have, signature included: more is charged as several."""
    sms_success_path: str = ""
    """Where in the answer its code stands, with points between names and places: `result.0.code`."""
    sms_success_value: str = ""
    """The code that means that the message was taken."""
    sms_permanent: str = ""
    """Codes of a message that will never be taken, with commas between them."""
    sms_down: str = ""
    """Codes by which no message passes: no credit left, a wrong key, too many."""

    apprise_schemes: str = ""
    """The services of Apprise that may be used, by the schemes of their URLs with commas between them; empty: none."""
    apprise_url: SecretStr = SecretStr("")
    """A service of the office's, with {to} where the account of the recipient belongs."""

    @field_validator("wecom_api", "dingtalk_api", "feishu_api")
    @classmethod
    def _are_safe(cls, address: str) -> str:
        if not is_safe(address):
            raise ValueError("应以 https:// 开头（本机的可用 http://127.0.0.1）")
        return address.strip().rstrip("/")

    @field_validator("wecom_robot_url", "dingtalk_robot_url", "feishu_robot_url")
    @classmethod
    def _are_safe_or_empty(cls, address: SecretStr) -> SecretStr:
        given = address.get_secret_value().strip()
        return SecretStr(cls._are_safe(given) if given else "")

    @field_validator("message_webhook_url", "sms_url")
    @classmethod
    def _are_web_addresses(cls, address: str) -> str:
        address = address.strip()
        if address and not is_web(address):
            raise ValueError("应为 https:// 或 http:// 开头的完整地址")
        return address

    @field_validator("apprise_schemes")
    @classmethod
    def _leave_the_machine(cls, schemes: str) -> str:
        given = [scheme.lower() for scheme in listed(schemes)]
        for scheme in given:
            if scheme in LOCAL_SCHEMES or not scheme.isalnum():
                raise ValueError(
                    f"“{scheme}”不能用：应为 Apprise 地址开头的服务名，如 bark,pushplus；只在本机起作用的不行"
                )
        return ",".join(given)

    @field_validator("message_webhook_secret")
    @classmethod
    def _signs(cls, secret: SecretStr) -> SecretStr:
        given = secret.get_secret_value().strip()
        if given and not _WEBHOOK_SECRET.fullmatch(given):
            raise ValueError("应为 whsec_ 加 24 至 64 字节的 base64，可用 echo whsec_$(openssl rand -base64 32) 生成")
        return SecretStr(given)

    @model_validator(mode="after")
    def _are_whole(self) -> "ChannelSettings":
        if self.message_webhook_url and not self.message_webhook_secret.get_secret_value():
            raise ValueError("设了 message_webhook_url，还须设 message_webhook_secret")
        url = self.apprise_url.get_secret_value()
        if url and (url.partition("://")[0].lower() not in listed(self.apprise_schemes) or "{to}" not in url):
            raise ValueError("apprise_url 应以 apprise_schemes 中的一种开头，并在收件人账号的位置写 {to}")
        if self.sms_url:
            sent = str(self.sms_fields)
            if "{mobile}" not in sent or "{text}" not in sent:
                raise ValueError(
                    '设了 sms_url,sms_fields 中须有 {mobile} 和 {text}，如 { phone = "{mobile}", content = "{text}" }'
                )
            if not (self.sms_secret.get_secret_value() + "".join(self.sms_headers.values())).isascii():
                raise ValueError("sms_headers 和 sms_secret 只能用 ASCII 字符")
            if not self.sms_success_path or not self.sms_success_value:
                raise ValueError("设了 sms_url，还须设 sms_success_path 和 sms_success_value：只凭 HTTP 200 不算发出")
        return self


def listed(text: str) -> list[str]:
    """What a setting lists with commas between, in order, each once."""
    return list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def is_web(address: str) -> bool:
    """Whether it is the whole address of something on the web."""
    try:
        found = urlsplit(address)
        host, _ = found.hostname, found.port
    except ValueError:
        return False
    return found.scheme in ("http", "https") and bool(host) and address.isprintable() and " " not in address


def is_safe(address: str) -> bool:
    """Whether nobody on the way can read along or answer in the place of whoever is meant."""
    try:
        found = urlsplit(address.strip())
        host, _ = found.hostname, found.port
    except ValueError:
        return False
    return bool(host) and (
        found.scheme == "https" or (found.scheme == "http" and host in ("127.0.0.1", "::1", "localhost"))
    )
