"""Concerns in a browser: raised on a telephone, followed live, moderated, read without scripts."""

import re
from functools import partial
from pathlib import Path

from playwright.async_api import expect

from consultations.models import Concern
from tests.consultations.concerning import ROAD, a_concern, act, picture
from tests.moderation.deciding import REPROACH
from tests.support.chromium import DESK, PHONE
from tests.support.factories import make_commune, make_person, orm

OFFICE = "Rachidath Fictive, voirie"


async def test_raised_on_a_telephone_that_sends_small_photos_and_published_at_the_desk(
    palabre, new_page, tmp_path: Path
):
    commune = await orm(make_commune)
    citizen = await orm(make_person)
    moderator = await orm(make_person, commune, "moderator")
    desk = await new_page(DESK, moderator)
    await desk.goto(f"/{commune.slug}/preoccupations/moderation/")
    await expect(desk.get_by_text("Rien n’attend")).to_be_visible()
    photo = tmp_path / "IMG_2041.jpg"
    photo.write_bytes(picture((4000, 3000)))
    page = await new_page(PHONE, citizen)
    await page.goto(f"/{commune.slug}/preoccupations/nouvelle/")
    await page.get_by_text("Voirie", exact=True).click()
    await page.get_by_label("Que se passe-t-il").fill(ROAD)
    await page.get_by_role("button", name="Continuer").click()
    await page.get_by_label("Photos").set_input_files(photo)
    await expect(page.get_by_text(re.compile(r"1 photo, \d+ ko à envoyer"))).to_be_visible()
    sent = await page.evaluate("document.querySelector('input[type=file]').files[0].size")
    assert sent < photo.stat().st_size and sent < 300_000
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE.width
    await page.get_by_role("button", name="Envoyer").click()
    await expect(page.get_by_text("attend un modérateur").first).to_be_visible()
    concern = await orm(lambda: Concern.objects.get(commune=commune))
    row = desk.locator(f"[data-matter='concern/{concern.pk}']")
    await expect(row).to_contain_text(ROAD)
    await row.get_by_role("button", name="Publier").click()
    await expect(desk.get_by_text("Rien n’attend")).to_be_visible()
    await page.reload()
    await expect(page.locator("[data-concern]")).to_contain_text("reçue")
    image = page.locator(".photos img")
    await image.scroll_into_view_if_needed()
    await expect(image).to_have_js_property("complete", True)
    assert await image.evaluate("image => image.naturalWidth") >= 320


async def test_supports_comments_and_states_move_on_everyones_screen(palabre, new_page):
    commune = await orm(make_commune)
    concern = await orm(a_concern, commune, await orm(make_person))
    path = f"/{commune.slug}/preoccupations/{concern.pk}/"
    visitor = await new_page(PHONE)
    citizen = await new_page(PHONE, await orm(make_person))
    clerk = await new_page(DESK, await orm(make_person, commune, "clerk"))
    for page in (visitor, citizen, clerk):
        await page.goto(path)
        await expect(page.locator("[data-connection=live]")).to_be_attached()
    await citizen.get_by_role("button", name="Soutenir").click()
    await expect(citizen.get_by_role("button", name="Vous la soutenez")).to_be_visible()
    await expect(visitor.locator("[data-supports]")).to_have_text("1")
    await citizen.get_by_label("Dire quelque chose").fill("Chez nous aussi, rue 12.")
    await citizen.get_by_role("button", name="Envoyer").click()
    await expect(visitor.get_by_text("Chez nous aussi, rue 12.")).to_be_visible()
    await citizen.reload()
    await expect(citizen.get_by_role("button", name="Retirer")).to_be_visible()
    await expect(visitor.get_by_role("button", name="Retirer")).to_have_count(0)
    await clerk.get_by_text("Dire ce qu’elle devient").click()
    form = clerk.locator("[data-speak] form").first
    await form.get_by_label("Ce qu’elle devient").select_option("refused")
    await form.get_by_label("Au nom de qui").fill(OFFICE)
    await clerk.get_by_role("button", name="Publier", exact=True).click()
    await expect(clerk.get_by_text("Dites pourquoi")).to_be_visible()
    await clerk.get_by_label("Pourquoi elle est déclinée").fill("Voie privée.")
    await clerk.get_by_role("button", name="Publier", exact=True).click()
    for page in (visitor, citizen):
        await expect(page.locator("[data-state=refused]")).to_be_visible()
        await expect(page.locator(".steps-done")).to_contain_text("Voie privée.")
    await expect(citizen.get_by_role("button", name="Vous la soutenez")).to_have_count(0)
    assert await visitor.evaluate("document.documentElement.scrollWidth") <= PHONE.width


async def test_the_list_moves_where_it_stands_and_says_how_many_came(palabre, new_page):
    commune = await orm(make_commune)
    concern = await orm(a_concern, commune, await orm(make_person))
    path = f"/{commune.slug}/preoccupations/"
    reader = await new_page(PHONE, await orm(make_person))
    citizen = await new_page(PHONE, await orm(make_person))
    for page in (reader, citizen):
        await page.goto(path)
        await expect(page.locator("[data-connection=live]")).to_be_attached()
    line = reader.locator(f"#c{concern.pk}")
    await citizen.get_by_role("button", name="Soutenir").click()
    await expect(citizen.locator("[aria-pressed=true]")).to_be_visible()
    await expect(line.locator("[data-supports]")).to_have_text("1")
    clerk = await orm(make_person, commune, "clerk")
    await orm(act, concern, clerk, "comment.submit", text="Nous passons demain.")
    await expect(line).to_contain_text("1 commentaire")
    # What is new is announced, and moves nothing.
    top = await line.evaluate("line => line.getBoundingClientRect().top")
    await orm(a_concern, commune, await orm(make_person), f"{ROAD} Encore.")
    news = reader.get_by_role("link", name="1 nouvelle préoccupation")
    await expect(news).to_be_in_viewport()
    assert await reader.locator("[data-line]").count() == 1
    assert await line.evaluate("line => line.getBoundingClientRect().top") == top
    await orm(act, concern, clerk, "concern.move", state="done", office=OFFICE)
    await expect(line.locator(".chip--done")).to_have_text("réglée")
    await expect(line.get_by_role("button")).to_have_count(0)
    await news.click()
    await expect(reader.locator("[data-line]")).to_have_count(2)
    async with reader.expect_response("**/support"):
        await reader.get_by_role("button", name="Soutenir").click()
    await expect(citizen.get_by_role("link", name="1 nouvelle préoccupation")).to_be_visible()
    await reader.reload()
    await expect(reader.locator("[aria-pressed=true] [data-supports]")).to_have_text("1")
    assert await reader.evaluate("document.documentElement.scrollWidth") <= PHONE.width


async def test_without_websockets_the_page_goes_on_over_http(palabre, new_page):
    commune = await orm(make_commune)
    concern = await orm(a_concern, commune, await orm(make_person))
    page = await new_page(PHONE)
    await page.route_web_socket(re.compile("/ws/"), lambda socket: socket.close())
    await page.goto(f"/{commune.slug}/preoccupations/{concern.pk}/")
    await expect(page.locator("[data-concern]")).to_contain_text(ROAD)


async def test_a_joined_concerns_page_goes_to_the_other_by_itself(palabre, new_page):
    commune = await orm(make_commune)
    moderator = await orm(make_person, commune, "moderator")
    one = await orm(a_concern, commune, await orm(make_person))
    other = await orm(a_concern, commune, await orm(make_person), f"{ROAD} Encore.")
    reader = await new_page(PHONE)
    await reader.goto(f"/{commune.slug}/preoccupations/{one.pk}/")
    await expect(reader.locator("[data-connection=live]")).to_be_attached()
    desk = await new_page(DESK, moderator)
    await desk.goto(f"/{commune.slug}/preoccupations/moderation/")
    await desk.get_by_role("tab", name=re.compile("publiées", re.IGNORECASE)).click()
    row = desk.locator(f"[data-matter='concern/{one.pk}']")
    await row.get_by_role("button", name="Joindre à une autre").click()
    dialog = desk.get_by_role("dialog")
    await expect(dialog).to_contain_text(f"N° {other.pk}")
    await dialog.get_by_role("button", name="Joindre à celle-ci").first.click()
    await reader.wait_for_url(f"**/preoccupations/{other.pk}/")
    await expect(reader.locator("[data-supports]")).to_have_text("1")
    await desk.get_by_role("tab", name=re.compile("écart", re.IGNORECASE)).click()
    await expect(row).to_contain_text(re.compile(rf"Jointe au n°\s{other.pk}"))
    await row.get_by_role("button", name="Séparer").click()
    await expect(row).to_have_count(0)
    await expect(reader.locator("[data-supports]")).to_have_text("0")


async def test_what_cannot_be_separated_is_not_offered_to_be(palabre, new_page):
    commune = await orm(make_commune)
    moderator = await orm(make_person, commune, "moderator")
    old, new, carrier, last = [
        await orm(a_concern, commune, await orm(make_person), f"{ROAD} {n}") for n in range(4)
    ]
    for source, target in ((old, carrier), (new, carrier), (carrier, last)):
        args = {"target": target.pk, "concerns": [source.pk]}
        await orm(partial(act, old, moderator, "concern.merge", **args))
    # As joins are that were made before it was kept who came through what.
    await orm(Concern.objects.filter(pk=old.pk).update, merged_from="")
    desk = await new_page(DESK, moderator)
    await desk.goto(f"/{commune.slug}/preoccupations/moderation/")
    await desk.get_by_role("tab", name=re.compile("écart", re.IGNORECASE)).click()
    offers = desk.get_by_role("button", name="Séparer")
    await expect(desk.locator("[data-matter]")).to_have_count(3)
    await expect(offers).to_have_count(1)
    # The outer one first; then what it carried on for, but for the one that is too old.
    await offers.click()
    await expect(desk.locator(f"[data-matter='concern/{carrier.pk}']")).to_have_count(0)
    await expect(offers).to_have_count(1)
    await expect(desk.locator(f"[data-matter='concern/{new.pk}']").locator(offers)).to_be_visible()


async def test_two_moderators_leave_to_each_other_what_they_decide_and_refuse_together(
    palabre, new_page
):
    commune = await orm(make_commune)
    concern = await orm(lambda: a_concern(commune, make_person(), REPROACH, published=False))
    sika, bio = [
        await new_page(screen, await orm(make_person, commune, "moderator", display_name=name))
        for name, screen in (("Sika Adjovi", DESK), ("Bio Guera", PHONE))
    ]
    for page in (sika, bio):
        await page.goto(f"/{commune.slug}/preoccupations/moderation/")
        await expect(page.locator("[data-connection=live]")).to_be_attached()
    hers, his = (page.locator(f"[data-matter='concern/{concern.pk}']") for page in (sika, bio))
    await hers.get_by_role("button", name="Refuser").click()
    await expect(his.locator("[data-claim]")).to_contain_text("Sika Adjovi")
    await expect(his.get_by_role("button")).to_have_count(0)
    dialog = sika.get_by_role("dialog")
    await expect(dialog).to_contain_text("un autre modérateur doit confirmer")
    await dialog.locator("[data-code=insult]").click()
    await expect(sika.locator(".toast")).to_contain_text("Un autre modérateur doit confirmer")

    # It waits in the other queue, for anybody but her.
    for page in (sika, bio):
        await page.get_by_role("tab", name=re.compile("Deuxième avis")).click()
    await expect(hers.get_by_role("button", name="Confirmer")).to_have_count(0)
    await expect(his.locator("[data-second]")).to_contain_text("Sika Adjovi")
    # She may look at what she wants refused without holding it back from him.
    await hers.locator("[data-second]").click()
    await expect(hers).to_have_attribute("aria-current", "true")
    assert await bio.evaluate("document.documentElement.scrollWidth") <= PHONE.width
    await his.get_by_role("button", name="Confirmer").click()
    await expect(hers).to_have_count(0)
    assert (await orm(Concern.objects.get, pk=concern.pk)).state == "rejected"

    # Within ten seconds he thinks better of it, and has it published.
    await bio.locator(".toast").get_by_role("button").click()
    await expect(his.locator("[data-second]")).to_be_visible()
    await his.get_by_role("button", name="Publier").click()
    await expect(his).to_have_count(0)
    assert (await orm(Concern.objects.get, pk=concern.pk)).state == "received"


async def test_everything_is_there_without_javascript(palabre, new_page):
    commune = await orm(make_commune)
    concern = await orm(a_concern, commune, await orm(make_person))
    page = await new_page(PHONE, await orm(make_person), java_script_enabled=False)
    await page.goto(f"/{commune.slug}/preoccupations/")
    await page.get_by_role("link", name=re.compile("La rue qui mène")).click()
    await page.get_by_role("button", name="Soutenir").click()
    await expect(page.get_by_role("button", name="Vous la soutenez")).to_be_visible()
    await page.get_by_label("Dire quelque chose").fill("Sans script.")
    await page.get_by_role("button", name="Envoyer").first.click()
    await expect(page.get_by_text("Sans script.")).to_be_visible()
    counted = await orm(lambda: Concern.objects.get(pk=concern.pk).supports)
    assert counted == 1
