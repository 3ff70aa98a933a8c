"""What a replay shows and sounds like: pictures that stand, sound that is missing."""

import re
import subprocess

#: The film comes round after twelve seconds; a picture held by us is younger than that.
_MEMORY_S = 6.0


def _said(url: str, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["ffmpeg", "-nostdin", "-hide_banner", "-nostats", "-i", url, *args, "-"],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )


def longest_still(url: str) -> float:
    """The longest time without a new picture, seconds, where each differs from the last ones.

    A picture that is shown again (held while nothing comes) is not new; neither is the slate.
    """
    out = _said(url, "-map", "0:v:0", "-fps_mode", "passthrough", "-f", "framemd5").stdout
    times: dict[str, float] = {}
    base, last, longest = 1.0, 0.0, 0.0
    for line in out.splitlines():
        if line.startswith("#tb 0:"):
            ticks, per = line.split()[-1].split("/")
            base = int(ticks) / int(per)
        if line.startswith("#"):
            continue
        fields = [part.strip() for part in line.split(",")]
        at, digest = int(fields[2]) * base, fields[5]
        known = times.get(digest)
        if known is None or at - known > _MEMORY_S:
            longest, last = max(longest, at - last), at
            times[digest] = at
    return longest


def silence_of(url: str) -> tuple[float, float]:
    """Seconds of silence in a replay whose sound is one long tone, and its length."""
    said = _said(
        url, "-map", "0:a:0", "-af", "silencedetect=noise=-50dB:d=0.01", "-f", "null"
    ).stderr
    lengths = [float(n) for n in re.findall(r"silence_duration: ([0-9.]+)", said)]
    hours, minutes, seconds = re.findall(r"time=(\d+):(\d+):([0-9.]+)", said)[-1]
    return sum(lengths), int(hours) * 3600 + int(minutes) * 60 + float(seconds)
