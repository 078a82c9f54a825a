"""The versions of the copies that plans run by, as the sweeps need them: a rung is the same rung in each."""

from itertools import groupby

from sqlmodel import Session, col, select

from models.ladder.policy import Rung
from models.ladder.policy_change import PolicyChange
from models.ladder.succession import Succession, succession


def successions(session: Session) -> dict[int, Succession]:
    """By the copy that a plan runs by now, what it owes to those before; no plan that runs by its first copy."""
    changes = session.exec(select(PolicyChange).order_by(col(PolicyChange.plan_id), col(PolicyChange.version))).all()
    if not changes:
        return {}
    copies = {copy for change in changes for copy in (change.from_policy_id, change.to_policy_id)}
    rungs = session.exec(select(Rung).where(col(Rung.policy_id).in_(copies)).order_by(col(Rung.policy_id))).all()
    ladders = {policy: list(group) for policy, group in groupby(rungs, lambda rung: rung.policy_id)}
    found = {}
    for _plan, group in groupby(changes, lambda change: change.plan_id):
        chain = list(group)
        later = [(change.from_on, ladders[change.to_policy_id]) for change in chain]
        found[chain[-1].to_policy_id] = succession(ladders[chain[0].from_policy_id], *later)
    return found
