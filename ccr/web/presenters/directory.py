"""Listings in words: rows of the directory, and one listing with everything staff may see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import g, url_for
from flask_babel import format_date

from ccr.adapters.exports.list_pdf import ListedService
from ccr.domain.answering import calendar_or_none, coverage_now
from ccr.domain.change_by_link import BY_LINK
from ccr.domain.directory import Precision, Service
from ccr.domain.freshness import capacity_is_fresh, stale
from ccr.domain.languages import language_name
from ccr.domain.opening import DAYS, week_ahead
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.program_limits import LIMITS_TITLE, SHORT_LIMITS
from ccr.domain.public_listing import is_program
from ccr.domain.room import Household
from ccr.domain.taxonomy import Gender, Known, LanguageMode, Need, ServiceStatus, Track
from ccr.domain.weights import DEFAULT
from ccr.services.directory import OpenListing
from ccr.services.world import World
from ccr.storage.queries.listing_page import Beside
from ccr.web.forms.joining import ROLE_LABELS
from ccr.web.forms.listing_rows import KIND_LABELS
from ccr.web.language import translated
from ccr.web.presenters.exactness import exactness
from ccr.web.presenters.listing_review import MEMBER_BY_LINK
from ccr.web.presenters.moments import DeskTime, local_day
from ccr.web.presenters.routing import area_text, coverage_dict, facts_rows, program_words

UNKNOWN = phrase("Not known: call to check")
ROOM, LAST_CHECKED = phrase("Room"), phrase("Last checked")


def service_row(service: Service, flagged: frozenset[UUID] = frozenset()) -> dict[str, Any]:
    """Return one row of what a search found.

    Args:
        flagged: services of programs without a consultation protocol in force.
    """
    return {
        "href": url_for("directory.service", service_id=service.id),
        "name": service.name,
        "member": service.member.name,
        "phone": service.phone,
        "needs": [translated(need.label) for need in Need if need in service.needs],
        "marks": [translated(mark) for mark in _marks(service)],
        **program_words(service, flagged),
    }


def compared(services: Sequence[Service], world: World, *, at: datetime) -> dict[str, Any]:
    """Return listings side by side: a row for each fact, what is not known said so."""
    rows = [
        {
            "term": translated(term),
            "on_paper": term is not ROOM,
            "values_": [say(service) or translated(UNKNOWN) for service in services],
        }
        for term, say in _facts(world, at)
    ]
    if any(is_program(service) for service in services):
        limits = [_limits(service) or "–" for service in services]
        rows.append({"term": translated(LIMITS_TITLE), "on_paper": True, "values_": limits})
    return {"items_": [service_row(service) for service in services], "rows": rows}


def listed_for_paper(
    services: Sequence[Service], world: World, *, at: datetime
) -> list[ListedService]:
    """Return listings as the short list prints them, each a block: what is not known is left out.

    Paper is handed on and kept: room, which is for staff alone, does not stand on it, and when a
    listing was checked stands on it as a day.
    """
    said = [(term, say) for term, say in _facts(world, at) if term not in {ROOM, LAST_CHECKED}]
    return [
        ListedService(
            service.name,
            tuple(
                (term, value)
                for term, value in [
                    ("", service.member.name),
                    ("", _joined(_marks(service))),
                    *((translated(term), say(service)) for term, say in said),
                    (translated(LIMITS_TITLE), _limits(service)),
                    (translated(phrase("Checked on")), _checked_on(service)),
                ]
                if value
            ),
        )
        for service in services
    ]


def _limits(service: Service) -> str:
    """Return what a program cannot do, with every listing of one on paper (R10)."""
    return translated(SHORT_LIMITS) if is_program(service) else ""


def _checked_on(service: Service) -> str:
    at = service.last_verified_at
    return local_day(at, g.network.timezone).isoformat() if at else translated(phrase("never"))


def _facts(world: World, at: datetime) -> list[tuple[Phrase, Callable[[Service], str]]]:
    """Return what is said of a listing beside others; an empty text is what nobody has stated."""
    return [
        (phrase("Helps with"), lambda s: _joined(n.label for n in Need if n in s.needs)),
        (phrase("Phone"), lambda s: s.phone or ""),
        (phrase("Area"), lambda s: area_text(s, world)),
        (phrase("Public places"), _sites),
        (phrase("Hours"), lambda s: s.hours_text or s.opening_hours or ""),
        (phrase("How to start"), lambda s: s.how_to_apply),
        (ROOM, lambda s: _capacity(s, at)),
        (phrase("Languages"), _languages),
        (phrase("Who they help"), _who),
        (phrase("Access"), _access),
        (phrase("Cost"), lambda s: translated(s.cost.label)),
        (LAST_CHECKED, lambda s: _checked(s, at)),
    ]


def said_of(service: Service, world: World, *, at: datetime) -> list[dict[str, str]]:
    """Return what is said of one listing beside others, without its room; unknown says so."""
    return _terms([(term, say(service)) for term, say in _facts(world, at) if term is not ROOM])


def _marks(listing: Service) -> list[Phrase]:
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


def listing_view(page: OpenListing, world: World, *, at: datetime) -> dict[str, Any]:
    """Return a listing as its page shows it: what is not known is said, never left out."""
    service = page.service
    cover = coverage_now(service, tuple(sorted(service.needs)), at, world.hours)
    return {
        "name": service.name,
        "member": service.member.name,
        "other_name": page.beside.alternate_name,
        "marks": [translated(mark) for mark in _marks(service)],
        "description": service.description,
        "phone": service.phone,
        "coverage": coverage_dict(cover, service, at),
        "alert": service.alert,
        "is_program": is_program(service),
        "what": _terms(_what(page)),
        "who": _terms(_for_whom(service, page)),
        "where": _terms(_where(service, world)),
        "places": [_place(place) for place in page.beside.places],
        "phones": [_phone(phone) for phone in page.beside.phones],
        "hours": _week(service, world, at),
        "hours_text": service.hours_text,
        "website": safe_address(service.website),
        "email": service.email or "",
        "keeping": _terms(_keeping(page, at)),
        "old": stale(service, at) or service.last_verified_at is None,
        "before": facts_rows(service.member),
    }


def _terms(rows: list[tuple[Phrase, str]]) -> list[dict[str, str]]:
    return [
        {"term": translated(term), "value": value or translated(UNKNOWN)} for term, value in rows
    ]


def _what(page: OpenListing) -> list[tuple[Phrase, str]]:
    service = page.service
    cost = translated(service.cost.label)
    return [
        (phrase("Helps with"), _joined(need.label for need in Need if need in service.needs)),
        (phrase("How to start"), service.how_to_apply),
        (phrase("Waiting time"), page.beside.wait_time),
        (phrase("Cost"), "; ".join(filter(None, [cost, service.fees_text]))),
    ]


def _for_whom(service: Service, page: OpenListing) -> list[tuple[Phrase, str]]:
    return [
        (phrase("For whom"), _joined(track.label for track in Track if track in service.tracks)),
        (phrase("Who they help"), _who(service)),
        (
            phrase("Languages"),
            "; ".join(filter(None, [_languages(service), page.beside.interpretation])),
        ),
        (phrase("Access"), _access(service)),
    ]


def _where(service: Service, world: World) -> list[tuple[Phrase, str]]:
    told = [
        word
        for said, word in (
            (service.in_person, phrase("In person")),
            (service.by_phone, phrase("By phone")),
            (service.virtual, phrase("Online")),
        )
        if said
    ]
    return [
        (phrase("How it is given"), _joined(told)),
        (phrase("Area"), area_text(service, world)),
        *([(phrase("Public places"), _sites(service))] if service.in_person else []),
    ]


def _week(service: Service, world: World, at: datetime) -> list[dict[str, Any]]:
    """Return the hours of the seven days from today on a 24-hour clock; none when not known."""
    calendar = calendar_or_none(service.opening_hours, service.timezone, world.hours)
    if calendar is None:
        return []
    return [
        {
            "day": translated(DAYS[hours.day.weekday()]),
            "date": format_date(hours.day, "d MMM"),
            "words": [f"{opens:%H:%M}–{_until(closes)}" for opens, closes in hours.spans]
            or [translated(phrase("Closed"))],
            "today": number == 0,
        }
        for number, hours in enumerate(week_ahead(calendar, at, service.timezone))
    ]


def _until(closes: datetime) -> str:
    return "24:00" if (closes.hour, closes.minute) == (0, 0) else f"{closes:%H:%M}"


def _keeping(page: OpenListing, at: datetime) -> list[tuple[Phrase, str]]:
    service, found = page.service, page.beside
    rows = [
        (ROOM, _capacity(service, at)),
        (LAST_CHECKED, _checked(service, at)),
    ]
    if found.verified_by:
        rows.append((phrase("Checked by"), _by(found.verified_by)))
    if not page.may_edit:
        rows.append((phrase("Agreement with you"), _agreement(found)))
    return rows


def _by(checked_by: str) -> str:
    """Return who checked: the role in words where it is one of ours, then the rest as kept."""
    code, comma, rest = checked_by.partition(", ")
    label = next((words for role, words in ROLE_LABELS.items() if role.value == code), None)
    label = MEMBER_BY_LINK if code == BY_LINK else label
    return f"{translated(label)}{comma}{rest}" if label else checked_by


def _agreement(found: Beside) -> str:
    if not found.agreed:
        return translated(phrase("None is recorded"))
    if found.agreed_until is None:
        return translated(phrase("In force, without an end"))
    day = format_date(found.agreed_until, "medium")
    return translated(phrase("In force until %(day)s", day=day))


def _place(place: dict[str, Any]) -> dict[str, str]:
    town = " ".join(filter(None, (place["state_province"], place["postal_code"])))
    lines = (place["address_1"], place["address_2"], place["city"], town)
    return {
        "name": place["name"],
        "address": ", ".join(filter(None, lines)),
        "way": place["transportation"] or "",
        "exact": translated(exactness(Precision(place["precision"]), place["coordinates_from"])),
    }


def _phone(phone: dict[str, Any]) -> dict[str, Any]:
    kind = phone["type"]
    about = [translated(KIND_LABELS.get(kind, phrase("Phone"))), phone["description"]]
    return {**phone, "about": ", ".join(filter(None, about))}


def safe_address(address: str | None) -> str | None:
    """Return a web address that may stand in a link: http or https, else None (case 26)."""
    if address and address.lower().startswith(("http://", "https://")):
        return address
    return None


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
