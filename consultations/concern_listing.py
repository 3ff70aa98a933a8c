"""Lists of concerns: filtered, ordered, as pages and the API show them."""

from datetime import timedelta
from typing import Literal

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from consultations.actions.concern_states import PUBLIC
from consultations.models import Concern

Order = Literal["new", "support", "rising"]

#: "Rising": what got most support within this time.
RISING = timedelta(days=7)


def public_concerns() -> QuerySet[Concern]:
    """Concerns that anyone may read, with what a list shows of them."""
    return (
        Concern.objects.filter(state__in=PUBLIC)
        .select_related("commune", "category", "arrondissement", "author")
        .prefetch_related("photos", "referrals__sitting__commune")
    )


def narrowed(
    concerns: QuerySet[Concern],
    *,
    category: str = "",
    state: str = "",
    arrondissement: int | None = None,
) -> QuerySet[Concern]:
    """Those of a category (by slug), in a state, in an arrondissement; empty: any."""
    if category:
        concerns = concerns.filter(category__slug=category)
    if state:
        concerns = concerns.filter(state=state)
    if arrondissement is not None:
        concerns = concerns.filter(arrondissement=arrondissement)
    return concerns


def ordered(concerns: QuerySet[Concern], order: Order) -> QuerySet[Concern]:
    if order == "support":
        return concerns.order_by("-supports", "-published_at", "-pk")
    if order == "rising":
        lately = Q(supporters__at__gte=timezone.now() - RISING)
        return concerns.annotate(rise=Count("supporters", filter=lately)).order_by(
            "-rise", "-published_at", "-pk"
        )
    return concerns.order_by("-published_at", "-pk")
