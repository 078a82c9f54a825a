"""Page numbers of GB/T 9704-2012 (7.5): 4 号半角宋体 between dashes, odd pages right, even pages left."""

from tasks.papers.paper import PAGE_NUMBER_POINTS
from tasks.papers.styles import FOOTER
from tasks.papers.wordprocessing import DECLARATION, NAMESPACES, paragraph, run

_ONE_CHARACTER = PAGE_NUMBER_POINTS * 20


def odd_footer_part() -> str:
    """`— 1 —`, right, one character from the edge of the text block."""
    return _footer(f'<w:ind w:rightChars="100" w:right="{_ONE_CHARACTER}"/><w:jc w:val="right"/>')


def even_footer_part() -> str:
    """`— 2 —`, left, one character from the edge of the text block."""
    return _footer(f'<w:ind w:leftChars="100" w:left="{_ONE_CHARACTER}"/><w:jc w:val="left"/>')


def _footer(placed: str) -> str:
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        '<w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    line = paragraph(FOOTER, run("— "), field, run(" —"), properties=placed)
    return f"{DECLARATION}<w:ftr {NAMESPACES}>{line}</w:ftr>"
