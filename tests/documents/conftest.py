"""What tests of documents share."""

from collections.abc import Callable
from pathlib import Path

import pytest

from communes.documents.examine import Examined, examine
from communes.models import Commune, Person

Receive = Callable[[str, bytes], Examined]


@pytest.fixture(autouse=True)
def places(settings, tmp_path) -> None:
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "uploads"
    # Static files by their own names, so that pages need no `collectstatic`.
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def receive(tmp_path: Path) -> Receive:
    """Examine a file of this name and content."""
    count = iter(range(1000))

    def make(name: str, content: bytes) -> Examined:
        path = tmp_path / f"received-{next(count)}"
        path.write_bytes(content)
        return examine(path, name)

    return make


@pytest.fixture
def ganvie(db) -> Commune:
    return Commune.objects.create(slug="ganvie-essai", name="Ganvié")


@pytest.fixture
def clerk(db) -> Person:
    return Person.objects.create(display_name="Afi")
