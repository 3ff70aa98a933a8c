"""`/api/v1/`: readable by programs from anywhere, true to its schema, and silent about drafts."""

from datetime import date

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis import Case

from communes.documents import keep
from communes.documents.examine import Examined
from communes.documents.keep import Fields
from communes.models import Commune, Office
from tests.support.factories import make_commune, make_sitting
from tests.support.world import World

RELAXED = list(HealthCheck)


@pytest.fixture
def commune(db) -> Commune:
    return make_commune(name="Ganvié")


@pytest.fixture
def document(commune, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    path = tmp_path / "t.txt"
    path.write_text("texte")
    file = Examined(path, "t.txt", "text/plain", 5, "0" * 64)
    return keep.publish(keep.make(commune, Fields("budget", "Budget", 2025), file, None))


def test_documents_are_listed_and_told_apart(document, commune, client):
    listed = client.get(f"/api/v1/documents?commune={commune.slug}&kind=budget&year=2025").json()
    assert listed["total"] == 1
    assert listed["items"][0]["file"]["sha256"] == "0" * 64
    assert client.get("/api/v1/documents?kind=contract").json()["total"] == 0
    one = client.get(f"/api/v1/documents/{document.pk}").json()
    assert [version["number"] for version in one["versions"]] == [1]
    keep.withdraw(document)
    assert client.get(f"/api/v1/documents/{document.pk}").status_code == 404
    assert client.get("/api/v1/documents").json()["total"] == 0


def test_offices_past_and_present_are_told_with_their_days(commune, client):
    Office.objects.create(
        commune=commune, kind="mayor", holder="A", starts_on=date(2020, 6, 1), ends_on="2026-02-08"
    )
    Office.objects.create(commune=commune, kind="mayor", holder="B", starts_on=date(2026, 2, 9))
    told = client.get(f"/api/v1/communes/{commune.slug}").json()["offices"]
    assert [(one["holder"], one["ends_on"]) for one in told] == [("B", None), ("A", "2026-02-08")]
    missing = client.get("/api/v1/communes/nulle-part")
    assert missing.status_code == 404
    assert missing["Content-Type"] == "application/problem+json"
    assert missing.json()["code"] == "not_found"


def test_who_has_it_already_is_told_so(document, client):
    first = client.get("/api/v1/documents")
    again = client.get("/api/v1/documents", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    keep.withdraw(document)
    assert client.get("/api/v1/documents", headers={"If-None-Match": first["ETag"]}).content


def test_programs_of_other_sites_may_read_and_nothing_else(db, client):
    answer = client.get("/api/v1/communes", headers={"Origin": "https://exemple.bj"})
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer
    asked = client.options(
        "/api/v1/sittings",
        headers={"Origin": "https://exemple.bj", "Access-Control-Request-Method": "POST"},
    )
    assert "POST" not in asked["Access-Control-Allow-Methods"]
    assert "Access-Control-Allow-Origin" not in client.get("/")
    refused = Client(enforce_csrf_checks=True).post("/api/v1/sittings/abc/ticket")
    assert "Access-Control-Allow-Origin" not in refused


@pytest.fixture
def schema(palabre: World) -> schemathesis.BaseSchema:
    make_sitting(state="live")
    return schemathesis.openapi.from_url(f"{palabre.url}/api/v1/openapi.json")


def test_what_is_read_is_as_the_schema_says(schema):
    """Every address that is read, with thought-up parameters, right and wrong ones."""
    tried = 0
    for result in schema.include(method="GET").get_all_operations():
        operation = result.ok()

        @given(case=operation.as_strategy())
        @settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=RELAXED)
        def agrees(case: Case) -> None:
            case.call_and_validate(timeout=30)

        agrees()
        tried += 1
    assert tried >= 20
