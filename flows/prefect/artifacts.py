"""What a run leaves for whoever looks into Prefect: numbers, versions and links, no names of people and no titles."""

import datetime as dt
import logging
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from prefect.artifacts import create_markdown_artifact, create_progress_artifact, update_progress_artifact
from prefect.runtime import flow_run
from sqlalchemy import Engine

from flows.steps import told_progress
from models.database import reading
from models.settings import Settings
from tasks.oversight.count_reminded import count_reminded

log = logging.getLogger(__name__)

FEW = 20
"""Over fewer organs than this no progress is shown."""
_OVER_ORGANS = ("reports", "circulars", "briefs", "plans")


def leave_artifact(database: Engine, settings: Settings, rhythm: str, title: str, result: dict[str, Any]) -> None:
    """Leave what the run did as one page; where Prefect does not take it the run is none the worse.

    Outside of a run nothing is left.
    """
    if flow_run.id is None:
        return
    parts = [f"# {title}", *_told(database, settings, rhythm, result)]
    parts.append(f"[系统运行]({settings.address('/system')})")
    try:
        create_markdown_artifact(markdown="\n\n".join(parts), key=_key(rhythm), description=title)
    except Exception as error:
        # The edge of a record: the work is done, whatever becomes of what is told of it.
        log.warning("运行记录未能留在 Prefect：%s", error, extra={"action": "artifact_failed"})


@contextmanager
def shown_progress(rhythm: str, title: str) -> Iterator[None]:
    """Show how far long work over many organs is, every hundredth of it."""
    token = told_progress.set(_progress(rhythm, title))
    try:
        yield
    finally:
        told_progress.reset(token)


def _progress(rhythm: str, title: str) -> Callable[[int, int], None]:
    shown: dict[str, Any] = {}

    def told(done: int, of: int) -> None:
        percent = done * 100 // of
        if flow_run.id is None or of < FEW or shown.get("percent") == percent:
            return
        shown["percent"] = percent
        said = f"{title}：{done}/{of} 个单位"
        try:
            if "id" in shown:
                update_progress_artifact(shown["id"], float(percent), description=said)
            else:
                shown["id"] = create_progress_artifact(float(percent), key=f"{_key(rhythm)}-progress", description=said)
        except Exception as error:
            # The same edge.
            log.warning("进度未能留在 Prefect：%s", error, extra={"action": "artifact_failed"})

    return told


def _told(database: Engine, settings: Settings, rhythm: str, result: dict[str, Any]) -> Iterator[str]:
    if isinstance(result.get("stopped"), str):
        yield f"已停下，等人确认：{result['stopped']}"
    elif rhythm == "daily_supervision":
        yield from _told_sweep(database, result)
    elif over := next((name for name in _OVER_ORGANS if name in result), None):
        yield f"{len(result[over])} 个单位。"
        yield _table(("单位", "结果"), [(one["organ"], _came_of(settings, one)) for one in result[over]])
    else:
        words = {
            "sent": "已发送", "failed": "未发出，稍后重试", "parked": "多次失败，已停发", "dropped": "已取消的通知",
            "held": "等以后再发的通知", "unreachable": "只在系统内的通知",
        }  # fmt: skip
        counts = [(words[name], str(value)) for name, value in result.items() if name in words]
        yield _table(("", "数量"), counts)


def _told_sweep(database: Engine, result: dict[str, Any]) -> Iterator[str]:
    yield (
        f"提醒 {result['reminders']} 条，升级督办 {result['escalations']} 条，其中补发 {result['late']} 条、"
        f"等到工作日再发 {result['held']} 条；督办单 {len(result['sheets'])} 份。"
    )
    with reading(database) as session:
        rows = [
            (one.kind.label, one.rung, one.role.label, str(one.people), str(one.notices))
            for one in count_reminded(session, dt.date.fromisoformat(result["on"]))
        ]
    if rows:
        yield "这一天共通知："
        yield _table(("类别", "级次", "岗位", "人数", "条数"), rows)
    if result["problems"]:
        yield f"{len(result['problems'])} 个单位未能完成，原因见“系统运行”。"


def _came_of(settings: Settings, one: dict[str, Any]) -> str:
    """A link where there is a page; the reason of a failure may quote anything and stays in the product."""
    match one:
        case {"problem": _}:
            return "未能完成，原因见“系统运行”"
        case {"report": report, "version": version}:
            return f"[第 {version} 版]({settings.address(f'/reports/{report}')})"
        case {"document": document, "number": number}:
            return f"[{number or '已编印'}]({settings.address(f'/documents/{document}.docx')})"
        case {"made": made, "incomplete": incomplete}:
            return f"编入 {made} 项，其中待补齐 {incomplete} 项"
        case _:
            return "完成"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(re.sub(r"[|\r\n]", " ", cell) for cell in line) + " |" for line in lines)


def _key(rhythm: str) -> str:
    return rhythm.replace("_", "-")
