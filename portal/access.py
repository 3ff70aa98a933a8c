"""Which sittings a person may see. What one may do is asked of `communes.permissions`."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from communes.models import Commune, Person
from communes.permissions import EVERY_ROLE, Roles, communes_of, roles_in
from live.models import Sitting, SittingState

Viewer = Person | AnonymousUser

#: Sittings that are going on, whatever viewers may see of them at this moment.
RUNNING = (SittingState.LIVE, SittingState.PAUSED, SittingState.CLOSED_DOORS)
OVER = (SittingState.ENDED, SittingState.ARCHIVED)


def is_public(sitting: Sitting) -> bool:
    """Drafts and rehearsals are for the commune's staff alone."""
    return sitting.state != SittingState.DRAFT and not sitting.rehearsal


def visible_sittings(viewer: Viewer) -> QuerySet[Sitting]:
    """Every sitting that this person may see, with its commune."""
    public = ~Q(state=SittingState.DRAFT) & Q(rehearsal=False)
    theirs = Q(commune__in=communes_of(viewer))
    return Sitting.objects.filter(public | theirs).select_related("commune")


def public_sittings() -> QuerySet[Sitting]:
    """Every sitting that anyone may see, with its commune."""
    return (
        Sitting.objects.exclude(state=SittingState.DRAFT)
        .filter(rehearsal=False)
        .select_related("commune")
    )


def find_sitting(viewer: Viewer, commune: str | Commune, slug: str) -> tuple[Sitting, Roles]:
    """The sitting at an address and the viewer's roles in its commune.

    Raises `Http404` for what this person may not see, as for what does not exist: a draft's
    address says nothing.
    """
    name = commune.slug if isinstance(commune, Commune) else commune
    sitting = get_object_or_404(
        Sitting.objects.select_related("commune"), commune__slug=name, slug=slug
    )
    roles = roles_in(viewer, sitting.commune)
    if not is_public(sitting) and not roles & EVERY_ROLE:
        raise Http404
    return sitting, roles
