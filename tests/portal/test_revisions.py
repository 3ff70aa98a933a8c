"""Who changed what of a commune: kept, shown to staff alone, and nobody overwrites unknowingly."""

import html
import re
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from communes.documents import keep
from communes.documents.examine import Examined
from communes.documents.keep import Fields
from communes.models import Commune, Engagement, GoodPractice, Office, Revision
from tests.support.factories import make_commune

PRACTICE = {
    "title": "Compost des marchés",
    "theme": "waste",
    "problem": "Les déchets restaient.",
    "done": "Un composteur.",
}
ENGAGEMENT = {
    "title": "Visite du port",
    "starts_at": "2026-12-01T09:00",
    "ends_at": "2026-12-01T10:00",
    "public": "on",
}


def seen_in(client, address: str) -> str:
    found = re.search(r'name="seen" value="(\d+)"', client.get(address).content.decode())
    assert found is not None, address
    return found[1]


def told(commune: Commune) -> list[tuple[str, str, list[str]]]:
    rows = Revision.objects.filter(commune=commune).order_by("pk")
    return [(row.of, row.kind, sorted(row.changes)) for row in rows]


def test_a_practice_tells_staff_who_changed_what_and_everyone_when(commune, enter, visitor):
    clerk, base = enter("clerk"), f"/{commune.slug}/bonnes-pratiques/"
    clerk.post(base, PRACTICE)
    practice = GoodPractice.objects.get()
    edit = f"{base}{practice.pk}/modifier/"
    clerk.post(edit, {"do": "publish"})
    assert "modifié le" not in visitor.get(f"{base}{practice.pk}/").content.decode()
    changed = {**PRACTICE, "results": "Moitié moins.", "seen": seen_in(clerk, edit)}
    clerk.post(edit, {**changed, "do": "save"})
    assert [row[:2] for row in told(commune)] == [
        ("practice", "made"),
        ("practice", "published"),
        ("practice", "changed"),
    ]
    last = Revision.objects.first()
    assert last is not None and last.changes == {"results": ["", "Moitié moins."]}
    assert last.by is not None
    shown = clerk.get(edit).content.decode()
    assert last.by.display_name in shown and "Moitié moins." in shown
    public = visitor.get(f"{base}{practice.pk}/").content.decode()
    assert "modifié le" in public and last.by.display_name not in public
    api = visitor.get(f"/api/v1/practices/{practice.pk}").json()
    assert api["changed_at"] > api["published_at"]


@pytest.mark.parametrize("what", ["practice", "engagement", "office", "settings"])
def test_of_two_who_edit_at_once_the_second_is_told_and_loses_nothing(commune, enter, what):
    admin, said = enter("admin"), dict[str, object]()
    if what == "practice":
        admin.post(f"/{commune.slug}/bonnes-pratiques/", PRACTICE)
        edit = f"/{commune.slug}/bonnes-pratiques/{GoodPractice.objects.get().pk}/modifier/"
        said, field = {**PRACTICE, "do": "save"}, "title"
    elif what == "engagement":
        admin.post(f"/{commune.slug}/agenda/gerer/", ENGAGEMENT)
        edit = f"/{commune.slug}/agenda/{Engagement.objects.get().pk}/"
        said, field = dict(ENGAGEMENT), "title"
    elif what == "office":
        said = {"kind": "councillor", "holder": "Ayaba", "starts_on": "2026-02-09"}
        admin.post(f"/{commune.slug}/responsables/gerer/", said)
        edit, field = f"/{commune.slug}/responsables/{Office.objects.get().pk}/", "holder"
    else:
        edit, field = f"/{commune.slug}/reglages/", "motto"
        said = {
            "name": commune.name,
            "colour": "#1d4d2f",
            "gigabyte_price": "1000",
            "languages": ["fr"],
        }
    first = second = seen_in(admin, edit)
    assert admin.post(edit, {**said, field: "Le premier", "seen": first}).status_code == 302
    late = admin.post(edit, {**said, field: "Le second", "seen": second})
    page = html.unescape(late.content.decode())
    assert late.status_code == 422 and "entre-temps" in page
    assert "Le second" in page and "Le premier" in page
    again = re.search(r'name="seen" value="(\d+)"', page)
    assert again is not None
    assert admin.post(edit, {**said, field: "Le second", "seen": again[1]}).status_code == 302


def test_what_was_removed_is_still_known_to_staff_and_to_nobody_else(commune, enter, visitor):
    clerk = enter("clerk")
    clerk.post(f"/{commune.slug}/agenda/gerer/", ENGAGEMENT)
    gone = Engagement.objects.get()
    clerk.post(f"/{commune.slug}/agenda/{gone.pk}/", {"do": "delete"})
    Office.objects.create(
        commune=commune, kind="mayor", holder="Erreur", starts_on=date(2026, 2, 9)
    )
    enter("admin").post(
        f"/{commune.slug}/responsables/{Office.objects.get().pk}/", {"do": "remove"}
    )
    assert not Office.objects.exists()
    page = clerk.get(f"/{commune.slug}/historique/").content.decode()
    assert "Visite du port" in page and "Erreur" in page
    narrowed = clerk.get(f"/{commune.slug}/historique/?quoi=office").content.decode()
    assert "Visite du port" not in narrowed and "Erreur" in narrowed
    assert visitor.get(f"/{commune.slug}/historique/").status_code == 302
    assert enter("moderator").get(f"/{commune.slug}/historique/").status_code == 403


def test_saving_without_a_change_is_no_change(commune, enter):
    admin = enter("admin")
    said = {"kind": "councillor", "holder": "Ayaba", "starts_on": "2026-02-09"}
    admin.post(f"/{commune.slug}/responsables/gerer/", said)
    edit = f"/{commune.slug}/responsables/{Office.objects.get().pk}/"
    admin.post(edit, said)
    assert [row[:2] for row in told(commune)] == [("office", "made")]


def test_languages_are_said_in_the_settings_and_offered_to_documents(commune, enter, visitor):
    admin = enter("admin")
    address = f"/{commune.slug}/reglages/"
    said = {"name": commune.name, "colour": "#1d4d2f", "gigabyte_price": "1000"}
    assert admin.post(address, {**said, "languages": ["klingon"]}).status_code == 422
    assert admin.post(address, said).status_code == 422
    assert admin.post(address, {**said, "languages": ["fr", "ddn"]}).status_code == 302
    assert visitor.get(f"/api/v1/communes/{commune.slug}").json()["languages"] == ["fr", "ddn"]
    form = admin.get(f"/{commune.slug}/documents/gerer/").content.decode()
    assert 'value="ddn"' in form and 'value="fon"' not in form
    words = admin.get(f"/{commune.slug}/mots/").content.decode()
    assert 'name="ddn"' in words and 'name="fon"' not in words


def test_a_document_is_marked_with_its_language(commune, visitor, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    file = tmp_path / "t.txt"
    file.write_text("Dantɔkpa")
    examined = Examined(file, "t.txt", "text/plain", 8, "1" * 64)
    document = keep.make(
        commune, Fields("report", "Dantɔkpa", 2025, language="fon"), examined, None
    )
    keep.publish(document)
    page = visitor.get(f"/{commune.slug}/documents/{document.pk}/").content.decode()
    assert '<h1 lang="fon">Dantɔkpa</h1>' in page


def test_a_commune_is_made_by_command_with_its_languages(db, capsys):
    call_command(
        "commune", "create", slug="kandi-essai", name="Kandi", language=["fr", "ddn", "bba"]
    )
    assert Commune.objects.get(slug="kandi-essai").languages == ["fr", "ddn", "bba"]
    call_command("commune", "create", slug="kandi-deux", name="Kandi")
    assert Commune.objects.get(slug="kandi-deux").languages == ["fr"]
    with pytest.raises(CommandError):
        call_command("commune", "create", "--slug", "x", "--name", "X", "--language", "klingon")
    assert make_commune().languages == ["fr"]
