"""What a new office does first, with a tick for each that is done: told to whoever set it up until all are."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from models.actor import Actor
from models.coded import Coded
from models.database import key
from models.errors import ForbiddenError
from models.ladder.channel_state import ChannelState
from models.people.account import Account
from models.people.organ import Organ
from models.people.permission import Action
from models.people.person import Person
from models.settings import Settings
from tasks.acting.audit import recorded
from tasks.acting.authorize import organs_within
from tasks.engine.choose_settings import may_choose
from tasks.people.find import plans_of


class FirstStep(Coded):
    """The steps in their order."""

    ADDRESS = "address", "网址"
    MAIL = "mail", "邮件"
    PEOPLE = "people", "人员"
    ACCOUNTS = "accounts", "账户"
    PLAN = "plan", "计划"


@dataclass(frozen=True)
class FirstSteps:
    """The steps that are done, and whether the reader may set what the system goes by."""

    done: frozenset[FirstStep]
    may_choose: bool


def first_steps(session: Session, settings: Settings, organ: Organ, *, by: Actor) -> FirstSteps | None:
    """The steps of an office; None where all are done or put away, and for whoever did not set it up.

    Set up has it whoever administers the system, or whose account was the first, while that person runs the organ.
    """
    if organ.steps_done_at is not None or by.person_id is None:
        return None
    if key(organ.id) not in organs_within(session, by, Action.SYSTEM):
        return None
    chooses = may_choose(session, organ, by=by)
    if not chooses and by.person_id != _first(session):
        return None
    done = frozenset(step for step in FirstStep if _is_done(session, settings, organ, step, by))
    return FirstSteps(done, chooses) if len(done) < len(FirstStep) else None


def put_steps_away(session: Session, settings: Settings, organ: Organ, *, by: Actor) -> None:
    """Show them no more. Raises ForbiddenError for whoever they are not shown to."""
    if first_steps(session, settings, organ, by=by) is None:
        raise ForbiddenError("没有可以收起的起步清单。")
    with recorded(session, by, "put_steps_away", organ_id=organ.id):
        session.merge(organ).steps_done_at = by.now


def _first(session: Session) -> int | None:
    """Whose account was the first of all."""
    return session.exec(select(Account.person_id).order_by(col(Account.id)).limit(1)).first()


def _is_done(session: Session, settings: Settings, organ: Organ, step: FirstStep, by: Actor) -> bool:
    others: Sequence[object] = (Person.organ_id == organ.id, Person.id != by.person_id, col(Person.left_on).is_(None))
    match step:
        case FirstStep.ADDRESS:
            return settings.is_reached
        case FirstStep.MAIL:
            state = session.get(ChannelState, "mail") if settings.smtp_host else None
            return state is not None and state.passed_at is not None and state.down_since is None
        case FirstStep.PEOPLE:
            return bool(session.exec(select(func.count(col(Person.id))).where(*others)).one())  # type: ignore[arg-type]
        case FirstStep.ACCOUNTS:
            joined = select(func.count(col(Account.id))).join(Person)
            return bool(session.exec(joined.where(*others)).one())  # type: ignore[arg-type]
        case FirstStep.PLAN:
            return bool(plans_of(session, key(organ.id)))
