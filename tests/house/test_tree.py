"""Rules of the house that no other tool enforces."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("duban", "flows", "models", "tasks")
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-setup.lock")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

# Written in pieces, so that this file passes its own test.
HOSTS = ("py" + "pi.", "python" + "hosted.", "mirrors" + ".", "npm" + "js.", "tsing" + "hua.")
FOLDERS = ("/ro" + "ot/", "/ho" + "me/", "/Us" + "ers/", "/op" + "t/", "/wo" + "rk/", "file:" + "///")
FOREIGN = re.compile(
    "|".join(
        [
            *(rf"\b{re.escape(host)}[a-z]" for host in HOSTS),
            *(rf"(?<![\w.:/-]){folder}" for folder in FOLDERS),
        ]
    )
)


def tracked() -> list[Path]:
    """The files that are, or are about to be, in the repository."""
    listing = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if listing.returncode:
        pytest.skip("not a git checkout: which files are tracked is unknown")
    return [ROOT / name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


def locked(lock: str) -> dict[str, str]:
    """The pins of a lock, by project name."""
    pins = re.findall(r"^([a-z0-9-]+)(?:\[.*\])?==(\S+)", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE)
    return dict(pins)


def test_no_file_names_a_package_index_or_a_folder_of_somebodys_machine() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for file in tracked()
        for number, line in enumerate(file.read_text(encoding="utf-8", errors="ignore").splitlines(), start=1)
        if FOREIGN.search(line)
    ]

    assert found == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_exact_versions_and_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", text.strip())

    assert "://" not in text
    assert [
        entry
        for entry in entries
        if not re.fullmatch(r"[a-z0-9-]+==\S+( ; [^\n]+?)? \\\n(    --hash=sha256:[0-9a-f]{64}( \\\n)?)+", entry)
    ] == []


def test_what_is_tested_is_what_runs() -> None:
    tested = locked("requirements-dev.lock")

    assert locked("requirements.lock").items() <= tested.items()


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        ("requirements.lock", PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["build"]),
        ("requirements.lock", PROJECT["build-system"]["requires"]),
        ("requirements-dev.lock", PROJECT["dependency-groups"]["dev"]),
        ("requirements-setup.lock", PROJECT["dependency-groups"]["setup"]),
    ],
    ids=["run", "build", "dev", "setup"],
)
def test_a_lock_is_not_older_than_the_project_asks_for(lock: str, wanted: list[str]) -> None:
    pins = locked(lock)
    requirements = [Requirement(line) for line in wanted]

    assert [
        str(needed)
        for needed in requirements
        if needed.name not in pins or not needed.specifier.contains(Version(pins[needed.name]), prereleases=True)
    ] == []


def test_the_bounds_that_break_silently_stand() -> None:
    """docs/stack.md says what each holds off."""
    bounds = {needed.name: needed for needed in map(Requirement, PROJECT["project"]["dependencies"])}

    assert not bounds["sqlalchemy"].specifier.contains("2.1.0")
    assert not bounds["fastapi"].specifier.contains("0.151.0")
    assert not bounds["prefect"].specifier.contains("3.9.0")
    assert str(bounds["sqlmodel"].specifier) == "==0.0.50"


def test_no_flow_file_is_named_like_a_package_or_a_module_of_python() -> None:
    stems = {file.stem for file in (ROOT / "flows").glob("*.py")} - {"__init__"}

    assert stems & {*PACKAGES, *sys.stdlib_module_names} == set()


@pytest.mark.parametrize(
    "reading",
    [
        "import datetime as dt\n\nNOW = dt.datetime.now(dt.UTC)\n",
        "from datetime import date\n\nTODAY = date.today()\n",
        "from datetime import datetime\n\nNOW = datetime.now(None)\n",
        "import pendulum\n\nNOW = pendulum.now()\n",
        "from pendulum import Date\n\nTODAY = Date.today()\n",
        "import time\n\nNOW = time.time()\n",
        "import time\n\nNOW = time.gmtime()\n",
    ],
)
def test_only_the_clock_may_read_the_clock(reading: str) -> None:
    assert "TID251" in complaints(reading, file="tasks/ladder/remind.py")
    assert "TID251" in complaints(reading, file="tests/models/test_workdays.py")
    assert "TID251" not in complaints(reading, file="models/clock.py")


@pytest.mark.parametrize(
    "by_hand",
    [
        "import calendar\n\nLENGTH = calendar.monthrange(2026, 2)[1]\n",
        "import pendulum\n\nDAY = pendulum.date(2026, 1, 1)\n",
        "from pendulum import Date\n\nDAY = Date(2026, 1, 1)\n",
        "from zoneinfo import ZoneInfo\n\nZONE = ZoneInfo('Asia/Shanghai')\n",
    ],
)
def test_months_and_zones_are_reckoned_in_one_place(by_hand: str) -> None:
    assert "TID251" in complaints(by_hand, file="models/dates/span.py")
    assert "TID251" in complaints(by_hand, file="duban/web/dates.py")
    assert "TID251" not in complaints(by_hand, file="models/clock.py")


def test_pendulum_is_at_work_in_two_files_and_no_day_of_it_leaves_them() -> None:
    """An instant's own `date()` is pendulum's where the instant is: `models.clock.day_of` answers a plain day."""
    code = {str(file.relative_to(ROOT)): file.read_text(encoding="utf-8") for file in code_of(*PACKAGES)}
    importing = {name for name, text in code.items() if re.search(r"^(?:from|import) pendulum\b", text, re.MULTILINE)}
    taking = {name for name, text in code.items() if ".date()" in text}

    assert importing == {"models/clock.py", "models/dates/days.py"}
    assert taking == {
        "models/dates/due_text.py",  # what a cell of a sheet holds
        "models/dates/recurrence.py",  # what dateutil answers
        "tasks/workdays/public_days.py",  # what an event of a calendar file says
    }


def code_of(*packages: str) -> list[Path]:
    return [file for package in packages for file in (ROOT / package).rglob("*.py")]


def complaints(code: str, *, file: str) -> set[str]:
    """The rules that ruff, with the settings of this house, sees broken by `code` if it stood in `file`."""
    linted = subprocess.run(
        [
            sys.executable,
            "-m",
            "ruff",
            "check",
            "--no-cache",
            "--output-format",
            "concise",
            "--stdin-filename",
            file,
            "-",
        ],
        cwd=ROOT,
        input=code,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return set(re.findall(r": ([A-Z]+\d+) ", linted.stdout))


@pytest.mark.parametrize("words", [["--help"], ["search", "--help"]])
def test_help_waits_for_nothing_heavy(words: list[str]) -> None:
    """Prefect takes seconds to import, the tables one, the checker of settings and options a tenth."""
    program = f"""
import sys
from duban import cli
sys.argv = ["duban", *{words!r}]
try:
    cli.main()
finally:
    print("loaded:", *{{"prefect", "sqlalchemy", "pydantic", "rich"}} & set(sys.modules))
"""
    helped = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert helped.stderr == ""
    assert helped.stdout.splitlines()[-1] == "loaded:"


RARE = (
    "authlib", "cryptography", "docx", "docxtpl", "httpx", "icalendar", "joserfc", "lxml", "openpyxl", "psycopg",
    "python_calamine", "rich", "segno", "stdnum", "typst", "websockets", "duban.web.api.items",
)  # fmt: skip
"""What few requests need, or an office with PostgreSQL alone: 50 MB of the 190 that a running service once held."""


def test_serving_waits_for_nothing_rare() -> None:
    """With all pages and the clock in place, before the first request (docs/performance.md)."""
    program = f"""
import sys
import duban.web.serving
from duban.web.pages import Pages
Pages()
print("loaded:", *{set(RARE)!r} & set(sys.modules))
"""
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True)

    assert told.stdout.strip() == "loaded:"


ASKING = {
    "duban/web/background/hold.py": "a file of SQLite is locked for as long as a process lives; no table is read",
}
"""Who in `duban` speaks to a database itself, and why. All else is asked of a function of `tasks`."""


def test_commands_and_pages_ask_tasks_and_not_the_database() -> None:
    """They hold a session and hand it on; a statement, and what it knows of the tables, is a task's."""
    libraries, harmless = {"sqlmodel", "sqlalchemy"}, {"Engine", "Session", "SQLModel", "make_url"}
    found = set()
    for file in (ROOT / "duban").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.ImportFrom(module="sqlmodel" | "sqlalchemy", names=names):
                    asks = not {name.name for name in names} <= harmless
                case ast.ImportFrom(module=str(name)) | ast.Import(names=[ast.alias(name=name)]):
                    asks = name.partition(".")[0] in libraries and name != "sqlalchemy.exc"
                case ast.Call(func=ast.Attribute(attr="exec" | "execute" | "scalar" | "scalars")):
                    asks = True
                case _:
                    continue
            if asks:
                found.add(str(file.relative_to(ROOT)))

    assert found == ASKING.keys()


OFF_RECORD = {
    "models/database.py": "defines it, and on_record stands on it",
    "tasks/notices/claim.py": "a delivery writes messages and attempts, its own record, and commits between two",
    "tasks/notices/deliver.py": "a delivery puts notices into messages, its own record, and commits before they leave",
    "tasks/notices/send_letters.py": "a letter's own record, and the hash of the code it carries",
    "flows/embedded_clock.py": "the lease says which process runs the clock, four times a minute",
    "flows/kept.py": "when a rhythm ran and how it ended says nothing about the office",
    "tasks/engine/check_shared.py": "a fingerprint of the key and the word of the store say nothing about the office",
    "tasks/archiving/detach.py": "rows go into a file as they are, with an entry that says which",
    "tasks/archiving/attach.py": "rows come back as they were, with an entry that says which",
    "tasks/trail/prove_trail.py": "up to where the trail was proved says nothing about the office",
    "tasks/keeping/restore.py": "the mark of a restore in the middle goes when its folder is there",
    "flows/round.py": "last_run is a bookmark",
    "flows/rhythms.py": "a sweep writes notices, which say themselves by which rule they came; last_run is a bookmark",
    "duban/edge.py": "`duban supervise` is the daily sweep by hand",
    "duban/demonstration/live.py": "each morning lived is a sweep",
    "duban/web/background/jobs.py": "how far long work is says nothing about the office; what it does is on record",
    "duban/web/background/hold.py": "that the process of long work lives, and how far it is",
    "duban/web/visit.py": "that a session is in use says nothing about the office",
    "duban/web/acts/kept.py": "what somebody typed and has not sent; sending it is on record",
    "duban/web/pages/drafts.py": "throwing away what was never sent",
    "duban/web/posted.py": "what was kept of a form is forgotten once it is sent",
    "duban/web/call.py": "the day of a token's last use says nothing about the office",
}
"""Who may write without an audit entry, and why. What people do goes through `on_record`."""


def test_nobody_writes_off_the_record_but_the_engine() -> None:
    code = code_of(*PACKAGES)
    plain = {str(file.relative_to(ROOT)) for file in code if "unit_of_work(" in file.read_text(encoding="utf-8")}
    commits = {str(file.relative_to(ROOT)) for file in code if ".commit()" in file.read_text(encoding="utf-8")}

    assert plain - OFF_RECORD.keys() == set()
    assert commits == {"models/database.py"}


def test_one_name_is_one_class() -> None:
    """Whoever reads a name knows which class is meant; a private one is seen beside its only use."""
    where: dict[str, list[str]] = {}
    for package in PACKAGES:
        for file in (ROOT / package).rglob("*.py"):
            for name in re.findall(r"^class ([A-Z]\w*)", file.read_text(encoding="utf-8"), re.MULTILINE):
                where.setdefault(name, []).append(str(file.relative_to(ROOT)))

    assert {name: files for name, files in where.items() if len(files) > 1} == {}


FULLEST = 32
"""How many files a folder may hold: about thirty, beyond which nobody finds his way in it."""


def test_no_folder_holds_more_files_than_one_can_look_over() -> None:
    held = Counter(str(file.relative_to(ROOT).parent) for file in tracked())

    assert {folder: count for folder, count in held.items() if count > FULLEST} == {}


def test_every_room_of_a_contract_has_a_line_in_the_map() -> None:
    """The import contracts name the rooms; docs/architecture.md says what each answers."""
    rooms = {
        f"{contract['containers'][0]}.{layer}".replace(".", "/")
        for contract in PROJECT["tool"]["importlinter"]["contracts"]
        if "containers" in contract
        for layer in contract["layers"]
    }
    shown = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")

    assert {room for room in rooms - {"tasks/report"} if f"| `{room}/` |" not in shown} == set()
