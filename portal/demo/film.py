"""A script made into a film: MPEG-TS, H.264 baseline without B-frames, Opus.

What a publisher can send without encoding anything: each keyframe repeats its parameter sets
(joining is possible at any of them), and there is one every two seconds.
"""

from __future__ import annotations

import math
import os
import time
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream
from PIL import Image

from . import voice
from .scripts import Script
from .slides import HEIGHT, WIDTH, Overlay

#: Frames per second. One frame lasts 80 ms: four Opus packets, a whole number in every clock.
FPS = Fraction(25, 2)
KEYFRAME_S = 2
AUDIO_RATE = 48000
_PAUSE_S = 0.8
#: Loudness (root mean square) that fills the level meter.
_FULL_LEVEL = 7000.0
_FORMAT = 2  # grows when the same script makes another film


@dataclass(frozen=True)
class _Part:
    """A scene laid out in time."""

    start: float
    slide: Image.Image


def make_film(script: Script, folder: Path) -> Path:
    """The film of `script`, made unless `folder` has it already.

    Raises `ValueError` when the speech does not fit in `script.seconds`, `voice.VoiceError` without
    a voice, `OSError` when the file cannot be written.
    """
    mark = sha256(f"{_FORMAT} {script!r}".encode()).hexdigest()[:10]
    path = folder / f"{script.name}-{mark}.ts"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}-{time.monotonic_ns()}.part")
        try:
            _write(script, draft)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    return path


def _silence(samples: int) -> array[int]:
    return array("h", bytes(2 * samples))


def _lay_out(script: Script) -> tuple[list[_Part], array[int]]:
    """Where each slide begins, and all that is said, silence included."""
    rate = voice.SAMPLE_RATE
    spoken = [voice.speak(scene.speech, voice=scene.voice) for scene in script.scenes]
    room = script.seconds - script.lead_s - sum(len(samples) for samples in spoken) / rate
    if room < _PAUSE_S * len(spoken):
        raise ValueError(f"{script.name}: the speech is too long: {room:.1f} s remain for pauses")
    pause = round(room / len(spoken) * rate)
    sound = _silence(round(script.lead_s * rate))
    parts: list[_Part] = []
    for scene, samples in zip(script.scenes, spoken, strict=True):
        # The lead belongs to the first slide.
        start = len(sound) / rate if parts else 0.0
        parts.append(_Part(start, scene.slide.draw(script.commune)))
        sound += _silence(pause // 4) + samples + _silence(pause - pause // 4)
    total = script.seconds * rate
    return parts, (sound + _silence(max(0, total - len(sound))))[:total]


def _levels(sound: array[int], frames: int) -> list[float]:
    """Loudness of the voice during each frame, 0 to 1."""
    span = len(sound) / frames
    levels = []
    for number in range(frames):
        some = sound[round(number * span) : round((number + 1) * span) : 8]
        mean = sum(sample * sample for sample in some) / max(1, len(some))
        levels.append(min(1.0, math.sqrt(mean) / _FULL_LEVEL))
    return levels


def _pictures(script: Script, parts: list[_Part], levels: list[float]) -> Iterator[Image.Image]:
    for number, level in enumerate(levels):
        at = float(number / FPS)
        slide = next(part.slide for part in reversed(parts) if part.start <= at + 1e-6)
        picture = slide.copy()
        Overlay(int(at), level, number / len(levels)).draw(picture)
        yield picture


def _add_video(container: OutputContainer) -> VideoStream:
    stream = container.add_stream("libx264", rate=FPS)
    assert isinstance(stream, VideoStream)
    stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    gop = int(FPS * KEYFRAME_S)
    stream.codec_context.gop_size = gop
    stream.codec_context.max_b_frames = 0
    stream.codec_context.time_base = 1 / FPS
    stream.options = {
        "profile": "baseline",
        "level": "3.1",
        "preset": "veryfast",
        "crf": "20",
        "maxrate": "400k",
        "bufsize": "800k",
        "x264-params": f"keyint={gop}:min-keyint={gop}:scenecut=0:repeat-headers=1:bframes=0",
    }
    return stream


def _add_audio(container: OutputContainer) -> AudioStream:
    stream = container.add_stream("libopus", rate=AUDIO_RATE)
    assert isinstance(stream, AudioStream)
    stream.layout = "mono"
    stream.bit_rate = 32000
    stream.options = {"application": "voip", "frame_duration": "20", "vbr": "constrained"}
    return stream


def _encode_audio(stream: AudioStream, sound: array[int]) -> Iterator[Packet[Any]]:
    whole = av.AudioFrame(format="s16", layout="mono", samples=len(sound))
    whole.sample_rate = voice.SAMPLE_RATE
    whole.time_base = Fraction(1, voice.SAMPLE_RATE)
    whole.pts = 0
    whole.planes[0].update(sound.tobytes())
    resampler = av.AudioResampler(
        format="s16", layout="mono", rate=AUDIO_RATE, frame_size=AUDIO_RATE // 50
    )
    for source in (whole, None):
        for frame in resampler.resample(source):
            yield from stream.encode(frame)
    yield from stream.encode(None)


def _encode_video(stream: VideoStream, pictures: Iterator[Image.Image]) -> Iterator[Packet[Any]]:
    for number, picture in enumerate(pictures):
        frame = av.VideoFrame.from_image(picture)  # type: ignore[no-untyped-call]
        frame.pts, frame.time_base = number, 1 / FPS
        yield from stream.encode(frame)
    yield from stream.encode(None)


def _moment(packet: Packet[Any]) -> Fraction:
    return (packet.dts or 0) * (packet.time_base or Fraction(0))


def _write(script: Script, path: Path) -> None:
    parts, sound = _lay_out(script)
    frames = int(script.seconds * FPS)
    with av.open(str(path), "w", format="mpegts") as container:
        video, audio = _add_video(container), _add_audio(container)
        pictures = _pictures(script, parts, _levels(sound, frames))
        packets = [*_encode_video(video, pictures), *_encode_audio(audio, sound)]
        packets.sort(key=_moment)
        for packet in packets:
            # Opus ends with what its delay held back: beyond the picture, in the way of a loop.
            if _moment(packet) < script.seconds:
                container.mux(packet)
