"""A worker's sign of life while it does one long piece of work: its progress, each second."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from types import TracebackType
from typing import Self

from ccr.adapters.clock import utc_now
from ccr.adapters.upload_store import Progress

SECONDS = 1.0


class Heartbeat:
    """Hands the newest progress to `say` each second from a thread of its own, until left.

    `say` must not touch the database: the work holds its lock.
    """

    def __init__(self, step: str, say: Callable[[Progress], None]) -> None:
        at = utc_now()
        self._say = say
        self._now = Progress(step, 0, 0, at, at)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def tell(self, step: str, done: int, total: int) -> None:
        """Note how far the work has come; said with the next beat."""
        began = self._now.began if step == self._now.step else utc_now()
        self._now = Progress(step, done, total, began, self._now.alive)

    def __enter__(self) -> Self:
        """Say the first beat at once."""
        self._beat()
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop; nothing is said after this."""
        del kind, error, trace
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(SECONDS):
            self._beat()

    def _beat(self) -> None:
        self._say(replace(self._now, alive=utc_now()))
