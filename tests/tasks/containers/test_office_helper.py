"""The helper is fenced in: looked for, bounded, and ended with all that it started."""

import os
import subprocess
import time
from pathlib import Path

import pytest

from models.errors import UnreadableFileError
from tasks.containers import office_helper
from tasks.containers.office_helper import HELPER, converted, find_helper, use_helper


def helper(path: Path, script: str) -> Path:
    """A program in the helper's place, told like it: `$out` is the folder it writes into."""
    path.write_text(f'#!/bin/sh\nwhile [ "$1" != --outdir ]; do shift; done\nout="$2"\n{script}\n', encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(HELPER, str(tmp_path / "office"))
    return tmp_path / "office"


def refused(content: bytes = b"x", *, longest: float = 20) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        converted(content, "旧.doc", "旧版 Word 文件", "docx", longest=longest)
    assert "\n" not in caught.value.message
    return caught.value.message


def test_a_missing_helper_is_named_with_what_to_do(told: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert "需要 LibreOffice，这台机器上没有找到" in refused()
    assert "另存为 .docx" in refused()

    monkeypatch.delenv(HELPER)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_helper() is None
    assert find_helper() != str(helper(tmp_path / "soffice", ""))


def test_the_settings_may_name_it_and_the_variable_goes_before(
    told: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    helper(told, "")
    other = str(helper(tmp_path / "other", ""))
    use_helper(other)
    try:
        assert find_helper() == str(told)
        monkeypatch.delenv(HELPER)
        assert find_helper() == other
    finally:
        use_helper("")


def test_what_it_writes_is_the_answer(told: Path) -> None:
    helper(told, 'cat "$out/in" "$out/in" > "$out/in.docx"')

    assert converted(b"abc", "旧.doc", "旧版 Word 文件", "docx") == b"abcabc"


def test_it_knows_nothing_of_this_process_and_writes_into_its_own_folder(
    told: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUBAN_SMTP_PASSWORD", "secret")
    helper(told, 'env > "$out/in.docx"; ls "$out/profile/user" >> "$out/in.docx"')

    said = converted(b"x", "旧.doc", "旧版 Word 文件", "docx").decode()

    assert "secret" not in said
    assert "registrymodifications.xcu" in said
    home = next(line for line in said.splitlines() if line.startswith("HOME=")).removeprefix("HOME=")
    assert home != os.environ.get("HOME")
    assert not Path(home).exists(), "nothing of it stays"


def test_what_it_cannot_open_is_told(told: Path) -> None:
    helper(told, "exit 0")

    assert "LibreOffice 打不开这个文件（旧版 Word 文件）" in refused()


def test_one_that_lasts_is_ended_with_what_it_started(told: Path, tmp_path: Path) -> None:
    helper(told, f'sh -c "sleep 30; touch {tmp_path}/late" & echo $! > {tmp_path}/child; sleep 30')

    began = time.monotonic()
    assert "3 秒内没有读完" in refused(longest=3)

    assert time.monotonic() - began < 15
    child = int((tmp_path / "child").read_text())
    for _ in range(50):
        if not Path(f"/proc/{child}").exists() or " Z " in Path(f"/proc/{child}/stat").read_text():
            break
        time.sleep(0.1)
    else:
        pytest.fail("what it started goes on")


def test_its_output_is_bounded(told: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    helper(told, 'head -c 70000000 /dev/zero > "$out/in.docx" || rm "$out/in.docx"')

    assert "打不开" in refused()


def test_it_has_no_network_where_the_system_can_take_it_away(told: Path) -> None:
    if subprocess.run(["unshare", "--net", "--map-root-user", "true"], capture_output=True).returncode:
        pytest.skip("这里不能隔离网络 (namespaces are not allowed here)")
    helper(told, 'cat /proc/net/dev > "$out/in.docx"')

    shown = converted(b"x", "旧.doc", "旧版 Word 文件", "docx").decode()

    assert not [line for line in shown.splitlines()[2:] if not line.strip().startswith("lo:")]


def test_macros_and_links_are_off_in_its_profile() -> None:
    chosen = {name: value for _, name, value in office_helper._CHOSEN}

    assert chosen["DisableMacrosExecution"] == "true"
    assert chosen["MacroSecurityLevel"] == "3"
