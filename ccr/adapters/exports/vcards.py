"""Listings as address cards (vCard 3.0), one for each service; a confidential one has no ADR."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import vobject

from ccr.domain.directory import Area
from ccr.domain.flat_listing import language_words
from ccr.domain.open_records import OpenPhone, OpenService, OpenSite, is_open_program
from ccr.domain.program_limits import SHORT_LIMITS


def write_vcards(
    services: Iterable[OpenService], name_of: Callable[[Area], str]
) -> Iterator[bytes]:
    """Yield a card a piece. Source: RFC 2426; read back with vobject in the tests."""
    for service in services:
        yield _card(service, name_of).serialize(lineLength=75).encode()


def _card(service: OpenService, name_of: Callable[[Area], str]):  # type: ignore[no-untyped-def]  # noqa: ANN202
    card = vobject.vCard()
    card.add("uid").value = f"urn:uuid:{service.id}"
    card.add("fn").value = _line(service.name)
    card.add("n").value = vobject.vcard.Name(family=_line(service.name))
    card.add("org").value = [_line(service.member.name), _line(service.name)]
    for phone in _phones(service):
        tel = card.add("tel")
        tel.value = _line(f"{phone.number} x{phone.extension}" if phone.extension else phone.number)
        tel.type_param = "FAX" if phone.kind == "fax" else "WORK"
    for _, site in service.links:
        if site.address_1 or site.city:
            adr = card.add("adr")
            adr.value = _address(site)
            adr.type_param = "WORK"
    if service.url:
        card.add("url").value = _line(service.url)
    card.add("note").value = "\n".join(_notes(service, name_of))
    return card


def _phones(service: OpenService) -> Iterator[OpenPhone]:
    seen: set[tuple[str, str | None]] = set()
    for phone in (*service.phones, *(p for _, site in service.links for p in site.phones)):
        if (phone.number, phone.extension) not in seen:
            seen.add((phone.number, phone.extension))
            yield phone


def _address(site: OpenSite) -> vobject.vcard.Address:
    return vobject.vcard.Address(
        street=_line(site.address_1 or ""),
        extended=_line(site.address_2 or ""),
        city=_line(site.city or ""),
        region=_line(site.state_province or ""),
        code=_line(site.postal_code or ""),
        country=_line(site.country or ""),
    )


def _notes(service: OpenService, name_of: Callable[[Area], str]) -> Iterator[str]:
    """Yield the lines of the note: area, hours, languages, and how old all of it is."""
    if service.confidential:
        yield "The address is private."
    if service.areas:
        yield f"Area: {', '.join(name_of(area) for area in service.areas)}"
    if hours := service.hours_text or service.opening_hours:
        yield f"Hours: {_line(hours)}"
    if languages := language_words(service):
        yield f"Languages: {', '.join(languages)}"
    if is_open_program(service):
        yield str(SHORT_LIMITS)
    checked = service.last_verified_at
    when = checked.date().isoformat() if checked else "never"
    yield f"May be out of date. Checked: {when}"


def _line(text: str) -> str:
    return " ".join(text.split())
