"""Who holds which office: an office ends on a day and is kept; it never opens a staff page."""

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from communes.models import Commune, Office, OfficeKind, Person, RevisionKind

from . import revisions

#: Law 2021-14 knows one of each in a commune at a time.
SINGLE = frozenset({OfficeKind.MAYOR, OfficeKind.EXECUTIVE_SECRETARY})


def put(office: Office, by: Person | None, shown: int | None = None) -> Office:
    """Save an office, new or changed. Raises ValidationError for days that cannot be, and where
    another holds an office that only one holds, or somebody changed it since the form showed it
    (`shown`)."""
    # Two administrators at once wait here for one another.
    Commune.objects.select_for_update().get(pk=office.commune_id)
    was = revisions.before(office)
    revisions.check(revisions.place_of(office), shown)
    if office.ends_on is not None and office.ends_on < office.starts_on:
        raise ValidationError({"ends_on": _("It cannot end before it begins.")})
    if office.kind in SINGLE:
        other = _other(office)
        if other is not None:
            raise ValidationError(
                {
                    "starts_on": ValidationError(
                        _(
                            "%(holder)s holds this office on some of these days. End that office"
                            " first."
                        ),
                        params={"holder": other.holder},
                    )
                }
            )
    office.save()
    revisions.keep(office, was, by)
    return office


def remove(office: Office, by: Person | None) -> None:
    """Take away one that was entered by mistake; staff still see that it was."""
    was = revisions.before(office)
    if was is not None:
        revisions.keep(office, was, by, RevisionKind.REMOVED)
        office.delete()


def _other(office: Office) -> Office | None:
    """Somebody else in the same office on one of its days."""
    rest = Office.objects.filter(commune=office.commune_id, kind=office.kind).exclude(pk=office.pk)
    rest = rest.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=office.starts_on))
    if office.ends_on is not None:
        rest = rest.filter(starts_on__lte=office.ends_on)
    return rest.first()
