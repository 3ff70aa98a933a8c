"""Acting in a sitting without a server: people, sittings, commands, and what came of them."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from communes.models import Commune, Person, Role
from communes.permissions import IMPLIED
from live.actions import lifecycle
from live.actions.agenda import AgendaDraft
from live.actions.context import Context
from live.actions.sittings import SittingDraft, create_sitting
from live.models import Sitting
from live.protocol.frames import Stream
from live.protocol.registry import Done, registry
from live.timeline.append import SYSTEM
from live.timeline.fold import fold
from live.timeline.read import entries_since, snapshot


def a_commune(slug: str = "cotonou") -> Commune:
    return Commune.objects.get_or_create(slug=slug, defaults={"name": slug.capitalize()})[0]


def a_person(name: str = "Afi", *roles: str, commune: Commune | None = None) -> Person:
    person = Person.objects.create_user(display_name=name)
    for role in roles:
        Role.objects.create(person=person, commune=commune or a_commune(), name=role)
    return person


def a_sitting(state: str = "live", *, rehearsal: bool = False, **fields: Any) -> Sitting:
    """A sitting with two agenda points, brought to `state` by the steps that lead there."""
    draft = SittingDraft(
        kind=fields.pop("kind", "hearing"),
        title=fields.pop("title", "Reddition de comptes"),
        scheduled_at=timezone.now(),
        rehearsal=rehearsal,
    )
    agenda = [AgendaDraft("Finances"), AgendaDraft("Voirie", presenter="K. Dossou", minutes=15)]
    commune = fields.pop("commune", None) or a_commune()
    with transaction.atomic():
        sitting = create_sitting(commune, draft, SYSTEM, agenda, **fields)
        for step in STEPS[state]:
            sitting = lifecycle.change(sitting.pk, step, SYSTEM)
    return sitting


STEPS: dict[str, tuple[str, ...]] = {
    "draft": (),
    "scheduled": ("schedule",),
    "live": ("open",),
    "paused": ("open", "pause"),
    "closed_doors": ("open", "close_doors"),
    "ended": ("open", "end"),
    "archived": ("open", "end", "archive"),
    "cancelled": ("cancel",),
}


def context(sitting: Sitting, person: Person | None, *roles: str) -> Context:
    """A person acting, with roles as a ticket would carry them (an admin has all)."""
    expanded = set(roles).union(*(IMPLIED.get(role, frozenset()) for role in roles))
    return Context(sitting.pk, person.pk if person else None, "", frozenset(expanded))


def act(who: Context, name: str, **args: Any) -> Done:
    """Do a command as the writer would, in a transaction of its own; raises `Refused`."""
    command = registry.commands[name]
    with transaction.atomic():
        return command.handle(who, command.args.model_validate(args))


def kinds(sitting: Sitting, since: int = 0, stream: Stream = Stream.STAFF) -> list[str]:
    return [entry.kind for entry in entries_since(sitting.timeline_id, since, stream)]


def states(sitting: Sitting, stream: Stream = Stream.PUBLIC) -> dict[str, Any]:
    return snapshot(sitting.timeline_id, stream, 0).states


def folds_to_its_snapshot(sitting: Sitting, streams: Iterable[Stream] = tuple(Stream)) -> bool:
    """Whether, for each audience, the entries alone lead to what the snapshot says."""
    return all(
        fold(entries_since(sitting.timeline_id, 0, stream)) == states(sitting, stream)
        for stream in streams
    )
