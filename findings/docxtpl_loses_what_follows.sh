#!/usr/bin/env bash
# docxtpl puts a value into the XML of the document as it stands unless asked to escape it, and the XML is then read
# by a parser that mends. So a `<` or `&` in a value is no error: a `<` before a digit is dropped, a `&` takes the word
# behind it along (R&D项目 leaves R), and what looks like an element ("超过<三日>的2件") takes all that follows in the
# document, later paragraphs included. `render` returns, the file opens in Word, and nobody is told.
# `autoescape=True` keeps it all.
#
# Seen with: docxtpl 0.20.2, python-docx 1.2.0, lxml 6.1.3, Python 3.11.
# Source: github.com/elapouya/python-docx-template/issues/447 and 557.  Takes: about 30 s.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check docxtpl==0.20.2 python-docx==1.2.0 lxml==6.1.3

"$room/venv/bin/python" - <<'PY'
import io
import sys

from docx import Document
from docxtpl import DocxTemplate

NEXT = "下一段"


def rendered(value: str, **how: bool) -> list[str]:
    blank = Document()
    blank.add_paragraph("前{{ value }}后")
    blank.add_paragraph(NEXT)
    template, filled = io.BytesIO(), io.BytesIO()
    blank.save(template)
    template.seek(0)
    document = DocxTemplate(template)
    document.render({"value": value}, **how)
    document.save(filled)
    filled.seek(0)
    return [paragraph.text for paragraph in Document(filled).paragraphs]


expected = {
    "罚款<5000元的3件": ["前罚款5000元的3件后", NEXT],
    "研发R&D项目": ["前研发R", NEXT],
    "甲<乙，丙>丁": ["前甲"],
    "超过<三日>的2件": ["前超过"],
}
seen = {value: rendered(value) for value in expected}
escaped = {value: rendered(value, autoescape=True) for value in expected}
for value, paragraphs in seen.items():
    print(f"{value}: {paragraphs}, escaped {escaped[value]}")

sys.exit(seen != expected or escaped != {value: [f"前{value}后", NEXT] for value in expected})
PY
