"""From files to what a person reads in them: documents (年度报告, 工作要点, 任务分解) and sheets.

A document's way: `document` (file to paragraphs) → `preamble` (title, addressee, covering letter) → `outline`
(headings and points) → `kinds` (what a section is) → `figures` and `items`. Below `document` all is pure.
"""
