"""A file brought into a ledger: headers found, wrong cells told, nothing twice, all of it or nothing, taken back."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import Engine, event
from sqlmodel import Session, select

from models.actor import Actor, Channel
from models.audit import AuditEntry
from models.batch import ImportBatch
from models.database import on_record, unit_of_work
from models.errors import ForbiddenError
from models.ledgers.enforcement_case import EnforcementCase
from models.ledgers.kinds import KINDS
from models.people.organ import Organ
from models.people.person import Role
from tasks.ledgers.import_ledger import LedgerImport, import_ledger
from tasks.ledgers.record import correct_row
from tasks.ledgers.row_history import row_history
from tasks.ledgers.undo_import import undo_ledger_import
from tests.actors import administrator
from tests.ledger_rows import write_rows
from tests.report_year import ReportYear, day

BY = administrator(day("2025-12-30"))
CASE, STUDY = KINDS["case"], KINDS["study"]
HEAD = ["案号", "决定日期", "程序", "罚款（元）", "案件名称"]
FIRST = ["1号", "2025-03-05", "简易", 100, "甲"]


@pytest.fixture
def organ(engine: Engine) -> Organ:
    with unit_of_work(engine) as session:
        return ReportYear(session).organ


@pytest.fixture
def bring(engine: Engine, organ: Organ, tmp_path: Path) -> Callable[..., LedgerImport]:
    """Write a sheet and bring it in, in one transaction."""

    def bring(rows: list[list[Any]], head: list[str] = HEAD, *, above: int = 0, **more: Any) -> LedgerImport:
        path = write_rows(tmp_path / "案件.xlsx", head, rows, above=above)
        with on_record(engine) as session:
            return import_ledger(session, path, organ, more.pop("kind", CASE), by=BY, **more)

    return bring


Bring = Callable[..., LedgerImport]


def cases(engine: Engine) -> list[EnforcementCase]:
    with Session(engine) as session:
        return list(session.exec(select(EnforcementCase).order_by(EnforcementCase.id)))  # type: ignore[arg-type]


def told(done: LedgerImport) -> list[tuple[int | None, str | None, str]]:
    return [(error.row, error.column, error.accepted) for error in done.errors]


def test_every_wrong_cell_is_told_where_it_stands_and_nothing_is_written(engine: Engine, bring: Bring) -> None:
    done = bring(
        [
            FIRST,
            ["2号", "2025-02-30", "速裁", "许多", "乙"],
            ["1号", "2025-03-06", "普通", 5, "丙"],
            ["4号", None, "普通", -1, "丁" * 501],
            ["5号", "2025-03-07", None, None, None],
        ],
        above=2,
    )

    assert [(row, column) for row, column, _ in told(done)] == [
        (5, "决定日期"), (5, "程序"), (5, "罚款（元）"), (6, "案号"), (7, "决定日期"), (7, "罚款（元）"),
        (7, "案件名称"), (8, "程序"),
    ]  # fmt: skip
    assert done.errors[3].accepted == "案号与第 4 行重复：请合并或更正。"
    assert (done.errors[-1].value, done.errors[-1].accepted) == ("", "程序不能为空。")
    assert (done.batch, cases(engine)) == (None, [])


def test_titles_totals_notes_and_numbers_written_in_advance_are_no_rows_and_it_says_so(
    engine: Engine, organ: Organ, tmp_path: Path
) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (
        ["某局执法案件台账", None, None, None, None],
        ["填报单位：某局", None, None, None, None],
        ["序号", "决定书文号", "处罚决定日期", "处罚程序", "罚没金额（万元）", "经办"],
        [1, "1号", "2025年3月5日", "简易", 1.2, "甲"],
        ["第二季度", None, None, None, None, None],
        [2, "2号", "2025.4.6", "一般程序", "3000元", "乙"],
        ["序号", "决定书文号", "处罚决定日期", "处罚程序", "罚没金额（万元）", "经办"],
        [3, None, None, None, None, None],
        ["合 计", None, None, None, 1.5, None],
        ["注：金额以决定书为准", None, None, None, None, None],
    ):
        sheet.append(row)
    sheet.merge_cells("A5:F5")
    book.create_sheet("说明").append(["填表人请核对"])
    path = tmp_path / "c.xlsx"
    book.save(path)
    with on_record(engine) as session:
        done = import_ledger(session, path, organ, CASE, by=BY)

    assert done.errors == []
    assert [(str(row.number), str(row.fine)) for row in cases(engine)] == [("1号", "12000.00"), ("2号", "3000.00")]
    assert [(one.row, one.why) for one in done.skipped] == [
        (1, "表头以上的文字"), (2, "表头以上的文字"), (5, "各列都没有内容"), (7, "重复的表头"), (9, "合计行"),
        (10, "各列都没有内容"),
    ]  # fmt: skip
    assert (done.ignored_columns, done.ignored_sheets) == (["经办"], ["说明"])


def test_a_missing_column_and_a_missing_header_are_told(bring: Bring) -> None:
    assert told(bring([["1号", "甲"]], ["案号", "案件名称"])) == [
        (1, "决定日期", "表中没有这一列，此项必填。也可写作作出决定日期、处罚决定日期。"),
        (1, "程序", "表中没有这一列，此项必填。也可写作适用程序、处罚程序。"),
    ]
    assert "没有找到执法案件的表头" in told(bring([["甲", "乙"]], ["姓名", "电话"]))[0][2]
    assert told(bring([])) == [(None, None, "表头下没有任何记录：请至少填写一行。")]


def test_a_merged_cell_speaks_for_all_its_rows_but_never_a_number(engine: Engine, organ: Organ, tmp_path: Path) -> None:
    book = Workbook()
    for row in (HEAD, ["1号", "2025-03-05", "简易", 100, "甲"], [None, None, None, 200, "乙"]):
        book.worksheets[0].append(row)
    for block in ("A2:A3", "B2:B3", "C2:C3"):
        book.worksheets[0].merge_cells(block)
    book.save(tmp_path / "c.xlsx")
    with on_record(engine) as session:
        import_ledger(session, tmp_path / "c.xlsx", organ, CASE, by=BY)
    assert [(row.number, str(row.decided_on), row.procedure, row.title) for row in cases(engine)] == [
        ("1号", "2025-03-05", "simple", "甲"),
        (None, "2025-03-05", "simple", "乙"),
    ]


def test_a_known_row_is_corrected_where_a_cell_says_something_new(engine: Engine, bring: Bring) -> None:
    bring([FIRST, ["2号", "2025-03-06", "普通", 200, "乙"]])
    done = bring([["1号", "2025-03-05", "简易", None, "甲案"], ["2号", "2025-03-06", "普通", "-", "乙"]])

    assert [(row.action, row.row_id, row.before) for row in done.rows] == [
        ("update", 1, {"title": "甲"}),
        ("update", 2, {"fine": 200}),
    ]
    assert [(row.title, str(row.fine), row.revision) for row in cases(engine)] == [
        ("甲案", "100.00", 1),
        ("乙", "0.00", 1),
    ]
    with Session(engine) as session:
        row = session.get_one(EnforcementCase, 1)
        assert [change.lines for change in row_history(session, CASE, row)] == [("案件名称 甲 → 甲案",)]


def test_rows_that_are_known_by_nothing_are_not_doubled_but_two_alike_are_two(engine: Engine, bring: Bring) -> None:
    plain = [None, "2025-03-05", "简易", 100, "甲"]
    assert bring([plain, plain]).count("create") == 2
    more = bring([plain, plain, plain])
    assert (more.count("keep"), more.count("create")) == (2, 1)
    assert bring([plain, plain, plain]).batch is None
    assert len(cases(engine)) == 3
    study = ["2025-04-02", "民法典"]
    assert bring([study], ["举行日期", "主题"], kind=STUDY).count("create") == 1
    again = bring([study, ["2025-04-03", "民法典"]], ["学习日期", "学习内容"], kind=STUDY)
    assert (again.count("keep"), again.count("create")) == (1, 1)


def test_looking_through_says_how_each_cell_is_understood_and_writes_nothing(engine: Engine, bring: Bring) -> None:
    done = bring([["1号", "2025年3月5日", "一般程序", "1.2万", "甲"]], dry_run=True)

    assert done.rows[0].understood | {"fine": "12000.00"} == {
        "number": "1号", "decided_on": "2025-03-05", "procedure": "普通程序", "fine": "12000.00", "title": "甲",
    }  # fmt: skip
    assert done.told == "可以导入执法案件：新增 1 起。还没有写入。"
    assert cases(engine) == []


def test_a_batch_is_taken_back_as_a_whole_unless_somebody_corrected_its_rows(
    engine: Engine, organ: Organ, bring: Bring
) -> None:
    bring([FIRST])
    done = bring([["1号", "2025-03-06", "普通", 500, "甲案"], ["2号", "2025-03-07", "简易", 5, "乙"]])
    assert (done.batch, done.count("update"), done.count("create")) == (2, 1, 1)
    with on_record(engine) as session:
        correct_row(session, organ, CASE, session.get_one(EnforcementCase, 2), {"title": "丙"}, by=BY)
    with (
        on_record(engine) as session,
        pytest.raises(ForbiddenError, match="批次 2 不能撤销：执法案件 2导入以后又有更正"),
    ):
        undo_ledger_import(session, 2, by=BY)
    with unit_of_work(engine) as session:
        # As though nobody had.
        session.get_one(EnforcementCase, 2).revision = 0
    with on_record(engine) as session:
        undone = undo_ledger_import(session, 2, by=BY)
    assert (undone.withdrawn, undone.restored) == (1, 1)
    first, second = cases(engine)
    assert (str(first.decided_on), first.procedure, str(first.fine), first.title, first.revision) == (
        "2025-03-05", "simple", "100.00", "甲", 2,
    )  # fmt: skip
    assert (second.withdrawn_on, second.withdrawn_reason) == (BY.on, "撤销导入批次 2")
    with on_record(engine) as session, pytest.raises(ForbiddenError, match="已经撤销过了"):
        undo_ledger_import(session, 2, by=BY)


def test_only_who_keeps_the_records_brings_a_file_in_or_looks_one_through(
    engine: Engine, organ: Organ, tmp_path: Path
) -> None:
    path = write_rows(tmp_path / "c.xlsx", HEAD, [FIRST])
    with unit_of_work(engine) as session:
        handler = ReportYear(session, year=2024).person("李承办", Role.HANDLER)
    by = Actor(handler.name, Channel.WEB, BY.on, BY.now, handler.id)
    for dry_run in (True, False):
        with on_record(engine) as session, pytest.raises(ForbiddenError, match="李承办不能登记台账"):
            import_ledger(session, path, organ, CASE, by=by, dry_run=dry_run)
    assert cases(engine) == []


def test_secret_rows_are_refused_by_their_marking_alone(bring: Bring) -> None:
    done = bring([["1号", "2025-03-05", "简易", 100, "机密★1年 某案"]])
    assert [(error.row, error.value) for error in done.errors] == [(2, "机密★1年")]


def test_thousands_of_rows_take_a_few_statements_and_one_entry(any_engine: Engine, tmp_path: Path) -> None:
    with unit_of_work(any_engine) as session:
        organ = ReportYear(session).organ

    def asked(rows: int) -> int:
        path = write_rows(
            tmp_path / f"{rows}.xlsx", HEAD, [[f"{rows}-{n}号", "2025-03-05", "简易", n, f"案{n}"] for n in range(rows)]
        )
        count = 0

        def note(*_: Any) -> None:
            nonlocal count
            count += 1

        event.listen(any_engine, "before_cursor_execute", note)
        with on_record(any_engine) as session:
            assert import_ledger(session, path, organ, CASE, by=BY).count("create") == rows
        event.remove(any_engine, "before_cursor_execute", note)
        return count

    few, many = asked(2), asked(2500)
    assert many <= few + 2
    with Session(any_engine) as session:
        batches = session.exec(select(ImportBatch)).all()
        assert [batch.kind for batch in batches] == ["case", "case"]
        entries = [entry for entry in session.exec(select(AuditEntry)) if "new_rows" in entry.after]
        assert [entry.after["new_rows"] for entry in entries] == [2, 2500]
        assert "enforcement_case:1" in entries[0].after
        assert entries[1].after["rows"]["enforcement_case"] == 2500
