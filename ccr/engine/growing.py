"""Arrays that grow at their end without being copied each time.

What lives here: room kept in reserve. What must not: what the rows mean.
"""

from __future__ import annotations

import numpy as np

from ccr.engine.postings import Array

_LEAST_ROOM = 64


class Growing:
    """An array of rows, and room for more behind it.

    `extended` gives the longer one; both share their memory, so the shorter one stays as it is.
    Only the longest of a family may be extended, by one thread at a time.
    """

    __slots__ = ("_memory", "rows")

    def __init__(self, rows: Array, memory: Array | None = None) -> None:
        self._memory = rows if memory is None else memory
        self.rows = rows

    def extended(self, more: Array) -> Growing:
        """Return these rows and more behind them."""
        before, after = len(self.rows), len(self.rows) + len(more)
        memory = self._memory
        if after > len(memory):
            room = after + after // 8 + _LEAST_ROOM
            memory = np.empty((room, *self.rows.shape[1:]), self.rows.dtype)
            memory[:before] = self.rows
        memory[before:after] = more
        return Growing(memory[:after], memory)
