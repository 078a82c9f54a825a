"""The ledgers that have a paragraph in part one: what it says, and the project it belongs to.

A further ledger is one entry here, its figures in `tasks.gather_figures` and its words in the template.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tasks.compiling.material import ProjectRow, YearMaterial
from tasks.gather_figures import Figure, enforcement_figures, study_figures

_NO_LEDGER = "谁执法谁普法"
"""A slogan about publicity that names enforcement."""


@dataclass(frozen=True)
class LedgerParagraph:
    """One paragraph: `part` is its macro, `words` tell the project it fits, `heading` it has where none does.

    `facts` is empty where nothing is on record: that no case was entered does not show that there was none.
    """

    part: str
    words: tuple[str, ...]
    heading: str
    facts: Callable[[YearMaterial], Mapping[str, Any]]

    def fitting(self, projects: Iterable[ProjectRow]) -> ProjectRow | None:
        """The first project that the most telling word names."""
        named = [(project, project.name.replace(_NO_LEDGER, "")) for project in projects]
        return next((project for word in self.words for project, name in named if word in name), None)

    def figures(self, facts: Mapping[str, Any]) -> list[Figure]:
        return [fact for fact in facts.values() if isinstance(fact, Figure)]


def _studies(material: YearMaterial) -> dict[str, Any]:
    if not material.studies:
        return {}
    return {"people": None, **study_figures(material), "topics": [study.topic for study in material.studies]}


def _enforcement(material: YearMaterial) -> dict[str, Any]:
    return dict(enforcement_figures(material)) if material.cases else {}


LEDGERS = (
    LedgerParagraph("studies", ("学习", "学法", "法治思维", "法治思想"), "组织集中学习研讨", _studies),
    LedgerParagraph("enforcement", ("行政执法", "执法"), "规范行政执法", _enforcement),
)
