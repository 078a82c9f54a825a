#!/usr/bin/env bash
# python-docx reads the runs and cells that stand directly in a paragraph and a row. What Word wraps is left out
# without a word: text inserted while changes were tracked (the deleted text is left out too, so a changed number is
# gone altogether), what was typed into a content control, the result of a field, and both words of a phonetic guide.
# A table cell inside a content control is missing from `row.cells`, so that the cells behind it move up and a due
# day stands where the unit was. A paragraph in a control is missing from `document.paragraphs`.
#
# Seen with: python-docx 1.2.0, lxml 6.1.3, Python 3.11.
# Source: github.com/python-openxml/python-docx/issues/1123 and 340; ECMA-376 part 1, 17.5.2 and 17.13.5.
# Takes: about 20 s.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check python-docx==1.2.0 lxml==6.1.3

"$room/venv/bin/python" - <<'PY'
import io
import sys

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

NAMESPACE = nsdecls("w")
WHO = 'w:id="7" w:author="reviewer"'


def run(text: str, tag: str = "t") -> str:
    return f"<w:r><w:{tag}>{text}</w:{tag}></w:r>"


def wrapped(tag: str, inner: str, attributes: str = ""):
    return parse_xml(f"<w:{tag} {NAMESPACE} {attributes}>{inner}</w:{tag}>")


made = Document()
tracked = made.add_paragraph("办结")
tracked._p.append(wrapped("del", run("12", "delText"), WHO))
tracked._p.append(wrapped("ins", run("15"), WHO))
tracked.add_run("件")
controlled = made.add_paragraph("责任单位：")
controlled._p.append(wrapped("sdt", f"<w:sdtPr><w:text/></w:sdtPr><w:sdtContent>{run('法规科')}</w:sdtContent>"))
field = made.add_paragraph("截至")
field._p.append(wrapped("fldSimple", run("12月31日"), 'w:instr=" DATE "'))
guided = made.add_paragraph()
guided._p.append(
    wrapped("r", f"<w:ruby><w:rubyPr/><w:rt>{run('dū')}</w:rt><w:rubyBase>{run('督')}</w:rubyBase></w:ruby>")
)
body = made.element.body
body.insert(len(body) - 1, wrapped("sdt", f"<w:sdtContent><w:p>{run('整段')}</w:p></w:sdtContent>"))

table = made.add_table(rows=1, cols=3)
for cell, text in zip(table.rows[0].cells, ["1", "法规科", "12月底前"], strict=True):
    cell.text = text
second = table.rows[0]._tr.tc_lst[1]
control = wrapped("sdt", "<w:sdtContent/>")
second.addprevious(control)
control[0].append(second)

saved = io.BytesIO()
made.save(saved)
saved.seek(0)
read = Document(saved)
paragraphs = [paragraph.text for paragraph in read.paragraphs]
cells = [cell.text for cell in read.tables[0].rows[0].cells]
print("a reader sees: 办结15件 | 责任单位：法规科 | 截至12月31日 | 督 | 整段 and a row of 1, 法规科, 12月底前")
print("python-docx:  ", " | ".join(paragraphs), "and a row of", ", ".join(cells))

sys.exit(paragraphs != ["办结件", "责任单位：", "截至", ""] or cells != ["1", "12月底前"])
PY
