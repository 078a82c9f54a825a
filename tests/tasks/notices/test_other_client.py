"""A mail as a program shows it that shares nothing with ours: mblaze, from Debian's packages."""

import shutil
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.clock import opening_of
from tasks.notices.deliver import deliver
from tests.office import HANDLER, Office, day

DAY = day("2026-06-26")


def shown(*arguments: str | Path) -> str:
    """What mblaze prints of it."""
    program = shutil.which("mshow")
    if program is None:
        pytest.skip("no other mail client here: install the package mblaze")
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=True).stdout


def test_a_digest_reads_the_same_in_another_mail_client(engine: Engine, tmp_path: Path) -> None:
    office = Office(engine, tmp_path / "home")
    office.assign("开展行政处罚案卷自查", due="2026-06-30", on="2026-06-01")
    office.sweep(DAY)
    deliver(engine, office.settings, now=opening_of(DAY))
    folder = office.settings.maildir / "new"
    (mail,) = [file for file in folder.iterdir() if f"\n{HANDLER}：" in shown(file)]

    text, parts = shown(mail), shown("-t", mail)

    assert "Subject: 【督办】" in text
    assert "开展行政处罚案卷自查" in text.partition("\n\n")[0], "the subject names it"
    assert ("时限：6月30日（周二）" in text, "/notices/open/" in text) == (True, True)
    assert [line.split()[1] for line in parts.splitlines()[1:]] == ["multipart/alternative", "text/plain", "text/html"]
