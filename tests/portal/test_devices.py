"""Who enters a portal from a browser that it was never entered from is told so by mail."""

import httpx
import pytest

from portal.authentication import DEVICE
from shared.events.portal import NewDeviceNoticed
from tests.portal.test_resets import redeem, token_for
from tests.portal.world import PASSWORD, World, log_in, new_email, visitor_of
from tests.support.outbox import recorded

NEW = "an altogether new one"


async def told(world: World) -> list[str]:
    return [e.data.email for e in await recorded(world.database, world.org_id) if isinstance(e, NewDeviceNoticed)]


async def again(client: httpx.AsyncClient, email: str, password: str = PASSWORD) -> None:
    """The session ends, the browser stays."""
    assert (await client.delete("/portal/api/session")).status_code == 204
    await log_in(client, email, password)


async def test_the_first_device_is_no_news_and_every_other_one_is_once(world: World) -> None:
    mine, other = new_email(), new_email()
    await world.open_portal(await world.contact(mine, other))
    async with visitor_of(world.app) as first, visitor_of(world.app) as second, visitor_of(world.app) as third:
        await log_in(first, mine)
        await again(first, mine)
        assert await told(world) == []
        await log_in(second, mine)
        assert await told(world) == [mine]
        await again(second, mine)
        await again(first, mine)
        await log_in(third, other)
        assert await told(world) == [mine], "the first of another address"
        await again(first, other)
        assert await told(world) == [mine, other]


@pytest.mark.parametrize("made_up", ["x", "é" * 43, "a" * 44, '"; Path=/'])
async def test_a_cookie_that_is_none_of_ours_is_replaced(world: World, made_up: str) -> None:
    email = new_email()
    await world.open_portal(await world.contact(email))
    async with visitor_of(world.app) as client:
        headers = [(b"cookie", f"{DEVICE}={made_up}".encode())]
        body = {"email": email, "password": PASSWORD}
        entered = await client.post("/portal/api/session", json=body, headers=headers)
        assert entered.status_code == 201, entered.text
        assert len(entered.cookies[DEVICE]) == 43


async def test_after_a_change_of_password_only_its_own_device_is_known(world: World) -> None:
    email = new_email()
    await world.open_portal(await world.contact(email))
    async with visitor_of(world.app) as mine, visitor_of(world.app) as other:
        await log_in(mine, email)
        await log_in(other, email)
        assert await told(world) == [email]
        changed = await mine.put("/portal/api/password", json={"current": PASSWORD, "new": NEW})
        assert changed.status_code == 204
        await again(mine, email, NEW)
        assert await told(world) == [email]
        await again(other, email, NEW)
        assert await told(world) == [email, email]


async def test_who_set_a_new_password_by_mail_is_known(world: World) -> None:
    email = new_email()
    await world.open_portal(await world.contact(email))
    async with visitor_of(world.app) as client:
        assert (await redeem(client, await token_for(world, email))).status_code == 201
        assert await told(world) == []
    async with visitor_of(world.app) as stranger:
        await log_in(stranger, email, NEW)
        assert await told(world) == [email]
