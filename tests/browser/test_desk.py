"""Deciding at the moderator's desk, in Chromium: keys, thumb, two moderators at once."""

import pytest
from playwright.async_api import Locator, Page

from communes.models import Person
from tests.support.chromium import DESK, PHONE
from tests.support.factories import make_person, orm
from tests.support.pages import Tab, is_sound
from tests.support.waiting import eventually
from tests.support.world import World

from .desk import Desk, enter

pytestmark = [pytest.mark.browser]

ALIKE = (
    "Quand le pont de Zogbo sera-t-il réparé ?",
    "quand est ce que le pont de Zogbo sera reparé??",
    "Le pont de ZOGBO, quand sera-t-il réparé ?",
)


async def opened(
    palabre: World, new_page: Tab, desk: Desk, name: str, screen=DESK
) -> tuple[Page, Person]:
    person = await orm(desk.moderator, name)
    return await enter(await new_page(screen, person), palabre, desk), person


def row(page: Page, question: int) -> Locator:
    return page.locator(f"[data-review='{question}']")


async def chosen(page: Page) -> int:
    """The question that keys decide, once it is claimed."""
    mine = page.locator("[data-review][aria-current=true]:has([data-claim=me])")
    await mine.wait_for(timeout=30_000)
    return int(await mine.get_attribute("data-review") or 0)


async def becomes(desk: Desk, question: int, state: str) -> None:
    async def is_so() -> bool:
        return await orm(desk.state, question) == state

    await eventually(f"question {question} is {state}", is_so)


async def test_an_empty_desk_is_sound_and_what_comes_makes_its_list(
    palabre: World, new_page: Tab
) -> None:
    desk = await orm(Desk)
    page = await new_page(DESK, await orm(desk.moderator, "Sika Adjovi"))
    await page.goto(palabre.page_url(desk.sitting, "moderation"))
    await page.wait_for_selector("[data-connection=live]")
    await page.locator("[data-feed]").wait_for(state="attached")
    assert await page.locator("[role=feed]").count() == 0
    await is_sound(page)
    await orm(desk.fill, 1)
    await page.locator("[role=feed] article").wait_for()
    await is_sound(page)


async def test_keys_approve_refuse_and_take_back(palabre: World, new_page: Tab) -> None:
    desk = await orm(Desk)
    first, second, third = await orm(desk.fill, 3)
    page, _ = await opened(palabre, new_page, desk, "Sika Adjovi")
    await page.keyboard.press("k")
    assert await chosen(page) == first
    await page.keyboard.press("a")
    await becomes(desk, first, "approved")
    assert await chosen(page) == second

    await page.keyboard.press("u")
    await becomes(desk, first, "pending")
    assert await chosen(page) == first

    await page.keyboard.press("j")
    await page.keyboard.press("r")
    await page.locator("dialog [data-code=insult]").wait_for()
    digit = await page.locator("dialog [data-code=insult] kbd").inner_text()
    await page.keyboard.press(digit)
    await becomes(desk, second, "rejected")
    assert await chosen(page) == third

    await page.keyboard.press("?")
    await page.locator("dialog kbd", has_text="m").first.wait_for()
    await page.keyboard.press("Escape")
    await page.locator("dialog").wait_for(state="detached")
    await page.keyboard.press("a")
    await becomes(desk, third, "approved")


async def test_two_moderators_do_not_work_on_the_same(palabre: World, new_page: Tab) -> None:
    desk = await orm(Desk)
    questions = await orm(desk.fill, 12)
    sika, _ = await opened(palabre, new_page, desk, "Sika Adjovi")
    await sika.keyboard.press("k")
    hers = await chosen(sika)
    assert hers == questions[0]

    bio, _ = await opened(palabre, new_page, desk, "Bio Guera")
    await bio.get_by_text("Sika Adjovi").first.wait_for()
    await bio.keyboard.press("j")
    his = await chosen(bio)
    assert his > hers
    await row(sika, his).get_by_text("Bio Guera").wait_for()
    # Where she goes on, she passes by what is his.
    seen = {hers}
    for _ in range(5):
        await sika.keyboard.press("j")
        seen.add(await chosen(sika))
    assert his not in seen

    # Pointing at it and pressing the key changes nothing, and says who is on it.
    await row(bio, await chosen(sika)).click(position={"x": 60, "y": 20})
    taken = await chosen(sika)
    await bio.keyboard.press("a")
    await row(bio, taken).locator("[role=alert]", has_text="Sika Adjovi").wait_for()
    assert await orm(desk.state, taken) == "pending"
    await sika.keyboard.press("a")
    await becomes(desk, taken, "approved")


async def test_who_comes_too_late_keeps_the_reason(palabre: World, new_page: Tab) -> None:
    desk = await orm(Desk)
    question, _ = await orm(desk.fill, 2)
    page, person = await opened(palabre, new_page, desk, "Sika Adjovi")
    await page.keyboard.press("k")
    await chosen(page)
    await page.keyboard.press("r")
    reason = "Vous parlez d'une affaire privée."
    await page.locator("dialog textarea").fill(reason)
    await orm(desk.act, person, "review.release", "moderator", questions=[])
    bio = await orm(desk.moderator, "Bio Guera")
    await orm(desk.act, bio, "question.reject", "moderator", question=question, code="insult")
    await page.locator("dialog [data-code=off_topic]").click()
    await page.locator("dialog [role=alert]", has_text="Bio Guera").wait_for()
    assert await page.locator("dialog textarea").input_value() == reason


async def test_what_asks_the_same_is_one_card_and_one_key(palabre: World, new_page: Tab) -> None:
    desk = await orm(Desk)
    first, *others = [await orm(desk.ask, text) for text in ALIKE]
    page, _ = await opened(palabre, new_page, desk, "Sika Adjovi")
    assert await page.locator("[data-review]").count() == 1
    await page.keyboard.press("k")
    assert await chosen(page) == first
    await page.keyboard.press("m")
    for question in others:
        await becomes(desk, question, "merged")
    assert await orm(desk.state, first) == "pending"

    # Wrong after all: apart again.
    await page.locator(".toast .button").wait_for()
    await page.keyboard.press("u")
    for question in others:
        await becomes(desk, question, "pending")
    # The desk hears of it a moment later than the database; until then there is nothing to join.
    together = row(page, first).locator("button[aria-expanded]")
    await together.filter(has_text=str(len(ALIKE))).wait_for()
    assert await chosen(page) == first

    await page.keyboard.press("m")
    for question in others:
        await becomes(desk, question, "merged")
    detail = page.locator(f"[data-detail='{first}']")
    await detail.locator(".joined .button").first.click()

    async def one_is_apart() -> bool:
        states = await orm(desk.states, others)
        return sorted(states.values()) == ["merged", "pending"]

    await eventually("one is apart", one_is_apart)


async def test_flags_say_why_and_refuse_nothing(palabre: World, new_page: Tab) -> None:
    desk = await orm(Desk)
    question = await orm(desk.ask, "Appelez-moi au 97 12 34 56 pour tout savoir.")
    await orm(desk.fill, 3)
    page, _ = await opened(palabre, new_page, desk, "Sika Adjovi")
    await page.locator("[data-queue=risk]").click()
    flag = row(page, question).locator("[data-flag=phone]")
    assert "97 12 34 56" in await flag.inner_text()
    assert await page.locator("[data-review]").count() == 1
    assert await orm(desk.state, question) == "pending"


async def test_one_thumb_decides_what_is_in_view(palabre: World, new_page: Tab) -> None:
    desk = await orm(Desk)
    first, second, *_ = await orm(desk.fill, 6)
    page, _ = await opened(palabre, new_page, desk, "Sika Adjovi", PHONE)
    # Nothing is decided that is not seen.
    await page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
    await page.locator(".thumb [data-act=approve]").wait_for(state="detached")
    await page.locator(".thumb .button").tap()
    approve = page.locator(".thumb [data-act=approve][aria-disabled=false]")
    await approve.tap()
    await becomes(desk, first, "approved")
    assert await chosen(page) == second
    box = await row(page, second).bounding_box()
    assert box is not None and 0 < box["y"] < 200
    await page.locator(".thumb [data-act=reject][aria-disabled=false]").tap()
    await page.locator("dialog [data-code=insult]").tap()
    await becomes(desk, second, "rejected")
    await page.locator(".toast .button").tap()
    await becomes(desk, second, "pending")


async def test_a_refusal_of_criticism_takes_two(palabre: World, new_page: Tab) -> None:
    desk = await orm(Desk)
    question, _ = await orm(desk.fill, 2)
    sika = await orm(desk.moderator, "Sika Adjovi")
    await orm(desk.act, sika, "question.reject", "moderator", question=question, code="off_topic")
    page, _ = await opened(palabre, new_page, desk, "Bio Guera")
    await page.locator("[data-queue=second]").click()
    await row(page, question).get_by_text("Sika Adjovi").wait_for()
    await page.keyboard.press("r")
    await becomes(desk, question, "rejected")


async def test_staff_talk_note_and_appeals(palabre: World, new_page: Tab) -> None:
    desk = await orm(Desk)
    author = await orm(make_person)
    question = (
        await orm(desk.act, author, "question.submit", text="Où est passé le budget des fêtes ?")
    )["question"]
    sika = await orm(desk.moderator, "Sika Adjovi")
    await orm(desk.act, sika, "question.reject", "moderator", question=question, code="insult")
    await orm(desk.act, author, "appeal.submit", question=question, text="Je n'insulte personne.")
    await orm(desk.fill, 2)
    page, _ = await opened(palabre, new_page, desk, "Bio Guera")

    await page.keyboard.press("t")
    await page.locator("#channel-text").fill("Je prends les recours.")
    await page.keyboard.press("Enter")
    await page.locator("[role=log]", has_text="Je prends les recours.").wait_for()
    await page.locator("#channel-text").blur()
    await page.keyboard.press("n")
    await page.locator("#new-note").fill("À voir avec la voirie.")
    await page.keyboard.press("Enter")
    await page.locator("[data-detail] .note", has_text="À voir avec la voirie.").wait_for()

    await page.locator("[data-queue=appeals]").click()
    appeal = page.locator("[data-appeal][data-state=pending]")
    await appeal.locator("textarea").fill("La question est correcte.")
    await appeal.locator(".button--primary").click()
    await becomes(desk, question, "approved")
