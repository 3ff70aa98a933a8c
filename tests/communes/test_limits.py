"""Too many requests: refused with the time to wait, in the user's language."""

import re
import time

import pytest
from django.test import Client

from communes.identity import limits, sms
from communes.models import Person

from .conftest import TYPED, another, ask, last_sms_code, signed_in

pytestmark = pytest.mark.django_db


def test_a_number_gets_one_code_in_30_seconds(monkeypatch):
    ask(Client())
    refused = ask(Client())
    assert refused.status_code == 429
    wait = int(refused["Retry-After"])
    assert 1 <= wait <= 30
    assert len(sms.outbox) == 1

    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + wait)
    assert ask(Client()).status_code == 302
    assert len(sms.outbox) == 2


def test_a_number_gets_five_codes_an_hour(monkeypatch):
    now = time.time()
    for number in range(5):
        monkeypatch.setattr(time, "time", lambda late=number: now + 40 * late)
        assert ask(Client()).status_code == 302
    monkeypatch.setattr(time, "time", lambda: now + 240)
    refused = ask(Client())
    assert refused.status_code == 429
    assert 3000 < int(refused["Retry-After"]) <= 3600


def test_the_refusal_speaks_the_language_of_the_page():
    english = Client(headers={"accept-language": "en"})
    ask(english)
    page = ask(english).content.decode()
    assert re.search(r"Too many requests\. Try again in \d+ s\.", page)
    assert f'value="{TYPED}"' in page  # what was typed is not lost


def test_sending_again_waits_too():
    client = Client()
    ask(client)
    refused = client.post("/connexion/code/", {"action": "resend"})
    assert refused.status_code == 429
    assert len(sms.outbox) == 1
    # The code that was sent is still good.
    client.post("/connexion/code/", {"code": last_sms_code()})
    assert signed_in(client)


def test_an_address_may_serve_a_hall_but_not_a_flood():
    for number in range(60):
        assert ask(Client(), f"01 97 00 00 {number:02}").status_code == 302
    assert ask(Client(), "01 97 00 01 00").status_code == 429
    other = Client(REMOTE_ADDR="198.51.100.7")
    assert ask(other, "01 97 00 01 00").status_code == 302


def test_messages_abroad_are_few():
    for number in range(10):
        assert ask(Client(), f"+33 6 12 34 56 {number:02}").status_code == 302
    assert ask(Client(), "+33 6 12 34 57 00").status_code == 429
    assert ask(Client(), TYPED).status_code == 302


def test_a_forwarded_address_counts_only_behind_our_proxy(settings):
    def flood(last: int) -> int:
        client = Client(headers={"x-forwarded-for": f"198.51.100.{last}"})
        return int(ask(client, f"01 97 00 00 {last:02}").status_code)

    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    assert {flood(last) for last in range(60)} == {302}
    assert flood(60) == 429
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert flood(61) == 302


def test_tries_are_limited_per_number_over_all_its_codes(monkeypatch):
    """Six codes of five tries would be thirty; the thirty-first is refused, right or wrong."""
    monkeypatch.setitem(limits.RULES, "request.target", "100 per 1 hour")
    limits._rules.cache_clear()
    try:
        for _ in range(6):
            client = Client()
            ask(client)
            for _ in range(5):
                client.post("/connexion/code/", {"code": another(last_sms_code())})
        client = Client()
        ask(client)
        refused = client.post("/connexion/code/", {"code": last_sms_code()})
        assert refused.status_code == 429
        assert int(refused["Retry-After"]) > 30
        assert Person.objects.count() == 0
    finally:
        limits._rules.cache_clear()


def test_links_cannot_be_tried_without_end():
    client = Client()
    codes = {client.get(f"/connexion/lien/{number}/").status_code for number in range(30)}
    assert codes == {410}
    assert client.get("/connexion/lien/x/").status_code == 429


def test_limits_name_nobody():
    ask(Client())
    storage = limits.limiter().storage
    assert "97123456" not in repr(storage.events)  # type: ignore[attr-defined]
    assert storage.events  # type: ignore[attr-defined]


def test_several_processes_count_together_in_redis(redis, settings):
    settings.REDIS_URL = redis.url
    limits.limiter.cache_clear()
    assert ask(Client()).status_code == 302
    limits.limiter.cache_clear()  # another process
    refused = ask(Client())
    assert refused.status_code == 429
    assert 1 <= int(refused["Retry-After"]) <= 30
