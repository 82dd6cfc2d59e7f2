"""The pairs of records that may be one, as the worker found them last; ids and reasons alone.

A file for each network beside the uploads: finding them takes the whole directory, so no page
does it. Which pairs are known to be two is kept in a file of its own.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

MOST_APART = 5000


class LikelyFile:
    """The files of one network."""

    def __init__(self, data_dir: Path, network_id: UUID) -> None:
        self._folder = data_dir / "duplicates"
        self._found = self._folder / f"{network_id}.json"
        self._apart = self._folder / f"{network_id}-apart.json"
        self._asked = self._folder / f"{network_id}-asked"

    def write(self, data: dict[str, Any]) -> None:
        """Keep what was found, whole or not at all; nobody waits for it any more."""
        self._put(self._found, data)
        self._asked.unlink(missing_ok=True)

    def read(self) -> dict[str, Any] | None:
        """Return what was found last, or None."""
        found = _json(self._found)
        return found if isinstance(found, dict) else None

    def ask(self) -> None:
        """Ask the worker to look again at once."""
        self._made()
        self._asked.touch(mode=0o600)

    def is_asked(self) -> bool:
        """Return True when somebody waits for a new look."""
        return self._asked.exists()

    def apart(self) -> set[str]:
        """Return the pairs that are known to be two."""
        found = _json(self._apart)
        return set(found) if isinstance(found, list) else set()

    def keep_apart(self, pair: str) -> None:
        """Remember that a pair is two; the oldest of very many are forgotten."""
        with self._locked():
            found = _json(self._apart)
            pairs = [p for p in found if p != pair] if isinstance(found, list) else []
            self._put(self._apart, [*pairs, pair][-MOST_APART:])

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        self._made()
        descriptor = os.open(self._folder / "lock", os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _made(self) -> None:
        self._folder.mkdir(exist_ok=True, mode=0o700)

    def _put(self, path: Path, data: object) -> None:
        self._made()
        fresh = path.with_suffix(".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            json.dump(data, file)
        fresh.replace(path)


def _json(path: Path) -> Any:  # noqa: ANN401 -- whatever is in it
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
