"""Whatever is sent to whatever route of the merged OpenAPI document, the answer is never a 5xx."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation, BaseSchema

from tests.support.ficha import Ficha, started

EXAMPLES = 12


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ficha]:
    """A Ficha of its own: what is thrown at it must not disturb the others' figures."""
    with started("run", tmp_path_factory.mktemp("bad-input"), demo="0") as ficha:
        yield ficha


@pytest.fixture(scope="module")
def key(alone: Ficha) -> str:
    scopes = [
        f"{noun}:{action}"
        for noun in ("contacts", "documents", "crm", "files", "portal", "notifications", "organization", "operations")
        for action in ("read", "write")
    ]
    with closing(alone.client()) as client:
        made = client.post("/api/v1/api-keys", json={"name": "bad input", "scopes": scopes})
    assert made.status_code == 201, made.text
    return str(made.json()["key"])


@pytest.fixture(scope="module")
def schema(alone: Ficha) -> BaseSchema:
    return schemathesis.openapi.from_url(f"{alone.url}/api/v1/openapi.json")


@pytest.mark.timeout(900)
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_no_input_breaks_a_route(schema: BaseSchema, key: str, mode: GenerationMode) -> None:
    broken: list[str] = []
    tried = 0
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        if "/stream" in operation.path:  # never ends; its parameters are tested with the gateway
            continue
        tried += 1
        try:
            throw_at(operation, key, mode)
        except Unsatisfiable:
            assert mode is GenerationMode.NEGATIVE, operation.label  # takes no input, so none can be wrong
        except AssertionError as error:
            broken.append(f"{operation.label}: {error}")
    assert tried > 50
    assert not broken, "\n\n".join(broken)


def throw_at(operation: APIOperation[Any, Any, Any, Any], key: str, mode: GenerationMode) -> None:
    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def throw(case: Case[Any]) -> None:
        if case.query:
            case.query.pop("wait", None)  # the feed holds its answer for so long; tested with the gateway
        try:
            answer = case.call(headers={"Authorization": f"Bearer {key}"}, timeout=30)
        except ValueError:
            return  # what no client can send, no server can get
        assert answer.status_code < 500, f"{answer.status_code} {answer.text[:300]}\n{case.as_curl_command()}"
        if answer.status_code >= 400 and operation.path.startswith("/api"):
            problem = answer.json()
            assert problem["code"]
            if answer.status_code == 422:
                assert problem.get("errors") or problem.get("detail"), answer.text

    throw()
