"""Every act at the desk of a report: upon its newest version, and mostly upon one block of it.

Its forms are drawn where the block is shown; what they send is told by the entries here.
"""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from sqlmodel import Session

from duban.acts.declaration import Act, ActOutcome, Deed, Entry, Way
from models.errors import BadInputError
from models.field import FieldType as Takes
from models.people.permission import Action
from models.report.report import Report, ReportBlock, SectionKind

ReportAct = Act[Report]

_KEY = Entry("key", "段落", required=True, positional=True, help="段落的代号，见 duban report blocks。")
_SEEN = Entry("seen", "所看的一段", ways=Way.PAGE)
_BASIS = Entry("basis", "依据", help="依据，如文件名、会议纪要；写明后不再标待核。")
_FIGURE = Entry("figure", "数字", metavar="数字", ways=Way.COMMAND)


def _told(session: Session, block: ReportBlock, said: str, done: str) -> ActOutcome:
    """What was done, and in which version: the next one where the newest was bound."""
    from tasks.report.desk.at_desk import report_of

    version = session.get_one(Report, report_of(session, block)).version
    data = {"key": block.key, "version": version, "text": block.text, "withdrawn": block.withdrawn}
    return ActOutcome(said, [block.id or 0], data, f"{done}（第 {version} 版，段落 {block.key}）。")


def _task(verb: str) -> Callable[..., ReportBlock]:
    """Found once it is done: a command line that is only read does without all that the desk needs."""
    from tasks.report.desk import arrange_blocks, edit_block, mark_block

    tasks: dict[str, Callable[..., ReportBlock]] = {
        "edit": edit_block.edit_block, "confirm": edit_block.confirm_block, "merge": arrange_blocks.merge_blocks,
        "move": arrange_blocks.move_block, "withdraw": mark_block.withdraw_block, "restore": mark_block.restore_block,
        "add": edit_block.add_block, "adopt": mark_block.adopt_compiled, "keep": mark_block.keep_own,
    }  # fmt: skip
    return tasks[verb]


def _plain(verb: str, title: str, said: str, *entries: Entry, help: str) -> ReportAct:
    """An act whose task takes what was given as it is."""

    def does(deed: Deed[Report]) -> ActOutcome:
        block = _task(verb)(deed.session, deed.upon, by=deed.by, **deed.given)
        return _told(deed.session, block, said, f"已{title}")

    return Act(verb, Action.COMPILE, title, does, entries, help=help)


EDIT = _plain(
    "edit", "修改", "已保存。重新编制时保留您的文字。", _KEY, _SEEN,
    Entry("text", "文字", default="", help="新的文字。"),
    Entry("heading", "小标题", default="", metavar="文字", help="新的小标题；空的为去掉。"),
    _BASIS,
    help="修改一段的文字或小标题；重新编制时保留，来源有变的会提示。",
)  # fmt: skip
CONFIRM = _plain(
    "confirm", "核定", "已核定，不再标待核。", _KEY, _SEEN,
    replace(_BASIS, required=True, help="依据，如文件名、会议纪要。"),
    help="核定待核的一段，写明依据。",
)  # fmt: skip
MERGE = _plain(
    "merge", "合并", "已与后一段合并。", _KEY, _SEEN,
    Entry(
        "with_", "相邻的一段", flag="with", metavar="段落", ways=Way.COMMAND, help="相邻的一段；缺省为后一段。",
    ),
    help="把相邻两段合为一段，依据和数字合在一起。",
)  # fmt: skip


def _split(deed: Deed[Report]) -> ActOutcome:
    """A form names the character, a command the sentence."""
    from tasks.report.compiling.find_report import find_block
    from tasks.report.desk.arrange_blocks import sentence_ends, split_block

    session, report, given = deed.session, deed.upon, {**deed.given}
    after, at = given.pop("after", None), given.pop("at", None)
    if after is not None:
        ends = sentence_ends(find_block(session, report, given["key"]).text)
        if after > len(ends):
            where = f"共 {len(ends) + 1} 句，只能在第 1 至 {len(ends)} 句之后分开" if ends else "只有一句，不能拆分"
            raise BadInputError(f"这一段{where}。")
        _, other = split_block(session, report, by=deed.by, at=ends[after - 1], **given)
        return _told(session, other, "已拆分为两段。", "已拆分，后一段")
    if at is None:
        raise BadInputError("请选择在哪一句之后拆分。")
    first, _ = split_block(session, report, by=deed.by, at=at, **given)
    return _told(session, first, "已拆分为两段。", "已拆分，前一段")


SPLIT = Act(
    "split", Action.COMPILE, "拆分", _split,
    (
        _KEY, _SEEN,
        Entry("at", "拆分的位置", Takes.WHOLE, ways=Way.PAGE),
        Entry(
            "after", "句数", Takes.WHOLE, required=True, least=Decimal(1), metavar="句数", ways=Way.COMMAND,
            help="在第几句之后分开。",
        ),
    ),
    help="把一段在某句之后分为两段。",
)  # fmt: skip
MOVE = _plain(
    "move", "移动", "已移动。", _KEY, _SEEN,
    Entry("after", "移到这一段之后", metavar="段落"),
    Entry("before", "移到这一段之前", metavar="段落"),
    Entry(
        "section", "部分", Takes.CHOICE, choices=SectionKind, metavar="部分",
        help="移到这一部分的末尾，如 other 或 其他需要报告的情况。",
    ),
    help="移动一段：某段之后、某段之前，或者某部分的末尾。",
)  # fmt: skip
WITHDRAW = _plain(
    "withdraw", "撤下", "已撤下，可以恢复。", _KEY, _SEEN, Entry("reason", "原因"),
    help="撤下一段；文字保留，可以恢复。",
)  # fmt: skip
RESTORE = _plain("restore", "恢复", "已恢复。", _KEY, _SEEN, help="恢复撤下的一段。")
ADD = _plain(
    "add", "增写", "已增写。",
    Entry(
        "section", "部分", Takes.CHOICE, required=True, choices=SectionKind, metavar="部分",
        help="如 achievements 或 主要举措和成效。",
    ),
    Entry("text", "文字", required=True, help="写什么。"),
    Entry("heading", "小标题", help="小标题；缺省随前一段。"),
    Entry("after", "前一段", metavar="段落", help="放在这一段之后；缺省为末尾。"),
    _BASIS,
    help="增写一段。没有依据的标为待核。",
)  # fmt: skip


def _mark(deed: Deed[Report]) -> ActOutcome:
    """The block, or one figure of it: internal with a reason, public without."""
    from tasks.report.desk.mark_block import mark_figure, mark_internal, mark_public

    session, report, by, given = deed.session, deed.upon, deed.by, {**deed.given}
    figure, reason = given.pop("figure", None), given.get("reason")
    done = "改为公开" if reason is None else "标为内部"
    if figure is not None:
        block = mark_figure(session, report, given["key"], figure, by=by, reason=reason)
        return _told(session, block, "数字已标明。", f"已将数字“{figure}”{done}")
    block = (mark_public if reason is None else mark_internal)(session, report, by=by, **given)
    return _told(session, block, "已改为公开。" if reason is None else "已标为内部，公开版不写。", f"已{done}")


INTERNAL = Act(
    "internal", Action.COMPILE, "标为内部", _mark,
    (
        _KEY, _SEEN,
        Entry("reason", "不公开的原因", required=True),
        replace(_FIGURE, help="只标这一段里的一个数字，引用它的句子不公开。"),
    ),
    help="把一段（或其中一个数字）标为内部，公开版中不写。",
)  # fmt: skip
PUBLIC = Act(
    "public", Action.COMPILE, "改为公开", _mark,
    (_KEY, _SEEN, replace(_FIGURE, help="只改这一段里的一个数字。")),
    help="把标为内部的一段（或其中一个数字）改为公开。",
)  # fmt: skip


def _mark_figure(deed: Deed[Report]) -> ActOutcome:
    given = {**deed.given}
    if not given.pop("hide"):
        given["reason"] = None
    elif given["reason"] is None:
        raise BadInputError("请写明这个数字不公开的原因。")
    return _mark(replace(deed, given=given))


FIGURE = Act(
    "figure", Action.COMPILE, "标明数字", _mark_figure,
    (
        _KEY,
        Entry("figure", "数字", required=True),
        Entry("hide", "不公开", Takes.TICK),
        Entry("reason", "不公开的原因"),
    ),
    # Commands say it with `internal` and `public`.
    ways=Way.PAGE,
)  # fmt: skip
ADOPT = _plain(
    "adopt", "采用新文", "已采用新文。", _KEY, _SEEN, help="来源有变的一段采用新编的文字。"
)  # fmt: skip
KEEP = _plain("keep", "保留", "已保留您的文字。", _KEY, _SEEN, help="来源有变的一段保留人改的文字。")


def _comment(deed: Deed[Report]) -> ActOutcome:
    from tasks.report.desk.comment_report import comment

    made = comment(deed.session, deed.upon, by=deed.by, **deed.given)
    return ActOutcome(
        "已批注。",
        data={"id": made.id, "key": made.block_key, "text": made.text},
        words=f"已批注，编号 {made.id}（段落 {made.block_key}）。",
    )


COMMENT = Act(
    "comment", Action.COMMENT, "批注", _comment,
    (_KEY, Entry("text", "意见", required=True)),
    help="对一段提出批注；重新编制后仍在。",
)  # fmt: skip


def _resolve(deed: Deed[Report]) -> ActOutcome:
    from tasks.report.desk.comment_report import resolve_comment

    settled = resolve_comment(
        deed.session, deed.upon, deed.given["comment"] or 0, by=deed.by, answer=deed.given["answer"]
    )
    return ActOutcome(
        "批注已处理。", data={"id": settled.id, "answer": settled.answer}, words=f"批注 {settled.id} 已处理。"
    )


RESOLVE = Act(
    "resolve", Action.COMPILE, "处理批注", _resolve,
    (
        Entry(
            "comment", "批注", Takes.WHOLE, required=True, positional=True, flag="number", metavar="编号",
            help="批注的编号，见 duban report comments。",
        ),
        Entry("answer", "答复"),
    ),
    help="处理一条批注。",
)  # fmt: skip

UPON_BLOCKS: tuple[ReportAct, ...] = (
    EDIT, CONFIRM, MERGE, SPLIT, MOVE, WITHDRAW, RESTORE, ADD, INTERNAL, PUBLIC, ADOPT, KEEP,
)  # fmt: skip
"""In the order in which the commands are listed."""

BY_VERB = {act.verb: act for act in (*UPON_BLOCKS, FIGURE, COMMENT, RESOLVE)}
