"""Being told outside of the site: by e-mail, by push, until one says stop."""

import base64
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlsplit

import http_ece
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core import mail
from django.db import transaction
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from py_vapid import Vapid02
from py_vapid.utils import b64urldecode

from consultations.models import (
    Commitment,
    CommitmentFollower,
    CommitmentUpdate,
    PushDevice,
    Reminder,
)
from consultations.sending.notice import Notice
from consultations.sending.push import (
    Gone,
    NotTaken,
    is_push_service,
    public_key,
    readable_keys,
    send_push,
)
from consultations.sending.stopping import Subscription
from consultations.tasks.daily import mark_late_commitments
from consultations.tasks.telling import remind, tell_followers
from live.actions.lifecycle import change
from live.timeline.append import SYSTEM
from tests.live.acting import a_person, a_sitting, act, context

pytestmark = pytest.mark.django_db(transaction=True)


def text_of(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Browser:
    """The receiving end of web push: a key pair, and what its push service was handed."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.secret = b"0123456789abcdef"

    @property
    def p256dh(self) -> str:
        return text_of(
            self.key.public_key().public_bytes(
                serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
            )
        )

    def read(self, body: bytes) -> dict[str, str]:
        content = http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret)
        return json.loads(content)


class PushService:
    """A push service on the loopback address (RFC 8030): answers with `status`."""

    def __init__(self) -> None:
        self.status = 201
        self.taken: list[tuple[dict[str, str], bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.taken.append((dict(self.headers), body))
                self.send_response(outer.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                return

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/push/1"


@pytest.fixture
def service() -> Iterator[PushService]:
    service = PushService()
    thread = threading.Thread(target=service.server.serve_forever, daemon=True)
    thread.start()
    yield service
    service.server.shutdown()
    thread.join(30)
    service.server.server_close()


@pytest.fixture
def browser() -> Browser:
    return Browser()


def a_device(person, service: PushService, browser: Browser) -> PushDevice:
    return PushDevice.objects.create(
        person=person, endpoint=service.url, p256dh=browser.p256dh, auth=text_of(browser.secret)
    )


def a_citizen(name: str = "Afi", *, email: str | None = "afi@example.bj", language: str = "fr"):
    person = a_person(name)
    person.email, person.language = email, language
    person.save()
    return person


NOTICE = Notice("Ça commence", "Regardez, écoutez.", "https://x.bj/a/", "https://x.bj/b/", "t")


# ── when a sitting starts ─────────────────────────────────────────────────────────────────────


def test_opening_the_sitting_tells_who_wanted_to_know_in_their_language(service, browser):
    sitting = a_sitting("scheduled", title="Reddition de mars")
    afi, ben = a_citizen(), a_citizen("Ben", email="ben@example.bj", language="en")
    device = a_device(a_citizen("Codjo", email=None), service, browser)
    for person in (afi, ben, device.person):
        act(context(sitting, person), "sitting.remind")
    assert not DBTaskResult.objects.exists()
    with transaction.atomic():
        change(sitting.pk, "open", SYSTEM)
    planned = DBTaskResult.objects.get()
    assert planned.task_path == remind.module_path
    assert remind.call(*planned.args_kwargs["args"]) == 3
    french, english = sorted(mail.outbox, key=lambda message: message.to[0])
    assert french.to == ["afi@example.bj"]
    assert french.subject == "Cotonou : ça commence"
    assert "Reddition de mars" in french.body
    assert f"/cotonou/seances/{sitting.slug}/" in french.body
    assert english.subject == "Cotonou: it is starting"
    ((headers, body),) = service.taken
    assert browser.read(body)["title"] == "Cotonou\u00a0: ça commence"
    assert headers["Content-Encoding"] == "aes128gcm"
    # Begun again, the task tells nobody twice.
    assert remind.call(sitting.pk) == 0
    assert len(mail.outbox) == 2


def test_nobody_is_told_of_a_rehearsal_nor_twice_after_a_pause():
    rehearsal = a_sitting("scheduled", rehearsal=True)
    act(context(rehearsal, a_citizen()), "sitting.remind")
    for step in ("open", "pause", "resume"):
        with transaction.atomic():
            change(rehearsal.pk, step, SYSTEM)
    assert not DBTaskResult.objects.exists()


def test_a_mail_server_that_is_away_keeps_nobody_else_from_being_told(service, browser, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    sitting = a_sitting("scheduled")
    device = a_device(a_citizen(), service, browser)
    act(context(sitting, device.person), "sitting.remind")
    assert remind.call(sitting.pk) == 1
    assert len(service.taken) == 1


# ── what becomes of a promise ─────────────────────────────────────────────────────────────────


@pytest.fixture
def promise() -> Commitment:
    sitting = a_sitting()
    host = context(sitting, a_person("Hôte", "host"), "host")
    done = act(
        host,
        "commitment.make",
        wording="Paver la rue 12 avant la saison des pluies",
        owner="Voirie",
        due_on=timezone.localdate() + timedelta(days=3),
    )
    return Commitment.objects.get(pk=done.result["commitment"])


def test_followers_are_told_the_news(promise):
    host = context(promise.sitting, a_person("Hôte", "host"), "host")
    act(context(promise.sitting, a_citizen()), "commitment.follow", commitment=promise.pk)
    act(host, "commitment.update", commitment=promise.pk, state="kept", note="La rue est pavée.")
    assert tell_followers.call(promise.pk, CommitmentUpdate.objects.get().pk) == 1
    (message,) = mail.outbox
    assert "Paver la rue 12" in message.body and "La rue est pavée." in message.body
    assert f"/cotonou/engagements/{promise.pk}/" in message.body


def test_the_daily_task_finds_what_is_late_tells_followers_and_comes_back(promise):
    act(context(promise.sitting, a_citizen()), "commitment.follow", commitment=promise.pk)
    assert mark_late_commitments.call() == 0
    Commitment.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    DBTaskResult.objects.all().delete()
    assert mark_late_commitments.call() == 1
    telling = DBTaskResult.objects.get(task_path=tell_followers.module_path)
    assert telling.args_kwargs["args"] == [promise.pk, None]
    following = DBTaskResult.objects.get(task_path=mark_late_commitments.module_path)
    assert timedelta() < following.run_after - timezone.now() < timedelta(hours=25)
    assert tell_followers.call(promise.pk, None) == 1
    assert "retard" in mail.outbox[0].subject


# ── stopping ──────────────────────────────────────────────────────────────────────────────────


def test_a_message_can_be_ended_from_itself_without_signing_in(promise):
    citizen = a_citizen()
    act(context(promise.sitting, citizen), "commitment.follow", commitment=promise.pk)
    tell_followers.call(promise.pk, None)
    (message,) = mail.outbox
    stop = message.extra_headers["List-Unsubscribe"].strip("<>")
    assert stop in message.body
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    client = Client(enforce_csrf_checks=True)
    path = urlsplit(stop).path
    # Mail scanners follow links: looking ends nothing.
    assert client.get(path).status_code == 200
    assert CommitmentFollower.objects.exists()
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not CommitmentFollower.objects.exists()
    assert tell_followers.call(promise.pk, None) == 0


def test_a_reminder_can_be_ended_too_and_a_made_up_link_ends_nothing():
    sitting, citizen = a_sitting("scheduled"), a_citizen()
    act(context(sitting, citizen), "sitting.remind")
    path = urlsplit(Subscription("reminder", sitting.pk, citizen.pk).url).path
    forged = path[:-2] + ("a/" if path[-2] != "a" else "b/")
    assert Client().post(forged).status_code == 404
    assert Reminder.objects.exists()
    Client().post(path)
    assert not Reminder.objects.exists()


# ── web push ──────────────────────────────────────────────────────────────────────────────────


def test_a_push_is_signed_for_its_service_and_readable_by_the_browser_alone(service, browser):
    device = a_device(a_citizen(), service, browser)
    send_push(device, NOTICE)
    ((headers, body),) = service.taken
    assert browser.read(body) == {
        "title": NOTICE.title,
        "body": NOTICE.body,
        "url": NOTICE.url,
        "tag": "t",
    }
    assert NOTICE.title.encode() not in body
    with pytest.raises(http_ece.ECEException):
        Browser().read(body)
    token = headers["Authorization"].partition("t=")[2].partition(",")[0]
    assert headers["Authorization"].partition("k=")[2] == public_key()
    assert Vapid02.verify(headers["Authorization"])
    claims = json.loads(b64urldecode(token.split(".")[1].encode()))
    assert claims["aud"] == service.url.removesuffix("/push/1")
    assert claims["sub"].startswith("mailto:")


def test_a_device_that_is_gone_is_forgotten_and_another_failure_is_not(service, browser):
    device = a_device(a_citizen(email=None), service, browser)
    service.status = 503
    with pytest.raises(NotTaken):
        send_push(device, NOTICE)
    service.status = 410
    with pytest.raises(Gone):
        send_push(device, NOTICE)
    sitting = a_sitting("scheduled")
    act(context(sitting, device.person), "sitting.remind")
    assert remind.call(sitting.pk) == 0
    assert not PushDevice.objects.exists()


def test_a_service_that_redirects_leads_us_nowhere(service, browser):
    device = a_device(a_citizen(), service, browser)
    service.status = 302
    with pytest.raises(NotTaken):
        send_push(device, NOTICE)
    assert len(service.taken) == 1


@pytest.mark.parametrize(
    ("endpoint", "known"),
    [
        ("https://fcm.googleapis.com/fcm/send/abc", True),
        ("https://updates.push.services.mozilla.com/wpush/v2/abc", True),
        ("https://web.push.apple.com/abc", True),
        ("http://fcm.googleapis.com/fcm/send/abc", False),
        ("https://127.0.0.1/admin", False),
        ("https://localhost:8000/", False),
        ("https://fcm.googleapis.com.evil.example/", False),
        ("https://evilfcm.googleapis.com.example/", False),
        ("https://notfcm.googleapis.com/", False),
        ("https://user@127.0.0.1#fcm.googleapis.com", False),
        ("javascript:alert(1)", False),
        ("", False),
    ],
)
def test_we_push_to_push_services_alone(endpoint, known):
    assert is_push_service(endpoint) is known


@pytest.mark.parametrize("keys", [("", ""), ("AAAA", "AAAA"), ("~", "~")])
def test_keys_that_are_none_are_refused(keys, browser):
    assert not readable_keys(*keys)
    assert readable_keys(browser.p256dh, text_of(browser.secret))
