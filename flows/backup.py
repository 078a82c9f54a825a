"""The rhythm of the backup as a Prefect flow."""

from typing import Any

from flows import rhythms
from flows.prefect.rhythm import rhythm
from models.settings import load_settings


@rhythm("每夜备份")
def backup() -> dict[str, Any]:
    """每天夜里把整个单位备份成一个文件，放在 backup_folder；按规则只留最近的几天、几周、几个月和每年一份。"""
    return rhythms.backup(load_settings())
