"""Whom one more service would newly reach, and where it would help most, in words and on a map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import format_decimal

from ccr.domain.gap_questions import MINUTES
from ccr.domain.gaps import line_label
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.what_if_questions import Question
from ccr.services.what_if import Outcome
from ccr.services.what_if_places import LostReach, Reached
from ccr.web.language import translated
from ccr.web.presenters.gaps import MAP_HEIGHT, MAP_WIDTH, MOST_NAMED
from ccr.web.presenters.maps import MapView, NumberedPoint, county_map
from ccr.web.presenters.zip_map import zip_map

BANDS: dict[str, Phrase] = {
    "ok": phrase("Reached as it is"),
    "one": phrase("Newly reached"),
    "none": phrase("Not reached"),
}
SHARES: dict[str, Phrase] = {
    "ok": phrase("All ZIPs reached"),
    "one": phrase("Some ZIPs reached"),
    "none": phrase("No ZIP reached"),
}
"""How a county is reached as it is, on the map of the best places."""


def reached_view(found: Outcome) -> dict[str, object]:
    """Return what a question about distance found; of one that was answered."""
    asked, reached = found.scenario, found.answer.reached
    assert asked is not None and reached is not None  # noqa: S101, PT018 -- asked by distance
    newly = sorted(reached.newly)
    placing = reached.placing
    affected = reached.affected
    known = affected.known > 0
    return {
        "minutes": asked.minutes,
        "more_minutes": MINUTES,
        "too_many": reached.too_many,
        "zips": len(reached.zips.points),
        "now": len(reached.covered.reached),
        "by_area": len(reached.covered.by_area - reached.covered.near),
        "unplaced": len(reached.covered.unplaced),
        "newly": len(newly),
        "named": ", ".join(newly) if len(newly) <= MOST_NAMED else None,
        "people": format_decimal(affected.people) if known else None,
        "known": affected.known,
        "by_people": reached.by_people,
        "choices": _choices(found, reached),
        "gained": format_decimal(round(placing.gained)) if placing else None,
        "missing": format_decimal(round(placing.missing)) if placing else None,
        "share": _percent(placing.gained / placing.missing) if placing and newly else None,
        "at_least": _percent(placing.at_least) if placing else None,
        "exact": placing is not None and asked.places == 1,
        "fewer": placing is not None and 0 < len(placing.choices) < asked.places,
        "map": _map(found, reached),
        "bands": _bands(found, reached),
    }


def lost_view(lost: Sequence[LostReach]) -> list[dict[str, object]]:
    """Return what would be within reach no more, need by need."""
    return [
        {
            "line": translated(line_label(one.line)),
            "zips": len(one.zips),
            "people": format_decimal(one.affected.people) if one.affected.known else None,
        }
        for one in lost
    ]


def _choices(found: Outcome, reached: Reached) -> list[dict[str, object]]:
    if reached.placing is None:
        return []
    counties = {county.fips: county.name for county in found.board.matrix.counties}
    return [
        {
            "number": number,
            "zip": choice.place,
            "place": reached.zips.labels[choice.place],
            "county": counties.get(reached.zips.county_of(choice.place) or "", ""),
            "gained": format_decimal(round(choice.gained)),
            "share": _percent(choice.share),
        }
        for number, choice in enumerate(reached.placing.choices, start=1)
    ]


def _map(found: Outcome, reached: Reached) -> MapView | None:
    """Return the map: the ZIPs of the county of a place, or counties with the best places.

    Pins stand on the middles of ZIPs, which are public points; no service is on it.
    """
    asked = found.scenario
    if asked is None or reached.too_many:
        return None
    if asked.question is Question.PLACE:
        fips = reached.zips.county_of(asked.area or "") or ""
        looks = _looks(reached)
        here = [(code, looks[code]) for code in sorted(reached.zips.of_county[fips])]
        return zip_map(fips, here, reached.zips.points, width=MAP_WIDTH, height=MAP_HEIGHT)
    if reached.placing is None:
        return None
    points = [
        NumberedPoint(number, reached.zips.points[choice.place], reached.zips.labels[choice.place])
        for number, choice in enumerate(reached.placing.choices, start=1)
    ]
    shaded = {fips: f"gap-{look}" for fips, look in _county_looks(reached).items()}
    return county_map(points=points, shaded=shaded, width=MAP_WIDTH, height=MAP_HEIGHT)


def _bands(found: Outcome, reached: Reached) -> list[dict[str, object]]:
    """Return what the looks of the map mean, with how many there are of each: the map as words."""
    asked = found.scenario
    if asked is not None and asked.question is Question.PLACE:
        fips = reached.zips.county_of(asked.area or "") or ""
        looks = _looks(reached)
        here = [looks[code] for code in reached.zips.of_county[fips]]
        return _counted(BANDS, here, phrase("%(count)s ZIPs"))
    return _counted(SHARES, list(_county_looks(reached).values()), phrase("%(count)s counties"))


def _counted(
    words: Mapping[str, Phrase], looks: list[str], count: Phrase
) -> list[dict[str, object]]:
    return [
        {
            "look": look,
            "word": translated(word),
            "names": translated(Phrase(count.msgid, {"count": looks.count(look)})),
        }
        for look, word in words.items()
        if look in looks
    ]


def _looks(reached: Reached) -> dict[str, str]:
    looks = dict.fromkeys(reached.zips.points, "none")
    looks |= dict.fromkeys(reached.newly, "one")
    return looks | dict.fromkeys(reached.covered.reached & looks.keys(), "ok")


def _county_looks(reached: Reached) -> dict[str, str]:
    found = {}
    for fips, zips in reached.zips.of_county.items():
        now = len(reached.covered.reached.intersection(zips))
        found[fips] = "ok" if now == len(zips) else "one" if now else "none"
    return found


def _percent(share: float) -> str:
    return f"{int(100 * share)} %"
