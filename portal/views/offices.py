"""Who holds and held which office of a commune; for everyone, and the form of administrators."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Max, Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from communes.actions.offices import put, remove
from communes.models import Commune, Office, OfficeKind, Revision, RevisionOf, RoleName
from communes.permissions import person_of, require_roles, roles_in
from live.delivery.writer import perform
from portal.commune_forms import OfficeHolderForm, add_errors
from portal.history import history_of, shown

#: The order of precedence in which offices are listed.
PRECEDENCE = {kind: rank for rank, kind in enumerate(OfficeKind.values)}


def present_offices(commune: Commune, today: date | None = None) -> list[Office]:
    """Those held now, by precedence."""
    day = today or timezone.localdate()
    held = commune.offices.filter(starts_on__lte=day).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=day)
    )
    return sorted(held, key=lambda office: (PRECEDENCE[office.kind], office.starts_on))


def _lists(commune: Commune) -> dict[str, list[Office]]:
    today = timezone.localdate()
    past = commune.offices.filter(ends_on__lt=today)
    return {
        "present": present_offices(commune, today),
        "coming": list(commune.offices.filter(starts_on__gt=today)),
        "past": list(past.order_by("-ends_on", "-starts_on", "pk")),
    }


@require_safe
def offices(request: HttpRequest, commune: str) -> HttpResponse:
    """Past and present, with their days."""
    place = get_object_or_404(Commune, slug=commune)
    may_write = RoleName.ADMIN in roles_in(request.user, place)
    context = {"commune": place, "may_write": may_write, **_lists(place)}
    context["changed"] = Revision.objects.filter(commune=place, of=RevisionOf.OFFICE).aggregate(
        at=Max("at")
    )["at"]
    return render(request, "offices/list.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_roles(RoleName.ADMIN)
def manage(request: HttpRequest, commune: Commune) -> HttpResponseBase:
    """Every office, and the form for another."""
    form = OfficeHolderForm(request.POST or None, instance=Office(commune=commune))
    if request.method == "POST" and form.is_valid() and _put(request, form):
        messages.success(request, _("The office is saved."))
        return redirect("offices_manage", commune.slug)
    context = {"commune": commune, "form": form, **_lists(commune)}
    status = 422 if request.method == "POST" else 200
    return render(request, "offices/manage.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_roles(RoleName.ADMIN)
def edit(request: HttpRequest, commune: Commune, number: int) -> HttpResponseBase:
    """Change an office or say that it has ended."""
    office = get_object_or_404(Office, commune=commune, pk=number)
    if request.POST.get("do") == "remove":
        perform(lambda: remove(office, person_of(request)))
        messages.success(request, _("The office is removed."))
        return redirect("offices_manage", commune.slug)
    form = OfficeHolderForm(request.POST or None, instance=office)
    if request.method == "POST" and form.is_valid() and _put(request, form):
        messages.success(request, _("The office is saved."))
        return redirect("offices_manage", commune.slug)
    present = get_object_or_404(Office, commune=commune, pk=number)
    context = {"commune": commune, "office": present, "form": form, **history_of(present)}
    status = 422 if request.method == "POST" else 200
    return render(request, "offices/edit.html", context, status=status)


def _put(request: HttpRequest, form: OfficeHolderForm) -> bool:
    """False when the action refuses it; the form then says why."""
    office = form.save(commit=False)
    try:
        perform(lambda: put(office, person_of(request), shown(request)))
    except ValidationError as error:
        add_errors(form, error)
        return False
    return True
