"""The circulars' rhythms as Prefect flows: a week, a month and a quarter each have their own."""

from typing import Any

from flows import rhythms
from flows.prefect.rhythm import Day, Part, rhythm
from models.settings import load_settings


@rhythm("每周通报")
def weekly_circular(on: Day = None, shard: Part = None) -> dict[str, Any]:
    """为计划已下达的每个单位编印本周督办通报；同一周只编号一次。

    参数 on：当作哪一天（如 2026-07-03），缺省为今天；周五以前为上一周；shard：只做单位的一份，如 2/4，缺省为全部。
    """
    return rhythms.weekly_circular(load_settings(), str(on) if on else None, shard)


@rhythm("每月通报")
def monthly_circular(on: Day = None, shard: Part = None) -> dict[str, Any]:
    """为计划已下达的每个单位编印上月督办通报；同一月只编号一次。

    参数 on：当作哪一天（如 2026-07-01），缺省为今天；shard：只做单位的一份，如 2/4，缺省为全部。
    """
    return rhythms.monthly_circular(load_settings(), str(on) if on else None, shard)


@rhythm("每季度通报")
def quarterly_circular(on: Day = None, shard: Part = None) -> dict[str, Any]:
    """为计划已下达的每个单位编印上季度督办通报；同一季度只编号一次。

    参数 on：当作哪一天（如 2026-07-01），缺省为今天；shard：只做单位的一份，如 2/4，缺省为全部。
    """
    return rhythms.quarterly_circular(load_settings(), str(on) if on else None, shard)
