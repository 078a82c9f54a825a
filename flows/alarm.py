"""The rhythm of the alarm as a Prefect flow."""

from typing import Any

from prefect import flow

from flows import rhythms
from models.settings import load_settings


@flow(name="运行报警")
def alarm() -> dict[str, Any]:
    """检查督办和发送是否按时进行；设了 alarm_ping_url 的，正常时向外面的报警服务报平安，有故障时报失败。"""
    return rhythms.alarm(load_settings())
