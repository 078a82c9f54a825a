"""A rhythm's way over the organs of its shard: one after the other, each whole or not at all."""

import datetime as dt
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col
from sqlmodel.sql.expression import SelectOfScalar

from flows.steps import tell_progress
from models import clock
from models.database import key, on_record, reading, unit_of_work
from models.engine.problem import OrganProblem, note_problem
from models.engine.shard import Shard
from models.items.plan import AnnualPlan
from models.people.organ import Organ
from tasks.engine.show_system import last_runs, record_run

log = logging.getLogger(__name__)
SAYING = 60.0
"""Seconds after which a long round says again how far it is: what is silent for much longer counts as hung."""


@dataclass
class Round:
    """A rhythm's way over the organs: what came of each, in a transaction of its own, and whom it failed for.

    Whatever fails for an organ leaves nothing of it and stops no other.
    """

    database: Engine
    title: str
    shard: Shard
    results: list[dict[str, Any]] = field(default_factory=list)
    problems: list[OrganProblem] = field(default_factory=list)

    def over(self, planned: SelectOfScalar[AnnualPlan], work: Callable[[Session, Organ, AnnualPlan], Any]) -> None:
        """Do the work for each of these plans; it answers what is told of the organ."""
        with reading(self.database) as session:
            plans = session.exec(self.shard.of(planned).order_by(col(AnnualPlan.organ_id), col(AnnualPlan.id))).all()
            organs = [(key(plan.id), session.get_one(Organ, plan.organ_id)) for plan in plans]
        said = time.monotonic()
        for done, (plan_id, organ) in enumerate(organs):
            tell_progress(done, len(organs))
            if time.monotonic() - said >= SAYING:
                said = time.monotonic()
                log.info("%s：已完成 %s/%s 个单位", self.title, done, len(organs), extra={"action": "progress"})
            try:
                with on_record(self.database) as session:
                    plan = session.get_one(AnnualPlan, plan_id)
                    told = work(session, session.get_one(Organ, plan.organ_id), plan)
                self.results.append({"organ": organ.name} | told)
            except Exception as error:
                problem = note_problem(self.title, organ.id, organ.name, error)
                self.problems.append(problem)
                self.results.append({"organ": organ.name, "problem": problem.problem})

    def end(self, rhythm: str, on: dt.date) -> None:
        """Write down that the rhythm ran, and for whom not: with the last of its shards, for all of them."""
        if self.shard.parts > 1:
            with unit_of_work(self.database) as session:
                record_run(session, f"{rhythm}:{self.shard}", on=on, now=clock.now(), problems=self.problems)
            with reading(self.database) as session:
                ran = last_runs(session, [f"{rhythm}:{one}" for one in self.shard.all()])
            if len(ran) < self.shard.parts or any(run.on < on for run in ran.values()):
                return
            self.problems = [OrganProblem(**problem) for run in ran.values() for problem in run.problems]
        with unit_of_work(self.database) as session:
            record_run(session, rhythm, on=on, now=clock.now(), problems=self.problems)
