"""LibreOffice as a helper for kinds of files that nothing else here opens: looked for, fenced in, ended when it lasts.

It is optional. Each file is converted in a folder and with a profile of its own, without macros, links and updates,
without a network where the system can take it away, within bounds of time, memory and output; it and all that it
started end together.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from models.errors import UnreadableFileError

HELPER = "DUBAN_SOFFICE"
"""The variable that names the program where it is not on the PATH; else the settings do."""
LONGEST = 60
"""Seconds that one file may take."""
MOST_MEMORY = 4 * 1024**3
"""Bytes of address space, most of it never used."""
MOST_OUTPUT = 64 * 1024 * 1024
"""Bytes of the largest file it may write."""
_NAMES = ("soffice", "libreoffice")
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
"""Of Linux's unshare: a network namespace needs a user namespace first where one is not root."""
_ONE = threading.Lock()
"""One file at a time in a process: the helper takes some hundred megabytes."""

_CHOSEN = (
    ("Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Writer/Content/Update", "Link", "0"),
    ("Calc/Content/Update", "Link", "2"),
)
"""What the profile says: no macros, nothing fetched from elsewhere, no links brought up to date."""


_settled = ""


def use_helper(program: str) -> None:
    """Have this process use the program that its settings name; empty: what stands on the PATH."""
    global _settled
    _settled = program


def find_helper() -> str | None:
    """The program, where it is installed: what the variable or the settings name, else what stands on the PATH."""
    named = os.environ.get(HELPER, "") or _settled
    return next((path for name in ((named,) if named else _NAMES) if (path := shutil.which(name))), None)


def converted(content: bytes, name: str, what: str, into: str, *, longest: float = LONGEST) -> bytes:
    """The file as `into` (docx or xlsx). `what` is what a user calls its kind.

    Raises UnreadableFileError where there is no helper, where it cannot open the file, and beyond the bounds.
    """
    program = find_helper()
    if program is None:
        raise UnreadableFileError(
            f"无法读取“{name}”：读取{what}需要 LibreOffice，这台机器上没有找到"
            f"（装在别处的，用设置项 soffice 或环境变量 {HELPER} 指明）。"
            f"请安装 LibreOffice，或者用原来的软件另存为 .{into}。"
        )
    with _ONE, tempfile.TemporaryDirectory(prefix="duban-") as folder:
        home = Path(folder)
        (home / "profile" / "user").mkdir(parents=True)
        (home / "profile" / "user" / "registrymodifications.xcu").write_text(_profile(), encoding="utf-8")
        (home / "in").write_bytes(content)
        _run(program, home, into, name, longest)
        made = home / f"in.{into}"
        if not made.is_file():
            raise UnreadableFileError(
                f"无法读取“{name}”：LibreOffice 打不开这个文件（{what}），可能已损坏、已加密。"
                f"请用原来的软件打开，另存为 .{into}。"
            )
        return made.read_bytes()


def _profile() -> str:
    chosen = "".join(
        f'<item oor:path="/org.openoffice.Office.{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value>'
        "</prop></item>"
        for path, name, value in _CHOSEN
    )
    return f'<?xml version="1.0"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">{chosen}</oor:items>'


def _run(program: str, home: Path, into: str, name: str, longest: float) -> None:
    asked = [
        program, f"-env:UserInstallation={(home / 'profile').as_uri()}", "--headless", "--norestore", "--nologo",
        "--nolockcheck", "--nodefault", "--nofirststartwizard", "--convert-to", into, "--outdir", str(home),
        str(home / "in"),
    ]  # fmt: skip
    started = subprocess.Popen(  # noqa: S603 - the program the office installed, and paths of our own
        [sys.executable, "-m", "tasks.containers.office_helper", *asked],
        cwd=home,
        # Nothing else of this process's environment: it may hold secrets.
        env={"PATH": os.environ.get("PATH", os.defpath), "HOME": str(home), "TMPDIR": str(home), "LANG": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        started.wait(longest)
    except subprocess.TimeoutExpired as error:
        raise UnreadableFileError(
            f"无法读取“{name}”：LibreOffice 在 {longest:g} 秒内没有读完。请用原来的软件打开，另存为 .{into}。"
        ) from error
    finally:
        # Whatever it started has its session, and ends with it.
        with contextlib.suppress(ProcessLookupError):
            if hasattr(os, "killpg"):
                os.killpg(started.pid, signal.SIGKILL)
            else:
                started.kill()
        started.wait()


def _fence() -> None:
    """Bound this process and what it starts, and take the network away, as far as the system can."""
    try:
        import ctypes
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_OUTPUT, MOST_OUTPUT))
    resource.setrlimit(resource.RLIMIT_CPU, (LONGEST, LONGEST))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if hasattr(ctypes.CDLL(None), "unshare"):
        leave = ctypes.CDLL(None).unshare
        if leave(_NEW_NETWORK) != 0:
            leave(_NEW_USER | _NEW_NETWORK)


if __name__ == "__main__":
    _fence()
    os.execv(sys.argv[1], sys.argv[1:])  # noqa: S606 - the program that `find_helper` found
