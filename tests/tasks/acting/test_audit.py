"""Nothing is changed without a record, and the record cannot be changed unseen."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, SQLModel, col, select

from models.audit import GENESIS, LEDGERS, REFUSAL, AuditEntry
from models.database import on_record, unit_of_work
from models.errors import ForbiddenError
from models.items.item import ItemState, WorkItem
from models.items.plan import AnnualPlan
from models.people.organ import Organ
from models.people.permission import Action
from models.people.person import Person, Role
from models.search.index import TABLE as SEARCH
from models.tables import METADATA
from tasks.acting.audit import LONGEST, entry_value, recorded, write_alone
from tasks.items.progress import record_progress
from tasks.items.sign import sign
from tasks.ledgers.record_named import record_study
from tasks.people.find import find_item
from tasks.staff.hand_over import take_leave
from tasks.trail import verify_audit as verifying
from tasks.trail.noted_head import NotedHead
from tasks.trail.verify_audit import Chain, ChainFault, verify_audit
from tests.actors import administrator
from tests.office import FIRST, HANDLER, HEAD, LEADER, OUTSIDER, SUPERVISOR, Office, day
from tests.tampering import tamper

ON = "2026-06-08"
BY = administrator(day(ON))


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Office:
    return Office(any_engine, tmp_path / "home")


def entries(engine: Engine) -> list[AuditEntry]:
    with Session(engine) as session:
        return list(session.exec(select(AuditEntry).order_by(col(AuditEntry.id))))


def note(engine: Engine, *codes: str) -> None:
    """An act for each code: an organ is registered."""
    for code in codes:
        with unit_of_work(engine) as session, recorded(session, BY, "staff", organ_id=None):
            session.add(Organ(code=code, name=f"{code}局"))


def verified(engine: Engine, head: str | None = None) -> Chain:
    with Session(engine) as session:
        return verify_audit(
            session, by=BY, organ_id=None, head=NotedHead(head.strip().lower()) if head is not None else None
        )


# --- what the database refuses ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_entry SET actor = '别人'", "DELETE FROM audit_entry", "DELETE FROM audit_entry WHERE id = 2"],
)
def test_the_database_itself_refuses_to_change_an_entry(any_engine: Engine, statement: str) -> None:
    note(any_engine, "a", "b")
    before = entries(any_engine)
    with pytest.raises(DatabaseError, match=REFUSAL), any_engine.begin() as connection:
        connection.execute(text(statement))
    assert entries(any_engine) == before


@pytest.mark.parametrize("known_again", ["id", "hash"])
def test_an_entry_is_not_replaced_either(engine: Engine, known_again: str) -> None:
    """SQLite's REPLACE deletes what stands in its way, and tells triggers of it only where it is made to."""
    note(engine, "a", "b")
    before = entries(engine)
    columns = [column.name for column in AuditEntry.metadata.tables["audit_entry"].columns]
    fresh = {"id": "id + 100", "hash": "'0' || substr(hash, 2)"} | {known_again: known_again} | {"actor": "'别人'"}
    taken = ", ".join(fresh.get(name, f'"{name}"') for name in columns)
    named = ", ".join(f'"{name}"' for name in columns)
    for verb in ("INSERT OR REPLACE", "REPLACE"):
        statement = f"{verb} INTO audit_entry ({named}) SELECT {taken} FROM audit_entry WHERE id = 1"
        with pytest.raises(DatabaseError, match=REFUSAL), engine.begin() as connection:
            connection.execute(text(statement))
    assert entries(engine) == before


def test_a_whole_table_is_not_emptied_either(any_engine: Engine) -> None:
    note(any_engine, "a")
    statement = "TRUNCATE audit_entry" if any_engine.dialect.name == "postgresql" else "DELETE FROM audit_entry"
    with pytest.raises(DatabaseError, match=REFUSAL), any_engine.begin() as connection:
        connection.execute(text(statement))
    assert len(entries(any_engine)) == 1


# --- together or not at all ---------------------------------------------------------------------------------------


def test_an_act_and_its_entry_are_committed_together(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30", sign=False)
    known = len(entries(office.engine))
    office.do(HANDLER, sign, number, on=ON)
    (entry,) = entries(office.engine)[known:]
    item = office.item(number)
    assert (entry.action, entry.item_id, entry.organ_id) == (Action.SIGN, item.id, office.organ_id)
    assert (entry.actor, entry.on, entry.at.isoformat()) == (HANDLER, day(ON), "2026-06-08T01:00:00+00:00")


def test_an_exception_after_the_act_leaves_neither(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30", sign=False)
    before = entries(office.engine)

    def act(session: Session, item: WorkItem) -> None:
        sign(session, item, by=office.by(session, HANDLER, ON))
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        office._do(act, number)
    assert office.item(number).state is ItemState.ISSUED
    assert entries(office.engine) == before


def test_a_commit_that_fails_leaves_neither(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30", sign=False)
    before = entries(office.engine)

    def act(session: Session, item: WorkItem) -> None:
        sign(session, item, by=office.by(session, HANDLER, ON))
        session.add(AnnualPlan(organ_id=office.organ_id, year=office.year, title="第二份"))  # flushed by the commit

    with pytest.raises(DatabaseError, match=r"(?i)unique"):
        office._do(act, number)
    assert office.item(number).state is ItemState.ISSUED
    assert entries(office.engine) == before


def test_a_refused_act_leaves_no_entry(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    before = entries(office.engine)
    with pytest.raises(ForbiddenError):
        office.do(HEAD, sign, number, on=ON)
    assert entries(office.engine) == before


def test_what_is_rolled_back_is_not_told_by_the_next_commit(any_engine: Engine) -> None:
    with Session(any_engine) as session:
        with recorded(session, BY, "dropped", organ_id=None):
            session.add(Organ(code="a", name="甲局"))
        session.rollback()
        with recorded(session, BY, "kept", organ_id=None):
            session.add(Organ(code="b", name="乙局"))
        savepoint = session.begin_nested()
        with recorded(session, BY, "dropped", organ_id=None):
            session.add(Organ(code="c", name="丙局"))
        savepoint.rollback()
        with session.begin_nested(), recorded(session, BY, "kept", organ_id=None):
            session.add(Organ(code="d", name="丁局"))
        session.commit()
        with recorded(session, BY, "later", organ_id=None):
            session.add(Organ(code="e", name="戊局"))
        session.commit()
    assert [entry.action for entry in entries(any_engine)] == ["kept", "kept", "later"]
    assert verified(any_engine).entries == 3


# --- the chain ----------------------------------------------------------------------------------------------------


def test_each_entry_is_chained_to_the_one_before_and_the_first_to_nothing(any_engine: Engine) -> None:
    assert verified(any_engine) == Chain(0, GENESIS)
    note(any_engine, "a", "b", "c")
    found = entries(any_engine)
    assert [entry.previous for entry in found] == [GENESIS, found[0].hash, found[1].hash]
    assert verified(any_engine) == Chain(3, found[2].hash)
    for head in (found[0].hash, found[2].hash, GENESIS, f" {found[1].hash.upper()} "):
        assert verified(any_engine, head).broken is None


CHANGED = {
    "actor": "UPDATE audit_entry SET actor = '别人' WHERE id = 2",
    "person": "UPDATE audit_entry SET for_id = NULL, actor_id = 1 WHERE id = 2",
    "day": "UPDATE audit_entry SET \"on\" = '2026-06-07' WHERE id = 2",
    "instant": "UPDATE audit_entry SET at = '2026-06-08 02:00:00+00:00' WHERE id = 2",
    "content": """UPDATE audit_entry SET after = '{"organ:2": {"id": 2, "code": "b", "name": "别局"}}' WHERE id = 2""",
    "reason": "UPDATE audit_entry SET reason = '' WHERE id = 2",
    "hash": f"UPDATE audit_entry SET hash = '{'0' * 63}1' WHERE id = 2",
}


@pytest.mark.parametrize("what", CHANGED)
def test_a_changed_entry_is_named(any_engine: Engine, what: str) -> None:
    note(any_engine, "a", "b", "c")
    if what == "person":
        with unit_of_work(any_engine) as session:
            session.add(Person(id=1, organ_id=1, name="某人"))
    first = entries(any_engine)[0].hash
    tamper(any_engine, CHANGED[what])
    chain = verified(any_engine)
    assert (chain.entries, chain.head) == (1, first)
    assert chain.broken is not None
    assert (chain.broken.id, chain.broken.fault) == (2, ChainFault.CHANGED)


def test_what_is_no_entry_any_more_is_named_and_stops_nothing(engine: Engine) -> None:
    """SQLite takes any text anywhere."""
    note(engine, "a", "b", "c")
    for rubbish in ("after = 'no json'", "at = 'no instant'", "channel = 'telepathy'"):
        tamper(engine, f"UPDATE audit_entry SET {rubbish} WHERE id = 2")
        broken = verified(engine).broken
        assert broken is not None
        assert (broken.id, broken.fault, broken.words) == (2, ChainFault.CHANGED, "第 2 号记录的内容已无法读取")


def test_an_entry_rewritten_with_a_hash_that_fits_breaks_the_one_behind(any_engine: Engine) -> None:
    note(any_engine, "a", "b", "c")
    forged = entries(any_engine)[1]
    forged.actor = "别人"
    tamper(any_engine, "UPDATE audit_entry SET actor = '别人', hash = :hash WHERE id = 2", hash=forged.chained())
    broken = verified(any_engine).broken
    assert broken is not None
    assert (broken.id, broken.fault) == (3, ChainFault.MISSING)


@pytest.mark.parametrize(("gone", "named"), [(1, 2), (2, 3)])
def test_a_deleted_entry_is_missed_by_the_one_behind(any_engine: Engine, gone: int, named: int) -> None:
    note(any_engine, "a", "b", "c")
    tamper(any_engine, f"DELETE FROM audit_entry WHERE id = {gone}")
    broken = verified(any_engine).broken
    assert broken is not None
    assert (broken.id, broken.fault) == (named, ChainFault.MISSING)


def test_a_cut_tail_is_missed_by_the_head_that_was_noted(any_engine: Engine) -> None:
    note(any_engine, "a", "b", "c")
    head = verified(any_engine).head
    tamper(any_engine, "DELETE FROM audit_entry WHERE id = 3")
    assert verified(any_engine).broken is None
    chain = verified(any_engine, head)
    assert chain.entries == 2
    assert chain.broken is not None
    assert (chain.broken.id, chain.broken.fault) == (None, ChainFault.CUT)


def test_a_trail_written_anew_is_missed_by_the_head_that_was_noted(any_engine: Engine) -> None:
    note(any_engine, "a", "b")
    head = verified(any_engine).head
    found = entries(any_engine)
    found[0].actor = "别人"
    found[0].hash = found[0].chained()
    found[1].previous = found[0].hash
    tamper(
        any_engine,
        "UPDATE audit_entry SET actor = '别人', hash = :first WHERE id = 1",
        "UPDATE audit_entry SET previous = :first, hash = :second WHERE id = 2",
        first=found[0].hash,
        second=found[1].chained(),
    )
    assert verified(any_engine).broken is None
    assert verified(any_engine, head).broken is not None


def test_an_inserted_entry_is_named_by_the_one_that_does_not_know_it(any_engine: Engine) -> None:
    note(any_engine, "a", "b", "c")
    first, second, _ = entries(any_engine)
    forged = AuditEntry(**second.model_dump(exclude={"id", "actor"}), actor="别人")
    forged.previous = first.hash
    forged.hash = forged.chained()
    move = "UPDATE audit_entry SET id = id + 10 WHERE id >= 2"
    tamper(any_engine, move)
    with any_engine.begin() as connection:
        forged_row = {**forged.model_dump(), "id": 5}
        connection.execute(SQLModel.metadata.tables["audit_entry"].insert(), [forged_row])
    broken = verified(any_engine).broken
    assert broken is not None
    assert (broken.id, broken.fault) == (12, ChainFault.ORDER)
    assert broken.words == "第 12 号记录接在第 1 号记录之后，其间的第 5 号记录不属于原链"


def test_two_entries_that_changed_places_are_named(any_engine: Engine) -> None:
    note(any_engine, "a", "b", "c")
    tamper(
        any_engine,
        "UPDATE audit_entry SET id = 12 WHERE id = 2",
        "UPDATE audit_entry SET id = 2 WHERE id = 3",
        "UPDATE audit_entry SET id = 3 WHERE id = 12",
    )
    broken = verified(any_engine).broken
    assert broken is not None
    assert (broken.id, broken.fault) == (2, ChainFault.ORDER)


def test_a_long_trail_is_walked_a_piece_at_a_time(any_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    note(any_engine, *"abcdefg")
    for size in (1, 2, 7, 8):
        monkeypatch.setattr(verifying, "CHUNK", size)
        assert verified(any_engine).entries == 7


def test_whoever_may_not_look_may_not_verify(office: Office) -> None:
    with Session(office.engine) as session:
        for name in (HANDLER, HEAD, LEADER, OUTSIDER):
            with pytest.raises(ForbiddenError, match="不能查看操作记录"):
                verify_audit(session, by=office.by(session, name, ON), organ_id=office.organ_id)
        for name in (SUPERVISOR, FIRST):
            assert verify_audit(session, by=office.by(session, name, ON), organ_id=office.organ_id).broken is None


def test_many_at_once_keep_one_unbroken_chain(office: Office) -> None:
    at_once, each = 4, 5
    number = office.assign("普法宣传", due="2026-06-30")
    known = len(entries(office.engine))
    start = Barrier(at_once)

    def work(who: int) -> None:
        start.wait()
        for turn in range(each):
            with on_record(office.engine) as session:
                item = find_item(session, session.get_one(AnnualPlan, office.plan_id), number)
                by = office.by(session, HANDLER, ON)
                record_progress(session, item, by=by, content=f"{who} 的第 {turn} 次填报")
                record_study(
                    session, session.get_one(Organ, office.organ_id), by=BY, on=day(ON), topic=f"{who} 的第 {turn} 次"
                )

    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(work, range(at_once)))
    assert verified(office.engine).entries == known + 2 * at_once * each
    acts = [entry.action for entry in entries(office.engine)[known:]]
    assert acts == [Action.REPORT, Action.RECORD] * (at_once * each)


# --- what an entry says -------------------------------------------------------------------------------------------


def test_an_entry_holds_the_changed_columns_only(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    item = office.item(number)
    office.report(number, "完成一半", on=ON, percent=50)
    entry = entries(office.engine)[-1]
    name = f"work_item:{item.id}"
    assert entry.before == {name: {"percent": 0, "reported_on": None}}
    assert entry.after.pop(name) == {"percent": 50, "reported_on": ON}
    ((made, values),) = entry.after.items()
    assert made.startswith("progress_entry:")
    assert (values["text"], values["percent"], values["on"]) == ("完成一半", 50, ON)
    assert "problems" not in values


def test_a_column_never_read_before_it_was_set_is_told_as_it_was(any_engine: Engine) -> None:
    note(any_engine, "a")
    with unit_of_work(any_engine) as session:
        organ = session.exec(select(Organ)).one()
        session.expire_all()
        with recorded(session, BY, "staff", organ_id=None):
            organ.name = "甲局"
    assert (entries(any_engine)[-1].before, entries(any_engine)[-1].after) == (
        {"organ:1": {"name": "a局"}},
        {"organ:1": {"name": "甲局"}},
    )


def test_what_changes_twice_is_told_once_and_what_is_deleted_whole(any_engine: Engine) -> None:
    note(any_engine, "a", "b")
    with unit_of_work(any_engine) as session:
        first, second = session.exec(select(Organ).order_by(col(Organ.id)))
        with recorded(session, BY, "staff", organ_id=None):
            for name in ("甲局", "乙局"):
                first.name = name
                session.flush()
            made = Organ(code="c", name="c局")
            session.add(made)
            session.flush()
            made.name = "丙局"
            session.delete(second)
    entry = entries(any_engine)[-1]
    assert entry.before == {
        "organ:1": {"name": "a局"},
        "organ:2": {
            "id": 2,
            "code": "b",
            "name": "b局",
            "parent_id": None,
            "joined_officers": False,
            "steps_done_at": None,
        },
    }  # fmt: skip
    assert entry.after == {
        "organ:1": {"name": "乙局"},
        "organ:2": {"deleted": True},
        "organ:3": {"id": 3, "code": "c", "name": "丙局", "joined_officers": False},
    }


def test_an_act_within_an_act_has_an_entry_of_its_own(any_engine: Engine) -> None:
    with unit_of_work(any_engine) as session, recorded(session, BY, "outer", organ_id=None):
        session.add(Organ(code="a", name="a局"))
        with recorded(session, BY, "inner", organ_id=None):
            session.add(Organ(code="b", name="b局"))
        session.add(Organ(code="c", name="c局"))
    rows = {entry.action: sorted(entry.after) for entry in entries(any_engine)}
    assert rows == {"inner": ["organ:2"], "outer": ["organ:1", "organ:3"]}


def test_an_act_on_very_many_rows_tells_their_number_and_keeps_what_is_told_beside(any_engine: Engine) -> None:
    with unit_of_work(any_engine) as session, recorded(session, BY, "staff", organ_id=None) as record:
        session.add_all(Organ(code=f"c{number}", name=f"{number}局") for number in range(LONGEST + 1))
        record.after["file"] = "名册.xlsx"
    assert entries(any_engine)[-1].after == {"file": "名册.xlsx", "rows": {"organ": LONGEST + 1}}


def test_whatever_is_told_reads_the_same_from_the_database_and_its_hash_holds(any_engine: Engine) -> None:
    facts = {
        "day": day(ON),
        "instant": BY.now,
        "numbers": {2: "二", 10: "十"},
        "pair": (1, 2),
        "half": 0.5,
        "role": Role.LEADER,
    }
    with unit_of_work(any_engine) as session:
        write_alone(session, BY, "staff", organ_id=None, after=facts)
    assert entries(any_engine)[0].after == {
        "day": ON, "instant": str(BY.now), "numbers": {"2": "二", "10": "十"}, "pair": [1, 2], "half": 0.5,
        "role": "leader",
    }  # fmt: skip
    assert verified(any_engine).entries == 1


def test_a_reason_longer_than_an_entry_holds_is_cut_and_stops_nothing(any_engine: Engine) -> None:
    with unit_of_work(any_engine) as session, recorded(session, BY, "staff", organ_id=None, reason="字" * 3000):
        pass
    assert entries(any_engine)[0].reason == "字" * 2000


def test_a_deputy_s_act_names_whom_it_stands_for(office: Office) -> None:
    number = office.assign("普法宣传", due="2026-06-30", sign=False)
    office.hire("周代理")
    office.leave(HANDLER, first="2026-06-08", last="2026-06-09", deputy="周代理")
    office.do("周代理", sign, number, on=ON)
    entry = entries(office.engine)[-1]
    assert (entry.actor, office.name_of(entry.for_id)) == ("周代理", HANDLER)


def test_who_decides_at_a_level_for_somebody_stands_for_him_although_a_seat_of_his_own_reaches_the_item(
    office: Office,
) -> None:
    number = office.assign("普法宣传", due="2026-06-30")
    office.leave(LEADER, first="2026-06-08", last="2026-06-09", deputy=SUPERVISOR)
    office.extend(number, to="2026-07-10", on="2026-06-05")
    extension = office.approve(number, on=ON, who=SUPERVISOR)
    entry = entries(office.engine)[-1]
    assert (extension.level, entry.actor, office.name_of(entry.for_id)) == (1, SUPERVISOR, LEADER)


def test_a_deputy_acts_for_an_organ_as_a_whole_too(office: Office) -> None:
    office.leave(SUPERVISOR, first="2026-06-08", last="2026-06-09", deputy=HEAD)
    with on_record(office.engine) as session:
        person = session.exec(select(Person).where(Person.name == HANDLER)).one()
        by = office.by(session, HEAD, ON)
        take_leave(session, person, by=by, from_on=day("2026-07-01"), until_on=day("2026-07-02"))
    entry = entries(office.engine)[-1]
    assert (entry.action, entry.actor, office.name_of(entry.for_id)) == (Action.STAFF, HEAD, SUPERVISOR)


def test_no_entry_can_hold_a_secret(any_engine: Engine, tmp_path: Path) -> None:
    for column in ("password", "password_hash", "api_token", "client_secret"):
        assert (entry_value(column, "极密口令"), entry_value(column, None)) == ("***", None)
    assert entry_value("email", "li@office.test") == "li@office.test"
    office = Office(any_engine, tmp_path / "home", smtp_password="极密口令", smtp_user="office")
    office.close(office.assign("普法宣传", due="2026-06-30"), on=ON)
    assert "极密口令" not in json.dumps([[entry.before, entry.after, entry.reason] for entry in entries(any_engine)])


def test_the_tables_that_need_no_entry_are_there_and_hold_nothing_of_the_office_s() -> None:
    assert METADATA.tables.keys() | {SEARCH} >= LEDGERS
    assert {
        "audit_entry", "notice", "message", "delivery_attempt", "last_run", "lease", "kept_run", "number_series",
        "web_session", "sign_in_attempt", "keyed_request", "webhook_message", "job", "saved_view", "day_count",
        "signed_head", "letter", "channel_state", "mailbox_place", "returned_mail", "kept_form", "office_mark", SEARCH,
        "archive_seal", "trail_checkpoint",
    } == LEDGERS  # fmt: skip
