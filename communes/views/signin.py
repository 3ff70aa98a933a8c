"""Signing in: a number or an address, then the code; a link from the town hall; signing out."""

import logging
from typing import Any
from urllib.parse import urlencode

from allauth.account.internal.flows.logout import logout
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from communes.forms import CodeForm, ConsentForm, ContactForm
from communes.identity import limits, links, signin
from communes.identity.limits import TooMany
from communes.identity.signin import Outcome, SignIn
from communes.identity.sms import SmsFailed

from .common import safe_next, speak, too_many

logger = logging.getLogger(__name__)

FORM = "account/signin.html"
CODE = "account/code.html"
LINK = "account/link.html"


def _with_next(url: str, next_url: str, **query: str) -> str:
    query |= {"next": next_url} if next_url else {}
    return f"{url}?{urlencode(query)}" if query else url


def _form_url(next_url: str, by_email: bool = False) -> str:
    return _with_next(reverse("signin"), next_url, **({"par": "email"} if by_email else {}))


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def signin_form(request: HttpRequest) -> HttpResponseBase:
    """One form for signing up and signing in: sends a code, whether there is an account or not."""
    next_url = safe_next(request)
    if request.user.is_authenticated:
        return redirect(next_url or "account")
    by_email = request.GET.get("par") == "email"
    form = ContactForm(request.POST or None, by_email=by_email)
    context = {
        "form": form,
        "by_email": by_email,
        "next": next_url,
        "other_url": _form_url(next_url, by_email=not by_email),
        "key_url": _with_next(reverse("signin_key"), next_url),
    }
    if request.method != "POST" or not form.is_valid():
        return render(request, FORM, context, status=422 if form.is_bound else 200)
    try:
        process = SignIn.begin(request, form.cleaned_data["contact"], next_url)
    except TooMany as refused:
        return too_many(request, FORM, context, refused)
    except (SmsFailed, OSError) as error:
        return _not_sent(request, FORM, context, error)
    response = redirect("signin_code")
    process.remember(response)
    return response


@never_cache
@require_http_methods(["GET", "HEAD"])
def signin_key(request: HttpRequest) -> HttpResponseBase:
    """The button for a passkey; allauth's views do the rest."""
    next_url = safe_next(request)
    if request.user.is_authenticated:
        return redirect(next_url or "account")
    field = format_html('<input type="hidden" name="next" value="{}">', next_url)
    context = {"other_url": _form_url(next_url), "redirect_field": field if next_url else ""}
    return render(request, "account/key.html", context)


def _not_sent(
    request: HttpRequest, template: str, context: dict[str, Any], error: Exception
) -> HttpResponse:
    logger.error("a sign-in code could not be sent: %s", type(error).__name__)
    notice = _("The code could not be sent. Try again in a minute.")
    return render(request, template, context | {"notice": notice}, status=503)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def signin_code(request: HttpRequest) -> HttpResponseBase:
    """The code: checked, or sent again (`action=resend`)."""
    process = SignIn.resume(request)
    if process is None:
        return _start_again(request, "", _("This code has expired. Ask for another one."))
    resending = request.POST.get("action") == "resend"
    form = CodeForm(None if resending else request.POST or None)
    contact = process.contact
    context: dict[str, Any] = {
        "form": form,
        "contact": contact,
        "minutes": process.timeout // 60,
        "change_url": _form_url(process.next_url, by_email=contact.kind == "email"),
        # A demonstration sends nothing, so that anyone may try it: never set it elsewhere.
        "demo_code": process.code if settings.DEMO else "",
    }
    try:
        if resending:
            process.resend()
            messages.success(request, _("Another code is on its way."))
            return redirect("signin_code")
        if request.method == "POST" and form.is_valid():
            outcome = process.check(form.cleaned_data["code"])
            if outcome is Outcome.RIGHT:
                return _signed_in(request, process)
            if outcome is Outcome.SPENT:
                notice = _("Too many wrong codes. Ask for another one.")
                return _start_again(request, process.next_url, notice, process)
            form.add_error("code", _("This is not the code. Look at the last message you got."))
    except TooMany as refused:
        return too_many(request, CODE, context | {"wait": process.wait}, refused)
    except (SmsFailed, OSError) as error:
        return _not_sent(request, CODE, context | {"wait": process.wait}, error)
    context["wait"] = process.wait
    return render(request, CODE, context, status=422 if form.is_bound else 200)


def _start_again(
    request: HttpRequest, next_url: str, notice: str, process: SignIn | None = None
) -> HttpResponseBase:
    by_email = process is not None and process.contact.kind == "email"
    if process is not None:
        process.abort()
    messages.error(request, notice)
    response = HttpResponseRedirect(_form_url(next_url, by_email))
    signin.forget(response)
    return response


def _signed_in(request: HttpRequest, process: SignIn) -> HttpResponseBase:
    response = process.finish()
    signin.forget(response)
    if request.user.is_authenticated:
        speak(request, response, request.user, over=False)
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link_signin(request: HttpRequest, token: str) -> HttpResponseBase:
    """A single-use link: opening it shows a button, so that a message's preview uses nothing up."""
    try:
        limits.hit("link", address=signin.client_address(request))
    except TooMany as refused:
        return too_many(request, LINK, {}, refused)
    person = links.look(token)
    if person is None:
        return render(request, LINK, {"gone": True}, status=410)
    form = None if person.consented_at else ConsentForm(request.POST or None)
    context = {"person": person, "form": form}
    if request.method != "POST":
        return render(request, LINK, context)
    if form is not None and not form.is_valid():
        return render(request, LINK, context, status=422)
    if links.use(token) is None:
        return render(request, LINK, {"gone": True}, status=410)
    if form is not None:
        person.consented_at = timezone.now()
        person.save(update_fields=["consented_at"])
    response = signin.sign_in(request, person, "link")
    if request.user.is_authenticated:
        speak(request, response, person, over=False)
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def signout(request: HttpRequest) -> HttpResponseBase:
    """Ends this session, by POST; a link leads to a button."""
    if request.method != "POST":
        if not request.user.is_authenticated:
            return redirect("home")
        return render(request, "account/signout.html")
    logout(request, show_message=False)
    messages.success(request, _("You are signed out."))
    return redirect("home")
