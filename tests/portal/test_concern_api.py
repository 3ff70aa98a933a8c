"""The API of concerns: what everyone reads, and what whoever is signed in writes."""

import html
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from communes.models import Arrondissement
from consultations.models import Concern
from live.transport import limits
from tests.consultations.concerning import ROAD, a_concern, act, picture, said_by
from tests.support.factories import make_commune, make_person, make_sitting

OFFICE = "Rachidath Fictive, voirie"
WATER = "La pompe du village est en panne depuis un mois, plus personne n'a d'eau."


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture(autouse=True)
def limits_anew() -> None:
    """A person of a test that was rolled back may have had the same number."""
    limits._windows = limits._Windows()


@pytest.fixture
def concern(commune) -> Concern:
    return a_concern(commune, make_person())


def upload(content: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/jpeg")


def get(client: Client, path: str, **headers: str):
    answer = client.get(f"/api/v1/concerns{path}", headers=headers)
    return answer, json.loads(answer.content or b"null")


def test_the_list_as_data_with_filters_pages_and_etag(commune, visitor, concern):
    water = a_concern(commune, make_person(), WATER, category="water")
    a_concern(commune, make_person(), "Le lampadaire est cassé.", published=False)
    answer, body = get(visitor, f"?commune={commune.slug}")
    assert body["total"] == 2
    assert [item["concern"]["id"] for item in body["items"]] == [water.pk, concern.pk]
    assert get(visitor, f"?commune={commune.slug}&category=water")[1]["total"] == 1
    assert get(visitor, f"?commune={commune.slug}&state=done")[1]["total"] == 0
    paged = get(visitor, f"?commune={commune.slug}&limit=1&offset=1")[1]
    assert [item["concern"]["id"] for item in paged["items"]] == [concern.pk]
    again = visitor.get(
        f"/api/v1/concerns?commune={commune.slug}", headers={"if-none-match": answer["ETag"]}
    )
    assert again.status_code == 304 and not again.content
    answer, problem = get(visitor, "?state=nonsense")
    assert answer.status_code == 422 and problem["code"] == "invalid"
    assert answer["Content-Type"].startswith("application/problem+json")


def test_a_longer_list_asks_the_database_no_more_often(commune, visitor, concern):
    moderator = make_person(commune, "moderator")
    pump, well = (a_concern(commune, make_person(), f"{WATER} {n}.") for n in "12")
    act(well, moderator, "concern.merge", target=pump.pk, concerns=[well.pk])
    act(pump, moderator, "concern.merge", target=concern.pk, concerns=[pump.pk])

    def asked() -> tuple[int, list[dict]]:
        with CaptureQueriesContext(connection) as queries:
            items = get(visitor, f"?commune={commune.slug}&limit=50")[1]["items"]
        return len(queries), items

    short, [alone] = asked()
    assert alone["concern"]["relatives"] == 2
    for n in range(4):
        a_concern(commune, make_person(), f"{ROAD} {n}.")
    longer, items = asked()
    assert len(items) == 5 and longer <= short


def test_one_as_data_with_its_discussion_and_timeline(commune, visitor, concern):
    comment = said_by(concern, make_person())
    whole = get(visitor, f"/{concern.pk}")[1]
    assert whole["discussion"][0]["id"] == comment.pk
    snapshot = get(visitor, f"/{concern.pk}/timeline")[1]
    assert snapshot["states"][f"concern/{concern.pk}"]["text"] == ROAD
    since = f"?since={snapshot['seq']}&epoch={snapshot['epoch']}"
    act(concern, make_person(commune, "clerk"), "concern.move", state="done", office=OFFICE)
    after = get(visitor, f"/{concern.pk}/timeline{since}")[1]
    assert [entry["kind"] for entry in after["entries"]] == ["concern.done"]
    hidden = a_concern(commune, make_person(), WATER, published=False)
    for path in (f"/{hidden.pk}", f"/{hidden.pk}/timeline", "/999999"):
        answer, problem = get(visitor, path)
        assert (answer.status_code, problem["code"]) == (404, "not_found")


def test_words_and_places_and_what_resembles_are_public(commune, visitor, concern):
    Arrondissement.objects.create(commune=commune, name="Togba")
    words = get(visitor, f"/vocabulary?commune={commune.slug}")[1]
    assert words["categories"][0]["slug"] == "roads"
    assert [place["name"] for place in words["arrondissements"]] == ["Togba"]
    like = get(visitor, f"/similar?commune={commune.slug}&text=trous+rue+marché+Godomey")[1]
    assert [item["concern"] for item in like["items"]] == [concern.pk]
    assert get(visitor, "/vocabulary?commune=nowhere")[0].status_code == 404


def test_writing_over_http_needs_an_account_a_token_and_the_role(commune, enter, concern):
    base = f"/api/v1/concerns/{concern.pk}"
    token = "y" * 32
    office = {"text": "Nous venons lundi.", "office": OFFICE}

    def send(client: Client, method: str, path: str, body: object = None, csrf: bool = True):
        client.cookies["csrftoken"] = token
        headers = {"x-csrftoken": token} if csrf else {}
        call = getattr(client, method)
        return call(
            f"{base}{path}", json.dumps(body), content_type="application/json", headers=headers
        )

    def strict(*roles: str) -> Client:
        client = Client(enforce_csrf_checks=True, headers={"accept-language": "fr"})
        if roles != ("visitor",):
            client.force_login(make_person(commune, *roles))
        return client

    assert send(strict("visitor"), "put", "/support").status_code == 401
    citizen = strict()
    assert send(citizen, "put", "/support", csrf=False).status_code == 403
    for _ in range(2):
        assert send(citizen, "put", "/support").json()["result"] == {"supports": 1}
    assert send(citizen, "delete", "/support").json()["result"] == {"supports": 0}
    assert send(citizen, "post", "/comments", {"text": "Oui."}).status_code == 201
    assert send(citizen, "post", "/comments", {"text": "Oui.", "x": 1}).status_code == 422
    step = {"state": "planned", "office": OFFICE, "due_on": "2099-02-31"}
    assert send(citizen, "post", "/answers", office).status_code == 403
    assert send(citizen, "post", "/state", step).status_code in {403, 422}
    clerk = strict("clerk")
    assert send(clerk, "post", "/state", step).status_code == 422
    assert send(clerk, "post", "/state", {**step, "due_on": "2099-02-28"}).status_code == 200
    assert send(clerk, "post", "/answers", office).status_code == 201
    sitting = make_sitting(make_commune(), "scheduled")
    refer = {"sitting": sitting.pk, "target": "question"}
    answer = send(clerk, "post", "/sittings", refer)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert "autre commune" in answer.json()["title"]


def test_raised_over_http(commune, enter):
    client = enter()
    client.cookies["csrftoken"] = "z" * 32
    data = {"commune": commune.slug, "category": "roads", "text": ROAD}
    answer = client.post(
        "/api/v1/concerns",
        {**data, "photos": [upload(picture())]},
        headers={"x-csrftoken": "z" * 32},
    )
    assert answer.status_code == 201, answer.content
    assert answer.json()["state"] == "pending"
    assert Concern.objects.get().photos.count() == 1
    bad = client.post("/api/v1/concerns", {**data, "photos": [upload(b"nothing")]})
    assert (bad.status_code, bad.json()["code"]) == (422, "invalid")


def test_pages_name_no_person_and_no_hidden_word(commune, visitor, concern):
    comment = said_by(concern, make_person(display_name="Nom Caché"))
    page = visitor.get(f"/{commune.slug}/preoccupations/{concern.pk}/")
    text = html.unescape(page.content.decode())
    assert comment.text in text and "Nom Caché" not in text
    props = re.search(r'<script type="application/json">(.*?)</script>', text, re.DOTALL)
    assert props is not None and "Nom Caché" not in props[1]
