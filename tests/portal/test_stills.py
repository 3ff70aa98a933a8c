"""Posters and thumbnails: made of keyframes alone, seen by whoever may see the recording."""

import io
import subprocess
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django_tasks_db.models import DBTaskResult
from PIL import Image, ImageStat

from live.actions.lifecycle import change
from live.actions.retention import let_go
from live.media import journal
from live.models import Recording, Sitting
from live.protocol.media import FactKind
from live.timeline.append import SYSTEM
from portal import stills
from portal.stills import make_stills, path_of, plan_missing_stills, sweep_stills
from tests.live.test_media_facts import SUMMARY, tell
from tests.portal.test_downloads import recorded
from tests.portal.test_sitting_page import props, read
from tests.support.factories import make_sitting

STILLS = {"every": 10, "count": 3, "columns": 10, "per_sheet": 100, "width": 160, "height": 90}
SECONDS = 32


def film(folder: Path) -> None:
    """A recording of 32 s in the files of the media process: 6 s black, then a pattern; what is
    between 10 and 20 s was put there by media because no picture came."""
    folder.mkdir(parents=True)
    source = f"testsrc2=size=320x180:rate=5:duration={SECONDS},drawbox=t=fill:enable='lt(t,6)'"
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, "-c:v", "libx264"]
    command += ["-preset", "ultrafast", "-g", "10", "-keyint_min", "10", "-sc_threshold", "0"]
    command += ["-f", "hls", "-hls_time", "2", "-hls_segment_type", "fmp4", "-start_number", "1"]
    command += ["-hls_fmp4_init_filename", "vi0.mp4", "-hls_list_size", "0"]
    command += ["-hls_segment_filename", "v%d.m4s", "all.m3u8"]
    subprocess.run(command, cwd=folder, check=True, timeout=60)
    lines: list[journal.Line] = [
        journal.Began(name=folder.name, at=0),
        journal.TakeBegan(take=1, start=0, at=0),
        journal.InitWritten(r="v", init=0, codec="avc1.42c01e"),
    ]
    for number in range(SECONDS // 2):
        size = (folder / f"v{number + 1}.m4s").stat().st_size
        common = {"take": 1, "init": 0, "start": 2.0 * number, "duration": 2.0, "at": 0.0}
        real = not 10 <= 2 * number < 20
        lines.append(journal.SegmentClosed(r="v", seq=number + 1, size=size, real=real, **common))
    (folder / journal.JOURNAL_NAME).write_bytes(b"".join(map(journal.encode, lines)))


@pytest.fixture
def stored(settings, tmp_path):
    """Recordings and uploads of this test alone."""
    settings.RECORDINGS_DIR = tmp_path / "media"
    settings.MEDIA_ROOT = tmp_path / "uploads"
    return tmp_path


def pictured(sitting: Sitting) -> Sitting:
    """With a recording whose pictures were made."""
    recorded(sitting)
    Recording.objects.filter(sitting=sitting).update(stills={"name": "aaa", **STILLS})
    for file in ("poster.webp", "poster.jpg", "sheet-0.webp"):
        default_storage.save(path_of(sitting.pk, "aaa", file), ContentFile(b"a picture"))
    return sitting


def urls(client, sitting) -> dict[str, str]:
    return props(client, sitting)["urls"]


def spread(picture: Image.Image) -> float:
    return ImageStat.Stat(picture.convert("L")).stddev[0]


@pytest.mark.django_db(transaction=True)
def test_pictures_are_made_of_what_was_recorded_and_offered_on_the_page(commune, visitor, stored):
    sitting = recorded(make_sitting(commune, "archived"))
    film(stored / "media" / sitting.pk / "rec" / "abcde")
    assert "poster" not in urls(visitor, sitting)
    assert "/apercu.png" in read(visitor, sitting)
    assert make_stills.call(sitting.pk) == "made"
    assert make_stills.call(sitting.pk) == "there"
    given = urls(visitor, sitting)
    text = read(visitor, sitting)
    assert f'poster="{given["poster"]}"' in text
    assert given["card"] in text and "/apercu.png" not in text
    index = visitor.get(given["storyboard"]).json()
    assert index.keys() == {*STILLS, "sheets"}
    assert (index["every"], index["count"], len(index["sheets"])) == (10, 4, 1)
    sheet = Image.open(io.BytesIO(visitor.get(index["sheets"][0]).getvalue()))
    assert sheet.size == (1600, 90)
    tiles = [sheet.crop((160 * n, 0, 160 * n + 160, 90)) for n in range(4)]
    # Black was filmed, then a picture was missing; the others show something.
    assert [spread(tile) > 20 for tile in tiles] == [False, False, True, True]
    card = visitor.get(given["card"])
    assert card["content-type"] == "image/jpeg"
    assert Image.open(io.BytesIO(card.getvalue())).size == (1200, 630)
    poster = Image.open(io.BytesIO(visitor.get(given["poster"]).getvalue()))
    assert poster.format == "WEBP" and spread(poster) > 20


@pytest.mark.django_db(transaction=True)
def test_of_two_who_make_pictures_at_once_those_stay_that_pages_name_already(
    commune, stored, monkeypatch
):
    sitting = recorded(make_sitting(commune, "archived"))
    film(stored / "media" / sitting.pk / "rec" / "abcde")
    run = stills._run

    def run_and_be_overtaken(folder: Path, out: Path) -> dict[str, object] | None:
        monkeypatch.setattr(stills, "_run", run)
        assert make_stills.call(sitting.pk) == "made"
        return run(folder, out)

    monkeypatch.setattr(stills, "_run", run_and_be_overtaken)
    assert make_stills.call(sitting.pk) == "there"
    kept = Recording.objects.get(sitting=sitting).stills["name"]
    assert default_storage.listdir(f"stills/{sitting.pk}")[0] == [kept]
    assert default_storage.exists(path_of(sitting.pk, kept, "poster.webp"))


@pytest.mark.django_db(transaction=True)
def test_where_recordings_are_not_on_this_disk_none_are_made_and_the_log_says_so(
    commune, stored, caplog
):
    sitting = recorded(make_sitting(commune, "archived"))
    assert make_stills.call(sitting.pk) == "elsewhere"
    assert "not on this machine's disk" in caplog.text
    assert plan_missing_stills() == 0
    (stored / "media" / sitting.pk / "rec" / "abcde").mkdir(parents=True)
    assert plan_missing_stills() == 1
    assert make_stills.call(sitting.pk) == "unreadable"
    assert Recording.objects.get(sitting=sitting).stills == {}


@pytest.mark.django_db
@pytest.mark.parametrize(("has_video", "planned"), [(True, 1), (False, 0)])
def test_they_are_planned_when_a_sitting_with_a_picture_is_archived(has_video, planned):
    sitting = make_sitting(state="live")
    with transaction.atomic():
        change(sitting.pk, "end", SYSTEM)
        summary = SUMMARY.model_copy(update={"has_video": has_video})
        tell(sitting, FactKind.RECORDING_FINALISED, summary=summary)
    ours = DBTaskResult.objects.filter(task_path=make_stills.module_path)
    assert ours.count() == planned


@pytest.mark.django_db
def test_everyone_sees_the_pictures_of_a_public_recording_by_their_right_names(
    commune, visitor, stored
):
    sitting = pictured(make_sitting(commune, "archived"))
    given = urls(visitor, sitting)
    for name in ("poster", "card", "storyboard"):
        answer = visitor.get(given[name])
        assert answer.status_code == 200
        assert "public" in answer["cache-control"]
    base = given["storyboard"]
    for wrong in ("sheet-1.webp", "poster.png", "..%2Fposter.webp", "journal.jsonl"):
        assert visitor.get(base + wrong).status_code == 404
    assert visitor.get(given["poster"].replace("aaa", "aab")).status_code == 404


@pytest.mark.django_db
def test_nobody_sees_pictures_of_a_rehearsal_or_a_draft(commune, enter, visitor, stored):
    sitting = pictured(make_sitting(commune, "archived"))
    given = urls(visitor, sitting)
    for hidden in ({"rehearsal": True}, {"rehearsal": False, "state": "draft"}):
        Sitting.objects.filter(pk=sitting.pk).update(**hidden)
        for name in ("poster", "card", "storyboard"):
            assert visitor.get(given[name]).status_code == 404
    staff = enter("clerk").get(given["poster"])
    assert staff.status_code == 200 and "private" in staff["cache-control"]
    Sitting.objects.filter(pk=sitting.pk).update(rehearsal=True)
    assert enter("clerk").get(given["poster"]).status_code == 404


@pytest.mark.django_db
def test_what_goes_with_its_recording_goes_from_the_page_and_from_the_disk(
    commune, visitor, stored
):
    gone, kept = (pictured(make_sitting(commune, "archived")) for _ in range(2))
    given = urls(visitor, gone)
    with transaction.atomic():
        assert let_go(gone.pk)
    for name in ("poster", "card", "storyboard"):
        assert visitor.get(given[name]).status_code == 404
    assert "poster" not in urls(visitor, gone)
    assert sweep_stills() == 3
    assert not default_storage.exists(path_of(gone.pk, "aaa", "poster.webp"))
    assert default_storage.exists(path_of(kept.pk, "aaa", "poster.webp"))
    assert sweep_stills() == 0
