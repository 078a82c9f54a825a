"""What docs/howto/channels.md tells an office of the providers' error codes is what the channels go by."""

import datetime as dt
import re
from pathlib import Path
from types import ModuleType

import pytest

from tasks.notices.provider import dingtalk_refusals, feishu_refusals, wecom_refusals
from tasks.notices.provider.refusal import Refusal, Verdict

DOCUMENT = Path(__file__).parents[4] / "docs" / "howto" / "channels.md"
PROVIDERS = pytest.mark.parametrize(
    ("name", "told"), [("企业微信", wecom_refusals), ("钉钉", dingtalk_refusals), ("飞书", feishu_refusals)]
)


def row(code: int, refusal: Refusal) -> str:
    pause = refusal.pause
    lasts = f"{pause.total_seconds():g} 秒" if pause and pause < dt.timedelta(minutes=1) else ""
    lasts = f"{pause.total_seconds() / 60:g} 分钟" if pause and not lasts else lasts
    return f"| {code} | {refusal.meaning} | {refusal.verdict.value}{lasts and ' '}{lasts} |"


@PROVIDERS
def test_the_tables_of_the_document_are_those_of_the_code(name: str, told: ModuleType) -> None:
    section = DOCUMENT.read_text(encoding="utf-8").split(f"\n## {name}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| -?\d+ \|.*\|$", section, re.MULTILINE)

    assert rows == [row(*line) for table in (told.DOCUMENTED, told.UNCONFIRMED) for line in sorted(table.items())]


@PROVIDERS
def test_a_code_has_one_meaning_and_success_is_no_refusal(name: str, told: ModuleType) -> None:
    assert not told.DOCUMENTED.keys() & told.UNCONFIRMED.keys()
    assert 0 not in told.REFUSALS
    assert all(one.pause is None or one.verdict is Verdict.DOWN for one in told.REFUSALS.values())
