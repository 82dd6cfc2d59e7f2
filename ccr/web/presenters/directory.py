"""Listings in words: rows of the directory, and one listing with everything staff may see."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import g, url_for

from ccr.domain.answering import coverage_now
from ccr.domain.directory import Service
from ccr.domain.freshness import capacity_is_fresh
from ccr.domain.languages import language_name
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.room import Household
from ccr.domain.taxonomy import Gender, Known, LanguageMode, Need, ServiceStatus, Track
from ccr.domain.weights import DEFAULT
from ccr.services.directory import Listing
from ccr.services.world import World
from ccr.web.language import translated
from ccr.web.presenters.moments import DeskTime
from ccr.web.presenters.routing import area_text, coverage_dict, facts_rows

UNKNOWN = phrase("Not known: call to check")


def listing_row(listing: Listing) -> dict[str, Any]:
    """Return one row of the directory."""
    return {
        "href": url_for("directory.service", service_id=listing.id),
        "name": listing.name,
        "member": listing.member,
        "needs": [translated(need.label) for need in listing.needs],
        "marks": [translated(mark) for mark in _marks(listing)],
    }


def _marks(listing: Listing | Service) -> list[Phrase]:
    """Return what keeps a listing from being proposed, and whether its place is hidden."""
    marks = []
    if listing.status is not ServiceStatus.ACTIVE:
        marks.append(listing.status.label)
    if listing.do_not_refer:
        marks.append(phrase("Takes no referrals"))
    if not listing.needs:
        marks.append(phrase("No needs stated"))
    if listing.confidential:
        marks.append(phrase("Area only"))
    return marks


def listing_view(service: Service, world: World, *, at: datetime) -> dict[str, Any]:
    """Return a listing as its page shows it: what is not known is said, never left out."""
    cover = coverage_now(service, tuple(sorted(service.needs)), at, world.hours)
    return {
        "name": service.name,
        "member": service.member.name,
        "marks": [translated(mark) for mark in _marks(service)],
        "description": service.description,
        "phone": service.phone,
        "coverage": coverage_dict(cover, service, at),
        "alert": service.alert,
        "is_program": Need.ABUSIVE_PARTNER_INTERVENTION in service.needs,
        "rows": [
            {"term": translated(term), "value": value or translated(UNKNOWN)}
            for term, value in _rows(service, world, at)
        ],
        "before": facts_rows(service.member),
    }


def _rows(service: Service, world: World, at: datetime) -> list[tuple[Phrase, str]]:
    return [
        (phrase("Helps with"), _joined(need.label for need in Need if need in service.needs)),
        (phrase("For whom"), _joined(track.label for track in Track if track in service.tracks)),
        (phrase("Area"), area_text(service, world)),
        (phrase("Public places"), _sites(service)),
        (phrase("Hours"), service.hours_text or service.opening_hours or ""),
        (phrase("How to start"), service.how_to_apply),
        (phrase("Room"), _capacity(service, at)),
        (phrase("Languages"), _languages(service)),
        (phrase("Who they help"), _who(service)),
        (phrase("Access"), _access(service)),
        (phrase("Cost"), translated(service.cost.label)),
        (phrase("Website"), service.website or ""),
        (phrase("Last checked"), _checked(service, at)),
    ]


def _joined(words: Any) -> str:  # noqa: ANN401 -- any run of phrases
    return ", ".join(translated(word) for word in words)


def _sites(service: Service) -> str:
    if service.confidential:
        return translated(phrase("The address is private."))
    return ", ".join(dict.fromkeys(site.city or site.name for site in service.sites))


def _capacity(service: Service, at: datetime) -> str:
    capacity = service.capacity
    if capacity is None or capacity.updated_at is None:
        return ""
    when = DeskTime(g.network.timezone, at).full(capacity.updated_at)
    status = "; ".join(
        [
            translated(capacity.status.label),
            *(
                f"{translated(kind.label)}: {capacity.households[kind.value]}"
                for kind in Household
                if kind.value in capacity.households
            ),
            *([capacity.note] if capacity.note else []),
        ]
    )
    if capacity_is_fresh(service, at, DEFAULT):
        return translated(phrase("%(status)s, confirmed %(time)s", status=status, time=when))
    return translated(
        phrase("%(status)s on %(time)s; that is old: call to check", status=status, time=when)
    )


def _languages(service: Service) -> str:
    return ", ".join(
        translated(
            phrase("%(language)s (staff)", language=language_name(language.code))
            if language.mode is LanguageMode.STAFF
            else phrase("%(language)s (interpreter)", language=language_name(language.code))
        )
        for language in service.languages
    )


def _who(service: Service) -> str:
    words: list[Phrase] = []
    if service.gender_served is not Gender.UNKNOWN:
        words.append(service.gender_served.label)
    low, high = service.minimum_age, service.maximum_age
    if low and high is not None:
        words.append(phrase("ages %(low)s to %(high)s", low=low, high=high))
    elif low:
        words.append(phrase("from age %(low)s", low=low))
    elif high is not None:
        words.append(phrase("up to age %(high)s", high=high))
    words += [population.label for population in sorted(service.populations)]
    return "; ".join(filter(None, [_joined(words), service.eligibility_text]))


def _access(service: Service) -> str:
    told = sorted(service.accessibility.items())
    words = [
        access.label if known is Known.YES else phrase("not: %(access)s", access=access.label)
        for access, known in told
        if known is not Known.UNKNOWN
    ]
    return _joined(words)


def _checked(service: Service, at: datetime) -> str:
    if service.last_verified_at is None:
        return translated(phrase("Never"))
    days = max(0, (at - service.last_verified_at).days)
    return translated(phrase("%(days)s days ago", days=days) if days else phrase("Today"))
