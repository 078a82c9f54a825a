"""Ledgers for tests: sheets written as an office writes them, and the small office they speak of."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
from sqlmodel import Session

from models.clock import opening_of
from models.database import key
from models.people.organ import Department, Organ
from models.people.person import Person, Post, Role, Tenure
from tasks.plan.import_list import ImportReport, import_list
from tests.actors import administrator

YEAR = 2026
ON = dt.date(YEAR, 1, 5)
NOW = opening_of(ON)

Rows = Sequence[Sequence[Any]]
HEADER = ("序号", "项目", "任务内容", "牵头领导", "牵头单位", "配合单位", "责任人", "完成时限")


def write_xlsx(path: Path, rows: Rows, *, merged: Sequence[str] = (), more: dict[str, Rows] | None = None) -> Path:
    """A workbook whose first sheet is 台账; `more` are further sheets."""
    book = openpyxl.Workbook()
    for name, content in {"台账": rows, **(more or {})}.items():
        sheet = book.create_sheet(name)
        for row in content:
            sheet.append(list(row))
    for block in merged:
        book["台账"].merge_cells(block)
    book.remove(book.worksheets[0])
    book.save(path)
    return path


def register_office(session: Session) -> Organ:
    """陆明 leads, 俞悦 is in charge, 张三 heads 法规科, 李四 works in it, 王五 heads 办公室."""
    organ = Organ(code="office", name="青水县国动办")
    session.add(organ)
    session.flush()
    departments = {name: Department(organ_id=key(organ.id), name=name) for name in ("法规科", "办公室")}
    session.add_all(departments.values())
    session.flush()
    seat(session, organ, "陆明", "主任", Role.FIRST_RESPONSIBLE)
    seat(session, organ, "俞悦", "副主任", Role.LEADER)
    seat(session, organ, "张三", "科长", Role.DEPARTMENT_HEAD, departments["法规科"])
    seat(session, organ, "李四", "科员", Role.HANDLER, departments["法规科"])
    seat(session, organ, "王五", "主任", Role.DEPARTMENT_HEAD, departments["办公室"])
    return organ


def seat(
    session: Session, organ: Organ, name: str, title: str, role: Role, department: Department | None = None,
    *, person: Person | None = None, until: dt.date | None = None,
) -> Person:  # fmt: skip
    """Give somebody, new unless `person` is given, a post held since last year."""
    if person is None:
        person = Person(organ_id=key(organ.id), name=name)
        session.add(person)
    post = Post(organ_id=key(organ.id), title=title, role=role, department_id=department.id if department else None)
    session.add(post)
    session.flush()
    started_on = dt.date(YEAR - 1, 1, 1)
    session.add(Tenure(post_id=key(post.id), person_id=key(person.id), started_on=started_on, ended_on=until))
    session.flush()
    return person


def bring_in(session: Session, path: Path, **more: Any) -> ImportReport:
    """Import for the plan of the year, on its first working day."""
    return import_list(session, path, **{"year": YEAR, "by": administrator(ON), **more})


def complaints(report: ImportReport) -> list[tuple[int | None, str | None, str]]:
    """Row, column and value of each error."""
    return [(error.row, error.column, error.value) for error in report.errors]
