"""The people of one sitting, connected."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings

from communes.models import Person
from live.models import Sitting
from live.transport.tickets import make_ticket

from .participant import Participant
from .people import CROWD, STAFF, Character
from .seeding import person_of


@dataclass
class Cast:
    """`moderator` follows the timeline for all of them."""

    clerk: Participant
    host: Participant
    moderator: Participant
    crowd: Sequence[Participant]

    @property
    def everyone(self) -> list[Participant]:
        return [self.clerk, self.host, self.moderator, *self.crowd]

    def family(self, prefix: str) -> list[dict[str, Any]]:
        """The states of the keys `<prefix>/…`."""
        states = self.moderator.states
        return [states[key] for key in list(states) if key.startswith(f"{prefix}/")]

    @property
    def state(self) -> str:
        """The sitting's."""
        return str(self.moderator.states.get("sitting", {}).get("state", ""))

    def agenda(self) -> list[dict[str, Any]]:
        return sorted(self.family("agenda"), key=lambda item: int(item["position"]))

    def supports(self, question: int) -> int:
        key = f"support/{question}"
        tally = self.moderator.latest.get(key) or self.moderator.states.get(key) or {}
        return int(tally.get("supports", 0))


def _participant(
    character: Character, person: Person, sitting: Sitting, *, follow: bool = False
) -> Participant:
    socket = f"{settings.WEB_INTERNAL_URL.replace('http', 'ws', 1)}/ws/sittings/{sitting.pk}/"
    ticket: Callable[[], str] = lambda: make_ticket(person, sitting)  # noqa: E731
    stream = "staff" if character.role else "public"
    return Participant(character.name, socket, ticket, stream=stream, follow=follow)


def _assemble(sitting_id: str, crowd: int) -> Cast:
    sitting = Sitting.objects.select_related("commune").get(pk=sitting_id)

    def robot(role: str) -> Participant:
        character = next(
            person
            for person in STAFF
            if person.simulated and person.role == role and person.commune == sitting.commune.slug
        )
        follow = role == "moderator"
        return _participant(character, person_of(character), sitting, follow=follow)

    people = [_participant(one, person_of(one), sitting) for one in CROWD[:crowd]]
    return Cast(robot("clerk"), robot("host"), robot("moderator"), people)


@asynccontextmanager
async def assembled(sitting_id: str, crowd: int = len(CROWD)) -> AsyncIterator[Cast]:
    """The cast of a sitting, connected; they leave at the end of the block.

    Raises `LookupError` when the people were not seeded.
    """
    cast = await sync_to_async(_assemble)(sitting_id, crowd)
    tasks = [asyncio.create_task(one.run(), name=one.name) for one in cast.everyone]
    try:
        for one in cast.everyone:
            await one.here.wait()
        await cast.moderator.until(lambda one: "sitting" in one.states)
        yield cast
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
