"""Found at once: words in any order, short ones too, in groups, and nothing of what one may not see."""

import datetime as dt
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine, text
from sqlmodel import Session, col, select

from models.clock import opening_of
from models.database import key
from models.errors import BadInputError
from models.items.evidence import Category, Evidence, StoredFile
from models.items.instruction import Instruction
from models.items.item import Deadline, WorkItem
from models.items.progress import ProgressEntry
from models.ledgers.enforcement_case import EnforcementCase, Procedure
from models.papers.document import Document, DocumentKind
from models.people.organ import Organ
from models.people.permission import Action
from models.people.person import Person
from models.people.personal_duty import Duty
from tasks.search.find import PAGE, SHOWN, Found, search
from tasks.search.sources import SearchGroup
from tests.district import ITEMS, ON, District, actor, expected

AT = opening_of(ON)


@pytest.fixture
def district(any_engine: Engine) -> Iterator[District]:
    """Each item of both with a record of each kind; each bureau with a case and a document of its own."""
    with Session(any_engine) as session:
        made = District(session)
        session.add(StoredFile(sha256="0" * 64, size=1, media_type="text/plain", stored_at=AT))
        session.flush()
        for place, item in enumerate(session.exec(select(WorkItem).order_by(col(WorkItem.id))).all(), 1):
            one, person = key(item.id), session.exec(select(Person.id)).first()
            item.title = f"普法宣传月({item.number})"
            made.added(ProgressEntry(item_id=one, on=ON, text="召开讲座,参加一百二十人", recorded_at=AT))
            made.added(Evidence(item_id=one, name="讲座照片.jpg", sha256="0" * 64, category=Category.RESULT, on=ON,
                                recorded_at=AT))  # fmt: skip
            due = made.added(Deadline(item_id=one, due_on=ON, original_due_on=ON))
            made.added(Instruction(organ_id=item.organ_id, item_id=one, deadline_id=due, person_id=person or 0,
                                   kind=Duty.DEPLOY, on=ON, text="讲座要办好", recorded_at=AT))  # fmt: skip
            made.added(Document(organ_id=item.organ_id, year=2026, kind=DocumentKind.SHEET, number=place,
                                title="关于讲座的督办单", item_id=one, issued_on=ON, facts={},
                                recorded_at=AT))  # fmt: skip
        for organ in ("甲局", "乙局"):
            organ_id = key(session.exec(select(Organ.id).where(Organ.name == organ)).one())
            made.added(EnforcementCase(organ_id=organ_id, number="县执罚〔2026〕15号", title="未按规定公示案",
                                       procedure=Procedure.SIMPLE, decided_on=ON, recorded_at=AT))  # fmt: skip
            made.added(Document(organ_id=organ_id, year=2026, kind=DocumentKind.BRIEF, number=1, title="讲座简报",
                                issued_on=ON, facts={}, recorded_at=AT))  # fmt: skip
        session.commit()
        yield made


def found(district: District, who: str, words: str, organ: str = "甲局", **more: object) -> Found:
    looked_at = district.session.exec(select(Organ).where(Organ.name == organ)).one()
    return search(district.session, looked_at, words, by=actor(district.session, who), **more)  # type: ignore[arg-type]


def counts(answer: Found) -> dict[SearchGroup, int]:
    return {one.group: one.total for one in answer.groups}


def test_what_one_may_not_see_is_neither_counted_nor_told(district: District, subtests: pytest.Subtests) -> None:
    whole = {"局长", "督办", "监督", "管理"}
    for who, items in expected().items():
        for organ in "甲乙":
            with subtests.test(who=who, organ=organ):
                seen = sum(Action.VIEW in items[organ + item] for item in ITEMS)
                reaches = seen == len(ITEMS)
                assert reaches == ((who[0] == organ and who[1:] in whole) or who in ("市局长", "市督办", "市监督"))

                answer = counts(found(district, who, "讲座", f"{organ}局"))
                each = {SearchGroup.INSTRUCTIONS: seen, SearchGroup.RECORDS: seen, SearchGroup.FILES: seen,
                        SearchGroup.DOCUMENTS: seen + reaches}  # fmt: skip
                assert answer == {group: total for group, total in each.items() if total}
                assert counts(found(district, who, "普法", f"{organ}局")) == ({SearchGroup.ITEMS: seen} if seen else {})
                cases = counts(found(district, who, "公示", f"{organ}局"))
                keeps = reaches or (who[0] == organ and who[1:] in ("分管", "副局"))
                assert cases == ({SearchGroup.LEDGERS: 1} if keeps else {})


def test_each_find_says_what_it_is_and_where_the_words_stand(district: District) -> None:
    answer = {one.group: one.finds[0] for one in found(district, "甲督办", "讲座").groups}

    assert [(one.what, one.title, one.on) for one in answer.values()] == [
        ("批示", [("讲座", True), ("要办好", False)], ON),
        ("进展填报", [("召开", False), ("讲座", True), (",参加一百二十人", False)], ON),
        (Category.RESULT.label, [("讲座", True), ("照片.jpg", False)], ON),
        ("督办简报", [("督简〔2026〕1号 ", False), ("讲座", True), ("简报", False)], ON),
    ]
    assert "普法宣传月" in (answer[SearchGroup.RECORDS].item or "")


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("公示 规定", "执法案件"),  # in any order
        ("规定  公示", "执法案件"),
        ("示案", "执法案件"),  # two characters, across what a dictionary takes for words
        ("案", "执法案件"),  # one
        ("县执罚〔2026〕15号", "执法案件"),
        ("县执罚[2026]15", "执法案件"),  # other brackets, and not to its end
        ("２０２６ 执罚", "执法案件"),  # full width
        ("督简2026", "督办简报"),  # brackets left out
        ("督简〔2026〕1号", "督办简报"),
        ("公示 讲座", None),  # all of the words
        ("案。", "执法案件"),  # at an end
        ("未。", None),
        ("026", None),  # numbers are found by their beginning
        ("〔〕", None),
        ("", None),
    ],
)
def test_words_are_found_in_any_order_however_short(district: District, words: str, what: str | None) -> None:
    answer = found(district, "甲督办", words)

    told = [
        find.what
        for one in answer.groups
        if one.group in (SearchGroup.LEDGERS, SearchGroup.DOCUMENTS)
        for find in one.finds
    ]
    assert told[:1] == ([what] if what else [])


def test_people_are_found_by_a_surname_and_items_by_their_people_and_units(district: District) -> None:
    by_half = found(district, "甲督办", "甲一承").groups[-1]
    assert [one.title for one in by_half.finds] == [[("甲一承", True), ("办", False)]]
    people = found(district, "甲督办", "甲").groups[-1]
    assert (people.group, people.total) == (SearchGroup.PEOPLE, 12)

    of_one = found(district, "甲督办", "普法 甲一承办")
    assert counts(of_one) == {SearchGroup.ITEMS: 1}
    of_head = found(district, "甲督办", "甲一科长 普法")
    assert counts(of_head) == {SearchGroup.ITEMS: 2}  # where nobody is named: `nobody` and `part`
    helped = found(district, "甲一承办", "一科 普法")
    assert counts(helped)[SearchGroup.ITEMS] == sum(Action.VIEW in may for may in expected()["甲一承办"].values())
    assert counts(found(district, "甲督办", "各有关单位")) == {SearchGroup.ITEMS: 1}


def test_a_group_is_told_page_by_page(district: District) -> None:
    session = district.session
    organ_id = key(session.exec(select(Organ.id).where(Organ.name == "甲局")).one())
    session.execute(
        text(
            "INSERT INTO department (organ_id, name) WITH RECURSIVE n(i) AS"
            " (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 45) SELECT :organ, '派出所' || i FROM n"
        ),
        {"organ": organ_id},
    )

    few = found(district, "甲督办", "派出").groups[0]
    pages = [found(district, "甲督办", "派出", group=SearchGroup.PEOPLE, page=page).groups[0] for page in (1, 2, 3, 4)]

    assert (few.total, len(few.finds)) == (45, SHOWN)
    assert [(one.total, one.pages, len(one.finds)) for one in pages] == [(45, 3, size) for size in (PAGE, PAGE, 5, 0)]
    assert len({find.id for one in pages for find in one.finds}) == 45


def test_the_item_with_just_that_number_stands_first(district: District) -> None:
    session = district.session
    session.execute(sa.update(WorkItem).values(note="参见 own"))

    answer = found(district, "甲督办", "own").groups[0]

    assert answer.total == len(ITEMS)
    assert session.get_one(WorkItem, answer.finds[0].id).number == "own"


@pytest.mark.parametrize("words", ["字" * 101, "一 二 三 四 五 六 七 八 九", "甲\0"])
def test_a_query_is_bounded(district: District, words: str) -> None:
    with pytest.raises(BadInputError, match="最多"):
        found(district, "甲督办", words)


def test_who_has_left_is_not_found(district: District) -> None:
    person = district.session.exec(select(Person).where(Person.name == "甲外勤")).one()
    person.left_on = ON - dt.timedelta(days=1)
    district.session.add(person)
    district.session.flush()

    assert counts(found(district, "甲督办", "甲外勤")) == {}
