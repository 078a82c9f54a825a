#!/usr/bin/env bash
# SQLModel 0.0.50 maps a plain `datetime` to a type of its own: naive values are refused, instants are stored in UTC
# and come back aware. Whoever says the zone out loud, `Field(sa_type=DateTime(timezone=True))` or the same in a
# `sa_column`, takes that off: on SQLite 18:00+08:00 is stored as 18:00 and comes back naive, naive values are taken,
# and a search for the same instant written in UTC finds nothing. More was declared, less is kept.
#
# Seen with: sqlmodel 0.0.50, SQLAlchemy 2.0.58, Python 3.11.
# Source: sqlmodel/sql/sqltypes.py (UTCDateTime); SQLAlchemy's DateTime: timezone support is the database's.
# Takes: about 45 s.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check sqlmodel==0.0.50 sqlalchemy==2.0.58

"$room/venv/bin/python" - <<'PY'
import sys
from datetime import UTC, datetime, timedelta, timezone

from sqlalchemy import DateTime
from sqlalchemy.exc import StatementError
from sqlmodel import Field, Session, SQLModel, create_engine, select


class Sent(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    plain: datetime
    declared: datetime = Field(sa_type=DateTime(timezone=True))


six = datetime(2026, 3, 1, 18, tzinfo=timezone(timedelta(hours=8)))
naive = six.replace(tzinfo=None)
engine = create_engine("sqlite://")
SQLModel.metadata.create_all(engine)


def stored(plain: datetime, declared: datetime) -> bool:
    try:
        with Session(engine) as session:
            session.add(Sent(plain=plain, declared=declared))
            session.commit()
    except StatementError:
        return False
    return True


took = {"both aware": stored(six, six), "plain naive": stored(naive, six), "declared naive": stored(six, naive)}
with Session(engine) as session:
    first = session.get_one(Sent, 1)
    read = {"plain": first.plain.isoformat(), "declared": first.declared.isoformat()}
    found = {
        "plain": len(session.exec(select(Sent).where(Sent.plain == six.astimezone(UTC))).all()),
        "declared": len(session.exec(select(Sent).where(Sent.declared == six.astimezone(UTC))).all()),
    }
print("taken:", took)
print(f"{six.isoformat()} came back as", read)
print("found by the same instant in UTC:", found)

sys.exit(
    took != {"both aware": True, "plain naive": False, "declared naive": True}
    or read != {"plain": "2026-03-01T10:00:00+00:00", "declared": "2026-03-01T18:00:00"}
    or found != {"plain": 2, "declared": 0}
)
PY
