"""What the ladder says of itself: `<media_dir>/ladder.json`, rewritten every second."""

from pathlib import Path

from pydantic import ValidationError

from live.protocol.base import Message

STATE_NAME = "ladder.json"
#: A ladder that has said nothing for so long is not there.
SILENT_AFTER_S = 15.0


class LadderState(Message):
    """The ladder's last word."""

    at: float
    pid: int
    #: How long the oldest waiting segment of a live sitting has waited.
    behind_s: float
    #: Rungs that are not made for want of room, by name.
    dropped: list[str]
    #: Sittings being followed, segments made and rungs dropped since its start.
    following: int
    made: int
    drops: int
    #: Processor seconds spent, and seconds of source that they were spent on.
    cpu_s: float
    media_s: float


def write(media_dir: Path, state: LadderState) -> None:
    draft = media_dir / f"{STATE_NAME}.new"
    draft.write_text(state.model_dump_json())
    draft.replace(media_dir / STATE_NAME)


def read(media_dir: Path, now: float) -> LadderState | None:
    """What it last said; `None` where there is none, or it has been silent."""
    try:
        state = LadderState.model_validate_json((media_dir / STATE_NAME).read_bytes())
    except (OSError, ValidationError):
        return None
    return state if now - state.at < SILENT_AFTER_S else None
