"""The mayor's agenda. Called in a write transaction."""

from communes.models import Engagement, Person, RevisionKind

from . import revisions


def put(engagement: Engagement, by: Person | None, shown: int | None = None) -> Engagement:
    """Save an engagement, new or changed. Raises ValidationError where somebody changed it since
    the form showed it (`shown`)."""
    was = revisions.before(engagement)
    revisions.check(revisions.place_of(engagement), shown)
    engagement.save()
    revisions.keep(engagement, was, by)
    return engagement


def remove(engagement: Engagement, by: Person | None) -> None:
    """Take it off the agenda; that it was there stays known to staff."""
    was = revisions.before(engagement)
    if was is not None:
        revisions.keep(engagement, was, by, RevisionKind.REMOVED)
        engagement.delete()
