"""The room of a sitting as citizens use it, in Chromium, on a running server."""

import re
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.room import LAMP, LAMP_AGAIN, Begin, question, shoot
from tests.support.chromium import DESK, PHONE, Screen
from tests.support.factories import make_person, orm
from tests.support.pages import is_sound
from tests.support.socket import LiveSocket

pytestmark = pytest.mark.browser

BOTH = pytest.mark.parametrize("screen", [PHONE, DESK], ids=["phone", "desk"])


def supports(socket: LiveSocket, number: int) -> int:
    """Supports of a question, as somebody connected knows them."""
    key = f"support/{number}"
    count: int = (socket.latest.get(key) or socket.states.get(key) or {"supports": 0})["supports"]
    return count


def texts(socket: LiveSocket) -> str:
    """All that is asked, as staff sees it."""
    reviews = (state for key, state in socket.states.items() if key.startswith("review/"))
    return " ".join(state["text"] for state in reviews)


# ── asking ────────────────────────────────────────────────────────────────────────────────────


@BOTH
async def test_a_similar_question_is_supported_instead(begin: Begin, screen: Screen):
    hearing = await begin()
    lamp = await hearing.ask(LAMP)
    citizen = await hearing.citizen()
    page = await hearing.page(citizen, screen)
    await expect(question(page, lamp)).to_be_visible()

    await page.locator("#ask-text").fill(LAMP_AGAIN)
    similar = page.locator(f"[data-similar='{lamp}']")
    await expect(similar).to_be_visible()
    await shoot(page, f"similar-{screen.width}")
    await similar.get_by_role("button").click()
    support = question(page, lamp).locator("button.support")
    await expect(support).to_have_attribute("aria-pressed", "true")
    await hearing.staff.until("the support", lambda s: supports(s, lamp) == 1)
    # One tap takes it back, and what was written is still there.
    await support.click()
    await hearing.staff.until("none any more", lambda s: supports(s, lamp) == 0)
    await page.reload()
    await expect(page.locator("#ask-text")).to_have_value(LAMP_AGAIN)
    await is_sound(page)


async def test_a_question_is_asked_edited_and_withdrawn(begin: Begin):
    hearing = await begin()
    page = await hearing.page(await hearing.citizen())
    await page.locator("#ask-text").fill("Quand le marché rouvrira-t-il ?")
    await page.locator("form button.button--primary").first.click()
    await expect(page.locator("[data-mine] [data-state=pending]")).to_be_visible()
    await expect(page.locator("#ask-text")).to_have_value("")

    row = page.locator("[data-mine]")
    await row.get_by_role("button", name="Modifier").click()
    await row.locator("textarea").fill("Quand le marché de Dantokpa rouvrira-t-il ?")
    await shoot(page, "edit")
    await row.get_by_role("button", name="Enregistrer").click()
    await expect(row).to_contain_text("marché de Dantokpa")
    await hearing.staff.until(
        "the edit",
        lambda s: any(
            "Dantokpa" in v.get("text", "") for k, v in s.states.items() if "review/" in k
        ),
    )
    await row.get_by_role("button", name="Retirer").click()
    await row.get_by_role("button", name="La retirer").click()
    await expect(row.locator("[data-state=withdrawn]")).to_be_visible()


async def test_a_refusal_says_why_and_is_appealed_once(begin: Begin):
    hearing = await begin()
    citizen = await hearing.citizen()
    asking = await hearing.socket(citizen)
    number = (await asking.do("question.submit", text="Et le toit de l'école ?"))["question"]
    await hearing.staff.do("rules.set", second_opinion=False)
    await hearing.staff.do("question.reject", question=number, code="off_topic")
    page = await hearing.page(citizen)
    row = page.locator("[data-mine]")
    await expect(row).to_contain_text("Ne concerne pas cette séance")
    await row.get_by_role("button", name="Demander à un autre modérateur").click()
    await row.locator("textarea").fill("L'école est au point 2 de l'ordre du jour.")
    await row.get_by_role("button", name="Envoyer mon recours").click()
    await expect(row).to_contain_text("Un autre modérateur examine votre recours")
    await shoot(page, "appeal")
    await expect(row.get_by_role("button", name="Demander à un autre modérateur")).to_have_count(0)
    await is_sound(page)
    # Another moderator than the one who refused it agrees: it is published.
    other = await hearing.socket(await orm(make_person, hearing.commune, "moderator"), "staff")
    appeal = next(v["id"] for k, v in other.states.items() if k.startswith("appeal/"))
    await other.do("appeal.decide", appeal=appeal, accept=True, reason="C'est au point 2.")
    await expect(row).to_contain_text("Votre recours a été accepté")
    await expect(question(page, number)).to_be_visible()


async def test_rules_are_kept_and_explained(begin: Begin):
    hearing = await begin()
    await hearing.staff.do("rules.set", slow_s=600, signing="never")
    page = await hearing.page(await hearing.citizen())
    await page.locator("#ask-text").fill("Quand le marché rouvrira-t-il ?")
    await expect(page.get_by_text("Elle est publiée sans nom.")).to_be_visible()
    await page.locator("form button.button--primary").first.click()
    await expect(page.locator("[data-mine]")).to_be_visible()
    await page.locator("#ask-text").fill("Et celui de Zongo ?")
    await expect(page.get_by_role("timer")).to_contain_text(re.compile(r"dans (9|10):\d\d"))
    await expect(page.locator("form button.button--primary").first).to_be_disabled()
    # Closed, what was written is still shown; opened again, it is still in the form.
    await hearing.staff.do("sitting.close_questions")
    await expect(page.get_by_text("Les questions sont closes")).to_be_visible()
    await expect(page.get_by_text("Et celui de Zongo")).to_be_visible()
    await hearing.staff.do("sitting.open_questions")
    await expect(page.locator("#ask-text")).to_have_value("Et celui de Zongo ?")


async def test_a_sanction_is_shown_with_its_reason(begin: Begin):
    hearing = await begin()
    citizen = await hearing.citizen()
    asking = await hearing.socket(citizen)
    number = (await asking.do("question.submit", text="Vous êtes des voleurs, tous ?"))["question"]
    page = await hearing.page(citizen)
    await expect(page.locator("#ask-text")).to_be_visible()
    await hearing.staff.do(
        "sanction.issue", question=number, kind="mute", reason="Insultes répétées", minutes=30
    )
    shown = page.locator("[data-sanction=mute]")
    await expect(shown).to_contain_text("Insultes répétées")
    await expect(page.locator("#ask-text")).to_have_count(0)
    await shoot(page, "sanction")
    await shown.get_by_role("button", name="Demander à un autre modérateur").click()
    await shown.locator("textarea").fill("Je citais le journal.")
    await shown.get_by_role("button", name="Envoyer mon recours").click()
    await expect(shown).to_contain_text("Un autre modérateur examine votre recours")


async def test_a_question_is_reported(begin: Begin):
    hearing = await begin()
    number = await hearing.ask("Le chef Koffi a-t-il volé l'argent du forage ?")
    page = await hearing.page(await hearing.citizen())
    row = question(page, number)
    await row.get_by_role("button", name="Signaler").click()
    await row.get_by_role("combobox").select_option("unproven_accusation")
    await row.get_by_role("button", name="Signaler aux modérateurs").click()
    await expect(row).to_contain_text("Merci")
    await hearing.staff.state(f"review/{number}", lambda state: state and state["reports"] == 1)


async def test_questions_are_searched_and_ordered(begin: Begin):
    hearing = await begin()
    subjects = ("marché", "école", "forage", "pont", "stade", "caniveau")
    numbers = [await hearing.ask(f"Quand finira-t-on le {one} ?") for one in subjects]
    page = await hearing.page(await hearing.citizen())
    await expect(page.locator("[data-question]")).to_have_count(6)
    await page.get_by_role("searchbox").fill("ECOLE")
    await expect(page.locator("[data-question]")).to_have_count(1)
    await expect(question(page, numbers[1])).to_be_visible()
    await page.get_by_role("searchbox").fill("aéroport")
    await expect(page.get_by_text("Aucune question ne correspond")).to_be_visible()
    await page.get_by_role("searchbox").fill("")
    await page.get_by_role("button", name="Les plus récentes").click()
    await expect(page.locator("[data-question]").first).to_have_attribute(
        "data-question", str(numbers[-1])
    )
    await page.get_by_role("button", name="Qui montent").click()
    await question(page, numbers[2]).locator("button.support").click()
    await page.mouse.move(0, 0)
    await page.locator("h1").click()
    await expect(page.locator("[data-question]").first).to_have_attribute(
        "data-question", str(numbers[2])
    )
    await shoot(page, "rising")
    point = await orm(hearing.sitting.agenda.first)
    about = await hearing.ask("Et la clôture du cimetière ?", agenda_item=point.pk)
    await page.get_by_label("Sur quel point").select_option(str(point.pk))
    await expect(page.locator("[data-question]")).to_have_count(1)
    await expect(question(page, about)).to_be_visible()


# ── voting ────────────────────────────────────────────────────────────────────────────────────

KINDS: dict[str, dict[str, Any]] = {
    "one": {"options": ["Le marché", "Le pont"]},
    "several": {"options": ["Le marché", "Le pont", "L'école"], "max_choices": 2},
    "rating": {},
    "yes_no": {},
}


@BOTH
@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_of_vote_is_cast(begin: Begin, kind: str, screen: Screen):
    hearing = await begin()
    poll = await hearing.open_poll(
        "Que faut-il faire d'abord ?", kind=kind, secret=False, results="at_closing", **KINDS[kind]
    )
    page = await hearing.page(await hearing.citizen(), screen)
    card = page.locator(f"[data-poll='{poll}']")
    choices = card.get_by_role("checkbox" if kind == "several" else "radio")
    await choices.first.check()
    if kind == "several":
        await choices.nth(1).check()
        await expect(choices.nth(2)).to_be_disabled()
    await shoot(page, f"vote-{kind}-{screen.width}")
    await is_sound(page)
    await card.get_by_role("button", name="Voter").click()
    await expect(card).to_contain_text("Votre voix est comptée")
    await expect(card).to_contain_text("Le résultat s’affiche à la clôture du vote")

    await hearing.staff.do("poll.close", poll=poll)
    await page.get_by_role("tab", name="vote").click()
    await expect(card).to_contain_text("100")
    await card.get_by_role("button", name="Afficher en tableau").click()
    await expect(card.get_by_role("columnheader", name="Part des votants")).to_be_visible()
    await shoot(page, f"result-{kind}-{screen.width}")
    address = await card.get_by_role("link", name="Télécharger (CSV)").get_attribute("href")
    answer = await page.request.get(str(address))
    assert answer.status == 200
    assert "Que faut-il faire d'abord ?" in await answer.text()


async def test_a_vote_in_the_hall_asks_for_its_code(begin: Begin):
    hearing = await begin()
    poll = await hearing.open_poll("Êtes-vous d'accord ?", kind="yes_no", level="hall")
    page = await hearing.page(await hearing.citizen())
    card = page.locator(f"[data-poll='{poll}']")
    await card.get_by_role("textbox").fill("12 34")
    await card.get_by_role("button", name="Je suis dans la salle").click()
    await expect(card).to_contain_text("Le code a 6 chiffres")
    await shoot(page, "hall")
    client = await hearing.palabre.async_client(hearing.host)
    async with client:
        shown = (await client.get(f"/api/v1/sittings/{hearing.sitting.pk}/hall-code")).json()
    await card.get_by_role("textbox").fill(shown["code"])
    await card.get_by_role("button", name="Je suis dans la salle").click()
    await card.get_by_role("radio").first.check()
    await card.get_by_role("button", name="Voter").click()
    await expect(card).to_contain_text("Votre voix est comptée")


# ── the crowd ─────────────────────────────────────────────────────────────────────────────────


async def test_reactions_are_counted_for_all(begin: Begin):
    hearing = await begin()
    one = await hearing.page(await hearing.citizen())
    visitor = await hearing.page(None, DESK)
    await one.locator("[data-reaction=applaud]").click()
    await expect(visitor.locator("[data-reaction=applaud]")).to_contain_text("1")
    await shoot(one, "reactions")


async def test_a_reminder_is_asked_for_and_given_up(begin: Begin):
    hearing = await begin("scheduled")
    page = await hearing.page(await hearing.citizen())
    await page.get_by_role("button", name="M’avertir", exact=True).click()
    await expect(page.get_by_text("Nous vous avertirons par courriel")).to_be_visible()
    await shoot(page, "reminder")
    await is_sound(page)
    await page.get_by_role("button", name="Ne plus m’avertir").click()
    await expect(page.get_by_role("button", name="M’avertir", exact=True)).to_be_visible()


# ── what is promised and answered ─────────────────────────────────────────────────────────────


async def test_what_the_host_promises_appears_to_citizens(begin: Begin):
    hearing = await begin()
    number = await hearing.ask(LAMP)
    await hearing.staff.do("question.show", question=number)
    host = await hearing.page(hearing.host, DESK, "animation")
    citizen = await hearing.page(await hearing.citizen())
    await host.get_by_role("button", name="Prendre un engagement").first.click()
    form = host.get_by_role("form", name="Prendre un engagement")
    await form.get_by_label("Ce qui est promis").fill("Rétablir l'éclairage de la rue 12")
    await form.get_by_role("button", name="Nous nous engageons").click()
    await expect(form.get_by_role("alert")).to_contain_text("qui")
    # What was typed outlives the page: tablets lose their pages.
    await host.reload()
    await host.get_by_role("button", name="Prendre un engagement").first.click()
    await expect(form.get_by_label("Ce qui est promis")).to_have_value(re.compile("rue 12"))
    await form.get_by_label("Qui s’en charge").fill("Direction technique")
    await form.get_by_label("Pour quand").fill("2099-12-31")
    await shoot(host, "promise")
    await is_sound(host)
    await form.get_by_role("button", name="Nous nous engageons").click()
    await expect(form).to_have_count(0)

    await citizen.get_by_role("tab", name="1 engagement").click()
    promise = citizen.locator("[data-commitment]")
    await expect(promise).to_contain_text("Rétablir l'éclairage de la rue 12")
    await expect(promise).to_contain_text("Direction technique, avant le 31 décembre 2099")
    await promise.get_by_role("button", name="Suivre").click()
    await expect(promise.get_by_role("button", name="Suivi")).to_have_attribute(
        "aria-pressed", "true"
    )
    await shoot(citizen, "promised")
    await is_sound(citizen)
    page = await promise.get_by_role("link").get_attribute("href")
    assert (await citizen.request.get(str(page))).status == 200


async def test_a_promise_is_shown_in_the_hall(begin: Begin):
    hearing = await begin()
    hall = await hearing.new_page(DESK)
    await hall.goto(hearing.palabre.page_url(hearing.sitting, "ecran"))
    await expect(hall.get_by_text("Vos questions")).to_be_visible()
    await hearing.staff.do(
        "commitment.make",
        wording="Rétablir l'éclairage de la rue 12",
        owner="Direction technique",
        due_on="2099-12-31",
    )
    await expect(hall.locator(".show")).to_contain_text("Rétablir l'éclairage de la rue 12")
    await expect(hall.locator(".show")).to_contain_text("Direction technique")
    await shoot(hall, "hall-promise")


async def test_an_answer_in_writing_reaches_everyone(begin: Begin):
    hearing = await begin()
    number = await hearing.ask(LAMP)
    await hearing.staff.do("question.show", question=number)
    host = await hearing.page(hearing.host, DESK, "animation")
    visitor = await hearing.page()
    await host.get_by_role("button", name="Répondre par écrit").click()
    form = host.get_by_role("form", name="Répondre par écrit")
    await form.get_by_label("La réponse, telle que tout le monde la lit").fill("Avant Noël.")
    await shoot(host, "answer")
    await form.get_by_role("button", name="Publier la réponse").click()
    row = question(visitor, number)
    await expect(row).to_contain_text("Avant Noël.")
    await expect(row).to_contain_text("Réponse écrite")


async def test_the_host_reveals_a_result(begin: Begin):
    hearing = await begin()
    poll = await hearing.open_poll("D'accord ?", kind="yes_no", secret=False, results="on_reveal")
    voter = await hearing.page(await hearing.citizen())
    card = voter.locator(f"[data-poll='{poll}']")
    await card.get_by_role("radio").first.check()
    await card.get_by_role("button", name="Voter").click()
    await expect(card).to_contain_text("Votre voix est comptée")
    await hearing.staff.do("poll.close", poll=poll)
    await voter.get_by_role("tab", name="vote").click()
    await expect(card).to_contain_text("quand l’animateur le dévoile")
    host = await hearing.page(hearing.host, DESK, "animation")
    await host.get_by_role("button", name="Dévoiler le résultat").click()
    await expect(card).to_contain_text("100 %")
    await shoot(voter, "revealed")


# ── before the sitting ────────────────────────────────────────────────────────────────────────


@BOTH
async def test_rules_levels_and_votes_are_prepared(begin: Begin, screen: Screen):
    hearing = await begin("scheduled")
    page = await hearing.page(hearing.moderator, screen, "preparer")
    await page.get_by_label("Qui peut poser des questions").select_option("hall")
    await hearing.staff.state("participation", lambda state: state and state["level"] == "hall")
    await page.get_by_label("Mode lent").select_option("60")
    await hearing.staff.state("rules", lambda state: state and state["slow_s"] == 60)
    await page.get_by_role("button", name="Préparer un vote").click()
    await page.get_by_label("Question mise au vote").fill("Faut-il un second marché ?")
    # With one answer it is no vote: that is said, and what was typed stays.
    for number in (2, 3):
        await page.get_by_role("textbox", name=f"Réponse {number}").fill("")
    await page.get_by_role("button", name="Garder ce vote prêt").click()
    await expect(page.get_by_text("Donnez au moins deux réponses.")).to_be_visible()
    await expect(page.get_by_label("Question mise au vote")).to_have_value(re.compile("marché"))
    await expect(page.get_by_role("textbox", name="Réponse 1")).to_have_value("Pour")
    await page.get_by_label("Comment on répond").select_option("yes_no")
    await page.get_by_role("button", name="Garder ce vote prêt").click()
    await expect(page.locator("[data-prepared]")).to_contain_text("Faut-il un second marché ?")
    await shoot(page, f"prepare-{screen.width}")
    await is_sound(page)
