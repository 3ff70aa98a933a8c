"""A commune's own page: its sittings and who holds its offices."""

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from communes.models import Commune
from communes.permissions import roles_in
from consultations.api.commitments import public_commitments
from consultations.concern_listing import ordered, public_concerns
from live.models import SittingState
from portal.access import OVER, RUNNING, public_sittings
from portal.hearing import rhythm
from portal.islands import WORKPLACES
from portal.views.documents import public_documents
from portal.views.home import with_points
from portal.views.offices import present_offices

DOCUMENTS_SHOWN = 3
CONCERNS_SHOWN = 3


def commune(request: HttpRequest, commune: str) -> HttpResponse:
    place = get_object_or_404(Commune, slug=commune)
    sittings = public_sittings().filter(commune=place)
    today = timezone.localdate()
    roles = roles_in(request.user, place)
    return render(
        request,
        "portal/commune.html",
        {
            "commune": place,
            "running": with_points(list(sittings.filter(state__in=RUNNING))),
            "following": sittings.filter(state=SittingState.SCHEDULED).order_by("scheduled_at"),
            "recent": sittings.filter(state__in=OVER)
            .select_related("commune", "recording")
            .order_by(F("ended_at").desc(nulls_last=True)),
            "cancelled": sittings.filter(
                state=SittingState.CANCELLED, scheduled_at__gte=timezone.now()
            ),
            "offices": present_offices(place, today),
            "rhythm": rhythm(place, today),
            "may_prepare": bool(roles & WORKPLACES["sitting_prepare"]),
            "concerns": ordered(public_concerns().filter(commune=place), "rising")[:CONCERNS_SHOWN],
            "documents": public_documents(place).order_by("-published_at")[:DOCUMENTS_SHOWN],
            "promised": public_commitments(place.slug).count(),
            "today": today,
        },
    )
