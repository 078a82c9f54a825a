"""The two rhythms of delivery as Prefect flows."""

from typing import Any

from flows import rhythms
from flows.prefect.rhythm import by_minute, rhythm
from models.settings import load_settings


@rhythm("通知发送", named=by_minute)
def delivery() -> dict[str, Any]:
    """发送待发的通知：每人每日汇总为一封；静默时段内不发，不丢；发送失败的稍后重试。"""
    return rhythms.delivery(load_settings())


@rhythm("即时通知", named=by_minute)
def urgent_delivery() -> dict[str, Any]:
    """发送不能等到每日汇总的通知（批示、催办、退回、转办、升级督办）；静默时段内不发，不丢。"""
    return rhythms.urgent_delivery(load_settings())
