"""One simulated person on a sitting's WebSocket, like any client: resumes by position, comes back
by itself, sends commands and waits for the answer."""

import asyncio
import contextlib
import json
import logging
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from asgiref.sync import sync_to_async
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from live.protocol.errors import ErrorCode, Refused
from live.protocol.ids import new_id

logger = logging.getLogger(__name__)

ANSWER_S = 20.0
_MAX_FRAME = 4 * 1024 * 1024
_FIRST_DELAY_S, _LONGEST_DELAY_S = 0.5, 15.0
_chance = secrets.SystemRandom()


class Away(Exception):
    """Not connected, or no answer: whether the command was done is not known."""


class Participant:
    """A connection to one sitting for as long as `run` runs.

    `ticket` makes a ticket (it may use the database; called off the event loop). `follow`: keep the
    folded states, which one participant of a cast does for all. `socket` is the address without
    its query, `stream` `public` or `staff`.
    """

    def __init__(
        self,
        name: str,
        socket: str,
        ticket: Callable[[], str],
        *,
        stream: str = "public",
        follow: bool = False,
    ) -> None:
        self.name = name
        self.states: dict[str, dict[str, Any]] = {}
        self.latest: dict[str, dict[str, Any]] = {}
        self.position = 0
        self.here = asyncio.Event()
        self._socket = socket
        self._ticket = ticket
        self._stream = stream
        self._follow = follow
        self._epoch = ""
        self._connection: ClientConnection | None = None
        self._answers: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._grown = asyncio.Event()

    async def run(self) -> None:
        """Stay connected until cancelled."""
        delay = _FIRST_DELAY_S
        while True:
            try:
                # No proxy: the servers are on this machine, whatever its environment says.
                address = await self._address()
                async with connect(address, max_size=_MAX_FRAME, proxy=None) as connection:
                    self._connection = connection
                    async for text in connection:
                        self._take(json.loads(text))
                        if self.here.is_set():
                            delay = _FIRST_DELAY_S
            except (OSError, WebSocketException, TimeoutError) as error:
                logger.debug("%s: %s", self.name, error)
            finally:
                self._leave()
            await asyncio.sleep(_chance.uniform(delay / 2, delay))
            delay = min(delay * 2, _LONGEST_DELAY_S)

    async def _address(self) -> str:
        query = {"stream": self._stream, "ticket": await sync_to_async(self._ticket)()}
        if self._epoch:
            query |= {"since": str(self.position), "epoch": self._epoch}
        return f"{self._socket}?{urlencode(query)}"

    def _leave(self) -> None:
        self._connection = None
        self.here.clear()
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(Away(self.name))
        self._answers.clear()

    def _take(self, frame: dict[str, Any]) -> None:
        kind = frame["type"]
        if kind in {"ack", "refused"}:
            answer = self._answers.pop(frame["id"] or "", None)
            if answer is not None and not answer.done():
                answer.set_result(frame)
            elif kind == "refused":
                logger.info("%s: %s", self.name, frame["code"])
        elif kind == "snapshot":
            self.here.set()
            self._epoch, self.position = frame["epoch"], frame["seq"]
            if self._follow:
                self.states = {key: state for key, state in frame["states"].items() if state}
        elif kind == "entries":
            self.here.set()
            for entry in frame["entries"]:
                self.position = entry["seq"]
                if self._follow:
                    self._fold(entry["key"], entry["state"])
        elif kind == "latest" and self._follow:
            self.latest |= {key: value for key, value in frame["values"].items() if value}
        self._grown.set()

    def _fold(self, key: str, state: dict[str, Any] | None) -> None:
        if state is None:
            self.states.pop(key, None)
            self.latest.pop(key, None)
        else:
            self.states[key] = state

    async def until(self, seen: Callable[["Participant"], Any]) -> None:
        """Wait until `seen(self)` is true; asked again after every frame."""
        while not seen(self):
            self._grown.clear()
            await self._grown.wait()

    async def send(self, command: str, **args: Any) -> dict[str, Any]:
        """Do a command and return its result. Raises `Refused`, `Away`."""
        connection = self._connection
        if connection is None:
            raise Away(self.name)
        key = f"demo-{new_id()}"
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._answers[key] = answer
        try:
            await connection.send(json.dumps({"id": key, "command": command, "args": args}))
            frame = await asyncio.wait_for(answer, ANSWER_S)
        except (WebSocketException, TimeoutError) as error:
            raise Away(self.name) from error
        finally:
            self._answers.pop(key, None)
        if frame["type"] == "refused":
            raise Refused(ErrorCode(frame["code"]), command)
        result: dict[str, Any] = frame["result"]
        return result

    async def attempt(self, command: str, **args: Any) -> dict[str, Any] | None:
        """Do a command; None when it was refused or there is no connection: the play goes on."""
        with contextlib.suppress(Away):
            try:
                return await self.send(command, **args)
            except Refused as refused:
                logger.debug("%s: %s %s", self.name, command, refused)
        return None
