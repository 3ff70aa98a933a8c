"""Backups: taken while the server writes, shared with the one before, refused when damaged."""

import asyncio
import itertools
import json
import re
import secrets
import subprocess
import sys
import tarfile
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import psycopg
import pytest
from django.db import connection

from portal.backup.make import back_up, backups_in
from portal.backup.manifest import read_manifest
from portal.backup.places import Places
from tests.support.factories import make_commune, make_person, make_sitting, orm
from tests.support.processes import ROOT
from tests.support.servers import Palabre
from tests.support.waiting import eventually


def elsewhere(folder: Path) -> str:
    """The address of an empty database of the same engine."""
    if connection.vendor == "sqlite":
        return f"sqlite://{folder}/palabre.sqlite3"
    given, name = connection.settings_dict, f"other_{secrets.token_hex(4)}"
    address = f"host={given['HOST']} port={given['PORT']} user={given['USER']} dbname=postgres"
    with psycopg.connect(address, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    return f"postgresql://{given['USER']}@{given['HOST']}:{given['PORT']}/{name}"


def manage(env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def write_recording(places: Places) -> dict[str, bytes]:
    """What a media process leaves, by its names in a backup."""
    contents = {
        "media/abcdefghijkl/order.json": b"{}",
        "media/abcdefghijkl/rec/one/journal.jsonl": b'{"k":"began"}\n',
        "media/abcdefghijkl/rec/one/v1.m4s": secrets.token_bytes(70_000),
        "uploads/arms/cotonou.png": secrets.token_bytes(9_000),
    }
    for name, content in contents.items():
        kind, _, rest = name.partition("/")
        path = dict(places.trees)[kind] / rest
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    preview = places.media_dir / "abcdefghijkl" / "preview" / "two" / "v1.m4s"
    preview.parent.mkdir(parents=True)
    preview.write_bytes(b"nobody's record")
    return contents


@pytest.fixture
def places(tmp_path: Path) -> Places:
    found = Places(tmp_path / "data", tmp_path / "recordings")
    found.data_dir.mkdir()
    (found.data_dir / "secrets.json").write_text("{}")
    return found


@pytest.mark.databases
async def test_a_backup_taken_while_the_server_writes_is_whole(palabre, tmp_path):
    commune = await orm(make_commune)
    sitting = await orm(make_sitting, commune)
    enough = asyncio.Event()
    acked = changes = 0

    async def write() -> None:
        """Several clerks, since what one may send in a minute is limited."""
        nonlocal acked, changes
        async with AsyncExitStack() as stack:
            sockets = []
            for _ in range(12):
                clerk = await orm(make_person, commune, "clerk")
                socket = await palabre.ws(sitting, clerk, stream="staff")
                sockets.append(await stack.enter_async_context(socket))
            for turn in itertools.count():
                if enough.is_set():
                    return
                for socket in sockets:
                    await socket.do(f"sitting.{'open' if turn % 2 else 'close'}_questions")
                    # A pace that lasts: thirty a minute for each of them and each command.
                    await asyncio.sleep(0.02)
                    acked += 1
                # The first of them changed something, the others found it done.
                changes += 1

    writing = asyncio.create_task(write())
    await eventually("the first command is done", lambda: acked)
    during, promised = [], 0
    for _ in range(2):
        before, promised = acked, changes
        said = await asyncio.to_thread(palabre.manage, "backup", str(tmp_path / "backups"))
        assert "files" in said
        during.append(acked - before)
    enough.set()
    await writing
    assert all(during), "the server stood still during a backup"

    there = tmp_path / "there"
    env = {**palabre.env, "DATA_DIR": str(there), "DATABASE_URL": elsewhere(there)}
    done = await asyncio.to_thread(manage, env, "restore", str(tmp_path / "backups"))
    assert done.returncode == 0, done.stderr
    found = re.search(r"Verified (\d+) timelines, (\d+) entries", done.stdout)
    assert found and int(found[1]) >= 1, done.stdout
    listed = await asyncio.to_thread(manage, env, "sitting", "verify", sitting.pk, "--json")
    assert listed.returncode == 0, listed.stderr + listed.stdout
    # What was acknowledged before the backup began is in it.
    assert json.loads(listed.stdout)["entries"] >= promised > 0

    restored = Palabre(there, env["DATABASE_URL"])
    assert (there / "secrets.json").stat().st_mode & 0o777 == 0o600
    with restored:
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"{restored.url}/api/v1/sittings/{sitting.pk}")
        assert answer.status_code == 200, answer.text
        assert sitting.title in answer.text


@pytest.mark.databases
def test_the_next_backup_shares_what_did_not_change(palabre, places, tmp_path):
    contents = write_recording(places)
    folder = tmp_path / "backups"
    first = back_up(folder, places)
    journal = places.media_dir / "abcdefghijkl/rec/one/journal.jsonl"
    with journal.open("ab") as file:
        file.write(b'{"k":"take"}\n')
    second = back_up(folder, places)

    segment = second.place / "media/abcdefghijkl/rec/one/v1.m4s"
    assert segment.read_bytes() == contents["media/abcdefghijkl/rec/one/v1.m4s"]
    assert segment.stat().st_nlink == 2
    assert (second.place / "media/abcdefghijkl/rec/one/journal.jsonl").stat().st_nlink == 1
    assert second.copied < first.copied
    assert not list(second.place.rglob("preview"))
    assert set(contents) < set(second.manifest.files)
    assert len(backups_in(folder)) == 2
    old, new = (read_manifest(place) for place in backups_in(folder))
    name = "media/abcdefghijkl/rec/one/journal.jsonl"
    assert old.files[name].size < new.files[name].size == journal.stat().st_size


def test_keep_removes_the_oldest(palabre, places, tmp_path):
    folder = tmp_path / "backups"
    for day in (1, 2, 3):
        back_up(folder, places).place.rename(folder / f"2026-01-0{day}T00-00-00")
    last = back_up(folder, places, keep=2).place
    assert backups_in(folder) == [folder / "2026-01-03T00-00-00", last]


def test_a_file_to_carry_away_restores(palabre, places, tmp_path):
    contents = write_recording(places)
    file = tmp_path / "backup.tar"
    back_up(file, places)
    assert file.stat().st_mode & 0o777 == 0o600
    there = tmp_path / "there"
    env = {**palabre.env, "DATA_DIR": str(there), "DATABASE_URL": "", "MEDIA_DIR": str(there / "m")}
    done = manage(env, "restore", str(file))
    assert done.returncode == 0, done.stderr
    for name, content in contents.items():
        kind, _, rest = name.partition("/")
        place = there / "m" if kind == "media" else there / kind
        assert (place / rest).read_bytes() == content

    again = manage(env, "restore", str(file))
    assert again.returncode == 1
    assert "--force" in again.stderr
    forced = manage(env, "restore", str(file), "--force")
    assert forced.returncode == 0, forced.stderr
    aside = max(there.glob("before-restore-*"))
    assert (aside / "palabre.sqlite3").stat().st_size > 0
    assert (aside / "media/abcdefghijkl/rec/one/v1.m4s").exists()


def test_a_running_server_is_not_restored_over(make_palabre, tmp_path):
    world = make_palabre()
    world.manage("backup", str(tmp_path / "backups"))
    with world:
        done = manage(world.env, "restore", str(tmp_path / "backups"), "--force")
    assert done.returncode == 1
    assert "in use" in done.stderr


def test_damage_is_found_before_anything_changes(palabre, places, tmp_path):
    write_recording(places)
    backup = back_up(tmp_path / "backups", places).place
    segment = backup / "media/abcdefghijkl/rec/one/v1.m4s"
    damaged = bytearray(segment.read_bytes())
    damaged[500] ^= 1
    segment.write_bytes(damaged)
    there = tmp_path / "there"
    env = {**palabre.env, "DATA_DIR": str(there), "DATABASE_URL": ""}
    done = manage(env, "restore", str(backup))
    assert done.returncode == 1
    assert "v1.m4s is damaged" in done.stderr
    assert [path.name for path in there.iterdir()] == ["secrets.json"]
    assert not (there / "media").exists()


def test_a_backup_cannot_write_outside_of_the_data(palabre, tmp_path):
    evil = tmp_path / "evil.tar"
    with tarfile.open(evil, "w") as tar:
        member = tarfile.TarInfo("../escaped")
        tar.addfile(member)
    there = tmp_path / "data" / "there"
    env = {**palabre.env, "DATA_DIR": str(there), "DATABASE_URL": ""}
    done = manage(env, "restore", str(evil))
    assert done.returncode == 1
    assert "outside" in done.stderr
    assert not (there.parent / "escaped").exists()
    assert [path.name for path in there.iterdir()] == ["secrets.json"]


def test_without_secrets_says_so(palabre, places, tmp_path):
    made = back_up(tmp_path / "backups", places, secrets=False)
    assert "secrets.json" not in made.manifest.files
    assert not (made.place / "secrets.json").exists()
