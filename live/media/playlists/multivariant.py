"""The multivariant playlist (RFC 8216 section 4.3.4): which renditions there are."""

from collections.abc import Mapping

from ..catalogue import Catalogue, Track
from ..cmaf import AUDIO_CODEC
from ..journal import InitWritten
from ..ladder.book import Book
from ..ladder.rungs import Rung

AUDIO_GROUP = "sound"
#: Section 4.3.4.4: why somebody gets less than there is, for the page to say.
FULL_LINE = '#EXT-X-SESSION-DATA:DATA-ID="palabre.uplink",VALUE="full"'


def _rates(track: Track) -> tuple[int, int]:
    """Peak and average bits per second over the listed segments."""
    long = [s for s in track.segments if s.duration >= 0.5] or track.segments
    peak = max((s.size * 8 / s.duration for s in long), default=0.0)
    total = sum(s.duration for s in track.segments)
    return int(peak), int(sum(s.size for s in track.segments) * 8 / total) if total else 0


def _announced(track: Track) -> InitWritten:
    """The most demanding format among those in use: what a player must be able to do."""
    used = {s.init for s in track.segments if s.real} or {s.init for s in track.segments}
    inits = [track.inits[i] for i in used]
    return max(inits, key=lambda i: ((i.width or 0) * (i.height or 0), i.codec))


def _rung_lines(
    catalogue: Catalogue, rung: Rung, book: Book, audio: tuple[int, int], attributes: str
) -> list[str]:
    """A smaller picture: rates and formats of what is listed of it."""
    made = [m for s in catalogue.video.segments if (m := book.shows(s)) is not None]
    long = [m for m in made if m.duration >= 0.5] or made
    peak = max(m.size * 8 / m.duration for m in long)
    mean = sum(m.size for m in made) * 8 / sum(m.duration for m in made)
    init = max(
        (book.inits[n] for n in {m.init for m in made}),
        key=lambda i: ((i.width or 0) * (i.height or 0), i.codec),
    )
    return [
        f"#EXT-X-STREAM-INF:BANDWIDTH={int(peak) + audio[0]},"
        f"AVERAGE-BANDWIDTH={int(mean) + audio[1]},"
        f'CODECS="{init.codec},{AUDIO_CODEC}",RESOLUTION={init.width}x{init.height},{attributes}',
        rung.playlist,
    ]


def master(
    catalogue: Catalogue,
    prefix: str = "",
    rungs: Mapping[Rung, Book] | None = None,
    *,
    source: bool = True,
) -> str:
    """The multivariant playlist: picture with sound, smaller pictures with the same sound, and
    sound alone. `prefix`: of the names of the source's and the sound's playlists; `rungs`: those
    that may be listed; not `source`: leave the largest picture out,
    where there is one, and say that the line is full."""
    audio_peak, audio_mean = _rates(catalogue.audio)
    audio_peak, audio_mean = max(audio_peak, 8_000), max(audio_mean, 8_000)
    lines = ["#EXTM3U"]
    rungs = rungs or {}
    # Not said of sound alone: it has none of the pictures.
    tracks = catalogue.tracks.values() if source else [catalogue.audio]
    if all(s.independent for track in tracks for s in track.segments):
        lines.append("#EXT-X-INDEPENDENT-SEGMENTS")
    if catalogue.video.segments and not source:
        lines.append(FULL_LINE)
    attributes = f'AUDIO="{AUDIO_GROUP}"'
    pictures = bool(catalogue.video.segments) and (source or bool(rungs))
    if pictures:
        lines.append(
            f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="{AUDIO_GROUP}",NAME="main",DEFAULT=YES,'
            f'AUTOSELECT=YES,CHANNELS="1",URI="{prefix}audio.m3u8"'
        )
    if pictures and source:
        init = _announced(catalogue.video)
        peak, mean = _rates(catalogue.video)
        lines += [
            f"#EXT-X-STREAM-INF:BANDWIDTH={peak + audio_peak},"
            f"AVERAGE-BANDWIDTH={mean + audio_mean},"
            f'CODECS="{init.codec},{AUDIO_CODEC}",RESOLUTION={init.width}x{init.height},'
            f"{attributes}",
            f"{prefix}video.m3u8",
        ]
    if pictures:
        for rung, book in rungs.items():
            lines += _rung_lines(catalogue, rung, book, (audio_peak, audio_mean), attributes)
    lines += [
        f"#EXT-X-STREAM-INF:BANDWIDTH={audio_peak},AVERAGE-BANDWIDTH={audio_mean},"
        f'CODECS="{AUDIO_CODEC}"',
        f"{prefix}audio.m3u8",
    ]
    return "\n".join(lines) + "\n"
