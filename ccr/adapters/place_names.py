"""How places are written: states, county words, and one spelling for names that are the same.

What lives here: pure text. What must not: the table of places (gazetteer.py).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California",
    "CO": "Colorado", "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia",
    "FL": "Florida", "GA": "Georgia", "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois",
    "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana",
    "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota",
    "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada",
    "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York",
    "NC": "North Carolina", "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon",
    "PA": "Pennsylvania", "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota",
    "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont", "VA": "Virginia",
    "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
    "AS": "American Samoa", "GU": "Guam", "MP": "Northern Mariana Islands", "PR": "Puerto Rico",
    "VI": "Virgin Islands",
}  # fmt: skip

TOWN_ALIASES = {
    ("nyc", "NY"): "newyork",
    ("newyorkcity", "NY"): "newyork",
    ("manhattan", "NY"): "newyork",
    ("washingtondc", "DC"): "washington",
    ("americansamoa", "AS"): "pagopago",
}
"""What people write for a town, and its key in the table."""

_ONE_SPELLING = {
    "st": "saint", "ste": "sainte", "mt": "mount", "ft": "fort", "n": "north", "s": "south",
    "e": "east", "w": "west", "spgs": "springs", "hts": "heights",
}  # fmt: skip
_SPACED = {code: " " for code in range(128) if not chr(code).isalpha()} | {
    ord("'"): None, ord("’"): None
}  # fmt: skip
_COUNTY_WORD = re.compile(
    r"[ ,]+(county|co|parish|borough|municipality|municipio|census area|planning region)\.?$",
    re.IGNORECASE,
)
_STREET_WORDS = frozenset(
    """street st avenue ave road rd drive dr lane ln court boulevard blvd highway hwy route rte
    parkway pkwy turnpike tpke apartment apt suite unit floor way terrace place square plaza alley
    circle box""".split()
)
_COUNTRY = re.compile(r",? *\b(usa|u\.s\.a\.|united states|united states of america)$", re.I)


def clean(text: str) -> str:
    """Return the text with one kind of space, no space around it, and no country at its end."""
    spaced = " ".join(unicodedata.normalize("NFKC", text).split())
    return _COUNTRY.sub("", spaced).strip(" ,.")


@lru_cache(maxsize=65536)
def key(name: str) -> str:
    """Return the one spelling of a place name: no case, marks or spaces; Saint for St.

    >>> key("St. Johnsville"), key("Saint  Johnsville"), key("De Witt"), key("Mayagüez")
    ('saintjohnsville', 'saintjohnsville', 'dewitt', 'mayaguez')
    """
    plain = name.lower() if name.isascii() else _without_marks(name)
    if not plain.isalpha():
        plain = plain.translate(_SPACED)
    return "".join([_ONE_SPELLING.get(word, word) for word in plain.split()])


def _without_marks(name: str) -> str:
    parts = unicodedata.normalize("NFKD", name)
    return "".join(c for c in parts if not unicodedata.combining(c)).casefold()


_STATE_KEYS = {code.casefold(): code for code in STATES} | {
    key(name): code for code, name in STATES.items()
}


def state_code(text: str) -> str | None:
    """Return the two letters of a state or territory, from its code or its name, or None."""
    return _STATE_KEYS.get(key(text)) or _STATE_KEYS.get(text.replace(".", "").strip().casefold())


def readings(text: str) -> list[tuple[str, str | None]]:
    """Return how a text may be read as (name, state), the likeliest first.

    >>> readings("troy ny")
    [('troy ny', None), ('troy', 'NY')]
    """
    found: list[tuple[str, str | None]] = []
    head, comma, tail = text.rpartition(",")
    if comma and (state := state_code(tail)):
        return [(head.strip(" ,"), state)]
    found.append((text, None))
    words = text.split(" ")
    for length in (1, 2, 3):
        if len(words) > length and (state := state_code(" ".join(words[-length:]))):
            found.append((" ".join(words[:-length]).strip(" ,"), state))
    return found


def county_name(text: str) -> str | None:
    """Return the name in front of a county word, or None when the text has no such word."""
    name, times = _COUNTY_WORD.subn("", text)
    return name if times and name else None


def looks_like_a_street(text: str) -> bool:
    """Return True when the text has a number or a street word in it."""
    words = re.split(r"[^\w]+", text.casefold())
    return any(c.isdigit() for c in text) or any(word in _STREET_WORDS for word in words[1:])


_RAW_COUNTY = re.compile(
    r"^(?:City and County of |City and Borough of |City of )|"
    r"(?: \(city\)?| \(CA\)| Census Area| City and Borough| Borough| Municipality| Parish| County)$"
)
_NO_COUNTY_WORD = frozenset({"AS", "DC", "GU", "MP", "VI"})
_ALASKA_CENSUS_AREAS = frozenset(
    {"02016", "02050", "02063", "02066", "02070", "02105", "02158", "02180", "02198", "02232",
     "02240", "02290"}
)  # fmt: skip
_FIRST_REGION = 110  # Connecticut: its old counties and, since 2022, planning regions
_FIRST_CITY = 510  # counties of Virginia, Maryland, Missouri and Nevada from here on are cities


def county_label(raw: str, fips: str, state: str) -> tuple[str, str]:
    """Return a county's short name and its full label, from the name as the source has it.

    >>> county_label("Albany", "36001", "NY"), county_label("Richmond (city)", "51760", "VA")
    (('Albany', 'Albany County, NY'), ('Richmond city', 'Richmond city, VA'))
    """
    name = _RAW_COUNTY.sub("", raw)
    if int(fips[2:]) >= _FIRST_CITY:
        name = name if name.endswith("City") else f"{name} city"
        return name, f"{name}, {state}"
    if state in _NO_COUNTY_WORD:
        return name, f"{name}, {state}"
    word = {"LA": "Parish", "AK": "Borough", "PR": "Municipio"}.get(state, "County")
    if fips in _ALASKA_CENSUS_AREAS:
        word = "Census Area"
    if state == "CT" and int(fips[2:]) >= _FIRST_REGION:
        word = "Planning Region"
    return name, f"{name} {word}, {state}"
