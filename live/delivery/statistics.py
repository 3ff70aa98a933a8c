"""What delivery has done since the process started; `/metrics` shows it."""

from dataclasses import dataclass, field

#: Seconds from commit to socket: upper bounds of the histogram's buckets.
LAG_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
#: Commands of one transaction, entries of one packet.
BATCH_BUCKETS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)


@dataclass
class Histogram:
    """Counts below bounds, as Prometheus wants them."""

    bounds: tuple[float, ...]
    counts: list[int] = field(default_factory=list)
    total: float = 0.0
    number: int = 0

    def __post_init__(self) -> None:
        self.counts = [0] * len(self.bounds)

    def add(self, value: float) -> None:
        self.total += value
        self.number += 1
        for index, bound in enumerate(self.bounds):
            if value <= bound:
                self.counts[index] += 1
                break


@dataclass
class Statistics:
    """Counted by hubs and rooms on the event loop."""

    #: Entries that rooms read and sent.
    entries: int = 0
    #: Packets written to sockets.
    deliveries: int = 0
    #: Latest values that slow clients were spared.
    skipped: int = 0
    #: Clients let go because they did not keep up.
    dropped: int = 0
    #: Clients sent away for another reason: for whom it no longer is, and when we restart.
    expelled: int = 0
    restarted: int = 0
    #: Catching up from the ring, from a snapshot kept in memory, and from the database.
    from_ring: int = 0
    from_memory: int = 0
    from_database: int = 0
    #: Entries that went out in one packet: what gathering saved.
    gathered: Histogram = field(default_factory=lambda: Histogram(BATCH_BUCKETS))
    #: From an entry's own time, whoever wrote it, to the start of its fan-out, in seconds.
    lag: Histogram = field(default_factory=lambda: Histogram(LAG_BUCKETS))
    #: From a commit of this process to the last socket of its fan-out, in seconds.
    commit_to_socket: Histogram = field(default_factory=lambda: Histogram(LAG_BUCKETS))


statistics = Statistics()
