"""Opening a year (开年编制): the draft of its plan, drawn from what the year before left and what every year asks.

Nothing is issued and nobody is named who did not answer for it before. Done again it adds what is new and leaves alone
what people changed, renamed or issued since.
"""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, col, func, select

from models.actor import Actor
from models.database import key
from models.dates.day_override import office_calendar
from models.errors import NotFoundError
from models.items.item import ItemLeader, ItemUnit, WorkItem
from models.items.opened_item import OpenedItem
from models.items.plan import AnnualPlan, Project
from models.ledgers.kinds import KINDS
from models.people.organ import Organ
from models.people.permission import Action
from models.report.report import Report, describe_row
from tasks.acting.perform import performing_for
from tasks.ledgers.own_terms import OwnTerms, own_terms
from tasks.people.find import plan_of_year
from tasks.people.find_posts import Roster
from tasks.plan.import_list import plan_title
from tasks.plan.opening.draft import Draft, Origin
from tasks.plan.opening.from_deficiencies import from_deficiencies
from tasks.plan.opening.from_nodes import LEDGER, from_nodes, nodes_to_choose
from tasks.plan.opening.from_plan import from_plan
from tasks.plan.opening.from_report import Arranged, from_report
from tasks.report.compiling.compile_report import newest_report
from tasks.report.compiling.next_year import folded
from tasks.report.filing.deadlines import ensure_filing_items

_COPIED = (
    "title", "source", "note", "due_on", "due_text", "recurrence", "unconfirmed", "importance", "internal_only",
    "yearly", "department_id", "lead_text", "leader_post_id", "handler_post_id", "deliverable", "target_count",
    "target_unit", "evidence_rule",
)  # fmt: skip


@dataclass(frozen=True)
class OpenedDraft:
    """One draft that was made, and what it still lacks before it can be issued."""

    number: str
    title: str
    project: str
    origin: Origin
    source: str
    missing: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            "number": self.number, "title": self.title, "project": self.project, "origin": self.origin.value,
            "source": self.source, "missing": list(self.missing),
        }  # fmt: skip


@dataclass
class OpenedYear:
    """What the opening made of a year. `left_out` were taken out of the report's arrangements by a person."""

    plan_id: int
    plan: str
    year: int
    report_version: int | None
    made: list[OpenedDraft] = field(default_factory=list)
    known: int = 0
    """Drafts that were there already, by an opening before or in the same words."""
    left_out: list[str] = field(default_factory=list)
    yearly: list[str] = field(default_factory=list)
    """What the ledgers owe in the year, set once the plan is issued."""
    nodes: list[str] = field(default_factory=list)
    """Days of the year that were not made items: the office chooses whether it follows them."""

    @property
    def incomplete(self) -> list[OpenedDraft]:
        """The drafts that lack a day or somebody who answers for them."""
        return [draft for draft in self.made if draft.missing]

    def count(self, origin: Origin) -> int:
        """How many drafts came from there."""
        return sum(draft.origin is origin for draft in self.made)

    def as_dict(self) -> dict[str, Any]:
        return {
            "plan": self.plan, "year": self.year, "report_version": self.report_version,
            "made": [draft.as_dict() for draft in self.made], "known": self.known,
            "by_origin": {origin.value: self.count(origin) for origin in Origin},
            "incomplete": len(self.incomplete), "left_out": self.left_out, "yearly": self.yearly,
            "nodes_to_choose": self.nodes,
        }  # fmt: skip


def open_year(session: Session, organ: Organ, year: int, *, by: Actor) -> OpenedYear:
    """Draw up the draft of the organ's plan of `year`, or add to it what is not there yet. The caller commits.

    Raises NotFoundError where the year before left neither plan nor report, ForbiddenError.
    """
    with performing_for(session, by, Action.PLAN, organ.id, reason=f"{year}年度开年编制") as record:
        before = plan_of_year(session, key(organ.id), year - 1)
        report = newest_report(session, organ, year - 1)
        if before is None and report is None:
            raise NotFoundError(
                f"{organ.name}没有 {year - 1} 年度的计划和报告，无从编制 {year} 年度计划：请在“年度计划”中直接导入。"
            )
        plan = plan_of_year(session, key(organ.id), year) or _begin(session, organ, year)
        # Of two who open at once the second waits, and finds what the first made.
        session.refresh(plan, with_for_update=True)
        own = own_terms(session, key(organ.id))
        decided = {term for kind, term in own if kind == LEDGER}
        drafts, left_out = _drawn(session, organ, year, before, plan, report, by, decided)
        opened = OpenedYear(
            key(plan.id), plan.title, year, report.version if report else None, left_out=left_out,
            yearly=list(_yearly(own, year)), nodes=nodes_to_choose(year, decided),
        )  # fmt: skip
        _write(session, plan, drafts, opened)
        record.after |= {"plan": plan.id, "year": year, "created": len(opened.made)}
    # The report's own days have an entry of their own, as whoever sets them alone has.
    filed = ensure_filing_items(session, plan, by=by)
    names = {project.id: project.name for project in session.exec(_projects(plan))}
    opened.made += [_told(item, names[item.project_id], Origin.STATUTORY) for item in filed]
    return opened


def _drawn(
    session: Session, organ: Organ, year: int, before: AnnualPlan | None, plan: AnnualPlan, report: Report | None,
    by: Actor, decided: Set[str],
) -> tuple[list[Draft], list[str]]:  # fmt: skip
    """Every draft, those of the report first, and the titles of what a person took out of the report."""
    carried = list(from_plan(session, before, year)) if before is not None else []
    put_right = list(from_deficiencies(session, organ, year - 1))
    known = {draft.key: draft for draft in (*carried, *put_right)}
    arranged = Arranged()
    if report is not None:
        own = {describe_row("item", item_id) for item_id in session.exec(_item_ids(plan))}
        roster = Roster(session, organ, on=by.on)
        arranged = from_report(session, organ, report, known, roster, own=own)
    settled = arranged.said | arranged.left_out
    rest = [draft for place, draft in known.items() if place not in settled]
    left_out = [known[place].title for place in sorted(arranged.left_out) if place in known]
    days = from_nodes(year, office_calendar(session, organ_id=organ.id), decided)
    return [*arranged.drafts, *rest, *days], left_out


def _write(session: Session, plan: AnnualPlan, drafts: Sequence[Draft], opened: OpenedYear) -> None:
    there = set(session.exec(select(OpenedItem.key).where(OpenedItem.plan_id == plan.id)))
    titles = {folded(title) for title in session.exec(select(WorkItem.title).where(WorkItem.plan_id == plan.id))}
    projects = {project.name: project for project in session.exec(_projects(plan))}
    numbers = session.exec(select(WorkItem.number).where(WorkItem.plan_id == plan.id))
    number = max((int(one) for one in numbers if one.isascii() and one.isdigit()), default=0)
    for draft in drafts:
        said = {folded(words) for words in (draft.title, draft.also) if words}
        if {draft.key, *draft.covers} & there or said & titles:
            opened.known += 1
            continue
        number += 1
        project = _project(session, plan, draft.project[:300], projects)
        item = WorkItem(
            plan_id=key(plan.id),
            organ_id=plan.organ_id,
            project_id=key(project.id),
            number=str(number),
            **{name: getattr(draft, name) for name in _COPIED},
        )
        item.title, item.source = draft.title[:1000], draft.source[:4000]
        session.add(item)
        session.flush()
        session.add(OpenedItem(plan_id=key(plan.id), key=draft.key[:300], item_id=key(item.id)))
        session.add_all(
            ItemUnit(item_id=key(item.id), ordinal=place, department_id=department_id, text=text)
            for place, (department_id, text) in enumerate(draft.units, start=1)
        )
        session.add_all(
            ItemLeader(item_id=key(item.id), ordinal=place, post_id=post_id)
            for place, post_id in enumerate(draft.leaders, start=2)
        )
        titles.add(folded(draft.title))
        opened.made.append(_told(item, project.name, draft.origin))
    session.flush()


def _told(item: WorkItem, project: str, origin: Origin) -> OpenedDraft:
    # What the law asks for has its basis in the note; its source is but a mark.
    source = item.note if origin is Origin.STATUTORY else item.source
    return OpenedDraft(item.number, item.title, project, origin, source or "", tuple(item.missing))


def _begin(session: Session, organ: Organ, year: int) -> AnnualPlan:
    plan = AnnualPlan(organ_id=key(organ.id), year=year, title=plan_title(organ.name, year))
    session.add(plan)
    session.flush()
    return plan


def _projects(plan: AnnualPlan) -> Any:
    return select(Project).where(Project.plan_id == plan.id)


def _item_ids(plan: AnnualPlan) -> Any:
    return select(WorkItem.id).where(WorkItem.plan_id == plan.id)


def _project(session: Session, plan: AnnualPlan, name: str, projects: dict[str, Project]) -> Project:
    if name not in projects:
        last = session.exec(select(func.max(col(Project.ordinal))).where(Project.plan_id == plan.id)).one() or 0
        projects[name] = Project(plan_id=key(plan.id), ordinal=last + 1, name=name)
        session.add(projects[name])
        session.flush()
    return projects[name]


def _yearly(own: OwnTerms, year: int) -> Iterator[str]:
    """What the ledgers will ask of the year, in words."""
    for kind in KINDS.values():
        for term in kind.yearly:
            policy = own.get((kind.code, term.code))
            amount = term.amount if policy is None else policy.amount
            if amount and (policy is not None or not term.remembered):
                yield from (f"{turn.due_on} {kind.title}：{turn.title}{amount}{term.unit}" for turn in term.turns(year))
