"""Keeping who changed what. Called in the write transaction of the change.

An action asks `before` what is stored, makes its change, and hands both to `keep`.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db.models import Max, Model, QuerySet
from django.utils.translation import gettext_lazy as _

from communes.models import (
    Commune,
    Document,
    Engagement,
    GoodPractice,
    Office,
    Person,
    Revision,
    RevisionKind,
    RevisionOf,
)

Value = str | int | bool | None | list[str]
Facts = dict[str, Value]
#: Of what kind it is, and its primary key.
Place = tuple[RevisionOf, str]
Kept = Commune | Office | Engagement | GoodPractice | Document

#: What is kept of each, by the names of its fields.
FIELDS: dict[type[Model], tuple[RevisionOf, tuple[str, ...]]] = {
    Commune: (
        RevisionOf.SETTINGS,
        (
            "name",
            "department",
            "motto",
            "colour",
            "arms",
            "population",
            "languages",
            "gigabyte_price",
            "gigabyte_source",
        ),
    ),
    Office: (RevisionOf.OFFICE, ("kind", "holder", "remit", "starts_on", "ends_on")),
    Engagement: (
        RevisionOf.ENGAGEMENT,
        ("title", "starts_at", "ends_at", "place", "about", "public"),
    ),
    GoodPractice: (
        RevisionOf.PRACTICE,
        (
            "title",
            "theme",
            "problem",
            "done",
            "results",
            "cost",
            "duration",
            "contact",
            "tags",
        ),
    ),
    Document: (
        RevisionOf.DOCUMENT,
        ("title", "summary", "kind", "year", "department", "language", "licence", "published_at"),
    ),
}


def facts(thing: Kept) -> Facts:
    """What it says, as JSON can hold it."""
    said: Facts = {}
    for name in FIELDS[type(thing)][1]:
        value = getattr(thing, name)
        if isinstance(value, date | datetime):
            said[name] = value.isoformat()
        elif value is None or isinstance(value, str | int | list):
            said[name] = value
        else:
            said[name] = str(value)
    if isinstance(thing, Commune):
        said["arrondissements"] = list(thing.arrondissements.values_list("name", flat=True))
    elif isinstance(thing, GoodPractice):
        titles = thing.documents.order_by("pk").values_list("title", flat=True)
        said["documents"] = list(titles)
    return said


def before(thing: Kept) -> Facts | None:
    """What is stored of it, which waits for whoever is changing it; nothing of what is new."""
    if thing.pk is None:
        return None
    stored: QuerySet[Model] = type(thing)._default_manager.select_for_update()
    found = stored.filter(pk=thing.pk).first()
    return None if found is None else facts(found)  # type: ignore[arg-type]


def keep(
    thing: Kept, was: Facts | None, by: Person | None, kind: RevisionKind | None = None
) -> Revision | None:
    """Note a change, unless nothing changed. `kind` says what facts alone do not."""
    is_now = {} if kind == RevisionKind.REMOVED else facts(thing)
    commune = thing.pk if isinstance(thing, Commune) else thing.commune_id
    return note(commune, place_of(thing), str(thing), was, is_now, by, kind)


def note(
    commune_id: int,
    place: Place,
    title: str,
    was: Facts | None,
    is_now: Facts,
    by: Person | None,
    kind: RevisionKind | None = None,
) -> Revision | None:
    """As `keep`, for what is not one row."""
    old = was or {}
    names = list(old) if kind == RevisionKind.REMOVED else list(is_now)
    changes = {
        name: [old.get(name), is_now.get(name)]
        for name in names
        if old.get(name) != is_now.get(name)
    }
    if kind is None:
        if was is not None and not changes:
            return None
        kind = RevisionKind.MADE if was is None else RevisionKind.CHANGED
    of, thing = place
    return Revision.objects.create(
        commune_id=commune_id,
        of=of,
        thing=thing,
        kind=kind,
        title=title[:200],
        changes=changes,
        by=by,
    )


def place_of(thing: Kept) -> Place:
    return FIELDS[type(thing)][0], str(thing.pk or "")


def history(place: Place) -> QuerySet[Revision]:
    """The changes of what is kept there, the latest first."""
    of, thing = place
    return Revision.objects.filter(of=of, thing=thing).select_related("by")


def seen(place: Place) -> int:
    """How a form remembers what it showed; 0 before any change was kept."""
    return history(place).aggregate(last=Max("pk"))["last"] or 0 if place[1] else 0


def check(place: Place, shown: int | None) -> None:
    """Raises ValidationError when it was changed since a form showed it; `shown` None: the form
    was of something new."""
    if shown is not None and seen(place) != shown:
        raise ValidationError(
            _(
                "Somebody else has changed it meanwhile; the history below says what. What you"
                " typed is kept: save again if it shall stand."
            ),
            code="changed",
        )


def changed_at(of: RevisionOf, things: Iterable[int]) -> dict[int, datetime]:
    """When each was changed last since it was made, of those that were."""
    rows = (
        Revision.objects.filter(
            of=of, kind=RevisionKind.CHANGED, thing__in=[str(thing) for thing in things]
        )
        .order_by()
        .values("thing")
        .annotate(last=Max("at"))
    )
    return {int(row["thing"]): row["last"] for row in rows}
