"""What the gateway tells services that rebuild their copies. Its door is the public one: nobody else may ask."""

from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest

from gateway.main import create_app
from shared.db.session import Database
from shared.events.gateway import OrganizationUpdated, UserCreated
from shared.settings import Issuer
from shared.web.identity import Identity, Signer, generate_keys
from tests.gateway.conftest import Person, new_person, settings_for
from tests.gateway.peers import Peer
from tests.support.identity import ISSUERS, bearer

PRIVATE, PUBLIC = generate_keys()
PATHS = ("/internal/organizations", "/internal/snapshot/organization", "/internal/snapshot/user/fingerprint")


@pytest.fixture
async def door(database: Database, peers: dict[str, Peer]) -> AsyncIterator[httpx.AsyncClient]:
    issuers = ISSUERS | {"crm": Issuer(public_key=PUBLIC, scopes=["gateway:snapshot"])}
    app = create_app(settings_for(peers, identity_issuers=issuers), database)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as client:
        yield client


def signed(org_id: UUID | None, scope: str = "gateway:snapshot") -> dict[str, str]:
    token = Signer("crm", PRIVATE).token(Identity(org_id, "service:crm", frozenset({scope})), "gateway")
    return {"Authorization": f"Bearer {token}"}


async def test_every_organisation_is_listed_by_id(door: httpx.AsyncClient, database: Database) -> None:
    made = sorted([(await new_person(database)).org_id for _ in range(3)])
    listed: list[UUID] = []
    while True:
        after = f"&after={listed[-1]}" if listed else ""
        page = (await door.get(f"{PATHS[0]}?limit=2{after}", headers=signed(None))).json()["items"]
        if not page:
            break
        listed += [UUID(org_id) for org_id in page]
    assert listed == sorted(set(listed))
    assert set(made) <= set(listed)


async def test_the_organisation_and_its_users_are_told_as_they_are(
    door: httpx.AsyncClient, client: httpx.AsyncClient, admin: Person
) -> None:
    assert (await client.patch("/api/v1/organization", json={"currency": "USD"})).status_code == 200
    [told] = (await door.get("/internal/snapshot/organization", headers=signed(admin.org_id))).json()
    organization = OrganizationUpdated.from_envelope(told)
    assert (organization.subject, organization.version, organization.data.currency) == (admin.org_id, 2, "USD")
    [told] = (await door.get("/internal/snapshot/user", headers=signed(admin.org_id))).json()
    assert UserCreated.from_envelope(told).data.email == admin.email


@pytest.mark.parametrize("path", PATHS)
async def test_no_person_no_key_and_no_token_of_theirs_gets_in(
    door: httpx.AsyncClient, client: httpx.AsyncClient, admin: Person, path: str
) -> None:
    key = (await client.post("/api/v1/api-keys", json={"name": "program", "scopes": ["organization:read"]})).json()
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    assert (await door.get(path, headers={"Cookie": cookie})).status_code == 401
    assert (await door.get(path, headers={"Authorization": f"Bearer {key['key']}"})).status_code == 401
    assert (await door.get(path, headers={"Authorization": bearer("gateway", admin.org_id, "*")})).status_code == 403
    assert (await door.get(path, headers=signed(admin.org_id, "gateway:read"))).status_code == 403
    assert (await door.get(path, headers=signed(admin.org_id))).status_code == 200
    # And what the gateway forwards are other paths.
    assert (await client.get(f"/api/v1{path}")).status_code == 404
