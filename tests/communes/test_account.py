"""One's own account: name, language, other devices, deletion."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from communes.identity import erasure, limits
from communes.models import Person, Role, SignInLink

from .conftest import sign_in, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    client = Client()
    sign_in(client)
    return client


@pytest.mark.parametrize("address", ["/compte/", "/compte/supprimer/"])
def test_a_visitor_is_asked_to_sign_in(address):
    assert Client().get(address)["Location"] == f"/connexion/?next={address}"


def test_one_sees_ones_own_number(client):
    assert "+229 01 97 12 34 56" in client.get("/compte/").content.decode()


def test_name_and_language(client):
    answer = client.post("/compte/", {"display_name": "  Afi   Dossou ", "language": "en"})
    assert answer["Location"] == "/compte/"
    person = Person.objects.get()
    assert (person.display_name, person.language) == ("Afi Dossou", "en")
    assert client.cookies["django_language"].value == "en"


@pytest.mark.parametrize(
    "fields",
    [
        {"display_name": "x" * 61, "language": "fr"},
        {"display_name": "Afi\u202eirof", "language": "fr"},
        {"display_name": "Afi", "language": "xx"},
    ],
)
def test_what_is_refused_changes_nothing(client, fields):
    assert client.post("/compte/", fields).status_code == 422
    person = Person.objects.get()
    assert (person.display_name, person.language) == ("", "fr")


def test_a_form_cannot_set_more_than_it_shows(client):
    fields = {"display_name": "Afi", "language": "fr", "is_superuser": "1", "email": "a@b.bj"}
    client.post("/compte/", fields)
    person = Person.objects.get()
    assert person.display_name == "Afi"
    assert not person.is_superuser
    assert person.email is None


def test_other_devices_are_signed_out_and_this_one_is_not(client):
    limits.limiter.cache_clear()
    other = Client()
    sign_in(other)
    assert other.get("/compte/").status_code == 200
    assert client.get("/compte/appareils/").status_code == 405
    client.post("/compte/appareils/")
    assert client.get("/compte/").status_code == 200
    assert other.get("/compte/").status_code == 302


def test_deletion_takes_the_person_and_all_that_hangs_on_it(client, cotonou):
    person = Person.objects.get()
    person.roles.create(commune=cotonou, name="clerk")
    assert client.get("/compte/supprimer/").status_code == 200
    assert Person.objects.count() == 1  # looking deletes nothing

    seen = []
    hook = erasure.register(lambda leaving: seen.append(leaving.pk))
    try:
        assert client.post("/compte/supprimer/")["Location"] == "/"
    finally:
        erasure.unregister(hook)
    assert seen == [person.pk]
    assert not Person.objects.exists()
    assert not Role.objects.exists()
    assert not SignInLink.objects.exists()
    assert signed_in(client) is None
    assert not Session.objects.filter(session_key=client.cookies["sessionid"].value).exists()


def test_a_hook_that_fails_keeps_the_account(client):
    def fails(person: Person) -> None:
        Person.objects.filter(pk=person.pk).update(display_name="half erased")
        raise RuntimeError

    erasure.register(fails)
    try:
        with pytest.raises(RuntimeError):
            client.post("/compte/supprimer/")
    finally:
        erasure.unregister(fails)
    assert Person.objects.get().display_name == ""
    assert signed_in(client)


def test_deletion_may_have_to_wait(client):
    @erasure.register
    def waits(person: Person) -> None:
        raise erasure.Postponed

    try:
        answer = client.post("/compte/supprimer/")
    finally:
        erasure.unregister(waits)
    assert answer["Location"] == "/compte/"
    assert signed_in(client) == Person.objects.get()


def test_one_may_come_back_after_deletion(client):
    client.post("/compte/supprimer/")
    limits.limiter.cache_clear()
    again = Client()
    sign_in(again)
    assert signed_in(again)
