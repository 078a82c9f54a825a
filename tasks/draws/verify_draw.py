"""Checking a draw afterwards, from the record alone: everything that can be worked out again is, and what differs is
said. Of the seed just that is said which holds for its way."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from models.actor import Channel
from models.audit import AuditEntry
from models.clock import day_of
from models.draws.draw_binding import DrawBinding
from models.draws.inspection_draw import InspectionDraw
from models.draws.random_draw import ALGORITHM, Pairing, content_hash, draw
from models.draws.seed import SeedWay, pledge_of, seed_by_public, seed_by_two, system_hash
from models.errors import BadInputError
from models.ledgers.inspection import Inspection
from models.people.person import Person
from tasks.draws.find_draw import BindingShown
from tasks.trail.months_away import Lacking, lacking_words

SHOWN = 5
"""Differences of one kind that are told one by one."""


@dataclass(frozen=True)
class DrawCheck:
    """One thing looked at: what, whether it holds, and what was found, in words."""

    title: str
    holds: bool
    words: str


def verify_draw(session: Session, shown: BindingShown) -> list[DrawCheck]:
    """Hold a binding, and the draw from it if there is one, against what follows from them, the audit trail, the
    ledger and the other bindings of the plan. All is as it was made if all of them hold."""
    checks = [_binding(shown.binding), _others(session, shown)]
    if shown.draw is not None:
        checks += [_seed(session, shown, shown.draw), _outcome(shown.binding, shown.draw)]
    checks.append(_trail(session, shown))
    return [*checks, _ledger(session, shown.binding, shown.draw)] if shown.draw is not None else checks


def _binding(binding: DrawBinding) -> DrawCheck:
    title = "名单和绑定"
    if binding.worked_out_hash != binding.bound_hash:
        return DrawCheck(title, False, "名单、回避、计划或种子的办法与绑定的哈希值不符：绑定以后被改动过")
    return DrawCheck(title, True, f"与绑定的哈希值相符（{binding.bound_on} 绑定）")


def _others(session: Session, shown: BindingShown) -> DrawCheck:
    """No binding of the plan is missing from the count, and none came between this one and its draw."""
    title = "绑定次数"
    query = select(DrawBinding.ordinal, DrawBinding.bound_at).where(
        DrawBinding.organ_id == shown.binding.organ_id, DrawBinding.plan == shown.binding.plan
    )
    bound = dict(session.exec(query).all())
    ordinals = sorted(bound)
    if ordinals != list(range(1, len(ordinals) + 1)):
        return DrawCheck(title, False, f"本计划的绑定不连续，现有第 {'、'.join(map(str, ordinals))} 次：有绑定被删去")
    drawn_at = shown.draw.drawn_at if shown.draw is not None else None
    if drawn_at and any(number > shown.binding.ordinal and at < drawn_at for number, at in bound.items()):
        return DrawCheck(title, False, "抽取时本计划已重新绑定，不是从最后一次绑定抽取的")
    return DrawCheck(title, True, shown.count_words)


def _seed(session: Session, shown: BindingShown, drawn: InspectionDraw) -> DrawCheck:
    if shown.binding.seed_way is SeedWay.PUBLIC:
        return _seed_by_public(session, shown.binding, drawn)
    return _seed_by_two(session, shown, drawn)


def _seed_by_public(session: Session, binding: DrawBinding, drawn: InspectionDraw) -> DrawCheck:
    title = "种子的来历"
    if drawn.seed != seed_by_public(binding.bound_hash, drawn.given_number):
        return DrawCheck(title, False, "种子与绑定的哈希值和录入的号码推算的不同")
    if binding.source_on is None or not binding.bound_on < binding.source_on <= drawn.drawn_on:
        return DrawCheck(title, False, f"号码的公布日期 {binding.source_on} 不在绑定之后、抽取之前")
    return DrawCheck(
        title, True,
        f"由绑定时指定的“{binding.source}”{binding.source_on} 的号码推算，"
        f"号码由{_name(session, drawn.drawn_by_id)}录入："
        f"{drawn.given_number}。本系统不能核实录入的号码，请与公布的核对；一致的，绑定名单的人、抽取的人都不能选定结果。"
        f"能够改写服务器数据或者时钟的人也不能的前提，是公布号码之前已有他人知道绑定的哈希值 {binding.bound_hash}",
    )  # fmt: skip


def _seed_by_two(session: Session, shown: BindingShown, drawn: InspectionDraw) -> DrawCheck:
    title, binding = "种子的来历", shown.binding.bound_hash
    pledged, revealed, system = shown.pledge, shown.reveal, drawn.system_number or ""
    if pledged is None or revealed is None:
        return DrawCheck(title, False, "没有第二人的承诺或者揭示的数字")
    wrong = [
        said
        for said, holds in (
            (
                "种子不是由系统随机数和第二人的数字推算的",
                drawn.seed == seed_by_two(binding, system, drawn.given_number),
            ),
            ("第二人的数字不是承诺的", pledge_of(binding, revealed.given_number) == pledged.pledge),
            ("抽取所用的不是揭示的数字", drawn.given_number == revealed.given_number),
            ("系统随机数不是承诺之后留存的", system_hash(binding, system) == pledged.system_hash),
            (
                "绑定、承诺、揭示、抽取的先后不对",
                shown.binding.bound_at <= pledged.pledged_at <= revealed.revealed_at <= drawn.drawn_at,
            ),
            (
                "提供数字的人同时是绑定或抽取的人",
                pledged.pledged_by_id == revealed.revealed_by_id
                and pledged.pledged_by_id not in (shown.binding.bound_by_id, drawn.drawn_by_id),
            ),
        )
        if not holds
    ]
    if wrong:
        return DrawCheck(title, False, "；".join(wrong))
    who = _name(session, pledged.pledged_by_id)
    said = (
        f"由系统随机数和{who}事先承诺、后来揭示的数字推算：绑定名单的人、抽取的人和{who}各自都不能选定结果。"
        f"能够改写服务器数据的人"
    )
    if pledged.hashed_here:
        said += f"除外：承诺值由本系统代算，数字经过服务器，他可以在承诺时得知{who}的数字，据以选定系统随机数"
    else:
        said += f"不与{who}串通也不能，前提是{who}承诺时抄下的系统随机数哈希值就是 {pledged.system_hash}"
    steps = {"绑定": shown.binding.channel, "承诺": pledged.channel, "揭示": revealed.channel, "抽取": drawn.channel}
    typed = "、".join(step for step, channel in steps.items() if channel is Channel.COMMAND)
    if typed:
        said += f"。{typed}经服务器的命令行办理，能登录服务器的人可以写任何人的姓名，不能证明是本人、是不同的人"
    return DrawCheck(title, True, said)


def _name(session: Session, person_id: int | None) -> str:
    person = session.get(Person, person_id) if person_id is not None else None
    return person.name if person is not None else "本机管理员"


def _outcome(binding: DrawBinding, drawn: InspectionDraw) -> DrawCheck:
    title = "按名单和种子重新抽取"
    if drawn.algorithm != ALGORITHM:
        return DrawCheck(title, False, f"算法“{drawn.algorithm}”不是本系统的 {ALGORITHM}，不能重新抽取")
    try:
        again = [[pairing.target, *pairing.inspectors] for pairing in draw(binding.lists, drawn.seed)]
    except BadInputError as error:
        return DrawCheck(title, False, error.message.rstrip("。"))
    wrong = list(_differences(drawn.result, again))
    if not wrong:
        return DrawCheck(title, True, f"结果相同，共 {len(again)} 户")
    return DrawCheck(title, False, _told(wrong))


def _differences(kept: list[list[str]], again: list[list[str]]) -> Iterator[str]:
    """What an outcome says otherwise, object by object."""
    is_kept, is_again = ({row[0]: row[1:] for row in rows} for rows in (kept, again))
    for target in is_kept.keys() - is_again.keys():
        yield f"“{target}”在保存的结果中，按名单和种子抽不到"
    for target, people in is_again.items():
        if target not in is_kept:
            yield f"“{target}”应抽中，不在保存的结果中"
        elif is_kept[target] != people:
            yield f"“{target}”的检查人员应为{'、'.join(people)}，保存的是{'、'.join(is_kept[target])}"
    if is_kept == is_again and kept != again:
        yield "抽中的次序不同，或者有重复"


def _trail(session: Session, shown: BindingShown) -> DrawCheck:
    """Against the entries that each step left in the audit trail, which nobody can change unseen, and their order."""
    title, number = "与审计记录核对", shown.binding.id
    steps: list[tuple[str, Any, dict[str, Any]]] = [
        ("绑定", shown.binding.bound_at, {"binding": number, "binding_hash": shown.binding.worked_out_hash})
    ]
    if shown.pledge is not None:
        told = {"binding": number, "pledge": shown.pledge.pledge, "system_number_hash": shown.pledge.system_hash}
        steps.append(("承诺", shown.pledge.pledged_at, told))
    if shown.reveal is not None:
        steps.append(("揭示", shown.reveal.revealed_at, {"binding": number, "number": shown.reveal.given_number}))
    if shown.draw is not None:
        pairings = [Pairing(row[0], tuple(row[1:])) for row in shown.draw.result]
        now = content_hash(shown.binding.bound_hash, shown.draw.seed, pairings)
        steps.append(("抽取", shown.draw.drawn_at, {"draw": number, "draw_hash": now}))
        if now != shown.draw.content_hash:
            return DrawCheck(title, False, "种子或结果与抽取时的哈希值不符：抽取以后被改动过")
    entries = []
    for what, at, told in steps:
        entry = _entry(session, shown.binding.organ_id, at, told)
        if entry is None:
            so = f"这次{what}的记录在不在其中，这里核对不了"
            if away := lacking_words(session, Lacking.TRAIL, so, first=day_of(at), last=day_of(at)):
                return DrawCheck(title, False, away.rstrip("。"))
            return DrawCheck(title, False, f"审计记录中没有这次{what}，或者{what}以后被改动过")
        entries.append(entry)
    if entries != sorted(entries):
        return DrawCheck(title, False, "审计记录中的次序不是先绑定、后产生种子")
    said = "、".join(f"{what}（第 {entry} 号）" for (what, _, _), entry in zip(steps, entries, strict=True))
    return DrawCheck(title, True, f"与审计记录相符：{said}")


def _entry(session: Session, organ_id: int, at: Any, told: dict[str, Any]) -> int | None:
    """The number of the entry of that instant that tells all of this; None where there is none."""
    query = select(AuditEntry).where(AuditEntry.organ_id == organ_id, AuditEntry.at == at)
    for entry in session.exec(query.order_by(col(AuditEntry.id))):
        if told.items() <= entry.after.items():
            return entry.id
    return None


def _ledger(session: Session, binding: DrawBinding, drawn: InspectionDraw) -> DrawCheck:
    """Against the rows of the ledger, which may have been corrected since."""
    title = "与台账核对"
    query = select(Inspection).where(Inspection.draw_id == drawn.id).order_by(col(Inspection.id))
    wrong, seen = [], set()
    people = {row[0]: "、".join(row[1:]) for row in drawn.result}
    for row in session.exec(query):
        seen.add(row.target)
        if row.withdrawn_on is not None:
            wrong.append(f"记录 {row.id}“{row.target}”已于 {row.withdrawn_on} 撤下（{row.withdrawn_reason}）")
        elif row.target not in people:
            wrong.append(f"记录 {row.id}“{row.target}”没有抽中")
        elif row.inspectors != people[row.target]:
            wrong.append(
                f"记录 {row.id}“{row.target}”的检查人员为{row.inspectors or '空'}，抽取的是{people[row.target]}"
            )
        elif (row.drawn_on, row.plan) != (drawn.drawn_on, binding.plan):
            wrong.append(f"记录 {row.id}“{row.target}”的抽取日期或抽查计划已更改")
    wrong += [f"台账中没有“{target}”" for target in people if target not in seen]
    if not wrong:
        return DrawCheck(title, True, f"台账中的 {len(seen)} 户与抽取的相同")
    return DrawCheck(title, False, _told(wrong))


def _told(wrong: list[str]) -> str:
    return "；".join(wrong[:SHOWN]) + (f"；其余 {len(wrong) - SHOWN} 处从略" if len(wrong) > SHOWN else "")
