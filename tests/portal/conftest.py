"""What the tests of pages share: French words, plain static addresses, people of one commune."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client
from django.utils.translation.reloader import translation_file_changed

from communes.models import Commune, Person
from portal.catalogue import build, po
from tests.support.factories import make_commune, make_person


@pytest.fixture(scope="session", autouse=True)
def french() -> None:
    """The catalogue as it is now, compiled; without it every page would be in English."""
    folder = Path(django_settings.BASE_DIR) / "locale" / "fr" / "LC_MESSAGES"
    compiled = build.machine_object(po.read((folder / "django.po").read_text()))
    target = folder / "django.mo"
    if not target.exists() or target.read_bytes() != compiled:
        # Whole or not at all: another worker may be reading it.
        written = target.with_suffix(f".{os.getpid()}")
        written.write_bytes(compiled)
        written.replace(target)
    # Whoever wrote it: this process may have read the one before.
    translation_file_changed(None, target)


@pytest.fixture(autouse=True)
def plain(settings) -> Iterator[None]:
    """Static files by their own names, so that pages need no `collectstatic`."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def commune(db) -> Commune:
    return make_commune(name="Cotonou", department="Littoral", colour="#e8b800")


@pytest.fixture
def enter(commune: Commune) -> Callable[..., Client]:
    """A client signed in with these roles in the commune; without any: as a citizen."""

    def sign_in(*roles: str, person: Person | None = None) -> Client:
        client = Client(headers={"accept-language": "fr"})
        client.force_login(person or make_person(commune, *roles))
        return client

    return sign_in


@pytest.fixture
def visitor() -> Client:
    return Client(headers={"accept-language": "fr"})
