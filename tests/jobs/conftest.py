"""Queues that are closed after the test, on the database at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ccr.config import Settings
from ccr.jobs.queue import make_queue, prepare_queue

OpenQueue = Callable[[Settings], Any]


@pytest.fixture
def open_queue() -> Iterator[OpenQueue]:
    """Return a maker of prepared queues."""
    opened: list[Any] = []

    def make(settings: Settings) -> Any:
        queue = make_queue(settings)
        opened.append(queue)
        prepare_queue(queue)
        return queue

    yield make
    for queue in opened:
        queue.storage.close()
