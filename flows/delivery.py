"""The delivery rhythm as a Prefect flow."""

from typing import Any

from prefect import flow

from flows import rhythms
from models.settings import load_settings


@flow(name="通知发送")
def delivery() -> dict[str, Any]:
    """发送待发的通知:每人每日汇总为一封;静默时段内不发,不丢;发送失败的稍后重试。"""
    return rhythms.delivery(load_settings())
