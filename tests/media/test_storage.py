"""Recordings in S3-compatible storage: copied, checked, played, brought back, erased."""

import asyncio
import io
import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from config.environment import Environment
from config.recordings import storage
from live.actions.retention import let_go
from live.archive.checksums import kept_list
from live.archive.copies import Copy
from live.archive.store import Store, StoreAway
from live.media import store as disk
from live.models import ArchivedCopy, Recording, Sitting, SittingState
from live.protocol.media import MediaMode
from portal.archiving import archived_still
from portal.backup.make import back_up
from portal.backup.places import Places
from portal.stills import path_of
from tests.support.factories import make_commune, make_sitting
from tests.support.processes import ROOT, Program
from tests.support.s3 import BUCKET, S3
from tests.support.world import test_database_url as database_url

from .harness import MediaServer, Playlist, WebStandIn, decode
from .stored import World, archive, order_of, recorded, replays

pytestmark = pytest.mark.django_db(transaction=True)
INDEXED = ("mp4", "m4a")
NAME = "essai-2026-11-24-reddition"


@pytest.fixture(scope="module")
async def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return await recorded(tmp_path_factory.mktemp("recorded"))


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3]:
    running = S3(tmp_path_factory.mktemp("s3"))
    yield running
    running.stop()


@pytest.fixture
def world(template: Path, s3: S3, settings, tmp_path: Path) -> Iterator[World]:
    media = tmp_path / "media"
    sitting = make_sitting(make_commune(), "archived")
    Sitting.objects.filter(pk=sitting.pk).update(ended_at=timezone.now() - timedelta(days=1))
    sitting.refresh_from_db()
    shutil.copytree(template, media / sitting.pk)
    disk.save_order(media / sitting.pk, order_of(sitting))
    Recording.objects.create(
        sitting=sitting,
        duration_s=4,
        size_bytes=1,
        has_video=True,
        has_audio=True,
        stills={"name": "abc", "count": 1},
    )
    env = replace(
        Environment(),
        archive_bucket=s3.env["ARCHIVE_BUCKET"],
        archive_endpoint=s3.url,
        archive_region="us-east-1",
        archive_key_id="essai",
        archive_secret="essai",
        archive_prefix=s3.env["ARCHIVE_PREFIX"],
    )
    settings.RECORDINGS_DIR = media
    settings.MEDIA_ROOT = tmp_path / "uploads"
    settings.STORAGES = {**settings.STORAGES, "recordings": storage(env)}
    settings.ARCHIVE_PLACE = "/".join((s3.url, env.archive_bucket, env.archive_prefix))
    settings.ARCHIVE_LOCAL_DAYS = -1
    default_storage.save(path_of(sitting.pk, "abc", "poster.webp"), ContentFile(b"a poster"))
    yield World(media, s3, sitting)
    s3.gate.reopen()


def test_what_was_recorded_is_copied_with_checksums_and_nothing_else_is(world: World) -> None:
    # Left by a write that failed, or cut off by closed doors: no line of the journal speaks of it.
    (world.folder / "v990.m4s").write_bytes(b"nobody's")
    preview = world.media / world.sitting.pk / "preview" / "abcde"
    preview.mkdir(parents=True)
    (preview / "v1.m4s").write_bytes(b"the staff's")
    archive("push")
    sums = kept_list(world.folder)
    assert sums is not None and sums.right() and sums.digest == world.row.digest
    keys = world.keys()
    assert keys.keys() == {*sums.files, "archive.json"}
    assert {name: keys[name] for name in sums.files} == {n: f.size for n, f in sums.files.items()}
    listed = {path.name for path in world.segments()} - {"v990.m4s"}
    assert listed and listed <= keys.keys()
    assert {"journal.jsonl", "mp4.index", "m4a.index", "stills/abc/poster.webp"} <= keys.keys()
    assert "in both" in archive("status")
    assert f"{world.row.files} files are as they were" in archive("verify")


def test_a_flipped_bit_a_missing_file_and_an_altered_list_are_found(world: World) -> None:
    archive("push")
    first, second = world.segments()[:2]
    home = f"rec/{world.folder.name}"
    data = bytearray(first.read_bytes())
    data[len(data) // 2] ^= 1
    world.s3.put(world.sitting.pk, f"{home}/{first.name}", bytes(data))
    world.s3.delete(world.sitting.pk, f"{home}/{second.name}")
    out = io.StringIO()
    with pytest.raises(CommandError, match="2 of"):
        call_command("archive", "verify", stdout=out)
    assert f"{first.name}: damaged" in out.getvalue()
    assert f"{second.name}: missing" in out.getvalue()
    # The disk is as it was, and so it is not freed of what the storage has lost.
    archive("verify", "--local")
    sums = kept_list(world.folder)
    assert sums is not None
    files = {**sums.files, first.name: sums.files[second.name]}
    altered = sums.model_copy(update={"files": files}).model_dump_json().encode()
    world.s3.put(world.sitting.pk, f"{home}/archive.json", altered)
    with pytest.raises(CommandError, match="1 of"):
        archive("verify")


def test_damage_on_the_disk_is_not_copied_over_what_is_right(world: World, caplog) -> None:
    keeper = world.keeper
    seen = world.segments()[0]
    archive("push")
    data = seen.read_bytes()
    seen.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    (world.folder / "archive.stored").unlink()
    keeper.look()
    assert "has changed since its checksum was made" in caplog.text
    assert archive("verify")
    with pytest.raises(CommandError):
        archive("verify", "--local")
    # Exactly what is damaged comes back.
    assert "1 files came back" in archive("restore", world.sitting.pk)
    assert seen.read_bytes() == data


@pytest.mark.databases
def test_the_disk_is_freed_only_of_what_was_read_back_and_everything_can_come_back(
    world: World, settings
) -> None:
    settings.ARCHIVE_LOCAL_DAYS = 2
    world.keeper.look()
    assert world.segments() and world.row.freed_at is None
    before = {p.name: p.read_bytes() for p in world.folder.iterdir() if p.name[:7] != "archive"}
    settings.ARCHIVE_LOCAL_DAYS = 1
    lost = world.segments()[0].name
    world.s3.delete(world.sitting.pk, f"rec/{world.folder.name}/{lost}")
    keeper = world.keeper
    keeper.look()
    assert world.segments(), "not freed: the storage has lost one"
    keeper.look()
    assert not world.segments() and world.row.freed_at is not None
    assert "in storage" in archive("status")
    # Of the picture that this machine has lost, there is the copy.
    recording = Recording.objects.get(sitting=world.sitting)
    default_storage.delete(path_of(world.sitting.pk, "abc", "poster.webp"))
    assert archived_still(recording, "poster.webp") == b"a poster"

    name = world.folder.name
    shutil.rmtree(world.media)
    archive("restore", "--all")
    assert world.folder.name == name
    after = {p.name: p.read_bytes() for p in world.folder.iterdir() if p.name[:7] != "archive"}
    assert after == before
    assert default_storage.exists(path_of(world.sitting.pk, "abc", "poster.webp"))
    [(_, order)] = disk.orders(world.media)
    assert order.mode is MediaMode.ENDED
    # Brought back to stay: its time begins again.
    world.keeper.look()
    assert world.segments()


def test_a_recording_is_played_and_downloaded_from_the_storage(
    world: World, settings, tmp_path: Path, web: WebStandIn
) -> None:
    settings.ARCHIVE_LOCAL_DAYS = 0
    server = MediaServer(world.media, web, **world.s3.env)
    server.start()
    base = f"/hls/{world.sitting.pk}"
    with httpx.Client(base_url=server.url, timeout=20, trust_env=False) as http:
        whole = {kind: http.get(f"{base}/download/{NAME}.{kind}").content for kind in INDEXED}
        playlist = http.get(f"{base}/video.m3u8").text
        # Freed under a server that runs.
        world.keeper.look()
        assert not world.segments()
        assert http.get(f"{base}/video.m3u8").text == playlist
        for kind, wanted in whole.items():
            address = f"{base}/download/{NAME}.{kind}"
            assert http.get(address).content == wanted
            middle = http.get(address, headers={"range": "bytes=5000-90000"})
            assert middle.status_code == 206 and middle.content == wanted[5000:90001]
        assert decode(f"{server.url}{base}/index.m3u8") == ""
        segment = Playlist(playlist).segments[-1]["uri"]
        answer = http.get(f"{base}/{segment}", headers={"range": "bytes=0-99"})
        assert answer.status_code == 206 and len(answer.content) == 100
        assert answer.headers["access-control-allow-origin"] == "*"
        assert http.get(f"{base}/{world.folder.name}/v990.m4s").status_code == 404
        assert http.get(f"{base}/{world.folder.name}/journal.jsonl").status_code == 404
    server.stop()

    redirecting = MediaServer(world.media, web, **world.s3.env, ARCHIVE_REDIRECT="1")
    redirecting.start()
    with httpx.Client(base_url=redirecting.url, timeout=20, trust_env=False) as http:
        sent = http.get(f"{base}/{segment}")
        assert sent.status_code == 302 and sent.headers["access-control-allow-origin"] == "*"
        assert "X-Amz-Signature" in sent.headers["location"]
        there = http.get(sent.headers["location"])
        assert there.headers["content-type"] == "video/mp4"
        # The storage is away: what the disk has goes on, the rest is asked for again later.
        world.s3.gate.shut()
        assert http.get(f"{base}/video.m3u8").text == playlist
        assert http.get("/readyz").status_code == 200
    redirecting.stop()
    away = MediaServer(world.media, web, **world.s3.env)
    away.start()
    with httpx.Client(base_url=away.url, timeout=20, trust_env=False) as http:
        answer = http.get(f"{base}/{segment}")
        assert answer.status_code == 503 and answer.headers["retry-after"] == "5"
        world.s3.gate.reopen()
        assert http.get(f"{base}/{segment}").content == there.content
    assert away.log.read_text().count("storage does not answer") == 1
    away.stop()


@pytest.mark.parametrize(
    "redirect",
    [
        pytest.param("", marks=pytest.mark.soak, id="through media"),
        pytest.param("1", id="by redirect"),
    ],
)
def test_hls_js_replays_what_only_the_storage_has(
    world: World, settings, web: WebStandIn, redirect: str
) -> None:
    settings.ARCHIVE_LOCAL_DAYS = 0
    world.keeper.look()
    assert not world.segments()
    # What docs/operations.md has operators set.
    said = (ROOT / "docs" / "operations.md").read_text()
    [rules] = re.findall(r"```json\n(\{\"CORSRules.+?)```", said, re.DOTALL)
    world.s3.client.put_bucket_cors(Bucket=BUCKET, CORSConfiguration=json.loads(rules))
    server = MediaServer(world.media, web, **world.s3.env, ARCHIVE_REDIRECT=redirect)
    server.start()
    url = f"{server.url}/hls/{world.sitting.pk}/index.m3u8"
    fetched = asyncio.run(replays(url, world.s3.url))
    assert fetched > 3 if redirect else fetched == 0
    server.stop()


def test_a_storage_that_goes_away_in_the_middle_and_a_kill_lose_nothing(
    world: World, tmp_path: Path
) -> None:
    env = {
        **os.environ,
        **world.s3.env,
        "MEDIA_DIR": str(world.media),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database_url(),
        "ARCHIVE_LOCAL_DAYS": "-1",
        "PYTHONUNBUFFERED": "1",
    }
    command = [sys.executable, "manage.py", "archive", "keep"]
    process = Program("archive", command, tmp_path / "archive.log", env)
    # In the middle: the storage has taken some of it.
    total = sum(path.stat().st_size for path in world.segments())
    world.s3.gate.after = total // 2
    process.start(lambda: "does not answer" in process.log(), 110)
    assert world.s3.gate.is_shut and world.segments()
    there = world.keys()
    assert "archive.json" not in there and world.row.stored_at is None
    with pytest.raises(StoreAway):
        Store().read(f"{world.sitting.pk}/rec/{world.folder.name}/journal.jsonl")
    process.kill()
    # A line that was being written when it was killed.
    with (world.folder / "archive.stored").open("a") as book:
        book.write("v1.m")
    world.s3.gate.reopen()
    process.start(lambda: world.row.stored_at is not None, 110)
    assert "files copied" in process.log()
    assert process.stop() == 0
    assert archive("verify")


@pytest.mark.databases
def test_copies_wait_while_a_sitting_is_going_on(world: World, settings) -> None:
    other = make_sitting(world.sitting.commune, "live")
    assert world.keeper.look() is False
    assert not world.keys() and world.row.stored_at is None
    with pytest.raises(CommandError, match="a sitting is going on"):
        archive("push")
    settings.ARCHIVE_WHILE_LIVE = True
    assert world.keeper.look()
    assert world.row.stored_at is not None
    Sitting.objects.filter(pk=other.pk).update(state=SittingState.CANCELLED)


@pytest.mark.databases
def test_what_is_let_go_is_erased_from_the_storage_as_soon_as_it_answers(world: World) -> None:
    keeper = world.keeper
    sums_before = Copy(world.folder, Store())
    keeper.look()
    assert world.keys()
    with transaction.atomic():
        assert let_go(world.sitting.pk)
    world.s3.gate.shut()
    with pytest.raises(StoreAway):
        keeper.look()
    assert "1 copies wait to be erased" in archive("status")
    world.s3.gate.reopen()
    keeper.look()
    assert not world.s3.keys(world.sitting.pk)
    assert not ArchivedCopy.objects.filter(pk=world.sitting.pk).exists()
    # The disk's are media's to delete; until it has, nothing is copied again.
    assert sums_before.folder.exists()
    keeper.look()
    assert not world.s3.keys(world.sitting.pk)


@pytest.mark.databases
def test_half_a_copy_is_erased_as_well(world: World) -> None:
    keeper = world.keeper
    asked = iter([True, False])
    keeper._may_go_on = lambda sitting: next(asked)  # type: ignore[method-assign]
    assert keeper.look() is False
    assert world.keys() and world.row.stored_at is None
    with transaction.atomic():
        let_go(world.sitting.pk)
    world.keeper.look()
    assert not world.s3.keys(world.sitting.pk)


@pytest.mark.databases
def test_without_a_bucket_the_same_files_are_the_archive(world: World, settings) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "recordings": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": world.media},
        },
    }
    settings.ARCHIVE_PLACE = ""
    settings.ARCHIVE_LOCAL_DAYS = 0
    archive("push")
    assert "on disk" in archive("status")
    assert world.segments() and not (world.folder / "mp4.index").exists()
    assert archive("verify")
    path = world.segments()[0]
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(CommandError, match="1 of"):
        archive("verify")
    with transaction.atomic():
        let_go(world.sitting.pk)
    world.keeper.look()
    assert not ArchivedCopy.objects.exists() and world.segments()


@pytest.mark.databases
def test_rehearsals_are_never_copied(world: World) -> None:
    Sitting.objects.filter(pk=world.sitting.pk).update(rehearsal=True)
    world.keeper.look()
    assert not world.s3.keys(world.sitting.pk)


def test_a_backup_has_what_it_takes_to_play_from_the_storage(
    world: World, settings, tmp_path: Path
) -> None:
    settings.ARCHIVE_LOCAL_DAYS = 0
    settings.DATA_DIR = tmp_path / "data"
    world.keeper.look()
    made = back_up(tmp_path / "backups", Places.configured())
    home = f"media/{world.sitting.pk}/rec/{world.folder.name}"
    names = {n.removeprefix(f"{home}/") for n in made.manifest.files if n.startswith(home)}
    assert {"journal.jsonl", "archive.json", "archive.stored", "mp4.index", "vi0.mp4"} <= names
    assert not any(name.endswith(".m4s") for name in names)
