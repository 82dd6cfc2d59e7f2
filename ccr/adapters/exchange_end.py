"""An end to a whole exchange with a server, from the first byte of TLS to the status line.

The time limits of a socket start anew with every byte, so a server that sends one now and then
could hold whoever asks for as long as it likes.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import urllib3


class _Line:
    """The connections of one exchange, held by handles of their own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: list[socket.socket] = []
        self._is_over = False

    def hold(self, sock: socket.socket) -> None:
        with self._lock:
            # TLS takes the socket itself over; shutting a second handle down ends both.
            self._held.append(sock.dup())
            over = self._is_over
        if over:
            self.cut()

    def cut(self) -> None:
        """Shut every connection down: whoever reads or writes there is told at once."""
        with self._lock:
            self._is_over = True
            for sock in self._held:
                with suppress(OSError):  # the other side was first
                    sock.shutdown(socket.SHUT_RDWR)

    def let_go(self) -> None:
        with self._lock:
            for sock in self._held:
                sock.close()
            self._held.clear()


@contextmanager
def ended_after(pool: urllib3.HTTPConnectionPool, seconds: float) -> Iterator[None]:
    """End whatever `pool` still does after so many seconds; its caller gets the usual error."""
    line = _Line()
    usual: Any = pool.ConnectionCls

    class Held(usual):  # type: ignore[misc]  # http or https, as the pool says
        def _new_conn(self) -> socket.socket:
            sock: socket.socket = super()._new_conn()
            line.hold(sock)
            return sock

    pool.ConnectionCls = Held
    timer = threading.Timer(seconds, line.cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        line.let_go()
