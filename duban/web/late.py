"""Whether sweep and delivery run in time, as every page tells whoever may look at the machinery."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from duban.web.served import ServedOffice
from flows.slots import expected
from tasks.engine.gather_health import gather_runs
from tasks.engine.judge_health import Trouble, find_late

_FRESH = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class _Seen:
    at: dt.datetime
    troubles: Sequence[Trouble]


def late_by(session: Session, served: ServedOffice, *, now: dt.datetime) -> Sequence[Trouble]:
    """What should have run by `now` and did not. Looked at once a minute for all pages, so that none pays for it."""
    seen = served.parts.get("late")
    if not isinstance(seen, _Seen) or not seen.at <= now < seen.at + _FRESH:
        awaited = expected(now, hours=served.settings.alarm_hours)
        seen = _Seen(now, list(find_late(gather_runs(session, awaited), awaited)))
        served.parts["late"] = seen
    return seen.troubles
