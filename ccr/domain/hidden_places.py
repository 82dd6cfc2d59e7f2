"""Which places of a package must stay hidden, and what is taken away before anything is kept.

A place is hidden when its source says so, when its words say so, or when it is emergency housing
that speaks of domestic or sexual violence, trafficking or stalking: an address of such a place is
public only with its operator's recorded authorization, which no package carries (R34, R48, R51).
When in doubt it is hidden: showing a public office later is easy, hiding a shelter later is not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from ccr.domain.directory import Area
from ccr.domain.directory_import import ServiceRecord, SiteRecord
from ccr.domain.need_terms import fold
from ccr.domain.taxonomy import AreaExtent

_SAYS_HIDDEN = re.compile(
    r"\b(?:confidential(?:ly)? (?:location|locations|address|addresses|site|sites|shelter|"
    r"shelters|place|residence|housing|located|safe)|"
    r"(?:location|locations|address|addresses|site|whereabouts) (?:is|are|remains?|kept|is kept|"
    r"will be|must be|held)? ?(?:strictly )?(?:confidential|undisclosed|withheld|not disclosed|"
    r"not published|unpublished|not public|not given out|private|secret|suppressed)|"
    r"undisclosed (?:location|address|site|place)|address suppressed)\b"
)
_ADDRESS_SAYS_HIDDEN = re.compile(
    r"^(?:confidential|undisclosed|withheld|unlisted|unpublished|not disclosed|not published|"
    r"suppressed|private|secret|address (?:confidential|withheld|private|suppressed)|hidden)\b"
)
_STREET = re.compile(
    r"\b\d+[a-z]?(?:-\d+)?\s+(?:[A-Z0-9][\w.']*\s+){1,4}"
    r"(?:street|st|avenue|ave|road|rd|drive|dr|lane|ln|boulevard|blvd|highway|hwy|route|rte|court|"
    r"ct|place|pl|way|terrace|parkway|pkwy|circle|square|plaza|turnpike)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    # Not after "N.", "St." or "Apt.": half of an address would be left standing.
    r"(?<=[.!?;])(?<!\b[a-z]\.)(?<!\b(?:st|rd|dr|ln|ct|pl|sq|no|fl|rm)\.)"
    r"(?<!\b(?:ave|hwy|rte|cir|ter|apt|ste)\.)(?<!\b(?:blvd|pkwy|bldg|tpke)\.)\s+|\n+",
    re.IGNORECASE,
)
_SAME_PLACE_DEGREES = 4
"""Decimals of a degree that make two points one place: about 11 m."""
_LEAST_TRACE = 4
"""Shorter fragments of an address ("St", "5") are no trace of it."""


CountyOf = Callable[[str], str | None]
"""From a ZIP to its county's FIPS code, or None."""


def says_hidden(*texts: str | None) -> bool:
    """Return True when a text says that its place is confidential or undisclosed.

    "All services are confidential" does not: only a location, address, site or shelter can be.
    """
    return any(_SAYS_HIDDEN.search(fold(text)) for text in texts if text)


def address_says_hidden(address_1: str | None) -> bool:
    """Return True when the street line holds a word such as "Confidential" instead of a street."""
    return bool(address_1 and _ADDRESS_SAYS_HIDDEN.match(fold(address_1)))


@dataclass(frozen=True, slots=True)
class PlaceTraces:
    """What would give a hidden place away in running text, in folded words; never stored."""

    fragments: frozenset[str] = frozenset()

    @classmethod
    def of(cls, *parts: str | None) -> PlaceTraces:
        """Return the traces of address lines, city, ZIP and site names."""
        folded = {fold(part) for part in parts if part}
        return cls(frozenset(part for part in folded if len(part) >= _LEAST_TRACE))


def without_traces(text: str, traces: PlaceTraces, *, any_street: bool = True) -> str:
    """Return the text without every sentence that names the place or any street address.

    With `any_street` False, only without those that name the place.

    >>> without_traces("Open to all. Ring at 12 Elm Street.", PlaceTraces())
    'Open to all.'
    """
    if not text:
        return text
    parts = sentences(text)
    kept = [part for part in parts if not _gives_away(part, traces, any_street=any_street)]
    return text if len(kept) == len(parts) else " ".join(kept).strip()


def sentences(text: str) -> list[str]:
    """Return the sentences and lines of a text; an address with a dot in it stays in one piece.

    >>> sentences("Ask at 12 N. Elm St. now. Free.")
    ['Ask at 12 N. Elm St. now.', 'Free.']
    """
    return [part for part in _SENTENCE.split(text) if part]


def _gives_away(sentence: str, traces: PlaceTraces, *, any_street: bool = True) -> bool:
    if any_street and _STREET.search(sentence):
        return True
    words = f" {fold(sentence)} "
    # A county often shares its seat's name, and a county is what may be said.
    return any(
        f" {fragment} " in words.replace(f" {fragment} county ", " ")
        for fragment in traces.fragments
    )


def gives_away(text: str, traces: PlaceTraces) -> bool:
    """Return True when a short text such as a name contains a trace of the place."""
    return _gives_away(text, traces)


def coarse(areas: Iterable[Area], county_of: CountyOf) -> tuple[Area, ...]:
    """Return areas of a county or coarser: a ZIP becomes its county, or is left out."""
    result: dict[Area, None] = {}
    for area in areas:
        if area.extent is not AreaExtent.ZIP:
            result[area] = None
        elif county := county_of(area.code):
            result[Area(AreaExtent.COUNTY, county)] = None
    return tuple(result)


def hide(
    service: ServiceRecord,
    scrub: Callable[[str], str],
    told: Callable[[str | None], bool],
    county_of: CountyOf,
) -> ServiceRecord:
    """Return the service without anything finer than a county: sites, directions, telling words.

    Its phones, languages, hours and access stay: they say how it helps, not where it is.

    Args:
        scrub: takes the telling sentences out of a text.
        told: says whether a short text, of which no part can be cut out, gives the place away.
    """
    return replace(
        scrubbed(service, scrub),
        hidden=True,
        site_ids=(),
        areas=coarse(service.areas, county_of),
        alternate_name=None if told(service.alternate_name) else service.alternate_name,
        url=None if told(service.url) else service.url,
        terms=tuple(term for term in service.terms if scrub(term.name) == term.name),
    )


def scrubbed(service: ServiceRecord, scrub: Callable[[str], str]) -> ServiceRecord:
    """Return the service with every text that holds sentences scrubbed."""
    return replace(
        service,
        description=scrub(service.description),
        application_process=scrub(service.application_process),
        eligibility_description=scrub(service.eligibility_description),
        interpretation_services=scrub(service.interpretation_services),
        fees_description=scrub(service.fees_description),
        wait_time=scrub(service.wait_time),
        alert=scrub(service.alert),
        hours_text=scrub(service.hours_text),
        phones=tuple(
            replace(phone, description=scrub(phone.description)) for phone in service.phones
        ),
    )


def place_keys(site: SiteRecord) -> tuple[str, ...]:
    """Return keys under which two records of one place meet: street with ZIP or city; the point.

    A point that is only a ZIP's or city's centre is no key: everything in town would share it.
    """
    keys = []
    if site.address_1 and (where := site.postal_code or site.city):
        keys.append(f"street {fold(site.address_1)} {fold(where)[:5]}")
    if site.point and site.coordinates_from == "source":
        lat = round(site.point.lat, _SAME_PLACE_DEGREES)
        lon = round(site.point.lon, _SAME_PLACE_DEGREES)
        keys.append(f"point {lat} {lon}")
    return tuple(keys)
