"""Logging in and out."""

import httpx

from tests.gateway.conftest import PASSWORD, Person, log_in


async def test_logging_in_sets_a_cookie_scripts_cannot_read(anonymous: httpx.AsyncClient, admin: Person) -> None:
    answer = await log_in(anonymous, admin)
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert (body["user"]["email"], body["organization"]["id"]) == (admin.email, str(admin.org_id))
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("ficha_session=")
    assert {"httponly", "samesite=lax", "path=/"} <= {part.strip().lower() for part in cookie.split(";")}
    assert (await anonymous.get("/api/v1/session")).json() == body
    assert PASSWORD not in answer.text
