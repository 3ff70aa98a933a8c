"""What can be kept of a sitting: film and sound, as files with a name that says what they are."""

from dataclasses import dataclass

from django.utils import timezone

from live.models import Recording, Sitting, SittingKind
from live.transport.addresses import media_address

#: The sound's bit rate is constant (`live.media.config.AAC_BIT_RATE`); with its index, bytes a
#: second.
SOUND_BYTES_S = 4_200

_KINDS = {SittingKind.COUNCIL: "session", SittingKind.HEARING: "reddition"}


@dataclass(frozen=True)
class Download:
    """`size` is in bytes, and right to a few per cent."""

    url: str
    name: str
    size: int


@dataclass(frozen=True)
class Downloads:
    """`film` is missing where there was no picture."""

    film: Download | None
    sound: Download


def file_name(sitting: Sitting) -> str:
    """`cotonou-2026-11-24-reddition`, after the day on which it began."""
    moment = timezone.localtime(sitting.started_at or sitting.scheduled_at)
    return f"{sitting.commune.slug}-{moment:%Y-%m-%d}-{_KINDS[SittingKind(sitting.kind)]}"


def downloads(sitting: Sitting) -> Downloads | None:
    """What the page of a sitting offers; nothing of rehearsals, nor of what has no recording."""
    recording = Recording.objects.filter(sitting=sitting).first()
    if recording is None or sitting.rehearsal or sitting.media_purge:
        return None
    sound = round(recording.duration_s * SOUND_BYTES_S)
    name = file_name(sitting)

    def offer(ending: str, size: int) -> Download:
        whole = f"{name}.{ending}"
        return Download(media_address(sitting, f"download/{whole}"), whole, size)

    film = offer("mp4", max(recording.size_bytes, sound)) if recording.has_video else None
    return Downloads(film, offer("m4a", sound))
