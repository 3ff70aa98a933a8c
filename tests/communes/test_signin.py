"""Signing up and in with a code."""

import time
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

from communes.identity import limits, signin, sms
from communes.identity.contact import Contact
from communes.models import Person

from .conftest import (
    ADDRESS,
    NUMBER,
    TYPED,
    another,
    ask,
    digits,
    last_sms_code,
    sign_in,
    signed_in,
)

pytestmark = pytest.mark.django_db


def dump() -> str:
    """Every row of every table, as text."""
    rows = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            rows += [repr(row) for row in cursor.fetchall()]
    return "\n".join(rows)


def clear_forms(number: str = NUMBER) -> list[str]:
    national = number.removeprefix("+229")
    return [number, national, national[2:], "01 97 12 34 56", "97 12 34 56"]


def test_one_form_signs_up_and_then_in_by_phone():
    first, second = Client(), Client()
    answer = sign_in(first)
    assert answer.status_code == 302
    person = signed_in(first)
    assert person is not None
    assert person.phone_verified
    assert person.consented_at is not None
    assert sms.outbox[-1].number == NUMBER

    cache.clear()
    limits.limiter.cache_clear()
    sign_in(second, "+229 01 97 12 34 56")
    assert signed_in(second) == person
    assert Person.objects.count() == 1


def test_one_form_signs_up_and_then_in_by_email():
    for typed in (ADDRESS, " Afi@Example.BJ "):
        client = Client()
        limits.limiter.cache_clear()
        assert ask(client, typed)["Location"] == "/connexion/code/"
        message = mail.outbox[-1]
        assert message.to == [ADDRESS]
        code = digits(message.body)
        client.post("/connexion/code/", {"code": code})
        person = signed_in(client)
        assert person is not None
        assert person.email == ADDRESS
        assert not person.phone_verified
    assert Person.objects.count() == 1
    assert sms.outbox == []


@pytest.mark.parametrize("typed", ["97123456", "+229 97 12 34 56", "00229 01 97 12 34 56"])
def test_all_ways_to_write_a_number_lead_to_one_account(typed):
    client = Client()
    sign_in(client, typed)
    assert sms.outbox[-1].number == NUMBER


@pytest.mark.parametrize("pasted", ["{0}{1}", "{0} {1}", " {0}-{1} "])
def test_blanks_and_dashes_in_a_code_do_not_matter(pasted):
    client = Client()
    ask(client)
    code = last_sms_code()
    client.post("/connexion/code/", {"code": pasted.format(code[:3], code[3:])})
    assert signed_in(client)


def test_nothing_is_stored_before_the_code_is_right():
    before = dump()
    client = Client()
    ask(client)
    client.post("/connexion/code/", {"code": another(last_sms_code())})
    assert dump() == before
    assert Session.objects.count() == 0


def test_the_database_and_the_cookies_never_hold_a_readable_number():
    client = Client()
    sign_in(client)
    assert signed_in(client)
    everything = dump() + repr(dict(client.session)) + repr(client.cookies.output())
    for form in clear_forms():
        assert form not in everything
    person = Person.objects.get()
    assert len(person.phone_hash or "") == 64


def test_a_sign_in_under_way_is_unreadable_in_the_cache():
    client = Client()
    ask(client)
    code = last_sms_code()
    stored = repr(cache._cache)  # type: ignore[attr-defined]
    assert "signin:" in stored
    for form in (*clear_forms(), code):
        assert form not in stored


def test_nothing_readable_is_logged(caplog, capfd, settings):
    settings.SMS_BACKEND = "communes.identity.sms.ConsoleBackend"
    caplog.set_level("DEBUG")
    client = Client()
    ask(client)
    said = caplog.text + "".join(capfd.readouterr())
    assert "•••• 56" in said
    for form in clear_forms():
        assert form not in said


def test_a_wrong_code_says_so_and_the_right_one_still_works():
    client = Client()
    ask(client)
    code = last_sms_code()
    wrong = client.post("/connexion/code/", {"code": another(code)})
    assert wrong.status_code == 422
    assert signed_in(client) is None
    assert client.post("/connexion/code/", {"code": code}).status_code == 302
    assert signed_in(client)


def test_five_wrong_codes_end_it():
    client = Client()
    ask(client)
    code = last_sms_code()
    for _ in range(4):
        assert client.post("/connexion/code/", {"code": another(code)}).status_code == 422
    fifth = client.post("/connexion/code/", {"code": another(code)})
    assert fifth["Location"] == "/connexion/"
    client.post("/connexion/code/", {"code": code})
    assert signed_in(client) is None
    assert Person.objects.count() == 0


def test_tries_at_the_same_time_are_counted_once_each(rf):
    """Each try reads the pending sign-in before any of them has failed."""
    client = Client()
    ask(client)
    code = last_sms_code()
    request = rf.post("/connexion/code/")
    request.COOKIES = {key: morsel.value for key, morsel in client.cookies.items()}
    tries = [signin.SignIn.resume(request) for _ in range(8)]
    outcomes = [process.check(another(code)) for process in tries if process]
    assert outcomes == [signin.Outcome.WRONG] * 4 + [signin.Outcome.SPENT] * 4
    late = tries[0]
    assert late is not None
    assert late.check(code) is signin.Outcome.SPENT


def test_a_code_works_once():
    client = Client()
    ask(client)
    code = last_sms_code()
    thief = Client()
    thief.cookies = client.cookies.copy()  # type: ignore[assignment]
    client.post("/connexion/code/", {"code": code})
    assert signed_in(client)
    again = thief.post("/connexion/code/", {"code": code})
    assert again["Location"] == "/connexion/"
    assert "_auth_user_id" not in thief.session


def test_a_code_expires_after_ten_minutes(monkeypatch):
    client = Client()
    ask(client)
    code = last_sms_code()
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 601)
    assert client.post("/connexion/code/", {"code": code})["Location"] == "/connexion/"
    assert signed_in(client) is None


def test_a_code_belongs_to_the_browser_that_asked():
    mine, yours = Client(), Client()
    ask(mine)
    assert yours.post("/connexion/code/", {"code": last_sms_code()})["Location"] == "/connexion/"
    assert signed_in(yours) is None


def test_sending_again_makes_the_code_before_worthless(monkeypatch):
    client = Client()
    ask(client)
    old = last_sms_code()
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 31)
    assert client.post("/connexion/code/", {"action": "resend"}).status_code == 302
    new = last_sms_code()
    if new != old:
        client.post("/connexion/code/", {"code": old})
        assert signed_in(client) is None
    client.post("/connexion/code/", {"code": new})
    assert signed_in(client)


def test_consent_is_needed_before_a_code_is_sent():
    client = Client()
    answer = ask(client, consent=False)
    assert answer.status_code == 422
    assert sms.outbox == []
    assert client.get("/connexion/code/")["Location"] == "/connexion/"


@pytest.mark.parametrize("typed", ["", "12", "afi@", "021 30 12 34", "bonjour"])
def test_what_is_no_contact_is_refused(typed):
    client = Client()
    assert ask(client, typed).status_code == 422
    assert sms.outbox == []


def test_the_answer_is_the_same_with_and_without_an_account():
    member = Client()
    sign_in(member)
    cache.clear()
    limits.limiter.cache_clear()

    answers = []
    for typed in (TYPED, "01 97 99 99 99"):
        client = Client()
        asked = ask(client, typed)
        page = client.get("/connexion/code/").content.decode()
        text = sms.outbox[-1].text.replace(last_sms_code(), "CODE")
        for number in ("+229 01 97 12 34 56", "+229 01 97 99 99 99"):
            page = page.replace(number, "NUMBER")
        token = client.cookies["csrftoken"].value if "csrftoken" in client.cookies else ""
        cookies = sorted(client.cookies)
        page = "\n".join(line for line in page.splitlines() if "csrfmiddlewaretoken" not in line)
        answers.append((asked.status_code, asked["Location"], page, text, cookies, bool(token)))
    assert answers[0] == answers[1]


def test_a_session_lasts_180_days():
    client = Client()
    sign_in(client)
    assert client.cookies["sessionid"]["max-age"] == 180 * 24 * 3600
    left = Session.objects.get().expire_date - timezone.now()
    assert timedelta(days=179) < left <= timedelta(days=180)


@pytest.mark.parametrize(
    ("wanted", "got"),
    [
        ("/cotonou/seances/budget/?x=1", "/cotonou/seances/budget/?x=1"),
        ("https://evil.example/", "/compte/"),
        ("//evil.example/", "/compte/"),
        ("/\\evil.example/", "/compte/"),
        ("javascript:alert(1)", "/compte/"),
        ("", "/compte/"),
    ],
)
def test_next_leads_back_but_never_away(wanted, got):
    client = Client()
    assert sign_in(client, next=wanted)["Location"] == got


def test_next_survives_every_page_on_the_way():
    client = Client()
    page = client.get("/connexion/?next=/cotonou/").content.decode()
    assert 'name="next" value="/cotonou/"' in page
    assert "par=email&amp;next=%2Fcotonou%2F" in page
    ask(client, next="/cotonou/")
    assert (
        'href="/connexion/?next=%2Fcotonou%2F"' in client.get("/connexion/code/").content.decode()
    )


def test_staff_without_next_go_to_their_sittings(cotonou):
    client = Client()
    sign_in(client)
    Person.objects.get().roles.create(commune=cotonou, name="clerk")
    limits.limiter.cache_clear()
    assert sign_in(Client())["Location"] == "/espace/"


def test_who_is_signed_in_needs_no_form():
    client = Client()
    sign_in(client)
    assert client.get("/connexion/?next=/cotonou/")["Location"] == "/cotonou/"


def test_a_closed_account_stays_out():
    client = Client()
    sign_in(client)
    Person.objects.update(is_active=False)
    limits.limiter.cache_clear()
    other = Client()
    assert sign_in(other)["Location"] == "/connexion/"
    assert signed_in(other) is None


def test_signing_out_takes_a_post():
    client = Client()
    sign_in(client)
    assert client.get("/deconnexion/").status_code == 200
    assert signed_in(client)
    assert client.post("/deconnexion/").status_code == 302
    assert signed_in(client) is None


def test_the_forms_are_protected_against_forgery():
    client = Client(enforce_csrf_checks=True)
    assert ask(client).status_code == 403
    assert sms.outbox == []


def test_the_code_is_on_the_page_in_a_demonstration_alone(settings):
    client = Client()
    ask(client)
    code = last_sms_code()
    assert code not in client.get("/connexion/code/").content.decode()
    settings.DEMO = True
    assert code in client.get("/connexion/code/").content.decode()


def test_the_code_field_suits_phones():
    client = Client()
    ask(client)
    page = client.get("/connexion/code/").content.decode()
    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page


def test_a_gateway_that_fails_is_said_and_nothing_is_pending(settings):
    settings.SMS_BACKEND = "communes.identity.sms.HttpBackend"
    settings.SMS_URL = "http://127.0.0.1:9/"
    client = Client()
    answer = ask(client)
    assert answer.status_code == 503
    assert client.get("/connexion/code/")["Location"] == "/connexion/"


def test_a_new_person_gets_the_language_of_the_page():
    client = Client(headers={"accept-language": "en"})
    sign_in(client)
    assert Person.objects.get().language == "en"


def test_nobody_has_a_password():
    client = Client()
    sign_in(client)
    person = Person.objects.get()
    assert person.password.startswith("!")
    # allauth asks those who have one for it before it lets them add a second factor.
    assert client.get("/connexion/second-facteur/totp/activate/").status_code == 200


def test_two_confirmations_at_the_same_time_make_one_account(monkeypatch):
    """The second looks before the first has written, and meets the unique constraint."""
    contact = Contact.phone(TYPED)
    look = QuerySet.get
    first: list[bool] = []

    def look_then_lose(self, *args, **kwargs):
        if self.model is Person and not first:
            first.append(True)
            contact.confirm("fr")
            raise Person.DoesNotExist
        return look(self, *args, **kwargs)

    monkeypatch.setattr(QuerySet, "get", look_then_lose)
    person, created = contact.confirm("fr")
    assert not created
    assert Person.objects.get() == person
