"""The mayor's agenda: what is public by week and month, in calendars and in the API."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from communes.models import Commune, Engagement
from portal.agenda import span_of
from tests.support.factories import make_sitting

BENIN = ZoneInfo("Africa/Porto-Novo")
FORM = {
    "title": "Visite du marché",
    "starts_at": "2026-11-26T09:00",
    "ends_at": "2026-11-26T11:30",
    "place": "Dantokpa",
    "public": "on",
}


def engage(commune: Commune, title: str = "Visite du marché", **fields) -> Engagement:
    known = {
        "starts_at": datetime(2026, 11, 26, 9, tzinfo=BENIN),
        "ends_at": datetime(2026, 11, 26, 11, 30, tzinfo=BENIN),
    }
    return Engagement.objects.create(commune=commune, title=title, **{**known, **fields})


def test_a_clerk_writes_the_agenda_and_everyone_reads_it(commune, enter, visitor):
    client = enter("clerk")
    assert client.post(f"/{commune.slug}/agenda/gerer/", FORM).status_code == 302
    for query in ("mois=2026-11", "semaine=2026-W48"):
        page = visitor.get(f"/{commune.slug}/agenda/?{query}").content.decode()
        assert "Visite du marché" in page and "9\xa0h" in page and "11\xa0h\xa030" in page
    for query in ("mois=2026-12", "semaine=2026-W47"):
        page = visitor.get(f"/{commune.slug}/agenda/?{query}").content.decode()
        assert "Visite du marché" not in page
    number = Engagement.objects.get().pk
    edit = f"/{commune.slug}/agenda/{number}/"
    assert client.post(edit, FORM | {"title": "Visite reportée"}).status_code == 302
    assert Engagement.objects.get().title == "Visite reportée"
    assert client.post(edit, {"do": "delete"}).status_code == 302
    assert not Engagement.objects.exists()


def test_what_is_not_public_is_for_clerks_alone(commune, enter, visitor):
    engage(commune, "Rendez-vous discret", public=False)
    for page in ("agenda/?mois=2026-11", "agenda.ics"):
        assert "discret" not in visitor.get(f"/{commune.slug}/{page}").content.decode()
    api = f"/api/v1/communes/{commune.slug}/agenda?first=2026-11-01&last=2026-11-30"
    assert visitor.get(api).json() == {"items": []}
    assert "discret" in enter("clerk").get(f"/{commune.slug}/agenda/gerer/").content.decode()


@pytest.mark.parametrize("role", ["host", "moderator", "interpreter", ""])
def test_only_clerks_change_it(commune, enter, role):
    client, number = enter(*([role] if role else [])), engage(commune).pk
    for page in ("gerer/", f"{number}/"):
        assert client.get(f"/{commune.slug}/agenda/{page}").status_code == 403
        answer = client.post(f"/{commune.slug}/agenda/{page}", FORM | {"do": "delete"})
        assert answer.status_code == 403
    assert Engagement.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"title": ""}, "Donnez un titre"),
        ({"ends_at": "2026-11-26T08:00"}, "ne peut pas se terminer avant"),
        ({"starts_at": "demain"}, "n’est pas une date"),
    ],
)
def test_what_cannot_be_is_refused_in_words(commune, enter, fields, said):
    answer = enter("clerk").post(f"/{commune.slug}/agenda/gerer/", FORM | fields)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Engagement.objects.exists()


def test_sittings_appear_by_themselves_and_calendars_have_both(commune, visitor):
    engage(commune)
    sitting = make_sitting(commune, "scheduled", title="Session ordinaire")
    make_sitting(commune, "draft", title="Pas encore annoncée")
    month = timezone.localdate(sitting.scheduled_at)
    page = visitor.get(f"/{commune.slug}/agenda/?mois={month:%Y-%m}").content.decode()
    assert "Session ordinaire" in page and "Pas encore annoncée" not in page
    calendar = visitor.get(f"/{commune.slug}/agenda.ics").content.decode()
    assert "DTSTART:20261126T080000Z\r\nDTEND:20261126T103000Z" in calendar
    assert "Session ordinaire" in calendar and calendar.count("BEGIN:VEVENT") == 2
    api = f"/api/v1/communes/{commune.slug}/agenda?first={month}&last={month}"
    kinds = {one["kind"] for one in visitor.get(api).json()["items"]}
    assert "hearing" in kinds


@pytest.mark.parametrize(
    ("month", "week", "first", "last", "before", "after"),
    [
        ("2026-12", "", date(2026, 12, 1), date(2026, 12, 31), "?mois=2026-11", "?mois=2027-01"),
        ("2024-02", "", date(2024, 2, 1), date(2024, 2, 29), "?mois=2024-01", "?mois=2024-03"),
        ("", "2026-W53", date(2026, 12, 28), date(2027, 1, 3), "?semaine=2026-W52",
         "?semaine=2027-W01"),
        ("2026-13", "", date(2026, 11, 1), date(2026, 11, 30), "?mois=2026-10", "?mois=2026-12"),
        ("0000-05", "", date(2026, 11, 1), date(2026, 11, 30), "?mois=2026-10", "?mois=2026-12"),
        ("", "2025-W53", date(2026, 11, 23), date(2026, 11, 29), "?semaine=2026-W47",
         "?semaine=2026-W49"),
        ("", "9999-W52", date(2026, 11, 23), date(2026, 11, 29), "?semaine=2026-W47",
         "?semaine=2026-W49"),
    ],
)  # fmt: skip
def test_weeks_and_months_follow_each_other(month, week, first, last, before, after):
    span = span_of(month, week, date(2026, 11, 24))
    assert (span.first, span.last, span.before, span.after) == (first, last, before, after)
