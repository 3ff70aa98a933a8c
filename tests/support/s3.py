"""A real S3-compatible server (moto's) as a process, and a gate before it that can be shut."""

import contextlib
import os
import socket
import sys
import threading
from pathlib import Path

import boto3
import httpx

from .ports import free_port
from .processes import Program

BUCKET = "seances"
PREFIX = "palabre/essai"


class Gate:
    """Passes connections on to a port; `shut`, it cuts those that are open and takes none.
    `after`: shuts by itself once so many bytes have come in."""

    def __init__(self, target: int) -> None:
        self._target = target
        self.port = free_port()
        self._listener: socket.socket | None = None
        self._open: set[socket.socket] = set()
        self.after: int | None = None
        self.reopen()

    def reopen(self) -> None:
        self.after = None
        if self._listener is None:
            self._listener = socket.create_server(("127.0.0.1", self.port))
            threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def shut(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            # Closing alone would leave a thread in accept, and the port open with it.
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        for one in list(self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    @property
    def is_shut(self) -> bool:
        return self._listener is None

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                here, _ = listener.accept()
                there = socket.create_connection(("127.0.0.1", self._target))
                self._open |= {here, there}
                for pair in ((here, there), (there, here)):
                    threading.Thread(target=self._pass, args=pair, daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if self.after is not None:
                    self.after -= len(data)
                    if self.after < 0:
                        self.shut()
                        break
                sink.sendall(data)
        for one in (source, sink):
            self._open.discard(one)
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


class S3:
    """The server, its bucket, and what the bucket holds."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self._direct = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
        # Nothing is ever asked of the cloud.
        env = {**os.environ, "AWS_EC2_METADATA_DISABLED": "true"}
        self._program = Program("s3", command, folder / "s3.log", env)
        self._program.start(self._answers)
        self.gate = Gate(port)
        self.url = f"http://127.0.0.1:{self.gate.port}"
        self.client = boto3.client(
            "s3",
            endpoint_url=self._direct,
            region_name="us-east-1",
            aws_access_key_id="essai",
            aws_secret_access_key="essai",
        )
        self.client.create_bucket(Bucket=BUCKET)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self._direct}/moto-api/", trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    @property
    def env(self) -> dict[str, str]:
        """Our settings for it."""
        return {
            "ARCHIVE_BUCKET": BUCKET,
            "ARCHIVE_ENDPOINT": self.url,
            "ARCHIVE_REGION": "us-east-1",
            "ARCHIVE_KEY_ID": "essai",
            "ARCHIVE_SECRET": "essai",
            "ARCHIVE_PREFIX": PREFIX,
        }

    def keys(self, sitting: str) -> dict[str, int]:
        """Names and sizes of what there is of a sitting."""
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=BUCKET, Prefix=f"{PREFIX}/{sitting}/"
        )
        found = [one for page in pages for one in page.get("Contents", [])]
        return {one["Key"].removeprefix(f"{PREFIX}/{sitting}/"): one["Size"] for one in found}

    def put(self, sitting: str, name: str, data: bytes) -> None:
        self.client.put_object(Bucket=BUCKET, Key=f"{PREFIX}/{sitting}/{name}", Body=data)

    def delete(self, sitting: str, name: str) -> None:
        self.client.delete_object(Bucket=BUCKET, Key=f"{PREFIX}/{sitting}/{name}")

    def stop(self) -> None:
        self.gate.shut()
        self._program.stop()
