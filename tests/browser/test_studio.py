"""The studio in Chromium: a camera that needs no hardware, on a running media process."""

from typing import Any

import pytest
from playwright.async_api import Route, expect

from tests.browser.room import LAMP, Begin, Hearing, shoot
from tests.support.chromium import DESK, PHONE, Screen
from tests.support.pages import is_sound
from tests.support.waiting import eventually

pytestmark = pytest.mark.browser


async def test_hosts_and_moderators_are_told_when_viewers_get_less(begin: Begin):
    hearing = await begin()
    await hearing.ask(LAMP, publish=False)
    for person, place, screen in (
        (hearing.host, "animation", PHONE),
        (hearing.moderator, "moderation", DESK),
    ):
        page = await hearing.new_page(screen, person)
        await page.route("**/api/v1/sittings/*/media", shortfall)
        await page.goto(hearing.palabre.page_url(hearing.sitting, place))
        await expect(page.locator("[data-notice=line]")).to_contain_text("le son seul")
        await expect(page.locator("[data-notice=shed]")).to_contain_text("480p")
        await shoot(page, f"told-{place}-{screen.width}")
        if place == "moderation":
            await page.locator("[data-review]").first.wait_for()
        await is_sound(page)


async def shortfall(route: Route) -> None:
    """Media as it is, but for a line that is full and a picture that is not made."""
    answer = await route.fetch()
    report = await answer.json()
    report["status"] = (report["status"] or {}) | {"shed": ["480p"], "newcomers": "sound"}
    await route.fulfill(json=report)


async def publisher(hearing: Hearing) -> dict[str, Any]:
    """What media says of who sends; empty: nobody."""
    client = await hearing.palabre.async_client(hearing.moderator)
    async with client:
        answer = await client.get(f"/api/v1/sittings/{hearing.sitting.pk}/media")
    status = answer.json()["status"] or {}
    found: dict[str, Any] = status.get("publisher") or {}
    return found


@pytest.mark.parametrize(
    "screen",
    [pytest.param(PHONE, id="phone"), pytest.param(DESK, marks=pytest.mark.soak, id="desk")],
)
async def test_devices_are_switched_while_live_on_one_connection(begin: Begin, screen: Screen):
    hearing = await begin()
    page = await hearing.page(hearing.host, screen, "studio")
    await page.get_by_role("button", name="Allumer la caméra et le micro").click()
    await page.get_by_role("button", name="Commencer l’envoi").click()
    await expect(page.locator("[data-broadcast=on]")).to_be_visible(timeout=20_000)

    async def seen() -> dict[str, Any] | None:
        now = await publisher(hearing)
        return now if now.get("has_video") and now.get("has_audio") else None

    first = await eventually("picture and sound arrive", seen)
    await expect(page.locator("[data-sent]")).to_contain_text("×")
    await shoot(page, f"studio-live-{screen.width}")
    await is_sound(page)

    picture = page.get_by_label("Image", exact=True)
    await picture.select_option("none")
    await expect(page.get_by_text("Le son seul, sans image")).to_be_visible()

    async def slim() -> bool:
        return 0 < int((await publisher(hearing))["bitrate"]) < 90_000

    await eventually("the sound alone is sent", slim)
    await picture.select_option(index=0)

    async def full() -> bool:
        return int((await publisher(hearing))["bitrate"]) > 120_000

    await eventually("the picture is back", full)
    await page.get_by_label("Image la plus grande").select_option("0")

    async def small() -> bool:
        now = await publisher(hearing)
        return int(now["width"] or 0) <= 320

    await eventually("a small picture is sent", small)
    await page.locator("[data-act=mute]").click()
    await expect(page.locator("[data-muted]")).to_be_visible()
    await shoot(page, f"studio-muted-{screen.width}")
    # Never a second connection.
    assert (await publisher(hearing))["connected_at"] == first["connected_at"]
    await page.close()

    async def left() -> bool:
        now = await publisher(hearing)
        return not now or now["interrupted"]

    await eventually("closing the page ends it", left, 5)


async def test_another_programme_gets_an_address_and_a_key_that_expires(begin: Begin):
    hearing = await begin("scheduled")
    page = await hearing.page(hearing.host, PHONE, "studio")
    await page.get_by_role("button", name="Allumer la caméra et le micro").click()
    await page.get_by_text("Envoyer avec OBS").click()
    address = page.get_by_label("Adresse (serveur)")
    await expect(address).to_have_value(f"{hearing.palabre.media_url}/whip/{hearing.sitting.pk}")
    key = page.get_by_label("Clé (bearer token)")
    before = await key.input_value()
    assert before.count(".") >= 1
    await expect(page.locator("[data-expires]")).to_contain_text("Gardez-la")
    await shoot(page, "studio-obs-360")
    await is_sound(page)
