"""Communes are made by one form, set up by their administrators, and say who holds which office."""

import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from PIL import Image

from communes.models import Commune, Office, Person
from communes.permissions import roles_in
from tests.support.factories import make_person

NEW = "/espace/communes/nouvelle/"
SETTINGS = {"name": "Cotonou", "colour": "#1D4D2F", "gigabyte_price": "700", "languages": ["fr"]}


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "uploads"


def a_picture(size=(1500, 900)) -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, "JPEG")
    return SimpleUploadedFile("blason.jpg", out.getvalue(), "image/jpeg")


def office(commune, **fields) -> Office:
    known = {"kind": "mayor", "holder": "Ayaba Essai", "starts_on": "2020-06-01"}
    return Office.objects.create(commune=commune, **{**known, **fields})


@pytest.mark.parametrize("role", ["clerk", "host", "moderator", "interpreter", ""])
def test_only_administrators_change_offices_and_settings(commune, enter, role):
    client = enter(*([role] if role else []))
    number = office(commune).pk
    for page in ("responsables/gerer/", f"responsables/{number}/", "reglages/"):
        assert client.get(f"/{commune.slug}/{page}").status_code == 403
        assert client.post(f"/{commune.slug}/{page}", SETTINGS).status_code == 403


def test_an_office_ends_on_a_day_and_stays_in_the_list(commune, enter, visitor):
    client, held = enter("admin"), office(commune)
    fields = {"kind": "mayor", "holder": "Ayaba Essai", "starts_on": "2020-06-01"}
    ended = client.post(
        f"/{commune.slug}/responsables/{held.pk}/", fields | {"ends_on": "2026-2-8"}
    )
    assert ended.status_code == 302
    fields |= {"holder": "Sènan Essai", "starts_on": "2026-02-09"}
    assert client.post(f"/{commune.slug}/responsables/gerer/", fields).status_code == 302
    page = visitor.get(f"/{commune.slug}/responsables/").content.decode()
    assert page.index("Sènan Essai") < page.index("Avant") < page.index("Ayaba Essai")
    assert "du 1er juin 2020 au 8 février 2026" in page


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"starts_on": "2024-01-01"}, "Ayaba Essai occupe cette fonction"),
        ({"kind": "deputy", "ends_on": "2019-01-01"}, "ne peut pas se terminer avant"),
        ({"kind": "deputy", "holder": ""}, "Indiquez qui occupe la fonction"),
        ({"kind": "deputy", "starts_on": "hier"}, "n’est pas une date"),
    ],
)
def test_an_office_that_cannot_be_is_refused_in_words(commune, enter, fields, said):
    office(commune)
    typed = {"kind": "mayor", "holder": "Sènan Essai", "starts_on": "2020-06-01", **fields}
    answer = enter("admin").post(f"/{commune.slug}/responsables/gerer/", typed)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Office.objects.filter(commune=commune).count() == 1


def test_two_deputies_hold_office_at_once(commune, enter):
    for holder in ("Un Essai", "Deux Essai"):
        typed = {"kind": "deputy", "holder": holder, "starts_on": "2026-02-09"}
        answer = enter("admin").post(f"/{commune.slug}/responsables/gerer/", typed)
        assert answer.status_code == 302


def test_an_office_is_no_permission(commune, enter):
    client = enter()
    office(commune, holder=Person.objects.latest("pk").display_name)
    assert client.get(f"/{commune.slug}/reglages/").status_code == 403


def test_settings_are_saved_and_arms_made_small(commune, enter, visitor):
    client = enter("admin")
    typed = SETTINGS | {"motto": "Ensemble", "population": "city", "picture": a_picture()}
    typed |= {
        "arrondissements": "1er\r\n\r\n  2e  arrondissement\r\n1er",
        "gigabyte_source": "ARCEP",
    }
    assert client.post(f"/{commune.slug}/reglages/", typed).status_code == 302
    commune.refresh_from_db()
    assert (commune.colour, commune.motto, commune.population) == ("#1d4d2f", "Ensemble", "city")
    assert (commune.gigabyte_price, commune.gigabyte_source) == (700, "ARCEP")
    names = [row.name for row in commune.arrondissements.all()]
    assert names == ["1er", "2e arrondissement"]
    with Image.open(commune.arms.path) as kept:
        assert (kept.format, kept.size) == ("PNG", (1000, 600))
    assert client.post(f"/{commune.slug}/reglages/", SETTINGS).status_code == 302
    commune.refresh_from_db()
    assert commune.arms, "no new picture: the arms stay"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"colour": "vert"}, "Six chiffres hexadécimaux"),
        ({"name": ""}, "Donnez son nom"),
        ({"picture": SimpleUploadedFile("a.png", b"<svg/>")}, "abîmé"),
        ({"gigabyte_price": "0"}, "supérieure"),
        ({"arrondissements": "x" * 81}, "80"),
    ],
)
def test_settings_that_cannot_be_are_refused_in_words(commune, enter, fields, said):
    answer = enter("admin").post(f"/{commune.slug}/reglages/", SETTINGS | fields)
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_colour_on_which_text_is_hard_to_read_is_said_to_be_moved(commune, enter):
    client = enter("admin")
    client.post(f"/{commune.slug}/reglages/", SETTINGS | {"colour": "#808080"})
    page = client.get(f"/{commune.slug}/reglages/").content.decode()
    assert "#808080 a été un peu déplacée" in page
    client.post(f"/{commune.slug}/reglages/", SETTINGS)
    assert "un peu déplacée" not in client.get(f"/{commune.slug}/reglages/").content.decode()


FORM = {**SETTINGS, "name": "Ouidah", "slug": "ouidah", "arrondissements": "Pahou\nAvlékété"}


def test_one_form_makes_a_commune_with_its_administrator(db):
    client = Client(headers={"accept-language": "fr"})
    client.force_login(make_person(is_superuser=True))
    assert client.get(NEW).status_code == 200
    made = client.post(NEW, FORM | {"contact": "01 97 65 43 21", "administrator": "Fifamè"})
    assert made.status_code == 201
    ouidah = Commune.objects.get(slug="ouidah")
    admin = Person.objects.get(roles__commune=ouidah)
    assert admin.display_name == "Fifamè" and "admin" in roles_in(admin, ouidah)
    assert ouidah.arrondissements.count() == 2
    page = made.content.decode()
    link = page[page.index("/connexion/lien/") :].partition("<")[0]
    newcomer = Client()
    assert newcomer.post(link, {"consent": "on"}).status_code == 302
    assert newcomer.get("/ouidah/equipe/").status_code in {200, 302}
    again = client.post(NEW, FORM | {"contact": "01 97 65 43 21", "slug": "ouidah-2"})
    assert again.status_code == 201
    assert "/connexion/lien/" not in again.content.decode(), "who has an account needs no link"


@pytest.mark.parametrize(
    "fields",
    [{"slug": "espace"}, {"slug": "Ouidah"}, {"slug": "a b"}, {"contact": "12"}, {"slug": ""}],
)
def test_a_commune_that_cannot_be_leaves_nothing_behind(db, fields):
    client = Client()
    client.force_login(make_person(is_superuser=True))
    people = Person.objects.count()
    assert client.post(NEW, FORM | {"contact": "01 97 65 43 21", **fields}).status_code == 422
    assert not Commune.objects.filter(name="Ouidah").exists()
    assert Person.objects.count() == people


def test_an_address_that_is_taken_is_said_beside_it(commune):
    client = Client()
    client.force_login(make_person(is_superuser=True))
    typed = FORM | {"slug": commune.slug, "contact": "01 97 65 43 21"}
    answer = client.post(NEW, typed)
    assert answer.status_code == 422
    assert answer.context["form"].errors["slug"]


@pytest.mark.parametrize("role", ["admin", ""])
def test_nobody_else_makes_communes(commune, enter, visitor, role):
    client = enter(*([role] if role else []))
    assert client.get(NEW).status_code == 403
    assert client.post(NEW, FORM | {"contact": "01 97 65 43 21"}).status_code == 403
    assert visitor.get(NEW)["Location"] == f"/connexion/?next={NEW}"


def test_one_command_does_the_same(db, tmp_path, capsys):
    arms = tmp_path / "a.jpg"
    arms.write_bytes(a_picture().read())
    words = ["create", "--slug", "ouidah", "--name", "Ouidah", "--population", "medium", "--json"]
    words += ["--arrondissement", "Pahou", "--arrondissement", "Avlékété", "--arms", str(arms)]
    words += ["--gigabyte-price", "650", "--admin-email", "fifa@example.bj", "--admin-name", "Fifa"]
    call_command("commune", *words)
    told = json.loads(capsys.readouterr().out)
    ouidah = Commune.objects.get(slug="ouidah")
    assert (ouidah.population, ouidah.gigabyte_price) == ("medium", 650)
    assert [row.name for row in ouidah.arrondissements.all()] == ["Pahou", "Avlékété"]
    assert ouidah.arms
    assert Person.objects.get(email="fifa@example.bj").roles.get().name == "admin"
    assert "/connexion/lien/" in told["link"]


def test_a_command_that_is_refused_makes_nothing(db):
    with pytest.raises(CommandError):
        call_command(
            "commune", "create", "--slug", "ouidah", "--name", "Ouidah", "--admin-phone", "12"
        )
    assert not Commune.objects.filter(slug="ouidah").exists()


def test_days_before_1990_are_days(commune, enter, visitor):
    admin = enter("admin")
    held = {"kind": "mayor", "holder": "Ayaba", "starts_on": "1978-03-01", "ends_on": "1984-05-31"}
    answer = admin.post(f"/{commune.slug}/responsables/gerer/", held)
    assert answer.status_code == 302
    page = visitor.get(f"/{commune.slug}/responsables/").content.decode()
    assert "1er mars 1978" in page and "31 mai 1984" in page
    said = visitor.get(f"/api/v1/communes/{commune.slug}").json()["offices"]
    assert said[0]["starts_on"] == "1978-03-01"
