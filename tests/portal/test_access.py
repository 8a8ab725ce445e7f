"""What staff can set for a contact, and what is told of it."""

from uuid import UUID

import httpx
import pytest

from portal.access.schemas import PortalPanelPart
from shared.events.contacts import ContactDeleted
from shared.identifiers import new_id
from tests.portal.world import HOST, PASSWORD, World, new_email
from tests.support.outbox import recorded


def portal_of(contact_id: UUID) -> str:
    return f"/api/v1/contacts/{contact_id}/portal"


OPEN = {"enabled": True, "payment_methods": ["transfer"], "catalogue": True}


async def test_everything_is_closed_until_staff_say_something(world: World) -> None:
    contact_id = await world.contact(new_email())
    async with world.staff() as staff:
        answer = await staff.get(portal_of(contact_id))
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "contact_id": str(contact_id),
        "version": 0,
        "enabled": False,
        "has_password": False,
        "payment_methods": [],
        "catalogue": False,
        "emails": [],
        "waiting": [],
        "url": f"{HOST}/portal?org={world.slug}",
    }
    assert answer.headers["etag"] == '"0"'


async def test_settings_are_kept_and_told_once(world: World) -> None:
    contact_id = await world.contact(new_email())
    async with world.staff() as staff:
        first = await staff.put(portal_of(contact_id), json=OPEN)
        again = await staff.put(portal_of(contact_id), json={**OPEN, "payment_methods": ["transfer", "transfer"]})
        assert (first.json()["version"], again.json()["version"]) == (1, 1)
        assert (await staff.get(portal_of(contact_id))).json() == first.json()
    [event] = await recorded(world.database, world.org_id)
    assert (event.name, event.subject, event.version) == ("ficha.portal.access.changed.v1", contact_id, 1)
    assert event.changed == ("catalogue", "enabled", "payment_methods")
    assert event.data.model_dump() == {"contact_id": contact_id, "has_password": False, **OPEN}


async def test_a_password_is_told_without_a_trace_of_it(world: World) -> None:
    contact_id = await world.contact(new_email())
    async with world.staff() as staff:
        answer = await staff.put(f"{portal_of(contact_id)}/password", json={"password": PASSWORD})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (204, b"", '"1"')
        assert (await staff.get(portal_of(contact_id))).json()["has_password"] is True
        removed = await staff.delete(f"{portal_of(contact_id)}/password")
        assert removed.status_code == 204
        assert (await staff.delete(f"{portal_of(contact_id)}/password")).headers["etag"] == '"2"'
        assert (await staff.get(portal_of(contact_id))).json()["has_password"] is False
    events = await recorded(world.database, world.org_id)
    assert [(event.version, event.data.has_password) for event in events] == [(1, True), (2, False)]
    assert b"argon2" not in b"".join(event.to_bytes() for event in events)


async def test_a_stale_writer_gets_412(world: World) -> None:
    contact_id = await world.contact(new_email())
    async with world.staff() as staff:
        assert (await staff.put(portal_of(contact_id), json=OPEN, headers={"If-Match": '"0"'})).status_code == 200
        for method, path, body in [
            ("PUT", portal_of(contact_id), {**OPEN, "enabled": False}),
            ("PUT", f"{portal_of(contact_id)}/password", {"password": PASSWORD}),
            ("DELETE", f"{portal_of(contact_id)}/password", None),
        ]:
            stale = await staff.request(method, path, json=body, headers={"If-Match": '"0"'})
            assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("", {**OPEN, "payment_methods": ["cash"]}, "payment_methods.0"),
        ("", {**OPEN, "enabled": "perhaps"}, "enabled"),
        ("", {"enabled": True}, "payment_methods"),
        ("", {**OPEN, "surprise": 1}, "surprise"),
        ("/password", {"password": "too short"}, "password"),
        ("/password", {"password": "x" * 201}, "password"),
        ("/password", {}, "password"),
    ],
)
async def test_a_wrong_field_is_named(world: World, path: str, body: dict[str, object], field: str) -> None:
    contact_id = await world.contact(new_email())
    async with world.staff() as staff:
        answer = await staff.put(portal_of(contact_id) + path, json=body)
    assert answer.status_code == 422, answer.text
    assert field in [error["field"] for error in answer.json()["errors"]]
    assert await recorded(world.database, world.org_id) == []


async def test_a_contact_whose_event_is_still_on_the_way_is_asked_for(world: World) -> None:
    contact_id, email = new_id(), new_email()
    state = world.contact_state(contact_id, emails=[email]).model_dump(mode="json", exclude={"deleted"})
    world.contacts.serve(f"{world.org_id} /api/v1/contacts/{contact_id}", {**state, "version": 3})
    await world.open_portal(contact_id)
    identity = next(identity for path, identity in world.contacts.asked if str(contact_id) in path)
    assert (identity.actor, identity.scopes, identity.org_id) == (
        "service:portal",
        frozenset({"contacts:read"}),
        world.org_id,
    )


async def test_unknown_and_deleted_contacts_are_not_found(world: World) -> None:
    deleted = await world.contact(new_email())
    await world.tell(ContactDeleted, world.contact_state(deleted, deleted=True), version=2)
    async with world.staff() as staff:
        for contact_id in (new_id(), deleted):
            for answer in (
                await staff.get(portal_of(contact_id)),
                await staff.put(portal_of(contact_id), json=OPEN),
                await staff.put(f"{portal_of(contact_id)}/password", json={"password": PASSWORD}),
                await staff.post(f"{portal_of(contact_id)}/preview"),
            ):
                assert (answer.status_code, answer.json()["code"]) == (404, "portal.contact_not_found")


async def test_contacts_out_of_reach_is_a_503(world: World) -> None:
    world.contacts.broken = True
    try:
        async with world.staff() as staff:
            answer = await staff.get(portal_of(new_id()))
    finally:
        world.contacts.broken = False
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


async def test_another_organisations_contact_is_not_found(world: World, other_world: World) -> None:
    contact_id = await world.contact(new_email())
    await world.open_portal(contact_id)
    async with other_world.staff() as stranger:
        assert (await stranger.get(portal_of(contact_id))).status_code == 404
        assert (await stranger.put(portal_of(contact_id), json=OPEN)).status_code == 404
        assert (await stranger.post(f"{portal_of(contact_id)}/preview")).status_code == 404
        part = (await stranger.get(f"/internal/contacts/{contact_id}/panel")).json()
    assert part["portal"]["enabled"] is False


async def test_scopes_are_asked_for(world: World) -> None:
    contact_id = await world.contact(new_email())
    async with world.staff("portal:read") as reader:
        assert (await reader.get(portal_of(contact_id))).status_code == 200
        assert (await reader.put(portal_of(contact_id), json=OPEN)).status_code == 403
    async with world.staff("contacts:write") as stranger:
        assert (await stranger.get(portal_of(contact_id))).status_code == 403
        assert (await stranger.get(f"/internal/contacts/{contact_id}/panel")).status_code == 403


async def test_the_panel_part_is_what_the_api_promises(world: World) -> None:
    email, later = new_email(), new_email()
    contact_id = await world.contact(email)

    async def part(staff: httpx.AsyncClient) -> object:
        part = (await staff.get(f"/internal/contacts/{contact_id}/panel")).json()
        PortalPanelPart.model_validate(part, extra="forbid")
        return part["portal"]

    url = f"{HOST}/portal?org={world.slug}"
    async with world.staff() as staff:
        closed = {"enabled": False, "has_password": False, "payment_methods": [], "catalogue": False, "url": url}
        assert await part(staff) == {**closed, "emails": [], "waiting": []}
        await world.open_portal(contact_id)
        opened = {**OPEN, "has_password": True, "url": url}
        assert await part(staff) == {**opened, "emails": [email], "waiting": []}
        await world.contact(email, later.upper(), contact_id=contact_id, version=2)
        assert await part(staff) == {**opened, "emails": [email], "waiting": [later]}
