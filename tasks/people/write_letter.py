"""Writing to one person about the own account and post: a letter that leaves at once, whatever digests do.

Written in the transaction of the act it tells of, sent by `tasks.notices.send_letters`. Nobody is written to about what
he did himself, but where it changed how the account is entered: whoever did it in his place should not go unnoticed.
"""

import datetime as dt

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

from models.actor import Actor
from models.database import key
from models.ladder.letter import Letter, LetterKind
from models.ladder.message import SendState
from models.people.person import Leave, Person, Post, Tenure

LONGEST = 500


def write_letter(
    session: Session,
    person: Person,
    kind: LetterKind,
    words: str,
    *,
    subject: str,
    now: dt.datetime,
    address: str | None = None,
    account_id: int | None = None,
) -> bool:
    """A letter to the person at the mail address on record, or the one named; False where there is none.

    `subject` names the act (`leave:3:7`): written twice, it is one letter. With `account_id` a one-time address for
    that account is put in when it leaves.
    """
    to = address or person.email
    if not to:
        return False
    session.flush()
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = insert(SQLModel.metadata.tables[str(Letter.__tablename__)]).values(
        subject=subject, person_id=key(person.id), address=to, kind=kind, text=words[:LONGEST], account_id=account_id,
        made_at=now, state=SendState.WAITING, attempts=0, next_try_at=now,
    )  # fmt: skip
    session.execute(row.on_conflict_do_nothing())
    return True


def tell_account(session: Session, person: Person, words: str, *, by: Actor) -> None:
    """Somebody else changed how the person gets in; `words` say what, after the name of who did it."""
    if by.person_id != person.id:
        subject = f"account:{key(person.id)}:{by.now.isoformat()}"
        write_letter(session, person, LetterKind.ACCOUNT, f"{by.name}{words}", subject=subject, now=by.now)


def tell_own(session: Session, person: Person, words: str, *, now: dt.datetime) -> None:
    """The person changed how the account is entered, or somebody in the person's place did."""
    said = f"您的账户{words}。如果不是您本人办的，请马上告诉本单位的管理人员。"
    write_letter(session, person, LetterKind.ACCOUNT, said, subject=f"own:{key(person.id)}:{now.isoformat()}", now=now)


def tell_post(session: Session, person: Person, post: Post, tenure: Tenure, *, by: Actor) -> None:
    """The person holds a further post, and with it what the post may do."""
    if by.person_id != person.id:
        words = f"{by.name}登记：自 {tenure.started_on} 起，您任{post.title}（{post.role.label}）。"
        subject = f"post:{key(tenure.id)}:{person.id}"
        write_letter(session, person, LetterKind.POST, words, subject=subject, now=by.now)


def tell_leave(session: Session, person: Person, leave: Leave, deputy: Person | None, *, by: Actor) -> None:
    """The person is said to be away, and who stands in meanwhile."""
    if by.person_id != person.id:
        stands_in = f"由{deputy.name}代理" if deputy else "没有指定代理人"
        days = f"{leave.from_on} 至 {leave.until_on}"
        words = f"{by.name}为您登记请假：{days}，{stands_in}。期间的通知送代理人，代理人可以代办。"
        subject = f"leave:{key(leave.id)}:{leave.deputy_id or 0}"
        write_letter(session, person, LetterKind.LEAVE, words, subject=subject, now=by.now)


def tell_address(session: Session, person: Person, before: str | None, *, by: Actor) -> None:
    """Mail goes elsewhere from now on: told at the address before, to whoever changed it too."""
    if before and before != person.email:
        to = f"改为 {person.email}" if person.email else "已删去"
        words = f"{by.name}把您在督办系统登记的邮箱{to}。以后的通知和一次性地址不再送到这里。"
        subject = f"address:{key(person.id)}:{by.now.isoformat()}"
        write_letter(session, person, LetterKind.ADDRESS, words, subject=subject, now=by.now, address=before)
