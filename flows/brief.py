"""The brief's rhythm as a Prefect flow."""

from typing import Any

from flows import rhythms
from flows.prefect.rhythm import Day, Part, rhythm
from models.settings import load_settings


@rhythm("第一责任人简报")
def brief(on: Day = None, shard: Part = None) -> dict[str, Any]:
    """为计划已下达的每个单位的第一责任人编制一页简报；每日只编号一次。

    参数 on：当作哪一天（如 2026-07-06），缺省为今天；shard：只做单位的一份，如 2/4，缺省为全部。
    """
    return rhythms.brief(load_settings(), str(on) if on else None, shard)
