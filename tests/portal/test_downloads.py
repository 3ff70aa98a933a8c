"""What a sitting's page offers to keep."""

import re
from datetime import datetime

import pytest
from django.utils import timezone

from live.models import Recording, Sitting
from tests.portal.test_sitting_page import address, read
from tests.support.factories import make_sitting

pytestmark = pytest.mark.django_db


def recorded(sitting: Sitting, *, has_video: bool = True, **fields: datetime | bool) -> Sitting:
    """With a finished recording; `fields` of the sitting are set past its transitions."""
    Recording.objects.create(
        sitting=sitting,
        duration_s=3600,
        size_bytes=700_000_000,
        has_video=has_video,
        has_audio=True,
    )
    Sitting.objects.filter(pk=sitting.pk).update(**fields)
    return sitting


def offered(text: str) -> list[str]:
    return re.findall(r'href="([^"]*/download/[^"]*)"', text)


def test_film_and_sound_are_offered_with_their_sizes_and_names(commune, visitor, settings):
    begun = timezone.make_aware(datetime(2026, 11, 24, 9))
    sitting = recorded(make_sitting(commune, "archived", kind="hearing"), started_at=begun)
    text = read(visitor, sitting)
    name = f"{commune.slug}-2026-11-24-reddition"
    base = f"{settings.MEDIA_SERVER_URL}/hls/{sitting.pk}/download/{name}"
    assert offered(text) == [f"{base}.m4a", f"{base}.mp4"]
    assert "environ 15 Mo" in text and "environ 700 Mo" in text
    island = text.index('id="downloads"')
    assert text.rfind("<noscript>", 0, island) <= text.rfind("</noscript>", 0, island)


def test_without_a_picture_only_sound_is_offered(commune, visitor):
    sitting = recorded(make_sitting(commune, "archived"), has_video=False)
    assert [url[-4:] for url in offered(read(visitor, sitting))] == [".m4a"]


@pytest.mark.parametrize("state", ["scheduled", "live", "paused", "closed_doors", "cancelled"])
def test_nothing_is_offered_before_the_end_nor_of_what_was_cancelled(commune, visitor, state):
    assert not offered(read(visitor, recorded(make_sitting(commune, state))))


def test_nothing_is_offered_of_what_was_not_recorded_or_is_being_purged(commune, visitor):
    assert not offered(read(visitor, make_sitting(commune, "archived")))
    assert not offered(read(visitor, recorded(make_sitting(commune, "archived"), media_purge=True)))


def test_a_rehearsal_is_not_offered_even_to_those_who_may_see_it(commune, enter):
    clerk = enter("clerk")
    sitting = recorded(make_sitting(commune, "ended", rehearsal=True))
    assert clerk.get(address(sitting)).status_code == 200
    assert not offered(read(clerk, sitting))
