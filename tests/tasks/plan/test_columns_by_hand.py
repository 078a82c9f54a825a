"""A list whose headings nobody knows is read as a person says, and the next one alike."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from models.database import unit_of_work
from models.errors import BadInputError
from models.people.organ import Organ
from tasks.plan.batches import kept_columns
from tasks.plan.undo_import import undo_import
from tasks.reading.plan_columns import name_columns
from tests.actors import administrator
from tests.ledgers import ON, bring_in, complaints, register_office, write_xlsx

NAMED = {"要办的": "title", "哪天": "due", "谁": "handler"}


@pytest.fixture
def session(any_engine: Engine) -> Any:
    with unit_of_work(any_engine) as session:
        register_office(session)
        yield session


def unheaded(folder: Path, *headings: str) -> Path:
    return write_xlsx(folder / "a.xlsx", [headings or ("要办的", "哪天", "谁"), ("评查案卷", "6月底前", "王五")])


def test_columns_that_a_person_named_are_kept_for_the_next_file(session: Session, tmp_path: Path) -> None:
    organ = session.exec(select(Organ)).one()
    path = unheaded(tmp_path)
    assert "没有找到表头" in bring_in(session, path).errors[0].accepted

    done = bring_in(session, path, columns=NAMED)

    assert (complaints(done), [change.row.title for change in done.changes]) == ([], ["评查案卷"])
    assert kept_columns(session, organ.id) == NAMED
    assert done.batch is not None
    undo_import(session, done.batch, by=administrator(ON))
    assert kept_columns(session, organ.id) == {}


def test_a_named_column_is_called_in_errors_as_the_file_calls_it(session: Session, tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", [("要办的", "哪天", "备注"), ("评查案卷", "国庆节前", "")])

    assert complaints(bring_in(session, path, columns=NAMED)) == [(2, "哪天", "国庆节前")]


def test_columns_are_named_in_words() -> None:
    assert name_columns(["任务内容=要办的，完成时限＝哪天", "承办人=谁"]) == NAMED
    with pytest.raises(BadInputError, match=r"“什么=要办的”看不明白.*任务内容"):
        name_columns(["什么=要办的"])
