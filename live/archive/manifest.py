"""The replay's manifest: everything public that happened, and how the video's clock maps to it."""

from live.models import Recording, Sitting
from live.protocol.base import Message
from live.protocol.frames import EntryFrame, Stream
from live.timeline.read import entries_since


class Manifest(Message):
    """What a replay needs, one cacheable document. Its name changes with `epoch`."""

    sitting: str
    timeline: str
    epoch: str
    #: Position of the last entry: the manifest is complete up to it.
    seq: int
    duration_s: float
    has_video: bool
    has_audio: bool
    #: [media seconds, Unix seconds], ascending; between two, both clocks run alike.
    anchors: list[tuple[float, float]]
    entries: list[EntryFrame]


def manifest(sitting: Sitting) -> Manifest:
    """The manifest of a sitting. Without a recording, `duration_s` is 0 and anchors are none."""
    recording = Recording.objects.filter(sitting=sitting).first()
    timeline = sitting.timeline
    entries = entries_since(timeline.pk, 0, Stream.PUBLIC)
    return Manifest(
        sitting=sitting.pk,
        timeline=timeline.pk,
        epoch=timeline.epoch,
        seq=entries[-1].seq if entries else 0,
        duration_s=recording.duration_s if recording else 0.0,
        has_video=bool(recording and recording.has_video),
        has_audio=bool(recording and recording.has_audio),
        anchors=recording.anchors if recording else [],
        entries=entries,
    )
