"""A version as files: Word, PDF, page, annex, workbook, package."""
