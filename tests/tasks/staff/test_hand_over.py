"""Posts change hands during a year, and no row of an item is rewritten."""

import datetime as dt
from collections.abc import Iterator
from typing import TypeVar

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, col, select

from models.actor import Actor, Channel
from models.database import key
from models.errors import BadInputError, ForbiddenError, NotFoundError
from models.people.organ import Department, Organ
from models.people.person import Leave, Oversight, Person, Post, Role, Tenure
from tasks.people.roster import posts_to_hand_over, roster
from tasks.staff.hand_over import hand_over, leave_office, take_leave
from tests.actors import administrator

Row = TypeVar("Row", bound=SQLModel)
JULY, JUNE_30 = dt.date(2026, 7, 1), dt.date(2026, 6, 30)
BY = administrator(JUNE_30)


class Office:
    """李科长 heads 法规科; 张静 works there; 王局长 is in charge of it."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.organ = self._added(Organ(code="sf", name="某县司法局"))
        self.department = self._added(Department(organ_id=key(self.organ.id), name="法规科"))
        self.head = self.seat("科长", Role.DEPARTMENT_HEAD)
        self.desk = self.seat("科员", Role.HANDLER)
        self.lead = self.seat("副局长", Role.LEADER, inside=False)
        self._added(Oversight(department_id=key(self.department.id), post_id=key(self.lead.id)))
        self.li, self.zhang, self.wang = (self.person(name) for name in ("李科长", "张静", "王局长"))
        for post, person in ((self.head, self.li), (self.desk, self.zhang), (self.lead, self.wang)):
            self._added(Tenure(post_id=key(post.id), person_id=key(person.id), started_on=dt.date(2026, 1, 1)))

    def _added(self, row: Row) -> Row:
        self.session.add(row)
        self.session.flush()
        return row

    def seat(self, title: str, role: Role, *, inside: bool = True) -> Post:
        department_id = self.department.id if inside else None
        return self._added(Post(organ_id=key(self.organ.id), department_id=department_id, title=title, role=role))

    def person(self, name: str) -> Person:
        return self._added(Person(organ_id=key(self.organ.id), name=name))

    def held(self, post: Post) -> list[tuple[str, dt.date, dt.date | None]]:
        query = (
            select(Person.name, col(Tenure.started_on), col(Tenure.ended_on))
            .join(Tenure)
            .where(Tenure.post_id == post.id)
        )
        return [tuple(row) for row in self.session.execute(query.order_by(col(Tenure.started_on)))]


@pytest.fixture
def office(engine: Engine) -> Iterator[Office]:
    with Session(engine) as session:
        yield Office(session)


def test_the_successor_holds_the_post_from_the_day_named_and_the_holder_up_to_the_day_before(office: Office) -> None:
    hand_over(office.session, office.head, by=BY, to=office.zhang, on=JULY)

    assert office.held(office.head) == [
        ("李科长", dt.date(2026, 1, 1), JUNE_30),
        ("张静", JULY, None),
    ]


def test_handing_over_twice_changes_nothing(office: Office) -> None:
    hand_over(office.session, office.head, by=BY, to=office.zhang, on=JULY)
    before = office.held(office.head)

    hand_over(office.session, office.head, by=BY, to=office.zhang, on=JULY)
    hand_over(office.session, office.head, by=BY, to=office.zhang, on=dt.date(2026, 8, 1))

    assert office.held(office.head) == before


def test_a_post_already_given_to_somebody_else_from_that_day_is_refused(office: Office) -> None:
    hand_over(office.session, office.head, by=BY, to=office.zhang, on=JULY)

    with pytest.raises(BadInputError, match="“科长”自 2026-07-01 起已另有人任职"):
        hand_over(office.session, office.head, by=BY, to=office.wang, on=JULY)


def test_who_leaves_serves_the_last_day_and_leaves_posts_vacant(office: Office) -> None:
    vacant = leave_office(office.session, office.li, by=BY, on=JUNE_30)

    assert (vacant, office.li.left_on) == ([office.head], JUNE_30)
    assert office.held(office.head) == [("李科长", dt.date(2026, 1, 1), JUNE_30)]
    assert leave_office(office.session, office.li, by=BY, on=JUNE_30) == []


def test_who_takes_up_a_post_later_cannot_leave_before(office: Office) -> None:
    hand_over(office.session, office.head, by=BY, to=office.zhang, on=JULY)

    with pytest.raises(BadInputError, match="张静自 2026-07-01 起任职"):
        leave_office(office.session, office.zhang, by=BY, on=JUNE_30)
    assert office.zhang.left_on is None


def test_who_had_left_is_back_when_given_a_post(office: Office) -> None:
    leave_office(office.session, office.li, by=BY, on=JUNE_30)

    hand_over(office.session, office.head, by=BY, to=office.li, on=dt.date(2026, 9, 1))

    assert office.li.left_on is None
    assert len(office.held(office.head)) == 2


def test_leave_is_recorded_once_and_its_deputy_can_change(office: Office) -> None:
    def days() -> list[tuple[dt.date, dt.date, int | None]]:
        return [(leave.from_on, leave.until_on, leave.deputy_id) for leave in office.session.exec(select(Leave))]

    first, last = dt.date(2026, 5, 6), dt.date(2026, 5, 9)
    take_leave(office.session, office.li, by=BY, from_on=first, until_on=last)
    assert days() == [(first, last, None)]

    take_leave(office.session, office.li, by=BY, from_on=first, until_on=last, deputy=office.zhang)
    assert days() == [(first, last, office.zhang.id)]


@pytest.mark.parametrize(
    ("first", "last", "deputy", "words"),
    [
        ("2026-05-09", "2026-05-06", None, "早于第一天"),
        ("2026-05-08", "2026-05-12", None, "2026-05-06 至 2026-05-09 已登记请假"),
        ("2026-06-01", "2026-06-05", "李科长", "代理人不能是本人"),
        ("2026-06-01", "2026-07-05", "王局长", "王局长于 2026-06-30 离任"),
    ],
)
def test_leave_that_cannot_be_is_refused(office: Office, first: str, last: str, deputy: str | None, words: str) -> None:
    take_leave(office.session, office.li, by=BY, from_on=dt.date(2026, 5, 6), until_on=dt.date(2026, 5, 9))
    leave_office(office.session, office.wang, by=BY, on=JUNE_30)
    people = {person.name: person for person in (office.li, office.wang)}

    with pytest.raises(BadInputError, match=words):
        take_leave(
            office.session, office.li, by=BY, from_on=dt.date.fromisoformat(first),
            until_on=dt.date.fromisoformat(last), deputy=people[deputy] if deputy else None,
        )  # fmt: skip


def test_the_roster_of_a_day_shows_holders_vacancies_leave_deputies_and_who_left(office: Office) -> None:
    office.li.deputy_id = office.zhang.id
    take_leave(office.session, office.li, by=BY, from_on=JULY, until_on=JULY)
    take_leave(office.session, office.zhang, by=BY, from_on=JULY, until_on=JULY, deputy=office.li)
    leave_office(office.session, office.wang, by=BY, on=JUNE_30)

    rows = roster(office.session, office.organ, on=JULY)

    assert [(row["name"], row["title"], row["departments"], row["state"], row["deputy"]) for row in rows] == [
        ("李科长", "科长", ["法规科"], "请假", "张静"),
        ("张静", "科员", ["法规科"], "请假", "李科长"),
        (None, "副局长", ["法规科"], "空缺", None),
        ("王局长", None, [], "已离任", None),
    ]


def test_posts_are_found_by_holder_last_holder_number_or_title(office: Office) -> None:
    def found(former: Person | None, named: str | None) -> list[Post]:
        return posts_to_hand_over(office.session, former, named, office.organ, on=JULY)

    leave_office(office.session, office.wang, by=BY, on=JUNE_30)

    assert found(office.li, None) == [office.head]
    assert found(office.wang, None) == [office.lead]
    assert found(None, "科员") == [office.desk]
    assert found(None, str(office.desk.id)) == [office.desk]
    office.seat("科员", Role.HANDLER)
    with pytest.raises(BadInputError, match="有 2 个岗位叫“科员”"):
        found(None, "科员")
    with pytest.raises(NotFoundError, match="没有找到李科长的岗位“科员”"):
        found(office.li, "科员")
    with pytest.raises(NotFoundError, match="新人在 2026-07-01 没有任何岗位"):
        found(office.person("新人"), None)


def test_who_may_not_manage_people_changes_no_post(office: Office) -> None:
    by = Actor("张静", Channel.WEB, JUNE_30, BY.now, office.zhang.id)
    for act in (
        lambda: hand_over(office.session, office.head, by=by, to=office.zhang, on=JULY),
        lambda: leave_office(office.session, office.li, by=by, on=JUNE_30),
        lambda: take_leave(office.session, office.zhang, by=by, from_on=JULY, until_on=JULY),
    ):
        with pytest.raises(ForbiddenError, match="张静不能管理人员：可由本单位的督办员、管理员、安全管理员办理"):
            act()
    assert (office.li.left_on, office.session.exec(select(Leave)).all()) == (None, [])


def test_somebody_of_another_organ_is_not_called_back_into_service_from_outside(office: Office) -> None:
    """A post may be given to anybody; that somebody who left serves again is for his own organ to say."""
    other = office._added(Organ(code="other", name="别局"))
    guest = office._added(Person(organ_id=key(other.id), name="客人"))
    desk = office.seat("督办员", Role.SUPERVISOR, inside=False)
    office._added(Tenure(post_id=key(desk.id), person_id=key(office.wang.id), started_on=dt.date(2026, 1, 1)))
    by = Actor("王局长", Channel.WEB, JUNE_30, BY.now, office.wang.id)
    hand_over(office.session, office.head, by=by, to=guest, on=JULY)
    guest.left_on = dt.date(2026, 7, 31)
    with pytest.raises(ForbiddenError):
        hand_over(office.session, office.desk, by=by, to=guest, on=dt.date(2026, 8, 1))
    assert guest.left_on == dt.date(2026, 7, 31)
