"""Staff of one commune never see or touch what another commune keeps to itself: every address of
pages and of the API is walked, so that a new one is judged as soon as it is there."""

import json
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse
from django.utils import timezone

import communes.urls
import portal.urls
from communes.documents import keep
from communes.documents.examine import Examined
from communes.documents.keep import Fields
from communes.models import Commune, Document, Engagement, GoodPractice, Office, Upload
from communes.permissions import EVERY_ROLE
from config.api import api
from consultations.models import Concern
from live.models import Sitting
from tests.consultations.concerning import a_concern
from tests.support.factories import make_commune, make_person, make_sitting

SECRET = "Projet que personne ne connaît"

#: Pages that anyone may open of any commune; every other one must be closed.
PUBLIC = {
    "commune", "calendar", "feed", "commitments", "documents", "documents_feed", "concerns",
    "concern_raise", "commune_report", "commune_report_csv", "offices", "agenda",
    "concern_report", "concern_decisions", "concern_chain",
}  # fmt: skip


class Hidden:
    """A commune with one thing of each kind that is not public."""

    def __init__(self, path) -> None:
        self.commune: Commune = make_commune(name="Ganvié")
        self.admin = make_person(self.commune, "admin")
        self.sitting: Sitting = make_sitting(self.commune, "draft", title=SECRET)
        file = path / "t.txt"
        file.write_text(SECRET)
        examined = Examined(file, "t.txt", "text/plain", 5, "0" * 64)
        fields = Fields("budget", SECRET, 2025)
        self.document: Document = keep.make(self.commune, fields, examined, None)
        self.concern: Concern = a_concern(self.commune, make_person(), SECRET, published=False)
        self.upload = Upload.objects.create(
            commune=self.commune, by=self.admin, name="t.txt", size=5
        )
        self.office = Office.objects.create(
            commune=self.commune, kind="mayor", holder="Ayaba", starts_on=date(2026, 2, 9)
        )

        self.practice = GoodPractice.objects.create(
            commune=self.commune, title=SECRET, theme="water", problem="p", done="d"
        )
        now = timezone.now()
        self.engagement = Engagement.objects.create(
            commune=self.commune,
            title=SECRET,
            starts_at=now,
            ends_at=now + timedelta(hours=1),
            public=False,
        )

    def number(self, name: str) -> int:
        if name.startswith("practice"):
            return self.practice.pk
        if name.startswith("engagement"):
            return self.engagement.pk
        if name.startswith("office"):
            return self.office.pk
        return self.concern.pk if name.startswith("concern") else self.document.pk

    def arguments(self, name: str, wanted: set[str]) -> dict[str, object]:
        known: dict[str, object] = {
            "commune": self.commune.slug,
            "slug": self.sitting.slug,
            "number": self.number(name),
            "version": 1,
            "name": "abc" if name in {"concern_photo", "hearing_picture"} else "t.txt",
            "page": 1,
            "width": 320,
            "size": 320,
            "update": 1,
            "referral": 1,
            "key": self.upload.pk,
        }
        return {argument: known[argument] for argument in wanted}


@pytest.fixture
def hidden(db, settings, tmp_path) -> Hidden:
    settings.MEDIA_ROOT = tmp_path
    return Hidden(tmp_path)


@pytest.fixture
def stranger(db) -> Client:
    """Somebody with every role, in another commune."""
    client = Client(headers={"accept-language": "fr"})
    client.force_login(make_person(make_commune(name="Ailleurs"), *EVERY_ROLE))
    return client


def addresses(patterns, wanted: frozenset[str] = frozenset()) -> Iterator[tuple[str, set[str]]]:
    """Names and arguments of the pages under a commune."""
    for pattern in patterns:
        arguments = wanted | set(pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, arguments)
        elif isinstance(pattern, URLPattern) and "commune" in arguments and pattern.name:
            yield pattern.name, set(arguments)


PAGES = [*addresses(portal.urls.urlpatterns), *addresses(communes.urls.urlpatterns)]


def test_no_page_shows_or_takes_what_another_commune_keeps_to_itself(hidden, stranger):
    closed = 0
    for name, wanted in PAGES:
        address = reverse(name, kwargs=hidden.arguments(name, wanted))
        shown = stranger.get(address)
        if name in PUBLIC:
            assert shown.status_code == 200, name
            assert SECRET not in shown.content.decode(), name
            continue
        closed += 1
        assert shown.status_code in {403, 404, 405}, f"{name} answers {shown.status_code}"
        for method in ("post", "patch", "delete"):
            answer = getattr(stranger, method)(address, {"do": "delete", "action": "remove"})
            assert answer.status_code in {403, 404, 405}, f"{name} takes {method}"
    assert closed >= 25
    assert Document.objects.filter(pk=hidden.document.pk).exists()
    assert Upload.objects.filter(pk=hidden.upload.pk).exists()


def test_the_same_pages_open_for_those_who_work_there(hidden):
    """Otherwise the walk would be content with addresses that nobody reaches."""
    client = Client()
    client.force_login(hidden.admin)
    opened = 0
    for name, wanted in PAGES:
        if name not in PUBLIC:
            address = reverse(name, kwargs=hidden.arguments(name, wanted))
            opened += client.get(address).status_code == 200
    assert opened >= 15


#: Right bodies, so that nothing is refused for its form before it is asked whose it is.
BODIES: dict[str, dict[str, object]] = {
    "/comments": {"text": "Bonjour à tous"},
    "/answers": {"text": "Ce sera fait", "office": "Le maire"},
    "/state": {"state": "taken_up", "office": "Le maire"},
    "/sittings": {"sitting": "abcdefabcdef", "target": "agenda"},
}
#: What everyone reads of a commune; it must only keep quiet.
OPEN_READING = {
    "/communes/{commune}",
    "/communes/{commune}/agenda",
    "/communes/{commune}/commitments",
    "/communes/{commune}/commitments.csv",
    "/communes/{commune}/concern-board/timeline",
    "/communes/{commune}/transparency",
    "/communes/{commune}/concern-transparency",
}


def test_no_address_of_the_api_tells_or_takes_it(hidden, stranger):
    tried = 0
    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            template = f"{prefix}{path}"
            if "{" not in template:
                continue
            address = "/api/v1" + template.format(
                commune=hidden.commune.slug,
                sitting_id=hidden.sitting.pk,
                document_id=hidden.document.pk,
                concern_id=hidden.concern.pk,
                poll_id=1,
                commitment_id=1,
                practice_id=hidden.practice.pk,
            )
            for method in {m for operation in view.operations for m in operation.methods}:
                body = next((b for end, b in BODIES.items() if template.endswith(end)), {})
                answer = stranger.generic(
                    method,
                    f"{address}?text=trous",
                    json.dumps(body),
                    content_type="application/json",
                )
                tried += 1
                assert SECRET not in answer.content.decode(), template
                if template in OPEN_READING:
                    assert answer.status_code == 200, template
                else:
                    assert answer.status_code in {403, 404}, f"{method} {template}: {answer}"
    assert tried >= 25


@pytest.mark.parametrize(
    "path", ["/sittings", "/documents", "/concerns", "/practices", "/search?q=projet"]
)
def test_lists_of_the_api_keep_quiet_of_it(hidden, stranger, path):
    answer = stranger.get(f"/api/v1{path}")
    assert answer.status_code == 200
    assert SECRET not in answer.content.decode()
