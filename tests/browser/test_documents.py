"""Documents in Chromium: a clerk sends several files over a poor network, a citizen reads them."""

import asyncio
import re

import pytest
from playwright.async_api import FilePayload, Route, expect

from communes.models import Document
from tests.documents import files
from tests.support.chromium import DESK, PHONE, Screen
from tests.support.factories import make_commune, make_person, orm
from tests.support.pages import Tab, is_sound
from tests.support.world import World

pytestmark = pytest.mark.browser


def a_pdf(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/pdf", "buffer": content}


class PoorNetwork:
    """Cuts the connection in the second part of an upload, once."""

    def __init__(self) -> None:
        self.parts: list[int] = []
        self.cut = False

    async def __call__(self, route: Route) -> None:
        if route.request.method != "PATCH":
            await route.continue_()
            return
        offset = int(route.request.headers["upload-offset"])
        if offset > 0 and not self.cut:
            self.cut = True
            await route.abort("connectionreset")
            return
        self.parts.append(offset)
        await route.continue_()


async def test_a_bulk_upload_goes_on_after_a_cut(palabre: World, new_page: Tab):
    commune = await orm(make_commune)
    clerk = await orm(make_person, commune, "clerk")
    page = await new_page(DESK, clerk)
    network = PoorNetwork()
    await page.route("**/depots/*", network)
    # Three parts of 512 kB.
    large = files.pdf("Budget") + b"%" * 1_200_000
    await page.goto(f"/{commune.slug}/documents/gerer/")
    chosen = [a_pdf("budget-2025.pdf", large), a_pdf("faux.pdf", b"rien")]
    await page.locator(".drop input[type=file]").set_input_files(chosen)
    sent = page.locator("li.sent")
    await expect(sent.filter(has_text="budget-2025.pdf").locator(".chip")).to_be_visible(
        timeout=60_000
    )
    await expect(sent.filter(has_text="faux.pdf").locator(".error")).to_contain_text("PDF")
    assert network.cut
    assert network.parts.count(0) == 2, "neither file began anew"
    document = await orm(Document.objects.get, commune=commune)
    assert await orm(lambda: document.latest.size) == len(large)


async def test_files_chosen_before_the_script_came_are_sent_all_the_same(
    palabre: World, new_page: Tab
):
    commune = await orm(make_commune)
    page = await new_page(DESK, await orm(make_person, commune, "clerk"))
    chosen = asyncio.Event()

    async def late(route: Route) -> None:
        await chosen.wait()
        await route.continue_()

    await page.route("**/*.js", late)
    await page.goto(f"/{commune.slug}/documents/gerer/", wait_until="commit")
    plain = page.locator("input[name=uploads]")
    await plain.set_input_files(a_pdf("tot.pdf", files.pdf("Tôt")))
    chosen.set()
    sent = page.locator("li.sent").filter(has_text="tot.pdf")
    await expect(sent.locator(".chip")).to_be_visible(timeout=60_000)
    assert await orm(Document.objects.filter(commune=commune).count) == 1


@pytest.mark.parametrize("screen", [PHONE, DESK], ids=["phone", "desk"])
async def test_what_is_published_is_read_page_by_page(
    palabre: World, new_page: Tab, screen: Screen
):
    commune = await orm(make_commune)
    clerk = await orm(make_person, commune, "clerk")
    page = await new_page(screen, clerk)
    await page.goto(f"/{commune.slug}/documents/gerer/")
    await page.locator(".drop input[type=file]").set_input_files(
        a_pdf("pta-2026.pdf", files.pdf("Un", "Deux"))
    )
    await expect(page.locator("li.sent .chip")).to_be_visible(timeout=60_000)
    await page.reload()
    await is_sound(page)
    await page.locator("input[name=document]").check()
    await page.locator("button[value=publish]").click()

    reader = await new_page(screen)
    await reader.goto(f"/{commune.slug}/documents/")
    await is_sound(reader)
    await reader.get_by_text("Pta 2026").click()
    sheet = reader.locator("img.sheet")
    await expect(sheet).to_be_visible()
    await expect(sheet).not_to_have_js_property("naturalWidth", 0, timeout=60_000)
    await is_sound(reader)
    await reader.locator("a[rel=next]").click()
    await expect(sheet).to_have_attribute("src", re.compile(r"/v1/page/2-720\.webp$"))
