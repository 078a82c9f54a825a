#!/usr/bin/env bash
# When no font has a character, typst sets an empty box for it and says nothing: no error, and
# `compile_with_warnings` gives no warning. The text is lost too: what is read back from the PDF is NUL characters.
# Asked for PDF/A-2b, the same source is an error that names the character and the font.
#
# Seen with: typst 0.15.2 (Python wheel), pypdf 7.1.1, Python 3.11; system fonts are left out, the wheel's are Latin.
# Source: typst's documentation of `text.fallback` and of PDF standards.  Takes: about 25 s.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check typst==0.15.2 pypdf==7.1.1

cd "$room"
echo 'Report 督办 of 2026' > report.typ
venv/bin/python - <<'PY'
import io
import sys

import typst
from pypdf import PdfReader

pdf, warnings = typst.compile_with_warnings("report.typ", ignore_system_fonts=True)
text = PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
print(f"plain PDF: {len(warnings)} warnings, text {text!r}")
try:
    typst.compile("report.typ", ignore_system_fonts=True, pdf_standards="a-2b")
    refused = ""
except typst.TypstError as error:
    refused = str(error)
print("PDF/A-2b:", refused)

sys.exit(len(warnings) != 0 or "督" in text or "Report" not in text or "督" not in refused)
PY
