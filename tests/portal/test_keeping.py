"""Retention as people see it: the daily round, the sitting's page, the clerk's pages."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from live.actions.lifecycle import change
from live.models import Recording, Sitting
from live.timeline.append import SYSTEM
from portal.tasks import housekeeping
from tests.portal.taking_part import ask
from tests.portal.test_downloads import offered, recorded
from tests.portal.test_sitting_page import address, props, read
from tests.support.factories import make_sitting

pytestmark = pytest.mark.django_db

GONE = "ne sont plus conservés"


def aged(commune, days: int, asked: str = "") -> Sitting:
    """Archived with a recording so many days ago."""
    ended = timezone.now() - timedelta(days=days)
    sitting = make_sitting(commune, "live")
    if asked:
        ask(sitting, asked, approve=True)
    with transaction.atomic():
        for step in ("end", "archive"):
            change(sitting.pk, step, SYSTEM)
    recorded(sitting, started_at=ended, ended_at=ended)
    sitting.refresh_from_db()
    Recording.objects.filter(sitting=sitting).update(finalised_at=ended)
    return sitting


@pytest.mark.django_db(transaction=True)
def test_the_daily_round_lets_old_recordings_go_and_keeps_the_others(commune, visitor, settings):
    settings.RECORDINGS_KEEP_MONTHS = 6
    old, new = aged(commune, 200, "Quand le pavage sera-t-il fini ?"), aged(commune, 150)
    assert housekeeping.call()["recordings"] == 1
    text = read(visitor, old)
    assert GONE in text and not offered(text)
    assert "Quand le pavage" in text
    assert GONE not in read(visitor, new) and offered(read(visitor, new))
    manifest = visitor.get(props(visitor, old)["urls"]["manifest"]).json()
    assert manifest["duration_s"] == 0
    assert manifest["entries"][-1]["kind"] == "stream.removed"
    assert housekeeping.call()["recordings"] == 0


@pytest.mark.django_db(transaction=True)
def test_without_the_setting_everything_is_kept(commune):
    sitting = aged(commune, 5000)
    assert housekeeping.call()["recordings"] == 0
    assert Recording.objects.filter(sitting=sitting).exists()


@pytest.mark.parametrize("page", ["preparer/", "conduite/"])
def test_the_clerk_reads_until_when_it_is_kept_and_nobody_else_may(
    commune, enter, visitor, settings, page
):
    settings.RECORDINGS_KEEP_MONTHS = 6
    sitting = aged(commune, 150)
    clerk = enter("clerk")
    assert "L’enregistrement est conservé jusqu’au" in read(clerk, sitting, page)
    assert "supprimés 6 mois après" in read(clerk, make_sitting(commune, "scheduled"), page)
    settings.RECORDINGS_KEEP_MONTHS = 0
    assert "sans limite de durée" in read(clerk, sitting, page)
    for other in (enter(), enter("moderator"), visitor):
        assert other.get(address(sitting, page)).status_code in (302, 403)


@pytest.mark.parametrize("state", ["draft", "cancelled"])
def test_of_what_leaves_nothing_nothing_is_promised(commune, enter, state):
    sitting = make_sitting(commune, state, rehearsal=state == "draft")
    assert 'id="keeping"' not in read(enter("clerk"), sitting, "preparer/")
