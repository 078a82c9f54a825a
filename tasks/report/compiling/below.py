"""What the report says of the organs below: who reported, and one block a ledger with what could be added up."""

from collections.abc import Sequence
from decimal import Decimal

from models.ledgers.kinds import KINDS
from models.report.figure import Figure
from tasks.report.compiling.blocks import Block, write_block
from tasks.report.upward.sum_below import Below, SummedFigure

HEADING = "下级单位工作情况"
_ITEMS = "items"


def below(reports_below: Below) -> list[Block]:
    """The blocks, none where no organ below has reported; organs that have not are named."""
    if not reports_below.reported:
        return []
    rows = tuple(one.row for one in reports_below.reported)
    reports = Figure(
        "报送年度报告的下级单位", Decimal(len(rows)), "个", rows, code="below.reports",
        definition="已收到其年度报告的下级单位",
    )  # fmt: skip
    facts = {"reports": reports, "missing": reports_below.missing}
    filed = write_block("below", "filed", facts, heading=HEADING, sources=rows, key="below:filed")
    sums = reports_below.sums
    kinds = dict.fromkeys(one.code.partition(".")[0] for one in sums)
    return [filed, *(_kind(kind, [one for one in sums if one.code.partition(".")[0] == kind]) for kind in kinds)]


def _kind(kind: str, sums: Sequence[SummedFigure]) -> Block:
    """All that is reported of one ledger; who reports nothing of it is said once."""
    silent = [organ for organ in sums[0].silent if all(organ in one.silent for one in sums)]
    estimates = [told for one in sums for told in one.estimates]
    told = [told for one in sums for told in (*one.summands, *one.unlike, *one.estimates)]
    title = "年度任务" if kind == _ITEMS else KINDS[kind].title if kind in KINDS else sums[0].name
    return write_block(
        "below", "kind", {"title": title, "sums": sums, "silent": silent, "estimates": estimates},
        heading=HEADING, sources=sorted({one.row for one in told}), key=f"below:{kind}",
    )  # fmt: skip
