"""What the headings of a plan or report are about, so that what a ledger says stands under the one nearest to it."""

import re
from enum import Enum


class Theme(Enum):
    """A theme with the words headings name it by; of several themes in one clause the first here holds.

    What is more telling stands first, among themes as among words: 完善行政执法制度 is about enforcement, 健全制度机制
    about rules.
    """

    PUBLICITY = ("普法", "法治宣传", "宣传教育", "法治文化", "法治氛围")
    DISPUTES = ("矛盾纠纷", "行政复议", "应诉", "调解", "信访")
    STUDY = ("学习", "学法", "法治思维", "法治思想", "法治意识", "法治素养", "理论武装")
    TEAM = ("队伍", "培训", "执法资格", "持证")
    SUPERVISION = ("双随机", "双公示", "监管", "信用", "营商环境")
    ENFORCEMENT = ("行政执法", "文明执法", "案卷", "执法")
    DECISION = ("决策", "三重一大")
    COUNSEL = ("法律顾问", "公职律师", "合法性审", "法律审核", "合同")
    SERVICE = ("咨询", "政务", "便民", "审批", "放管服", "职能", "职责", "权责清单", "权力清单")
    EXAMPLE = ("示范", "指标")
    RULES = ("制度", "规范性文件", "立法")
    LAWFUL = ("依法行政", "依法履职", "依法办事", "法治政府建设")
    ORGANISATION = ("组织领导", "工作机制", "统筹", "责任", "领导", "机制", "保障")


def themes_of(heading: str) -> dict[Theme, int]:
    """What a heading is about, one theme a clause at most, with how telling its word is: 0 is the most."""
    found: dict[Theme, int] = {}
    for clause in re.split("[，,；;：:]", heading):
        named = ((theme, place) for theme in Theme for place, word in enumerate(theme.value) if word in clause)
        if first := next(named, None):
            found.setdefault(*first)
    return found
