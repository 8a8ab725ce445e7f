"""What is seen of a company before logging in, and after."""

from tests.portal.world import World, visitor_of

LOGO = "0" * 64


async def test_the_door_shows_name_logo_and_colour_of_the_company_in_the_link(world: World) -> None:
    await world.organization(version=2, logo=LOGO)
    async with visitor_of(world.app) as visitor:
        answer = await visitor.get("/portal/api/company", params={"organization": world.slug})
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "name": "Acme, S.L.",
        "slug": world.slug,
        "color": "#0a7a5c",
        "language": "es",
        "currency": "EUR",
        "logo_url": f"/logos/{LOGO}.png",
    }


async def test_there_is_no_company_of_another_name(world: World) -> None:
    async with visitor_of(world.app) as visitor:
        for name in ("nobody", "", "a%"):
            answer = await visitor.get("/portal/api/company", params={"organization": name})
            assert (answer.status_code, answer.json()["code"]) == (404, "portal.company_not_found")


async def test_a_client_sees_the_logo_until_it_is_removed(world: World) -> None:
    async with world.client() as client:
        await world.organization(version=2, logo=LOGO)
        assert (await client.get("/portal/api/me")).json()["organization"]["logo_url"] == f"/logos/{LOGO}.png"
        await world.organization(version=3)
        assert (await client.get("/portal/api/me")).json()["organization"]["logo_url"] is None
