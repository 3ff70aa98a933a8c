"""What the tests of identity share: text messages in memory, limits and caches that start anew."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from communes.identity import limits, sms
from communes.models import Commune, Person

NUMBER = "+2290197123456"
TYPED = "01 97 12 34 56"
ADDRESS = "afi@example.bj"


@pytest.fixture(autouse=True)
def identity(settings) -> Iterator[None]:
    settings.SMS_BACKEND = "communes.identity.sms.MemoryBackend"
    settings.DEMO = False
    settings.REDIS_URL = ""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    limits.limiter.cache_clear()
    cache.clear()
    sms.outbox.clear()
    yield
    limits.limiter.cache_clear()
    cache.clear()
    sms.outbox.clear()


@pytest.fixture
def cotonou(db) -> Commune:
    return Commune.objects.create(slug="cotonou-essai", name="Cotonou", department="Littoral")


@pytest.fixture
def parakou(db) -> Commune:
    return Commune.objects.create(slug="parakou-essai", name="Parakou", department="Borgou")


def digits(text: object) -> str:
    found = re.search(r"\b\d{6}\b", str(text))
    assert found, text
    return found.group()


def last_sms_code() -> str:
    return digits(sms.outbox[-1].text)


def another(code: str) -> str:
    """A code that is not this one."""
    return f"{(int(code) + 1) % 1_000_000:06}"


def ask(client: Client, contact: str = TYPED, *, consent: bool = True, next: str = ""):
    data = {"contact": contact, "next": next} | ({"consent": "on"} if consent else {})
    return client.post("/connexion/", data)


def sign_in(client: Client, contact: str = TYPED, *, next: str = ""):
    """Through the pages, as a browser does."""
    asked = ask(client, contact, next=next)
    assert asked.status_code == 302, asked.content.decode()
    assert asked["Location"] == "/connexion/code/"
    return client.post("/connexion/code/", {"code": last_sms_code()})


def signed_in(client: Client) -> Person | None:
    """Who the session says it is."""
    pk = client.session.get("_auth_user_id")
    return Person.objects.filter(pk=pk).first() if pk else None


@pytest.fixture
def people(db) -> Callable[..., Person]:
    def make(*roles: tuple[Commune, str], **fields) -> Person:
        person = Person.objects.create_user(**fields)
        for commune, role in roles:
            person.roles.create(commune=commune, name=role)
        return person

    return make
