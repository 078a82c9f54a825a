"""What an office sets of the channels by which its people are reached; a part of `models.settings.Settings`."""

from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings


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

    @field_validator("wecom_api", "dingtalk_api", "feishu_api")
    @classmethod
    def _are_safe(cls, address: str) -> str:
        if not is_safe(address):
            raise ValueError("应以 https:// 开头(本机的可用 http://127.0.0.1)")
        return address.strip().rstrip("/")

    @field_validator("wecom_robot_url", "dingtalk_robot_url", "feishu_robot_url")
    @classmethod
    def _are_safe_or_empty(cls, address: SecretStr) -> SecretStr:
        given = address.get_secret_value().strip()
        return SecretStr(cls._are_safe(given) if given else "")


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
