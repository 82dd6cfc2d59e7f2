"""The public finder as pages show it: plain words, phone first, and what is not known said so."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import format_date, ngettext

from ccr.domain.answering import calendar_or_none
from ccr.domain.directory import Member, Service
from ccr.domain.languages import language_name
from ccr.domain.opening import DAYS, day_words, week_ahead
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.public_finder import hours_fact, opening_of
from ccr.domain.public_listing import is_program, short_name
from ccr.domain.reasons import language_mode
from ccr.domain.routing_request import Partner, RouteRequest
from ccr.domain.taxonomy import AreaExtent, Cost, Gender, Known, LanguageMode
from ccr.services.finder import FinderAnswer
from ccr.services.world import World
from ccr.web.language import current_locale, translated
from ccr.web.presenters.exactness import exactness_of
from ccr.web.presenters.public_facts import ACCESS_ASK, ACCESS_NO, ACCESS_YES, COST, card_facts

KM_PER_MILE = 1.609344
_LONG_AGO_DAYS = 60
CALL_FIRST = phrase("Call. Say what you need. You do not have to give your name.")
NO_PHONE = phrase(
    "We have no number for this place. Call one of the lines at the top of this page."
)


def results_view(answer: FinderAnswer, world: World) -> dict[str, Any]:
    """Return everything that the results page needs, in the reader's language."""

    def card(service: Service) -> dict[str, Any]:
        hours = hours_fact(service, answer.wishes, answer.moments, world.hours)
        shown = service_card(service, answer.request.at, world, answer.request, hours)
        return {**shown, "lacks_protocol": service.id in answer.flagged}

    return {
        "place": answer.request.near.label,
        "choices": [translated(choice.label) for choice in answer.choices],
        "wishes": _wished(answer),
        "found": answer.found,
        "eased": answer.eased,
        "cards": [{**card(p.service), "where": _distance(p)} for p in answer.partners],
        "areas": [card(partner.service) for partner in answer.area_partners],
        "closest": [card(partner.service) for partner in answer.closest],
        "farther": [card(service) for service in answer.farther],
        "ids": [
            *(str(partner.service.id) for partner in answer.partners),
            *(str(partner.service.id) for partner in answer.area_partners),
        ],
    }


def _wished(answer: FinderAnswer) -> list[str]:
    wishes, request = answer.wishes, answer.request
    words = [wishes.hours.label] if wishes.hours else []
    words += [COST[Cost.FREE]] if wishes.free else []
    words += [language_name(request.language)] if request.language else []
    return [translated(word) for word in (*words, *(a.label for a in sorted(request.access)))]


def service_card(
    service: Service,
    at: datetime,
    world: World,
    request: RouteRequest | None = None,
    hours: Phrase | None = None,
) -> dict[str, Any]:
    """Return one service as a card. Nothing here depends on where the search started."""
    opening = opening_of(service, at, world.hours)
    number, extension = phone_parts(service.phone)
    return {
        "id": str(service.id),
        "href": url_for("finder.listing", service_id=service.id),
        "service": service.name,
        "member": service.member.name,
        "where": area_words(service, world),
        "private": service.confidential,
        "opening": {"state": opening.state.value, "text": translated(opening.text)},
        "first": service.how_to_apply or translated(CALL_FIRST if number else NO_PHONE),
        "in_their_words": bool(service.how_to_apply),
        "phone": number,
        "extension": extension,
        "facts": card_facts(service, request, hours),
        "checked": checked_words(service, at),
        "program": is_program(service),
    }


def _distance(partner: Partner) -> str:
    town = next(s.city for s in partner.service.sites if s.id == partner.site_id)
    miles = partner.distance_km / KM_PER_MILE
    if miles < 1:
        away = translated(phrase("under 1 mile away"))
    else:
        away = ngettext("about %(num)s mile away", "about %(num)s miles away", round(miles))
    return f"{town}, {away}" if town else away


def phone_parts(phone: str | None) -> tuple[str | None, str | None]:
    """Return number and extension of a phone as the directory writes it.

    >>> phone_parts("518-555-0142 x12")
    ('518-555-0142', '12')
    """
    if not phone:
        return None, None
    number, _, extension = phone.partition(" x")
    return number, extension or None


def area_words(service: Service, world: World) -> str:
    """Return where a service is given: the towns of its public sites, else the areas it serves."""
    towns = sorted({f"{site.city}, {site.state}" for site in service.sites if site.city})
    if towns and not service.confidential and service.in_person:
        return "; ".join(towns)
    return _areas(service, world)


def _areas(service: Service, world: World) -> str:
    extents = {area.extent for area in service.areas}
    if AreaExtent.NATION in extents:
        return translated(phrase("The whole country"))
    states = sorted(a.code for a in service.areas if a.extent is AreaExtent.STATE)
    if states:
        return translated(phrase("The whole state (%(states)s)", states=", ".join(states)))
    found = (
        world.gazetteer.county(area.code)
        for area in service.areas
        if area.extent is AreaExtent.COUNTY
    )
    names = sorted(county.name for county in found if county)
    if names:
        listed = ", ".join(names)
        words: str = ngettext("%(names)s County", "Counties: %(names)s", len(names), names=listed)
        return words
    zips = sorted(a.code for a in service.areas if a.extent is AreaExtent.ZIP)
    if zips:
        return translated(phrase("ZIP codes: %(codes)s", codes=", ".join(zips)))
    return translated(phrase("Area: ask"))


def checked_words(service: Service, at: datetime) -> str:
    """Return how long ago somebody checked the listing."""
    if service.last_verified_at is None:
        return translated(phrase("Not checked yet: call to make sure"))
    days = max(0, (at - service.last_verified_at).days)
    if not days:
        return translated(phrase("Checked today"))
    if days <= _LONG_AGO_DAYS:
        words: str = ngettext("Checked %(num)s day ago", "Checked %(num)s days ago", days)
        return words
    local = service.last_verified_at.astimezone(ZoneInfo(service.timezone)).date()
    return translated(phrase("Checked %(day)s", day=format_date(local, "long")))


def listing_view(service: Service, world: World, at: datetime) -> dict[str, Any]:
    """Return one service in full."""
    return {
        **service_card(service, at, world),
        "about": service.description,
        "alert": service.alert,
        "hours": hours_rows(service, world, at),
        "hours_text": service.hours_text,
        "languages": _languages(service),
        "rows": _rows(service, world),
        "before": before_rows(service.member),
        "website": _web_address(service.website),
    }


def hours_rows(service: Service, world: World, at: datetime) -> list[dict[str, Any]]:
    """Return the hours of the seven days from today; none when they are not known."""
    calendar = calendar_or_none(service.opening_hours, service.timezone, world.hours)
    if calendar is None:
        return []
    return [
        {
            "day": translated(DAYS[hours.day.weekday()]),
            "date": format_date(hours.day, "MMM d" if current_locale() == "en" else "d MMM"),
            "words": [translated(words) for words in day_words(hours)],
            "today": number == 0,
        }
        for number, hours in enumerate(week_ahead(calendar, at, service.timezone))
    ]


def _languages(service: Service) -> list[str]:
    words = []
    for code in sorted({language.code for language in service.languages}):
        staff = language_mode(service, code) is LanguageMode.STAFF
        words.append(
            phrase("%(language)s: staff speak it", language=language_name(code))
            if staff
            else phrase("%(language)s: with an interpreter", language=language_name(code))
        )
    return [translated(word) for word in words] or [translated(phrase("Not known: ask"))]


def _rows(service: Service, world: World) -> list[dict[str, str]]:
    """Return who is helped, with what, where and how, as terms and values."""
    rows: list[tuple[Phrase, str]] = [
        (
            phrase("Helps with"),
            ", ".join(translated(need.label) for need in sorted(service.needs, key=str)),
        ),
        (phrase("Who they help"), _who(service)),
        (phrase("How"), _ways(service)),
        (phrase("Area they serve"), _areas(service, world)),
        (phrase("How exact its place is"), exactness_of(service)),
        (phrase("Cost"), translated(COST[service.cost])),
    ]
    if service.fees_text:
        rows.append((phrase("About the cost"), service.fees_text))
    rows += [(phrase("To get in and take part"), _access_words(service))]
    return [{"term": translated(term), "value": value} for term, value in rows if value]


def _who(service: Service) -> str:
    words = []
    if service.eligibility_text:
        words.append(service.eligibility_text)
    if service.gender_served in {Gender.WOMEN, Gender.MEN, Gender.ALL}:
        words.append(translated(service.gender_served.label))
    if service.minimum_age is not None:
        words.append(translated(phrase("From age %(age)s", age=service.minimum_age)))
    if service.maximum_age is not None:
        words.append(translated(phrase("Up to age %(age)s", age=service.maximum_age)))
    made_for = [translated(p.label) for p in sorted(service.populations)]
    if made_for:
        only = phrase("Only for: %(groups)s") if service.populations_only else None
        line = only or phrase("Made for: %(groups)s, and open to others")
        words.append(translated(phrase(line.msgid, groups=", ".join(made_for))))
    return ". ".join(word.rstrip(".") for word in words) or translated(phrase("Not known: ask"))


def _ways(service: Service) -> str:
    ways = [
        (service.in_person, phrase("In person")),
        (service.by_phone, phrase("By phone")),
        (service.virtual, phrase("Online")),
    ]
    return ", ".join(translated(words) for offered, words in ways if offered)


def _access_words(service: Service) -> str:
    words = []
    for access in ACCESS_YES:
        known = service.accessibility.get(access, Known.UNKNOWN)
        said = {Known.YES: ACCESS_YES, Known.NO: ACCESS_NO, Known.UNKNOWN: ACCESS_ASK}[known]
        words.append(translated(said[access]))
    return ". ".join(words)


def before_rows(member: Member) -> list[dict[str, str]]:
    """Return what a person may want to know before choosing; what is not known says "ask"."""
    rows = (
        (phrase("Must they report harm to a child?"), member.mandated_reporter),
        (phrase("Is it run by the police?"), member.law_enforcement_run),
        (phrase("Can the public ask to see its records?"), member.public_records),
        (phrase("Do they ask for an ID?"), member.asks_for_id),
    )
    return [
        {
            "term": translated(term),
            "value": translated(phrase("Not known: ask") if v is Known.UNKNOWN else v.label),
        }
        for term, v in rows
    ]


def _web_address(text: str | None) -> str | None:
    """Return an address that is safe to link to, or None."""
    return text if text and text.startswith(("https://", "http://")) else None


def paper_rows(services: Iterable[Service], world: World, at: datetime) -> list[dict[str, Any]]:
    """Return a short name, phone and hours for each, and nothing that says what it is."""
    rows = []
    for service in services:
        number, extension = phone_parts(service.phone)
        rows.append(
            {
                "program": is_program(service),
                "name": short_name(service.member.name),
                "phone": number,
                "extension": extension,
                "hours": _short_hours(service, world, at),
            }
        )
    return rows


def _short_hours(service: Service, world: World, at: datetime) -> list[str]:
    """Return the open days of the week, neighbours with equal hours together; none if unknown."""
    calendar = calendar_or_none(service.opening_hours, service.timezone, world.hours)
    if calendar is None:
        return []
    week = sorted(week_ahead(calendar, at, service.timezone), key=lambda hours: hours.day.weekday())
    lines = []
    for words, group in groupby(week, key=lambda hours: [translated(w) for w in day_words(hours)]):
        days = [translated(DAYS[hours.day.weekday()]) for hours in group]
        if len(days) == len(week):
            return words
        if words != [translated(phrase("Closed"))]:
            named = days[0] if len(days) == 1 else _from_to(days[0], days[-1])
            lines.append(f"{named}: {', '.join(words)}")
    return lines


def _from_to(first: str, last: str) -> str:
    return translated(phrase("%(first)s to %(last)s", first=first, last=last))
