"""The document of the events, for other systems."""

import httpx

from tests.contracts.committed import committed_document


async def test_anybody_gets_the_contract_that_is_committed(anonymous: httpx.AsyncClient) -> None:
    answer = await anonymous.get("/api/v1/asyncapi.json")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json() == committed_document()
    assert (await anonymous.get("/api/v1/asyncapi.json")).content == answer.content


async def test_the_page_for_people_leads_to_it(anonymous: httpx.AsyncClient) -> None:
    page = (await anonymous.get("/docs")).text
    assert "href='/api/v1/asyncapi.json'" in page
    # It is no part of the HTTP interface that the page describes.
    assert "/api/v1/asyncapi.json" not in (await anonymous.get("/api/v1/openapi.json")).json()["paths"]
