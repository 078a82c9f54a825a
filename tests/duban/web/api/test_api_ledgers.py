"""Programs keep the ledgers: told which there are, row by row, with what is wrong, and what others did meanwhile."""

from pathlib import Path

import pytest
from httpx import Response
from sqlalchemy import Engine

from models.ledgers.enforcement_case import EnforcementCase
from models.ledgers.kinds import KINDS
from tests.office import HANDLER, OUTSIDER, SUPERVISOR, Office
from tests.program import API, Program, program_of
from tests.web import Web

CASE = {"decided_on": "2026-03-05", "procedure": "ordinary", "fine": 3000.5, "number": "〔2026〕1号", "item": "1"}


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    office = Office(engine, tmp_path / "home")
    office.assign("普法宣传", due="2026-06-10", number="1")
    return office


@pytest.fixture
def program(office: Office) -> Program:
    return program_of(Web(office), SUPERVISOR)


def patch(program: Program, path: str, body: object, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer: Response = program.client.patch(API + path, json=body, headers=named)
    return answer


def test_every_ledger_is_told_with_its_fields(program: Program) -> None:
    program.send("/ledgers/case", CASE)
    told = program.read("/ledgers")
    assert [one["code"] for one in told["ledgers"]] == list(KINDS)
    case = next(one for one in told["ledgers"] if one["code"] == "case")
    assert (case["rows"], case["open_terms"], case["overdue_terms"], case["last_on"]) == (1, 1, 1, "2026-03-05")
    assert {name: value for name, value in case["fields"][1].items() if name != "how"} == {
        "name": "procedure",
        "label": "程序",
        "takes": "choice",
        "required": True,
    }
    described = program.client.get(f"{API}/openapi.json").json()["paths"]["/ledgers/{code}"]["post"]
    shapes = described["requestBody"]["content"]["application/json"]["schema"]["anyOf"]
    assert [shape["title"] for shape in shapes] == [f"登记{kind.title}" for kind in KINDS.values()]
    assert shapes[list(KINDS).index("case")]["properties"]["procedure"]["enum"] == ["simple", "ordinary"]


def test_a_row_is_recorded_once_by_its_key_and_read_back(program: Program, office: Office) -> None:
    first = program.send("/ledgers/case", CASE, idempotency_key="k1")
    again = program.send("/ledgers/case", CASE, idempotency_key="k1")
    assert (first.json(), again.headers["idempotent-replayed"]) == (again.json(), "true")
    assert len(office.rows(EnforcementCase)) == 1
    row = program.read("/ledgers/case/1")
    assert {name: row["values"][name] for name in CASE} == CASE
    assert [(term["code"], term["due_on"], term["done_on"]) for term in row["terms"]] == [
        ("publish", "2026-03-16", None)
    ]
    assert [one["id"] for one in program.read("/ledgers/case", from_on="2026-03-05")["rows"]] == [1]
    assert program.read("/ledgers/case", until_on="2026-03-04") == {"rows": [], "next": None}


def test_everything_wrong_is_told_by_field(program: Program, office: Office) -> None:
    for body, fields in (
        ({"procedure": "ordinary"}, ["decided_on"]),
        (CASE | {"fine": "许多", "colour": "red"}, ["fine", "colour"]),
        (CASE | {"decided_on": "2026-02-30"}, ["decided_on"]),
        (CASE | {"item": "99"}, ["item"]),
        (CASE | {"filed_on": "2026-04-01"}, ["filed_on"]),
    ):
        answer = program.send("/ledgers/case", body)
        assert (answer.status_code, [fault["field"] for fault in answer.json()["errors"]]) == (422, fields), answer.text
    assert program.send("/ledgers/gifts", CASE).status_code == 404
    assert office.rows(EnforcementCase) == []


def test_a_row_that_others_changed_is_not_changed_blindly(office: Office, program: Program) -> None:
    program.send("/ledgers/case", CASE)
    etag = program.ask("/ledgers/case/1").headers["etag"]
    done = patch(program, "/ledgers/case/1", {"title": "甲案"}, if_match=etag)
    assert (done.status_code, done.json()["said"]) == (200, "已更正执法案件 1：案件名称。")
    stale = patch(program, "/ledgers/case/1", {"title": "乙案"}, if_match=etag)
    assert stale.status_code == 412
    assert [change["changes"] for change in stale.json()["changes"]] == [["案件名称 无 → 甲案"]]
    assert patch(program, "/ledgers/case/1", {"title": "乙案"}, if_match="x").status_code == 412
    assert patch(program, "/ledgers/case/1", {"title": None, "item": None}).json()["row"]["values"]["title"] is None
    assert [(row.title, row.item_id, row.revision) for row in office.rows(EnforcementCase)] == [(None, None, 2)]


def test_a_row_is_withdrawn_and_comes_back(program: Program) -> None:
    program.send("/ledgers/case", CASE)
    assert program.send("/ledgers/case/1/withdraw", {"reason": " "}).status_code == 422
    assert program.send("/ledgers/case/1/withdraw", {"reason": "误录"}).json()["row"]["withdrawn_reason"] == "误录"
    assert program.read("/ledgers/case")["rows"] == []
    assert [row["id"] for row in program.read("/ledgers/case", withdrawn=True)["rows"]] == [1]
    assert program.send("/ledgers/case/1/withdraw", {"reason": "误录"}).status_code == 403
    assert program.send("/ledgers/case/1/reinstate").json()["said"] == "已恢复执法案件 1。"


def test_who_may_read_and_who_may_write(office: Office, program: Program) -> None:
    program.send("/ledgers/case", CASE)
    web = Web(office)
    for name, read in ((HANDLER, 403), (OUTSIDER, 404)):
        other = program_of(web, name)
        assert other.ask("/ledgers/case", organ="bureau").status_code == read
        assert other.ask("/ledgers/case/1", organ="bureau").status_code == 404
        assert other.send("/ledgers/case?organ=bureau", CASE | {"number": "2"}).status_code == read
        assert patch(other, "/ledgers/case/1?organ=bureau", {"title": "外"}).status_code == 404
    assert [(row.title, row.revision) for row in office.rows(EnforcementCase)] == [(None, 0)]


def test_a_ledger_is_given_to_departments_which_then_keep_their_own_rows(office: Office, program: Program) -> None:
    handler = program_of(Web(office), HANDLER)
    assert handler.send("/ledgers/case", CASE).status_code == 403

    given = program.send("/ledgers/case/grants", {"departments": ["法规科"]}, idempotency_key="g1")
    again = program.send("/ledgers/case/grants", {"departments": ["法规科"]}, idempotency_key="g1")
    assert given.json() == again.json() == {"ledger": "case", "departments": ["法规科"]}
    assert program.read("/ledgers/case/grants") == given.json()
    assert program.read("/ledgers/study/grants")["departments"] == []
    assert handler.send("/ledgers/case", CASE).status_code == 200

    # Only the supervisor gives, only what there is; an empty list takes it back.
    assert handler.send("/ledgers/case/grants", {"departments": ["法规科"]}).status_code == 403
    assert handler.ask("/ledgers/case/grants").status_code == 403
    unknown = program.send("/ledgers/case/grants", {"departments": ["财务科"]})
    assert (unknown.status_code, "现有：法规科" in unknown.json()["detail"]) == (404, True)
    assert program.send("/ledgers/case/grants", {"departments": []}).json()["departments"] == []
    assert handler.send("/ledgers/case", CASE | {"number": "2"}).status_code == 403
