"""Pictures out of a recording: a program of its own, so that decoding is nobody else's burden.

    python -m live.archive.stills_tool <the sitting's media folder> <a folder to write into>

Writes `poster.webp`, `poster.jpg` (1200 × 630, for messaging apps) and sheets of thumbnails,
`sheet-0.webp` and on; prints what it made as JSON, `count` 0 where there is no picture. Only
keyframes are decoded, one for each thumbnail. What was not recorded (closed doors, pauses) and
what media put where there was no picture is on none of them. Knows neither Django nor the network;
reads nothing but the recording.
"""

import io
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import av
from PIL import Image, ImageOps, ImageStat

from live.media import store
from live.media.catalogue import Catalogue, init_name, segment_name
from live.media.journal import SegmentClosed
from live.media.ladder.process import give_way

WIDTH, HEIGHT = 160, 90
COLUMNS, PER_SHEET = 10, 100
EVERY_S = 10
#: Longer recordings have thumbnails further apart.
MOST = 2000
POSTER_WIDTH = 960
CARD = (1200, 630)


@dataclass(frozen=True)
class Thumbnail:
    """The first keyframe of its stretch of the recording."""

    number: int
    segment: SegmentClosed


def chosen(catalogue: Catalogue, every: int) -> Iterator[Thumbnail]:
    """One real segment that begins with a keyframe for each `every` seconds that have one."""
    start, last = catalogue.start, -1
    for segment in catalogue.video.segments:
        number = int((segment.start - start) // every)
        if number > last and segment.real and segment.independent:
            last = number
            yield Thumbnail(number, segment)


def keyframe(folder: Path, segment: SegmentClosed) -> Image.Image | None:
    """The picture that a segment begins with; None where it cannot be read."""
    try:
        data = (folder / init_name("v", segment.init)).read_bytes()
        data += (folder / segment_name("v", segment.seq)).read_bytes()
        with av.open(io.BytesIO(data), mode="r", format="mp4") as container:
            stream = container.streams.video[0]
            stream.codec_context.skip_frame = "NONKEY"
            stream.codec_context.thread_count = 1
            for frame in container.decode(stream):
                picture: Image.Image = frame.to_image()  # type: ignore[no-untyped-call]
                return picture
    except (OSError, av.FFmpegError):
        return None
    return None


def liveliness(picture: Image.Image) -> float:
    """How much there is to see: a dark, a white or an even picture makes no poster."""
    spread: float = ImageStat.Stat(picture.convert("L")).stddev[0]
    return spread


def make(sitting: Path, out: Path) -> dict[str, int]:
    """All pictures of a recording; what the index of the thumbnails says."""
    folder = store.recording_folder(sitting)
    if folder is None:
        return {"count": 0}
    catalogue, _ = store.load(folder)
    every = max(EVERY_S, ceil((catalogue.end - catalogue.start) / MOST))
    sheet, number, count = _new_sheet(), 0, 0
    best: SegmentClosed | None = None
    most = -1.0
    parent = os.getppid()
    for thumbnail in chosen(catalogue, every):
        if os.getppid() != parent:
            # Whoever asked is gone.
            raise SystemExit(1)
        picture = keyframe(folder, thumbnail.segment)
        if picture is None:
            continue
        while thumbnail.number >= (number + 1) * PER_SHEET:
            _save_sheet(sheet, out, number, PER_SHEET)
            sheet, number = _new_sheet(), number + 1
        small = ImageOps.pad(picture, (WIDTH, HEIGHT), color="black")
        place = thumbnail.number % PER_SHEET
        sheet.paste(small, (place % COLUMNS * WIDTH, place // COLUMNS * HEIGHT))
        count = thumbnail.number + 1
        if (spread := liveliness(small)) > most:
            best, most = thumbnail.segment, spread
    poster = None if best is None else keyframe(folder, best)
    if poster is None:
        return {"count": 0}
    _save_sheet(sheet, out, number, count - number * PER_SHEET)
    ImageOps.fit(poster, CARD).save(out / "poster.jpg", "JPEG", quality=80)
    poster.thumbnail((POSTER_WIDTH, POSTER_WIDTH))
    poster.save(out / "poster.webp", "WEBP", quality=75)
    return {
        "every": every,
        "count": count,
        "columns": COLUMNS,
        "per_sheet": PER_SHEET,
        "width": WIDTH,
        "height": HEIGHT,
    }


def _new_sheet() -> Image.Image:
    return Image.new("RGB", (COLUMNS * WIDTH, PER_SHEET // COLUMNS * HEIGHT))


def _save_sheet(sheet: Image.Image, out: Path, number: int, used: int) -> None:
    rows = ceil(used / COLUMNS)
    sheet.crop((0, 0, sheet.width, rows * HEIGHT)).save(
        out / f"sheet-{number}.webp", "WEBP", quality=60
    )


if __name__ == "__main__":
    give_way()
    sys.stdout.write(json.dumps(make(Path(sys.argv[1]), Path(sys.argv[2]))))
