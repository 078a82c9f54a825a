"""Asking first: an act that would bring about very many messages in one day is done only once a person said so, with
the list of who would get what before the eyes.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlmodel import Session, col, select

from models.actor import Actor
from models.dates.workdays import WorkCalendar
from models.errors import ManyMessagesError
from models.ladder.notice import AT_ONCE, Notice, NoticeState
from models.people.person import Person
from models.settings import Settings
from tasks.ladder.remind import remind

Told = Mapping[int, Counter[bool]]
"""By person, how many notices wait for the digest (False) and for a message of their own (True)."""


@contextmanager
def asking_first(
    session: Session, settings: Settings, *, by: Actor, calendar: WorkCalendar, sure: bool
) -> Iterator[None]:
    """Do the act within. Raises ManyMessagesError behind it, so that nothing of it is kept, where it would bring about
    more than `settings.ask_above` messages on the day and nobody is `sure`.

    A person gets at most one digest and, for all that cannot wait, one more message: a storm is counted so, too.
    """
    if sure:
        yield
        return
    before = _told(session, by, calendar)
    yield
    after = _told(session, by, calendar)
    more = {person: counts - before.get(person, Counter()) for person, counts in after.items()}
    messages = sum(len(counts) for counts in more.values())
    if messages <= settings.ask_above:
        return
    named = dict(session.exec(select(Person.id, Person.name).where(col(Person.id).in_(more))).all())
    people = sorted(((named[person], counts.total()) for person, counts in more.items() if counts), key=_most_first)
    raise ManyMessagesError(messages, people, settings.ask_above)


def _most_first(line: tuple[str, int]) -> tuple[int, str]:
    return -line[1], line[0]


def _told(session: Session, by: Actor, calendar: WorkCalendar) -> Told:
    """Who would be told what today if the day were swept now; nothing of the sweep is kept."""
    trial = session.begin_nested()
    try:
        remind(session, on=by.on, now=by.now, calendar=calendar)
        waiting = select(Notice.recipient_id, Notice.kind).where(
            Notice.state == NoticeState.PENDING, Notice.send_on <= by.on, col(Notice.recipient_id).is_not(None)
        )
        told: dict[int, Counter[bool]] = defaultdict(Counter)
        for person, kind in session.exec(waiting):
            told[person or 0][kind in AT_ONCE] += 1
        return told
    finally:
        trial.rollback()
        session.expire_all()
