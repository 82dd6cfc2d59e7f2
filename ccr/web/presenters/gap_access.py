"""Distances of the ZIPs of a county as the page and the CSV read them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask_babel import format_decimal

from ccr.domain.gap_questions import GapQuestion
from ccr.domain.gaps import LINES, PHONE_LINES, line_label
from ccr.domain.nearest_services import AreaAccess, Near
from ccr.domain.phrases import Phrase, phrase
from ccr.services.gap_access import (
    A_SHARE_OF,
    HEADS,
    CountyAccess,
    RoomAccess,
    cells_of,
)
from ccr.web.language import translated
from ccr.web.presenters.gap_filters import address_of, question_words
from ccr.web.presenters.gaps import MAP_HEIGHT, MAP_WIDTH, asked_view, day_text
from ccr.web.presenters.maps import KM_PER_MILE, MapView
from ccr.web.presenters.zip_map import zip_map

NEAR_MINUTES = 30
"""What the map calls near: half an hour by car. Our choice."""
BANDS: dict[str, Phrase] = {
    "none": phrase("No public place"),
    "one": phrase("Over %(minutes)s minutes", minutes=NEAR_MINUTES),
    "ok": phrase("Within %(minutes)s minutes", minutes=NEAR_MINUTES),
}


def access_view(found: CountyAccess) -> dict[str, object]:
    """Return everything the page shows."""
    board, areas = found.board, found.areas
    asked = asked_view(board)
    county = board.zips_of
    looks = [(area.code, band_of(area)) for area in reversed(areas)]
    return {
        **asked,
        "keep_asked": address_of(board.question),
        "county": county,
        "row": LINES.index(found.line),
        "line": translated(line_label(found.line)),
        "lines": [(number, translated(line_label(line))) for number, line in enumerate(LINES)],
        "rows": [_row(area, found.room) for area in areas],
        "room": _room(found.room, areas),
        "people_known": bool(board.people),
        "bands": _bands(areas),
        "map": zip_map(county.fips, looks, board.zip_points, width=MAP_WIDTH, height=MAP_HEIGHT)
        if county
        else None,
        "room_map": _room_map(found),
        "phone": found.line in PHONE_LINES,
        "old_facts": _old_facts(found),
        "public": sum(bool(area.near) for area in areas),
        "unplaced": len(board.matrix.unplaced),
        "day": day_text(board.on),
    }


def _old_facts(found: CountyAccess) -> int:
    """Return how many public services would count for the county, were their facts checked."""
    if found.board.zips_of is None:
        return 0
    cells = found.board.shown.line(found.line)
    return len({s.id for c in cells for s in c.unchecked if s.in_person and not s.area_only})


def _room_map(found: CountyAccess) -> MapView | None:
    """Return the map of room, or None where nothing is known of it."""
    board, room = found.board, found.room
    if board.zips_of is None or room is None or not room.services:
        return None
    looks = [
        (area.code, band)
        for area in reversed(found.areas)
        if (band := room_band(room, area.code)) is not None
    ]
    return zip_map(board.zips_of.fips, looks, board.zip_points, width=MAP_WIDTH, height=MAP_HEIGHT)


def band_of(area: AreaAccess) -> str:
    """Return the look of an area on the map, by the minutes to its nearest public service."""
    if not area.near:
        return "none"
    return "ok" if area.near[0].minutes <= NEAR_MINUTES else "one"


def access_rows(found: CountyAccess) -> list[tuple[object, ...]]:
    """Return the page as rows of a CSV, a heading first. Services in public places alone."""
    rows = [(found.line, area.code, *cells_of(area, found.room)) for area in found.areas]
    return [("need", "zip", *HEADS), *rows]


def access_notes(line: str, question: GapQuestion, on: date) -> list[tuple[str, str]]:
    """Return the methods note of a file of distances: (term, what it means)."""
    asked = question_words(question)
    known: list[tuple[Phrase, Phrase | str]] = [
        (phrase("What this is"), phrase("Distances: %(need)s", need=line_label(line))),
        (phrase("As of"), on.isoformat()),
        (phrase("Asked for"), "; ".join(asked) if asked else phrase("Everybody")),
        (phrase("Distance"), HOW_FAR),
        (phrase("Counted"), WHO_COUNTS),
        (phrase("Confidential services"), BY_AREA),
        (phrase("Room for those who can reach it"), ROOM_NOTE),
    ]
    return [
        (translated(term), translated(text) if isinstance(text, Phrase) else text)
        for term, text in known
    ]


HOW_FAR = phrase(
    "From the middle of the ZIP, in a straight line over the ground, to the nearest public place "
    "of the service. Minutes are an estimate by car: roads are longer by a factor of 1.3, at 25 "
    "miles an hour for six miles and 43 beyond."
)
WHO_COUNTS = phrase(
    "Only services that count for the ZIP, in person, checked within six months and not known to "
    "be full."
)
BY_AREA = phrase(
    "By area only: confidential services, and those whose place is not known. Nothing here tells "
    "where they are."
)
ROOM_NOTE = phrase(
    "Free places for 100,000 people by the two-step floating catchment (Luo and Wang 2003). "
    "Confidential services are left out, so that the true room is larger."
)


def _bands(areas: Sequence[AreaAccess]) -> list[dict[str, object]]:
    counts = dict.fromkeys(BANDS, 0)
    for area in areas:
        counts[band_of(area)] += 1
    return [
        {
            "look": look,
            "word": translated(BANDS[look]),
            "names": translated(phrase("%(count)s ZIPs", count=number)),
        }
        for look, number in counts.items()
        if number
    ]


ROOM_WORDS: dict[str, Phrase] = {
    "none": phrase("No room within reach"),
    "one": phrase("Less than half of the network’s mean"),
    "ok": phrase("Half of the mean or more"),
}


def room_band(room: RoomAccess, code: str) -> str | None:
    """Return the look of a ZIP by its room; None where nobody said who lives there."""
    if code not in room.places:
        return None
    share = room.places[code]
    if room.mean is None or share == 0:
        return "none"
    return "one" if 2 * share < room.mean else "ok"


def _room(room: RoomAccess | None, areas: Sequence[AreaAccess]) -> dict[str, object] | None:
    if room is None:
        return None
    bands = [band for area in areas if (band := room_band(room, area.code)) is not None]
    return {
        "services": room.services,
        "minutes": room.minutes,
        "mean": _for_many(room.mean) if room.mean is not None else None,
        "bands": [
            {
                "look": look,
                "word": translated(word),
                "names": translated(phrase("%(count)s ZIPs", count=bands.count(look))),
            }
            for look, word in ROOM_WORDS.items()
            if look in bands
        ],
    }


def _for_many(share: float) -> str:
    return str(format_decimal(round(share * A_SHARE_OF, 1)))


def _row(area: AreaAccess, room: RoomAccess | None) -> dict[str, object]:
    band = room_band(room, area.code) if room else None
    near = [_near(n) for n in area.near]
    return {
        "name": area.name,
        "look": band_of(area),
        "first": near[0] if near else None,
        "second": near[1] if len(near) > 1 else None,
        "by_area": len(area.by_area),
        "remote": len(area.remote),
        "people": format_decimal(room.people[area.code]) if room and band else None,
        "room": _for_many(room.places[area.code]) if room and band else None,
        "room_look": band,
        "room_word": translated(ROOM_WORDS[band]) if band else None,
    }


def _near(near: Near) -> dict[str, object]:
    return {
        "service": near.service.name,
        "member": near.service.member.name,
        "miles": round(near.km / KM_PER_MILE),
        "minutes": near.minutes,
    }
