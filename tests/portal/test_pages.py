"""Home, commune, workplace, errors, languages, headers, feeds."""

import html
import re
from datetime import date, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from communes.colour import contrast
from communes.models import Office
from live.actions import agenda
from live.timeline.append import By
from portal.icalendar import fold
from portal.templatetags.palabre import clock, day, lasting, near, typeset
from tests.support.factories import make_commune, make_person, make_sitting


def read(client: Client, path: str) -> str:
    return html.unescape(client.get(path).content.decode()).replace("\u00a0", " ")


def test_home_says_what_is_live_next_and_past(commune, visitor):
    live = make_sitting(commune, "live", title="Séance en cours", agenda=("Les marchés",))
    with transaction.atomic():
        agenda.open_item(live.pk, live.agenda.get().pk, By("clerk"))
    make_sitting(commune, "scheduled", title="Séance annoncée")
    make_sitting(commune, "archived", title="Séance passée")
    make_sitting(commune, "cancelled", title="Séance annulée")
    text = read(visitor, "/")
    now, rest = text.split("Prochaines séances")
    coming, past = rest.split('id="recent"')
    assert "Séance en cours" in now and "Les marchés" in now and "Suivre en direct" in now
    assert "Séance annoncée" in coming and "Séance en cours" not in coming
    assert "Séance passée" in past
    assert "Séance annulée" not in text
    assert commune.name in coming


def test_home_with_nothing_says_so(db, visitor):
    text = read(visitor, "/")
    assert "Aucune séance n’est annoncée" in text
    assert "Aucune commune ne participe encore." in text


def test_a_commune_shows_its_own_sittings_and_offices(commune, visitor, enter):
    make_sitting(commune, "scheduled", title="Chez nous")
    make_sitting(commune, "cancelled", title="Annulée chez nous")
    make_sitting(make_commune(), "scheduled", title="Chez les voisins")
    today = timezone.localdate()
    for holder, since, until in (
        ("Maire d'aujourd'hui", today - timedelta(days=9), None),
        ("Maire d'hier", today - timedelta(days=99), today - timedelta(days=10)),
        ("Maire de demain", today + timedelta(days=1), None),
    ):
        Office.objects.create(
            commune=commune, kind="mayor", holder=holder, starts_on=since, ends_on=until
        )
    text = read(visitor, f"/{commune.slug}/")
    assert "Chez nous" in text and "Annulée chez nous" in text
    assert "Chez les voisins" not in text
    assert "Maire d'aujourd'hui" in text
    assert "Maire d'hier" not in text and "Maire de demain" not in text
    assert "seances/nouvelle/" not in text
    assert "seances/nouvelle/" in read(enter("clerk"), f"/{commune.slug}/")


def test_a_commune_s_colour_is_made_readable(commune, visitor):
    body = visitor.get(f"/{commune.slug}/").content.decode()
    found = re.search(r"--canopy:(#\w{6});--on-canopy:(#\w{6})", body)
    assert found
    assert contrast(*found.groups()) >= 7


def test_demonstration_data_is_marked(visitor, db):
    commune = make_commune(demo=True)
    assert "sont inventés" in read(visitor, f"/{commune.slug}/")
    assert "sont inventés" not in read(visitor, f"/{make_commune().slug}/")


def test_the_workplace_has_what_one_may_do(commune, enter):
    sitting = make_sitting(commune, "draft", title="En préparation")
    make_sitting(make_commune(), "live", title="Chez les voisins")
    base = f"/{commune.slug}/seances/{sitting.slug}/"
    clerk, moderator = read(enter("clerk"), "/espace/"), read(enter("moderator"), "/espace/")
    assert "En préparation" in clerk and "Chez les voisins" not in clerk
    assert f'href="{base}preparer/"' in clerk and f'href="{base}moderation/"' not in clerk
    assert f'href="{base}moderation/"' in moderator and f'href="{base}preparer/"' not in moderator
    assert "seances/nouvelle/" in clerk and "seances/nouvelle/" not in moderator


def test_errors_have_pages(commune, enter, visitor, settings):
    settings.DEBUG = False
    text = read(visitor, "/rien/du/tout")
    assert "Il n’y a rien à cette adresse" in text
    assert "/connexion/?next=/rien/du/tout" in text
    assert "pas pour votre rôle" in read(enter(), "/espace/")


def test_a_form_without_its_token_is_explained(db):
    strict = Client(enforce_csrf_checks=True, headers={"accept-language": "fr"})
    response = strict.post("/langue/", {"language": "en"})
    assert response.status_code == 403
    assert "restée ouverte trop longtemps" in response.content.decode()


def test_a_failure_has_a_page_that_needs_nothing(db, settings, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("tout est cassé")

    monkeypatch.setattr("portal.views.home.public_sittings", fail)
    client = Client(raise_request_exception=False, headers={"accept-language": "fr"})
    response = client.get("/")
    assert response.status_code == 500
    assert "cassé de notre côté" in response.content.decode()
    assert "tout est cassé" not in response.content.decode()


def test_the_language_is_kept_and_leads_back(db, visitor):
    assert '<html lang="fr">' in read(visitor, "/")
    response = visitor.post("/langue/", {"language": "en", "next": "/confidentialite/"})
    assert (response.status_code, response["Location"]) == (302, "/confidentialite/")
    text = read(visitor, "/confidentialite/")
    assert '<html lang="en">' in text and "What we keep about you" in text


def test_the_language_switch_leads_nowhere_else(db, visitor):
    response = visitor.post("/langue/", {"language": "en", "next": "https://example.com/"})
    assert response["Location"] == "/"
    assert visitor.get("/langue/").status_code == 405


def test_the_language_is_remembered_with_the_person(commune, enter):
    person = make_person(language="fr")
    client = enter(person=person)
    client.post("/langue/", {"language": "en"})
    person.refresh_from_db()
    assert person.language == "en"
    client.post("/langue/", {"language": "xx"})
    person.refresh_from_db()
    assert person.language == "en"


PUBLIC = ["/", "/confidentialite/", "/connexion/", "/{commune}/", "/{commune}/seances/{sitting}/"]


@pytest.mark.parametrize("path", PUBLIC)
def test_pages_are_whole_small_and_load_nothing_from_elsewhere(commune, visitor, path, settings):
    sitting = make_sitting(commune, "live")
    response = visitor.get(path.format(commune=commune.slug, sitting=sitting.slug))
    body = response.content.decode()
    assert len(response.content) < 60_000
    assert re.search(r"<title>[^<]+</title>", body)
    assert body.count("<h1") == 1
    for wanted in ('href="#content"', 'id="content"', 'property="og:title"', 'property="og:image"'):
        assert wanted in body
    loaded = re.findall(r'<(?:script|img|link|iframe)[^>]+(?:src|href)="(https?://[^"]+)"', body)
    ours = (settings.PUBLIC_URL, settings.MEDIA_SERVER_URL)
    assert all(address.startswith(ours) for address in loaded)
    assert not re.search(r"<[a-z]+[^>]*\sstyle=", body)
    assert not re.search(r"<script(?![^>]*(?:src=|application/json))", body)


def test_the_content_policy(commune, visitor, settings):
    settings.MEDIA_SERVER_URL = "https://media.example.bj"
    response = visitor.get(f"/{commune.slug}/")
    rules = dict(rule.split(" ", 1) for rule in response["Content-Security-Policy"].split("; "))
    assert rules["default-src"] == "'self'"
    assert rules["script-src"] == "'self'"
    assert rules["frame-ancestors"] == "'none'"
    assert rules["connect-src"] == "'self' ws://testserver https://media.example.bj"
    assert rules["media-src"] == "'self' blob: https://media.example.bj"
    nonce = re.search(r'<style nonce="([^"]+)">', response.content.decode())
    assert nonce and f"'nonce-{nonce[1]}'" in rules["style-src"]
    again = visitor.get(f"/{commune.slug}/")
    assert nonce[1] not in again["Content-Security-Policy"]
    assert "unsafe" not in response["Content-Security-Policy"]


def test_camera_and_microphone_are_for_the_studio_alone(commune, enter):
    sitting = make_sitting(commune, "live")
    base = f"/{commune.slug}/seances/{sitting.slug}/"
    client = enter("admin")
    for page in ("", "conduite/", "animation/", "moderation/"):
        assert "camera=()" in client.get(base + page)["Permissions-Policy"]
    allowed = client.get(f"{base}studio/")["Permissions-Policy"]
    assert "camera=(self)" in allowed and "microphone=(self)" in allowed


def test_the_calendar(commune, visitor):
    title = "Session ordinaire, budget ; routes et un titre assez long pour être plié par deux fois"
    make_sitting(commune, "scheduled", title=title, place="Hôtel de ville", summary="Un\nDeux")
    make_sitting(commune, "cancelled", title="Annulée")
    make_sitting(commune, "draft", title="Brouillon")
    response = visitor.get(f"/{commune.slug}/agenda.ics")
    assert response["Content-Type"].startswith("text/calendar")
    raw = response.content.decode()
    assert all(len(line.encode()) <= 75 for line in raw.split("\r\n"))
    lines = raw.replace("\r\n ", "").split("\r\n")
    escaped = title.replace(",", "\\,").replace(";", "\\;")
    assert f"SUMMARY:{escaped}" in lines
    assert "DESCRIPTION:Un\\nDeux" in lines
    assert lines.count("BEGIN:VEVENT") == 2
    assert lines.count("STATUS:CANCELLED") == 1
    assert "Brouillon" not in raw


def test_folding_never_cuts_a_character():
    for size in range(70, 80):
        line = "é" * size
        assert fold(line).replace("\r\n ", "") == line
        assert all(len(part.encode()) <= 75 for part in fold(line).split("\r\n"))


def test_the_feed(commune, visitor):
    make_sitting(commune, "scheduled", title="Budget & <routes>")
    response = visitor.get(f"/{commune.slug}/flux.xml")
    root = ElementTree.fromstring(response.content)  # noqa: S314 - our own feed
    atom = "{http://www.w3.org/2005/Atom}"
    titles = [entry.findtext(f"{atom}title") for entry in root.iter(f"{atom}entry")]
    assert titles == ["Budget & <routes>"]


def test_words_of_templates():
    moment = timezone.make_aware(datetime(2026, 11, 1, 10, 5))
    with override("fr"):
        assert day(moment) == "dimanche 1er novembre 2026"
        assert day(date(2026, 11, 21)) == "samedi 21 novembre 2026"
        assert clock(moment) == "10\u00a0h\u00a005"
        assert clock(moment.replace(minute=0)) == "10\u00a0h"
        assert near(timezone.now() + timedelta(days=1)) == "demain"
        assert near(timezone.now() - timedelta(days=1)) == ""
        assert near(timezone.now() + timedelta(days=40)) == ""
    with override("en"):
        assert day(moment) == "Sunday 1 November 2026"
        assert clock(moment) == "10:05"
    assert lasting(45.4) == "45\u00a0s"
    assert lasting(90 * 60) == "1\u00a0h\u00a030"
    assert lasting(3600) == "1\u00a0h"
    assert lasting(59.6) == "1\u00a0min"
    assert typeset("Pourquoi ? « Oui » ; non") == ("Pourquoi\u00a0? «\u00a0Oui\u00a0»\u00a0; non")
