"""What the clerk sees of media: is somebody publishing, is it being recorded, will the disk do."""

import httpx
from django.conf import settings

from live.models import Sitting
from live.protocol.base import Message
from live.protocol.media import MediaStatus
from live.protocol.signing import sign_request

TIMEOUT_S = 3.0
#: Without a publisher to measure: 1.5 Mbit/s of picture and sound.
ASSUMED_BITRATE = 1_500_000
#: The forecast that is asked for before a sitting opens.
LONGEST_SITTING_S = 4 * 3600


class MediaReport(Message):
    """`status` is null when the media process does not answer."""

    status: MediaStatus | None
    #: Bits per second that the forecast counts with: source, sound and smaller pictures.
    bitrate: int
    #: Seconds of recording that still fit on the disk.
    seconds_left: float | None
    #: Whether a four-hour sitting still fits.
    enough: bool | None


def media_report(sitting: Sitting) -> MediaReport:
    """Ask media about a sitting, and forecast."""
    nothing = MediaReport(status=None, bitrate=0, seconds_left=None, enough=None)
    server = sitting.media_server
    if server is None:
        return nothing
    path = f"/control/sittings/{sitting.pk}"
    headers = sign_request("GET", path, b"", settings.MEDIA_KEY)
    try:
        answer = httpx.get(f"{server.url}{path}", headers=headers, timeout=TIMEOUT_S)
        answer.raise_for_status()
    except httpx.HTTPError:
        return nothing
    status = MediaStatus.model_validate_json(answer.content)
    measured = status.publisher.bitrate if status.publisher else 0
    bitrate = max(measured, ASSUMED_BITRATE) + status.smaller_bitrate
    seconds = status.disk_free * 8 / bitrate
    return MediaReport(
        status=status,
        bitrate=bitrate,
        seconds_left=seconds,
        enough=seconds >= LONGEST_SITTING_S,
    )
