"""Words of record keeping that never stand in a report: no office writes them of its own year."""

NEVER_USED: tuple[str, ...] = (
    "工作成果为",
    "记录在案",
    "未逐一计数",
    "抽取检查对象",
    "全年列入计划任务",
)
"""As they would stand in a sentence; what stands in 《》 or in quotation marks is a name and is not asked about."""
