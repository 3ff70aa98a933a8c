"""The transparency report on a telephone and on a desk."""

import pytest

from tests.live.acting import act, context
from tests.support.chromium import DESK, PHONE
from tests.support.factories import make_commune, make_person, make_sitting, orm
from tests.support.pages import is_sound

pytestmark = pytest.mark.browser


def a_moderated_sitting():
    commune = make_commune()
    sitting = make_sitting(commune)
    moderator = context(sitting, make_person(commune, "moderator"), "moderator")
    citizen = context(sitting, make_person())
    asked = [
        act(citizen, "question.submit", text=text).result["question"]
        for text in (
            "Quand ouvre le pont ?",
            "À quand l'ouverture du pont ?",
            "Achetez mes pagnes",
            "Où est passé l'argent du port ?",
        )
    ]
    act(moderator, "question.approve", question=asked[0])
    act(moderator, "question.merge", target=asked[0], questions=[asked[1]])
    act(moderator, "question.reject", question=asked[2], code="advertising")
    act(moderator, "question.reject", question=asked[3], code="off_topic")
    return commune, sitting


@pytest.mark.parametrize("screen", [PHONE, DESK])
async def test_the_reports_are_sound_and_linked_from_the_sitting(palabre, new_page, screen):
    commune, sitting = await orm(a_moderated_sitting)
    page = await new_page(screen)
    await page.goto(f"/{commune.slug}/seances/{sitting.slug}/")
    await page.get_by_role("link", name="rapport de transparence").click()
    await page.get_by_role("heading", name="Rapport de transparence").wait_for()
    assert await page.get_by_role("cell", name="refus soumis").count()
    await is_sound(page)
    await page.goto(f"/{commune.slug}/transparence/")
    await page.get_by_role("link", name=sitting.title).wait_for()
    await is_sound(page)
