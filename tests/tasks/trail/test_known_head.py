"""The end of the trail as the machine knew it last: a trail cut at its end is told, and goes on being told."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.database import on_record, reading
from tasks.acting.audit import write_alone
from tasks.trail.known_head import FILE, against_known, known_head, note_head
from tasks.trail.verify_audit import Chain, ChainFault, verify_audit
from tests.tampering import tamper
from tests.tasks.keeping.kept_office import BY


def write(engine: Engine, count: int) -> None:
    for number in range(count):
        with on_record(engine) as session:
            write_alone(session, BY, "again", organ_id=None, after={"again": [str(number)]})


def note(engine: Engine, home: Path) -> None:
    with reading(engine) as session:
        note_head(session, home)


def verified(engine: Engine, home: Path) -> Chain:
    with reading(engine) as session:
        return against_known(session, verify_audit(session, by=BY, organ_id=None), home)


def test_a_trail_cut_at_its_end_is_told_until_it_is_back(any_engine: Engine, tmp_path: Path) -> None:
    write(any_engine, 5)
    note(any_engine, tmp_path)
    tamper(any_engine, "DELETE FROM audit_entry WHERE id > 2")

    for _ in range(2):
        broken = verified(any_engine, tmp_path).broken
        assert broken is not None
        assert (broken.fault, broken.verdict) == (ChainFault.SHORT, "操作记录不完整")
        assert broken.words.startswith("缺少第 3 至 5 号记录：本机记得末尾是第 5 号")
        note(any_engine, tmp_path)

    write(any_engine, 5)
    broken = verified(any_engine, tmp_path).broken
    assert broken is not None
    assert (broken.fault, broken.words) == (ChainFault.CUT, "第 5 号记录不是本机曾记下的那一条")


def test_what_holds_is_noted_and_moves_on(any_engine: Engine, tmp_path: Path) -> None:
    assert verified(any_engine, tmp_path).broken is None
    assert known_head(tmp_path) is None, "nothing was written yet"
    for entries in (3, 5):
        write(any_engine, entries - (known.entry_id if (known := known_head(tmp_path)) else 0))
        chain = verified(any_engine, tmp_path)
        known = known_head(tmp_path)
        assert known is not None
        assert (chain.broken, known.entry_id, known.hash) == (None, entries, chain.head)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(FILE)] == [FILE]


def test_a_trail_that_is_broken_says_so_first_and_notes_nothing(engine: Engine, tmp_path: Path) -> None:
    write(engine, 3)
    tamper(engine, "UPDATE audit_entry SET reason = 'x' WHERE id = 2")
    broken = verified(engine, tmp_path).broken
    assert broken is not None
    assert (broken.fault, known_head(tmp_path)) == (ChainFault.CHANGED, None)


@pytest.mark.parametrize("content", ["", "{}", '{"entry_id": 3, "hash": "zz"}', "\x00"])
def test_a_note_that_says_nothing_is_written_anew(engine: Engine, tmp_path: Path, content: str) -> None:
    write(engine, 1)
    (tmp_path / FILE).write_text(content, encoding="utf-8")
    assert verified(engine, tmp_path).broken is None
    known = known_head(tmp_path)
    assert known is not None
    assert known.entry_id == 1


def test_a_folder_that_cannot_be_written_stops_nobody(
    engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(engine, 1)
    assert verified(engine, tmp_path / "nowhere").broken is None
    assert "head_unnoted" in [getattr(record, "action", "") for record in caplog.records]
