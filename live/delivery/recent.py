"""The last entries of a stream, encoded: what most clients lack when they come back.

Ten thousand of them at once (a deploy, a network cut) cost neither a query nor an encoding each.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from live.protocol.frames import EntriesFrame, Stream

from .packet import Packet

#: Entries kept of each stream.
KEPT = 500
#: Answers kept ready; clients that come back together mostly ask for the same few positions.
ANSWERS = 16


@dataclass(frozen=True, slots=True)
class Encoded:
    """An entry's position in its stream, and its JSON."""

    seq: int
    text: str


class Recent:
    """A ring of entries without a gap, from after `floor` to `position`."""

    def __init__(self, timeline_id: str, epoch: str, stream: Stream, position: int) -> None:
        self.epoch = epoch
        self.floor = self.position = position
        empty = EntriesFrame(timeline=timeline_id, epoch=epoch, stream=stream, entries=[])
        self._head = empty.model_dump_json().removesuffix("]}")
        self._entries: deque[Encoded] = deque()
        self._answers: dict[int, Packet] = {}

    def preload(self, entries: Sequence[Encoded]) -> None:
        """Put in what came before `position`, which must end there."""
        if entries:
            self._entries.extend(entries)
            self.floor = entries[0].seq - 1

    def extend(self, entries: Sequence[Encoded]) -> Packet:
        """Add what follows `position`, and return the packet that says so."""
        self._entries.extend(entries)
        self.position = entries[-1].seq
        while len(self._entries) > KEPT:
            self.floor = self._entries.popleft().seq
        self._answers.clear()
        return self._packet(entries)

    def since(self, since: int, epoch: str | None) -> Packet | None:
        """What a client at `since` of `epoch` lacks; None when this ring cannot say."""
        if epoch != self.epoch or not self.floor <= since <= self.position:
            return None
        packet = self._answers.get(since)
        if packet is None:
            packet = self._packet([entry for entry in self._entries if entry.seq > since])
            if len(self._answers) >= ANSWERS:
                self._answers.pop(next(iter(self._answers)))
            self._answers[since] = packet
        return packet

    def _packet(self, entries: Iterable[Encoded]) -> Packet:
        return Packet.of(f"{self._head}{','.join(entry.text for entry in entries)}]}}")
