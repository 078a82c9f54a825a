"""The rhythm of the backup as a Prefect flow."""

from typing import Any

from flows import rhythms
from flows.prefect.rhythm import rhythm
from models.settings import load_settings


@rhythm("每夜备份")
def backup() -> dict[str, Any]:
    """每天夜里把整个单位备份成一个文件，放在 backup_folder，按保留规则删旧的；随后核验操作记录，留下核验点。"""
    return rhythms.backup(load_settings())
