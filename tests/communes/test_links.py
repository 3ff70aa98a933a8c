"""Sign-in links and the commands that make them."""

import json
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from communes.identity import phone
from communes.models import Commune, Person, Role, SignInLink

from .conftest import NUMBER, TYPED, sign_in, signed_in

pytestmark = pytest.mark.django_db


def run(capsys, *words: str):
    call_command(*words, "--json")
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def made(capsys, cotonou):
    return run(
        capsys, "account", "create", "--commune", cotonou.slug, "--role", "clerk", "--name", "Afi"
    )


def path_of(made):
    return urlsplit(made["link"]).path


def test_a_link_signs_in_once_and_looking_does_not_use_it(made):
    preview, client, late = Client(), Client(), Client()
    for _ in range(3):
        assert preview.get(path_of(made)).status_code == 200
    assert preview.head(path_of(made)).status_code == 200
    assert signed_in(preview) is None

    answer = client.post(path_of(made), {"consent": "on"})
    assert answer["Location"] == "/espace/"
    person = signed_in(client)
    assert person is not None
    assert person.public_id == made["id"]
    assert person.consented_at is not None

    assert late.post(path_of(made), {"consent": "on"}).status_code == 410
    assert late.get(path_of(made)).status_code == 410
    assert signed_in(late) is None


def test_consent_is_asked_and_its_lack_does_not_use_the_link(made):
    client = Client()
    assert client.post(path_of(made)).status_code == 422
    assert signed_in(client) is None
    client.post(path_of(made), {"consent": "on"})
    assert signed_in(client)


def test_a_link_lasts_24_hours(made):
    link = SignInLink.objects.get()
    assert timedelta(hours=23) < link.expires_at - timezone.now() <= timedelta(hours=24)
    SignInLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().post(path_of(made), {"consent": "on"}).status_code == 410


def test_the_database_does_not_hold_the_link(made):
    token = path_of(made).rstrip("/").rsplit("/", 1)[-1]
    link = SignInLink.objects.get()
    assert token not in repr(link.__dict__)
    assert len(token) >= 43


def test_a_link_of_a_closed_account_is_worth_nothing(made):
    Person.objects.update(is_active=False)
    assert Client().post(path_of(made), {"consent": "on"}).status_code == 410


def test_create_finds_the_person_of_a_number(capsys, cotonou, parakou):
    words = ("account", "create", "--role", "moderator", "--phone", TYPED)
    first = run(capsys, *words, "--commune", cotonou.slug, "--name", "Afi")
    second = run(capsys, *words, "--commune", parakou.slug)
    assert first["created"]
    assert not second["created"]
    assert first["id"] == second["id"]
    assert second["name"] == "Afi"
    assert second["contact"] == "+229 •••• 56"
    person = Person.objects.get()
    assert phone.decrypt(person.phone_cipher) == NUMBER
    assert set(person.roles.values_list("commune__slug", "name")) == {
        (cotonou.slug, "moderator"),
        (parakou.slug, "moderator"),
    }
    # Later the same person comes in by the form.
    client = Client()
    sign_in(client)
    assert signed_in(client) == person


def test_a_citizen_is_a_person_without_a_role(capsys, cotonou):
    made = run(capsys, "account", "create", "--commune", cotonou.slug, "--role", "citizen")
    assert made["role"] == "citizen"
    assert not Role.objects.exists()
    client = Client()
    assert client.post(path_of(made), {"consent": "on"})["Location"] == "/"


def test_list_and_remove_role(capsys, cotonou, made):
    call_command("account", "list", "--json")
    rows = json.loads(capsys.readouterr().out)
    assert rows == [
        {
            "id": made["id"],
            "name": "Afi",
            "contact": None,
            "commune": cotonou.slug,
            "role": "clerk",
        }
    ]
    words = ("account", "remove-role", "--commune", cotonou.slug, "--role", "clerk")
    assert run(capsys, *words, "--id", made["id"])["role"] == "clerk"
    assert not Role.objects.exists()
    with pytest.raises(CommandError, match="is not clerk"):
        call_command(*words, "--id", made["id"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--commune", "nulle-part", "--role", "clerk"), "no commune 'nulle-part'"),
        (("--commune", "cotonou-essai", "--role", "clerk", "--phone", "12"), "01 97 12 34 56"),
        (("--commune", "cotonou-essai", "--role", "clerk", "--email", "afi"), "mail"),
        (("--commune", "cotonou-essai", "--role", "clerk", "--name", "x" * 61), "60"),
        (("--commune", "cotonou-essai", "--role", "king"), "king"),
        (("--role", "clerk"), "--commune"),
    ],
)
def test_mistakes_are_told_and_leave_nothing(cotonou, words, said):
    with pytest.raises(CommandError, match=said):
        call_command("account", "create", *words)
    assert not Person.objects.exists()


def test_the_last_administrator_stays(capsys, cotonou):
    words = ("--commune", cotonou.slug, "--role", "admin")
    made = run(capsys, "account", "create", *words)
    with pytest.raises(CommandError, match="only administrator"):
        call_command("account", "remove-role", *words, "--id", made["id"])


def test_rekey_moves_every_number_under_the_first_keys(capsys, cotonou, settings):
    settings.PHONE_HASH_KEYS, settings.PHONE_CIPHER_KEYS = ["old"], ["old"]
    words = ("account", "create", "--commune", cotonou.slug, "--role", "clerk", "--phone", TYPED)
    run(capsys, *words)
    settings.PHONE_HASH_KEYS, settings.PHONE_CIPHER_KEYS = ["new", "old"], ["new", "old"]
    assert run(capsys, *words)["created"] is False
    assert run(capsys, "account", "rekey") == {"rewritten": 1}
    settings.PHONE_HASH_KEYS, settings.PHONE_CIPHER_KEYS = ["new"], ["new"]
    assert run(capsys, *words)["created"] is False
    assert phone.decrypt(Person.objects.get().phone_cipher) == NUMBER
    settings.PHONE_CIPHER_KEYS = ["other"]
    with pytest.raises(CommandError, match="PHONE_CIPHER_KEYS"):
        call_command("account", "rekey")


def test_commune_create_and_list(capsys, db):
    words = ("--slug", "ganvie", "--name", "Ganvié", "--department", "Atlantique")
    made = run(capsys, "commune", "create", *words, "--colour", "#AA5500")
    assert made == {
        "slug": "ganvie",
        "name": "Ganvié",
        "department": "Atlantique",
        "colour": "#aa5500",
        "page": "/ganvie/",
    }
    call_command("commune", "list", "--json")
    assert made in json.loads(capsys.readouterr().out)
    with pytest.raises(CommandError):
        call_command("commune", "create", *words)


@pytest.mark.parametrize(
    "words",
    [
        ("--slug", "connexion", "--name", "X"),
        ("--slug", "Ganvie", "--name", "X"),
        ("--slug", "a b", "--name", "X"),
        ("--slug", "ganvie", "--name", ""),
        ("--slug", "ganvie", "--name", "X", "--colour", "green"),
    ],
)
def test_a_commune_with_a_mistake_is_not_made(db, words):
    before = Commune.objects.count()
    with pytest.raises(CommandError):
        call_command("commune", "create", *words)
    assert Commune.objects.count() == before


def test_no_page_of_the_site_can_be_a_commune():
    """Every first word of our own addresses is reserved."""
    from django.urls import get_resolver

    from communes.slugs import RESERVED

    def words(patterns, prefix=""):
        for pattern in patterns:
            route = prefix + str(pattern.pattern)
            if hasattr(pattern, "url_patterns"):
                yield from words(pattern.url_patterns, route)
            else:
                yield route.lstrip("^").split("/")[0]

    own = {word for word in words(get_resolver().url_patterns) if word and "<" not in word}
    own = {word for word in own if "." not in word}
    assert own <= RESERVED
