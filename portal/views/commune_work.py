"""A commune's settings, for its administrators; a new commune, for those who run the site."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from communes.actions import revisions
from communes.actions.founding import Invited, found, invite
from communes.colour import contrast, header
from communes.models import Commune, Person, Revision, RevisionOf, RoleName
from communes.permissions import person_of, require_roles
from consultations.actions.concern_boards import set_arrondissements
from live.delivery.writer import perform
from portal.commune_forms import CommuneForm, NewCommuneForm, add_errors
from portal.history import history_of, lines, shown

CHANGES_PER_PAGE = 40


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_roles(RoleName.ADMIN)
def settings_page(request: HttpRequest, commune: Commune) -> HttpResponseBase:
    """Read and change them. The address stays."""
    names = "\n".join(row.name for row in commune.arrondissements.all())
    form = CommuneForm(
        request.POST or None,
        request.FILES or None,
        instance=commune,
        initial={"arrondissements": names},
    )
    if request.method == "POST" and form.is_valid():

        def save() -> None:
            was = revisions.before(commune)
            revisions.check(revisions.place_of(commune), shown(request))
            changed = form.save(commit=False)
            if form.arms is not None:
                changed.arms.save(form.arms.name or "arms.png", form.arms, save=False)
            changed.save()
            set_arrondissements(changed, form.cleaned_data["arrondissements"])
            revisions.keep(changed, was, person_of(request))

        try:
            perform(save)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("It is saved."))
            return redirect("commune_settings", commune.slug)
    present = Commune.objects.get(pk=commune.pk)
    seen = header(present.colour)
    return render(
        request,
        "staff/commune_settings.html",
        {
            "commune": present,
            "form": form,
            "shown": seen,
            "moved": seen.background != present.colour,
            "ratio": contrast(seen.background, seen.ink),
            **history_of(present),
        },
        status=422 if request.method == "POST" else 200,
    )


@never_cache
@require_safe
@require_roles(RoleName.CLERK)
def changes(request: HttpRequest, commune: Commune) -> HttpResponseBase:
    """Who changed what of the commune and when, what is gone too; `?quoi=` of one kind."""
    found = Revision.objects.filter(commune=commune).select_related("by")
    wanted = request.GET.get("quoi", "")
    if wanted in RevisionOf.values:
        found = found.filter(of=wanted)
    page = Paginator(found, CHANGES_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "commune": commune,
        "page": page,
        "history": lines(page.object_list),
        "kinds": RevisionOf.choices,
        "wanted": wanted,
        "query": urlencode({"quoi": wanted}) if wanted else "",
    }
    return render(request, "staff/changes.html", context)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """One form makes a commune that can begin to work."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if not (isinstance(request.user, Person) and request.user.is_superuser):
        raise PermissionDenied
    form = NewCommuneForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        invited = _found(request, form)
        if invited is not None:
            context = {"made": form.instance, "invited": invited}
            return render(request, "staff/commune_made.html", context, status=201)
    context = {"form": form, "address": reverse("home")}
    status = 422 if request.method == "POST" else 200
    return render(request, "staff/commune_new.html", context, status=status)


def _found(request: HttpRequest, form: NewCommuneForm) -> Invited | None:
    """Nothing when the action refuses it; the form then says why."""
    said = form.cleaned_data

    def write() -> Invited:
        commune = found(form.save(commit=False), said["arrondissements"], person_of(request))
        if form.arms is not None:
            commune.arms.save(form.arms.name or "arms.png", form.arms)
        return invite(commune, said["contact"], said["administrator"])

    try:
        return perform(write)
    except ValidationError as error:
        add_errors(form, error)
        return None
