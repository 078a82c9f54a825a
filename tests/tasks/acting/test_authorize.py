"""Who may do what: role × action × scope, on a database in which everything could leak that ever will."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from models.actor import Actor, Channel
from models.clock import opening_of
from models.database import key, open_engine, unit_of_work
from models.errors import ForbiddenError, NotFoundError
from models.items.item import WorkItem
from models.people.organ import Department, Organ
from models.people.permission import BY_RHYTHM, Action
from models.people.person import Leave, Person, Post, Tenure
from tasks.acting.authorize import (
    authorize,
    authorize_department,
    authorize_everywhere,
    authorize_organ,
    may_see_organ,
    organs_within,
    permitted,
    seats,
)
from tasks.people.find import find_item, find_organ, find_person, find_plan
from tests.actors import administrator
from tests.databases import lay_sqlite
from tests.district import (
    CAST,
    DAY,
    LONG_AGO,
    MAY,
    ON,
    ON_ITEMS,
    District,
    M,
    S,
    actor,
    allowed,
    expected,
    items,
    on_each,
)


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Read only: no test here writes to it."""
    engine = open_engine(lay_sqlite(tmp_path_factory.mktemp("district") / "test.db"))
    with unit_of_work(engine) as session:
        District(session)
    yield engine
    engine.dispose()


@pytest.fixture
def session(district: Engine) -> Iterator[Session]:
    """What a story changes is dropped when it ends."""
    with Session(district) as session:
        yield session


# --- the table ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in expected() if not name.startswith("乙")])
def test_each_may_do_what_the_table_says_and_nothing_else(session: Session, name: str) -> None:
    assert allowed(session, actor(session, name)) == expected()[name]


def test_lists_show_just_what_acts_allow_for_everybody_and_every_action(any_engine: Engine) -> None:
    """As one condition on whole lists, on both databases; siblings see nothing of each other by it."""
    with unit_of_work(any_engine) as session:
        District(session)
    wrong = []
    with Session(any_engine) as session:
        for name, wanted in expected().items():
            by = actor(session, name)
            for action in ON_ITEMS:
                listed = select(Organ.name, WorkItem.number).join(WorkItem, col(WorkItem.organ_id) == Organ.id)
                rows = session.exec(listed.where(permitted(session, by, action)))
                found = {f"{organ[0]}{number}" for organ, number in rows}
                if found != {item for item, may in wanted.items() if action in may}:
                    wrong.append((name, action.value, found))
    assert wrong == []


def test_the_table_names_every_action_upon_an_item() -> None:
    assert set().union(*MAY.values()) == set(ON_ITEMS)


# --- strangers ----------------------------------------------------------------------------------------------------


def test_to_a_stranger_an_item_that_is_there_and_one_that_is_not_sound_alike(session: Session) -> None:
    found = items(session)
    for name, wanted in expected().items():
        for item, may in wanted.items():
            if may:
                continue
            by, number = actor(session, name), found[item].number
            with pytest.raises(NotFoundError) as hidden:
                authorize(session, by, Action.SIGN, found[item])
            organ = find_organ(session, f"{item[0]}局")
            with pytest.raises(NotFoundError) as missing:
                find_item(session, find_plan(session, organ, 2026), number + "9")
            assert hidden.value.message == missing.value.message.replace(f"{number}9", number)


def test_who_may_look_but_not_act_is_told_who_may(session: Session) -> None:
    item = items(session)["甲own"]
    with pytest.raises(ForbiddenError) as refused:
        authorize(session, actor(session, "甲一同事"), Action.EXTEND, item)
    assert refused.value.message == (
        "甲一同事不能对任务 own 申请延期：可由承办人甲一承办、科室负责人甲一科长、分管领导甲分管办理。"
    )


# --- days ---------------------------------------------------------------------------------------------------------


def test_a_deputy_may_act_on_the_days_of_the_leave_and_on_no_other(session: Session) -> None:
    head, deputy = find_person(session, "甲一科长"), find_person(session, "甲二承办")
    first, last = ON, ON + DAY
    session.add(Leave(person_id=key(head.id), from_on=first, until_on=last, deputy_id=deputy.id))
    session.flush()
    usual, heads = expected()["甲二承办"], expected()["甲一科长"]
    for on, more in ((first - DAY, False), (first, True), (last, True), (last + DAY, False)):
        by = actor(session, "甲二承办", on)
        assert allowed(session, by) == {item: usual[item] | (heads[item] if more else set()) for item in usual}
    (standing,) = authorize(session, actor(session, "甲二承办", first), Action.SIGN, items(session)["甲own"])
    assert (standing.seat.for_id, standing.seat.for_name) == (head.id, "甲一科长")
    # Whoever is away keeps what is theirs.
    assert allowed(session, actor(session, "甲一科长", first)) == heads


def test_the_usual_deputy_stands_in_unless_the_leave_names_another(session: Session) -> None:
    head = find_person(session, "甲一科长")
    head.deputy_id = find_person(session, "甲二科长").id
    session.add(Leave(person_id=key(head.id), from_on=ON, until_on=ON))
    session.flush()
    assert [seat.for_name for seat in seats(session, actor(session, "甲二科长"))] == [None, "甲一科长"]
    leave = session.exec(select(Leave)).one()
    leave.deputy_id = find_person(session, "甲二承办").id
    session.flush()
    assert [seat.for_name for seat in seats(session, actor(session, "甲二科长"))] == [None]
    assert [seat.for_name for seat in seats(session, actor(session, "甲二承办"))] == [None, "甲一科长"]


def test_a_deputy_who_is_away_too_stands_in_for_nobody(session: Session) -> None:
    for name, deputy in (("甲一科长", "甲二承办"), ("甲二承办", None)):
        stands = find_person(session, deputy).id if deputy else None
        away = key(find_person(session, name).id)
        session.add(Leave(person_id=away, from_on=ON, until_on=ON, deputy_id=stands))
    session.flush()
    assert allowed(session, actor(session, "甲二承办")) == expected()["甲二承办"]


def test_an_own_seat_comes_before_one_filled_for_somebody(session: Session) -> None:
    colleague = find_person(session, "甲一同事")
    away = key(colleague.id)
    session.add(Leave(person_id=away, from_on=ON, until_on=ON, deputy_id=find_person(session, "甲一承办").id))
    session.flush()
    found = authorize(session, actor(session, "甲一承办"), Action.SIGN, items(session)["甲nobody"])
    assert [standing.seat.for_name for standing in found] == [None, "甲一同事"]


def test_who_left_may_nothing_from_the_day_after(session: Session) -> None:
    for name in ("甲督办", "甲一承办"):
        find_person(session, name).left_on = ON
    session.flush()
    for name in ("甲督办", "甲一承办"):
        assert allowed(session, actor(session, name)) == expected()[name]
        by = actor(session, name, ON + DAY)
        assert allowed(session, by) == on_each(set())
        assert organs_within(session, by, Action.AUDIT) == set()
        assert not may_see_organ(session, by, find_organ(session, "甲局").id or 0)
        with pytest.raises(ForbiddenError):
            authorize_organ(session, by, Action.RECORD, find_organ(session, "甲局").id)


def test_a_post_counts_for_whoever_holds_it_on_the_day(session: Session) -> None:
    post = session.exec(select(Tenure).join(Person).where(Person.name == "甲一科长")).one()
    post.ended_on = ON
    successor = Person(organ_id=find_person(session, "甲一科长").organ_id, name="甲新科长")
    session.add(successor)
    session.flush()
    session.add(Tenure(post_id=post.post_id, person_id=key(successor.id), started_on=ON + DAY))
    session.flush()
    nothing = on_each(set())
    for name, on, wanted in (
        ("甲一科长", ON, expected()["甲一科长"]), ("甲新科长", ON, nothing),
        ("甲一科长", ON + DAY, nothing), ("甲新科长", ON + DAY, expected()["甲一科长"]),
    ):  # fmt: skip
        assert allowed(session, actor(session, name, on)) == wanted


# --- who is nobody ------------------------------------------------------------------------------------------------


def test_the_administrator_at_the_machine_sees_all_and_acts_on_no_item(session: Session) -> None:
    by = administrator(ON)
    assert allowed(session, by) == on_each(MAY["看"])
    with pytest.raises(ForbiddenError, match="请用 --as 姓名 写明由谁办理；可由承办人甲一承办、"):
        authorize(session, by, Action.SIGN, items(session)["甲own"])


@pytest.mark.parametrize("channel", [Channel.WEB, Channel.API, Channel.RHYTHM])
def test_by_any_other_way_nobody_may_nothing_but_what_rhythms_do(session: Session, channel: Channel) -> None:
    by = Actor("无名", channel, ON, opening_of(ON))
    assert allowed(session, by) == on_each(set())
    organ = find_organ(session, "甲局").id
    granted = set()
    for action in Action:
        try:
            authorize_organ(session, by, action, organ)
            granted.add(action)
        except ForbiddenError:
            pass
    assert granted == (BY_RHYTHM if channel is Channel.RHYTHM else set())


# --- an organ as a whole ------------------------------------------------------------------------------------------

RUNS = {
    Action.PLAN, Action.ISSUE, Action.STAFF, Action.CALENDAR, Action.RECORD, Action.COMPILE, Action.COMMENT,
    Action.POLICY, Action.CHANGE_POLICY, Action.SYSTEM, Action.RESEND, Action.PARK, Action.TRY_CHANNEL,
    Action.TAKE_BACK_SWEEP, Action.RECEIVE_REPORT,
}  # fmt: skip
REVIEWS = {Action.LEGAL_REVIEW, Action.SECRECY_REVIEW, Action.REPORT_RETURN}
FILES = {
    Action.REPORT_SUBMIT, Action.REPORT_CONSULT, Action.REPORT_FILE, Action.REPORT_PUBLISH, Action.REPORT_ARCHIVE,
    Action.REPORT_ASSIGN,
}  # fmt: skip
WHOLE = {
    "局长": {
        *MAY["看"], Action.COMMENT, Action.ISSUE, Action.RECORD, Action.BRIEF, Action.AUDIT,
        Action.DECIDE_APPEAL, Action.CONFIRM_STAFF, Action.EVALUATE, Action.REPORT_SIGN, Action.DRAW_NUMBER,
        *REVIEWS, *MAY["审"], *MAY["批"], *MAY["调"],
    },
    "督办": {
        *MAY["看"], Action.AUDIT, Action.CIRCULATE, Action.BRIEF, Action.SCORE, Action.DRAW_NUMBER,
        Action.GRANT_LEDGER, *RUNS, *REVIEWS, *FILES, Action.ADD_ITEM,
        *MAY["审"], *MAY["督"],
    },
    "监督": {*MAY["看"], Action.COMMENT, Action.AUDIT, Action.DRAW_NUMBER},
    "管理": {*MAY["看"], Action.AUDIT, Action.INTEGRATE, Action.CONFIGURE, *RUNS},
    "分管": {Action.RECORD, Action.DRAW_NUMBER, *REVIEWS},
    "副局": {Action.RECORD, Action.DRAW_NUMBER, *REVIEWS},
}  # fmt: skip
"""What each may do for the own organ as a whole; who is not named, nothing."""
LAST_RESORT = {Action.LEGAL_REVIEW, Action.SECRECY_REVIEW, Action.REPORT_SIGN}
"""What the first responsible person above does for an organ that has nobody left who may."""
BELOW = {
    "市局长": {Action.VIEW, Action.READ, *LAST_RESORT},
    "市督办": {Action.VIEW, Action.READ},
    "市监督": {Action.VIEW, Action.READ, Action.AUDIT},
}
"""What people of the organ above may do for each of the siblings."""


def test_for_an_organ_as_a_whole_each_may_what_the_table_says(session: Session) -> None:
    own, sibling = (key(find_organ(session, f"{name}局").id) for name in "甲乙")
    wrong = []
    for name in [*(f"甲{who}" for who in CAST), *BELOW, "市科长", "外人"]:
        by = actor(session, name)
        here = WHOLE.get(name[1:], set()) if name.startswith("甲") else BELOW.get(name, set())
        there = set() if name.startswith("甲") else here
        for organ_id, wanted in ((own, here), (sibling, there), (None, set())):
            granted = {action for action in Action if _granted(session, by, action, organ_id)}
            within = {action for action in Action if organ_id in organs_within(session, by, action)}
            if granted != wanted or within != wanted:
                wrong.append((name, organ_id, granted ^ wanted, within ^ wanted))
    assert wrong == []


def _granted(session: Session, by: Actor, action: Action, organ_id: int | None) -> bool:
    try:
        return authorize_organ(session, by, action, organ_id) is not None
    except ForbiddenError:
        return False


def test_who_may_not_for_an_organ_is_told_which_roles_may(session: Session) -> None:
    organ = find_organ(session, "甲局").id
    with pytest.raises(ForbiddenError, match=r"^甲一承办不能管理人员：可由本单位的督办员、管理员、安全管理员办理。$"):
        authorize_organ(session, actor(session, "甲一承办"), Action.STAFF, organ)
    with pytest.raises(
        ForbiddenError, match=r"^甲分管不能查看：可由本单位的第一责任人、督办员、监督检查、管理员办理。$"
    ):
        authorize_organ(session, actor(session, "甲分管"), Action.VIEW, organ)
    with pytest.raises(ForbiddenError, match="请用 --as 姓名 写明由谁办理；可由本单位的督办员办理"):
        authorize_organ(session, administrator(ON), Action.URGE, organ)
    with pytest.raises(ForbiddenError, match="可由本机管理员"):
        authorize_organ(session, actor(session, "甲督办"), Action.STAFF, None)


def test_what_concerns_every_organ_is_for_whoever_may_in_each(session: Session, engine: Engine) -> None:
    with pytest.raises(ForbiddenError, match="可由本机管理员"):
        authorize_everywhere(session, actor(session, "甲督办"), Action.CALENDAR)
    assert authorize_everywhere(session, administrator(ON), Action.CALENDAR).role is M
    with Session(engine) as alone:
        organ = Organ(code="one", name="独局")
        alone.add(organ)
        alone.flush()
        person = Person(organ_id=key(organ.id), name="独督办")
        post = Post(organ_id=key(organ.id), title="督办员", role=S)
        alone.add_all([person, post])
        alone.flush()
        alone.add(Tenure(post_id=key(post.id), person_id=key(person.id), started_on=LONG_AGO))
        alone.flush()
        assert authorize_everywhere(alone, actor(alone, "独督办"), Action.CALENDAR).role is S


@pytest.mark.parametrize(
    ("action", "who"),
    [
        (Action.EVALUATE, {"甲分管", "甲局长"}),
        (Action.APPEAL, {"甲一科长"}),
        (Action.REPORT_OPINE, {"甲一承办", "甲一同事", "甲一科长"}),
    ],
)
def test_for_a_department_only_its_own_people_act(session: Session, action: Action, who: set[str]) -> None:
    department = session.exec(
        select(Department).join(Organ).where(Organ.name == "甲局", Department.name == "一科")
    ).one()
    found = set()
    for name in expected():
        try:
            authorize_department(session, actor(session, name), action, department)
            found.add(name)
        except ForbiddenError:
            pass
    assert found == who


def test_an_organ_is_known_to_its_own_people_and_to_those_above_who_look_down(session: Session) -> None:
    own = key(find_organ(session, "甲局").id)
    known = {name for name in expected() if may_see_organ(session, actor(session, name), own)}
    assert known == {f"甲{who}" for who in CAST} | {"市局长", "市督办", "市监督"}
    assert may_see_organ(session, administrator(ON), own)
