"""The WebSocket of a timeline: `/ws/sittings/<id>/?since=&epoch=&stream=&ticket=`, and the same
under the paths of other subjects (`live.actions.subjects`).

A plain ASGI application: Channels' own consumers hop to a thread at each message, which this one
need not. Life of a connection: origin, ticket, access → accept, `welcome` → into the room, held
back → what it lacks (`entries` or `snapshot`), `mine`, `latest` → live; commands meanwhile.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from pydantic import BaseModel

from communes.permissions import STAFF
from live.actions.context import Context
from live.actions.subjects import Subject, kind_at
from live.delivery.hub import Socket
from live.delivery.line import FULL, AsgiLine, Line
from live.delivery.packet import Packet
from live.delivery.room import Room, now_ms
from live.delivery.rooms import Rooms
from live.delivery.ticks import HEARTBEAT_S
from live.delivery.wire import EXTENSION
from live.protocol.errors import ErrorCode, Refused
from live.protocol.frames import AckFrame, Me, RefusedFrame, Stream, WelcomeFrame
from live.protocol.ids import new_id
from live.protocol.registry import Done
from live.protocol.tickets import TicketClaims

from .dispatch import Sender, decode, dispatch
from .limits import (
    CONNECTIONS_PER_ADDRESS,
    CONNECTIONS_PER_PERSON,
    MAX_BAD_FRAMES,
    MAX_TOO_OFTEN,
    spend,
)
from .origin import allowed_origin
from .tickets import check_ticket
from .wording import message

logger = logging.getLogger(__name__)

#: Commands of one connection that may be under way at once.
MAX_UNDER_WAY = 32
#: Close codes (RFC 6455 section 7.4.2: 4000 to 4999 are ours): 4400 + what HTTP would say.
CLOSE_CODES = {
    ErrorCode.EXPIRED: 4401,
    ErrorCode.FORBIDDEN: 4403,
    ErrorCode.NOT_FOUND: 4404,
    ErrorCode.TOO_OFTEN: 4429,
}
CLOSE_BAD_FRAMES = 4400
#: What our own pages never send; a few are answered, then the connection ends.
BAD = frozenset(
    {ErrorCode.MALFORMED, ErrorCode.TOO_LARGE, ErrorCode.UNKNOWN_COMMAND, ErrorCode.SIGN_IN}
)
#: Seconds that a client that is sent away gets to go by itself.
GOODBYE_S = 5.0
#: Bytes of answers that may wait for one client.
MAX_ANSWERS_WAITING = 256 * 1024

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]


@dataclass(frozen=True)
class Query:
    """What the address asks for."""

    since: int | None
    epoch: str | None
    stream: Stream
    ticket: str | None
    language: str

    @classmethod
    def of(cls, raw: bytes) -> "Query":
        """Read a query string; what cannot be read counts as not given."""
        values = {name: given[-1] for name, given in parse_qs(raw.decode("latin1")).items()}
        since = values.get("since", "")
        return cls(
            since=int(since) if since.isascii() and since.isdigit() and len(since) < 16 else None,
            epoch=values.get("epoch"),
            stream=Stream.STAFF if values.get("stream") == "staff" else Stream.PUBLIC,
            ticket=values.get("ticket"),
            language="en" if values.get("language") == "en" else "fr",
        )


class Connection:
    """One WebSocket, from accept to close."""

    def __init__(self, scope: dict[str, Any], receive: Receive, send: Send, rooms: Rooms) -> None:
        self._receive, self._send, self._rooms = receive, send, rooms
        wire = scope.get("extensions", {}).get(EXTENSION)
        self._line: Line = AsgiLine(send) if wire is None else wire
        self._address = (scope.get("client") or ["unknown"])[0]
        self._query = Query.of(scope["query_string"])
        place: dict[str, str] = scope["url_route"]["kwargs"]
        self._path, self._subject_id = place["path"], place["id"]
        self._tasks: set[asyncio.Task[None]] = set()
        self._bad_frames = 0
        self._too_often = 0
        self._claims: TicketClaims | None = None

    async def run(self) -> None:
        await self._send({"type": "websocket.accept"})
        try:
            subject = await self._admit()
        except Refused as refused:
            self._say_refused(None, refused)
            self._line.close(CLOSE_CODES.get(refused.code, 4400))
            await self._drain()
            return
        await self._serve(subject)

    async def _admit(self) -> Subject:
        """Who this is and whether they may see it; raises `Refused`."""
        spend(CONNECTIONS_PER_ADDRESS, "connect", self._address)
        kind = kind_at(self._path)
        if self._query.ticket:
            self._claims = check_ticket(self._query.ticket, self._subject_id, kind)
            spend(CONNECTIONS_PER_PERSON, "connect", "person", str(self._claims.person))
        roles = self._roles
        if self._query.stream is Stream.STAFF and not roles & STAFF:
            raise Refused(ErrorCode.FORBIDDEN, "the staff stream is for staff")
        subject = await self._rooms.subject(kind, self._subject_id)
        if not subject.seen_by(roles):
            # The same as for what does not exist.
            raise Refused(ErrorCode.NOT_FOUND, f"no such {kind}")
        return subject

    @property
    def _roles(self) -> frozenset[str]:
        return frozenset(self._claims.roles) if self._claims else frozenset()

    async def _serve(self, subject: Subject) -> None:
        claims = self._claims
        person_id = claims.person if claims else None
        socket = Socket(
            stream=self._query.stream,
            person_id=person_id,
            presence_key=f"person/{person_id}" if person_id else f"visitor/{new_id()}",
            line=self._line,
        )
        me = Me(id=claims.public_id, name=claims.name, roles=claims.roles) if claims else None
        self._say(
            WelcomeFrame(
                timeline=subject.timeline_id,
                stream=socket.stream,
                me=me,
                now=now_ms(),
                heartbeat_s=HEARTBEAT_S,
            )
        )
        room = await self._rooms.enter(subject, socket)
        try:
            await room.bring_up_to_date(socket, self._query.since, self._query.epoch)
            await self._listen(room, socket)
        finally:
            self._rooms.leave(room, socket)
            for task in self._tasks:
                task.cancel()

    async def _listen(self, room: Room, socket: Socket) -> None:
        sender: Sender | None = None
        while (event := await self._receive())["type"] != "websocket.disconnect":
            raw = event.get("text") or event.get("bytes") or b""
            if self._bad_frames >= MAX_BAD_FRAMES or self._too_often >= MAX_TOO_OFTEN:
                await self._drain()
                return
            if sender is None:  # most only listen
                sender = self._sender(room, socket)
            if len(self._tasks) >= MAX_UNDER_WAY:
                await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
            task = asyncio.create_task(self._answer(raw, sender, room))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _drain(self) -> None:
        """Wait for the client to go: returning would end the connection before it has read why."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE_S):
                while (await self._receive())["type"] != "websocket.disconnect":
                    continue

    def _sender(self, room: Room, socket: Socket) -> Sender:
        name = self._claims.name if self._claims else ""
        subject = room.subject
        context = Context(subject.id, socket.person_id, name, self._roles, subject.kind)
        return Sender(context, self._address)

    async def _answer(self, raw: str | bytes, sender: Sender, room: Room) -> None:
        command_id: str | None = None
        try:
            frame = decode(raw)
            command_id = frame.id
            done: Done = await dispatch(frame, sender)
        except Refused as refused:
            self._bad_frames += refused.code in BAD
            self._say_refused(command_id, refused)
            self._too_often += refused.code is ErrorCode.TOO_OFTEN
            if self._bad_frames == MAX_BAD_FRAMES:
                self._line.close(CLOSE_BAD_FRAMES)
            if self._too_often == MAX_TOO_OFTEN:
                self._line.close(CLOSE_CODES[ErrorCode.TOO_OFTEN])
            return
        if done.mine and sender.context.person_id is not None:
            await room.tell(sender.context.person_id, done.mine)
        self._say(AckFrame(id=frame.id, result=done.result))

    def _say_refused(self, command_id: str | None, refused: Refused) -> None:
        language = self._claims.language if self._claims else self._query.language
        self._say(
            RefusedFrame(
                id=command_id,
                code=refused.code,
                message=message(refused, language),
                field=refused.field,
                retry_after=refused.retry_after,
                data=refused.data,
            )
        )

    def _say(self, frame: BaseModel) -> None:
        """What concerns this client alone; its own doing, so within bounds of its own."""
        if self._line.send(Packet.of(frame.model_dump_json()), MAX_ANSWERS_WAITING) == FULL:
            self._line.abort()


class TimelineSocket:
    """The ASGI application; `rooms` is this process's."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        event = await receive()
        if event["type"] != "websocket.connect":
            return
        if not allowed_origin(scope):
            await send({"type": "websocket.close", "code": 4403})
            return
        await Connection(scope, receive, send, self._rooms).run()
