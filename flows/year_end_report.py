"""The year-end rhythm as a Prefect flow."""

from typing import Any

from prefect import flow

from flows import rhythms
from models.settings import load_settings


@flow(name="年度报告编制")
def year_end_report(year: int | None = None) -> dict[str, Any]:
    """为有该年度计划的每个单位编制年度报告稿；材料没有变化时不产生新版本。

    参数 year：报告年度，缺省为上一年。
    """
    return rhythms.year_end_report(load_settings(), year)
