"""The way of one browser to its servers: a SOCKS proxy whose network goes away and comes back.

What a browser knows of as "offline" is the kind case. On the road packets are swallowed, and
nothing is said of it (`swallow`); then the telephone has another network, and what was open is dead
(`change`).
"""

import contextlib
import socket
import struct
import threading

from .ports import free_port

_NO_PASSWORD = b"\x05\x00"
_CONNECTED = b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"
#: Closing sends a reset, and nothing that was still to be sent.
_RESET = struct.pack("ii", 1, 0)


class Way:
    """`context_options`: what a Playwright context needs to go this way."""

    def __init__(self) -> None:
        self.port = free_port()
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._flows = threading.Event()
        self._flows.set()
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def context_options(self) -> dict[str, dict[str, str]]:
        # Browsers go to loopback addresses directly unless they are told otherwise.
        server = f"socks5://127.0.0.1:{self.port}"
        return {"proxy": {"server": server, "bypass": "<-loopback>"}}

    def swallow(self) -> None:
        """From now on nothing comes through, in neither direction, and nobody is told."""
        self._flows.clear()

    def change(self) -> None:
        """Another network: what was open is reset; what is opened now works."""
        for pair in list(self._pairs):
            for end in pair:
                with contextlib.suppress(OSError):
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                    # Wakes whoever reads; the last to let go of it sends the reset.
                    end.shutdown(socket.SHUT_RD)
        self._flows.set()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.change()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                here, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(here,), daemon=True).start()

    def _serve(self, here: socket.socket) -> None:
        with contextlib.suppress(OSError, struct.error):
            there = self._connect(here)
            pair = (here, there)
            self._pairs.add(pair)
            threads = [
                threading.Thread(target=self._pass, args=ends, daemon=True)
                for ends in ((here, there), (there, here))
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self._pairs.discard(pair)
            there.close()
        here.close()

    def _connect(self, here: socket.socket) -> socket.socket:
        """RFC 1928: no password; an IPv4 address or a name, and a port."""
        _, methods = here.recv(2, socket.MSG_WAITALL)
        here.recv(methods, socket.MSG_WAITALL)
        here.sendall(_NO_PASSWORD)
        kind = here.recv(4, socket.MSG_WAITALL)[3]
        if kind == 1:
            host = socket.inet_ntoa(here.recv(4, socket.MSG_WAITALL))
        else:
            host = here.recv(here.recv(1)[0], socket.MSG_WAITALL).decode()
        (port,) = struct.unpack("!H", here.recv(2, socket.MSG_WAITALL))
        self._flows.wait()
        there = socket.create_connection((host, port))
        here.sendall(_CONNECTED)
        return there

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self._flows.wait()
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
