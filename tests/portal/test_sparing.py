"""Who may write to the portal's settings and not read them is told no more than how to go on."""

from tests.portal.world import PASSWORD, World, new_email

OPEN = {"enabled": True, "payment_methods": ["transfer"], "catalogue": True}


async def test_what_is_written_without_reading_is_not_shown(world: World) -> None:
    email = new_email()
    contact_id = await world.contact(email)
    path = f"/api/v1/contacts/{contact_id}/portal"
    async with world.staff("portal:write") as writer, world.staff("portal:write", "portal:read") as reader:
        for client, shown in ((writer, {"version"}), (reader, set((await reader.get(path)).json()))):
            for way, body in (("", OPEN), ("/emails", {"emails": []})):
                answer = await client.put(f"{path}{way}", json=body)
                assert (answer.status_code, set(answer.json())) == (200, shown)
                assert answer.headers["etag"]
        assert (await writer.put(f"{path}/password", json={"password": PASSWORD})).content == b""
        refused = await writer.put(path, json={"enabled": 7})
        assert refused.json()["errors"], "what is wrong with a request is said as ever"
