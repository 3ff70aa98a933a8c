"""The tablet beside the microphone, in Chromium."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.room import LAMP, LAMP_AGAIN, Begin, shoot
from tests.support.chromium import DESK, Screen
from tests.support.factories import orm
from tests.support.pages import is_sound

pytestmark = pytest.mark.browser

TABLET = Screen(820, 1180, mobile=True)


async def test_the_host_has_the_question_the_next_three_and_the_clocks_and_a_cut_loses_no_tap(
    begin: Begin,
) -> None:
    hearing = await begin()
    first, again = await hearing.ask(LAMP), await hearing.ask(LAMP_AGAIN, publish=False)
    await hearing.staff.do("question.merge", target=first, questions=[again])
    others = [
        await hearing.ask(f"Quand finira-t-on le {one} ?")
        for one in ("pont", "quai", "stade", "puits")
    ]
    supporter = await hearing.socket(await hearing.citizen())
    await supporter.do("question.support", question=others[3])
    await hearing.staff.do("question.show", question=first)
    page = await hearing.page(hearing.host, TABLET, "animation")

    screen = page.get_by_role("region", name="À l’écran")
    await expect(screen).to_contain_text("rue 12")
    await expect(screen).to_contain_text("1 soutien")
    await screen.locator("summary", has_text="1 autre a posé la même").tap()
    await expect(screen.get_by_role("listitem")).to_have_text([re.compile("sera rétabli quand")])
    size = await screen.locator(".question").evaluate(
        "(e) => parseFloat(getComputedStyle(e).fontSize)"
    )
    assert size >= 32
    following = page.get_by_role("region", name="Questions suivantes").get_by_role("listitem")
    await expect(following).to_have_count(3)
    await expect(following.first).to_contain_text("puits")
    point = await orm(hearing.sitting.agenda.first)
    await hearing.staff.do("agenda.open", item=point.pk)
    clocks = page.get_by_role("timer")
    await expect(clocks).to_contain_text(["depuis le début", point.title])
    await expect(clocks.last).to_contain_text(re.compile(r"\d:\d\d"))
    await shoot(page, "host-tablet")
    await is_sound(page)

    # What is tapped while the network is gone arrives with it.
    await page.context.set_offline(True)
    await page.locator("[data-connection=live]").first.wait_for(state="detached")
    await screen.get_by_role("button", name="Répondue").tap()
    await page.context.set_offline(False)
    await hearing.staff.state(f"question/{first}", lambda one: one and one["state"] == "answered")


async def test_the_hall_reads_the_question_then_the_vote_then_its_result(begin: Begin) -> None:
    hearing = await begin()
    number = await hearing.ask(LAMP)
    await hearing.staff.do("question.show", question=number)
    hall = await hearing.new_page(DESK)
    await hall.goto(hearing.palabre.page_url(hearing.sitting, "ecran"))
    await expect(hall.locator(".show")).to_contain_text("rue 12")
    await expect(hall.get_by_role("img", name=re.compile("Code QR"))).to_be_visible()
    poll = await hearing.open_poll("Faut-il paver la rue ?", kind="yes_no", results="at_closing")
    await expect(hall.locator(".show")).to_contain_text("Faut-il paver la rue")
    voter = await hearing.socket(await hearing.citizen())
    options = voter.states[f"poll/{poll}"]["options"]
    await voter.do("ballot.cast", poll=poll, options=[options[0]["id"]])
    await expect(hall.locator(".show")).not_to_contain_text("100")
    await hearing.staff.do("poll.close", poll=poll)
    await expect(hall.locator(".show")).to_contain_text("100")
    await shoot(hall, "hall-result")
    await is_sound(hall)
