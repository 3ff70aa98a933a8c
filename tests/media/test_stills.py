"""The poster and the thumbnails, out of what a publisher really sent."""

import json
import subprocess
import sys
from pathlib import Path

from PIL import Image, ImageStat

from live.media.file_source import FileSource

from .harness import ROOT, Room
from .test_archive import record

TOOL = "live.archive.stills_tool"


def run(folder: Path, out: Path) -> dict[str, int]:
    out.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", TOOL, str(folder), str(out)],
        cwd=ROOT,
        capture_output=True,
        check=True,
        timeout=60,
    )
    return json.loads(done.stdout)


async def test_pictures_are_made_of_a_recording_whose_picture_changes_its_size(
    room: Room, films: dict[str, FileSource], tmp_path: Path
) -> None:
    await record(room, films["film"], films["wide"])
    made = run(room.folder, tmp_path / "out")
    assert made["count"] >= 1
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["poster.jpg", "poster.webp", "sheet-0.webp"]
    poster = Image.open(tmp_path / "out" / "poster.webp")
    assert poster.size in {(320, 180), (640, 360)}
    assert ImageStat.Stat(poster.convert("L")).stddev[0] > 20
    assert run(tmp_path / "nobody", tmp_path / "none") == {"count": 0}
