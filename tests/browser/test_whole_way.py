"""The whole way of a question, over everybody's screens, in Chromium: from the telephone of who
asks through several desks to the answer, the appeal, the promise and the report."""

import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.async_api import Page, expect

from communes.models import Person
from consultations.models import Commitment
from moderation.models import Claim
from tests.browser.room import LAMP, Begin, card, desk_of, point_at, question, shoot
from tests.support.chromium import DESK, PHONE
from tests.support.factories import make_person, orm
from tests.support.pages import is_sound

pytestmark = pytest.mark.browser

#: Nothing of one sounds like another: each is a card of its own.
APART = (
    "Combien coûte le nouveau marché ?",
    "Quand le pont de Zogbo sera-t-il réparé ?",
    "Qui nettoie la plage le dimanche ?",
    "Pourquoi la cantine de l'école est-elle fermée ?",
    "Où lire les comptes du stade ?",
    "Les lampadaires éteints seront-ils remplacés ?",
)


async def current(page: Page) -> int:
    """The question that keys decide, once it is claimed."""
    mine = page.locator("[data-review][aria-current=true]:has([data-claim=me])")
    await mine.wait_for()
    return int(await mine.get_attribute("data-review") or 0)


async def next_free(page: Page) -> int:
    await page.keyboard.press("j")
    return await current(page)


async def test_a_refusal_is_read_appealed_and_overturned(begin: Begin) -> None:
    hearing = await begin()
    author = await hearing.citizen(display_name="Codjo Azon")
    phone = await hearing.page(author)
    await phone.locator("#ask-text").fill(LAMP)
    await phone.get_by_role("button", name="Envoyer").tap()
    mine = phone.locator("[data-mine]")
    await expect(mine).to_contain_text("Attend un modérateur")
    number = int(await mine.get_attribute("data-mine") or 0)

    sika, _ = await desk_of(hearing, "Sika Adjovi")
    await point_at(sika, number)
    await sika.keyboard.press("r")
    await sika.locator("dialog [data-code=unreadable]").click()
    await expect(mine).to_contain_text("Refusée")
    await expect(mine).to_contain_text("Incompréhensible")
    await mine.get_by_role("button", name="Demander à un autre modérateur").tap()
    await mine.get_by_role("textbox").fill("Elle se lit très bien.")
    await mine.get_by_role("button", name="Envoyer").tap()
    await expect(mine).to_contain_text("Un autre modérateur examine")
    await shoot(phone, "appealed")
    await is_sound(phone)

    # Whoever refused has no button; the other decides.
    await hearing.ask("Et le marché de Vossa ?", publish=False)
    bio, _ = await desk_of(hearing, "Bio Guera")
    for desk in (sika, bio):
        await desk.locator("[data-queue=appeals]").click()
    await expect(sika.locator("[data-appeal] textarea")).to_have_count(0)
    await bio.locator("[data-appeal] textarea").fill("En effet, elle se lit.")
    await shoot(bio, "appeal-desk")
    await bio.locator("[data-appeal] .button--primary").click()
    await expect(mine).to_contain_text("Publiée")
    await expect(question(phone, number)).to_contain_text("éclairage")


async def test_three_desks_share_a_queue_and_one_takes_over(begin: Begin) -> None:
    hearing = await begin()
    for text in APART:
        await hearing.ask(text, publish=False)
    names = ("Sika Adjovi", "Bio Guera", "Ganiou Sanni")
    desks = [await desk_of(hearing, name) for name in names]
    chosen = [await next_free(page) for page, _ in desks]
    assert len(set(chosen)) == 3
    for (page, _), number, name in zip(desks, chosen, names, strict=True):
        for other, _ in desks:
            if other is not page:
                await card(other, number).get_by_text(name).wait_for()
    await shoot(desks[0][0], "three-desks")

    # Two decide at the same moment, each their own.
    for page, _ in desks[1:]:
        await page.keyboard.press("a")
    for number in chosen[1:]:
        await hearing.staff.state(f"question/{number}", bool)

    # The machine of the first dies; when her minute is over, another takes hers up.
    (page, person), hers = desks[0], chosen[0]
    await page.context.set_offline(True)
    await orm(outlive, person)
    await hearing.staff.state(f"claim/{hers}", lambda state: state is None)
    taker = desks[1][0]
    await point_at(taker, hers)
    await taker.keyboard.press("a")
    await hearing.staff.state(f"question/{hers}", bool)


def outlive(person: Person) -> None:
    Claim.objects.filter(moderator=person).update(until=timezone.now() - timedelta(seconds=1))


async def test_a_question_is_sent_on_and_answered_by_a_colleague(begin: Begin) -> None:
    hearing = await begin()
    colleague = await orm(make_person, hearing.commune, "host", display_name="Afi Ahouansou")
    author = await hearing.citizen()
    phone = await hearing.page(author)
    socket = await hearing.socket(author)
    number = (await socket.do("question.submit", text=LAMP))["question"]
    await hearing.staff.do("question.approve", question=number)
    await hearing.staff.do("question.show", question=number)
    host = await hearing.page(hearing.host, DESK, "animation")
    await host.get_by_role("button", name="Répondre par écrit").click()
    form = host.get_by_role("form", name="Répondre par écrit")
    await form.get_by_role("button", name="Quelqu’un d’autre, plus tard").click()
    await form.get_by_label("Qui doit répondre").select_option(label="Afi Ahouansou (animateur)")
    await shoot(host, "forward")
    await is_sound(host)
    await form.get_by_role("button", name="Promettre une réponse").click()
    await expect(form).to_have_count(0)
    mine = phone.locator(f"[data-mine='{number}']")
    await expect(mine).to_contain_text("Une réponse écrite est promise")

    task = await hearing.new_page(PHONE, colleague)
    await task.goto(f"{hearing.palabre.url}/espace/reponses/")
    await task.locator("summary", has_text="Réponse").click()
    await task.locator("textarea").fill("Les lampes sont commandées : fin du mois.")
    await shoot(task, "owed")
    await task.get_by_role("button", name="Publier la réponse").click()
    await expect(mine).to_contain_text("Les lampes sont commandées")
    await expect(question(phone, number)).to_contain_text("Les lampes sont commandées")


async def test_a_prepared_vote_is_put_right_opened_and_its_result_read(begin: Begin) -> None:
    hearing = await begin()
    await hearing.staff.do(
        "poll.prepare", prompt="Quels travaux d'abbord ?", options=["Rues", "Eau"], secret=False
    )
    host = await hearing.page(hearing.host, DESK, "animation")
    prepared = host.locator("[data-prepared]")
    await prepared.get_by_role("button", name="Modifier").click()
    await host.get_by_label("Question mise au vote").fill("Quels travaux d'abord ?")
    await host.get_by_label("Comment on répond").select_option("several")
    await host.get_by_role("button", name="Ajouter une réponse").click()
    await host.get_by_role("textbox", name="Réponse 3").fill("Écoles")
    await shoot(host, "poll-edit")
    await is_sound(host)
    await host.get_by_role("button", name="Enregistrer").click()
    await expect(prepared).to_contain_text("Rues · Eau · Écoles")
    await prepared.get_by_role("button", name="Ouvrir le vote").click()

    phone = await hearing.page(await hearing.citizen())
    ballot = phone.locator("[data-poll]")
    for name in ("Rues", "Écoles"):
        await ballot.get_by_role("checkbox", name=name).check()
    await ballot.get_by_role("button", name="Voter").tap()
    await expect(ballot).to_contain_text("Votre voix est comptée")
    vote = host.locator("[data-poll]")
    await vote.get_by_role("button", name="Clore le vote").click()
    await vote.get_by_role("button", name="Clore et compter").click()
    await expect(vote.get_by_role("row", name="Écoles")).to_contain_text("100 %")
    await phone.get_by_role("tab", name="1 vote").tap()
    await expect(ballot.get_by_role("row", name="Eau")).to_contain_text("0 %")
    await shoot(phone, "poll-result")
    await is_sound(phone)
    table = await phone.request.get(
        f"{hearing.palabre.url}/api/v1/sittings/{hearing.sitting.pk}/polls.csv"
    )
    assert "Écoles" in await table.text()


async def test_a_ban_is_given_read_and_lifted_on_appeal(begin: Begin) -> None:
    hearing = await begin()
    author = await hearing.citizen(display_name="Codjo Azon")
    phone = await hearing.page(author)
    socket = await hearing.socket(author)
    number = (await socket.do("question.submit", text="Achetez mes pagnes !"))["question"]
    sika, _ = await desk_of(hearing, "Sika Adjovi")
    await point_at(sika, number)
    await sika.keyboard.press("b")
    dialog = sika.get_by_role("dialog")
    await dialog.get_by_role("radio").last.check()
    await dialog.locator("#sanction-reason").fill("Publicité, malgré deux avertissements.")
    await shoot(sika, "ban")
    await dialog.locator("form .button--danger").click()
    notice = phone.locator("[data-sanction=ban]")
    await expect(notice).to_contain_text("Publicité, malgré deux avertissements.")
    await notice.get_by_role("button", name="Demander à un autre modérateur").tap()
    await notice.get_by_role("textbox").fill("Je ne le ferai plus.")
    await notice.get_by_role("button", name="Envoyer").tap()
    await shoot(phone, "banned")
    await is_sound(phone)
    bio, _ = await desk_of(hearing, "Bio Guera")
    await bio.locator("[data-queue=appeals]").click()
    await bio.locator("[data-appeal] textarea").fill("Une seconde chance.")
    await bio.locator("[data-appeal] .button--primary").click()
    await expect(notice).to_have_count(0)


async def test_after_the_end_all_is_accounted_for(begin: Begin, tmp_path: Path) -> None:
    hearing = await begin()
    author, other = await hearing.citizen(), await hearing.citizen()
    socket = await hearing.socket(author)
    first = (await socket.do("question.submit", text=LAMP))["question"]
    second = (await socket.do("question.submit", text="Vive la commune !!"))["question"]
    await hearing.staff.do("question.approve", question=first)
    await hearing.staff.do("question.reject", question=second, code="unreadable")
    await (await hearing.socket(other)).do("question.support", question=first)
    await hearing.staff.do(
        "commitment.make",
        wording="Rétablir la lumière de la rue 12",
        owner="Voirie",
        due_on=timezone.localdate().isoformat(),
        question=first,
    )
    await hearing.staff.do("sitting.end")
    await hearing.staff.state(f"question/{first}", lambda one: one["state"] == "not_reached")

    # What was asked is found again, and why it was refused; an appeal is still possible.
    phone = await hearing.new_page(PHONE, author)
    await phone.goto(hearing.palabre.page_url(hearing.sitting))
    mine = phone.locator("[data-afterwards]")
    owed = mine.locator(f"[data-mine='{first}']")
    await expect(owed).to_contain_text("Une réponse écrite est promise")
    refused = mine.locator(f"[data-mine='{second}']")
    await expect(refused).to_contain_text("Incompréhensible")
    await expect(refused.get_by_role("button", name="Demander à un autre")).to_be_visible()
    await shoot(phone, "afterwards")
    await is_sound(phone)
    visitor = await hearing.new_page(PHONE)
    await visitor.goto(hearing.palabre.page_url(hearing.sitting))
    await visitor.get_by_role("tab", name="Questions").wait_for()
    await expect(visitor.locator("[data-afterwards]")).to_have_count(0)
    # An answer in writing comes while the page is open.
    await hearing.staff.do("question.answer_in_writing", question=first, text="Avant Noël.")
    await expect(owed).to_contain_text("Avant Noël.")

    # The promise: its state is said by the commune, judged by citizens.
    promise = await orm(Commitment.objects.get, sitting=hearing.sitting)
    await hearing.staff.do(
        "commitment.update", commitment=promise.pk, state="kept", note="Réparé lundi."
    )
    register = await hearing.new_page(PHONE, other)
    await register.goto(f"{hearing.palabre.url}/{hearing.commune.slug}/engagements/")
    await register.get_by_role("link", name="Rétablir la lumière").click()
    await expect(register.get_by_text("Réparé lundi.").first).to_be_visible()
    await (
        register.get_by_role("button", name="Il n’est pas tenu")
        .or_(register.get_by_role("button", name=re.compile("pas (été )?tenu")))
        .first.tap()
    )
    await expect(register.get_by_text("personne le conteste")).to_be_visible()
    await shoot(register, "contested")
    await is_sound(register)

    # And the report: anybody checks the tables with the program that it offers.
    report = await hearing.new_page(DESK)
    await report.goto(hearing.palabre.page_url(hearing.sitting, "transparence"))
    await shoot(report, "report")
    await is_sound(report)
    tables: list[Path] = []
    for name in ("Toutes les empreintes", "Toutes les décisions"):
        address = await report.get_by_role("link", name=name).get_attribute("href")
        table = tmp_path / f"{len(tables)}.csv"
        table.write_bytes(await (await report.request.get(str(address))).body())
        tables.append(table)
    program = settings.BASE_DIR / "frontend/static/verifier.py"
    done = subprocess.run(  # noqa: ASYNC221
        [sys.executable, program, *tables], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    head = await report.locator("code.digest").inner_text()
    assert head.strip() in done.stdout
