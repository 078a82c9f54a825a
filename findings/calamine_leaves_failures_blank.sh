#!/usr/bin/env bash
# A cell whose formula failed (#DIV/0!, #N/A) is an empty cell to calamine, in .xls and .ods as in .xlsx: a sum over the
# column is silently too small, and a list that says "blank means leave it as it is" leaves it as it is. Merged cells of
# .xls and .xlsx are told, those of .ods are not: the answer is None, not a list.
#
# Seen with: python-calamine 0.9.1, xlwt 1.3.0, openpyxl 3.1.5 and odfpy 1.4.1 (to write the files), Python 3.11.
# Source: python-calamine turns the error values of calamine's Data into an empty value.
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

modern = openpyxl.Workbook()
modern.active["A1"], modern.active["B1"] = "金额", "#DIV/0!"
modern.active["B1"].data_type = "e"
modern.active.merge_cells("A2:B2")
modern.active["A2"] = "合并"
modern.save("cell.xlsx")

old = xlwt.Workbook()
sheet = old.add_sheet("Sheet")
sheet.write(0, 0, "金额")
sheet.row(0).set_cell_error(1, 7)
sheet.write_merge(1, 1, 0, 1, "合并")
old.save("cell.xls")

free = OpenDocumentSpreadsheet()
table, above, below = Table(name="Sheet"), TableRow(), TableRow()
for text, row, more in (("金额", above, {}), ("合并", below, {"numbercolumnsspanned": 2})):
    cell = TableCell(valuetype="string", **more)
    cell.addElement(P(text=text))
    row.addElement(cell)
table.addElement(above)
table.addElement(below)
free.spreadsheet.addElement(table)
free.save("cell.ods")

seen = {}
for name in ("cell.xls", "cell.xlsx", "cell.ods"):
    found = load_workbook(name).get_sheet_by_index(0)
    seen[name] = found.to_python()[0], found.merged_cell_ranges
    print(f"{name}: first row {seen[name][0]}, merged {seen[name][1]}")

blank = all(seen[name][0][1:] == [""] for name in ("cell.xls", "cell.xlsx"))
told = all(seen[name][1] for name in ("cell.xls", "cell.xlsx"))
sys.exit(not (blank and told and seen["cell.ods"][1] is None))
PY
