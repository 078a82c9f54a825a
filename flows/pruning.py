"""The rhythm of pruning as a Prefect flow."""

from typing import Any

from flows import rhythms
from flows.prefect.rhythm import rhythm
from models.settings import load_settings


@rhythm("清理旧数据")
def pruning() -> dict[str, Any]:
    """清理过了保存期的登录、发送尝试、后台工作和临时文件；操作记录、办理的内容和通知从不清理。"""
    return rhythms.pruning(load_settings())
