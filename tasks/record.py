"""Recording what the report needs and no item brings along: cases, study sessions, acts of leaders, deficiencies.

Each record is a new row with the day it belongs to; the report of that day's year takes it up. Whoever writes it
down must be allowed to on the day it is written down, whatever day it belongs to. Raises ForbiddenError otherwise.
"""

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import TypeVar

from sqlmodel import Session, select

from models.actor import Actor
from models.coded import Coded
from models.database import key
from models.deficiency import Deficiency
from models.errors import BadInputError
from models.item import WorkItem
from models.leadership import Duty, LeadershipAct
from models.ledger import EnforcementCase, Outcome, Procedure, StudySession
from models.organ import Organ
from models.permission import Action
from models.person import Person
from tasks.perform import performing_for
from tasks.typed_text import words, words_or_none

LARGEST_FINE = Decimal("999999999999.99")
MOST_PEOPLE = 1_000_000


def record_case(
    session: Session,
    organ: Organ,
    *,
    by: Actor,
    procedure: Procedure,
    on: dt.date,
    fine: Decimal = Decimal(0),
    outcome: Outcome = Outcome.STANDS,
    number: str | None = None,
    title: str | None = None,
) -> EnforcementCase:
    """An enforcement case decided on `on`; `fine` in yuan.

    Raises BadInputError for a fine below zero, beyond LARGEST_FINE or finer than a fen, and for a case number
    that is on record already.
    """
    with _recording(session, by, organ):
        if not 0 <= fine <= LARGEST_FINE or fine != round(fine, 2):
            raise BadInputError(f"罚款金额“{fine}”不可用：应为不小于 0 的元数，最多两位小数，如 3000 或 200.50。")
        number = words_or_none(number, "案号", longest=100)
        if number is not None:
            known = select(EnforcementCase).where(EnforcementCase.organ_id == organ.id)
            if session.exec(known.where(EnforcementCase.number == number)).first() is not None:
                raise BadInputError(f"案号“{number}”已经登记过，未重复登记。")
        case = EnforcementCase(
            organ_id=key(organ.id),
            number=number,
            title=words_or_none(title, "案件名称", longest=500),
            procedure=procedure,
            decided_on=on,
            fine=fine,
            outcome=outcome,
            recorded_at=by.now,
        )
        session.add(case)
    return case


def record_study(
    session: Session, organ: Organ, *, by: Actor, on: dt.date, topic: str, people: int | None = None
) -> StudySession:
    """A study session held on `on`. Raises BadInputError for an empty topic or an impossible number of people."""
    with _recording(session, by, organ):
        if people is not None and not 0 < people <= MOST_PEOPLE:
            raise BadInputError(f"参加人数“{people}”不可用：应为 1 至 {MOST_PEOPLE} 的整数，不清楚可不填。")
        theme = words(topic, "学习主题", longest=500)
        study = StudySession(organ_id=key(organ.id), held_on=on, topic=theme, people=people, recorded_at=by.now)
        session.add(study)
    return study


def record_act(
    session: Session,
    organ: Organ,
    *,
    by: Actor,
    kind: Duty,
    on: dt.date,
    text: str,
    item: WorkItem | None = None,
    person: Person | None = None,
    document_number: str | None = None,
) -> LeadershipAct:
    """An act of a leader on `on`; without `person` it is the first responsible person's.

    Raises BadInputError for an empty text.
    """
    with _recording(session, by, organ, item):
        act = LeadershipAct(
            organ_id=key(organ.id),
            person_id=person.id if person else None,
            item_id=item.id if item else None,
            kind=kind,
            on=on,
            text=words(text, "履职内容", longest=2000),
            document_number=words_or_none(document_number, "文号", longest=100),
            recorded_at=by.now,
        )
        session.add(act)
    return act


def record_deficiency(
    session: Session,
    organ: Organ,
    *,
    by: Actor,
    on: dt.date,
    text: str,
    cause: str | None = None,
    remedy: str | None = None,
    item: WorkItem | None = None,
) -> Deficiency:
    """A deficiency of the year of `on`. Raises BadInputError for an empty text."""
    with _recording(session, by, organ, item):
        deficiency = Deficiency(
            organ_id=key(organ.id),
            item_id=item.id if item else None,
            on=on,
            text=words(text, "不足", longest=1000),
            cause=words_or_none(cause, "原因", longest=1000),
            remedy=words_or_none(remedy, "整改措施", longest=1000),
            recorded_at=by.now,
        )
        session.add(deficiency)
    return deficiency


Member = TypeVar("Member", bound=Coded)

WORDS: dict[str, Coded] = {
    "简易": Procedure.SIMPLE,
    "普通": Procedure.ORDINARY,
    "一般程序": Procedure.ORDINARY,
    "维持": Outcome.STANDS,
    "变更": Outcome.CHANGED,
    "撤销": Outcome.REVOKED,
    "亲自部署": Duty.DEPLOY,
    "亲自过问": Duty.INQUIRE,
    "亲自协调": Duty.COORDINATE,
    "亲自督办": Duty.SUPERVISE,
}
"""What people call a member beside its code and its label."""


def member_named(kind: type[Member], word: str) -> Member:
    """The member with this code, label or customary name. Raises BadInputError naming what is accepted."""
    word = word.strip()
    for member in kind:
        if word in (member.value, member.label) or WORDS.get(word) is member:
            return member
    accepted = "、".join(f"{member.value}（{member.label}）" for member in kind)
    raise BadInputError(f"“{word}”不可用，可用：{accepted}。")


def money(text: str) -> Decimal:
    """An amount in yuan as typed (30000, 3,000.50, 200元). Raises BadInputError for anything else."""
    plain = re.sub(r"[,，\s]|元$", "", text.strip())
    if not re.fullmatch(r"-?\d{1,15}(\.\d{1,10})?", plain):
        raise BadInputError(f"金额“{text}”无法识别：请以元为单位填写数字，如 3000 或 200.50。")
    return Decimal(plain)


@contextmanager
def _recording(session: Session, by: Actor, organ: Organ, item: WorkItem | None = None) -> Iterator[None]:
    """Before anything is looked up, whether `by` may write it down at all."""
    with performing_for(session, by, Action.RECORD, organ.id, item_id=item.id if item else None):
        if item is not None and item.organ_id != organ.id:
            raise BadInputError(f"任务 {item.number} 不是{organ.name}的任务。")
        yield
