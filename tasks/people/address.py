"""To whom a role resolves on a day: the SQL that a sweep and a re-check share.

Each level is the holder of a post on that day, or the deputy of a holder on leave. A level that resolves to
nobody passes to the next one up at once. The answer is one integer, `person * 4 + via`, so that one scalar
subquery per row carries both facts: written as a join, SQLite scans the departments instead (measured: 7×).
"""

from functools import cache

from models.ladder.notice import Via
from models.people.person import LADDER, Role

VIA = (Via.HOLDER, Via.DEPUTY, Via.NEXT_LEVEL)
"""What the remainder by four of an answer means."""

_HEIGHTS = " ".join(f"WHEN '{role}' THEN {height}" for height, role in enumerate(Role))
NEAREST = f"found & 3, CASE role {_HEIGHTS} END"
"""Which of several answers `found` for a column `role` is nearest to the person: the order in which they are told."""

AS_WRITTEN = (
    "set_config('join_collapse_limit', '1', true), set_config('enable_hashjoin', 'off', true),"
    " set_config('enable_mergejoin', 'off', true), set_config('enable_seqscan', 'off', true)"
)
"""For PostgreSQL, to be selected ahead of these scalars: until its transaction ends it joins by index, in the order
written. To weigh every other order takes it longer than to run."""

_HELD = "t.started_on <= :on AND (t.ended_on IS NULL OR t.ended_on >= :on)"
_AWAY = "l.person_id = {person} AND l.from_on <= :on AND l.until_on >= :on"

_SEATED = "post p JOIN tenure t ON t.post_id = p.id"
_OVERSEEN = "oversight o JOIN tenure t ON t.post_id = o.post_id"
_HOLDERS = {
    Role.HANDLER: [("tenure t", "t.post_id = i.handler_post_id", "t.post_id")],
    Role.DEPARTMENT_HEAD: [(_SEATED, "p.department_id = i.department_id AND p.role = 'department_head'", "p.id")],
    Role.LEADER: [
        ("tenure t", "t.post_id = i.leader_post_id", "t.post_id"),
        (_OVERSEEN, "o.department_id = i.department_id", "o.post_id"),
    ],
    Role.FIRST_RESPONSIBLE: [(_SEATED, "p.organ_id = i.organ_id AND p.role = 'first_responsible'", "p.id")],
    Role.SUPERVISOR: [(_SEATED, "p.organ_id = i.organ_id AND p.role = 'supervisor'", "p.id")],
}
"""The tenures `t` of each role for item `i`: tables, condition, and the post by the column an index is in order of."""


@cache
def recipient_by_role(role: str, roles: frozenset[Role], *, leaves: bool) -> str:
    """The scalar for the role that the SQL expression `role` names, for the roles that can stand there.

    It says who answers for item `i` on day `:on`, or null when there is nobody at all. Each level is written
    once for all roles that reach it: a chain for every role takes PostgreSQL longer to plan than to run.
    Without `leaves` nobody is away on the day.
    """
    reached = [(level, roles.intersection(LADDER[: place + 1])) for place, level in enumerate(LADDER)]
    reached += [(Role.SUPERVISOR, roles), (Role.FIRST_RESPONSIBLE, roles & {Role.SUPERVISOR})]
    levels = []
    for level, by in reached:
        if by:
            names = ", ".join(f"'{name}'" for name in sorted(by))
            own = f"{role} = '{level}'"
            answers = [part for holders in _HOLDERS[level] for part in _answers(*holders, own=own, leaves=leaves)]
            levels.append(f"CASE WHEN {role} IN ({names}) THEN {_first(answers)} END")
    return _first(levels)


def recipient_of_post(post: str, *, leaves: bool) -> str:
    """The scalar for one post named by the SQL expression `post`: its holder or the holder's deputy."""
    return _first(_answers("tenure t", f"t.post_id = {post}", "t.post_id", own="true", leaves=leaves))


def recipient_of_head(department: str, *, leaves: bool) -> str:
    """The scalar for the head of the department that the SQL expression names, or the head's deputy."""
    condition = f"p.department_id = {department} AND p.role = '{Role.DEPARTMENT_HEAD}'"
    return _first(_answers(_SEATED, condition, "p.id", own="true", leaves=leaves))


def recipient_in_charge(*, leaves: bool) -> str:
    """The scalar for whoever leads item `i` or that leader's deputy: null where the matter passes to the next level."""
    levels = (_answers(*holders, own="true", leaves=leaves) for holders in _HOLDERS[Role.LEADER])
    return _first([answer for answers in levels for answer in answers])


def recipient_for_unit(department: str, *, leaves: bool) -> str:
    """The scalar for a cooperating unit of item `i`: its head, else whoever is in charge of the item."""
    above = recipient_by_role(f"'{Role.LEADER}'", frozenset({Role.LEADER}), leaves=leaves)
    return f"coalesce({recipient_of_head(department, leaves=leaves)}, {above} / 4 * 4 + {VIA.index(Via.NEXT_LEVEL)})"


def recipient_of_leader(post: str, *, leaves: bool) -> str:
    """The scalar for the post of a further named leader: its holder or the deputy, else the next level."""
    above = recipient_by_role(f"'{Role.FIRST_RESPONSIBLE}'", frozenset({Role.FIRST_RESPONSIBLE}), leaves=leaves)
    return f"coalesce({recipient_of_post(post, leaves=leaves)}, {above} / 4 * 4 + {VIA.index(Via.NEXT_LEVEL)})"


def _first(answers: list[str]) -> str:
    return f"coalesce({', '.join(answers)})" if len(answers) > 1 else answers[0]


def _answers(tables: str, condition: str, post: str, *, own: str, leaves: bool) -> list[str]:
    """The holder, then the deputy of one who is away; at another level than the `own` either is `NEXT_LEVEL`."""
    away = _AWAY.format(person="t.person_id")
    present = f"AND NOT EXISTS (SELECT 1 FROM leave l WHERE {away})" if leaves else ""
    holder = f"""(SELECT t.person_id * 4 + CASE WHEN {own} THEN 0 ELSE 2 END FROM {tables}
        WHERE {condition} AND {_HELD} {present}
        ORDER BY {post} LIMIT 1)"""
    deputy = f"""(SELECT q.id * 4 + CASE WHEN {own} THEN 1 ELSE 2 END FROM {tables}
        JOIN leave l ON {away} JOIN person h ON h.id = t.person_id
        JOIN person q ON q.id = coalesce(l.deputy_id, h.deputy_id)
        WHERE {condition} AND {_HELD} AND (q.left_on IS NULL OR q.left_on >= :on)
          AND NOT EXISTS (SELECT 1 FROM leave l WHERE {_AWAY.format(person="q.id")})
        ORDER BY {post} LIMIT 1)"""
    return [holder, deputy] if leaves else [holder]
