"""Opus in, AAC out: PCM is 48 kHz mono 16-bit in between, as bytes, two for each sample."""

from functools import cache

import av
from av.audio.codeccontext import AudioCodecContext

from .config import AAC_BIT_RATE, AAC_FRAME, AUDIO_RATE

SAMPLE_BYTES = 2


def silence(samples: int) -> bytes:
    """So many samples of nothing."""
    return bytes(samples * SAMPLE_BYTES)


class OpusDecoder:
    """Decodes one publisher's Opus; libopus itself mixes stereo down to mono."""

    def __init__(self) -> None:
        codec = av.CodecContext.create("libopus", "r")
        assert isinstance(codec, AudioCodecContext)
        codec.format = "s16"
        codec.layout = "mono"
        codec.sample_rate = AUDIO_RATE
        self._codec = codec

    def decode(self, payload: bytes) -> bytes:
        """PCM of a packet; empty for one that cannot be decoded."""
        try:
            frames = self._codec.decode(av.Packet(payload))
        except av.FFmpegError:
            return b""
        return b"".join(bytes(f.planes[0])[: f.samples * SAMPLE_BYTES] for f in frames)


class AacEncoder:
    """Encodes a line of PCM to AAC-LC. Frame `k` out holds samples `1024 k` to `1024 (k + 1)`.

    The encoder looks one frame ahead and first puts out a frame of priming, which lies before
    the first sample; it is dropped, so that sound is not late by one frame.
    """

    def __init__(self) -> None:
        codec = av.CodecContext.create("aac", "w")
        assert isinstance(codec, AudioCodecContext)
        codec.sample_rate = AUDIO_RATE
        codec.layout = "mono"
        codec.format = "fltp"
        codec.bit_rate = AAC_BIT_RATE
        codec.open()
        self._codec = codec
        self._to_float = av.AudioResampler(format="fltp", layout="mono", rate=AUDIO_RATE)
        self._pcm = bytearray()
        self._fed = 0

    def encode(self, pcm: bytes) -> list[bytes]:
        """Feed PCM; returns the AAC frames that are ready."""
        self._pcm += pcm
        size = AAC_FRAME * SAMPLE_BYTES
        ready: list[bytes] = []
        while len(self._pcm) >= size:
            frame = av.AudioFrame(format="s16", layout="mono", samples=AAC_FRAME)
            frame.sample_rate = AUDIO_RATE
            frame.pts = self._fed
            # The plane may be longer than its samples (alignment).
            frame.planes[0].update(
                bytes(self._pcm[:size]).ljust(frame.planes[0].buffer_size, b"\0")
            )
            del self._pcm[:size]
            self._fed += AAC_FRAME
            for floats in self._to_float.resample(frame):
                ready += [bytes(p) for p in self._codec.encode(floats) if (p.pts or 0) >= 0]
        return ready


@cache
def silent_frame() -> bytes:
    """An AAC frame of silence, the same for every recording."""
    frames = AacEncoder().encode(silence(AAC_FRAME * 6))
    return frames[-1]
