"""The private parts of django-allauth that `communes.identity.signin` stands on.

A new version that changes one fails here, with a name, before it fails at a sign-in.
"""

import inspect

import pytest
from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.code_verification import AbstractCodeVerificationProcess
from allauth.account.internal.flows.login import (
    get_authentication_records,
    perform_login,
    record_authentication,
)
from allauth.account.internal.flows.logout import logout
from allauth.account.models import Login
from allauth.core.internal.cryptokit import compare_user_code
from allauth.core.internal.ratelimit import get_ip
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from communes.identity.adapter import AccountAdapter
from communes.identity.contact import Contact

from .conftest import NUMBER, sign_in, signed_in


def parameters(function) -> list[str]:
    return list(inspect.signature(function).parameters)


def test_signatures():
    process = AbstractCodeVerificationProcess
    assert parameters(process.__init__) == ["self", "max_attempts", "timeout", "state", "user"]
    assert parameters(process.initial_state) == ["user", "email", "phone"]
    assert process.__abstractmethods__ == {"persist", "send", "abort"}
    assert parameters(perform_login) == ["request", "login"]
    assert parameters(record_authentication)[:3] == ["request", "user", "method"]
    assert {"user", "redirect_url", "signup"} <= set(parameters(Login.__init__))
    assert parameters(logout) == ["request", "show_message"]
    assert parameters(get_ip) == ["request"]


def test_state():
    state = AbstractCodeVerificationProcess.initial_state(user=None, phone=NUMBER)
    assert {"at", "resend_count", "phone"} <= set(state)
    assert "user_id" not in state


def test_codes():
    adapter = get_adapter()
    assert isinstance(adapter, AccountAdapter)
    codes = {adapter.generate_login_code() for _ in range(50)}
    assert len(codes) > 40
    assert all(len(code) == 6 and code.isdecimal() for code in codes)
    assert compare_user_code(actual="12 34-56", expected="123456")
    assert not compare_user_code(actual="", expected="")
    assert not compare_user_code(actual="é", expected="123456")


def test_settings():
    assert app_settings.LOGIN_BY_CODE_TIMEOUT == 600
    assert app_settings.LOGIN_BY_CODE_MAX_ATTEMPTS == 5
    assert app_settings.EMAIL_VERIFICATION == "none"
    assert get_adapter()._has_phone_impl


@pytest.mark.django_db
def test_the_record_of_a_sign_in_holds_no_contact(rf):
    client = Client()
    sign_in(client)
    request = rf.get("/")
    request.session = client.session
    request.user = signed_in(client)
    records = get_authentication_records(request, request.user)
    assert [record["method"] for record in records] == ["code"]
    assert set(records[0]) == {"method", "at"}


@pytest.mark.django_db
def test_a_second_factor_follows_the_code(people, cotonou):
    person = people((cotonou, "admin"))
    Contact("phone", NUMBER).attach(person)
    person.save()
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(person, secret)
    assert Authenticator.objects.get().type == "totp"

    client = Client()
    answer = sign_in(client, next="/cotonou/")
    assert answer["Location"] == "/connexion/second-facteur/authenticate/"
    assert signed_in(client) is None
    assert client.get(answer["Location"]).status_code == 200
    assert client.post(answer["Location"], {"code": "000000x"}).status_code == 200
    assert signed_in(client) is None

    counter = next(iter(totp.yield_hotp_counters_from_time()))
    code = totp.format_hotp_value(totp.hotp_value(secret, counter))
    assert client.post(answer["Location"], {"code": code})["Location"] == "/cotonou/"
    assert signed_in(client) == person
