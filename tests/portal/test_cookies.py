"""What the portal leaves in a browser, where it is found over TLS and where not."""

import httpx
import pytest

from portal.config import Settings
from portal.main import create_app
from shared.db.session import Database
from tests.portal.test_previews import link, redeem
from tests.portal.world import World, log_in, new_email, visitor_of


def put(answer: httpx.Response) -> dict[str, set[str]]:
    """Each cookie that the answer sets, and its attributes."""
    cookies = [cookie.split(";") for cookie in answer.headers.get_list("set-cookie")]
    return {pair.partition("=")[0]: {part.strip().lower() for part in parts} for pair, *parts in cookies}


@pytest.mark.parametrize(("scheme", "prefix"), [("http", ""), ("https", "__Host-")])
async def test_over_tls_no_other_host_can_plant_one(
    world: World, settings: Settings, database: Database, scheme: str, prefix: str
) -> None:
    """What browsers demand of `__Host-`: Secure, Path=/ and no Domain."""
    host = f"{scheme}://ficha.test"
    app = create_app(settings.model_copy(update={"public_url": host}), database)
    email = new_email()
    contact_id = await world.contact(email)
    await world.open_portal(contact_id)
    preview = await link(world, contact_id)
    async with app.router.lifespan_context(app), visitor_of(app, host=host) as client:
        async with visitor_of(app, host=host) as browser:
            shown = put(await redeem(browser, preview))
        entered = put(await log_in(client, email))
        left = put(await client.delete("/portal/api/session"))
    assert {name for name in entered if name.endswith("ficha_portal")} == {f"{prefix}ficha_portal"}
    assert f"{prefix}ficha_portal_preview" in shown
    for name, attributes in [*entered.items(), *shown.items(), *left.items()]:
        assert name.startswith(prefix or "ficha_")
        assert {"httponly", "samesite=lax"} <= attributes
        assert ("secure" in attributes) == ("path=/" in attributes) == bool(prefix)
        assert not any(attribute.startswith("domain") for attribute in attributes)
