"""What a web process runs beside answering requests: writer, nudges, rooms, orders to media."""

from .media_servers import MediaClient
from .nudges import Nudges
from .orders import OrderKeeper
from .presence import make_board
from .rooms import Rooms
from .writer import start_writer, stop_writer


class WebProcess:
    """Its services, from start to drained."""

    #: Seconds over which clients are sent away when the process ends, for each thousand of them.
    AWAY_S, AWAY_MOST_S = 0.5, 5.0

    def __init__(self, media_key: bytes, redis_url: str) -> None:
        self.rooms = Rooms(make_board(redis_url))
        self._media_key = media_key
        self._nudges: Nudges | None = None
        self.orders: OrderKeeper | None = None
        self.ready = False

    async def start(self) -> None:
        writer = start_writer()
        self.orders = OrderKeeper(MediaClient(self._media_key))
        self.orders.start()
        self._nudges = Nudges(self._nudged, self.rooms.touch)
        self._nudges.start()
        writer.after_batch = self._nudges.wrote
        self.ready = True

    async def stop(self) -> None:
        """Send clients away, a few at a time, answer what is queued, then let go. They come back
        to whoever listens next, each after a pause of its own."""
        self.ready = False
        there = sum(self.rooms.sizes.values())
        await self.rooms.send_away(min(self.AWAY_MOST_S, self.AWAY_S * there / 1000))
        if self.orders is not None:
            await self.orders.stop()
        if self._nudges is not None:
            await self._nudges.stop()
        await self.rooms.stop()
        stop_writer()

    def _nudged(self, timeline_id: str | None, committed_at: float | None) -> None:
        self.rooms.nudge(timeline_id, committed_at)
        # "Something was written" is said up to twenty times a second while people vote.
        if self.orders is not None and timeline_id is not None:
            self.orders.nudge()


_process: WebProcess | None = None


def make_process(media_key: bytes, redis_url: str = "") -> WebProcess:
    global _process
    _process = WebProcess(media_key, redis_url)
    return _process


def current_process() -> WebProcess | None:
    """This process's services; None in commands and workers."""
    return _process
