"""Checkpoints of the trail: what was proved is not recomputed each time, and nobody can hide behind one."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlmodel import select

from models.actor import Actor
from models.database import reading, unit_of_work
from models.trail_checkpoint import TrailCheckpoint
from tasks.trail.checkpoint import FILE, WHOLE_EVERY, furthest_checkpoint
from tasks.trail.known_head import FILE as HEAD
from tasks.trail.noted_head import NotedHead
from tasks.trail.prove_trail import prove_and_keep, prove_trail
from tasks.trail.verify_audit import Chain, ChainFault
from tests.tampering import tamper
from tests.tasks.keeping.kept_office import BY
from tests.tasks.trail.test_known_head import write

DAY = dt.timedelta(days=1)


def on_day(days: int) -> Actor:
    return replace(BY, on=BY.on + days * DAY, now=BY.now + days * DAY)


def proved(engine: Engine, home: Path, *, days: int = 0, whole: bool = False, head: NotedHead | None = None) -> Chain:
    with reading(engine) as session:
        return prove_trail(session, home, by=on_day(days), organ_id=None, whole=whole, head=head)


def kept(engine: Engine, home: Path, entries: int = 5, *, days: int = 0) -> Chain:
    """So many entries more, proved, with a checkpoint behind them."""
    write(engine, entries)
    chain = prove_and_keep(engine, home, by=on_day(days))
    assert chain.broken is None
    return chain


def test_from_a_checkpoint_on_only_what_is_newer_is_recomputed(any_engine: Engine, tmp_path: Path) -> None:
    first = kept(any_engine, tmp_path)
    assert (first.entries, first.recomputed, first.since) == (5, 5, None)

    second = kept(any_engine, tmp_path, 3, days=1)
    assert (second.entries, second.recomputed) == (8, 3)
    assert second.since is not None
    assert (second.since.entry_id, second.since.on, second.since.whole_on) == (5, BY.on, BY.on)
    third = proved(any_engine, tmp_path, days=2)
    assert (third.entries, third.recomputed, third.head) == (8, 0, second.head)
    assert third.words == (
        f"本次重算第 8 号以后的 0 条；此前 8 条以 {BY.on + DAY} 的检查点为准，{BY.on} 全部重算过，"
        "检查点所在的第 8 号记录重算相符。"
    )
    assert proved(any_engine, tmp_path, whole=True) == Chain(8, third.head)


def test_nothing_new_leaves_no_further_checkpoint(any_engine: Engine, tmp_path: Path) -> None:
    for days in range(3):
        kept(any_engine, tmp_path, 0 if days else 2, days=days)
    with reading(any_engine) as session:
        assert [row.entries for row in session.exec(select(TrailCheckpoint))] == [2]


@pytest.mark.parametrize(
    ("statement", "fault", "words"),
    [
        ("UPDATE audit_entry SET reason = 'x' WHERE id = 7", ChainFault.CHANGED, "第 7 号记录的内容与它的哈希值不符"),
        ("DELETE FROM audit_entry WHERE id = 7", ChainFault.MISSING, "第 8 号记录所接的前一条记录不在链中"),
        ("UPDATE audit_entry SET reason = 'x' WHERE id = 5", ChainFault.CHANGED, "第 5 号记录的内容与它的哈希值不符"),
        ("DELETE FROM audit_entry WHERE id = 5", ChainFault.CUT, f"第 5 号记录不是 {BY.on} 的检查点所记的那一条"),
    ],
)
def test_what_is_altered_at_or_after_a_checkpoint_is_told_at_once(
    any_engine: Engine, tmp_path: Path, statement: str, fault: ChainFault, words: str
) -> None:
    kept(any_engine, tmp_path)
    write(any_engine, 3)
    tamper(any_engine, statement)

    broken = proved(any_engine, tmp_path, days=1).broken

    assert broken is not None
    assert (broken.fault, broken.words) == (fault, words)


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entry SET reason = 'x' WHERE id = 2", "DELETE FROM audit_entry WHERE id = 2"]
)
def test_what_is_altered_before_a_checkpoint_is_told_by_the_whole_proof_that_comes_within_a_month(
    any_engine: Engine, tmp_path: Path, statement: str
) -> None:
    kept(any_engine, tmp_path)
    write(any_engine, 3)
    tamper(any_engine, statement)

    assert proved(any_engine, tmp_path, days=1).broken is None, "it stands by what was proved on the day before"
    assert proved(any_engine, tmp_path, days=1, whole=True).broken is not None
    later = kept(any_engine, tmp_path, 2, days=WHOLE_EVERY.days)
    assert later.since is not None, "a checkpoint of today takes the day of the last whole proof along"
    assert proved(any_engine, tmp_path, days=WHOLE_EVERY.days + 1).broken is not None


def rewrite(engine: Engine, home: Path) -> None:
    """Write the chain anew from its second entry on, as whoever owns the database can, and forget what was known."""
    tamper(engine, "DELETE FROM audit_entry WHERE id > 1")
    write(engine, 9)
    (home / HEAD).unlink()


def test_a_chain_written_anew_is_told_by_its_checkpoint(any_engine: Engine, tmp_path: Path) -> None:
    kept(any_engine, tmp_path)
    rewrite(any_engine, tmp_path)

    broken = proved(any_engine, tmp_path, days=1).broken

    assert broken is not None
    assert broken.fault is ChainFault.CUT


def test_an_older_copy_of_the_database_lacks_the_end_its_checkpoint_knows(any_engine: Engine, tmp_path: Path) -> None:
    kept(any_engine, tmp_path)
    tamper(any_engine, "DELETE FROM audit_entry WHERE id > 2")
    (tmp_path / HEAD).unlink()
    with unit_of_work(any_engine) as session:
        session.execute(text("DELETE FROM trail_checkpoint"))

    for whole in (False, True):
        broken = proved(any_engine, tmp_path, whole=whole).broken
        assert broken is not None
        assert broken.fault is ChainFault.SHORT
        assert broken.words.startswith(f"缺少第 3 至 5 号记录：{BY.on} 的检查点记得末尾是第 5 号")


def test_who_removes_the_rows_of_the_checkpoints_does_not_remove_the_one_beside_the_database(
    any_engine: Engine, tmp_path: Path
) -> None:
    kept(any_engine, tmp_path)
    rewrite(any_engine, tmp_path)
    with unit_of_work(any_engine) as session:
        session.execute(text("DELETE FROM trail_checkpoint"))

    assert proved(any_engine, tmp_path, days=1).broken is not None
    (tmp_path / FILE).unlink()
    assert proved(any_engine, tmp_path, days=1).since is None, "without any all of it is recomputed"


def test_a_checkpoint_that_this_key_did_not_sign_is_none(any_engine: Engine, tmp_path: Path) -> None:
    kept(any_engine, tmp_path)
    kept(any_engine, tmp_path, 3)
    tamper(any_engine, "UPDATE audit_entry SET reason = 'x' WHERE id = 6")
    with unit_of_work(any_engine) as session:
        # A line of a later end, or of a later whole proof, cannot be made up.
        for row in session.exec(select(TrailCheckpoint)):
            row.line = row.line.replace(f":{BY.on}:", f":{BY.on + DAY}:")
    (tmp_path / FILE).write_text("duban-checkpoint:1:…", encoding="utf-8")

    chain = proved(any_engine, tmp_path, days=1)

    assert chain.since is None
    assert chain.broken is not None


def test_another_key_believes_none_of_them_and_recomputes_all(any_engine: Engine, tmp_path: Path) -> None:
    kept(any_engine, tmp_path)
    (tmp_path / "secret.key").write_bytes(b"k" * 32)
    chain = proved(any_engine, tmp_path)
    assert (chain.broken, chain.since, chain.recomputed) == (None, None, 5)


def test_one_of_a_day_that_has_not_come_is_not_gone_on_from(any_engine: Engine, tmp_path: Path) -> None:
    kept(any_engine, tmp_path, days=3650)
    with reading(any_engine) as session:
        furthest = furthest_checkpoint(session, tmp_path)
    assert furthest is not None
    assert not furthest.is_gone_on_from(BY.on)
    assert proved(any_engine, tmp_path).since is None


def test_an_end_noted_before_the_checkpoint_has_all_of_it_recomputed(any_engine: Engine, tmp_path: Path) -> None:
    early = kept(any_engine, tmp_path, 2)
    kept(any_engine, tmp_path, 3, days=1)

    for noted in (NotedHead(early.head), NotedHead(early.head, BY.on, 2)):
        chain = proved(any_engine, tmp_path, days=2, head=noted)
        assert (chain.broken, chain.since) == (None, None)
        assert "其后又有 3 条" in chain.noted_words
    last = proved(any_engine, tmp_path, days=2)
    later = proved(any_engine, tmp_path, days=2, head=NotedHead(last.head, BY.on, 5))
    assert (later.broken, later.recomputed) == (None, 0)
    assert "其后又有 0 条" in later.noted_words


def test_a_place_that_cannot_be_written_stops_no_proof(
    engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(engine, 2)
    assert prove_and_keep(engine, tmp_path, by=BY).broken is None
    (tmp_path / FILE).unlink()
    (tmp_path / FILE).mkdir()
    write(engine, 1)
    assert prove_and_keep(engine, tmp_path, by=BY).broken is None
    assert "checkpoint_unnoted" in [getattr(record, "action", "") for record in caplog.records]
