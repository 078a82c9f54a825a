"""The scripts in findings/ run outside the tests; that each is told of and tells its source is looked at here."""

import re
from pathlib import Path

FINDINGS = Path(__file__).resolve().parents[2] / "findings"
SCRIPTS = sorted(FINDINGS.glob("*.sh"))


def test_the_table_names_each_script_once() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", (FINDINGS / "README.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert sorted(rows) == [script.stem for script in SCRIPTS]


def test_each_header_says_versions_source_and_time() -> None:
    headers = {script.stem: script.read_text(encoding="utf-8").partition("set -euo pipefail")[0] for script in SCRIPTS}

    assert {name: re.findall(r"\b(Seen with|Source|Takes): \S", header) for name, header in headers.items()} == {
        script.stem: ["Seen with", "Source", "Takes"] for script in SCRIPTS
    }
