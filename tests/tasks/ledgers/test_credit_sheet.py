"""双公示 in the columns of the national standard: what is whole is written as it asks, what is not is listed."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine
from sqlmodel import Session, col, select
from stdnum.cn import uscc

from models.errors import BadInputError
from models.ledgers.credit_publicity import KIND, CreditPublicity
from models.ledgers.official.credit_standard import IdKind
from models.people.organ import Organ
from tasks.ledgers.credit_sheet import PENALTY, PERMIT, CreditSheet, write_credit_sheet
from tests.kept_ledger import KeptLedger, problems


def valid(stem: str) -> str:
    """A credit code with its check character."""
    return stem + uscc.calc_check_digit(stem)


ORGAN_CODE, FIRM = valid("11330000002491234"), valid("91330000MA27XJ7X3")
LEGAL = {"party_kind": "法人", "party_code": FIRM, "representative": "王某"}
PERMITTED = {
    "kind": "许可", "decided_on": "2025-03-03", "number": "青水许〔2025〕7号", "party": "青禾县自来水有限公司", **LEGAL,
    "document": "取水许可决定书", "permit_kind": "普通", "content": "准予取水", "valid_from": "2025-03-03",
    "valid_until": "2030-03-02",
}  # fmt: skip
FINED = {
    "kind": "处罚", "decided_on": "2025-06-03", "number": "青水罚〔2025〕5号", "party": "某建设有限公司", **LEGAL,
    "violation": "未按批准的条件取水", "facts": "超量取水", "basis": "《中华人民共和国水法》",
    "penalties": "警告、罚款", "content": "警告，罚款2000.5元", "fine": "2000.5",
}  # fmt: skip


def written(
    engine: Engine, tmp_path: Path, *rows: Mapping[str, object], code: str | None = ORGAN_CODE, unsent: bool = False
) -> CreditSheet:
    ledger = KeptLedger(engine, KIND)
    for row in rows:
        ledger.keep(**row)
    with Session(engine) as session:
        found = session.exec(select(CreditPublicity).order_by(col(CreditPublicity.id))).all()
        organ = session.exec(select(Organ)).one()
        return write_credit_sheet(found, tmp_path / "credit.xlsx", organ=organ, credit_code=code, unsent=unsent)


def sheet(tmp_path: Path, name: str) -> list[dict[str, object]]:
    head, *rows = load_workbook(tmp_path / "credit.xlsx")[name].iter_rows(min_row=2, values_only=True)
    return [{str(column): value for column, value in zip(head, row, strict=True) if value is not None} for row in rows]


def test_permits_and_penalties_stand_in_the_columns_of_the_standard(engine: Engine, tmp_path: Path) -> None:
    done = written(engine, tmp_path, PERMITTED, FINED)

    assert done == CreditSheet(1, 1, ())
    assert done.told == "写出行政许可 1 条、行政处罚 1 条。"
    party = {"行政相对人类别": "法人及非法人组织", "行政相对人代码_1（统一社会信用代码）": FIRM, "法定代表人": "王某"}
    own = {"数据来源单位": "某局", "数据来源单位统一社会信用代码": ORGAN_CODE}
    assert sheet(tmp_path, "行政许可") == [
        {
            "行政相对人名称": "青禾县自来水有限公司", **party, "行政许可决定文书名称": "取水许可决定书",
            "行政许可决定文书号": "青水许〔2025〕7号", "许可类别": "普通", "许可内容": "准予取水",
            "许可决定日期": "2025/03/03", "有效期自": "2025/03/03", "有效期至": "2030/03/02", "许可机关": "某局",
            "许可机关统一社会信用代码": ORGAN_CODE, **own,
        }
    ]  # fmt: skip
    assert sheet(tmp_path, "行政处罚") == [
        {
            "行政相对人名称": "某建设有限公司", **party, "行政处罚决定书文号": "青水罚〔2025〕5号",
            "违法行为类型": "未按批准的条件取水", "违法事实": "超量取水", "处罚依据": "《中华人民共和国水法》",
            "处罚类别": "警告、罚款", "处罚内容": "警告，罚款2000.5元", "罚款金额（万元）": "0.20005",
            "处罚决定日期": "2025/06/03", "处罚机关": "某局", "处罚机关统一社会信用代码": ORGAN_CODE, **own,
        }
    ]  # fmt: skip
    assert [len(columns) for columns in (PERMIT, PENALTY)] == [28, 30]


@pytest.mark.parametrize(
    ("row", "without", "wanted"),
    [
        (PERMITTED, "party_code", "统一社会信用代码"),
        (PERMITTED, "valid_until", "有效期至"),
        (PERMITTED | {"party_kind": "自然人"}, "representative", "证件类型、证件号码"),
        (FINED, "fine", "罚款金额（元）"),
        (FINED | {"penalties": "没收违法所得"}, "fine", "没收违法所得、没收非法财物的金额（元）"),
        (FINED | {"penalties": "吊销许可证件"}, "fine", "暂扣或吊销证照名称及编号"),
        (FINED, "facts", "违法事实"),
    ],
)
def test_a_row_that_misses_what_the_standard_asks_is_listed_instead(
    engine: Engine, tmp_path: Path, row: dict[str, object], without: str, wanted: str
) -> None:
    done = written(engine, tmp_path, {name: value for name, value in row.items() if name != without})

    assert (done.permits, done.penalties, len(done.missing)) == (0, 0, 1)
    assert "1 条内容不全" in done.told
    assert sheet(tmp_path, "待补内容") == [{"编号": 1, "记录": done.missing[0].called, "应补填": wanted}]


def test_a_natural_person_has_papers_and_needs_no_credit_code(engine: Engine, tmp_path: Path) -> None:
    person = {"party": "张某", "party_kind": "自然人", "id_kind": "护照", "id_number": "E00000000"}
    row = {name: value for name, value in FINED.items() if name not in LEGAL} | person

    assert written(engine, tmp_path, row).penalties == 1


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"party_code": FIRM}, []),
        ({"party_code": FIRM[:-1] + ("0" if FIRM[-1] != "0" else "1")}, ["party_code"]),
        ({"party_code": "91330000"}, ["party_code"]),
        ({"id_kind": IdKind.RESIDENT, "id_number": "110101199001010001"}, ["id_number"]),
        ({"id_kind": IdKind.PASSPORT, "id_number": "E00000000"}, []),
        ({"valid_from": "2025-03-03", "valid_until": "2025-03-02"}, ["valid_until"]),
    ],
)
def test_a_code_is_checked_when_it_is_recorded(values: dict[str, object], wrong: list[str]) -> None:
    assert problems(KIND, decided_on="2025-03-03", **values) == wrong


@pytest.mark.parametrize(
    ("code", "says"), [(None, "单位代码“bureau”不是统一社会信用代码"), ("123", "“123”不是统一社会信用代码")]
)
def test_an_office_says_its_own_code(engine: Engine, tmp_path: Path, code: str | None, says: str) -> None:
    with pytest.raises(BadInputError, match=says):
        written(engine, tmp_path, PERMITTED, code=code)
    assert not (tmp_path / "credit.xlsx").exists()


def test_what_was_sent_already_is_passed_over_where_that_is_asked(engine: Engine, tmp_path: Path) -> None:
    done = written(engine, tmp_path, PERMITTED | {"sent_on": "2025-03-10"}, FINED, unsent=True)

    assert (done.permits, done.penalties, done.missing) == (0, 1, ())
