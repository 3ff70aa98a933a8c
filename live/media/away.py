"""Files of ended sittings that are no longer on this disk, but in a storage.

What the storage is, media does not know (`config.asgi_media` gives it one). A storage that is slow
or gone has threads of its own, so that it never holds up what is live.
"""

import asyncio
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

logger = logging.getLogger(__name__)

#: In a recording's folder: segments may have been deleted here, since the storage has them.
AWAY_NAME = "archive.away"
#: There, too: what the storage has.
STORED_NAME = "archive.stored"
_THREADS = 8
#: More than this waiting are sent away.
_WAITING = 64
_COMPLAIN_EVERY_S = 60.0


class Storage(Protocol):
    """Names are paths below the media folder. Both block."""

    def read(self, name: str) -> bytes:
        """Raises `FileNotFoundError`, or another `OSError` when it cannot be asked."""

    def url(self, name: str) -> str | None:
        """Where a viewer may fetch it; None: from us alone."""


class Unreachable(Exception):
    """The storage does not answer, or too many wait for it."""


class Away:
    """Reads from the storage, once for all who ask for the same."""

    def __init__(self, media_dir: Path, storage: Storage | None) -> None:
        self._media_dir = media_dir
        self._storage = storage
        self.executor = ThreadPoolExecutor(_THREADS, "media-away")
        self._reading: dict[str, asyncio.Future[bytes]] = {}
        self._complained = float("-inf")
        self.reads = 0
        self.failures = 0

    def has(self, folder: Path) -> bool:
        """Whether the storage has files of a recording: also such as this disk has lost."""
        return self._storage is not None and (folder / STORED_NAME).exists()

    def _name(self, path: Path) -> str:
        return path.relative_to(self._media_dir).as_posix()

    def read_blocking(self, path: Path) -> bytes:
        """For a thread of `executor`. Raises `OSError`."""
        if self._storage is None:
            raise FileNotFoundError(path)
        self.reads += 1
        try:
            return self._storage.read(self._name(path))
        except FileNotFoundError:
            raise
        except OSError as error:
            self.failures += 1
            now = time.monotonic()
            if now - self._complained > _COMPLAIN_EVERY_S:
                self._complained = now
                logger.warning(
                    "the archive's storage does not answer, replays that are no longer on this "
                    "disk stand still: %s",
                    error,
                )
            raise

    async def read(self, path: Path) -> bytes:
        """Raises `FileNotFoundError`, `Unreachable`."""
        name = self._name(path)
        reading = self._reading.get(name)
        if reading is None:
            if len(self._reading) >= _WAITING:
                raise Unreachable
            loop = asyncio.get_running_loop()
            reading = loop.run_in_executor(self.executor, self.read_blocking, path)
            self._reading[name] = reading
            reading.add_done_callback(lambda _: self._reading.pop(name, None))
        try:
            return await asyncio.shield(reading)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise Unreachable from error

    async def url(self, path: Path) -> str | None:
        """Where a viewer may fetch it; made without asking the storage."""
        if self._storage is None:
            return None
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self.executor, self._storage.url, self._name(path))
        except OSError:
            return None

    def close(self) -> None:
        self.executor.shutdown(wait=False, cancel_futures=True)
