"""The rhythm of webhooks as a Prefect flow."""

from typing import Any

from flows import rhythms
from flows.prefect.rhythm import by_minute, rhythm
from models.settings import load_settings


@rhythm("接口推送", named=by_minute)
def webhooks() -> dict[str, Any]:
    """把办理和通知的事件推送给登记的地址：每件事一次，签名；失败的稍后重试，多次失败的停发。"""
    return rhythms.webhooks(load_settings())
