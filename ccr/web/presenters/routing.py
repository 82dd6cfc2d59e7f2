"""A routing answer as pages show it: words translated, nothing decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from flask_babel import ngettext

from ccr.domain.answering import CoverageNow, coverage_now
from ccr.domain.directory import Member, Service
from ccr.domain.languages import language_name
from ccr.domain.moments import weekday_time
from ccr.domain.path_words import ToldReach
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.program_limits import NO_PROTOCOL
from ccr.domain.public_listing import is_program
from ccr.domain.routing_request import AreaPartner, CostPart, Partner, RouteAnswer, RouteRequest
from ccr.domain.taxonomy import AreaExtent, CoverageMode, Known, Urgency
from ccr.services.world import World
from ccr.web.language import translated
from ccr.web.presenters.maps import MapView, NumberedPoint, county_map
from ccr.web.presenters.pathways import ways_dict
from ccr.web.presenters.plans import nearest_rows, plan_rows

KM_PER_MILE = 1.609344
LEAST_SCALE = 30
NO_WAYS: Mapping[UUID, ToldReach] = MappingProxyType({})
SHARED_BY_MOST = frozenset(
    {
        "Serves this ZIP",
        "Serves this county",
        "Serves the whole state",
        "Serves the whole country",
        "Serves all genders",
        "By phone",
        "Online",
        "Free",
        "Cost by income",
    }
)
"""Reasons that nearly every partner shares: true, and said in one quiet line below the others."""


@dataclass(frozen=True, slots=True)
class ResultsView:
    """Everything the results need, in the reader's language."""

    heading: str
    lead: str
    brief: list[str]
    found: int
    scale_max: int
    cards: list[dict[str, Any]]
    areas: list[dict[str, Any]]
    why_not: list[dict[str, Any]]
    plans: list[dict[str, Any]]
    nearest: list[dict[str, Any]]
    map: MapView | None
    county_fips: str
    needs: list[str]
    near: str = field(default="", repr=False)
    programs: bool = False
    """Whether a program for abusive partners stands in a plan."""
    measured: bool = False
    """Whether a trip was measured; plans keep to the estimate and then say so."""


def results_view(
    answer: RouteAnswer,
    world: World,
    planned: Mapping[UUID, Service],
    ways: Mapping[UUID, ToldReach] = NO_WAYS,
    flagged: frozenset[UUID] = frozenset(),
) -> ResultsView:
    """Return the results as the templates take them.

    Args:
        planned: `answer.planned_ids` by id.
        ways: how each partner is reached; nothing for a reader who is nobody in particular.
        flagged: services of programs without a consultation protocol in force.
    """
    request = answer.request
    longest = max((p.effective_minutes for p in answer.partners), default=0)
    found = len(answer.partners) + len(answer.area_partners)
    picture = _map(answer)
    return ResultsView(
        heading=request.near.label,
        lead=_lead(found),
        brief=_brief(request),
        found=found,
        measured=any(part.measured for p in answer.partners for part in p.parts),
        scale_max=max(LEAST_SCALE, -(-longest // LEAST_SCALE) * LEAST_SCALE),
        cards=[
            {
                **_card(number, partner, request, world),
                **program_words(partner.service, flagged),
                "ways": ways_dict(ways.get(partner.service.id), counted=True),
                **(picture.group_of(number) if picture else {}),
            }
            for number, partner in enumerate(answer.partners, start=1)
        ],
        areas=[
            {
                **_area_row(partner, request, world),
                **program_words(partner.service, flagged),
                "ways": ways_dict(ways.get(partner.service.id), counted=False),
            }
            for partner in answer.area_partners
        ],
        why_not=[
            {
                "service": row.service.name,
                "member": row.service.member.name,
                "text": translated(row.text),
                "would_change": translated(row.would_change),
            }
            for row in answer.why_not
        ],
        plans=plan_rows(answer, planned),
        nearest=nearest_rows(answer, planned),
        programs=any(is_program(service) for service in planned.values()),
        map=picture,
        county_fips=request.near.county_fips,
        needs=[translated(need.label) for need in request.needs],
        near=request.near.label,
    )


def program_words(service: Service, flagged: frozenset[UUID]) -> dict[str, Any]:
    """Return whether a listing is a program's, and the red word where no protocol holds (R3)."""
    return {
        "program": is_program(service),
        "flag": translated(NO_PROTOCOL) if service.id in flagged else None,
    }


def _lead(found: int) -> str:
    if not found:
        return ""
    lead: str = ngettext(
        "%(num)s partner fits. The person chooses. Nothing is sent before their yes.",
        "%(num)s partners fit. The person chooses. Nothing is sent before their yes.",
        found,
    )
    return lead


def _brief(request: RouteRequest) -> list[str]:
    """Return the question in a few words, for the fold above the results; not what is usual."""
    urgent = request.urgency is not Urgency.STANDARD
    return [
        ngettext("%(num)s need", "%(num)s needs", len(request.needs)),
        *([translated(language_name(request.language))] if request.language else []),
        translated(request.transport.label),
        *([translated(request.urgency.label)] if urgent else []),
    ]


def _said(reasons: tuple[Phrase, ...]) -> dict[str, list[str]]:
    """Return reasons in two lists: those that tell this partner from others, and the rest."""
    return {
        "reasons": [translated(words) for words in reasons if words.msgid not in SHARED_BY_MOST],
        "also": [translated(words) for words in reasons if words.msgid in SHARED_BY_MOST],
    }


def _card(number: int, partner: Partner, request: RouteRequest, world: World) -> dict[str, Any]:
    service = partner.service
    return {
        "number": number,
        "service_id": str(service.id),
        "service": service.name,
        "member": service.member.name,
        "place_text": _place_text(partner),
        "effective_minutes": partner.effective_minutes,
        "parts": [_part(part) for part in partner.parts],
        "explain": bool(partner.parts),
        **_said(partner.reasons),
        "unknown": [translated(words) for words in partner.unknown],
        "coverage": coverage_dict(
            coverage_now(service, request.needs, request.at, world.hours), service, request.at
        ),
        "phone": service.phone,
        "helps": [translated(need.label) for need in partner.needs],
        "facts": before_they_choose(service.member),
        "on_ccr": service.member.on_ccr,
        "by_phone": service.member.by_phone,
        "by_link": service.member.by_link,
    }


def _part(part: CostPart) -> dict[str, Any]:
    shown = {"name": part.name, "minutes": part.minutes, "text": translated(part.text)}
    if part.name == "travel":
        words = phrase("Travel, measured") if part.measured else phrase("Travel, estimate")
        shown["label"] = translated(words)
    return shown


def _place_text(partner: Partner) -> str:
    site = next(s for s in partner.service.sites if s.id == partner.site_id)
    miles = partner.distance_km / KM_PER_MILE
    if miles < 1:
        distance = phrase("under 1 mile")
    elif round(miles) == 1:
        distance = phrase("about 1 mile")
    else:
        distance = phrase("about %(miles)s miles", miles=round(miles))
    return (
        translated(phrase("%(town)s, %(distance)s", town=site.city, distance=distance))
        if site.city
        else translated(distance)
    )


def _area_row(partner: AreaPartner, request: RouteRequest, world: World) -> dict[str, Any]:
    service = partner.service
    cover = coverage_now(service, request.needs, request.at, world.hours)
    return {
        "service_id": str(service.id),
        "service": service.name,
        "member": service.member.name,
        "area_text": area_text(service, world),
        "hours_text": service.hours_text or None,
        "confidential": service.confidential,
        "phone": service.phone,
        "helps": [translated(need.label) for need in partner.needs],
        **_said(partner.reasons),
        "unknown": [translated(words) for words in partner.unknown],
        "coverage": coverage_dict(cover, service, request.at),
        "facts": before_they_choose(service.member),
        "on_ccr": service.member.on_ccr,
        "by_phone": service.member.by_phone,
        "by_link": service.member.by_link,
    }


def area_text(service: Service, world: World) -> str:
    """Return where the service is given, in words: its areas, never a place in them."""
    names = []
    for area in service.areas:
        if area.extent is AreaExtent.NATION:
            names.append(translated(phrase("The whole country")))
        elif area.extent is AreaExtent.COUNTY:
            county = world.gazetteer.county(area.code)
            names.append(
                translated(phrase("%(county)s County", county=county.name)) if county else area.code
            )
        elif area.extent is AreaExtent.STATE:
            names.append(translated(phrase("All of %(state)s", state=area.code)))
        else:
            names.append(area.code)
    kept = ", ".join(sorted(names)) or translated(phrase("Area not stated: call to check"))
    if not service.confidential:
        return kept
    return translated(
        phrase("%(areas)s. The address is private, so there is no map or distance.", areas=kept)
    )


def coverage_dict(cover: CoverageNow, service: Service, at: datetime) -> dict[str, Any] | None:
    """Return who answers now, as the coverage badge takes it."""
    if cover.mode is None:
        return {"reads": None, "text": translated(cover.text), "phone": service.phone}
    until = translated(weekday_time(cover.until, service.timezone, now=at)) if cover.until else None
    if service.member.by_phone:
        return _phone_coverage(cover, service, until)
    if cover.mode is CoverageMode.STAFFED:
        now = phrase("Someone reads this until %(time)s.", time=until) if until else cover.text
        return {"reads": True, "text": translated(now)}
    on_call = cover.mode is CoverageMode.ON_CALL_PHONE
    return {
        "reads": False,
        "until": until,
        "phone": cover.phone or service.phone,
        "on_call": on_call and cover.phone is not None,
        # The words are built around the number as a link; only a missing number needs its own.
        "text": translated(cover.text) if on_call and cover.phone is None else None,
    }


def _phone_coverage(cover: CoverageNow, service: Service, until: str | None) -> dict[str, Any]:
    """Return who picks up now at a partner that has no inbox to read."""
    if cover.mode is CoverageMode.STAFFED:
        now = (
            phrase("Someone answers the phone until %(time)s.", time=until)
            if until
            else phrase("Someone answers the phone now.")
        )
        return {"reads": True, "text": translated(now)}
    later = (
        phrase("Nobody answers the phone before %(time)s.", time=until)
        if until
        else phrase("Nobody answers the phone now.")
    )
    return {"reads": None, "text": translated(later), "phone": service.phone}


def before_they_choose(member: Member) -> list[str]:
    """Return the facts a person may want before choosing, shortest first words first."""
    said: list[tuple[Known, Phrase, Phrase]] = [
        (member.law_enforcement_run, phrase("Run by police"), phrase("Not run by police")),
        (
            member.mandated_reporter,
            phrase("Must report child abuse"),
            phrase("No duty to report child abuse"),
        ),
        (member.public_records, phrase("Records law applies"), phrase("No public records law")),
        (member.asks_for_id, phrase("Asks for ID"), phrase("No ID asked")),
    ]
    known = [
        yes if value is Known.YES else no for value, yes, no in said if value is not Known.UNKNOWN
    ]
    missing = sum(1 for value, _, _ in said if value is Known.UNKNOWN)
    words = [translated(item) for item in known]
    if missing:
        words.append(translated(phrase("Not all facts known: ask")))
    return words


def facts_rows(member: Member) -> list[dict[str, str]]:
    """Return the same facts as rows of a list, unknown ones included."""
    rows = (
        (phrase("Must report child abuse"), member.mandated_reporter),
        (phrase("Run by police"), member.law_enforcement_run),
        (phrase("Public records law"), member.public_records),
        (phrase("Asks for ID"), member.asks_for_id),
    )
    return [
        {
            "term": translated(term),
            "value": translated(phrase("Not known: ask") if v is Known.UNKNOWN else v.label),
        }
        for term, v in rows
    ]


def _map(answer: RouteAnswer) -> MapView | None:
    points = []
    for number, partner in enumerate(answer.partners, start=1):
        site = next(s for s in partner.service.sites if s.id == partner.site_id)
        if site.point is not None:
            points.append(NumberedPoint(number, site.point, site.city or partner.service.name))
    return county_map(points=points, origin=answer.request.near)
