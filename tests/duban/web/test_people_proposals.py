"""提请: what waits for a second person, on the page and at the workbench; what every page says of joined officers."""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from models.database import on_record, unit_of_work
from models.people.organ import Organ
from models.people.person import Person, Role, Tenure
from tasks.people.find import find_person
from tasks.staff.officers import join_officers
from tests.actors import administrator
from tests.office import FIRST, HANDLER, HEAD, LEADER, OUTSIDER, SUPERVISOR, Office
from tests.web import Web, words_of

PAGE = "/people/proposals"


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(engine, tmp_path / "home")
    made.assign("普法宣传", due="2026-06-30", on="2026-06-01")
    return made


@pytest.fixture
def web(office: Office) -> Web:
    return Web(office)


def number_of(office: Office, name: str) -> int:
    with unit_of_work(office.engine) as session:
        return find_person(session, name).id or 0


def posts_of(office: Office, name: str) -> int:
    with unit_of_work(office.engine) as session:
        return len(session.exec(select(Tenure).join(Person).where(Person.name == name)).all())


def proposes_himself(office: Office, web: Web) -> str:
    """The supervisor wants the leader's post, by the form of the hand-over."""
    with unit_of_work(office.engine) as session:
        leader = find_person(session, LEADER).id
        post = session.exec(select(Tenure).where(Tenure.person_id == leader)).one().post_id
    sent = {"post": str(post), "posts": str(post), "to": str(number_of(office, SUPERVISOR)), "day": "2026-06-08"}
    return web.of(SUPERVISOR).act("/people/hand-over", sent)


def test_what_one_proposes_another_confirms(office: Office, web: Web) -> None:
    told = proposes_himself(office, web)
    assert (
        "陈督办自 2026-06-08 起任“副局长”（分管领导）。陈督办提出由本人任职，须由第二人确认后生效，"
        "可由第一责任人刘局长确认"
    ) in told
    assert posts_of(office, SUPERVISOR) == 1
    assert "任职、代理待您确认 1 项" in web.of(FIRST).read("/")
    assert "任职、代理待您确认" not in web.of(SUPERVISOR).read("/")
    assert "陈督办提出由本人任职" in web.of(SUPERVISOR).read(PAGE)
    refused = web.of(SUPERVISOR).post(f"{PAGE}/1/confirm")
    assert (refused.status_code, posts_of(office, SUPERVISOR)) == (403, 1)
    assert "可由本单位的第一责任人、安全管理员办理" in words_of(refused.text)
    assert "已确认：陈督办自 2026-06-08 起任" in web.of(FIRST).act(f"{PAGE}/1/confirm")
    assert posts_of(office, SUPERVISOR) == 2
    assert "任职、代理待您确认" not in web.of(FIRST).read("/")


def test_declined_with_a_reason_or_withdrawn(office: Office, web: Web) -> None:
    proposes_himself(office, web)
    unsaid = web.of(FIRST).post(f"{PAGE}/1/decline", {"reason": ""})
    assert unsaid.status_code == 400
    assert "未予确认：陈督办" in web.of(FIRST).act(f"{PAGE}/1/decline", {"reason": "人选另议"})
    assert "人选另议" in web.of(SUPERVISOR).read(PAGE)
    proposes_himself(office, web)
    assert "已撤回：陈督办" in web.of(SUPERVISOR).act(f"{PAGE}/2/decline", {"reason": "填错"})
    assert posts_of(office, SUPERVISOR) == 1


def test_making_oneself_a_leaders_deputy_waits_too(office: Office, web: Web) -> None:
    sent = {"from_on": "2026-06-08", "until_on": "2026-06-12", "deputy": str(number_of(office, SUPERVISOR))}
    told = web.of(SUPERVISOR).act(f"/people/{number_of(office, FIRST)}/leave", sent)
    assert "刘局长 2026-06-08 至 2026-06-12 请假，由陈督办代理。陈督办提出由本人代理第一责任人刘局长" in told
    assert "已确认" in web.of(FIRST).act(f"{PAGE}/1/confirm")


def test_somebody_new_for_a_guarded_post_waits(office: Office, web: Web) -> None:
    sent = {"name": "孙审计", "role": Role.AUDITOR.label, "title": "审计员", "day": "2026-06-08"}
    assert "孙审计已登记。其中 1 项任职、代理须由第二人确认后生效" in web.of(SUPERVISOR).act("/people/new", sent)
    assert posts_of(office, "孙审计") == 0


@pytest.mark.parametrize("who", [HANDLER, HEAD, LEADER, OUTSIDER])
def test_who_neither_manages_people_nor_confirms_reads_none(office: Office, web: Web, who: str) -> None:
    proposes_himself(office, web)
    answer = web.of(who).get(PAGE)
    assert "任“副局长”" not in words_of(answer.text)
    assert answer.status_code == 403 or who == OUTSIDER
    assert web.of(who).post(f"{PAGE}/1/confirm").status_code in (403, 404)


def test_every_page_says_what_joined_officers_give_up(office: Office, web: Web) -> None:
    assert "三员合一" not in web.of(HANDLER).read("/")
    with on_record(office.engine) as session:
        by = administrator(office.today)
        join_officers(session, session.get_one(Organ, office.organ_id), by=by, joined=True)
    for path in ("/", "/people", "/items", "/settings"):
        assert "三员合一：系统管理员、安全管理员、审计员可由一人兼任" in web.of(HANDLER).read(path)
