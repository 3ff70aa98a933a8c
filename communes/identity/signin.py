"""Signing up and in by a code, in one flow, on django-allauth's parts.

allauth keeps two flows: who has an account gets a code, who has none gets a form and a row before
the code. Ours is one, and nothing is written before the code is right. What is pending (contact,
code, where to go) waits in the cache, encrypted, under a random name; the browser holds that name
in a signed cookie. So before the code the database has no row, no number and no session, and the
answer is the same whether there is an account or not.

From allauth: the process (`AbstractCodeVerificationProcess`: state, expiry), making,
normalising and comparing codes, sending through the adapter, the record of how one signed in, and
`perform_login` with its stages, which ask staff for their second factor. Several of these are
private; this module alone touches them and `tests/communes/test_allauth.py` holds them in place.
"""

import json
import secrets
import time
from enum import Enum
from typing import Any, Self, cast

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.code_verification import AbstractCodeVerificationProcess
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core.internal.cryptokit import compare_user_code
from allauth.core.internal.ratelimit import get_ip
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import get_language

from communes.models import Person

from . import limits, phone
from .contact import Contact

COOKIE = "palabre_signin"
COOKIE_PATH = "/connexion/"


class Outcome(Enum):
    """What came of a try."""

    RIGHT = "right"
    WRONG = "wrong"
    #: No tries are left; ask for another code.
    SPENT = "spent"


class SignIn(AbstractCodeVerificationProcess):  # type: ignore[misc]
    """A sign-in under way: a contact to which a code was sent."""

    def __init__(self, request: HttpRequest, name: str, state: dict[str, Any]) -> None:
        super().__init__(
            max_attempts=app_settings.LOGIN_BY_CODE_MAX_ATTEMPTS,
            timeout=app_settings.LOGIN_BY_CODE_TIMEOUT,
            state=state,
        )
        self.request = request
        self.name = name

    @classmethod
    def begin(cls, request: HttpRequest, contact: Contact, next_url: str) -> Self:
        """Send a code. Raises limits.TooMany, sms.SmsFailed, OSError (mail)."""
        state = cls.initial_state(user=None, **{contact.kind: contact.value})
        process = cls(request, secrets.token_urlsafe(16), state | {"next": next_url})
        process.send()
        process.persist()
        return process

    @classmethod
    def resume(cls, request: HttpRequest) -> Self | None:
        """The one that this browser began; None when there is none or it has expired."""
        name = request.get_signed_cookie(COOKIE, default=None, max_age=app_settings.LOGIN_TIMEOUT)
        sealed = cache.get(f"signin:{name}") if name else None
        if sealed is None:
            return None
        try:
            state = json.loads(phone.decrypt(sealed))
        except ValueError:
            return None
        return cast("Self | None", cls(request, cast(str, name), state).abort_if_invalid())

    @property
    def contact(self) -> Contact:
        number = self.state.get("phone")
        return Contact("phone", number) if number else Contact("email", self.state["email"])

    @property
    def next_url(self) -> str:
        return str(self.state["next"])

    @property
    def wait(self) -> int:
        """Seconds until another code may be asked for."""
        return limits.wait("request", target=self.contact.digest)

    def send(self) -> None:
        """Make a code and send it. Raises like `begin`."""
        contact = self.contact
        address = client_address(self.request)
        abroad = {"abroad": address} if contact.is_abroad else {}
        limits.hit("request", address=address, target=contact.digest, **abroad)
        adapter = get_adapter()
        code = adapter.generate_login_code()
        if contact.kind == "phone":
            adapter.send_verification_code_sms(user=None, phone=contact.value, code=code)
        else:
            adapter.send_mail("account/email/login_code", contact.value, {"code": code})
        self.state |= {"code": code, "at": time.time()}

    def resend(self) -> None:
        """Send another code; the one before is worth nothing from then on. Raises like `begin`."""
        self.send()
        self.record_resend()
        self.persist()

    def check(self, typed: str) -> Outcome:
        """Compare what was typed with the code. Raises limits.TooMany."""
        limits.hit("check", address=client_address(self.request), target=self.contact.digest)
        # The cache counts atomically: of a hundred tries at the same time, five are compared.
        tries = f"{self._key}:{self.state['resend_count']}"
        cache.add(tries, 0, self.timeout)
        count = cache.incr(tries)
        if count > self.max_attempts:
            return Outcome.SPENT
        if not compare_user_code(actual=typed, expected=self.code):
            return Outcome.WRONG if count < self.max_attempts else Outcome.SPENT
        # Whoever takes the pending sign-in away has used the code; a second use finds nothing.
        return Outcome.RIGHT if cache.delete(self._key) else Outcome.SPENT

    def finish(self) -> HttpResponseBase:
        """After Outcome.RIGHT: make the account if there is none, and sign in."""
        person, created = self.contact.confirm(get_language() or settings.LANGUAGE_CODE)
        return sign_in(self.request, person, "code", self.next_url, created)

    @property
    def _key(self) -> str:
        return f"signin:{self.name}"

    def persist(self) -> None:
        left = self.timeout - (time.time() - self.state["at"])
        cache.set(self._key, phone.encrypt(json.dumps(self.state)), max(1, left))

    def abort(self) -> None:
        cache.delete(self._key)

    def remember(self, response: HttpResponseBase) -> None:
        """Give the browser the name of this sign-in."""
        response.set_signed_cookie(
            COOKIE,
            self.name,
            max_age=app_settings.LOGIN_TIMEOUT,
            path=COOKIE_PATH,
            secure=settings.SECURE,
            httponly=True,
            samesite="Lax",
        )


def forget(response: HttpResponseBase) -> None:
    """Take the name of a sign-in from the browser."""
    response.delete_cookie(COOKIE, path=COOKIE_PATH, samesite="Lax")


def sign_in(
    request: HttpRequest, person: Person, method: str, next_url: str = "", created: bool = False
) -> HttpResponseBase:
    """Sign a person in who has proved to be it by `method`; the response leads to what follows.

    That is the second factor for those who have one, else `next_url`, which must be safe.
    """
    # No contact in it: the record stays in the session, which the database keeps readable.
    record_authentication(request, person, method=method)
    login = Login(user=person, redirect_url=next_url or None, signup=created)
    return cast(HttpResponseBase, perform_login(request, login))


def client_address(request: HttpRequest) -> str:
    """The address that limits count by: behind our proxies, IPv6 by its /64."""
    return str(get_ip(request))
