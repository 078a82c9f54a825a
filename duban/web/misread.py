"""What is wrong with a field of a request, in plain Chinese, from what pydantic says of it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

_WORDS: Mapping[str, str | Callable[[Mapping[str, Any]], str]] = {
    "missing": "没有填写：此项必填。",
    "json_invalid": "不是有效的 JSON：请检查引号、逗号和括号。",
    "model_attributes_type": "应为 JSON 对象，并声明 Content-Type: application/json。",
    "dict_type": "应为 JSON 对象。",
    "list_type": "应为列表。",
    "string_type": "应为文字。",
    "string_too_short": lambda about: f"太短：至少 {about['min_length']} 个字。",
    "string_too_long": lambda about: f"太长：最多 {about['max_length']} 个字。",
    "string_pattern_mismatch": lambda about: f"写法不符合要求：应符合 {about['pattern']}。",
    "too_long": lambda about: f"太多：最多 {about['max_length']} 个。",
    "too_short": lambda about: f"太少：至少 {about['min_length']} 个。",
    "int_type": "应为整数，如 60。",
    "int_parsing": "应为整数，如 60。",
    "int_from_float": "应为整数，如 60。",
    "int_parsing_size": "数字过大。",
    "bool_type": "应为 true 或 false。",
    "bool_parsing": "应为 true 或 false。",
    "greater_than_equal": lambda about: f"应不小于 {about['ge']}。",
    "less_than_equal": lambda about: f"应不大于 {about['le']}。",
    "date_type": "应为日期，如 2026-06-30。",
    "date_parsing": "应为存在的日期，写成 2026-06-30 的形式。",
    "date_from_datetime_parsing": "应为存在的日期，写成 2026-06-30 的形式。",
    "date_from_datetime_inexact": "应为日期，不带时间，如 2026-06-30。",
    "enum": lambda about: f"不是可用的值；可用：{about['expected'].replace(' or ', '、').replace(', ', '、')}。",
    "literal_error": lambda about: f"不是可用的值；可用：{about['expected'].replace(' or ', '、')}。",
    "extra_forbidden": "不是已知的字段。",
}


def explain(fault: Mapping[str, Any]) -> tuple[str, str, str]:
    """Where a fault stands (body, query, path, header), in which field, and what would be accepted."""
    place, *within = fault["loc"]
    if fault["type"] == "json_invalid":
        # What pydantic names here is the character, not a field.
        within = []
    return str(place), ".".join(str(part) for part in within), _words(fault)


def _words(fault: Mapping[str, Any]) -> str:
    found = _WORDS.get(fault["type"], "不符合要求。")
    return found if isinstance(found, str) else found(fault.get("ctx", {}))


def known_kinds() -> Sequence[str]:
    """The kinds of fault that have words of their own."""
    return list(_WORDS)
