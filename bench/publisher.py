"""Publishing marked entries to whatever server is measured, by HTTP."""

import http.client
import time

#: Bytes of an entry in the comparisons (issue: "400-byte entries").
ENTRY_BYTES = 400


def marked(number: int, size: int = ENTRY_BYTES) -> str:
    """Text of `size` bytes that names itself and the moment it was sent (CLOCK_MONOTONIC)."""
    mark = f"~~{number}:{time.monotonic_ns()}~~"
    return mark + "x" * (size - len(mark))


class Publisher:
    """One kept connection that posts entries; numbers them from 1."""

    def __init__(self, port: int, path: str, size: int = ENTRY_BYTES) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._path, self._size = path, size
        self.number = 0

    def publish(self) -> int:
        """Publish one entry and wait for the server's answer; its number."""
        self.number += 1
        self._post(marked(self.number, self._size))
        return self.number

    def burst(self, count: int) -> None:
        """Publish several in one request (ours only: an array of texts, one a line)."""
        texts = []
        for _ in range(count):
            self.number += 1
            texts.append(marked(self.number, self._size))
        self._post("\n".join(texts))

    def _post(self, body: str) -> None:
        try:
            answer = self._exchange(body)
        except (BrokenPipeError, ConnectionResetError, http.client.RemoteDisconnected):
            # Servers end connections that were idle between two rounds.
            self._connection.close()
            answer = self._exchange(body)
        text = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"publishing: {answer.status} {text[:200]!r}")

    def _exchange(self, body: str) -> http.client.HTTPResponse:
        self._connection.request("POST", self._path, body, {"Content-Type": "text/plain"})
        return self._connection.getresponse()

    def close(self) -> None:
        self._connection.close()
