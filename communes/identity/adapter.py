"""What django-allauth asks of a project: where numbers are kept, how codes are sent."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from communes.models import Person
from communes.permissions import is_staff

from . import sms
from .contact import Contact, contact_of

#: French typography that GSM 03.38 lacks; one such letter would double the price of a message.
PLAIN = str.maketrans({"\u00a0": " ", "\u202f": " ", "’": "'", "…": "...", "ê": "e", "ç": "c"})


def code_text(code: str) -> str:
    """The text message with a code, one segment (GSM 03.38) in French and English.

    Its last line binds the code to our site, so that phones fill it in by themselves
    (https://wicg.github.io/sms-one-time-codes/); they do so over HTTPS only.
    """
    text = _("Palabre: your code is {code}. It is valid for 10 minutes. Give it to nobody.")
    site = urlsplit(settings.PUBLIC_URL)
    binding = f"\n\n@{site.hostname} #{code}" if site.scheme == "https" else ""
    return text.translate(PLAIN).format(code=code) + binding


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Numbers are stored by `communes.identity.contact`; only a second factor follows the code."""

    def get_login_stages(self) -> list[str]:
        # The code itself comes before allauth's stages: see `communes.identity.signin`.
        return ["allauth.mfa.stages.AuthenticateStage"]

    def send_verification_code_sms(
        self, user: Person | None, phone: str, code: str, **kwargs: Any
    ) -> None:
        sms.send(phone, code_text(code))

    def get_user_by_phone(self, phone: str) -> Person | None:
        return Contact("phone", phone).person()

    def get_phone(self, user: Person) -> tuple[str, bool] | None:
        contact = contact_of(user)
        if contact is None or contact.kind != "phone":
            return None
        return contact.value, user.phone_verified

    def set_phone(self, user: Person, phone: str, verified: bool) -> None:
        Contact("phone", phone).attach(user)
        user.phone_verified = verified
        user.save()

    def set_phone_verified(self, user: Person, phone: str) -> None:
        self.set_phone(user, phone, True)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Staff go to their sittings, others home."""
        if is_staff(request.user):
            try:
                return reverse("staff")
            except NoReverseMatch:
                pass
        return resolve_url(settings.LOGIN_REDIRECT_URL)

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """Somebody new may choose the name to be shown."""
        return reverse("account")

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """A key is asked for before an application's code, which its owner may not have."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return sorted(methods, key=lambda method: not str(method["id"]).endswith(":webauthn"))

    def respond_user_inactive(self, request: HttpRequest, user: Person) -> HttpResponse:
        messages.error(request, _("This account is closed. Ask the town hall."))
        return HttpResponseRedirect(reverse("signin"))
