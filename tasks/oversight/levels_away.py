"""Whether the level that an overdue item had reached can still be told of a day that has passed."""

import datetime as dt

from sqlmodel import Session

from models.items.plan import AnnualPlan
from tasks.trail.months_away import Lacking, lacking_words, lived_since


def levels_away(session: Session, plan: AnnualPlan, *, on: dt.date, today: dt.date) -> str:
    """What is told beside overdue items as of the day `on` where escalations of the plan lie in archives; else empty.

    Of what is still overdue `today` no notice goes into an archive.
    """
    if on >= today:
        return ""
    so = "逾期事项提醒、督办到哪一级可能说低了"
    return lacking_words(session, Lacking.NOTICES, so, first=lived_since(plan), last=on)
