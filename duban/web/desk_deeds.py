"""What the desk's forms do to a report: one line a verb, each with the sentence that tells it was done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlmodel import Session

from duban.web.posted import Posted
from models.errors import BadInputError, NotFoundError
from models.ledgers.kinds import member_named
from models.report.report import Report, ReportBlock, SectionKind
from tasks.report.compiling.find_report import find_block
from tasks.report.desk.arrange_blocks import merge_blocks, move_block, split_block
from tasks.report.desk.comment_report import comment, resolve_comment
from tasks.report.desk.edit_block import add_block, confirm_block, edit_block
from tasks.report.desk.mark_block import (
    adopt_compiled,
    keep_own,
    mark_figure,
    mark_internal,
    mark_public,
    restore_block,
    withdraw_block,
)


@dataclass(frozen=True)
class Asked:
    """A form about a block of a version."""

    session: Session
    report: Report
    sent: Posted

    @property
    def key(self) -> str:
        return self.sent.text("key")

    @property
    def seen(self) -> str | None:
        return self.sent.text("seen") or None

    def mark(self, act: Callable[..., ReportBlock], **more: str) -> ReportBlock:
        """An act that asks for the block as it was seen, and little else."""
        return act(self.session, self.report, self.key, by=self.sent.visit.by, seen=self.seen, **more)


def do(verb: str, asked: Asked) -> tuple[ReportBlock, str]:
    """Do it: the block to show, and what was done in words. Raises NotFoundError for an unknown verb, DubanError."""
    if verb not in _DEEDS:
        raise NotFoundError("没有这种办理。")
    deed, said = _DEEDS[verb]
    return deed(asked), said


def _edit(asked: Asked) -> ReportBlock:
    sent = asked.sent
    return edit_block(
        asked.session, asked.report, asked.key, by=sent.visit.by, seen=asked.seen, text=sent.text("text"),
        heading=sent.text("heading"), basis=sent.text("basis") or None,
    )  # fmt: skip


def _split(asked: Asked) -> ReportBlock:
    at = asked.sent.number("at", "拆分的位置")
    if at is None:
        raise BadInputError("请选择在哪一句之后拆分。")
    first, _ = split_block(asked.session, asked.report, asked.key, by=asked.sent.visit.by, at=at, seen=asked.seen)
    return first


def _move(asked: Asked) -> ReportBlock:
    sent = asked.sent
    section = sent.text("section")
    return move_block(
        asked.session, asked.report, asked.key, by=sent.visit.by, seen=asked.seen, after=sent.text("after") or None,
        before=sent.text("before") or None, section=member_named(SectionKind, section) if section else None,
    )  # fmt: skip


def _add(asked: Asked) -> ReportBlock:
    sent = asked.sent
    after = sent.text("after") or None
    return add_block(
        asked.session, asked.report, by=sent.visit.by, section=member_named(SectionKind, sent.text("section")),
        text=sent.text("text"), heading=sent.text("heading") or None, basis=sent.text("basis") or None, after=after,
    )  # fmt: skip


def _figure(asked: Asked) -> ReportBlock:
    sent = asked.sent
    reason = sent.text("reason") or None
    if sent.ticked("hide") and reason is None:
        raise BadInputError("请写明这个数字不公开的原因。")
    return mark_figure(
        asked.session, asked.report, asked.key, sent.text("figure"), by=sent.visit.by,
        reason=reason if sent.ticked("hide") else None,
    )  # fmt: skip


def _comment(asked: Asked) -> ReportBlock:
    comment(asked.session, asked.report, asked.key, by=asked.sent.visit.by, text=asked.sent.text("text"))
    return find_block(asked.session, asked.report, asked.key)


def _resolve(asked: Asked) -> ReportBlock:
    number = asked.sent.number("comment", "批注") or 0
    answer = asked.sent.text("answer") or None
    resolve_comment(asked.session, asked.report, number, by=asked.sent.visit.by, answer=answer)
    return find_block(asked.session, asked.report, asked.key)


_DEEDS: Mapping[str, tuple[Callable[[Asked], ReportBlock], str]] = {
    "edit": (_edit, "已保存。重新编制时保留您的文字。"),
    "confirm": (lambda asked: asked.mark(confirm_block, basis=asked.sent.text("basis")), "已核定,不再标待核。"),
    "merge": (lambda asked: asked.mark(merge_blocks), "已与后一段合并。"),
    "split": (_split, "已拆分为两段。"),
    "move": (_move, "已移动。"),
    "withdraw": (lambda asked: asked.mark(withdraw_block, reason=asked.sent.text("reason")), "已撤下,可以恢复。"),
    "restore": (lambda asked: asked.mark(restore_block), "已恢复。"),
    "internal": (lambda asked: asked.mark(mark_internal, reason=asked.sent.text("reason")), "已标为内部,公开版不写。"),
    "public": (lambda asked: asked.mark(mark_public), "已改为公开。"),
    "figure": (_figure, "数字已标明。"),
    "adopt": (lambda asked: asked.mark(adopt_compiled), "已采用新文。"),
    "keep": (lambda asked: asked.mark(keep_own), "已保留您的文字。"),
    "add": (_add, "已增写。"),
    "comment": (_comment, "已批注。"),
    "resolve": (_resolve, "批注已处理。"),
}
