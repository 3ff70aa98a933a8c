"""Which media process holds which sitting.

A claim is a row's fact, `Sitting.media_server` with a number that grows with each change; media
keeps the same number beside the recording (`live.media.claim`), so that a process which lost a
sitting cannot write to it. A sitting stays where it is while its process answers: only what has
not begun, and to which nobody sends, is moved to spread it.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from live.models import KeyState, MediaServer, Sitting, SittingState
from live.protocol.errors import ErrorCode, Refused
from live.protocol.media import MediaProcessAddress

from .context import hold
from .media import UNSETTLED, nobody_publishes, nobody_publishes_to

#: What a sitting weighs that is going on, or that somebody sends to; others weigh one.
BUSY = 10
#: So many are moved at once to spread them.
_MOVES = 20
_BEFORE = {SittingState.DRAFT, SittingState.SCHEDULED}
_GOING_ON = {SittingState.LIVE, SittingState.PAUSED, SittingState.CLOSED_DOORS}


@dataclass(frozen=True)
class Move:
    """Give `sitting` to `server`, unless its claim is not `claim` any more."""

    sitting: str
    claim: int
    server: str


def servers() -> list[MediaServer]:
    """Every media process that has told of itself."""
    return list(MediaServer.objects.order_by("name"))


def drain(name: str, *, draining: bool) -> None:
    """Whether a process gets more sittings. Raises `Refused`."""
    if not MediaServer.objects.filter(name=name).update(draining=draining):
        raise Refused(ErrorCode.NOT_FOUND, f"no media process {name!r}")


def forget(name: str) -> None:
    """A process is gone for good: whoever held its sittings is not waited for. Raises `Refused`.
    One that is still there tells of itself again."""
    server = MediaServer.objects.filter(name=name).first()
    if server is None:
        raise Refused(ErrorCode.NOT_FOUND, f"no media process {name!r}")
    nobody_publishes_to(name)
    server.delete()


def is_registered(server: MediaProcessAddress) -> bool:
    return MediaServer.objects.filter(name=server.name, url=server.url).exists()


def plan(up: Collection[str], down: Collection[str]) -> list[Move]:
    """The moves that are due. `up`: processes that answer and take sittings; `down`: those given
    up. A process that is neither keeps what it has."""
    waiting = Sitting.objects.filter(Q(state__in=UNSETTLED) | Q(media_purge=True))
    rows = list(
        waiting.order_by("created_at", "pk").values_list(
            "pk", "state", "media_server", "media_claim", "timeline"
        )
    )
    if not up or not rows:
        return []
    sent_to = set(
        KeyState.objects.filter(
            key="publisher",
            timeline__in=[row[4] for row in rows],
            state__status__in=("connected", "interrupted"),
        ).values_list("timeline", flat=True)
    )
    load = dict.fromkeys(sorted(up), 0)
    homeless: list[tuple[int, str, int]] = []
    idle: list[tuple[str, int, str]] = []
    for pk, state, server, claim, timeline in rows:
        busy = state in _GOING_ON or timeline in sent_to
        weight = BUSY if busy else 1
        if server is None or server in down:
            homeless.append((weight, pk, claim))
            continue
        if not busy and state in _BEFORE:
            idle.append((pk, claim, server))
        if server in load:
            load[server] += weight
    moves = []
    for weight, pk, claim in sorted(homeless, key=lambda one: -one[0]):
        server = min(load, key=lambda name: load[name])
        load[server] += weight
        moves.append(Move(pk, claim, server))
    return moves + _spread(idle, load)


def _spread(idle: list[tuple[str, int, str]], load: dict[str, int]) -> list[Move]:
    """Even out what nobody would notice; what is on a process that takes none leaves it."""
    moves: list[Move] = []
    for pk, claim, server in reversed(idle):
        least = min(load, key=lambda name: load[name])
        leaving = server not in load
        if len(moves) >= _MOVES or not (leaving or load[server] - load[least] >= 2):
            continue
        if not leaving:
            load[server] -= 1
        load[least] += 1
        moves.append(Move(pk, claim, least))
    return moves


def place(moves: Collection[Move]) -> None:
    """Make the moves, each unless somebody else has moved that sitting meanwhile."""
    hold(*(move.sitting for move in moves))
    for move in moves:
        sitting = Sitting.objects.get(pk=move.sitting)
        if sitting.media_claim != move.claim:
            continue
        if sitting.media_server_id is not None:
            # Whoever sent to the process before has to come back.
            nobody_publishes(sitting)
        sitting.media_server_id = move.server
        sitting.media_claim += 1
        sitting.save(update_fields=["media_server", "media_claim"])
