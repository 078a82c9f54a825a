"""The rhythm of the alarm as a Prefect flow."""

from typing import Any

from flows import rhythms
from flows.prefect.rhythm import by_minute, rhythm
from models.settings import load_settings


@rhythm("运行报警", named=by_minute)
def alarm() -> dict[str, Any]:
    """检查督办和发送是否按时进行；设了 alarm_ping_url 的，正常时向外面的报警服务报平安，有故障时报失败。"""
    return rhythms.alarm(load_settings())
