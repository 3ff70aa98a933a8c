"""Polls, notifications and similar questions over HTTP."""

import csv
import io
import json

import pytest
from django.db import transaction
from django.test import Client

from consultations.actions.levels import hall_code
from consultations.actions.tallies import write_entry
from consultations.models import PushDevice
from consultations.sending.push import public_key
from tests.consultations.polling import a_prepared_poll, an_open_poll, voters
from tests.consultations.test_sending import Browser, text_of
from tests.live.acting import a_person, a_sitting, act, context

pytestmark = pytest.mark.django_db


@pytest.fixture
def sitting():
    return a_sitting()


@pytest.fixture
def host(sitting):
    return context(sitting, a_person("Hôte", "host"), "host")


def signed_in(person, *, csrf: bool = False) -> Client:
    client = Client(enforce_csrf_checks=csrf)
    client.force_login(person)
    return client


def base(sitting) -> str:
    return f"/api/v1/sittings/{sitting.pk}"


def table(answer) -> list[list[str]]:
    text = answer.content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


# ── polls ─────────────────────────────────────────────────────────────────────────────────────


def test_results_as_json_and_as_a_table(sitting, host):
    poll, options = an_open_poll(host, kind="rating", secret=False)
    for person, grade in zip(voters(2), (5, 2), strict=True):
        act(context(sitting, person), "ballot.cast", poll=poll, options=[options[grade - 1]])
    act(host, "poll.close", poll=poll)
    visitor = Client()
    listed = json.loads(visitor.get(f"{base(sitting)}/polls").content)
    assert listed["total"] == 1
    assert listed["items"][0]["tally"]["mean"] == 3.5
    rows = table(visitor.get(f"{base(sitting)}/polls/{poll}/results.csv"))
    assert len(rows) == 6
    named = dict(zip(rows[0], rows[2], strict=True))
    assert [row[7] for row in rows[1:]] == ["1", "2", "3", "4", "5"]
    assert list(named.values())[5:10] == ["2", "3.5", "2", "1", "50.0"]
    assert rows == table(visitor.get(f"{base(sitting)}/polls.csv"))


def test_a_prepared_poll_is_not_in_the_api(sitting, host):
    poll = a_prepared_poll(host)
    for client in (Client(), signed_in(a_person("Clerk", "clerk"))):
        assert json.loads(client.get(f"{base(sitting)}/polls").content)["items"] == []
        assert client.get(f"{base(sitting)}/polls/{poll}").status_code == 404


@pytest.mark.parametrize("results", ["at_closing", "on_reveal"])
def test_a_result_that_is_held_back_is_nowhere_in_the_api(sitting, host, results):
    poll, (yes, _) = an_open_poll(host, results=results, secret=False)
    for person in voters(12):
        act(context(sitting, person), "ballot.cast", poll=poll, options=[yes])
    write_entry(sitting.pk, "poll", poll)
    if results == "on_reveal":
        act(host, "poll.close", poll=poll)
    visitor = Client()
    for path in ("/polls", f"/polls/{poll}", "/timeline", "/timeline?since=0", "/manifest"):
        text = visitor.get(base(sitting) + path).content.decode()
        assert f'"{yes}":' not in text and f'"{yes}": ' not in text
    assert visitor.get(f"{base(sitting)}/polls/{poll}/results.csv").status_code == 409
    assert len(table(visitor.get(f"{base(sitting)}/polls.csv"))) == 1


def test_a_secret_vote_under_way_says_no_more_than_the_timeline(sitting, host):
    poll, (yes, _) = an_open_poll(host)
    people = voters(13)
    for person in people[:10]:
        act(context(sitting, person), "ballot.cast", poll=poll, options=[yes])
    visitor = Client()
    path = f"{base(sitting)}/polls/{poll}"
    assert json.loads(visitor.get(path).content)["tally"]["voters"] == 0
    write_entry(sitting.pk, "poll", poll)
    for person in people[10:]:
        act(context(sitting, person), "ballot.cast", poll=poll, options=[yes])
    assert json.loads(visitor.get(path).content)["tally"]["voters"] == 10


def test_a_drafts_polls_look_like_those_of_no_sitting():
    draft = a_sitting("draft")
    for path in ("/polls", "/polls.csv", "/polls/1", "/similar?text=la%20rue"):
        assert Client().get(base(draft) + path).status_code == 404


# ── the code for the hall ─────────────────────────────────────────────────────────────────────


def test_the_code_for_the_hall_is_for_staff(sitting):
    path = f"{base(sitting)}/hall-code"
    assert Client().get(path).status_code == 401
    assert signed_in(a_person()).get(path).status_code == 403
    for role in ("clerk", "host", "moderator", "admin"):
        answer = signed_in(a_person(role, role)).get(path)
        assert json.loads(answer.content)["code"] == hall_code(sitting.pk).code
        assert answer["Cache-Control"] == "no-store"


# ── notifications ─────────────────────────────────────────────────────────────────────────────


def a_subscription(browser: Browser, n: int = 1) -> dict[str, str]:
    return {
        "endpoint": f"https://fcm.googleapis.com/fcm/send/{n}",
        "p256dh": browser.p256dh,
        "auth": text_of(browser.secret),
    }


def send(client: Client, method: str, body: dict[str, str], **headers: str):
    request = getattr(client, method)
    return request(
        "/api/v1/me/push", json.dumps(body), content_type="application/json", headers=headers
    )


def test_a_device_is_added_once_belongs_to_who_used_it_last_and_is_taken_off():
    browser = Browser()
    afi, codjo = a_person("Afi"), a_person("Codjo")
    assert Client().get("/api/v1/me/push").status_code == 401
    client = signed_in(afi)
    assert json.loads(client.get("/api/v1/me/push").content) == {
        "public_key": public_key(),
        "devices": 0,
    }
    for _ in range(2):
        answer = send(client, "post", a_subscription(browser))
    assert json.loads(answer.content)["devices"] == 1
    send(signed_in(codjo), "post", a_subscription(browser))
    assert PushDevice.objects.get().person_id == codjo.pk
    endpoint = {"endpoint": a_subscription(browser)["endpoint"]}
    assert send(client, "delete", endpoint).status_code == 204
    assert PushDevice.objects.exists(), "another's device stays"
    assert send(signed_in(codjo), "delete", endpoint).status_code == 204
    assert not PushDevice.objects.exists()


def test_a_visitor_and_a_forged_request_are_told_so_as_problems():
    visitor, forger = Client(enforce_csrf_checks=True), signed_in(a_person(), csrf=True)
    device = a_subscription(Browser())
    refusals = [
        (visitor.get("/api/v1/me/push"), 401, "sign_in"),
        (send(visitor, "post", device), 401, "sign_in"),
        (send(visitor, "delete", {"endpoint": device["endpoint"]}), 401, "sign_in"),
        (send(forger, "post", device), 403, "forbidden"),
        (send(forger, "delete", {"endpoint": device["endpoint"]}), 403, "forbidden"),
    ]
    for answer, status, code in refusals:
        assert (answer.status_code, json.loads(answer.content)["code"]) == (status, code)
        assert answer["Content-Type"] == "application/problem+json"
    assert forger.get("/api/v1/me/push").status_code == 200
    assert not PushDevice.objects.exists()


def test_the_oldest_device_makes_room():
    client = signed_in(a_person())
    for n in range(10):
        send(client, "post", a_subscription(Browser(), n))
    kept = PushDevice.objects.values_list("endpoint", flat=True)
    assert len(kept) == 8
    assert not any(endpoint.endswith(("/0", "/1")) for endpoint in kept)


@pytest.mark.parametrize(
    "change",
    [
        {"endpoint": "https://127.0.0.1/admin"},
        {"endpoint": "https://fcm.googleapis.com.evil.example/1"},
        {"p256dh": "AAAA"},
        {"auth": "AAAA"},
    ],
    ids=str,
)
def test_what_is_no_browsers_subscription_is_refused(change):
    answer = send(signed_in(a_person()), "post", {**a_subscription(Browser()), **change})
    assert answer.status_code == 422
    assert not PushDevice.objects.exists()


def test_another_site_cannot_subscribe_somebody():
    client = signed_in(a_person(), csrf=True)
    assert send(client, "post", a_subscription(Browser())).status_code == 403
    assert not PushDevice.objects.exists()


# ── similar questions ─────────────────────────────────────────────────────────────────────────


def test_similar_questions_are_published_ones_with_their_support(sitting):
    moderator = context(sitting, a_person("Mod", "moderator"), "moderator")
    texts = (
        "Quand la rue 12 d'Agla sera-t-elle pavée ?",
        "Le marché Dantokpa aura-t-il des toilettes ?",
    )
    asked = []
    for text in texts:
        done = act(context(sitting, a_person()), "question.submit", text=text)
        asked.append(done.result["question"])
    similar = f"{base(sitting)}/similar"
    typed = {"text": "la rue 12 à Agla sera pavée quand"}
    assert json.loads(Client().get(similar, typed).content)["items"] == []
    with transaction.atomic():
        for question in asked:
            act(moderator, "question.approve", question=question)
    act(context(sitting, a_person()), "question.support", question=asked[0])
    found = json.loads(Client().get(similar, typed).content)
    assert [item["question"] for item in found["items"]] == [asked[0]]
    assert found["items"][0]["supports"] == 1
    assert Client().get(similar, {"text": "a"}).status_code == 422
