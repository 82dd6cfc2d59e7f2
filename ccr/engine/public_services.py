"""The services with a public point, made ready for many searches.

What lives here: their facts, areas and sites side by side. What must not: a search, a rule.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ccr.domain.directory import Service
from ccr.domain.taxonomy import Need
from ccr.engine.columns import Columns
from ccr.engine.service_areas import Key, ServiceAreas
from ccr.engine.sites import Blocks, Sites, morton_order


class PublicServices:
    """The services with a public point. Read-only; searches by threads share it."""

    def __init__(self, columns: Columns, areas: ServiceAreas, sites: Sites) -> None:
        self.columns, self.areas, self.sites = columns, areas, sites
        self._blocks: dict[Key | None, Blocks] = {}

    @classmethod
    def of(cls, services: Sequence[Service]) -> PublicServices:
        """Return these services in an order in which neighbours lie near one another."""
        columns = Columns([services[number] for number in morton_order(services)])
        return cls(columns, ServiceAreas(columns), Sites(columns.services))

    def __len__(self) -> int:
        return len(self.columns)

    def replaced(self, gone: Sequence[int], more: Sequence[Service]) -> PublicServices:
        """Return these services without some rows and with more services at the end."""
        columns = self.columns.replaced(gone, more)
        later = PublicServices(columns, self.areas.followed(columns), self.sites.extended(more))
        for key, blocks in tuple(self._blocks.items()):
            if key is not None and later.areas.of_need(*key) is blocks.rows:
                later._blocks[key] = blocks
        return later

    def blocks(self, need: Need, name: str) -> Blocks:
        """Return those of a list of service areas that help with a need, in blocks."""
        blocks = self._blocks.get((need, name))
        if blocks is None:
            blocks = self._blocks[need, name] = Blocks(self.areas.of_need(need, name), self.sites)
        return blocks

    def everything(self) -> Blocks:
        """Return all rows in blocks."""
        blocks = self._blocks.get(None)
        if blocks is None:
            blocks = self._blocks[None] = Blocks(np.arange(len(self)), self.sites)
        return blocks
