"""Another `flows`, `tasks` or `models` in front of ours is named at start, and not imported."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from duban import shadow

LOUD = "print('imported')\n"


def start_in(folder: Path) -> subprocess.CompletedProcess[str]:
    program = "from duban.shadow import refuse_shadows; refuse_shadows(); print('started')"
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,  # which Python puts in front of everything installed
        env={**os.environ, "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_ours_are_found_where_we_stand() -> None:
    assert shadow.shadows() == {}
    shadow.refuse_shadows()


@pytest.mark.parametrize("shadowing", ["models.py", "flows/__init__.py", "tasks/__init__.py"])
def test_a_file_of_the_same_name_is_named_and_not_imported(tmp_path: Path, shadowing: str) -> None:
    file = tmp_path / shadowing
    file.parent.mkdir(exist_ok=True)
    file.write_text(LOUD)
    name = shadowing.removesuffix("/__init__.py").removesuffix(".py")

    outcome = start_in(tmp_path)

    assert (outcome.returncode, outcome.stdout) == (1, "")
    assert outcome.stderr.startswith(f"无法启动：程序包 {name} 被 {file.resolve()} 遮蔽。")
    assert outcome.stderr.count("\n") == 1


def test_a_folder_that_is_no_package_shadows_nothing(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "notes.txt").write_text("")

    assert start_in(tmp_path).stdout == "started\n"


def test_a_missing_package_is_an_incomplete_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shadow, "PACKAGES", ("models", "no_such_package"))

    with pytest.raises(SystemExit) as refusal:
        shadow.refuse_shadows()

    assert refusal.value.code == "无法启动：缺少程序包 no_such_package，安装不完整。请重新安装 duban。"
