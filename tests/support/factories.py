"""Communes, people, sittings. Each call makes new ones, so that tests on one server never meet.

They write through the same actions as the product. From a coroutine: `await orm(make_sitting)`.
"""

import itertools
import secrets
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import login
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from communes.models import Commune, Person
from communes.permissions import grant
from live.actions.agenda import AgendaDraft
from live.actions.lifecycle import change
from live.actions.sittings import SittingDraft, create_sitting
from live.models import Sitting, SittingKind
from live.timeline.append import By

P = ParamSpec("P")
T = TypeVar("T")

#: The transitions that lead from a draft to each state.
PATHS: dict[str, tuple[str, ...]] = {
    "draft": (),
    "scheduled": ("schedule",),
    "live": ("open",),
    "paused": ("open", "pause"),
    "closed_doors": ("open", "close_doors"),
    "ended": ("open", "end"),
    "archived": ("open", "end", "archive"),
    "cancelled": ("schedule", "cancel"),
}
NAMES = ("Afi", "Koffi", "Rachidath", "Sourou", "Nadège", "Ibrahim", "Houéfa", "Léontine")
_numbers = itertools.count(1)


async def orm(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run what uses the database from a coroutine, in Django's thread for it."""
    return await sync_to_async(function)(*args, **kwargs)


def make_commune(**fields: Any) -> Commune:
    """A commune with an address nobody has."""
    slug = f"commune-{secrets.token_hex(4)}"
    return Commune.objects.create(**{"slug": slug, "name": slug.title(), **fields})


def make_person(commune: Commune | None = None, *roles: str, **fields: Any) -> Person:
    """Somebody signed up, with these roles in `commune`."""
    number = next(_numbers)
    name = f"{NAMES[number % len(NAMES)]} {secrets.token_hex(2)}"
    person = Person.objects.create_user(
        **{
            "display_name": name,
            "email": f"{secrets.token_hex(6)}@example.bj",
            "consented_at": timezone.now(),
            **fields,
        }
    )
    for role in roles:
        assert commune is not None, "a role is held in a commune"
        grant(person, commune, role)
    return person


def make_sitting(
    commune: Commune | None = None,
    state: str = "live",
    agenda: Sequence[str] = ("Ouverture", "Questions des citoyens"),
    **fields: Any,
) -> Sitting:
    """A sitting brought to `state` by its own transitions. `fields`: as in `SittingDraft`, and
    `window_s`, `demo`."""
    place = commune or make_commune()
    wanted = {
        "kind": SittingKind.HEARING,
        "title": f"Reddition de comptes {secrets.token_hex(3)}",
        "scheduled_at": timezone.now() + timedelta(minutes=5),
        **fields,
    }
    flags = {name: wanted.pop(name) for name in ("window_s", "demo") if name in wanted}
    by = By("clerk")
    points = [AgendaDraft(title) for title in agenda]
    with transaction.atomic():
        sitting = create_sitting(place, SittingDraft(**wanted), by, points, **flags)
    for step in PATHS[state]:
        move(sitting, step)
    sitting.refresh_from_db()
    return sitting


def move(sitting: Sitting, step: str, role: str = "clerk") -> Sitting:
    """Make one transition of `live.actions.lifecycle`, as a command of an operator would."""
    with transaction.atomic():
        return change(sitting.pk, step, By(role))


def make_session(person: Person) -> str:
    """A session in which `person` is signed in: the value of the session cookie."""
    request = HttpRequest()
    request.session = SessionStore()
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session.save()
    key = request.session.session_key
    assert key
    return key
