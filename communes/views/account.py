"""One's own account: name, language, sessions, deletion."""

from allauth.account.internal.flows.logout import logout
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from communes.forms import AccountForm
from communes.identity.contact import contact_of
from communes.identity.erasure import Postponed, erase
from communes.models import Person, Role
from communes.permissions import is_staff

from .common import speak


def _me(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # login_required
    return request.user


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponseBase:
    """What we know of this person, and how to change it."""
    person = _me(request)
    form = AccountForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        form.save()
        with translation.override(person.language):
            messages.success(request, _("Saved."))
        response = redirect("account")
        speak(request, response, person, over=True)
        return response
    if form.is_bound:
        # The form wrote what it refused on the instance; the page's header shows the instance.
        person.refresh_from_db()
    context = {
        "form": form,
        "contact": contact_of(person),
        "roles": Role.objects.filter(person=person).select_related("commune").order_by("commune"),
        "staff": is_staff(person),
    }
    return render(request, "account/account.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def signout_elsewhere(request: HttpRequest) -> HttpResponseBase:
    """End this person's sessions on other devices.

    Sessions carry a keyed hash of the password field; nobody has a password, so a new unusable
    one is enough to make all of them invalid but the one that is given the new hash.
    """
    person = _me(request)
    person.set_unusable_password()
    person.save(update_fields=["password"])
    update_session_auth_hash(request, person)
    messages.success(request, _("Your other devices are signed out."))
    return redirect("account")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account_delete(request: HttpRequest) -> HttpResponseBase:
    """Says what deletion does, then does it."""
    person = _me(request)
    if request.method != "POST":
        return render(request, "account/delete.html", {"contact": contact_of(person)})
    try:
        erase(person)
    except Postponed:
        messages.error(
            request,
            _(
                "You have voted in a poll that is still open."
                " Delete your account once it is closed."
            ),
        )
        return redirect("account")
    logout(request, show_message=False)
    messages.success(request, _("Your account is deleted."))
    return redirect("home")
