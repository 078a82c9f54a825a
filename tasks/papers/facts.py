"""Documents as facts: what a sheet, slip, circular or brief says, kept as JSON and laid out again at any time."""

from typing import Any, TypeVar

from pydantic import TypeAdapter

from tasks.papers.brief import Brief, lay_out_brief
from tasks.papers.circular import Circular, lay_out_circular
from tasks.papers.official_document import OfficialDocument
from tasks.papers.supervision_sheet import SupervisionSheet, UrgingSlip, lay_out_sheet, lay_out_urging

Content = SupervisionSheet | UrgingSlip | Circular | Brief
Kind = TypeVar("Kind", bound=Content)

KINDS: dict[str, type[Content]] = {
    "sheet": SupervisionSheet,
    "urging": UrgingSlip,
    "circular": Circular,
    "brief": Brief,
}
"""What each kind of document holds, by the code of its kind."""


def to_facts(content: Content) -> dict[str, Any]:
    """The content as JSON knows it: days in ISO form, tuples as lists, a colour as its code."""
    facts: dict[str, Any] = TypeAdapter(type(content)).dump_python(content, mode="json")
    return facts


def from_facts(kind: type[Kind], facts: dict[str, Any]) -> Kind:
    """The content that `to_facts` made the facts of.

    A fact with a default may be missing, as in facts older than it is; unknown ones are passed over. Raises
    pydantic.ValidationError, a ValueError, for facts that are not of this kind.
    """
    return TypeAdapter(kind).validate_python(facts)


def lay_out(content: Content) -> OfficialDocument:
    """The document for whatever kind of content it is."""
    match content:
        case SupervisionSheet():
            return lay_out_sheet(content)
        case UrgingSlip():
            return lay_out_urging(content)
        case Circular():
            return lay_out_circular(content)
        case Brief():
            return lay_out_brief(content)
