"""The rhythm of letters as a Prefect flow."""

from typing import Any

from flows import rhythms
from flows.prefect.rhythm import by_minute, rhythm
from models.settings import load_settings


@rhythm("账户信件", named=by_minute)
def letters() -> dict[str, Any]:
    """把账户和任职的变动、一次性地址马上发到本人邮箱：每件一封，不等每日汇总，也不受静默时段限制。"""
    return rhythms.letters(load_settings())
