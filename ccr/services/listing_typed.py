"""What was typed into a listing's form, read field by field: every field is checked, not the first.

A step of the use cases that edit and add listings; they authorise around it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ccr.adapters import typed_facts
from ccr.domain.errors import InvalidInputError
from ccr.domain.listing_fields import MOST_AREAS, MOST_PHONES, Fields
from ccr.domain.phrases import phrase
from ccr.domain.taxonomy import (
    Access,
    Cost,
    Gender,
    Known,
    Labelled,
    LanguageMode,
    Need,
    Population,
    ServiceStatus,
    Track,
)
from ccr.services.world import World

LONGEST_NAME = 300
LONGEST_TEXT = 20_000
OLDEST = 120
PHONE_KINDS = ("voice", "hotline", "tty", "text", "fax")
Typed = Mapping[str, Any]


class FieldsRefusedError(InvalidInputError):
    """Several fields cannot be used; each has its own sentence."""

    def __init__(self, errors: list[InvalidInputError]) -> None:
        super().__init__(errors[0].phrase, field=errors[0].field)
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Reading:
    """What is needed to read a form: the listing as it is, its network's state, the world."""

    held: Fields
    state: str
    world: World
    places: frozenset[str]
    """Ids of the public places that the listing may be given at."""


def read_typed(typed: Typed, reading: Reading) -> dict[str, Any]:
    """Return the fields of a form as plain values.

    Raises:
        FieldsRefusedError: with a sentence for every field that cannot be used.
    """
    found: dict[str, Any] = {}
    errors: list[InvalidInputError] = []
    for name, value in typed.items():
        try:
            found[name] = _READERS[name](name, value, reading)
        except InvalidInputError as error:
            errors.append(error)
    low, high = (found.get(n, reading.held.get(n)) for n in ("minimum_age", "maximum_age"))
    if low is not None and high is not None and low > high:
        errors.append(
            InvalidInputError(phrase("The highest age is below the lowest."), field="maximum_age")
        )
    if errors:
        raise FieldsRefusedError(errors)
    return found


def _line(name: str, value: str, _reading: Reading) -> str:
    text = _words(name, value, LONGEST_NAME)
    if not text:
        raise InvalidInputError(phrase("Give it a name."), field=name)
    return text


def _short(name: str, value: str, _reading: Reading) -> str | None:
    return _words(name, value, LONGEST_NAME) or None


def _text(name: str, value: str, _reading: Reading) -> str:
    return _words(name, value, LONGEST_TEXT)


def _words(name: str, value: str, most: int) -> str:
    text = value.replace("\r\n", "\n").replace("\x00", "").strip()
    if len(text) > most:
        raise InvalidInputError(phrase("At most %(most)s characters.", most=most), field=name)
    return text


def _one_of(codes: type[Labelled]) -> Callable[[str, str, Reading], str]:
    def read(name: str, value: str, _reading: Reading) -> str:
        if value not in set(codes):
            raise InvalidInputError(phrase("Choose one."), field=name)
        return value

    return read


def _some_of(codes: type[Labelled], *, least: int = 0) -> Callable[[str, list[str], Reading], Any]:
    def read(name: str, value: list[str], _reading: Reading) -> list[str]:
        chosen = sorted(set(value))
        if not set(chosen) <= set(codes):
            raise InvalidInputError(phrase("Choose from the list."), field=name)
        if len(chosen) < least:
            raise InvalidInputError(phrase("Choose at least one."), field=name)
        return chosen

    return read


def _yes(_name: str, value: object, _reading: Reading) -> bool:
    return bool(value)


def _age(name: str, value: str, _reading: Reading) -> int | None:
    text = value.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 3 and int(text) <= OLDEST):  # noqa: PLR2004
        raise InvalidInputError(
            phrase("A whole number of years, from 0 to %(oldest)s.", oldest=OLDEST), field=name
        )
    return int(text)


def _accessibility(name: str, value: Mapping[str, str], _reading: Reading) -> dict[str, str]:
    if not (set(value) <= set(Access) and set(value.values()) <= set(Known)):
        raise InvalidInputError(phrase("Choose from the list."), field=name)
    return {access: known for access, known in sorted(value.items()) if known != Known.UNKNOWN}


def _hours(name: str, value: str, reading: Reading) -> str | None:
    text = value.strip()
    if not text:
        return None
    calendar = reading.world.hours.calendar(text, "UTC")  # refuses what cannot be read
    del calendar
    return _short(name, text, reading)


def _timezone(name: str, value: str, _reading: Reading) -> str:
    try:
        datetime(2026, 1, 1, tzinfo=UTC).astimezone(ZoneInfo(value))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidInputError(phrase("Choose a time zone of the list."), field=name) from None
    return value


def _url(name: str, value: str, _reading: Reading) -> str | None:
    return typed_facts.typed_web_address(value, name)


def _email(name: str, value: str, _reading: Reading) -> str | None:
    return typed_facts.typed_email(value, name)


def _languages(name: str, value: list[tuple[str, str]], _reading: Reading) -> list[list[str]]:
    if not all(code and mode in set(LanguageMode) for code, mode in value):
        raise InvalidInputError(phrase("Choose from the list."), field=name)
    return sorted([code, mode] for code, mode in set(value))


def _areas(name: str, value: str, reading: Reading) -> list[list[str]]:
    lines = value.splitlines()
    if len(lines) > MOST_AREAS:
        raise InvalidInputError(phrase("At most %(most)s lines.", most=MOST_AREAS), field=name)
    held, world = reading.held.get("areas", ()), reading.world
    return typed_facts.typed_areas(lines, held, world.gazetteer, reading.state)


def _sites(name: str, value: list[str], reading: Reading) -> list[str]:
    if not set(value) <= reading.places:
        raise InvalidInputError(phrase("Choose from the list."), field=name)
    return sorted(str(UUID(site)) for site in set(value))


def _phones(name: str, value: list[Mapping[str, Any]], reading: Reading) -> list[dict[str, Any]]:
    if len(value) > MOST_PHONES:
        raise InvalidInputError(phrase("At most %(most)s phones.", most=MOST_PHONES), field=name)
    held = {(p["number"], p["extension"]): p for p in reading.held.get("phones", ())}
    phones: list[dict[str, Any]] = []
    for row in value:
        as_typed = (row["number"].strip(), row["extension"].strip() or None)
        # A number that was here stays as it was written, however its source wrote it.
        number, extension = as_typed if as_typed in held else _phone(name, len(phones) + 1, row)
        if row["type"] not in {*PHONE_KINDS, held.get(as_typed, {}).get("type")}:
            raise InvalidInputError(phrase("Choose from the list."), field=name)
        phones.append(
            {
                "number": number,
                "extension": extension,
                "type": row["type"],
                "description": _words(name, row["description"], LONGEST_NAME),
                "is_private": bool(row["is_private"]),
            }
        )
    return phones


def _phone(name: str, place: int, row: Mapping[str, Any]) -> tuple[str, str | None]:
    try:
        return typed_facts.typed_phone(row["number"], row["extension"])
    except InvalidInputError as error:
        raise InvalidInputError(
            phrase("Phone %(number)s: %(wrong)s", number=place, wrong=error.phrase), field=name
        ) from error


_READERS: dict[str, Callable[[str, Any, Reading], Any]] = {
    "name": _line,
    "alternate_name": _short,
    "description": _text,
    "status": _one_of(ServiceStatus),
    "do_not_refer": _yes,
    "tracks": _some_of(Track, least=1),
    "minimum_age": _age,
    "maximum_age": _age,
    "gender_served": _one_of(Gender),
    "populations": _some_of(Population),
    "populations_only": _yes,
    "accessibility": _accessibility,
    "cost": _one_of(Cost),
    "fees_description": _text,
    "in_person": _yes,
    "by_phone": _yes,
    "virtual": _yes,
    "url": _url,
    "website": _url,
    "email": _email,
    "application_process": _text,
    "eligibility_description": _text,
    "interpretation_services": _text,
    "wait_time": _text,
    "alert": _text,
    "opening_hours": _hours,
    "hours_text": _text,
    "timezone": _timezone,
    "needs": _some_of(Need),
    "areas": _areas,
    "languages": _languages,
    "phones": _phones,
    "sites": _sites,
}
