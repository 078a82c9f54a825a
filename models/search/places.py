"""Where the search looks: every text that is found by its words, by the table it stands in."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.ledgers.field import FieldType
from models.ledgers.kind import Kind
from models.ledgers.kinds import KINDS
from models.papers.document import SERIES

PLACES = 256
"""A row has one number in the index: its own by this, and its place added."""

OWN = "{row}.organ_id"
_OF_ITEM = "(SELECT organ_id FROM work_item WHERE id = {row}.item_id)"
_OF_EVIDENCE = f"coalesce({_OF_ITEM}, (SELECT organ_id FROM leadership_act WHERE id = {{row}}.act_id))"
_OF_REPLY = "(SELECT organ_id FROM instruction WHERE id = {row}.instruction_id)"
_SERIES = " ".join(f"WHEN '{kind}' THEN '{words}'" for kind, words in SERIES.items())
_WRITTEN_NUMBER = f"CASE {{row}}.kind {_SERIES} END || '〔' || {{row}}.year || '〕' || {{row}}.number || '号'"


@dataclass(frozen=True)
class SearchPlace:
    """The texts of one table. `number` is for good, `columns` are those the texts are made of, `organ` says in SQL
    whose a row `{row}` is, and `further` are texts that are put together from columns."""

    number: int
    table: str
    columns: tuple[str, ...]
    organ: str = OWN
    further: str | None = None
    made_of: tuple[str, ...] = ()

    def organ_of(self, row: str) -> str:
        """Whose the row is, in SQL."""
        return self.organ.format(row=row)

    def text_of(self, row: str) -> str:
        """All that is found of the row, in SQL."""
        texts = [f"coalesce({row}.{column}, '')" for column in self.columns]
        if self.further is not None:
            texts.append(self.further.format(row=row))
        return " || ' ' || ".join(texts)


def _ledger(number: int, kind: Kind) -> SearchPlace:
    texts = (one.name for one in kind.columns if one.takes in (FieldType.TEXT, FieldType.LONG_TEXT))
    return SearchPlace(number, str(kind.table.__tablename__), tuple(texts))


ITEM = SearchPlace(
    1,
    "work_item",
    ("number", "title", "deliverable", "lead_text", "evidence_rule", "note", "source", "source_number"),
)
UNIT = SearchPlace(2, "item_unit", ("text",), _OF_ITEM)
INSTRUCTION = SearchPlace(3, "instruction", ("text", "outcome"))
REPLY = SearchPlace(4, "instruction_reply", ("text", "more"), _OF_REPLY)
PROGRESS = SearchPlace(5, "progress_entry", ("text", "problems", "next_step", "achievement"), _OF_ITEM)
EXTENSION = SearchPlace(6, "extension", ("reason", "progress"), _OF_ITEM)
CLOSURE = SearchPlace(7, "closure_request", ("statement", "waiver"), _OF_ITEM)
OBJECTION = SearchPlace(8, "objection", ("reason", "suggested", "answer"), _OF_ITEM)
SUSPENSION = SearchPlace(9, "suspension", ("reason",), _OF_ITEM)
EVIDENCE = SearchPlace(10, "evidence", ("name", "note"), _OF_EVIDENCE)
DOCUMENT = SearchPlace(11, "document", ("title",), further=_WRITTEN_NUMBER, made_of=("kind", "year", "number"))
PERSON = SearchPlace(12, "person", ("name",))
DEPARTMENT = SearchPlace(13, "department", ("name",))
POST = SearchPlace(14, "post", ("title",))
COMMENT = SearchPlace(15, "item_comment", ("text",), _OF_ITEM)
LEDGERS = {code: _ledger(number, kind) for number, (code, kind) in enumerate(KINDS.items(), start=64)}
"""A ledger's place by its code; a new ledger is declared behind the others."""

ALL: Sequence[SearchPlace] = (
    ITEM, UNIT, INSTRUCTION, REPLY, PROGRESS, EXTENSION, CLOSURE, OBJECTION, SUSPENSION, EVIDENCE, DOCUMENT, PERSON,
    DEPARTMENT, POST, COMMENT, *LEDGERS.values(),
)  # fmt: skip
