"""The year-end rhythm as a Prefect flow."""

from typing import Any

from flows import rhythms
from flows.prefect.rhythm import Part, Year, by_year, rhythm
from models.settings import load_settings


@rhythm("年度报告编制", named=by_year(ago=1))
def year_end_report(year: Year = None, shard: Part = None) -> dict[str, Any]:
    """为有该年度计划的每个单位编制年度报告稿；材料没有变化时不产生新版本。

    参数 year：报告年度，缺省为上一年；shard：只做单位的一份，如 2/4，缺省为全部。
    """
    return rhythms.year_end_report(load_settings(), year, shard)
