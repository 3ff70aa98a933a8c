"""Ports that nobody listens on."""

import socket

_given: set[int] = set()


def free_port() -> int:
    """A TCP port of the loopback address, never given twice by this process."""
    while True:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port: int = listener.getsockname()[1]
        if port not in _given:
            _given.add(port)
            return port
