"""One message for many: encoded once, framed once."""

from dataclasses import dataclass


def text_frame(payload: bytes) -> bytes:
    """A final, unmasked text frame (RFC 6455 section 5.2)."""
    size = len(payload)
    if size < 126:
        head = bytes((0x81, size))
    elif size < 65536:
        head = b"\x81\x7e" + size.to_bytes(2, "big")
    else:
        head = b"\x81\x7f" + size.to_bytes(8, "big")
    return head + payload


@dataclass(frozen=True, slots=True)
class Packet:
    """The JSON text, and the WebSocket frame around it."""

    text: str
    frame: bytes

    @classmethod
    def of(cls, text: str) -> "Packet":
        return cls(text, text_frame(text.encode()))
