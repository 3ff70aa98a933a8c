"""The shelves that a sitting needs: its recording, begun or gone on with, and its preview."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import store
from .config import PREVIEW_WINDOW_S
from .disk import Disk
from .shelf import Shelf
from .shelf_files import new_name


def begin_recording(folder: Path, disk: Disk, window_s: int | None) -> Shelf:
    """A new recording in a sitting's folder."""
    return Shelf(folder / "rec" / new_name(), disk, durable=True, window_s=window_s)


def continue_recording(
    recording: Path, disk: Disk, window_s: int | None, run: Callable[[Callable[[], Any]], Any]
) -> Shelf:
    """Go on with what an earlier process left; `run` does what repairs files."""
    catalogue, end, lacking = run(lambda: store.recover(recording))
    shelf = Shelf(
        recording, disk, durable=True, window_s=window_s, catalogue=catalogue, journal_end=end
    )
    shelf.add_lines(lacking)
    return shelf


def begin_preview(folder: Path, disk: Disk) -> Shelf:
    """What staff see before the sitting is live."""
    return Shelf(folder / "preview" / new_name(), disk, durable=False, window_s=PREVIEW_WINDOW_S)
