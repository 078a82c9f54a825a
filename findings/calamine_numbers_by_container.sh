#!/usr/bin/env bash
# The same cell holding 3 is an int to calamine when the workbook is .xls and a float when it is .xlsx or .ods. So a
# serial number turned into text is "3" from the old format and "3.0" from the new ones, and a reader tested with one
# kind of file breaks with the other. openpyxl gives int for the same .xlsx. Text and booleans agree in all three.
#
# Seen with: python-calamine 0.9.1, openpyxl 3.1.5, xlwt 1.3.0 and odfpy 1.4.1 (to write the files), Python 3.11.
# Source: calamine's reader of BIFF keeps the integers of RK records; OOXML and ODF know one kind of number.
# Takes: about 25 s.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check \
    python-calamine==0.9.1 openpyxl==3.1.5 xlwt==1.3.0 odfpy==1.4.1

cd "$room"
venv/bin/python - <<'PY'
import sys

import openpyxl
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from python_calamine import load_workbook

ROW = [3, 2.5, "督办", True]

modern = openpyxl.Workbook()
modern.active.append(ROW)
modern.save("row.xlsx")

old = xlwt.Workbook()
sheet = old.add_sheet("Sheet")
for column, value in enumerate(ROW):
    sheet.write(0, column, value)
old.save("row.xls")

free = OpenDocumentSpreadsheet()
table, row = Table(name="Sheet"), TableRow()
for cell in (
    TableCell(valuetype="float", value=3),
    TableCell(valuetype="float", value=2.5),
    TableCell(valuetype="string"),
    TableCell(valuetype="boolean", booleanvalue="true"),
):
    cell.addElement(P(text="督办"))
    row.addElement(cell)
table.addElement(row)
free.spreadsheet.addElement(table)
free.save("row.ods")

seen = {name: load_workbook(name).get_sheet_by_index(0).to_python()[0] for name in ("row.xls", "row.xlsx", "row.ods")}
seen["row.xlsx by openpyxl"] = [*next(openpyxl.load_workbook("row.xlsx").active.values)]
types = {name: type(values[0]).__name__ for name, values in seen.items()}
for name, values in seen.items():
    print(f"{name}: {values}")

sys.exit(
    any(values != ROW for values in seen.values())  # 3 == 3.0: the values agree, their types do not
    or types != {"row.xls": "int", "row.xlsx": "float", "row.ods": "float", "row.xlsx by openpyxl": "int"}
)
PY
