"""What staff see of who changed what, and how a form remembers what it showed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from communes.actions import revisions
from communes.actions.revisions import FIELDS, Kept, Place
from communes.models import Revision, RevisionOf
from live.models import HearingFile

SHOWN = 12
MODELS: dict[str, type[models.Model]] = {
    **{of: model for model, (of, _names) in FIELDS.items()},
    RevisionOf.FILE: HearingFile,
}


@dataclass(frozen=True)
class Change:
    """One field: what it said, and what it says."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    revision: Revision
    changes: list[Change]


def shown(request: HttpRequest) -> int | None:
    """What the form that was sent had shown (`parts/seen.html`)."""
    said = request.POST.get("seen", "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 19 else None


def history_of(thing: Kept) -> dict[str, object]:
    """For a page with a form: the latest changes, and what the form is to remember."""
    return history_at(revisions.place_of(thing))


def history_at(place: Place) -> dict[str, object]:
    """As `history_of`, for what is not one row."""
    return {"history": lines(revisions.history(place)[:SHOWN]), "seen": revisions.seen(place)}


def lines(found: Iterable[Revision]) -> list[Line]:
    return [
        Line(
            one,
            [
                Change(_label(one.of, name), _words(one.of, name, old), _words(one.of, name, new))
                for name, (old, new) in one.changes.items()
            ],
        )
        for one in found
    ]


def _field(of: str, name: str) -> models.Field[Any, Any] | None:
    try:
        field = MODELS[of]._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return field if isinstance(field, models.Field) else None


def _label(of: str, name: str) -> str:
    names = {
        "arrondissements": _("Arrondissements"),
        "documents": _("Documents"),
        "figures": _("Figures"),
        "pictures": _("Pictures"),
        "published_at": _("Public since"),
    }
    field = _field(of, name)
    return names.get(name) or capfirst(str(field.verbose_name if field else name))


def _words(of: str, name: str, value: object) -> str:
    """A stored value as a person reads it."""
    if value in (None, "", []):
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    field = _field(of, name)
    if isinstance(field, models.DateTimeField):
        moment = timezone.localtime(datetime.fromisoformat(str(value)))
        return date_format(moment, "SHORT_DATETIME_FORMAT")
    if isinstance(field, models.DateField):
        return date_format(date.fromisoformat(str(value)), "SHORT_DATE_FORMAT")
    if field is not None and field.choices:
        return str(dict(field.flatchoices).get(str(value), value))
    return str(value)
