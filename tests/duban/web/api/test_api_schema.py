"""The interface keeps to its own description: asked whatever that allows, it never fails, and answers as described."""

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from sqlalchemy import Engine

from duban.web.interface import make_interface
from duban.web.problem import KINDS
from tests.office import HANDLER, SUPERVISOR, Office
from tests.program import API, program_of
from tests.web import ADDRESS, Web

EXAMPLES = 2
"""Requests for each operation and person."""

CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
    ignored_auth,
]


@pytest.fixture
def web(engine: Engine, tmp_path: Path) -> Web:
    office = Office(engine, tmp_path / "home")
    office.assign("普法宣传", due="2026-06-30", on="2026-06-01")
    office.report("1", percent=40, on="2026-06-03")
    office.attach("1", on="2026-06-03")
    office.instruct("1", "抓紧办理", due="2026-06-20", on="2026-06-04")
    office.extend("1", to="2026-07-15", on="2026-06-05")
    office.urge("1", on="2026-06-08")
    office.fast_forward("2026-06-09")
    return Web(office)


@pytest.mark.slow
@pytest.mark.parametrize("name", [SUPERVISOR, HANDLER])
def test_whatever_the_description_allows_is_answered_as_it_says(web: Web, name: str) -> None:
    program = program_of(web, name)
    schema = schemathesis.openapi.from_dict(program.client.get(f"{API}/openapi.json").json())
    # The interface alone: the whole application would start its clock with every request.
    schema.app = make_interface(web.app.state.served)
    operations: list[Any] = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) > 35
    for operation in operations:
        _ask(operation, program.token)


def _ask(operation: Any, token: str) -> None:
    @seed(20260609)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def ask(data: st.DataObject) -> None:
        mode = data.draw(st.sampled_from(list(schemathesis.GenerationMode)))
        case = data.draw(operation.as_strategy(generation_mode=mode))
        if mode is schemathesis.GenerationMode.POSITIVE:
            # A number made up names a row that is there once in two thousand million.
            case.path_parameters |= {name: 1 for name in case.path_parameters if name.endswith("_id")}
        headers = {"Authorization": f"Bearer {token}"}
        answer = case.call(base_url=ADDRESS, headers=headers)
        case.validate_response(answer, checks=CHECKS, headers=headers)

    ask()


def test_the_description_names_every_problem_and_how_to_get_in(web: Web) -> None:
    described = web.anonymous().get(f"{API}/openapi.json").json()

    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            assert {"401", "403", "404", "422"} <= operation["responses"].keys(), path
            assert method == "get" or {"409", "412", "413"} <= operation["responses"].keys(), path
            assert operation["security"] == [{"HTTPBearer": []}]
            assert operation["summary"]
            assert not operation["summary"].isascii(), f"{path} is not in Chinese"
    assert described["components"]["responses"].keys() == {f"P{status}" for status in KINDS}
    assert {
        name: schema["description"]
        for name, schema in described["components"]["schemas"].items()
        if schema.get("description", "一").isascii()
    } == {}
    assert "HTTPValidationError" not in described["components"]["schemas"]


def test_the_page_lists_every_operation_and_fetches_nothing(web: Web) -> None:
    described = web.anonymous().get(f"{API}/openapi.json").json()
    page = web.anonymous().get(f"{API}/docs")

    for path in described["paths"]:
        assert f"/api/v1{path}" in page.text
    assert "http://" not in page.text
    assert "https://" not in page.text
    assert "default-src 'self'" in page.headers["content-security-policy"]
