"""Districts as their pages read them: counties by name, ZIPs by number."""

from __future__ import annotations

from ccr.adapters.gazetteer import Gazetteer
from ccr.domain.districts import District, ReadAreas
from ccr.web.language import translated


def district_view(district: District, gazetteer: Gazetteer) -> dict[str, object]:
    """Return a district with the names of its counties."""
    return {
        "id": district.id,
        "name": district.name,
        "version": district.version,
        "zips": district.zips,
        "counties": _counties(district.counties, gazetteer),
    }


def areas_text(district: District, gazetteer: Gazetteer) -> str:
    """Return the areas of a district as text that reads alike: a county a line, then the ZIPs."""
    lines = [*_counties(district.counties, gazetteer), ", ".join(district.zips)]
    return "\n".join(line for line in lines if line)


def read_view(found: ReadAreas, gazetteer: Gazetteer) -> dict[str, object]:
    """Return what of a pasted list cannot be kept, entry by entry, and what can."""
    return {
        "refused": [(entry, translated(why)) for entry, why in found.refused],
        "refused_count": found.refused_count,
        "further": found.refused_count - len(found.refused),
        "zips": found.zips,
        "counties": _counties(found.counties, gazetteer),
    }


def _counties(codes: tuple[str, ...], gazetteer: Gazetteer) -> list[str]:
    facts = ((code, gazetteer.county(code)) for code in codes)
    return [fact.label if fact else code for code, fact in facts]
