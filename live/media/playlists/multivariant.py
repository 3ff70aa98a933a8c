"""The multivariant playlist (RFC 8216 section 4.3.4): which renditions there are."""

from ..catalogue import Catalogue, Track
from ..cmaf import AUDIO_CODEC
from ..journal import InitWritten

AUDIO_GROUP = "sound"


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


def master(catalogue: Catalogue, prefix: str = "") -> str:
    """The multivariant playlist: picture with sound, and sound alone. `prefix`: of the names of
    its media playlists."""
    audio_peak, audio_mean = _rates(catalogue.audio)
    audio_peak, audio_mean = max(audio_peak, 8_000), max(audio_mean, 8_000)
    lines = ["#EXTM3U"]
    tracks = catalogue.tracks.values()
    if all(s.independent for track in tracks for s in track.segments):
        lines.append("#EXT-X-INDEPENDENT-SEGMENTS")
    if catalogue.video.segments:
        init = _announced(catalogue.video)
        peak, mean = _rates(catalogue.video)
        lines += [
            f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="{AUDIO_GROUP}",NAME="main",DEFAULT=YES,'
            f'AUTOSELECT=YES,CHANNELS="1",URI="{prefix}audio.m3u8"',
            f"#EXT-X-STREAM-INF:BANDWIDTH={peak + audio_peak},"
            f"AVERAGE-BANDWIDTH={mean + audio_mean},"
            f'CODECS="{init.codec},{AUDIO_CODEC}",RESOLUTION={init.width}x{init.height},'
            f'AUDIO="{AUDIO_GROUP}"',
            f"{prefix}video.m3u8",
        ]
    lines += [
        f"#EXT-X-STREAM-INF:BANDWIDTH={audio_peak},AVERAGE-BANDWIDTH={audio_mean},"
        f'CODECS="{AUDIO_CODEC}"',
        f"{prefix}audio.m3u8",
    ]
    return "\n".join(lines) + "\n"
