"""The services with a public point, made ready for many searches.

What lives here: their facts, areas and sites side by side. What must not: a search, a rule.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ccr.domain.directory import Service
from ccr.engine.columns import Columns
from ccr.engine.service_areas import NO_ROWS, ServiceAreas
from ccr.engine.sites import Blocks, Sites, morton_order


class PublicServices:
    """The services with a public point. Read-only; searches by threads share it."""

    def __init__(self, columns: Columns, areas: ServiceAreas, sites: Sites) -> None:
        self.columns, self.areas, self.sites = columns, areas, sites
        self._blocks: dict[object, Blocks] = {}

    @classmethod
    def of(cls, services: Sequence[Service]) -> PublicServices:
        """Return these services in an order in which neighbours lie near one another."""
        ordered = [services[number] for number in morton_order(services)]
        return cls(Columns(ordered), ServiceAreas(ordered), Sites(ordered))

    def __len__(self) -> int:
        return len(self.columns)

    def replaced(self, gone: Sequence[int], more: Sequence[Service]) -> PublicServices:
        """Return these services without some rows and with more services at the end."""
        areas = self.areas.joined(ServiceAreas(more), len(self)) if more else self.areas
        later = PublicServices(
            self.columns.replaced(gone, more), areas, self.sites.extended(more)
        )
        for key, blocks in tuple(self._blocks.items()):
            if areas.lists.get(key) is blocks.rows:
                later._blocks[key] = blocks
        return later

    def blocks(self, key: object) -> Blocks:
        """Return a list of rows, by its key among the areas, in blocks; all rows for None."""
        blocks = self._blocks.get(key)
        if blocks is None:
            everything = np.arange(len(self)) if key is None else NO_ROWS
            blocks = Blocks(self.areas.lists.get(key, everything), self.sites)
            self._blocks[key] = blocks
        return blocks
