"""The words of the trail: what tables, columns and told facts are called, and a change in a line a person can read."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import Boolean, Column, Enum

from models.items.evidence import Category
from models.items.item import Importance
from models.ledgers.kinds import KINDS
from models.people.permission import Action
from models.people.person import Role
from models.tables import METADATA

MACHINE_ACTIONS: Mapping[str, str] = {
    "supervise": "每日督办", "supervise_by_word": "确认日期后督办", "draw_up": "出具督办单",
    "stop_webhook": "停止接口推送", "detach_month": "归档", "attach_month": "接回归档",
    "failed_sign_ins": "登录失败汇总", "again": "重复取走文件汇总",
}  # fmt: skip
"""What the system's own rhythms do."""

TAKE_FILE = "take_file"
WATCHED_ACTIONS: Mapping[str, str] = {TAKE_FILE: "取走文件"}
"""What changes nothing and is on record all the same."""

OWN_ACTIONS: Mapping[str, str] = {
    "sign_in": "登录", "sign_out": "退出登录", "set_password": "设置密码", "set_up": "首次设置",
    "bind_account": "绑定单点登录", "end_sessions": "退出其他登录", "make_token": "生成接口令牌",
    "revoke_token": "吊销接口令牌", "make_feed": "生成日历订阅", "revoke_feed": "停用日历订阅",
    "unbind_account": "解除单点登录", "enrol_factor": "启用第二因素", "use_factor": "验证第二因素",
    "drop_factor": "解除第二因素", "set_preference": "设置消息偏好", "set_address": "登记渠道账号",
    "note_office_url": "记下网址", "put_steps_away": "收起起步清单",
}  # fmt: skip
"""What people do to their own way in; no grant is needed for it."""

_OF_LEDGERS: dict[str, str] = {str(kind.table.__tablename__): kind.title for kind in KINDS.values()}
_FIELDS_OF_LEDGERS: dict[str, str] = {field.name: field.label for kind in KINDS.values() for field in kind.fields}

TABLES: Mapping[str, str] = _OF_LEDGERS | {
    "account": "账户", "account_touch": "账户经手", "recovery_code": "恢复码",
    "annual_plan": "年度计划", "api_token": "接口令牌", "calendar_feed": "日历订阅",
    "comment_copy": "留言抄送", "item_comment": "留言",
    "closure_request": "办结申请", "closure_review": "办结审核",
    "day_override": "工作日安排", "deadline": "时限", "deadline_move": "时限变更",
    "department": "科室", "document": "文书", "evaluation": "领导评价",
    "evidence": "佐证材料", "extension": "时限变更申请", "extension_decision": "时限变更审批",
    "import_batch": "导入批次", "import_change": "导入改动", "instruction": "批示",
    "instruction_copy": "批示抄送", "instruction_reply": "批示反馈", "item_leader": "责任领导", "item_unit": "配合单位",
    "leave": "请假", "one_time_code": "一次性地址",
    "message_preference": "消息偏好", "objection": "转办异议", "organ": "单位",
    "oversight": "分管", "person": "人员", "person_address": "渠道账号",
    "policy": "督办策略", "policy_change": "策略变更", "post": "岗位", "progress_entry": "进展",
    "project": "项目", "receipt": "签收", "report": "年度报告", "report_block": "报告段落",
    "report_comment": "报告批注", "report_edit": "报告改动",
    "report_figure": "报告数字", "report_number": "报告文号", "report_section": "报告部分",
    "report_template": "报告体例", "report_word_template": "报告 Word 模板",
    "rung": "督办步骤", "score_appeal": "考核申诉",
    "snooze": "稍后提醒",
    "score_line": "扣分", "score_result": "考核结果", "score_run": "考核", "scoring_rule": "考核规则",
    "staff_proposal": "任职代理提请", "stored_file": "文件", "suspension": "中止", "tenure": "任职", "urge": "催办",
    "webhook": "推送地址", "work_item": "任务", "item_template": "常用事项",
    "received_report": "下级报告", "trusted_key": "下级单位密钥",
    "addressee": "报送对象", "consultation": "征求意见", "filing": "年报办理", "filing_step": "年报办理步骤",
    "publication": "公开", "step_post": "报告审核岗位", "report_term": "年报自定时限",
    "ledger_term": "台账时限设置", "opened_item": "开年任务", "ledger_deadline": "台账时限",
    "ledger_link": "台账关联", "ledger_grant": "台账授权",
    "inspection_draw": "双随机抽取", "draw_binding": "双随机绑定", "draw_pledge": "双随机承诺",
    "draw_reveal": "双随机揭示",
}  # fmt: skip

COLUMNS: Mapping[str, str] = _FIELDS_OF_LEDGERS | {
    "comment_id": "留言", "mentioned": "文中提到",
    "compiled_by_id": "编制人", "compiled_for_id": "代何人编制", "decided_for_id": "代何人决定",
    "joined_officers": "三员合一", "steps_done_at": "收起起步清单时间",
    "proposed_by_id": "提出人", "why": "须第二人确认的原因",
    "actor": "办理人", "after": "改动后", "block_key": "段落", "data": "内容", "other_key": "另一段",
    "placed": "人为移动",
    "quoted": "所注文字", "resolved_by_id": "处理人", "set_by_id": "设定人", "titled": "自拟小标题",
    "address": "账号", "channel": "渠道", "channels": "渠道顺序", "digest_at": "汇总时间",
    "inside_only": "只在系统内看",
    "about": "事由", "otp_at": "第二因素启用时间", "otp_secret": "第二因素密钥", "otp_step": "动态码序号",
    "own_at": "本人设密时间", "handed": "送达方式",
    "account_id": "账户", "closed_at": "关闭时间", "expires_at": "有效至", "login": "登录名",
    "password_hash": "密码", "revoked_at": "停用时间", "scopes": "用途", "subject": "单点登录身份",
    "used_at": "使用时间", "used_on": "最近使用日",
    "achievement": "成效", "act_id": "履职记录", "answer": "答复", "approved": "批准",
    "approximate": "约数", "assignment": "交办次序", "assignments": "交办次数", "batch_id": "导入批次",
    "before": "改动前", "block_id": "段落", "category": "类别", "cause": "原因",
    "claimed_on": "申请办结（反馈）日", "taken_back_on": "撤回日", "closed_by_id": "办结人", "closed_on": "销号日",
    "closure_levels": "办结审核层级", "code": "代码", "colour": "颜色", "comment": "意见", "day": "日期",
    "days": "天数", "deadline_id": "时限", "decided_by_id": "决定人", "decided_on": "决定日",
    "deducted": "扣分", "deliverable": "成果形式", "department_id": "科室", "deputy_id": "代理人",
    "document": "文书", "document_id": "文书", "document_number": "文号", "done_on": "完成日", "due_on": "时限",
    "due_text": "时限原文", "email": "邮箱", "ended_on": "卸任日", "evaluation": "领导评价", "event": "事项",
    "events": "事项", "every": "间隔", "evidence": "佐证材料", "evidence_rule": "佐证要求",
    "evidence_rules": "佐证规则", "expires_on": "有效期", "extension_id": "延期申请",
    "adjustment_levels": "调整时限审批层级", "adjusts": "调整为", "changes": "调整内容",
    "extension_levels": "延期审批层级", "extension_limit": "延期次数上限", "extensions": "延期次数",
    "file_name": "文件名", "filling": "填报周期", "filling_day": "填报日", "final": "总分", "fine": "罚款",
    "first_closed_on": "首次销号日", "for_id": "代何人", "from_on": "起始日", "granted_on": "批准的时限",
    "handler_post_id": "承办岗位", "heading": "标题", "held_on": "举行日",
    "instruction_close_days": "批示办结期限", "instruction_terms": "批示时限档次", "instruction_unit": "档次的单位",
    "importance": "重要程度", "yearly": "每年",
    "internal_only": "内部", "source_kind": "来源类别", "source_number": "文号", "cancelled_on": "终止日",
    "fields": "填写的内容", "instruction_id": "批示", "issued_on": "下达日", "kind": "类别", "lag_of": "按进度判断",
    "lag_red": "严重滞后线", "lag_yellow": "滞后线", "late": "逾期申请",
    "lead_text": "牵头单位", "leader_post_id": "领导岗位",
    "leader_weight": "领导评价权重", "lookback": "已过时限", "left_on": "离任日", "level": "已过层级", "levels": "层级",
    "line_id": "扣分条目", "made_by_id": "建立人", "made_on": "制定日", "media_type": "文件类型", "mobile": "手机",
    "more": "补充要求", "more_by_id": "要求补充的人", "more_for_id": "代何人要求补充", "more_on": "要求补充日",
    "moved_on": "变更日", "name": "名称", "near_days": "临期天数", "next_report_on": "下次报告日",
    "next_step": "下一步", "note": "备注", "notice_id": "通知", "number": "编号", "objection_days": "异议期限",
    "objective": "客观分", "offset": "天数", "on": "日期", "ordinal": "次序", "organ_id": "单位",
    "original_due_on": "原定时限", "outcome": "结果", "parent_id": "上级", "passed": "通过", "people": "人数",
    "percent": "进度", "person_id": "人员", "plan_id": "年度计划", "planned": "序时进度", "points": "分值",
    "points_after": "改后分值", "policy_id": "督办策略", "post_id": "岗位", "problems": "问题",
    "from_policy_id": "原策略", "to_policy_id": "新策略",
    "procedure": "程序", "proposal": "待人确认", "progress": "目前进展", "project_id": "项目", "promised": "已承诺",
    "proposed_on": "申请的时限", "public": "可公开", "published_on": "公布日", "rank": "名次", "reason": "理由",
    "recurrence": "周期规则", "relation": "先后", "remedy": "整改措施", "reopenings": "重开次数",
    "replaces_id": "所替材料", "reply_by": "回复期限", "report_id": "报告", "reported_on": "最近填报日",
    "vouched": "不涉密，本人负责", "columns": "列的对应",
    "request_id": "办结申请", "resumed_by_id": "恢复人", "resumed_on": "恢复日", "returns": "退回次数",
    "revision": "版次", "role": "角色", "roles": "角色", "rows": "所据记录", "rule_id": "考核规则",
    "run_id": "考核", "section_id": "部分", "signed_by_id": "签收人", "signed_on": "签收日", "size": "大小",
    "source": "来源", "sources": "依据", "start": "起评分", "start_on": "开始日", "started_on": "任职日",
    "step": "环节", "state": "状态", "statement": "办结情况", "stopped_at": "停用时间", "suggested": "建议承办",
    "suspension_unit": "顺延单位",
    "target_count": "目标值", "target_unit": "目标单位", "text": "内容", "times": "次数", "title": "标题",
    "to_on": "改为", "topic": "主题", "unconfirmed": "周期待确认", "undone_at": "撤销时间", "unit": "单位",
    "unit_id": "配合单位", "unsupported": "待核", "until_on": "截止日", "upheld": "采纳",
    "based_on_id": "所据版本", "renewable_on": "可换证日", "origins": "出处", "compiled": "编写的原文",
    "was_compiled": "原先编写的文字",
    "author_id": "修改人", "withdrawn": "已撤下", "offered": "备选", "internal": "不公开的理由", "definition": "口径",
    "first_on": "期间起", "last_on": "期间止", "withdrawn_on": "撤下日",
    "withdrawn_reason": "撤下理由", "void_on": "作废日", "recorded_by_id": "登记人", "ledger": "台账",
    "keeper_id": "经办人", "granted_by_id": "授权人",
    "paper_year": "文号年份", "given_on": "编号日", "given_by_id": "编号人",
    "url": "地址", "urge_gap": "催办间隔", "value": "数值", "version": "版本", "waived_by": "免证人",
    "waived_by_id": "免证人",
    "waiver": "免证理由", "words": "说明", "working": "上班", "year": "年度",
    "sender_id": "报送单位", "dated_on": "成文日期", "fingerprint": "密钥指纹", "received_on": "接收日",
    "received_by_id": "接收人", "signatures": "审核和审签",
    "figures": "数字", "sections": "正文", "confirmed_on": "核对日", "confirmed_by_id": "核对人",
    "publish_by": "公示期限", "send_by": "报送期限", "uncorrected": "未整改数",
    "adoption": "采纳情况", "approved_on": "审签日", "archive_number": "档号", "archive_place": "存放处",
    "archived_on": "归档日", "asked_by_id": "征求人", "consulted_on": "征求日", "deed": "办理事项",
    "delivered_on": "送达日", "dropped": "不再报送的理由", "evidence_id": "回执材料", "filing_id": "年报",
    "findings": "已接受的问题", "from_state": "原环节", "left_out": "不公开处数", "opinion": "反馈意见",
    "own_day": "自定日", "place": "公开处", "receipt_number": "回执号", "receipt_on": "回执日",
    "replied_on": "反馈日",
    "round": "轮次", "sent_by_id": "经办人", "settled_by_id": "处理人", "settled_on": "处理日", "steps": "步数",
    "to_state": "现环节", "waived_on": "不再等待日", "way": "报送方式",
    "stopped_on": "停用日", "replaced_on": "更换日", "amount": "期限", "term": "时限事项", "row_id": "记录编号",
    "algorithm": "算法", "conflicts": "回避", "draw_id": "抽取编号", "drawing": "抽取批次", "drawn_by_id": "抽取人",
    "objects": "检查对象名单", "per_object": "每户检查人员数", "result": "抽取结果",
    "seed": "种子", "witness": "见证人", "binding_id": "抽取编号", "bound_on": "绑定日", "bound_by_id": "绑定人",
    "digits": "号码位数", "source_on": "号码公布日", "given_number": "数字",
    "seed_way": "种子的办法", "pledge": "承诺值", "hashed_here": "由系统代算承诺值",
    "system_hash": "系统随机数的哈希值", "system_number": "系统随机数", "secret_number": "系统随机数",
    "pledged_by_id": "承诺人", "revealed_by_id": "揭示人",
    "linked_on": "关联日", "linked_by_id": "关联人", "removed_on": "取消关联日", "branch": "所属指标",
}  # fmt: skip

UNTOLD = frozenset(
    {
        "at", "drawn_at", "bound_at", "pledged_at", "revealed_at", "channel", "key", "parts", "resolved_at", "set_at",
        "id", "accepted_at", "corrected_at", "after_entry_id", "after_notice_id", "code_hash", "compiled_at", "facts",
        "frozen_hash", "imported_by", "table_name",
        "imported_at", "item_id", "look_on", "looked_on", "looked_from",
        "looked_promised", "made_at", "moved_at", "paper", "password_set_at", "plan", "recorded_at",
        "resumed_at", "bound_hash", "package_sha256", "received_at", "content_hash", "row_hash", "salt",
        "secret_hash",
        "sha256", "signed_at", "snapshot", "stored_at", "token_hash", "document.about",
    }
)  # fmt: skip
"""Columns a person is not told of, of every table or of one: the engine's own marks, what the entry says itself, and
hashes. JSON has them."""

FACTS: Mapping[str, str] = {
    "columns": "列的对应",
    "added": "新增天数", "address": "地址", "batch": "批次", "changed": "改变天数", "created": "新增任务",
    "dated_on": "成文日期", "draw": "抽取编号", "draw_hash": "抽取的哈希值", "drawn": "抽取户数",
    "binding": "抽取编号", "binding_hash": "绑定的哈希值", "pledge": "承诺值", "number": "数字",
    "system_number_hash": "系统随机数的哈希值",
    "deleted": "删去任务", "ended": "退出处数", "file": "文件", "month": "月份", "sha256": "SHA-256",
    "notices_away": "通知", "entries_away": "操作记录", "forgiven": "清除失败次数", "incomplete": "缺项任务",
    "issued": "下达任务", "login": "登录名",
    "gone_departments": "删去科室", "gone_organs": "删去单位", "gone_people": "删去人员", "gone_posts": "删去岗位",
    "new_departments": "新增科室", "new_organs": "新增单位", "new_people": "新增人员", "new_posts": "新增岗位",
    "people": "人员", "raised": "生成通知", "read_as": "时限识别结果", "restored": "恢复任务", "rows": "改动记录数",
    "notices": "撤回通知", "messages": "重发的信", "left": "已发出未撤回", "swept_on": "督办的日子", "doubt": "疑点",
    "sheets": "督办单", "failed": "未能完成的单位",
    "skipped": "不发送", "split": "子任务", "title": "标题", "updated": "更新任务", "version": "版本",
    "edited_items": "改动已下达的任务", "way": "方式", "year": "年度",
    "past_days": "下达前已过的时限", "lookback": "已过的时限怎样处理",
    "ledger": "台账", "new_rows": "新增记录", "changed_rows": "更正记录", "withdrawn_rows": "撤下记录",
    "restored_rows": "恢复记录",
    "terms": "重新计算的台账时限", "terms_set": "台账时限", "received_report": "下级报告编号",
    "sender": "报送单位", "command": "命令", "fingerprint": "密钥指纹", "public": "公开版",
    "site_name": "系统名称", "logo": "标志", "office_url": "网址", "smtp_host": "邮件服务器", "smtp_port": "邮件端口",
    "smtp_security": "邮件加密", "smtp_user": "邮件账户", "smtp_password": "邮件密码", "mail_from": "发件人",
    "quiet_from": "免打扰自", "quiet_until": "免打扰至",
}  # fmt: skip
"""What an entry tells besides rows."""

EDITED = "edited"
"""What was changed of an item by hand, field by field: told in place of the rows that hold it."""
_HOLDING = frozenset({"work_item", "item_leader", "item_unit"})

LISTED = frozenset({"again", "failures", EDITED})
"""What an entry tells besides rows, a line for each."""

LONGEST = 40
"""Characters of a value in a line."""

_LEDGER_CODES = {
    ("work_item", "ledger"), ("ledger_link", "kind"), ("ledger_term", "kind"), ("ledger_deadline", "kind"),
    ("ledger_grant", "kind"), ("import_batch", "kind"),
}  # fmt: skip
_TERM_CODES = {("ledger_term", "term"), ("ledger_deadline", "term")}
"""Columns that hold the code of a ledger and of one of its terms."""
_TERMS: Mapping[Any, str] = {(kind.code, term.code): term.title for kind in KINDS.values() for term in kind.terms} | {
    (kind.code, term.code): term.title for kind in KINDS.values() for term in kind.yearly
}

Namer = Callable[[str, int], str | None]
"""What a row of a table is called by name, for the tables whose rows have one."""


def action_label(code: str) -> str:
    """What was done, in words; an unknown code as it is."""
    known = {action.value: action.label for action in Action}
    return known.get(code) or MACHINE_ACTIONS.get(code) or OWN_ACTIONS.get(code) or WATCHED_ACTIONS.get(code) or code


def changes(before: Mapping[str, Any], after: Mapping[str, Any], named: Namer) -> Iterator[str]:
    """A line for each row an act touched, items first, before → after; then one for what is told as a whole."""
    facts = []
    for name, values in sorted(after.items(), key=_place):
        table, colon, number = name.partition(":")
        if name in LISTED and isinstance(values, list):
            yield from map(str, values)
        elif EDITED in after and table in _HOLDING:
            continue
        elif not colon or not isinstance(values, dict):
            if name not in UNTOLD:
                facts.append(f"{FACTS.get(name, name)} {_cut(_counted(values))}")
        else:
            yield from _row(table, number, before.get(name), values, named)
    if facts:
        yield "、".join(facts)


def _place(told: tuple[str, Any]) -> tuple[bool, str, int]:
    """Rows by table and number, so that the same change always reads the same; facts in the order they were told."""
    table, colon, number = told[0].partition(":")
    return table != "work_item", table if colon else "", int(number) if number.isdecimal() else 0


def _row(table: str, number: str, before: dict[str, Any] | None, after: dict[str, Any], named: Namer) -> Iterator[str]:
    what = f"{TABLES.get(table, table)} {_called(table, number, named)}"
    if after.get("deleted") is True:
        yield f"删去{what}"
    elif before is None:
        told = [
            f"{_head(name)} {_value(table, name, value, named, after)}"
            for name, value in after.items()
            if _told(table, name) and value not in ("", [])
        ]
        yield f"新增{what}" + (f"：{'、'.join(told)}" if told else "")
    else:
        told = [
            f"{_head(name)} {_value(table, name, before.get(name), named, before)}"
            f" → {_value(table, name, value, named, after)}"
            for name, value in after.items()
            if _told(table, name) and before.get(name) != value
        ]
        if told:
            yield f"{what}：{'、'.join(told)}"


def _told(table: str, column: str) -> bool:
    return column not in UNTOLD and f"{table}.{column}" not in UNTOLD


def _head(column: str) -> str:
    return COLUMNS.get(column, column)


def _called(table: str, number: str, named: Namer) -> str:
    return (named(table, int(number)) if number.isdecimal() else None) or number


def _value(table: str, name: str, value: Any, named: Namer, beside: Mapping[str, Any]) -> str:
    if value in (None, ""):
        return "无"
    if (table, name) in _LEDGER_CODES and value in KINDS:
        return KINDS[value].title
    if (table, name) in _TERM_CODES:
        return _TERMS.get((beside.get("kind"), value), str(value))
    column: Column[Any] | None = METADATA.tables[table].columns.get(name) if table in METADATA.tables else None
    if column is not None and isinstance(value, int):
        if isinstance(column.type, Boolean):
            return "是" if value else "否"
        for key in column.foreign_keys:
            return _cut(named(key.column.table.name, value) or str(value))
    if column is not None and isinstance(column.type, Enum) and column.type.enum_class is not None:
        labels: dict[str, str] = {str(one.value): getattr(one, "label", "") for one in column.type.enum_class}
        return labels.get(str(value), str(value))
    return _cut(_counted(value))


def _counted(value: Any) -> str:
    """Data in words: a mapping by its keys, a list by its members, codes by what they are called."""
    if isinstance(value, dict):
        return "、".join(f"{_word(name)} {_counted(one)}" for name, one in value.items()) or "无"
    if isinstance(value, list):
        return "、".join(_counted(one) for one in value) or "无"
    if value is None or isinstance(value, bool):
        return "是" if value else "否" if value is False else "无"
    return _word(value)


_CODES = {str(one.value): one.label for kind in (Role, Importance, Category) for one in kind}
_KEYS = {"pieces": "份数", "categories": "类别", "days": "天数", "name": "名称"}


def _word(said: Any) -> str:
    word = str(said)
    return TABLES.get(word) or _KEYS.get(word) or _CODES.get(word) or word


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
