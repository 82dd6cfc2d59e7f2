"""How exact the point of a public place is, and where it comes from, in words."""

from __future__ import annotations

from ccr.domain.directory import Precision, Service
from ccr.domain.geocoding import PROVIDERS, Verdict
from ccr.domain.phrases import Phrase, phrase
from ccr.web.language import translated

_MIDDLES = {
    Precision.STREET: phrase("exact to about a third of a mile (0.5 km), from the street"),
    Precision.ZIP: phrase("exact to about 2 miles (4 km), from the ZIP code"),
    Precision.CITY: phrase("exact to about 4 miles (6 km), from the town"),
    Precision.COUNTY: phrase("exact to about 15 miles (25 km), from the county"),
    Precision.NONE: phrase("not known"),
}
LOOK_UP_WARNINGS = {
    Verdict.FAR: phrase(
        "The point that was looked up lies far from the ZIP or town, and was not used. Check the "
        "address and the ZIP."
    ),
    Verdict.UNREACHED: phrase(
        "The address could not be looked up just now. The middle of the ZIP or town is used."
    ),
    Verdict.NOTHING: phrase(
        "The address was not found. The middle of the ZIP or town is used. Check how it is written."
    ),
}
"""What to say after a place was saved; the rest needs no words."""
_OWN = phrase("exact, as the source gives it")
_LOOKED_UP = phrase("exact, looked up from the address")
_EXACT = phrase("exact")


def exactness(precision: Precision, source: str | None) -> Phrase:
    """Return how far the point of a place may lie from its door, and whose point it is."""
    if precision is not Precision.ROOFTOP:
        return _MIDDLES[precision]
    if source in PROVIDERS:
        return _LOOKED_UP
    return _OWN if source == "source" else _EXACT


def exactness_of(service: Service) -> str:
    """Return it for all public places of a service, each once; nothing for a confidential one."""
    if service.confidential:
        return ""
    known = [site for site in service.sites if site.point]
    words = (translated(exactness(site.precision, site.coordinates_from)) for site in known)
    return "; ".join(dict.fromkeys(words))
