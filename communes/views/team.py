"""A commune's team: who has which role. For its administrators."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from communes.forms import TeamForm
from communes.identity import limits
from communes.identity.contact import contact_of
from communes.identity.limits import TooMany
from communes.models import Commune, Role, RoleName
from communes.permissions import LastAdministrator, grant, require_roles, revoke

from .common import too_many

TEMPLATE = "account/team.html"


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@require_roles(RoleName.ADMIN)
def team(request: HttpRequest, commune: Commune) -> HttpResponseBase:
    """The roles given; `action=give` gives one, `action=remove` takes one away."""
    if request.POST.get("action") == "remove":
        return _remove(request, commune)
    form = TeamForm(request.POST or None)
    context = {"commune": commune, "form": form, "members": _members(commune)}
    if request.method == "POST" and form.is_valid():
        try:
            # An administrator could otherwise try numbers to learn who has an account.
            limits.hit("team", target=str(request.user.pk))
        except TooMany as refused:
            return too_many(request, TEMPLATE, context, refused)
        person = form.cleaned_data["contact"].person()
        if person is not None:
            given = grant(person, commune, form.cleaned_data["role"])
            messages.success(
                request, _("The role is given.") if given else _("This person had the role.")
            )
            return redirect("team", commune=commune.slug)
        form.add_error(
            "contact",
            _("Nobody has signed in with it. Ask this person to sign in once, then try again."),
        )
    return render(request, TEMPLATE, context, status=422 if form.is_bound else 200)


def _members(commune: Commune) -> list[dict[str, object]]:
    """Roles with a name or, for want of one, a masked contact."""
    roles = Role.objects.filter(commune=commune).select_related("person").order_by("name", "since")
    members = []
    for role in roles:
        contact = contact_of(role.person)
        members.append(
            {
                "role": role,
                "name": role.person.display_name,
                "contact": contact.masked if contact else "",
            }
        )
    return members


def _remove(request: HttpRequest, commune: Commune) -> HttpResponseBase:
    pk = request.POST.get("role", "")
    role = get_object_or_404(Role, commune=commune, pk=int(pk) if pk.isdecimal() else 0)
    try:
        revoke(role.person, commune, role.name)
    except LastAdministrator:
        messages.error(request, _("A commune keeps one administrator. Give the role first."))
    else:
        messages.success(request, _("The role is taken away."))
    return redirect("team", commune=commune.slug)
