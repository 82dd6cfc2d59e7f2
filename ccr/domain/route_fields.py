"""What was typed for a search, read into a request: from a form, the terminal or JSON alike.

What lives here: texts to values. What must not: places and members, which others look up.
Messages say what is wrong with which field. They never repeat what was typed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from ccr.domain.directory import Place
from ccr.domain.errors import InvalidInputError
from ccr.domain.keeping_away import DEFAULT_KM, LEAST_KM, MOST_KM, MOST_PLACES
from ccr.domain.phrases import phrase
from ccr.domain.routing_request import DEFAULT_LIMIT, MAX_NEEDS, NotNear
from ccr.domain.taxonomy import Access, AgeBand, Gender, Need, Track, Transport, Urgency

MOST_PARTNERS = 50
MOST_EXCLUDED = 50
_MOST_DIGITS = 4
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
Code = TypeVar("Code", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteFields:
    """A search as given: plain texts. An empty text means "not said".

    Attributes:
        needs: one to five need codes.
        near: ZIP, town or county; never a street address.
        at: ISO 8601, or empty for now; without an offset it is the network's local time.
        exclude: members never to be proposed, by full name or id; never echoed or kept.
        not_near: places to keep away from, as "PLACE" or "PLACE=KM"; 8 km when not said. Never
            echoed or kept.
        apart_from: ids of services to which the sender sent the other party; never echoed.
        limit: how many partners at most, 1 to 50; 10 when empty.
    """

    needs: list[str] = field(default_factory=list)
    near: str = field(default="", repr=False)
    track: str = ""
    urgency: str = ""
    language: str = ""
    access: list[str] = field(default_factory=list)
    age_band: str = ""
    gender: str = ""
    transport: str = ""
    at: str = ""
    exclude: list[str] = field(default_factory=list, repr=False)
    not_near: list[str] = field(default_factory=list, repr=False)
    apart_from: list[str] = field(default_factory=list, repr=False)
    limit: str = ""


@dataclass(frozen=True, slots=True)
class KeptOut:
    """What a person asked to be kept out of a search. Never echoed, printed, logged or sent (R82).

    Attributes:
        members: ids or full names of members.
        not_near: places, as in RouteFields.
        apart_from: ids of services to which the sender sent the other party.
    """

    members: tuple[str, ...] = field(default=(), repr=False)
    not_near: tuple[str, ...] = field(default=(), repr=False)
    apart_from: tuple[str, ...] = field(default=(), repr=False)

    def __bool__(self) -> bool:
        """Return True when anything is kept out."""
        return bool(self.members or self.not_near or self.apart_from)

    def __or__(self, other: KeptOut) -> KeptOut:
        """Return both together."""
        return KeptOut(
            _both(self.members, other.members),
            _both(self.not_near, other.not_near),
            _both(self.apart_from, other.apart_from),
        )


def _both(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*one, *other]))


def read_needs(codes: Iterable[str]) -> tuple[Need, ...]:
    """Return the needs in the order given, each once; raises InvalidInputError."""
    needs = tuple(dict.fromkeys(_one(Need, code, "needs") for code in codes if code.strip()))
    if not 1 <= len(needs) <= MAX_NEEDS:
        raise InvalidInputError(
            phrase("Choose one to %(most)s needs.", most=MAX_NEEDS), field="needs"
        )
    return needs


def read_listing_needs(codes: Iterable[str]) -> frozenset[Need]:
    """Return the needs a listing meets; none means it is found by name and never proposed.

    Raises:
        InvalidInputError: field `needs`: there is no such code.
    """
    return frozenset(_one(Need, code, "needs") for code in codes if code.strip())


def read_tracks(codes: Iterable[str]) -> frozenset[Track]:
    """Return for whom a listing is; raises InvalidInputError when it is for nobody."""
    tracks = frozenset(_one(Track, code, "tracks") for code in codes if code.strip())
    if not tracks:
        raise InvalidInputError(phrase("Say for whom it is: choose at least one."), field="tracks")
    return tracks


def read_access(codes: Iterable[str]) -> frozenset[Access]:
    """Return the access needs; raises InvalidInputError."""
    return frozenset(_one(Access, code, "access") for code in codes if code.strip())


def read_track(text: str) -> Track:
    """Return for whom it is; a survivor when not said. Raises InvalidInputError."""
    return _optional(Track, text, "track") or Track.SURVIVOR


def read_urgency(text: str) -> Urgency:
    """Return how soon; standard when not said. Raises InvalidInputError."""
    return _optional(Urgency, text, "urgency") or Urgency.STANDARD


def read_transport(text: str) -> Transport:
    """Return how the person gets there; by car when not said. Raises InvalidInputError."""
    return _optional(Transport, text, "transport") or Transport.CAR


def read_age_band(text: str) -> AgeBand | None:
    """Return the age band, or None when not said; raises InvalidInputError."""
    return _optional(AgeBand, text, "age_band")


def read_gender(text: str) -> Gender | None:
    """Return the gender, or None when not said; raises InvalidInputError."""
    return _optional(Gender, text, "gender")


def read_language(text: str) -> str | None:
    """Return the language code, or None when not said; raises InvalidInputError."""
    code = text.strip().lower()
    if not code:
        return None
    if not _LANGUAGE.fullmatch(code):
        raise InvalidInputError(
            phrase("Give the language as a code, as in es or so."), field="language"
        )
    return code


def read_limit(text: str) -> int:
    """Return how many partners at most; raises InvalidInputError."""
    text = text.strip()
    if not text:
        return DEFAULT_LIMIT
    if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS:
        limit = int(text)
        if 1 <= limit <= MOST_PARTNERS:
            return limit
    raise InvalidInputError(
        phrase("The limit is a number from 1 to %(most)s.", most=MOST_PARTNERS), field="limit"
    )


def read_moment(text: str, now: datetime, timezone: str) -> datetime:
    """Return the moment asked about in UTC, or now; raises InvalidInputError.

    A time without an offset is taken in the network's time zone.
    """
    text = text.strip()
    if not text:
        return now
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ZoneInfo(timezone))
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidInputError(
            phrase("Give the time as in 2026-11-12T16:20 or 2026-11-12T16:20-05:00."), field="at"
        ) from None


def read_excluded(
    texts: Iterable[str], find_member: Callable[[str], UUID | None]
) -> frozenset[UUID]:
    """Return the members never to be proposed; raises InvalidInputError.

    Args:
        find_member: returns the id of the member of this name or id, or None.
    """
    wanted = [text.strip() for text in texts if text.strip()]
    if len(wanted) > MOST_EXCLUDED:
        raise InvalidInputError(
            phrase("Leave out %(most)s members at most.", most=MOST_EXCLUDED), field="exclude"
        )
    found = [find_member(text) for text in wanted]
    if None in found:
        raise InvalidInputError(
            phrase("There is no member of this name to leave out. Give the full name."),
            field="exclude",
        )
    return frozenset(member_id for member_id in found if member_id is not None)


def read_not_near(texts: Iterable[str], find_place: Callable[[str], Place]) -> tuple[NotNear, ...]:
    """Return the places to keep away from, each once, with the most km said for it.

    Args:
        find_place: returns the place of a ZIP, town or county; raises InvalidInputError.

    Raises:
        InvalidInputError: field `not_near`. No sentence names a place: not even as a choice.
    """
    wanted = list(dict.fromkeys(text.strip() for text in texts if text.strip()))
    found: dict[str, NotNear] = {}
    for text in wanted[: 2 * MOST_PLACES + 1]:
        name, equals, km = text.rpartition("=")
        away = _km_to_keep(km) if equals else DEFAULT_KM
        try:
            place = find_place(name if equals else text)
        except InvalidInputError:
            raise InvalidInputError(
                phrase("Give a ZIP, or a town or county with its state: one place, known here."),
                field="not_near",
            ) from None
        known = found.get(place.label)
        found[place.label] = NotNear(place, max(away, known.km if known else 0))
    if len(found) > MOST_PLACES or len(wanted) > 2 * MOST_PLACES:
        raise InvalidInputError(
            phrase(
                "Keep away from %(most)s places at most, those said before included.",
                most=MOST_PLACES,
            ),
            field="not_near",
        )
    return tuple(found[label] for label in sorted(found))


def not_near_text(away: NotNear) -> str:
    """Return a place to keep away from as it is read again: by its full name, whatever the state.

    >>> from ccr.domain.directory import Place, Point, Precision
    >>> troy = Place("Troy, NY", Point(42.7, -73.7), Precision.CITY, None, "36083", "x", "NY")
    >>> not_near_text(NotNear(troy, 8.0))
    'Troy, NY=8'
    """
    return f"{away.place.label}={away.km:g}"


def _km_to_keep(text: str) -> float:
    text = text.strip()
    if text.isascii() and text.isdigit() and LEAST_KM <= int(text[:4]) <= MOST_KM:
        return float(text)
    raise InvalidInputError(
        phrase(
            "The distance is a whole number of km from %(least)s to %(most)s.",
            least=int(LEAST_KM),
            most=int(MOST_KM),
        ),
        field="not_near",
    )


def _optional(codes: type[Code], text: str, name: str) -> Code | None:
    return _one(codes, text, name) if text.strip() else None


def _one(codes: type[Code], text: str, name: str) -> Code:
    try:
        return codes(text.strip().lower())
    except ValueError:
        raise InvalidInputError(
            phrase("There is no such code. Choose from: %(codes)s.", codes=", ".join(codes)),
            field=name,
        ) from None
