"""What of the directory tells where a place is, once that place must not be known any more.

What lives here: which two records are one place, which words give a place away, and a text without
them. What must not: rows, files, the clock. Used when a listing that was public becomes hidden: its
street, ZIP, town, site name and coordinates then leave every text that holds them (R48).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from ccr.domain.directory import Point
from ccr.domain.geography import distance_km
from ccr.domain.hidden_places import (
    PlaceTraces,
    address_says_hidden,
    gives_away,
    sentences,
    without_traces,
)
from ccr.domain.need_terms import fold

SAME_PLACE_KM = 0.02
"""Two points this near are one house; the next house is usually farther (our choice)."""
_KINDS = {
    "av": "avenue",
    "ave": "avenue",
    "blvd": "boulevard",
    "cir": "circle",
    "ct": "court",
    "dr": "drive",
    "hwy": "highway",
    "ln": "lane",
    "pkwy": "parkway",
    "pl": "place",
    "rd": "road",
    "rte": "route",
    "sq": "square",
    "st": "street",
    "ter": "terrace",
    "tpke": "turnpike",
}
_SIDES = {"n": "north", "e": "east", "s": "south", "w": "west"}
_LEAST_NAME = 5
_UNITS = frozenset({"apt", "building", "bldg", "fl", "floor", "rm", "room", "ste", "suite", "unit"})


@dataclass(frozen=True, slots=True)
class TellingPlace:
    """A stored place, or a place as history remembers it, in the fields that tell where it is.

    Attributes:
        id: of the location.
        point: degrees, or None; a ZIP's or town's middle is none, as everything there shares it.
    """

    id: UUID
    name: str = ""
    address_1: str | None = None
    address_2: str | None = None
    city: str | None = None
    postal_code: str | None = None
    county_fips: str | None = None
    point: Point | None = None


def street_key(address_1: str | None) -> str:
    """Return a street line so that two spellings of one house are equal; "" when there is none.

    >>> street_key("12 N. Elm St., Apt 3"), street_key("12 North Elm Street")
    ('12 north elm street', '12 north elm street')
    """
    words: list[str] = []
    for word in fold(address_1 or "").split():
        if word in _UNITS:
            break
        words.append(_SIDES.get(word) or (_KINDS.get(word, word) if words else word))
    return " ".join(words)


def same_place(one: TellingPlace, other: TellingPlace) -> bool:
    """Return True when two records are of one house, by street with ZIP or town, or by point."""
    street = street_key(one.address_1)
    if street and street == street_key(other.address_1):
        zips = {(place.postal_code or "")[:5] for place in (one, other)}
        towns = {fold(place.city or "") for place in (one, other)}
        if (len(zips) == 1 and zips != {""}) or (len(towns) == 1 and towns != {""}):
            return True
    if one.point and other.point:
        return distance_km(one.point, other.point) <= SAME_PLACE_KM
    return False


def street_fragments(address_1: str | None) -> frozenset[str]:
    """Return the folded beginnings by which a text names a house: its number and its street.

    >>> sorted(street_fragments("12 N. Elm St."))
    ['12 elm', '12 n elm', '12 north elm']
    """
    words = fold(address_1 or "").split()
    if len(words) < 2 or address_says_hidden(address_1):  # noqa: PLR2004 -- one word names nothing
        return frozenset()
    if not words[0][0].isdigit():
        return frozenset({" ".join(words)})
    number, rest = words[0], words[1:]
    long_sides = {long: short for short, long in _SIDES.items()}
    side = rest[0] if rest[0] in _SIDES or rest[0] in long_sides else ""
    if not side or len(rest) == 1:
        return frozenset({f"{number} {rest[0]}"})
    both = {side, _SIDES.get(side, side), long_sides.get(side, side)}
    return frozenset({f"{number} {rest[1]}", *(f"{number} {word} {rest[1]}" for word in both)})


def street_names(address_1: str | None) -> frozenset[str]:
    """Return the folded names of the street alone, as it may be written; none for one short word.

    >>> sorted(street_names("12 N. Elm St., Apt 3"))
    ['elm st', 'elm street', 'n elm st', 'north elm street']
    """
    words = fold(address_1 or "").split()
    if len(words) < 2 or not words[0][0].isdigit():  # noqa: PLR2004 -- a number and a word
        return frozenset()
    unit = next((n for n, word in enumerate(words) if word in _UNITS), len(words))
    written = words[1:unit]
    spelled = street_key(" ".join(words[:unit])).split()[1:]
    names = {" ".join(written), " ".join(spelled)}
    if written and written[0] in {*_SIDES, *_SIDES.values()}:
        names |= {" ".join(written[1:]), " ".join(spelled[1:])}
    return frozenset(name for name in names if len(name) >= _LEAST_NAME)


@dataclass(frozen=True, slots=True)
class Telling:
    """Everything that gives some places away, ready to be looked for in texts.

    Attributes:
        streets: folded beginnings of their street lines.
        near: those and the names of the streets alone: what its own agency may not say.
        wide: what a text of the service itself may not say either: ZIP, town, name of the site.
        numbers: their coordinates as texts without sign, cut and rounded to three decimals.
    """

    streets: PlaceTraces
    near: PlaceTraces
    wide: PlaceTraces
    numbers: frozenset[str]

    @classmethod
    def of(cls, places: Iterable[TellingPlace], *known_names: str) -> Telling:
        """Return what gives these places away; a site named like its service tells nothing."""
        known = {fold(name) for name in known_names}
        streets: set[str] = set()
        names: set[str] = set()
        wide: list[str | None] = []
        numbers: set[str] = set()
        for place in places:
            streets |= street_fragments(place.address_1)
            names |= street_names(place.address_1)
            wide += [place.address_2, place.city, (place.postal_code or "")[:5]]
            wide += [] if address_says_hidden(place.address_1) else [place.address_1]
            wide += [] if fold(place.name) in known else [place.name]
            if place.point:
                numbers |= {*digits_of(place.point.lat), *digits_of(place.point.lon)}
        near = frozenset(streets | names)
        return cls(
            PlaceTraces(frozenset(streets)),
            PlaceTraces(near),
            PlaceTraces(PlaceTraces.of(*wide).fragments | near),
            frozenset(numbers),
        )

    def own_text(self, text: str) -> str:
        """Return a text of a hidden service without every sentence that says where it is."""
        return _without_numbers(without_traces(text, self.wide), self.numbers)

    def agency_text(self, text: str) -> str:
        """Return another text of the same agency without the sentences that name the street."""
        kept = without_traces(text, self.near, any_street=False)
        return _without_numbers(kept, self.numbers)

    def other_text(self, text: str) -> str:
        """Return somebody else's text without the sentences that name the street or the point.

        Streets of other, public places stay: only this one goes.
        """
        kept = without_traces(text, self.streets, any_street=False)
        return _without_numbers(kept, self.numbers)

    def in_name(self, name: str) -> bool:
        """Return True when a short text holds the street or the ZIP: no sentence can be cut out."""
        return gives_away(name, self.streets) or self.in_words(name)

    def in_words(self, text: str | None) -> bool:
        """Return True when an address on the web, an id or a file name holds the street or point.

        >>> elm = TellingPlace(UUID(int=1), address_1="12 Elm Street")
        >>> Telling.of([elm]).in_words("https://example.org/12-elm-street")
        True
        """
        if not text:
            return False
        words = f" {fold(text)} "
        found = any(f" {fragment} " in words for fragment in self.streets.fragments)
        return found or any(number in text for number in self.numbers)

    def phrases(self) -> frozenset[str]:
        """Return what a search text that tells the place holds, word by word."""
        return self.streets.fragments | {number.replace(".", " ") for number in self.numbers}

    def needles(self) -> frozenset[str]:
        """Return short texts of which stored text must hold one before it can tell anything."""
        first = {fragment.split()[0] for fragment in self.streets.fragments}
        return frozenset({*first, *self.numbers})


def digits_of(degrees: float) -> frozenset[str]:
    """Return how a coordinate begins wherever it is written: cut, and rounded, to three decimals.

    >>> sorted(digits_of(-73.69184))
    ['73.691', '73.692']
    """
    size = round(abs(degrees), 6)
    return frozenset({f"{math.floor(size * 1000) / 1000:.3f}", f"{size:.3f}"})


def _without_numbers(text: str, numbers: frozenset[str]) -> str:
    if not any(number in text for number in numbers):
        return text
    kept = [s for s in sentences(text) if not any(number in s for number in numbers)]
    return " ".join(kept).strip()
