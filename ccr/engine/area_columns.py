"""Which of a list of services cover a place, for looking through the whole directory.

What lives here: marks, one for each service. What must not: routing, which asks for lists instead
(service_areas).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from ccr.domain.areas import is_placeless
from ccr.domain.directory import Place, Service
from ccr.domain.taxonomy import AreaExtent
from ccr.engine.postings import Array, joined_arrays, postings


class AreaColumns:
    """Which of a list of services cover which place."""

    def __init__(self, services: Sequence[Service]) -> None:
        self._by_area = postings(
            ((area.extent, area.code if area.extent is not AreaExtent.NATION else ""), row)
            for row, service in enumerate(services)
            for area in service.areas
        )
        self._by_state = postings(
            ((area.extent, area.code[:2]), row)
            for row, service in enumerate(services)
            for area in service.areas
            if area.extent is AreaExtent.COUNTY
        )
        self._by_site = postings(
            (site.county_fips, row)
            for row, service in enumerate(services)
            if not service.areas
            for site in service.sites
        )
        self.unstated = np.array([not s.areas for s in services], bool)
        self.placeless = np.array([is_placeless(s) for s in services], bool)
        self.some_zips = np.array(
            [any(a.extent is AreaExtent.ZIP for a in s.areas) for s in services], bool
        )

    def __add__(self, other: AreaColumns) -> AreaColumns:
        """Return both lists of services as one."""
        both: AreaColumns = joined_arrays(self, other, len(self.unstated))
        return both

    def covering(self, place: Place) -> Array:
        """Return for every service whether one of its areas covers the place."""
        keys = [
            (AreaExtent.NATION, ""),
            (AreaExtent.STATE, place.state),
            (AreaExtent.COUNTY, place.county_fips),
            (AreaExtent.ZIP, place.zip_code),
        ]
        return self._marked([self._by_area.get(key) for key in keys])

    def sited_in_county(self, place: Place) -> Array:
        """Return for every service whether it states no area but has a site in the county."""
        return self._marked([self._by_site.get(place.county_fips)])

    def touching(self, place: Place) -> Array:
        """Return for every service whether one of its areas touches the state of the place."""
        return self._marked(
            [
                self._by_area.get((AreaExtent.NATION, "")),
                self._by_area.get((AreaExtent.STATE, place.state)),
                self._by_state.get((AreaExtent.COUNTY, place.county_fips[:2])),
            ]
        )

    def _marked(self, found: Iterable[Array | None]) -> Array:
        marks = np.zeros(len(self.unstated), bool)
        for rows in found:
            if rows is not None:
                marks[rows] = True
        return marks
