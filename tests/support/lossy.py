"""A bad network between a publisher and the server: loses, delays and cuts encrypted packets.

It stands between SRTP and the socket, so what it takes away is what a radio takes away; the
handshake passes. What is lost repeats with the seed, as far as the packets do.
"""

import asyncio
import random
import time
from typing import Any

from aiortc import RTCPeerConnection

_MEDIA = 128  # RFC 7983: the first byte of RTP and RTCP is 128 to 191


class LossyLine:
    """Both directions of one connection. `loss`: a share of the packets, each way;
    `round_trip_s`: all of it on the way out."""

    def __init__(self, *, loss: float = 0.0, round_trip_s: float = 0.0, seed: int = 1) -> None:
        self.loss = loss
        self.round_trip_s = round_trip_s
        self.sent = self.lost = 0
        self._chance = random.Random(seed)
        self._cut_until = 0.0
        self._send: Any = None
        self._posted: set[asyncio.Task[None]] = set()

    def lay(self, connection: RTCPeerConnection) -> None:
        """Put the line under a connection that stands."""
        transport: Any = connection.getTransceivers()[0].receiver.transport.transport
        self._send = transport._send
        transport._send = self.send
        stock = transport._recv

        async def receive() -> bytes:
            while True:
                data: bytes = await stock()
                if self._survives(data):
                    return data

        transport._recv = receive

    def cut(self, seconds: float) -> None:
        """Nothing passes for so long."""
        self._cut_until = time.monotonic() + seconds

    async def send(self, data: bytes) -> None:
        self.sent += 1
        if not self._survives(data):
            self.lost += 1
        elif self.round_trip_s:
            loop = asyncio.get_running_loop()
            loop.call_later(self.round_trip_s, self._post, data)
        else:
            await self._send(data)

    def _post(self, data: bytes) -> None:
        task = asyncio.get_running_loop().create_task(self._forward(data))
        self._posted.add(task)
        task.add_done_callback(self._posted.discard)

    async def _forward(self, data: bytes) -> None:
        try:
            await self._send(data)
        except ConnectionError:
            # The connection was closed while the packet was on its way.
            return

    def _survives(self, data: bytes) -> bool:
        if time.monotonic() < self._cut_until:
            return False
        return data[0] < _MEDIA or self._chance.random() >= self.loss
