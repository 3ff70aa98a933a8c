"""What citizens do, in a browser that runs no script: find, read, sign in, raise, support."""

import re

from django.db import transaction
from playwright.async_api import expect

from communes.documents import keep
from communes.documents.examine import examine
from communes.documents.keep import Fields
from communes.models import Commune, Document
from consultations.models import Concern
from portal.search.sync import sync_documents
from tests.consultations.concerning import ROAD, a_concern, act
from tests.documents import files
from tests.support.chromium import PHONE
from tests.support.factories import make_commune, make_person, make_sitting, orm
from tests.support.pages import Tab
from tests.support.waiting import eventually
from tests.support.world import World

TEXT_MESSAGE = re.compile(r"--- text message to \S.*\n.*?\b(\d{6})\b")
WATER = "La pompe du quartier est en panne depuis un mois, plus personne n'a d'eau."


def a_document(commune: Commune, tmp_path) -> Document:
    path = tmp_path / "budget.pdf"
    path.write_bytes(files.pdf("Budget", "Les écoles"))
    fields = Fields("budget", "Budget primitif 2031", 2031)
    with transaction.atomic():
        return keep.publish(keep.make(commune, fields, examine(path, "budget.pdf"), None))


async def test_citizens_find_read_sign_in_raise_and_support_without_scripts(
    palabre: World, new_page: Tab, tmp_path
):
    commune = await orm(make_commune)
    await orm(a_document, commune, tmp_path)
    await orm(make_sitting, commune, "scheduled", title="Session du budget 2031")
    concern = await orm(a_concern, commune, await orm(make_person))
    await orm(sync_documents)
    page = await new_page(PHONE, java_script_enabled=False)

    # What the commune published, and its sitting.
    await page.goto(f"/{commune.slug}/")
    await page.get_by_role("link", name=re.compile("Session du budget 2031")).first.click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Session du budget 2031")
    await page.goto(f"/{commune.slug}/documents/")
    await page.get_by_role("link", name=re.compile("Budget primitif 2031")).click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Budget primitif 2031")
    await expect(page.get_by_role("link", name=re.compile("Télécharger"))).to_be_visible()

    # A search by a form.
    await page.goto(f"/recherche/?commune={commune.slug}")
    await page.get_by_role("searchbox").fill("budgets primitifs")
    await page.get_by_role("searchbox").press("Enter")
    await expect(page.get_by_role("link", name=re.compile("Budget primitif 2031"))).to_be_visible()

    # From the list of concerns to signing in, and back to it.
    await page.goto(f"/{commune.slug}/preoccupations/?ordre=support")
    await page.get_by_role("link", name="Soutenir").click()
    sent = len(TEXT_MESSAGE.findall(palabre.web.log()))
    await page.locator("input[name=contact]").fill("01 97 31 42 53")
    await page.locator("label[for=id_consent]").click(position={"x": 14, "y": 14})
    await page.get_by_role("button", name="M’envoyer un code").click()
    codes = await eventually(
        "a text message", lambda: TEXT_MESSAGE.findall(palabre.web.log())[sent:]
    )
    await page.locator("input[name=code]").fill(codes[-1])
    await page.get_by_role("button", name="Se connecter").click()
    await expect(page).to_have_url(re.compile(r"/preoccupations/\?ordre=support"))

    # One tap in the list, given and taken back and given.
    for pressed, counted in ((True, "1"), (False, "0"), (True, "1")):
        await page.locator(f"#c{concern.pk} button.vote").click()
        button = page.locator(f"#c{concern.pk} button[aria-pressed={str(pressed).lower()}]")
        await expect(button).to_contain_text(counted)

    # A concern of one's own, in two steps.
    await page.get_by_role("link", name="Exprimer une préoccupation").click()
    await page.get_by_text("Eau", exact=True).click()
    await page.get_by_label("Que se passe-t-il").fill(WATER)
    await page.get_by_role("button", name="Continuer").click()
    await page.get_by_role("button", name="Envoyer").click()
    await expect(page.get_by_text("attend un modérateur").first).to_be_visible()
    own = await orm(Concern.objects.get, commune=commune, text=WATER)
    await orm(act, own, await orm(make_person, commune, "moderator"), "concern.approve")
    await page.goto(f"/{commune.slug}/preoccupations/")
    await expect(page.locator(".matter").first).to_contain_text("La pompe du quartier")
    await expect(page.locator(".matter")).to_have_count(2)
    assert ROAD in await page.locator(".matter").last.inner_text()
