"""Where the media process keeps things on disk, and what it finds there when it starts.

<media_dir>/<sitting>/order.json           the last order obeyed
<media_dir>/<sitting>/holder               which media process has it (`claim`)
<media_dir>/<sitting>/done                 finalised, and web knows: nothing to do at start
<media_dir>/<sitting>/rec/<name>/          the recording: journal.jsonl and segment files
<media_dir>/<sitting>/preview/<name>/      the staff preview; removed at start
"""

import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from live.protocol.ids import ID_PATTERN
from live.protocol.media import MediaOrder

from . import journal
from .catalogue import RENDITIONS, Catalogue, segment_name
from .cmaf_read import read_fragments
from .journal import Rendition
from .shelf_files import RATES

_ID = re.compile(ID_PATTERN)
_FILE = re.compile(r"(?P<r>[va])(?P<seq>\d+)\.m4s")


def is_id(text: str) -> bool:
    """Whether this may be a sitting's id: also what keeps addresses from leaving the folder."""
    return _ID.fullmatch(text) is not None


def order_path(folder: Path) -> Path:
    return folder / "order.json"


def save_order(folder: Path, order: MediaOrder) -> None:
    """Keep the order; after this it survives a power cut."""
    folder.mkdir(parents=True, exist_ok=True)
    journal.write_atomically(order_path(folder), order.model_dump_json().encode())


def orders(media_dir: Path) -> Iterator[tuple[Path, MediaOrder]]:
    """The folders of all sittings, with their orders."""
    if not media_dir.is_dir():
        return
    for folder in sorted(media_dir.iterdir()):
        if not is_id(folder.name):
            continue
        order = kept_order(folder)
        if order is not None:
            yield folder, order


def kept_order(folder: Path) -> MediaOrder | None:
    """The last order that was obeyed here."""
    try:
        order = MediaOrder.model_validate_json(order_path(folder).read_bytes())
    except (OSError, ValidationError):
        return None
    return order if order.sitting == folder.name else None


def recording_folder(folder: Path) -> Path | None:
    """The folder of a sitting's recording, if it has one."""
    root = folder / "rec"
    if not root.is_dir():
        return None
    found = [p for p in root.iterdir() if p.name[0] != "." and (p / journal.JOURNAL_NAME).exists()]
    return max(found, key=lambda p: p.stat().st_mtime, default=None)


def load(folder: Path) -> tuple[Catalogue, int]:
    """The catalogue of a recording as its journal tells, and the journal's whole length."""
    lines, good = journal.read(folder / journal.JOURNAL_NAME)
    return Catalogue.of(lines), good


def recover(folder: Path) -> tuple[Catalogue, int, list[journal.Line]]:
    """Read a recording after a crash.

    Returns its catalogue, the journal's whole length, and the lines that the journal lacks: the
    segments that were open, as far as they are whole on disk. Files that no line speaks of are
    deleted, torn ones cut.
    """
    catalogue, good = load(folder)
    lacking: list[journal.Line] = []
    for r in RENDITIONS:
        for opened in sorted(catalogue.tracks[r].opened.values(), key=lambda o: o.seq):
            line = _close(folder, opened)
            if line is not None and opened.seq == catalogue.tracks[r].last_seq + 1:
                lacking.append(line)
                catalogue.apply(line)
        catalogue.tracks[r].opened.clear()
    kept = {segment_name(r, s.seq) for r in RENDITIONS for s in catalogue.tracks[r].segments}
    for path in folder.iterdir():
        if _FILE.fullmatch(path.name) and path.name not in kept:
            path.unlink()
    return catalogue, good, lacking


def _close(folder: Path, opened: journal.SegmentOpened) -> journal.SegmentClosed | None:
    """What is whole of a segment that was open; its file is cut there."""
    path = folder / segment_name(opened.r, opened.seq)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    fragments = read_fragments(data)
    if not fragments:
        return None
    end = fragments[-1].end_offset
    if end < len(data):
        with path.open("r+b") as file:
            file.truncate(end)
    rate = RATES[opened.r]
    ticks = fragments[-1].start + fragments[-1].duration - fragments[0].start
    return journal.SegmentClosed(
        r=opened.r,
        seq=opened.seq,
        take=opened.take,
        init=opened.init,
        start=opened.start,
        duration=round(ticks / rate, 6),
        size=end,
        at=opened.at,
        opens=opened.opens,
        independent=fragments[0].key,
        # Whether sound was real is not known until the segment closes; assume that it was.
        real=opened.real or opened.r == "a",
    )


def rendition_of(name: str) -> Rendition | None:
    """Which rendition a segment file belongs to."""
    match = _FILE.fullmatch(name)
    return None if match is None else ("v" if match["r"] == "v" else "a")
