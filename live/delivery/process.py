"""What a web process runs beside answering requests: writer, nudges, rooms, orders to media."""

from .nudges import Nudges
from .orders import MediaClient, OrderKeeper
from .room import Rooms
from .writer import start_writer, stop_writer


class WebProcess:
    """Its services, from start to drained."""

    def __init__(self, media_url: str, media_key: bytes) -> None:
        self.rooms = Rooms()
        self._media_url, self._media_key = media_url, media_key
        self._nudges: Nudges | None = None
        self.orders: OrderKeeper | None = None
        self.ready = False

    async def start(self) -> None:
        start_writer()
        self.orders = OrderKeeper(MediaClient(self._media_url, self._media_key))
        self.orders.start()
        self._nudges = Nudges(self._nudged)
        self._nudges.start()
        self.ready = True

    async def stop(self) -> None:
        """Answer what is queued, then let go. Clients come back to whoever listens next."""
        self.ready = False
        if self.orders is not None:
            await self.orders.stop()
        if self._nudges is not None:
            await self._nudges.stop()
        await self.rooms.stop()
        stop_writer()

    def _nudged(self, timeline_id: str | None) -> None:
        self.rooms.nudge(timeline_id)
        if self.orders is not None:
            self.orders.nudge()


_process: WebProcess | None = None


def make_process(media_url: str, media_key: bytes) -> WebProcess:
    global _process
    _process = WebProcess(media_url, media_key)
    return _process


def current_process() -> WebProcess | None:
    """This process's services; None in commands and workers."""
    return _process
