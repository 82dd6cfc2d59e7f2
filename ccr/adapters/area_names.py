"""Names and Open Civic Data ids of service areas, from the gazetteer."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ccr.adapters.gazetteer import CountyFact, Gazetteer
from ccr.adapters.place_names import STATES
from ccr.domain.directory import Area
from ccr.domain.taxonomy import AreaExtent

_NOT_IN_ID = re.compile(r"[^\w.~-]+")


@dataclass(frozen=True)
class GazetteerAreas:
    """Says what people, and Open Civic Data, call an area."""

    gazetteer: Gazetteer
    _counties: dict[str, CountyFact | None] = field(default_factory=dict, repr=False)

    def _county(self, fips: str) -> CountyFact | None:
        if fips not in self._counties:
            self._counties[fips] = self.gazetteer.county(fips)
        return self._counties[fips]

    def name(self, area: Area) -> str:
        """Return "Albany County, NY", "New York", "United States", "ZIP 12180", or the code."""
        if area.extent is AreaExtent.NATION:
            return "United States" if area.code == "US" else area.code
        if area.extent is AreaExtent.STATE:
            return STATES.get(area.code, area.code)
        if area.extent is AreaExtent.ZIP:
            return f"ZIP {area.code}"
        county = self._county(area.code)
        return county.label if county else f"County {area.code}"

    def division(self, area: Area) -> str | None:
        """Return "ocd-division/country:us/state:ny/county:albany" and the like, or None.

        Source: Open Civic Data Division Identifiers (opencivicdata/docs.opencivicdata.org).
        """
        whole = "ocd-division/country:us"
        if area.extent is AreaExtent.NATION:
            return whole if area.code == "US" else None
        if area.extent is AreaExtent.STATE:
            return f"{whole}/state:{area.code.lower()}" if area.code in STATES else None
        county = self._county(area.code) if area.extent is AreaExtent.COUNTY else None
        # Parishes, boroughs and independent cities have kinds of their own there.
        if county is None or " County," not in county.label:
            return None
        part = _NOT_IN_ID.sub("_", county.name.lower())
        return f"{whole}/state:{county.state.lower()}/county:{part}"
