"""What other programs read of a commune: its calendar and its news."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control

from communes.actions.revisions import changed_at
from communes.models import Commune, Engagement, RevisionOf
from live.models import SittingState
from portal.access import public_sittings
from portal.icalendar import event, write_calendar
from portal.islands import absolute, page_url
from portal.views.sitting import describe

FEED_ENTRIES = 30
CALENDAR_PAST = timedelta(days=365)


@cache_control(max_age=300, public=True)
def calendar(request: HttpRequest, commune: str) -> HttpResponse:
    """The commune's sittings and the mayor's public engagements, a year back and all that are
    announced (RFC 5545)."""
    place = get_object_or_404(Commune, slug=commune)
    sittings = public_sittings().filter(
        commune=place, scheduled_at__gte=timezone.now() - CALENDAR_PAST
    )
    name = _("Sittings of {commune}").format(commune=place.name)
    events = [
        event(
            uid=f"{sitting.pk}@palabre",
            stamp=timezone.now(),
            start=sitting.scheduled_at,
            summary=sitting.title,
            location=sitting.place,
            description=sitting.summary,
            url=absolute(page_url(sitting)),
            cancelled=sitting.state == SittingState.CANCELLED,
        )
        for sitting in sittings
    ]
    engagements = Engagement.objects.filter(
        commune=place, public=True, ends_at__gte=timezone.now() - CALENDAR_PAST
    )
    changed = changed_at(RevisionOf.ENGAGEMENT, [one.pk for one in engagements])
    events += [
        event(
            uid=f"engagement-{one.pk}@palabre",
            stamp=timezone.now(),
            start=one.starts_at,
            end=one.ends_at,
            changed=changed.get(one.pk),
            summary=one.title,
            location=one.place,
            description=one.about,
            url=absolute(reverse("agenda", args=[place.slug])),
            cancelled=False,
        )
        for one in engagements
    ]
    response = HttpResponse(
        write_calendar(name, events), content_type="text/calendar; charset=utf-8"
    )
    response["Content-Disposition"] = f'inline; filename="{place.slug}.ics"'
    return response


@cache_control(max_age=300, public=True)
def feed(request: HttpRequest, commune: str) -> HttpResponse:
    """The commune's sittings as they were announced, held and published (RFC 4287)."""
    place = get_object_or_404(Commune, slug=commune)
    news = Atom1Feed(
        title=_("Sittings of {commune}").format(commune=place.name),
        link=absolute(f"/{place.slug}/"),
        feed_url=absolute(request.path),
        description="",
        language=get_language(),
    )
    for sitting in public_sittings().filter(commune=place)[:FEED_ENTRIES]:
        news.add_item(
            title=sitting.title,
            link=absolute(page_url(sitting)),
            description=describe(sitting),
            unique_id=f"urn:palabre:sitting:{sitting.pk}",
            pubdate=sitting.created_at,
            updateddate=sitting.ended_at or sitting.started_at or sitting.created_at,
            categories=[sitting.kind],
        )
    return HttpResponse(news.writeString("utf-8"), content_type="application/atom+xml")
