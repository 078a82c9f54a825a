"""The two rhythms of delivery as Prefect flows."""

from typing import Any

from prefect import flow

from flows import rhythms
from models.settings import load_settings


@flow(name="通知发送")
def delivery() -> dict[str, Any]:
    """发送待发的通知：每人每日汇总为一封；静默时段内不发，不丢；发送失败的稍后重试。"""
    return rhythms.delivery(load_settings())


@flow(name="即时通知")
def urgent_delivery() -> dict[str, Any]:
    """发送不能等到每日汇总的通知（批示、催办、退回、转办、升级督办）；静默时段内不发，不丢。"""
    return rhythms.urgent_delivery(load_settings())
