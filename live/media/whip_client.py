"""A WHIP client (RFC 9725): publishes a file or given tracks, and comes back by itself."""

import asyncio
import contextlib
import ipaddress
import logging
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urljoin, urlsplit

import httpx
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from . import aiortc_hooks
from .config import IceSettings
from .file_source import FileSource

logger = logging.getLogger(__name__)

_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.3, 8.0
#: Receiver reports come about every second; without any for so long the server is gone.
_REPORT_WITHIN_S = 6.0
_WATCH_EVERY_S = 0.5
_CONNECT_WITHIN_S = 15.0


class WhipError(Exception):
    """The server refused or could not be reached; `status` is the HTTP status, 0 for none."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(f"{status}: {detail}")
        self.status = status
        self.detail = detail


class WhipPublisher:
    """`async with WhipPublisher(url, token, source): …` publishes meanwhile.

    `source`: a file (`FileSource`), or tracks, which are used for one connection only.
    `keep`: connect again, with growing waits, whenever the connection is lost or refused; then
    entering does not wait for the first connection (see `connected`).
    """

    def __init__(
        self,
        url: str,
        token: str | Callable[[], str],
        source: str | Path | FileSource | Sequence[MediaStreamTrack],
        *,
        keep: bool = False,
        ice: IceSettings | None = None,
    ) -> None:
        self._url = url
        self._token = token
        self._source = FileSource(Path(source)) if isinstance(source, str | Path) else source
        if keep and not isinstance(self._source, FileSource):
            raise ValueError("given tracks cannot be published again")
        self._keep = keep
        self._ice = _loopback_only(url) if ice is None else ice
        self._http = httpx.AsyncClient(timeout=15, follow_redirects=True, trust_env=False)
        #: The connection while there is one.
        self.connection: RTCPeerConnection | None = None
        self._task: asyncio.Task[None] | None = None
        #: Address of our publication while there is one.
        self.resource: str | None = None
        #: Set while media flows.
        self.connected = asyncio.Event()
        #: How often it has connected.
        self.connections = 0

    async def __aenter__(self) -> Self:
        if self._keep:
            self._task = asyncio.get_running_loop().create_task(self._run())
        else:
            try:
                await self._connect()
            except BaseException:
                await self._http.aclose()
                raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._end()
        await self._http.aclose()

    async def vanish(self) -> None:
        """Stop without a word, as a machine does whose power is cut."""
        connection, self.connection = self.connection, None
        self.resource = None
        self.connected.clear()
        if connection is not None:
            aiortc_hooks.silence(connection)
            await _close(connection)

    def _bearer(self) -> dict[str, str]:
        token = self._token if isinstance(self._token, str) else self._token()
        return {"authorization": f"Bearer {token}"}

    async def _connect(self) -> None:
        tracks = (
            self._source.tracks() if isinstance(self._source, FileSource) else list(self._source)
        )
        connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.connection = connection
        try:
            for track in tracks:
                transceiver = connection.addTransceiver(track, "sendonly")
                transceiver.setCodecPreferences(aiortc_hooks.preferred_codecs(track.kind))
            aiortc_hooks.choose_ice(connection, self._ice)
            await connection.setLocalDescription()
            answer = await self._offer(connection.localDescription.sdp)
            await connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
            await self._until_connected(connection)
        except BaseException:
            await self._end()
            raise
        self.connections += 1
        self.connected.set()

    async def _offer(self, sdp: str) -> str:
        headers = {"content-type": "application/sdp", **self._bearer()}
        try:
            answer = await self._http.post(self._url, content=sdp.encode(), headers=headers)
        except httpx.HTTPError as error:
            raise WhipError(0, str(error) or type(error).__name__) from error
        if answer.status_code != 201:
            raise WhipError(answer.status_code, answer.text)
        self.resource = urljoin(str(answer.url), answer.headers["location"])
        return answer.text

    async def _until_connected(self, connection: RTCPeerConnection) -> None:
        changed = asyncio.Event()
        connection.on("connectionstatechange", changed.set)
        deadline = time.monotonic() + _CONNECT_WITHIN_S
        while connection.connectionState != "connected":
            changed.clear()
            if connection.connectionState in ("failed", "closed"):
                raise WhipError(0, "the media connection failed")
            try:
                await asyncio.wait_for(changed.wait(), deadline - time.monotonic())
            except TimeoutError as error:
                raise WhipError(0, "no media connection came about") from error

    async def _run(self) -> None:
        wait = _FIRST_WAIT_S
        while True:
            try:
                await self._connect()
                wait = _FIRST_WAIT_S
                await self._watch()
                logger.info("the publication was lost; connecting again")
            except WhipError as error:
                logger.info("cannot publish yet: %s", error)
            await self._end()
            await asyncio.sleep(wait * random.uniform(0.7, 1.3))  # noqa: S311 - jitter
            wait = min(wait * 2, _LONGEST_WAIT_S)

    async def _watch(self) -> None:
        """Return when the connection is lost."""
        connection = self.connection
        assert connection is not None
        heard = time.monotonic()
        latest: object = None
        while connection.connectionState == "connected":
            await asyncio.sleep(_WATCH_EVERY_S)
            report = await connection.getStats()
            stamps = [s.timestamp for s in report.values() if s.type == "remote-inbound-rtp"]
            if stamps and max(stamps) != latest:
                latest, heard = max(stamps), time.monotonic()
            if time.monotonic() - heard > _REPORT_WITHIN_S:
                return

    async def _end(self) -> None:
        self.connected.clear()
        resource, self.resource = self.resource, None
        connection, self.connection = self.connection, None
        if resource is not None:
            with contextlib.suppress(httpx.HTTPError):
                await self._http.delete(resource, headers=self._bearer(), timeout=3)
        if connection is not None:
            await _close(connection)


def _loopback_only(url: str) -> IceSettings:
    """Towards a server on this machine, stay on this machine."""
    host = urlsplit(url).hostname or ""
    try:
        local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = host == "localhost"
    return IceSettings(addresses=("127.0.0.1",)) if local else IceSettings()


async def _close(connection: RTCPeerConnection) -> None:
    with contextlib.suppress(Exception):
        await asyncio.wait_for(connection.close(), 5)
