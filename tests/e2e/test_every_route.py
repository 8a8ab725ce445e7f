"""What HTTP, numbers, ids and cursors may hold, tried on every route of the merged OpenAPI document.

Generated from it, so that a new route is covered the day it appears. Nothing here may be a 5xx.
"""

import base64
import json
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Final, TypeVar
from uuid import uuid4

import httpx
import pytest

from tests.e2e import test_two_organisations as tenants
from tests.support.ficha import Ficha
from tests.support.waiting import until_now

alone, first, second, second_visitor = tenants.alone, tenants.first, tenants.second, tenants.second_visitor

Json = dict[str, Any]
T = TypeVar("T")
pytestmark = pytest.mark.timeout(900)

NEVER_ENDS: Final = "/api/v1/stream"
NUMBERS: Final = (
    *("2147483648", "-2147483649", "9223372036854775808", "18446744073709551616", "1" + "0" * 400, "1" + "0" * 5000),
    *("-0", "1e308", "1e400", "-1e400", "5e-324", "NaN", "-Infinity", "0." + "1" * 400, "1." + "0" * 5000),
    *("99999999999999999999999999999999.999999", "0.1000000000000000055511151231", '"NaN"', '"Infinity"', '"1e9"'),
    *(
        '"0x10"',
        '"1_000"',
        '"1,5"',
        '""',
        '"\\u0000"',
        '"٣٫٥"',
        '"１２"',
        '"Ⅻ"',
        f'"{"9" * 5000}"',
        f'"0.{"9" * 5000}"',
    ),
    *("true", "null", "[]", '{"a": 1e400}', "[[[[9223372036854775808]]]]"),
)
"""As they stand in JSON, or in what some writers take for it."""
WRONG_LIMITS: Final = (
    *("0", "-1", "201", "1001", "2147483648", "9223372036854775808", "1" + "0" * 4400, "1e2", "1.5", "0x10", "NaN"),
    *("", "true", "١", "１２", "1_0", "+", "5;", "5 0", "null"),
)
WRONG_IDS: Final = (
    *("0", "-1", "9" * 400, "18446744073709551616", "x" * 4000, "null", "NaN", "..%2F..", "%2e%2e", "%E2%80%8B", "'"),
    *("00000000-0000-0000-0000-00000000000g", "{00000000-0000-0000-0000-000000000000}", "١"),
    *("00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
)
PLACES: Final[tuple[Any, ...]] = (
    *(None, True, -1, 2**31, 2**64 - 1, 1e308, [[1]], {"a": 1}),
    *("", "\u0000", "NaN", "1e999999", "9" * 400, "2026-02-30", str(uuid4())),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-01-01T00:00:00"),
)
"""What a forged cursor may hold in any of its places."""
NO_CURSORS: Final = (
    *("", "x", "====", "!!!", "%", "ñ", "a" * 2000, "a" * 2001, "W10", "bnVsbA", "e30", "Ilwi"),
    base64.urlsafe_b64encode(b"\xff" * 90).decode(),
    base64.urlsafe_b64encode(b"[" * 900).decode(),
)

SHARES: Final = 4
"""The same code reads a value wherever it comes: each route is tried with every fourth, the next route with others."""

REFUSED_FOR_THE_CURSOR: Final = ('"field":"cursor"', "events.position_unknown")


@dataclass(frozen=True)
class Route:
    method: str
    template: str
    operation: Json
    house: "House"

    @property
    def label(self) -> str:
        return f"{self.method} {self.template}"

    @property
    def client(self) -> httpx.Client:
        return self.house.visitor if self.template.startswith("/portal/") else self.house.staff

    @property
    def path(self) -> str:
        """Of what the first organisation has."""
        path = self.template
        for name in self.names("path"):
            path = path.replace(f"{{{name}}}", self.house.ids.get(name, str(uuid4())))
        return path

    @property
    def media(self) -> dict[str, Json]:
        """Schema by the type of the bodies that it takes."""
        content: Json = self.operation.get("requestBody", {}).get("content", {})
        return {kind: body.get("schema", {}) for kind, body in content.items()}

    def names(self, place: str) -> list[str]:
        return [given["name"].lower() for given in self.operation.get("parameters", ()) if given["in"] == place]

    def ask(
        self, path: str | None = None, *, expected: Container[int] = range(200, 500), **given: Any
    ) -> httpx.Response:
        """What is not as it should be is kept in `house.wrong`."""
        answer = self.client.request(self.method, path or self.path, **given)
        wrong = []
        if answer.status_code not in expected:
            wrong.append("not what is expected")
        if answer.status_code >= 400 and answer.headers.get("content-type") != "application/problem+json":
            wrong.append("no problem")
        elif answer.status_code >= 400 and not answer.json()["code"]:
            wrong.append("no code")
        elif answer.status_code == 422 and not (answer.json().get("errors") or answer.json().get("detail")):
            wrong.append("says not what is wrong")
        asked = f"{self.label} {path or ''} {str(given)[:200]}: {answer.status_code} {answer.text[:300]}"
        self.house.wrong += [f"{one}: {asked}" for one in wrong]
        return answer


@dataclass
class House:
    staff: httpx.Client
    visitor: httpx.Client
    neighbour: httpx.Client
    ids: dict[str, str]
    document: Json
    wrong: list[str] = field(default_factory=list)

    def routes(self) -> Iterator[Route]:
        for template, item in self.document["paths"].items():
            for method, operation in item.items():
                if template != NEVER_ENDS:
                    yield Route(method.upper(), template, operation, self)

    def resolved(self, schema: Json) -> Json:
        while "$ref" in schema:
            schema = self.document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return schema


@pytest.fixture(scope="module")
def house(alone: Ficha, first: tenants.Tenant, second: httpx.Client, second_visitor: httpx.Client) -> House:
    def whole() -> Json | None:
        document: Json = first.client.get("/api/v1/openapi.json").json()
        return None if "x-missing" in document else document

    document = until_now(whole, within=60, what="what every service says of itself")
    return House(first.client, second_visitor, second, first.ids, document)


@pytest.fixture(autouse=True)
def nothing_is_wrong(house: House) -> Iterator[None]:
    house.wrong.clear()
    yield
    assert not house.wrong, "\n".join([f"{len(house.wrong)} wrong", *house.wrong[:40]])


def test_a_parameter_that_is_unknown_is_named_on_every_route(house: House) -> None:
    routes = list(house.routes())
    for route in routes:
        answer = route.ask(params={"nonsense": "1"}, expected=(422,))
        if "unknown_parameter" not in answer.text:
            house.wrong.append(f"{route.label} does not name it: {answer.text[:200]}")
    assert len(routes) > 100


def test_if_match_means_the_same_on_every_route(house: House) -> None:
    routes = [route for route in house.routes() if "if-match" in route.names("header")]
    for route in routes:
        for sent in ("garbage", "3", '"3', "W/3", '"3" "4"', '"3",;', "'3'"):
            route.ask(headers={"If-Match": sent}, expected=(400,))
        body: Json = {"json": {}} if "application/json" in route.media else {}
        for sent in ('"999999"', 'W/"1"', '""', '"x", W/"1"', f'"{"9" * 400}"', '"-1"', '"1.5"', '"7" , "999999"'):
            route.ask(headers={"If-Match": sent}, expected=(404, 409, 412, 415, 422), **body)
    assert len(routes) > 30


def test_a_body_of_a_kind_that_is_not_taken_is_415_on_every_route(house: House) -> None:
    for route in house.routes():
        for coding in ("gzip", "br", "zstd", "deflate", "identity, gzip", "nonsense"):
            sent = {"Content-Encoding": coding, "Content-Type": "application/json"}
            route.ask(content=b"x", headers=sent, expected=(415,))
        if not route.media:
            continue
        for kind in ("text/plain", "application/xml", "application/octet-stream", "image/gif", "nonsense", ""):
            route.ask(content=b"x", headers={"Content-Type": kind}, expected=(415,))
        if "application/json" not in route.media:
            route.ask(json={"file": "x"}, expected=(415,))
        if "multipart/form-data" not in route.media:
            route.ask(files={"file": ("x.txt", b"x")}, expected=(415,))
        taken = next(iter(route.media))
        route.ask(content=b"x", headers={"Content-Type": f"{taken}; charset=utf-16"}, expected=(415,))


def test_a_limit_is_a_number_of_rows_on_every_list(house: House) -> None:
    routes = [route for route in house.routes() if "limit" in route.names("query")]
    for at, route in enumerate(routes):
        route.ask(params={"limit": "1"}, expected=(200,))
        for limit in share_of(WRONG_LIMITS, at):
            route.ask(params={"limit": limit}, expected=(422,))
        route.ask(params=[("limit", "1"), ("limit", "2")], expected=(422,))
    assert len(routes) > 20


def test_a_forged_cursor_is_refused_or_leads_to_ones_own_rows(house: House) -> None:
    lists = [route for route in house.routes() if "cursor" in route.names("query")]
    assert len(lists) > 20
    pages = {route.label: route.ask(params={"limit": "1"}, expected=(200,)).json() for route in lists}
    given = [page["next_cursor"] for page in pages.values() if page["next_cursor"]]
    assert given
    forged = list(dict.fromkeys(forgeries()))
    for at, route in enumerate(lists):
        for order, cursor in product(orders(route), (*NO_CURSORS, *share_of(forged, at), *given)):
            expected = (422,) if cursor in NO_CURSORS else (200, 422)
            answer = route.ask(params={**order, "cursor": cursor}, expected=expected)
            if answer.status_code == 422 and not any(said in answer.text for said in REFUSED_FOR_THE_CURSOR):
                house.wrong.append(f"{route.label} {cursor[:60]}: {answer.text[:200]}")
        if route.client is house.staff and not route.names("path"):
            for cursor in given:
                theirs = house.neighbour.get(route.path, params={"cursor": cursor})
                assert theirs.status_code in (200, 422)
                assert tenants.MARK not in theirs.text


def share_of(values: Sequence[T], at: int) -> Sequence[T]:
    """The ones of the route, or field, that is the `at`-th."""
    return values[at % SHARES :: SHARES]


def orders(route: Route) -> list[Json]:
    """Each has cursors of its own."""
    given: Json = next((one["schema"] for one in route.operation["parameters"] if one["name"] == "sort"), {})
    kinds = [given, *given.get("anyOf", ())]
    return [{"sort": sort} for kind in kinds for sort in route.house.resolved(kind).get("enum", ())] or [{}]


def forgeries() -> Iterator[str]:
    """In every size that lists have, each value in the place where another is meant."""
    last = str(uuid4())
    for one in PLACES:
        yield from (forge(one), forge(one, last), forge("x", one))
        yield from (forge(0, one, last), forge(one, "x", last), forge(one, last, "crm"))


def forge(*values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def test_an_id_that_is_none_is_refused_on_every_route(house: House) -> None:
    for at, route in enumerate(house.routes()):
        body: Json = {"json": {}} if "application/json" in route.media else {}
        for name in route.names("path"):
            for wrong in share_of(WRONG_IDS, at):
                path = route.template.replace(f"{{{name}}}", wrong)
                for other in route.names("path"):
                    path = path.replace(f"{{{other}}}", house.ids.get(other, str(uuid4())))
                route.ask(path, expected=range(400, 500), **body)


def test_a_number_of_any_size_is_stored_as_it_is_or_refused(house: House) -> None:
    asked = 0
    for route in house.routes():
        if (schema := route.media.get("application/json")) is not None:
            for place in dict.fromkeys(number_fields(house, schema)):
                asked += 1
                body = json.dumps(with_value(house, schema, place, route))
                for number in share_of(NUMBERS, asked):
                    sent = body.replace('"@number@"', number).encode()
                    route.ask(content=sent, headers={"Content-Type": "application/json"})
        for given in route.operation.get("parameters", ()):
            if given["in"] == "query" and given["name"] != "wait" and is_number(house, given.get("schema", {})):
                asked += 1
                for number in share_of(NUMBERS, asked):
                    route.ask(params={given["name"]: number.strip('"')})
    assert asked > 30
    for route in house.routes():  # what was taken can be read
        if route.method == "GET":
            route.ask()


def is_number(house: House, schema: Json) -> bool:
    schema = house.resolved(schema)
    if schema.get("type") in ("integer", "number"):
        return True
    return any(is_number(house, one) for one in schema.get("anyOf", ()))


def number_fields(house: House, schema: Json, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The places of numbers, and of whatever may hold one: objects without fields of their own."""
    schema = house.resolved(schema)
    if is_number(house, schema):
        yield place
        return
    for one in schema.get("anyOf", ()):
        yield from number_fields(house, one, place)
    if schema.get("type") == "array":
        yield from number_fields(house, schema.get("items", {}), (*place, 0))
    for name, inner in schema.get("properties", {}).items():
        yield from number_fields(house, inner, (*place, name))
    if schema.get("type") == "object" and schema.get("additionalProperties", False) is not False:
        yield (*place, "clave")


def with_value(house: House, schema: Json, place: tuple[str | int, ...], route: Route) -> Any:
    """A body with what it must have, and a mark for the number at that place."""
    schema = house.resolved(schema)
    if not place and is_number(house, schema):
        return "@number@"
    if options := schema.get("anyOf"):
        kinds = [house.resolved(one) for one in options if one.get("type") != "null"]
        wanted = "array" if place and isinstance(place[0], int) else "object" if place else None
        chosen = next((one for one in kinds if wanted is None or one.get("type") == wanted), kinds[0])
        return with_value(house, chosen, place, route)
    if schema.get("type") == "array":
        rest = place[1:] if place else ()
        least = max(schema.get("minItems", 0), 1 if place else 0)
        return [with_value(house, schema.get("items", {}), rest if not at else (), route) for at in range(least)]
    if schema.get("type") == "object":
        body = {
            name: with_value(house, inner, place[1:] if place[:1] == (name,) else (), route)
            for name, inner in schema.get("properties", {}).items()
            if name in schema.get("required", ()) or place[:1] == (name,)
        }
        return body if not place or place[0] in body else {**body, place[0]: "@number@"}
    return example(schema, route)


def example(schema: Json, route: Route) -> Any:
    if "enum" in schema or "const" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    formats = {"date": "2026-01-01", "date-time": "2030-01-01T10:00:00Z", "uuid": route.house.ids["contact_id"]}
    if schema.get("type") == "boolean":
        return False
    by_pattern = {"^[A-Z]{3}$": "EUR", "^[A-Z]{2}$": "ES"}
    return formats.get(schema.get("format", ""), by_pattern.get(schema.get("pattern", ""), "transfer"))
