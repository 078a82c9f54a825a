"""What a rhythm could not do for one organ: named, kept with the run, and no reason to stop for the others."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from typing import Any

from models.errors import DubanError
from models.faults import fault_of

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class OrganProblem:
    """One organ that a rhythm failed for; `fault` where nobody foresaw it, which is worth another try."""

    organ_id: int | None
    organ: str
    problem: str
    fault: bool

    @property
    def words(self) -> str:
        return f"{self.organ}：{self.problem}"

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def note_problem(what: str, organ_id: int | None, organ: str, error: Exception) -> OrganProblem:
    """Log that `what` failed for the organ, what nobody foresaw with its trace, and keep it in words.

    Of an error nobody foresaw no more than its kind is kept: its text may quote anything.
    """
    foreseen = isinstance(error, DubanError)
    said = error if isinstance(error, DubanError) else fault_of(error)
    problem = said.message if said is not None else f"程序出错（{type(error).__name__}）"
    log.log(
        logging.WARNING if foreseen else logging.ERROR, "%s:%s:%s", what, organ, problem,
        exc_info=None if foreseen else error, extra={"action": "organ_failed"},
    )  # fmt: skip
    return OrganProblem(organ_id, organ, problem, fault=not foreseen)
