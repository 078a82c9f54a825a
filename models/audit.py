"""The audit trail: who did what, when, for whom, why, and what changed; append-only and chained by hash.

The database itself refuses to change or delete an entry (triggers). The chain makes it visible when somebody
got around that: each entry's hash covers its content and the hash before it.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import DDL, JSON, Index, event
from sqlmodel import Field

from models.actor import Channel
from models.coded import coded
from models.row import Row

GENESIS = "0" * 64
"""What stands before the first entry."""

QUEUE = "duban.audit"
"""Under this name a session's `info` holds the entries that its commit will write."""

LEDGERS = frozenset(
    {
        "audit_entry",  # the record itself
        "notice",  # each row says itself by which rung or act it was raised, to whom and what became of it
        "message",  # what a delivery made of notices; its own rows are its record
        "delivery_attempt",  # written before and after each try to send: a record already
        "channel_state",  # how a channel fares; says nothing about the office
        "mailbox_place",  # how far the mailbox was read; says nothing about the office
        "returned_mail",  # what came back of a message: a record already
        "last_run",  # how far a rhythm got; says nothing about the office
        "kept_run",  # when a rhythm ran and how it ended; says nothing about the office
        "lease",  # which process runs the clock, renewed four times a minute
        "office_mark",  # by what processes tell that they share keys and files; says nothing about the office
        "web_session",  # who is signed in where; signing in and out are on record
        "letter",  # what an act has to tell a person, and what became of it; the act itself is on record
        "sign_in_attempt",  # what was tried at the door: a record already
        "keyed_request",  # an answer kept to be given again; what it did is on record
        "webhook_message",  # what a webhook is to be told; its own rows are its record
        "job",  # how far long work is; what it does is on record
        "kept_form",  # what somebody typed and has not sent; sending it is on record
        "saved_view",  # how somebody likes a list; says nothing about the office
        "signed_head",  # a copy of the end of the trail, signed
        "archive_seal",  # which rows lie in which file; that they were put there, and came back, is on record
        "trail_checkpoint",  # up to where the trail was proved, signed
        "day_count",  # how often a day something was done whose first time is on record, until that is told too
        "search_entry",  # the index of the search: made of the tables, and can be made anew
        "number_series",  # a counter; the document that took the number is on record
    }
)
"""The tables the engine keeps for itself. Whatever else is written is the office's, and never without an entry."""

REFUSAL = "audit_entry is append-only"


class AuditEntry(Row, table=True):
    """One act. `at` is when it was recorded, `on` the day it counts for; `for_id` the person stood in for."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_item_id", "item_id"),
        Index("ix_audit_entry_organ_id", "organ_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    at: dt.datetime
    on: dt.date
    actor_id: int | None = Field(default=None, foreign_key="person.id")
    actor: str = Field(max_length=100)
    for_id: int | None = Field(default=None, foreign_key="person.id")
    channel: Channel = Field(sa_type=coded(Channel))
    action: str = Field(max_length=50)
    organ_id: int | None = Field(default=None, foreign_key="organ.id")
    item_id: int | None = Field(default=None, foreign_key="work_item.id")
    before: dict[str, Any] = Field(sa_type=JSON)
    after: dict[str, Any] = Field(sa_type=JSON)
    reason: str | None = Field(default=None, max_length=2000)
    previous: str = Field(max_length=64)
    hash: str = Field(max_length=64, unique=True)

    def chained(self) -> str:
        """The hash this entry has to carry: over its content and the hash before it."""
        return chain_hash(self.model_dump(exclude={"id", "hash"}))


def chain_hash(content: Mapping[str, Any]) -> str:
    """The hash of an entry by its columns, all but its number and the hash itself."""
    instant = content["at"].astimezone(dt.UTC).isoformat()
    written = json.dumps({**content, "at": instant}, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(written.encode()).hexdigest()


_SEALED = (
    "EXISTS (SELECT 1 FROM archive_seal s WHERE s.attached_at IS NULL"
    " AND OLD.id BETWEEN s.first_entry_id AND s.last_entry_id)"
)
"""What lets an entry be deleted: a seal says that it lies in an archive. Who seals what lies in none is told by the
verification, which believes signed seals only."""

_SQLITE = [
    f"CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    f"CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry WHEN NOT {_SEALED}"
    f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
]
_POSTGRES = [
    "CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS"
    f" $$ BEGIN IF TG_OP = 'DELETE' THEN IF {_SEALED} THEN RETURN OLD; END IF; END IF;"
    f" RAISE EXCEPTION '{REFUSAL}'; END $$",
    "CREATE TRIGGER audit_entry_no_change BEFORE UPDATE OR DELETE ON audit_entry"
    " FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()",
    "CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry"
    " FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()",
]
GUARDS = {"sqlite": _SQLITE, "postgresql": _POSTGRES}
"""The statements that make the database refuse, by dialect; the schema's first revision holds the same."""

for _dialect, _statements in GUARDS.items():
    for _statement in _statements:
        _guard = DDL(_statement).execute_if(dialect=_dialect)  # type: ignore[no-untyped-call]
        event.listen(AuditEntry.metadata.tables["audit_entry"], "after_create", _guard)
