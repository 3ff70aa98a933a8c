"""Posters and thumbnails of recordings: made in the background, kept in the storage, swept away.

Files are in the storage at `stills/<sitting>/<name>/`; `Recording.stills` has the random name, so
that what went with its recording never comes back from a cache.
"""

import json
import logging
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django_tasks import task

from live.actions.lifecycle import on_change
from live.delivery.writer import perform
from live.models import Recording, Sitting
from live.protocol.ids import new_id

logger = logging.getLogger(__name__)

ROOT = "stills"
#: Not imported: web needs no decoder.
TOOL = "live.archive.stills_tool"
FILE = re.compile(r"poster\.(?:webp|jpg)|sheet-\d{1,2}\.webp")
#: Four hours take a minute or two where nothing else runs, more on a busy machine.
WAIT_S = 1800.0
#: As the one that opens PDFs: one thread, little memory.
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}


def path_of(sitting_id: str, name: str, file: str) -> str:
    """Where a picture is in the storage."""
    return f"{ROOT}/{sitting_id}/{name}/{file}"


def still_url(sitting: Sitting, recording: Recording, file: str) -> str:
    """The address of a picture of a recording that has some."""
    name: str = recording.stills["name"]
    return reverse("sitting_still", args=(sitting.commune.slug, sitting.slug, name, file))


def still_urls(sitting: Sitting) -> dict[str, str]:
    """Addresses of the poster, of the picture for messaging apps, and of the index of the
    thumbnails; none where there are no pictures (yet)."""
    recording = Recording.objects.filter(sitting=sitting).first()
    if recording is None or not recording.stills or sitting.rehearsal:
        return {}
    where = (sitting.commune.slug, sitting.slug, recording.stills["name"])
    return {
        "poster": still_url(sitting, recording, "poster.webp"),
        "card": still_url(sitting, recording, "poster.jpg"),
        "storyboard": reverse("sitting_storyboard", args=where),
    }


@task(priority=-10)  # after codes and reminders
def make_stills(sitting_id: str) -> str:
    """Make the pictures of a finished recording; returns what came of it."""
    recording = Recording.objects.filter(sitting=sitting_id).first()
    if recording is None or not recording.has_video:
        return "nothing"
    if recording.stills:
        return "there"
    folder = Path(settings.RECORDINGS_DIR) / sitting_id
    if not folder.is_dir():
        logger.warning(
            "no poster for sitting %s: recordings are not on this machine's disk", sitting_id
        )
        return "elsewhere"
    with tempfile.TemporaryDirectory(prefix="palabre-stills-") as out:
        index = _run(folder, Path(out))
        if index is None or not index["count"]:
            return "unreadable"
        name = new_id()
        for file in sorted(Path(out).iterdir()):
            default_storage.save(
                path_of(sitting_id, name, file.name), ContentFile(file.read_bytes())
            )
    stills = {"name": name, **index}
    without = Recording.objects.filter(pk=recording.pk, stills={})
    if perform(lambda: without.update(stills=stills)):
        return "made"
    # It was purged meanwhile, or another has made them: what pages name already stays.
    _delete(sitting_id, name)
    return "there" if Recording.objects.filter(pk=recording.pk).exists() else "nothing"


def _run(folder: Path, out: Path) -> dict[str, Any] | None:
    command = [sys.executable, "-m", TOOL, str(folder), str(out)]
    try:
        # Our own tool, and paths that we made.
        done = subprocess.run(  # noqa: S603
            command,
            cwd=settings.BASE_DIR,
            env=ENVIRONMENT,
            capture_output=True,
            timeout=WAIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        logger.warning("%s: pictures took too long", folder.name)
        return None
    if done.returncode:
        logger.warning("%s: %s", folder.name, done.stderr.decode(errors="replace")[-300:])
        return None
    index: dict[str, Any] = json.loads(done.stdout)
    return index


def plan_missing_stills() -> int:
    """Have the pictures made that are missing: of recordings from before there were any, or that
    could not be made. Only where the recordings are on this disk. Returns how many."""
    missing = Recording.objects.filter(stills={}, has_video=True).order_by("-finalised_at")
    here = [
        pk
        for pk in missing.values_list("sitting_id", flat=True)
        if (Path(settings.RECORDINGS_DIR) / pk / "rec").is_dir()
    ][:20]
    for pk in here:
        perform(lambda pk=pk: make_stills.enqueue(pk))  # type: ignore[misc]
    return len(here)


def sweep_stills() -> int:
    """Delete pictures whose recording is gone; returns how many files went."""
    if not default_storage.exists(ROOT):
        return 0
    kept = {
        (pk, stills.get("name"))
        for pk, stills in Recording.objects.values_list("sitting_id", "stills")
    }
    gone = 0
    for sitting_id in default_storage.listdir(ROOT)[0]:
        for name in default_storage.listdir(f"{ROOT}/{sitting_id}")[0]:
            if (sitting_id, name) in kept:
                continue
            gone += _delete(sitting_id, name)
    return gone


def _delete(sitting_id: str, name: str) -> int:
    files = default_storage.listdir(f"{ROOT}/{sitting_id}/{name}")[1]
    for file in files:
        default_storage.delete(path_of(sitting_id, name, file))
    default_storage.delete(f"{ROOT}/{sitting_id}/{name}")
    return len(files)


def _when_archived(sitting: Sitting, step: str, by: object) -> None:
    pictured = Recording.objects.filter(sitting=sitting, has_video=True)
    if step == "archive" and not sitting.rehearsal and pictured.exists():
        make_stills.enqueue(sitting.pk)


on_change(_when_archived)
