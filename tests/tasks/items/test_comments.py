"""Comments (留言): whoever reads the item may say something, whoever is named hears of it and reads the item, and
nothing of the work changes."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from models.audit import AuditEntry
from models.clock import opening_of
from models.database import reading, unit_of_work
from models.errors import BadInputError, ForbiddenError, NotFoundError
from models.items.comment import LONGEST, CommentCopy, ItemComment
from models.items.item import Deadline, WorkItem
from models.items.lifecycle import TALK
from models.ladder.notice import Notice, NoticeKind, NoticeState, Via
from models.people.account import Account
from models.people.organ import Organ
from models.people.permission import Action
from models.people.person import Person, Role
from tasks.acting.authorize import permitted, standings
from tasks.items.comment import MOST, comment, find_comment, withdraw_comment
from tasks.items.show_comments import list_comments
from tasks.ladder.recheck import recheck
from tasks.people.find import find_person
from tasks.search.find import search
from tests.office import FIRST, HANDLER, HEAD, LEADER, OUTSIDER, SUPERVISOR, Office, day

ON, NEXT = "2026-06-08", "2026-06-09"
OTHER, STRANGER = "钱科长", "孙经办"


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    """Item 1 is done by the handler; two people of another department read neither it nor item 2."""
    office = Office(any_engine, tmp_path / "home")
    finance = office.department("财务科", head=OTHER)
    with unit_of_work(office.engine) as session:
        office._seat(session, office.organ_id, STRANGER, Role.HANDLER, "科员", finance)
    office.assign("普法宣传", due="2026-06-30")
    office.assign("案卷评查", due="2026-06-30")
    return office


def say(office: Office, who: str, content: str, *copies: str, on: str = ON) -> list[str]:
    """Who will hear of it."""

    def act(session: Session, item: WorkItem, *, by: Any) -> list[str]:
        people = [find_person(session, name) for name in copies]
        return list(comment(session, item, by=by, content=content, copies=people).told)

    return office.do(who, act, "1", on=on)


def take_back(office: Office, who: str, number: int) -> None:
    def act(session: Session, item: WorkItem, *, by: Any) -> None:
        withdraw_comment(session, find_comment(session, item, number), by=by)

    office.do(who, act, "1", on=NEXT)


def reads(office: Office, who: str) -> set[str]:
    """The items somebody may read, asked one by one and of all at once."""
    with reading(office.engine) as session:
        by = office.by(session, who, NEXT)
        single = {one.number for one in session.exec(select(WorkItem)) if standings(session, by, Action.READ, one)}
        assert single == set(session.exec(select(WorkItem.number).where(permitted(session, by, Action.READ))))
        return single


def told(office: Office) -> list[tuple[str | None, Via, NoticeState]]:
    rows = [row for row in office.rows(Notice) if row.kind is NoticeKind.COMMENT]
    return [(office.name_of(row.recipient_id), row.via, row.state) for row in rows]


def shown(office: Office, who: str = SUPERVISOR, **more: Any) -> list[dict[str, Any]]:
    with reading(office.engine) as session:
        item = session.exec(select(WorkItem).where(WorkItem.number == "1")).one()
        return list_comments(session, item, by=office.by(session, who, NEXT), **more)


def test_whoever_is_named_or_copied_hears_of_it_and_reads_the_item_alone(office: Office) -> None:
    assert (reads(office, OTHER), reads(office, STRANGER)) == (set(), set())
    assert say(office, SUPERVISOR, f"@{OTHER}请看一下。\n 进展如何？", STRANGER) == [OTHER, STRANGER, HANDLER]
    waits = NoticeState.PENDING
    assert told(office) == [(OTHER, Via.CALLED, waits), (STRANGER, Via.CALLED, waits), (HANDLER, Via.HOLDER, waits)]
    assert (reads(office, OTHER), reads(office, STRANGER)) == ({"1"}, {"1"})
    assert say(office, OTHER, "已看，财务科没有意见。") == [SUPERVISOR, HANDLER]
    assert told(office)[3:] == [(SUPERVISOR, Via.JOINED, waits), (HANDLER, Via.HOLDER, waits)]
    first, second = shown(office, OTHER)
    assert (first["text"], first["mentions"], first["copies"]) == (
        f"@{OTHER}请看一下。\n 进展如何？",
        [OTHER],
        [STRANGER],
    )
    assert (first["mine"], second["mine"], second["person"]) == (False, True, OTHER)
    assert shown(office, after=first["id"], limit=1) == shown(office)[1:]


def test_nothing_of_the_item_changes(office: Office) -> None:
    def facts() -> list[Any]:
        return [row.model_dump() for table in (WorkItem, Deadline) for row in office.rows(table)]

    before = facts()
    say(office, HANDLER, "初稿已成")
    office.close("1", on=ON)
    after = facts()
    assert say(office, LEADER, f"@{HANDLER} 办得好") == [HANDLER]
    assert facts() == after != before
    assert [row.action for row in office.rows(AuditEntry) if row.action in TALK] == [Action.COMMENT_ITEM] * 2


def test_a_comment_that_is_taken_back_shows_no_words_and_lets_nobody_read(office: Office) -> None:
    say(office, SUPERVISOR, f"@{OTHER} 请看")
    say(office, HANDLER, "好的")
    with pytest.raises(ForbiddenError, match=f"留言 1 由{SUPERVISOR}所写，只能由本人撤回"):
        take_back(office, HANDLER, 1)
    take_back(office, SUPERVISOR, 1)
    with pytest.raises(ForbiddenError, match="留言 1 已于 2026-06-09 撤回"):
        take_back(office, SUPERVISOR, 1)
    with pytest.raises(NotFoundError, match="任务 1 没有编号为 9 的留言"):
        take_back(office, SUPERVISOR, 9)
    assert (shown(office)[0]["text"], shown(office)[0]["taken_back_on"]) == (None, day(NEXT))
    assert reads(office, OTHER) == set()
    assert [state for _, _, state in told(office)] == [NoticeState.DROPPED] * 2 + [NoticeState.PENDING]
    assert {row.text for row in office.rows(Notice) if row.subject == "comment:1"} == {f"{SUPERVISOR}的留言，已撤回"}
    entry = next(row for row in office.rows(AuditEntry) if row.action == Action.COMMENT_ITEM)
    assert entry.after["item_comment:1"]["text"] == f"@{OTHER} 请看"
    # Nobody's words stand any more: its author took part in nothing.
    assert say(office, HANDLER, "还有别的吗") == []


@pytest.mark.parametrize(
    ("content", "copies", "why"),
    [
        ("  ", (), "留言不能为空"),
        ("字" * (LONGEST + 1), (), "超过 2000 字"),
        ("@查无此人 请看", (), "“@查无此人”不是本单位在职的人：@ 后面请写在册的姓名"),
        (f"@{OUTSIDER} 请看", (), f"“@{OUTSIDER}”不是本单位在职的人"),
        ("请看", (OUTSIDER,), f"抄送：{OUTSIDER}不是本单位在职的人"),
        ("@赵安全 请看", (), "抄送：赵安全在 2026-06-08 没有可以查看任务的岗位"),
        (f"@{HEAD} 请看", (), f"抄送：{HEAD}的账户已关闭"),
    ],
)
def test_what_is_refused_names_why_and_leaves_nothing(
    office: Office, content: str, copies: tuple[str, ...], why: str
) -> None:
    office.hire("赵安全", Role.SECURITY, "安全保密员")
    with unit_of_work(office.engine) as session:
        at = opening_of(day(ON))
        head = find_person(session, HEAD)
        session.add(Account(person_id=head.id or 0, login="head", closed_at=at, made_at=at))
    with pytest.raises(BadInputError, match=why):
        say(office, SUPERVISOR, content, *copies)
    assert (office.rows(ItemComment), office.rows(CommentCopy), told(office)) == ([], [], [])


def test_at_most_so_many_are_reached(office: Office) -> None:
    for number in range(MOST + 1):
        office.hire(f"同事{number:02}")
    with pytest.raises(BadInputError, match=f"最多提到、抄送 {MOST} 人，现有 {MOST + 1} 人"):
        say(office, SUPERVISOR, "".join(f"@同事{number:02} " for number in range(MOST + 1)))


def test_whoever_may_not_read_may_not_write_and_nobody_above_the_office_does(office: Office) -> None:
    with pytest.raises(NotFoundError):
        say(office, OUTSIDER, "好")
    with pytest.raises(NotFoundError):
        shown(office, OTHER)
    with unit_of_work(office.engine) as session:
        city = Organ(code="city", name="市局")
        session.add(city)
        session.flush()
        session.get_one(Organ, office.organ_id).parent_id = city.id
        office._seat(session, city.id or 0, "市督办", Role.SUPERVISOR, "督办员", None)
    assert reads(office, "市督办") == {"1", "2"}
    with pytest.raises(ForbiddenError, match="市督办不能对任务 1 留言"):
        say(office, "市督办", "好")


def test_a_successor_hears_what_the_handler_had_not_heard_and_whoever_left_nothing(office: Office) -> None:
    office.hire("周承办")
    say(office, SUPERVISOR, f"@{OTHER} 请看")
    with unit_of_work(office.engine) as session:
        find_person(session, OTHER).left_on = day(ON)
    office.succeed(HANDLER, "周承办", on=NEXT)
    with unit_of_work(office.engine) as session:
        recheck(session, on=day(NEXT))
    assert told(office) == [
        (OTHER, Via.CALLED, NoticeState.DROPPED), (HANDLER, Via.HOLDER, NoticeState.DROPPED),
        ("周承办", Via.HOLDER, NoticeState.PENDING),
    ]  # fmt: skip


def test_ten_comments_are_one_line_of_the_next_digest(office: Office) -> None:
    for number in range(10):
        say(office, SUPERVISOR, f"第{number}问")
    assert office.send(ON, quiet=False).sent == 1
    mail = office.inbox(HANDLER).expect("【督办】留言：普法宣传", f"10条新留言，最近一条：{SUPERVISOR}留言：第9问")
    assert "第0问" not in mail
    say(office, SUPERVISOR, "再问")
    office.send(NEXT)
    assert "条新留言" not in office.inbox(HANDLER).expect(f"{SUPERVISOR}留言：再问")


def test_comments_are_found_by_those_who_may_see_the_item_until_they_are_taken_back(office: Office) -> None:
    def found(who: str, words: str) -> list[tuple[str, str]]:
        with reading(office.engine) as session:
            organ = session.get_one(Organ, office.organ_id)
            answer = search(session, organ, words, by=office.by(session, who, NEXT))
            return [
                ("".join(piece for piece, _ in one.title), one.what) for part in answer.groups for one in part.finds
            ]

    say(office, SUPERVISOR, "水车竣工图请归档")
    assert found(HANDLER, "竣工 水车") == [("水车竣工图请归档", "留言")]
    assert found(OTHER, "竣工") == []
    take_back(office, SUPERVISOR, 1)
    assert found(HANDLER, "竣工") == []


def test_of_two_with_one_name_the_unit_tells_which(office: Office) -> None:
    with unit_of_work(office.engine) as session:
        seated = session.exec(select(Person).where(Person.name == STRANGER)).one()
        seated.name, second = HANDLER, seated.id
    ways = f"@{HANDLER}（法规科）、@{HANDLER}（财务科）"
    with pytest.raises(BadInputError, match=f"有 2 位{HANDLER}：请写明科室，如 {ways}"):
        say(office, FIRST, f"@{HANDLER} 请看")
    say(office, FIRST, f"@{HANDLER}(财务科) 请看，另发 office@example.test，单价 3 @ 5 元")
    (copy,) = office.rows(CommentCopy)
    assert (copy.person_id, copy.mentioned) == (second, True)
