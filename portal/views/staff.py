"""Where the people who work for a commune begin: their communes and sittings."""

from dataclasses import dataclass

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from communes.models import Commune
from communes.permissions import EVERY_ROLE, Roles, communes_of, roles_in
from live.models import Sitting, SittingState
from portal.access import OVER, RUNNING
from portal.islands import WORKPLACES
from portal.views.answers import owed_to

PAST_SHOWN = 8


@dataclass
class Workplace:
    """One commune and what this person finds there."""

    commune: Commune
    roles: Roles
    running: list[Sitting]
    coming: list[Sitting]
    past: list[Sitting]

    @property
    def may_prepare(self) -> bool:
        return bool(self.roles & WORKPLACES["sitting_prepare"])

    @property
    def pages(self) -> set[str]:
        """The pages of a sitting that this person may open."""
        return {name for name, wanted in WORKPLACES.items() if self.roles & wanted}


def staff(request: HttpRequest) -> HttpResponseBase:
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    communes = communes_of(request.user)
    if not communes:
        raise PermissionDenied
    return render(
        request,
        "staff/staff.html",
        {
            "places": _places(request, communes),
            "owed": owed_to(request.user).count(),
        },
    )


def _places(request: HttpRequest, communes: list[Commune]) -> list[Workplace]:
    sittings = Sitting.objects.filter(commune__in=communes).select_related("commune")
    running = list(sittings.filter(state__in=RUNNING).order_by("started_at"))
    coming = list(
        sittings.filter(state__in=(SittingState.DRAFT, SittingState.SCHEDULED)).order_by(
            "scheduled_at"
        )
    )
    places = []
    for commune in communes:
        past = sittings.filter(commune=commune, state__in=(*OVER, SittingState.CANCELLED))
        places.append(
            Workplace(
                commune,
                roles_in(request.user, commune) & EVERY_ROLE,
                [sitting for sitting in running if sitting.commune_id == commune.pk],
                [sitting for sitting in coming if sitting.commune_id == commune.pk],
                list(past.order_by("-scheduled_at")[:PAST_SHOWN]),
            )
        )
    return places
