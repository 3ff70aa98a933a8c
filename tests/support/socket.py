"""A client of the sitting's WebSocket that keeps everything it was sent."""

import asyncio
import json
import secrets
from collections.abc import Callable
from typing import Any, Self
from urllib.parse import urlencode

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from .waiting import DEADLINE_S

Frame = dict[str, Any]


class LiveSocket:
    """One connection, from `open` to `close`. Frames are kept in `frames`, in order.

    An async context manager. `states` is the fold of what came; `seq` and `epoch` the position.
    """

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.frames: list[Frame] = []
        self.states: dict[str, Any] = {}
        self.latest: dict[str, Any] = {}
        self.mine: dict[str, Any] = {}
        self.seq: int | None = None
        self.epoch: str | None = None
        self.close_code: int | None = None
        self._news = asyncio.Condition()
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def open(
        cls, url: str, origin: str | None = None, local: str | None = None, **query: Any
    ) -> Self:
        """Connect to `<ws>/ws/sittings/<id>/`, from the address `local`; `query` values that are
        None are left out."""
        given = {name: value for name, value in query.items() if value is not None}
        address = f"{url}?{urlencode(given)}" if given else url
        headers = {"Origin": origin} if origin else None
        # The loopback address needs no proxy, whatever the machine's environment says.
        connection = await connect(
            address,
            additional_headers=headers,
            proxy=None,
            open_timeout=DEADLINE_S,
            local_addr=(local, 0) if local else None,
        )
        return cls(connection)

    async def _read(self) -> None:
        try:
            async for text in self.connection:
                self._keep(json.loads(text))
                async with self._news:
                    self._news.notify_all()
        except ConnectionClosed:
            pass
        finally:
            self.close_code = self.connection.close_code
            async with self._news:
                self._news.notify_all()

    def _keep(self, frame: Frame) -> None:
        self.frames.append(frame)
        match frame["type"]:
            case "snapshot":
                self.states = dict(frame["states"])
                self.seq, self.epoch = frame["seq"], frame["epoch"]
            case "entries":
                for entry in frame["entries"]:
                    if entry["state"] is None:
                        self.states.pop(entry["key"], None)
                    else:
                        self.states[entry["key"]] = entry["state"]
                    self.seq = entry["seq"]
                self.epoch = frame["epoch"]
            case "latest":
                self.latest |= frame["values"]
            case "mine":
                self.mine = {**({} if frame["whole"] else self.mine), **frame["values"]}

    @property
    def entries(self) -> list[Frame]:
        """Every entry that came, in the order it came, repeats included."""
        return [entry for frame in self.of("entries") for entry in frame["entries"]]

    def of(self, kind: str) -> list[Frame]:
        return [frame for frame in self.frames if frame["type"] == kind]

    async def until(
        self, what: str, check: Callable[[Self], Any], deadline_s: float = DEADLINE_S
    ) -> Any:
        """The first true value of `check(self)`, looked at after each frame."""
        try:
            async with asyncio.timeout(deadline_s), self._news:
                while not (value := check(self)):
                    if self._reader.done():
                        break
                    await self._news.wait()
        except TimeoutError:
            value = None
        assert value, (
            f"never: {what}; close code {self.close_code}, last frames: {self.frames[-5:]}"
        )
        return value

    async def ready(self) -> Self:
        """Wait until the connection has caught up: counters come last of all that it lacked."""
        await self.until("caught up", lambda s: s.of("latest"))
        return self

    async def state(self, key: str, check: Callable[[Any], Any] = bool) -> Any:
        """The state of `key` once `check(state)` holds; a missing key is None."""
        await self.until(f"{key} as wanted", lambda s: check(s.states.get(key)))
        return self.states.get(key)

    @property
    def ended(self) -> bool:
        """The connection is over, whoever ended it."""
        return self._reader.done()

    async def closed(self) -> int | None:
        """Wait for the server to close; its close code."""
        await asyncio.wait_for(asyncio.shield(self._reader), DEADLINE_S)
        return self.close_code

    async def send(self, command: str, command_id: str | None = None, **args: Any) -> str:
        """Send a command without waiting; its id."""
        command_id = command_id or secrets.token_urlsafe(9)
        await self.connection.send(json.dumps({"id": command_id, "command": command, "args": args}))
        return command_id

    async def answer(self, command_id: str | None) -> Frame:
        """The `ack` or `refused` frame of a command."""

        def found(socket: Self) -> Frame | None:
            answers = (f for f in socket.frames if f["type"] in {"ack", "refused"})
            return next((f for f in answers if f["id"] == command_id), None)

        frame: Frame = await self.until(f"answer to {command_id}", found)
        return frame

    async def ask(self, command: str, command_id: str | None = None, **args: Any) -> Frame:
        """Send a command and return its answer, `ack` or `refused`."""
        return await self.answer(await self.send(command, command_id, **args))

    async def do(self, command: str, command_id: str | None = None, **args: Any) -> Frame:
        """Send a command that must be acknowledged; what it came to."""
        frame = await self.ask(command, command_id, **args)
        assert frame["type"] == "ack", frame
        result: Frame = frame["result"]
        return result

    async def close(self) -> None:
        await self.connection.close()
        await asyncio.gather(self._reader, return_exceptions=True)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
