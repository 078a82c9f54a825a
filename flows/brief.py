"""The brief's rhythm as a Prefect flow."""

from typing import Any

from prefect import flow

from flows import rhythms
from models.settings import load_settings


@flow(name="第一责任人简报")
def brief(on: str | None = None) -> dict[str, Any]:
    """为计划已下达的每个单位的第一责任人编制一页简报；每日只编号一次。

    参数 on：当作哪一天（如 2026-07-06），缺省为今天。
    """
    return rhythms.brief(load_settings(), on)
