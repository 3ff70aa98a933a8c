"""One line for several media processes: each says what it needs of it, and hears the others.

`<media_dir>/.line/<name>.json`, rewritten about every second where `MEDIA_UPLINK_MBIT` is set.
"""

import contextlib
import time
from pathlib import Path

from pydantic import ValidationError

from live.protocol.base import Message

_FOLDER = ".line"
#: A process that has said nothing for so long sends nothing any more.
_SILENT_AFTER_S = 5.0


class _Need(Message):
    at: float
    #: Bits per second.
    bits: float


def exchange(media_dir: Path, name: str, bits: float) -> float:
    """Say what this process needs; what all the others need together, bits per second."""
    folder, now = media_dir / _FOLDER, time.time()
    with contextlib.suppress(OSError):
        # Where it cannot be written, the others cannot count with it; that stops nobody.
        folder.mkdir(exist_ok=True)
        draft = folder / f"{name}.new"
        draft.write_text(_Need(at=now, bits=bits).model_dump_json())
        draft.replace(folder / f"{name}.json")
    return sum(
        need.bits
        for path in folder.glob("*.json")
        if path.stem != name and (need := _read(path)) and now - need.at < _SILENT_AFTER_S
    )


def leave(media_dir: Path, name: str) -> None:
    """This process sends nothing any more."""
    with contextlib.suppress(OSError):
        (media_dir / _FOLDER / f"{name}.json").unlink(missing_ok=True)


def _read(path: Path) -> _Need | None:
    try:
        return _Need.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
