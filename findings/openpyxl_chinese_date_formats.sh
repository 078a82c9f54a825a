#!/usr/bin/env bash
# In a workbook a date is a number with a date format, and a built-in format is stored as its id alone. For Chinese
# (also Japanese and Korean) Excel the ids 27 to 36 and 50 to 58 are dates and times, such as 31 = yyyy"年"m"月"d"日".
# openpyxl knows none of them: the cell comes back as 46112 with the format General and `is_date` false, while its
# neighbour with the id 14 comes back as a date. calamine reads all nineteen as dates.
#
# Seen with: openpyxl 3.1.5, python-calamine 0.9.1, Python 3.11.
# Source: ECMA-376 part 1, 18.8.30 numFmt (tables for zh-cn); openpyxl/styles/numbers.py.  Takes: about 25 s.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check openpyxl==3.1.5 python-calamine==0.9.1

"$room/venv/bin/python" - <<'PY'
import io
import sys
from datetime import date, datetime
from zipfile import ZipFile

import openpyxl
from python_calamine import load_workbook

IDS = [14, *range(27, 37), *range(50, 59)]
DAY = date(2026, 3, 31)
SERIAL = (DAY - date(1899, 12, 30)).days

# A workbook that openpyxl writes, whose formats are then the built-in ones by their ids.
book = openpyxl.Workbook()
for row, number_format in enumerate(IDS, start=1):
    cell = book.active.cell(row, 1, SERIAL)
    cell.number_format = f'0"{number_format}"'  # a custom format for each, replaced below
written = io.BytesIO()
book.save(written)

changed = io.BytesIO()
with ZipFile(written) as old, ZipFile(changed, "w") as new:
    for name in old.namelist():
        content = old.read(name).decode()
        if name == "xl/styles.xml":
            custom = content.index("<numFmts"), content.index("</numFmts>") + len("</numFmts>")
            content = content[: custom[0]] + content[custom[1] :]
            for row, number_format in enumerate(IDS):
                content = content.replace(f'numFmtId="{164 + row}"', f'numFmtId="{number_format}"')
        new.writestr(name, content)

changed.seek(0)
cells = [cell for (cell,) in openpyxl.load_workbook(changed).active.iter_rows()]
by_openpyxl = [cell.value for cell in cells]
changed.seek(0)
by_calamine = [value for (value,) in load_workbook(changed).get_sheet_by_index(0).to_python()]

for number_format, one, other in zip(IDS, by_openpyxl, by_calamine, strict=True):
    print(f"format {number_format}: openpyxl {one!r}, calamine {other!r}")

sys.exit(
    by_openpyxl != [datetime(2026, 3, 31), *[SERIAL] * 19]
    or {(cell.number_format, cell.is_date) for cell in cells[1:]} != {("General", False)}
    or [value.date() if isinstance(value, datetime) else value for value in by_calamine] != [DAY] * 20
)
PY
