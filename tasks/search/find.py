"""The search itself: words in any order, everything of one organ that holds them all, counted and shown by groups."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from models.actor import Actor
from models.database import key
from models.people.organ import Organ
from models.search.index import Hits
from models.words import Word, words_of
from tasks.search.show import Find, show
from tasks.search.sources import SearchGroup, Source, sources

SHOWN, PAGE = 5, 20
"""Finds shown of each group beside others, and on a page of one alone."""
_LAST = 10_000
"""No page lies behind this one."""


@dataclass(frozen=True)
class FoundGroup:
    """One group: how many finds it has in all, and those of the page, numbered from 1."""

    group: SearchGroup
    total: int
    finds: Sequence[Find]
    page: int
    pages: int


@dataclass(frozen=True)
class Found:
    """What a query found, of each group that has anything, in their order."""

    words: Sequence[Word]
    groups: Sequence[FoundGroup]

    @property
    def total(self) -> int:
        """How much of all groups together."""
        return sum(one.total for one in self.groups)


def search(
    session: Session, organ: Organ, text: str, *, by: Actor, group: SearchGroup | None = None, page: int = 1
) -> Found:
    """What of the organ holds every word of the text, as far as `by` may see it: every group's number of finds and its
    first ones, or with `group` a page of that one's and no others.

    What `by` may not see is neither counted nor told. A page beyond the last is empty. Raises BadInputError for too
    long a text or too many words.
    """
    words = words_of(text)
    page = min(max(page, 1), _LAST)
    hits = [Hits(word, key(organ.id)) for word in words]
    size = SHOWN if group is None else PAGE
    asked = _worth_asking(session, organ, text, hits, by=by)
    if not asked:
        return Found(words, ())
    matching = sa.union_all(*(one.matching(hits, by) for one in asked)).subquery()
    order = (matching.c.first.desc(), matching.c.day.desc(), matching.c.turn.desc(), matching.c.place)
    ranked = sa.select(
        matching.c.heading,
        matching.c.place,
        matching.c.id,
        sa.func.count().over(partition_by=matching.c.heading).label("total"),
        sa.func.row_number().over(partition_by=matching.c.heading, order_by=order).label("rank"),
    ).subquery()
    first = (page - 1) * size
    on_page: sa.ColumnElement[bool] = ranked.c.rank.between(first + 1, first + size)
    if group is not None:
        on_page = sa.and_(on_page, ranked.c.heading == group.value)
    # Rank 1 of each comes along whatever is shown, for it tells how many there are.
    rows = session.execute(
        sa.select(ranked, on_page).where(sa.or_(on_page, ranked.c.rank == 1)).order_by(ranked.c.rank)
    )
    totals: dict[str, int] = {}
    told: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for heading, place, row_id, total, _rank, shown in rows:
        totals[heading] = total
        if shown:
            told[heading].append((place, row_id))
    finds = show(session, [one for found in told.values() for one in found], words, by=by)
    return Found(
        words, [_group(one, totals[one], told[one], finds, page, size) for one in SearchGroup if one in totals]
    )


def _group(
    group: SearchGroup,
    total: int,
    told: Sequence[tuple[int, int]],
    finds: Mapping[tuple[int, int], Find],
    page: int,
    size: int,
) -> FoundGroup:
    return FoundGroup(group, total, [finds[one] for one in told], page, -(-total // size))


def _worth_asking(session: Session, organ: Organ, text: str, hits: Sequence[Hits], *, by: Actor) -> list[Source]:
    """The tables in which every word was found somewhere, whoever may see it: the others are left in peace."""
    if not hits:
        return []
    numbered = [sa.select(sa.literal(turn), one.places().subquery()) for turn, one in enumerate(hits)]
    found: dict[int, set[int]] = defaultdict(set)
    for turn, place in session.execute(sa.union_all(*numbered)):
        found[turn].add(place)
    for turn, one in enumerate(hits):
        one.known = frozenset(found[turn])
    return list(sources(session, organ, hits, by=by, number=text.strip())) if all(one.known for one in hits) else []
