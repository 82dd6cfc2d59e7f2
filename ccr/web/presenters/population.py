"""The people of the network's counties as the page reads them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import format_decimal

from ccr.adapters.gazetteer import Gazetteer
from ccr.domain.area_population import AreaPeople, spoken_by_many
from ccr.domain.languages import language_name
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import AreaExtent
from ccr.services.gaps import GapBoard
from ccr.services.population import Kept
from ccr.web.language import translated
from ccr.web.presenters.gaps import day_text, people_in

_KINDS = {AreaExtent.COUNTY: phrase("Counties"), AreaExtent.ZIP: phrase("ZIPs")}


def population_view(
    kept: Kept, board: GapBoard, gazetteer: Gazetteer, problems: Sequence[Phrase]
) -> dict[str, Any]:
    """Return what the page shows: the tables, and each county of the matrix."""
    areas = {AreaExtent.COUNTY: kept.people.counties, AreaExtent.ZIP: kept.people.zips}
    return {
        "problems": [{"text": translated(problem), "href": None} for problem in problems],
        "tables": [
            {
                "extent": table.extent.value,
                "kind": translated(_KINDS[table.extent]),
                "count": format_decimal(len(areas[table.extent])),
                "source": table.source,
                "day": day_text(table.brought_at),
            }
            for table in kept.tables
        ],
        "counties": [
            {
                "name": county.name,
                "fips": county.fips,
                "people": people_in(board, county.fips),
                "summed": county.fips in board.people and county.fips not in kept.people.counties,
                "zips": len(gazetteer.zips_of(county.fips)),
                "told": bool(area.languages) if (area := board.people.get(county.fips)) else False,
                "languages": _languages(board.people.get(county.fips)),
            }
            for county in board.matrix.counties
        ],
    }


def _languages(area: AreaPeople | None) -> list[str]:
    return [
        f"{translated(language_name(code))}: {format_decimal(people)}"
        for code, people in (spoken_by_many(area) if area else [])
    ]
