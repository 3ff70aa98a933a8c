"""The mayor's agenda: for everyone by week and month, and the forms of clerks."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from communes.actions import engagements
from communes.models import Commune, Engagement, RoleName
from communes.permissions import person_of, require_roles, roles_in
from live.delivery.writer import perform
from portal.agenda import appointments, bounds, span_of, weeks
from portal.commune_forms import add_errors
from portal.history import history_of, shown
from portal.practice_forms import EngagementForm

WRITER = RoleName.CLERK
#: Past engagements that the clerk's page still lists.
KEPT = timedelta(days=31)


@require_safe
def agenda(request: HttpRequest, commune: str) -> HttpResponse:
    """`?mois=2026-11` or `?semaine=2026-W48`."""
    place = get_object_or_404(Commune, slug=commune)
    today = timezone.localdate()
    span = span_of(request.GET.get("mois", ""), request.GET.get("semaine", ""), today)
    items = appointments(place, *bounds(span.first, span.last))
    return render(
        request,
        "agenda/agenda.html",
        {
            "commune": place,
            "span": span,
            "weeks": weeks(span, items, today),
            "items": items,
            "may_write": WRITER in roles_in(request.user, place),
        },
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_roles(WRITER)
def manage(request: HttpRequest, commune: Commune) -> HttpResponseBase:
    """What is to come, public or not, and the form for another."""
    form = EngagementForm(request.POST or None, instance=Engagement(commune=commune))
    if request.method == "POST" and form.is_valid() and _put(request, form):
        messages.success(request, _("It is saved."))
        return redirect("agenda_manage", commune.slug)
    coming = Engagement.objects.filter(commune=commune, ends_at__gte=timezone.now() - KEPT)
    context = {"commune": commune, "form": form, "engagements": coming}
    status = 422 if request.method == "POST" else 200
    return render(request, "agenda/manage.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_roles(WRITER)
def edit(request: HttpRequest, commune: Commune, number: int) -> HttpResponseBase:
    """Change or remove one."""
    found = get_object_or_404(Engagement, commune=commune, pk=number)
    if request.POST.get("do") == "delete":
        perform(lambda: engagements.remove(found, person_of(request)))
        messages.success(request, _("The engagement is removed."))
        return redirect("agenda_manage", commune.slug)
    form = EngagementForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid() and _put(request, form):
        messages.success(request, _("It is saved."))
        return redirect("agenda_manage", commune.slug)
    present = get_object_or_404(Engagement, commune=commune, pk=number)
    context = {"commune": commune, "engagement": present, "form": form, **history_of(present)}
    status = 422 if request.method == "POST" else 200
    return render(request, "agenda/edit.html", context, status=status)


def _put(request: HttpRequest, form: EngagementForm) -> bool:
    """False when the action refuses it; the form then says why."""
    engagement = form.save(commit=False)
    try:
        perform(lambda: engagements.put(engagement, person_of(request), shown(request)))
    except ValidationError as error:
        add_errors(form, error)
        return False
    return True
