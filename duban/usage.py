"""What is wrong with a command as it was typed, in one Chinese line."""

import re
from typing import Any

import typer

UsageError: type[Exception] = typer.BadParameter.__bases__[0]
"""What Typer raises for a command it cannot understand; it has no public name for it."""


def usage_line(error: Any) -> str:
    """The line for an error of the class `UsageError`: what is wrong, what would be accepted, where to look."""
    quoted = re.findall(r"'([^']+)'", str(error.message))
    match type(error).__name__:
        case "MissingParameter":
            wrong = f"缺少{_name(error)}"
        case "NoSuchOption":
            wrong = f"没有选项 {error.option_name}"
        case "BadParameter":
            wrong = f"{_name(error)}的值不可用" + _accepted(error, quoted[1:])
        case _ if str(error.message).startswith("No such command"):
            similar = f"，是不是 {'、'.join(quoted[1:])}" if quoted[1:] else ""
            wrong = f"没有命令“{quoted[0]}”{similar}"
        case _:
            wrong = f"命令写法有误（{error.format_message()}）"
    where = error.ctx.command_path if error.ctx else "duban"
    return f"{wrong}。用法见：{where} --help"


_RULES = (
    (r"valid integer", "应为整数"),
    (r"valid number", "应为数字"),
    (r"greater than or equal to (\S+)", "应不小于 {}"),
    (r"less than or equal to (\S+)", "应不大于 {}"),
)
"""What the library says of a value, and what we say."""


def _accepted(error: Any, choices: list[str]) -> str:
    """What the option or argument would take, where that can be said."""
    if choices:
        return f"，可用：{'、'.join(choices)}"
    found = ((re.search(pattern, str(error.message)), words) for pattern, words in _RULES)
    return next((f"，{words.format(*match.groups())}" for match, words in found if match), "")


def _name(error: Any) -> str:
    """The option or argument in question, as it is typed."""
    if error.param is None:
        return str(error.param_hint or "参数")
    names = [name for name in error.param.opts if name.startswith("--")]
    return f"选项 {names[0]} " if names else f"参数“{error.param.metavar or error.param.name}”"
