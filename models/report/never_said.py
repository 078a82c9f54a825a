"""Words that never stand in a report that is filed: how an office keeps its own books."""

NEVER_SAID = (
    "工作成果为", "记录在案", "未逐一计数", "抽取检查对象", "履职事项", "按人登记", "列入计划任务", "按时完成任务",
    "按时完成率", "及时率", "覆盖率", "率0%", "整改：",
)  # fmt: skip
