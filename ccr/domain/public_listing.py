"""What of the directory anybody may see: which services, which of their facts, and a short name.

A public listing is made by taking away, once, before anything else sees it: capacity (whether a
house is full is for staff), who reads and on-call numbers, e-mail (R63), and for a confidential
service every sentence that names a street, and its website. Rules for the public finder alone.
"""

from __future__ import annotations

import re
from dataclasses import replace
from uuid import UUID

from ccr.domain.directory import DirectorySnapshot, Service
from ccr.domain.hidden_places import PlaceTraces, without_traces
from ccr.domain.need_terms import fold
from ccr.domain.taxonomy import CompartmentKind, MemberCategory, Need

_NOTHING_KNOWN = PlaceTraces()
_TELLING = re.compile(
    r"^(?:abus\w*|advoca\w*|apoyo|assault|batter\w*|casa|center|centro|court|crisis|domestic\w*|"
    r"famil\w*|haven|help|hospital|hotline|hous\w*|interven\w*|justice|law|legal|line|mujer\w*|"
    r"network|office|police|prevention|program\w*|project|rape|refug\w*|response|safe\w*|sex\w*|"
    r"shelter\w*|survivor\w*|victim\w*|violen\w*|wom[ae]n\w*|services?|support)$"
)
_SMALL_WORDS = frozenset(
    {"a", "an", "and", "at", "de", "del", "for", "in", "la", "of", "on", "the", "y"}
)
_MOST_WORDS = 2


def may_be_shown(service: Service) -> bool:
    """Return True when a service of a listed member may be on a public page at all.

    Members who are survivors are never shown (R5), nor is what is not offered now.
    """
    return service.routable and service.member.category is not MemberCategory.SURVIVOR


def as_public(service: Service) -> Service:
    """Return the service without what is not for everybody."""
    bare = replace(service, capacity=None, coverage=(), email=None)
    if not service.confidential:
        return bare
    return replace(
        bare,
        website=None,
        description=_without_streets(service.description),
        how_to_apply=_without_streets(service.how_to_apply),
        eligibility_text=_without_streets(service.eligibility_text),
        fees_text=_without_streets(service.fees_text),
        alert=_without_streets(service.alert),
        hours_text=_without_streets(service.hours_text),
    )


def _without_streets(text: str) -> str:
    return without_traces(text, _NOTHING_KNOWN)


def public_part(snapshot: DirectorySnapshot, listed: frozenset[UUID]) -> DirectorySnapshot:
    """Return the directory as anybody may see it.

    Args:
        listed: the ids of the members that are listed.
    """
    return replace(
        snapshot,
        services=tuple(
            as_public(service)
            for service in snapshot.services
            if service.member.id in listed and may_be_shown(service)
        ),
        agreements=(),
    )


def is_program(service: Service) -> bool:
    """Return True for a program for abusive partners, which is always shown with its limits."""
    return (
        service.compartment_kind is CompartmentKind.APIP
        or Need.ABUSIVE_PARTNER_INTERVENTION in service.needs
    )


def short_name(name: str) -> str:
    """Return a name fit for a sheet of paper that somebody else may find.

    Two words of the name at most, up to the first that tells what kind of help it is; where
    nothing else is left, its initials.

    >>> short_name("Collar City Legal Aid (demo)"), short_name("Rape Crisis Center of Troy")
    ('Collar City', 'R. C. C. T.')
    """
    words = re.sub(r"\([^)]*\)", " ", name).replace(":", " ").replace(",", " ").split()
    kept: list[str] = []
    for word in words:
        if _TELLING.match(fold(word.replace("'", "").replace("’", ""))) or len(kept) == _MOST_WORDS:
            break
        kept.append(word)
    while kept and fold(kept[-1]) in _SMALL_WORDS:
        kept.pop()
    if kept and not all(fold(word) in _SMALL_WORDS for word in kept):
        return " ".join(kept)
    initials = [word[0].upper() for word in words if fold(word) not in _SMALL_WORDS]
    return " ".join(f"{letter}." for letter in initials) or "–"
