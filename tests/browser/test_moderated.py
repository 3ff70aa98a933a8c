"""What moderators do, as those read it whom it concerns: on telephones and on other desks."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.async_api import expect

from live.timeline.append import By
from moderation.actions import sanctions
from moderation.models import Claim, Sanction
from tests.browser.room import LAMP, LAMP_AGAIN, Begin, card, desk_of, point_at, question, shoot
from tests.support.chromium import PHONE
from tests.support.factories import orm
from tests.support.pages import is_sound

pytestmark = pytest.mark.browser

CRITICISM = "Pourquoi le maire a-t-il caché les comptes du marché ?"
OTHER_CRITICISM = "Le maire a-t-il détourné l'argent des fêtes ?"


async def test_a_warning_is_read_put_away_and_keeps_nobody_from_asking(begin: Begin) -> None:
    hearing = await begin()
    author = await hearing.citizen(display_name="Codjo Azon")
    phone = await hearing.page(author)
    asking = await hearing.socket(author)
    number = (await asking.do("question.submit", text="Vous êtes tous des voleurs !"))["question"]
    sika, _ = await desk_of(hearing, "Sika Adjovi")
    await point_at(sika, number)
    await sika.keyboard.press("b")
    dialog = sika.get_by_role("dialog")
    await expect(dialog.get_by_role("radio").first).to_be_checked()
    await dialog.locator("#sanction-reason").fill("Sans insultes, s'il vous plaît.")
    await shoot(sika, "warn")
    await dialog.locator("form .button--danger").click()

    notice = phone.locator("[data-sanction=warning]")
    await expect(notice).to_contain_text("Sans insultes, s'il vous plaît.")
    await shoot(phone, "warned")
    await is_sound(phone)
    await phone.locator("#ask-text").fill(LAMP)
    await phone.get_by_role("button", name="Envoyer").tap()
    await expect(phone.locator("[data-mine]")).to_have_count(2)
    await notice.get_by_role("button", name="J’ai lu").tap()
    await expect(notice).to_have_count(0)
    await phone.reload()
    await expect(phone.locator("[data-mine]")).to_have_count(2)
    await expect(notice).to_have_count(0)


def nearly_over(number: int) -> None:
    """Let the mute for a question end in a moment, and say so as its beginning was said."""
    with transaction.atomic():
        mute = Sanction.objects.get(question=number)
        mute.until = timezone.now() + timedelta(seconds=2)
        mute.save(update_fields=["until"])
        sanctions._say(mute, "sanction.issued", By("moderator"))


async def test_a_mute_ends_by_itself(begin: Begin) -> None:
    hearing = await begin()
    author = await hearing.citizen()
    asking = await hearing.socket(author)
    number = (await asking.do("question.submit", text="Achetez mes pagnes !"))["question"]
    phone = await hearing.page(author)
    await expect(phone.locator("#ask-text")).to_be_visible()
    await hearing.staff.do(
        "sanction.issue", question=number, kind="mute", reason="Publicité.", minutes=30
    )
    await expect(phone.locator("#ask-text")).to_have_count(0)
    refused = await asking.ask("question.submit", text=LAMP)
    assert refused["code"] == "sanctioned"

    await orm(nearly_over, number)
    await expect(phone.locator("#ask-text")).to_be_visible()
    await expect(phone.locator("[data-sanction]")).to_have_count(0)
    await phone.locator("#ask-text").fill(LAMP)
    await phone.get_by_role("button", name="Envoyer").tap()
    await expect(phone.locator("[data-mine]", has_text="éclairage")).to_contain_text(
        "Attend un modérateur"
    )


async def test_a_refusal_of_criticism_goes_over_two_desks_and_an_appeal_to_a_third(
    begin: Begin,
) -> None:
    hearing = await begin()
    author = await hearing.citizen()
    phone = await hearing.page(author)
    asking = await hearing.socket(author)
    refused = (await asking.do("question.submit", text=CRITICISM))["question"]
    kept = await hearing.ask(OTHER_CRITICISM, publish=False)
    sika, _ = await desk_of(hearing, "Sika Adjovi")
    bio, _ = await desk_of(hearing, "Bio Guera")
    for number in (refused, kept):
        await point_at(sika, number)
        await sika.keyboard.press("r")
        await sika.locator("dialog [data-code=off_topic]").click()
    for desk in (sika, bio):
        await desk.locator("[data-queue=second]").click()
        await expect(card(desk, refused)).to_be_visible()
    # Whoever asked for it has no key for it; nothing has changed for the author.
    await expect(card(sika, refused)).to_contain_text("un autre modérateur doit confirmer")
    await expect(card(sika, refused).locator(".button--danger")).to_have_count(0)
    mine = phone.locator("[data-mine]")
    await expect(mine).to_contain_text("Attend un modérateur")
    await shoot(bio, "second")

    await card(bio, refused).get_by_text("Sika Adjovi").wait_for()
    await point_at(bio, refused)
    await bio.keyboard.press("r")
    await expect(mine).to_contain_text("Refusée")
    await point_at(bio, kept)
    await bio.keyboard.press("a")
    await hearing.staff.state(f"question/{kept}", bool)

    # Neither of the two decides the appeal.
    await mine.get_by_role("button", name="Demander à un autre modérateur").tap()
    await mine.get_by_role("textbox").fill("Les comptes sont notre affaire.")
    await mine.get_by_role("button", name="Envoyer").tap()
    await hearing.ask(LAMP, publish=False)
    ganiou, _ = await desk_of(hearing, "Ganiou Sanni")
    for desk in (sika, bio, ganiou):
        await desk.locator("[data-queue=appeals]").click()
        await expect(desk.locator("[data-appeal]")).to_contain_text("notre affaire")
    for desk in (sika, bio):
        await expect(desk.locator("[data-appeal] textarea")).to_have_count(0)
    await ganiou.locator("[data-appeal] textarea").fill("Le marché n'est pas à l'ordre du jour.")
    await ganiou.get_by_role("button", name="La décision reste").click()
    await expect(mine).to_contain_text("Le marché n'est pas à l'ordre du jour.")
    await expect(mine.get_by_role("button", name="Demander à un autre")).to_have_count(0)
    await shoot(phone, "dismissed")


async def test_who_asked_the_same_is_told_what_becomes_of_it(begin: Begin) -> None:
    hearing = await begin()
    first, second = await hearing.citizen(), await hearing.citizen()
    carries = (await (await hearing.socket(first)).do("question.submit", text=LAMP))["question"]
    other = await hearing.socket(second)
    joined = (await other.do("question.submit", text=LAMP_AGAIN))["question"]
    phone = await hearing.page(second)
    mine = phone.locator(f"[data-mine='{joined}']")
    await expect(mine).to_contain_text("Attend un modérateur")
    sika, _ = await desk_of(hearing, "Sika Adjovi")
    await point_at(sika, carries)
    await sika.keyboard.press("m")
    await expect(mine).to_contain_text("Réunie à une autre question")
    # What the other one says is everyone's only when it is published.
    await expect(mine).not_to_contain_text("Quand l'éclairage de la rue 12")
    await sika.keyboard.press("a")
    await expect(mine).to_contain_text("Votre soutien compte pour")
    await expect(mine).to_contain_text("Quand l'éclairage de la rue 12")
    await shoot(phone, "joined")
    # Both are counted, each once.
    await expect(question(phone, carries)).to_contain_text("2")
    await hearing.staff.do("question.answer", question=carries)
    await expect(mine).to_contain_text("Répondue")
    await is_sound(phone)


def too_long(name: str) -> None:
    """Their minute is over."""
    past = timezone.now() - timedelta(seconds=1)
    Claim.objects.filter(moderator__display_name=name).update(until=past)


async def test_who_comes_too_late_is_told_who_was_faster(begin: Begin) -> None:
    hearing = await begin()
    number = await hearing.ask(LAMP, publish=False)
    sika, _ = await desk_of(hearing, "Sika Adjovi")
    bio, _ = await desk_of(hearing, "Bio Guera")
    await point_at(bio, number)
    await bio.keyboard.press("r")
    await bio.locator("dialog textarea").fill("Déjà dit lors de la dernière séance.")
    await orm(too_long, "Bio Guera")
    await hearing.staff.state(f"claim/{number}", lambda state: state is None)
    await point_at(sika, number)
    await sika.keyboard.press("a")
    await hearing.staff.state(f"question/{number}", bool)
    dialog = bio.get_by_role("dialog")
    await expect(dialog.locator(".notice")).to_contain_text("Publiée")
    await dialog.locator("[data-code=off_topic]").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("Sika Adjovi a été plus rapide")
    await shoot(bio, "faster")
    assert await dialog.locator("textarea").input_value() == "Déjà dit lors de la dernière séance."


#: No service that brings notifications is reachable from a test: a subscription as it gives one.
SUBSCRIBED = """
PushManager.prototype.subscribe = async () => ({
  toJSON: () => ({
    endpoint: "https://fcm.googleapis.com/fcm/send/a-device",
    keys: {
      p256dh:
        "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM",
      auth: "tBHItJI5svbpez7KI4CCXg",
    },
  }),
});
"""


async def test_a_reminder_is_the_same_on_two_pages_of_a_browser(begin: Begin) -> None:
    hearing = await begin("scheduled")
    one = await hearing.page(await hearing.citizen())
    await one.context.grant_permissions(["notifications"], origin=hearing.palabre.url)
    await one.context.add_init_script(SUBSCRIBED)
    await one.reload()
    two = await one.context.new_page()
    await two.set_viewport_size({"width": PHONE.width, "height": PHONE.height})
    await two.goto(one.url)
    await two.locator("[data-connection=live]").first.wait_for(state="attached")
    await one.get_by_role("button", name="M’avertir", exact=True).click()
    for page in (one, two):
        await expect(page.get_by_text("Nous vous avertirons par courriel.")).to_be_visible()
    await one.get_by_role("button", name="Avertir cet appareil").click()
    for page in (one, two):
        await expect(page.get_by_text("par courriel et sur vos appareils")).to_be_visible()
    await two.get_by_role("button", name="Ne plus m’avertir").click()
    for page in (one, two):
        await expect(page.get_by_role("button", name="M’avertir", exact=True)).to_be_visible()
