"""Copies of directories that a process keeps ready: each follows its directory, change by change.

A warm copy costs one statement, the version. One that is behind loads what the log of changes
names; only where that is too much, or everything, is it built anew. No copy is ever older than the
version read when it was asked for.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from ccr.domain.directory import Service
from ccr.storage.db import unit_of_work
from ccr.storage.queries import directory_log
from ccr.storage.queries.directory import services_of
from ccr.storage.queries.directory_log import MOST_VERSIONS, News, news_since
from ccr.storage.queries.snapshot import database_address


class Versioned(Protocol):
    """Something made of a directory at one version."""

    @property
    def version(self) -> int:
        """Return the version it was made of."""
        ...


T = TypeVar("T", bound=Versioned)


@dataclass(slots=True)
class Copies(Generic[T]):
    """Copies of one kind, by database and network; the ones asked for last are kept.

    Attributes:
        most: how many networks at most.
        build: makes a copy of the present directory.
        follow: makes a copy of a later version out of (copy, version, ids of services that were
            touched), or returns None when building is better.
    """

    most: int
    build: Callable[[UUID], T]
    follow: Callable[[T, int, frozenset[UUID]], T | None]
    _kept: OrderedDict[tuple[str, UUID], T] = field(default_factory=OrderedDict, repr=False)
    _making: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _touching: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def get(self, network_id: UUID, version: int | None = None) -> T:
        """Return the copy at this version, the present one by default, or a later one."""
        key = (database_address(), network_id)
        held = self._held(key)
        news = self._news(held, network_id, version)
        if held is not None and news is not None and news.version == held.version:
            return held
        with self._making:
            newest = self._held(key)
            if newest is not held:  # somebody was quicker
                held, news = newest, self._news(newest, network_id, version)
            if held is None or news is None or news.version != held.version:
                held = self._made(held, news, network_id)
                self._keep(key, held)
        return held

    def networks(self) -> frozenset[UUID]:
        """Return the networks of which a copy is kept."""
        with self._touching:
            return frozenset(network_id for _, network_id in self._kept)

    @staticmethod
    def _news(held: T | None, network_id: UUID, version: int | None) -> News | None:
        if held is None:
            return None
        if version == held.version:
            return News(version, frozenset())
        if version is not None and version - held.version > MOST_VERSIONS:
            return None  # so far behind, the log does not reach back
        return news_since(network_id, held.version)

    def _made(self, held: T | None, news: News | None, network_id: UUID) -> T:
        if held is not None and news is not None and news.services is not None:
            followed = self.follow(held, news.version, news.services)
            if followed is not None:
                return followed
        return self.build(network_id)

    def _held(self, key: tuple[str, UUID]) -> T | None:
        with self._touching:
            held = self._kept.get(key)
            if held is not None:
                self._kept.move_to_end(key)
            return held

    def _keep(self, key: tuple[str, UUID], made: T) -> None:
        with self._touching:
            self._kept[key] = made
            self._kept.move_to_end(key)
            while len(self._kept) > self.most:
                self._kept.popitem(last=False)


def present_services(network_id: UUID, ids: frozenset[UUID]) -> dict[UUID, Service | None]:
    """Return these services as they are now; None for those that are gone."""
    found: dict[UUID, Service | None] = dict.fromkeys(ids)
    found.update((service.id, service) for service in services_of(network_id, ids))
    return found


def forget_old_versions() -> int:
    """Delete the part of the log that no copy needs any more; return how many rows."""
    with unit_of_work():
        return directory_log.forget_old_versions()
