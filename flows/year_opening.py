"""The opening of a year as a Prefect flow."""

from typing import Any

from flows import rhythms
from flows.prefect.rhythm import Part, Year, by_year, rhythm
from models.settings import load_settings


@rhythm("开年编制", named=by_year(ago=0))
def year_opening(year: Year = None, shard: Part = None) -> dict[str, Any]:
    """为上一年度有计划的每个单位编制新年度计划草案；不下达，已有的不重复。

    参数 year：计划年度，缺省为本年；shard：只做单位的一份，如 2/4，缺省为全部。
    """
    return rhythms.year_opening(load_settings(), year, shard)
