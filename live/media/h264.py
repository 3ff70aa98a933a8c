"""H.264 as the packager needs it: NAL units and what a sequence parameter set says.

Nothing is decoded: pictures stay as they were sent (ITU-T H.264, Annex B and section 7.3.2.1).
"""

from dataclasses import dataclass, field

NAL_IDR = 5
NAL_SPS = 7
NAL_PPS = 8
NAL_AUD = 9
NAL_END_OF_SEQUENCE = 10
NAL_FILLER = 12

#: profile_idc values whose SPS carries chroma and scaling fields.
_HIGH_PROFILES = {100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135}


class BadSps(ValueError):
    """A sequence parameter set that cannot be read."""


class _Bits:
    """Reads bits and Exp-Golomb codes of an RBSP (section 9.1)."""

    def __init__(self, nal: bytes) -> None:
        self._data = nal.replace(b"\x00\x00\x03", b"\x00\x00")
        self._pos = 0

    def take(self, count: int) -> int:
        value = 0
        for _ in range(count):
            byte, bit = divmod(self._pos, 8)
            if byte >= len(self._data):
                raise BadSps("SPS is too short")
            value = value << 1 | self._data[byte] >> (7 - bit) & 1
            self._pos += 1
        return value

    def ue(self) -> int:
        zeros = 0
        while self.take(1) == 0:
            zeros += 1
            if zeros > 31:
                raise BadSps("Exp-Golomb code is too long")
        return (1 << zeros) - 1 + self.take(zeros)

    def se(self) -> int:
        code = self.ue()
        return (code + 1) // 2 if code % 2 else -(code // 2)


def _skip_scaling_list(bits: _Bits, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + bits.se()) % 256
        last = following or last


@dataclass(frozen=True)
class SpsInfo:
    """What one needs to know of an SPS to announce it."""

    profile: int
    constraints: int
    level: int
    width: int
    height: int
    chroma_format: int
    bit_depth_luma: int
    bit_depth_chroma: int

    @property
    def codec(self) -> str:
        """The value for CODECS (RFC 6381 section 3.3)."""
        return f"avc1.{self.profile:02x}{self.constraints:02x}{self.level:02x}"


def read_sps(nal: bytes) -> SpsInfo:
    """Read a sequence parameter set, NAL header included. Raises `BadSps`."""
    if len(nal) < 5 or nal[0] & 0x1F != NAL_SPS:
        raise BadSps("not an SPS")
    bits = _Bits(nal[1:])
    profile, constraints, level = bits.take(8), bits.take(8), bits.take(8)
    bits.ue()
    chroma, luma_depth, chroma_depth = 1, 8, 8
    if profile in _HIGH_PROFILES:
        chroma = bits.ue()
        if chroma == 3:
            bits.take(1)
        luma_depth, chroma_depth = bits.ue() + 8, bits.ue() + 8
        bits.take(1)
        if bits.take(1):
            for index in range(8 if chroma != 3 else 12):
                if bits.take(1):
                    _skip_scaling_list(bits, 16 if index < 6 else 64)
    bits.ue()
    order_type = bits.ue()
    if order_type == 0:
        bits.ue()
    elif order_type == 1:
        bits.take(1)
        bits.se()
        bits.se()
        for _ in range(bits.ue()):
            bits.se()
    bits.ue()
    bits.take(1)
    width_mbs, height_units = bits.ue() + 1, bits.ue() + 1
    frames_only = bits.take(1)
    if not frames_only:
        bits.take(1)
    bits.take(1)
    left = right = top = bottom = 0
    if bits.take(1):
        left, right, top, bottom = bits.ue(), bits.ue(), bits.ue(), bits.ue()
    step_x = 1 if chroma in (0, 3) else 2
    step_y = (2 if chroma == 1 else 1) * (2 - frames_only)
    width = width_mbs * 16 - (left + right) * step_x
    height = height_units * 16 * (2 - frames_only) - (top + bottom) * step_y
    if not (0 < width <= 8192 and 0 < height <= 8192):
        raise BadSps("impossible picture size")
    return SpsInfo(profile, constraints, level, width, height, chroma, luma_depth, chroma_depth)


@dataclass(frozen=True)
class ParameterSets:
    """SPS and PPS of a stream: what goes into its initialisation segment."""

    sps: bytes
    pps: tuple[bytes, ...]

    @property
    def info(self) -> SpsInfo:
        return read_sps(self.sps)


@dataclass(frozen=True)
class AccessUnit:
    """One picture, ready for an `avc1` sample: NAL units with 4-byte lengths in front."""

    data: bytes
    key: bool
    params: ParameterSets
    #: False for pictures that we inserted ourselves.
    real: bool = True


def split_nals(annex_b: bytes) -> list[bytes]:
    """The NAL units of a byte stream, without start codes or trailing zeros (Annex B)."""
    parts = annex_b.split(b"\x00\x00\x01")[1:]
    return [nal for part in parts if (nal := part.rstrip(b"\x00"))]


def with_lengths(nals: list[bytes]) -> bytes:
    """NAL units as MP4 stores them, each behind its 4-byte length (ISO/IEC 14496-15)."""
    return b"".join(part for nal in nals for part in (len(nal).to_bytes(4, "big"), nal))


@dataclass
class UnitReader:
    """Turns byte streams into access units; remembers the parameter sets sent in band."""

    _sps: bytes | None = None
    _pps: dict[bytes, None] = field(default_factory=dict)
    _params: ParameterSets | None = None

    def read(self, annex_b: bytes) -> AccessUnit | None:
        """The access unit, or `None` where there is no picture or no parameter set yet."""
        pictures: list[bytes] = []
        key = False
        fresh_pps: dict[bytes, None] = {}
        for nal in split_nals(annex_b):
            kind = nal[0] & 0x1F
            if kind == NAL_SPS:
                self._learn_sps(nal)
            elif kind == NAL_PPS:
                fresh_pps[nal] = None
            elif kind not in (NAL_AUD, NAL_END_OF_SEQUENCE, NAL_FILLER):
                key = key or kind == NAL_IDR
                pictures.append(nal)
        if fresh_pps and list(fresh_pps) != list(self._pps):
            self._pps = fresh_pps
            self._params = None
        if not pictures or self._sps is None or not self._pps:
            return None
        if self._params is None:
            self._params = ParameterSets(self._sps, tuple(self._pps))
        if key:
            # Also in band: not every player reads the new initialisation segment when they change.
            pictures = [self._params.sps, *self._params.pps, *pictures]
        return AccessUnit(with_lengths(pictures), key, self._params)

    def _learn_sps(self, nal: bytes) -> None:
        if nal == self._sps:
            return
        try:
            read_sps(nal)
        except BadSps:
            return
        self._sps = nal
        self._params = None
