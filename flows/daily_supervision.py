"""The daily rhythm as a Prefect flow."""

from typing import Any

from flows import rhythms
from flows.prefect.rhythm import Day, Part, rhythm
from models.settings import load_settings


@rhythm("每日督办")
def daily_supervision(on: Day = None, shard: Part = None) -> dict[str, Any]:
    """逐级提醒与升级督办：找出当日应提醒、应升级的事项，逐人生成通知，各一次；错过的日子由下一次补齐。

    参数 on：当作哪一天（如 2026-06-30），缺省为今天；shard：只做单位的一份，如 2/4，缺省为全部；
    各份都做完，当日才算督办过。
    """
    return rhythms.daily_supervision(load_settings(), str(on) if on else None, shard)
