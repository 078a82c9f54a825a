"""Finding what was bound, how far it has come, and what was drawn."""

from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from models.coded import Coded
from models.database import LARGEST_ID
from models.draws.draw_binding import DrawBinding
from models.draws.draw_pledge import DrawPledge, DrawReveal
from models.draws.inspection_draw import InspectionDraw
from models.draws.seed import SeedWay
from models.errors import ConflictError, NotFoundError
from models.people.organ import Organ


class BindingStage(Coded):
    """What a binding waits for."""

    PLEDGE = "pledge", "待第二人承诺"
    REVEAL = "reveal", "已承诺，待揭示"
    DRAW = "draw", "已揭示，待抽取"
    NUMBER = "number", "待公开号码"
    DRAWN = "drawn", "已抽取"
    SUPERSEDED = "superseded", "已重新绑定，不再抽取"


@dataclass(frozen=True)
class BindingShown:
    """A binding with what came after it. `of_plan` bindings its plan has had, `drawn_of_plan` of them were drawn."""

    binding: DrawBinding
    pledge: DrawPledge | None
    reveal: DrawReveal | None
    draw: InspectionDraw | None
    of_plan: int
    drawn_of_plan: int

    @property
    def stage(self) -> BindingStage:
        if self.draw is not None:
            return BindingStage.DRAWN
        if self.binding.ordinal < self.of_plan:
            return BindingStage.SUPERSEDED
        if self.binding.seed_way is SeedWay.PUBLIC:
            return BindingStage.NUMBER
        if self.reveal is not None:
            return BindingStage.DRAW
        return BindingStage.REVEAL if self.pledge is not None else BindingStage.PLEDGE

    @property
    def count_words(self) -> str:
        """How often the plan was bound, drawn or not, in a sentence's part."""
        return f"本计划第 {self.binding.ordinal} 次绑定；{count_words(self.of_plan, self.drawn_of_plan)}"


def count_words(bound: int, drawn: int) -> str:
    """How often a plan was bound, and how often that led to a draw."""
    return f"共绑定 {bound} 次，抽取 {drawn} 次" + (f"，{bound - drawn} 次没有抽取" if bound > drawn else "")


def list_bindings(session: Session, organ: Organ, year: int | None = None) -> list[BindingShown]:
    """Every binding of the year, or all there are, drawn or not, the newest first."""
    query = (
        select(DrawBinding, DrawPledge, DrawReveal, InspectionDraw)
        .outerjoin(DrawPledge, col(DrawPledge.binding_id) == DrawBinding.id)
        .outerjoin(DrawReveal, col(DrawReveal.binding_id) == DrawBinding.id)
        .outerjoin(InspectionDraw, col(InspectionDraw.id) == DrawBinding.id)
        .where(DrawBinding.organ_id == organ.id)
        .order_by(col(DrawBinding.id).desc())
    )
    counts = _counts(session, organ)
    return [
        BindingShown(binding, pledge, reveal, draw, *counts[binding.plan])
        for binding, pledge, reveal, draw in session.exec(query)
        if year is None or binding.bound_on.year == year
    ]


def find_binding(session: Session, organ: Organ, number: int) -> BindingShown:
    """The binding of that number. Raises NotFoundError where the organ has none."""
    found = None
    if 0 < number <= LARGEST_ID:
        query = select(DrawBinding).where(DrawBinding.id == number, DrawBinding.organ_id == organ.id)
        found = session.exec(query).first()
    if found is None:
        raise NotFoundError(f"{organ.name}没有编号为 {number} 的双随机抽取，或者它不在您的查看范围内。")
    pledge = session.exec(select(DrawPledge).where(DrawPledge.binding_id == number)).first()
    reveal = session.exec(select(DrawReveal).where(DrawReveal.binding_id == number)).first()
    counts = _counts(session, organ)[found.plan]
    return BindingShown(found, pledge, reveal, session.get(InspectionDraw, number), *counts)


def newest_ordinal(session: Session, binding: DrawBinding) -> int:
    """How often the plan of the binding was bound."""
    same = select(func.max(DrawBinding.ordinal)).where(
        DrawBinding.organ_id == binding.organ_id, DrawBinding.plan == binding.plan
    )
    return session.exec(same).one() or 0


def check_newest(session: Session, binding: DrawBinding) -> None:
    """Raises ConflictError where the plan was bound again: with several bindings open nobody may wait for their seeds
    and then go on with the one that suits him."""
    newest = newest_ordinal(session, binding)
    if binding.ordinal < newest:
        raise ConflictError(f"“{binding.plan}”已重新绑定（第 {newest} 次）：只能从最后一次绑定抽取，这一次留存、计数。")


def _counts(session: Session, organ: Organ) -> dict[str, tuple[int, int]]:
    """For each plan how often it was bound and how often drawn."""
    query = (
        select(DrawBinding.plan, func.count(), func.count(col(InspectionDraw.id)))
        .outerjoin(InspectionDraw, col(InspectionDraw.id) == DrawBinding.id)
        .where(DrawBinding.organ_id == organ.id)
        .group_by(col(DrawBinding.plan))
    )
    return {plan: (bound, drawn) for plan, bound, drawn in session.exec(query)}
