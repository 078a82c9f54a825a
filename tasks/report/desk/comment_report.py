"""What readers say about a block of the report, and the answer of whoever works on it."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from models.actor import Actor
from models.errors import ConflictError, NotFoundError
from models.people.permission import Action
from models.report.report import Report, ReportBlock
from models.report.report_desk import ReportComment
from models.typed_text import words, words_or_none
from tasks.acting.perform import performing_for
from tasks.report.compiling.find_report import find_block
from tasks.report.desk.at_desk import beginning, unmarked

LONGEST = 1000


def comment(session: Session, report: Report, key: str, *, by: Actor, text: str) -> ReportComment:
    """Say something about a block, in any version: it belongs to the block, and is there in later versions too.

    Raises ForbiddenError for who may not read the report, NotFoundError, BadInputError.
    """
    said = unmarked(words(text, "批注", longest=LONGEST))
    with performing_for(session, by, Action.COMMENT, report.organ_id):
        block = find_block(session, report, key)
        made = ReportComment(
            organ_id=report.organ_id, year=report.year, block_key=block.key, quoted=beginning(block.text), text=said,
            person_id=by.person_id, actor=by.name, at=by.now,
        )  # fmt: skip
        session.add(made)
        session.flush()
    return made


def resolve_comment(
    session: Session, report: Report, comment_id: int, *, by: Actor, answer: str | None = None
) -> ReportComment:
    """Settle a comment of the year's report, with an answer where there is something to say.

    Raises NotFoundError, ConflictError where somebody settled it before, ForbiddenError.
    """
    said = words_or_none(answer, "答复", longest=LONGEST)
    with performing_for(session, by, Action.COMPILE, report.organ_id):
        comment = session.get(ReportComment, comment_id, with_for_update=True)
        if comment is None or (comment.organ_id, comment.year) != (report.organ_id, report.year):
            raise NotFoundError("没有这条批注。")
        if comment.resolved_at is not None:
            raise ConflictError("这条批注已经处理。")
        comment.answer, comment.resolved_at, comment.resolved_by_id = said, by.now, by.person_id
    return comment


def comments_of(session: Session, report: Report) -> Sequence[ReportComment]:
    """Every comment on the year's report, oldest first."""
    query = select(ReportComment).where(ReportComment.organ_id == report.organ_id, ReportComment.year == report.year)
    return session.exec(query.order_by(col(ReportComment.id))).all()


def open_comments(session: Session, report: Report) -> list[ReportComment]:
    """Those that nobody settled yet."""
    return [one for one in comments_of(session, report) if one.resolved_at is None]


def on_block(block: ReportBlock, comments: Sequence[ReportComment]) -> list[ReportComment]:
    """Those that are about this block, or about what was merged into it."""
    return [one for one in comments if one.block_key == block.key or one.block_key in block.origins]
