"""Single cells read into facts: addresses of sites and mail, numbers, dates, yes and no.

Each reader returns the safe meaning and leaves a note where a cell had to be bent or dropped.
No note ever repeats what the cell says.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from urllib.parse import urlsplit

import phonenumbers

from ccr.adapters.packages.tabular import Row, clean
from ccr.domain.directory import Point
from ccr.domain.directory_import import NoteBook
from ccr.domain.phrases import phrase
from ccr.domain.web_addresses import as_uri

MAX_URL = 500
MAX_EMAIL = 255
MAX_TEXT = 20_000
MOST_WRAPPED = 5
TRUE = frozenset({"true", "yes", "y", "1", "t", "x", "on"})
FALSE = frozenset({"false", "no", "n", "0", "f", "off"})
_EMAIL = re.compile(r"[^@\s<>\"',;:()\\]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*):")
_HOST = re.compile(r"^(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?\.)+[a-z0-9-]{2,}$")
_DATE = re.compile(r"^(\d{4})-(\d{2})-(\d{2})")
_PHONE_NOISE = re.compile(r"^[\"'\s]+|[\"'\s]+$")
_EXTENSION = re.compile(r"(?i)^(.*?\d)\s*(?:,?\s*(?:ext|extension|x)\.?\s*#?\s*(\d{1,8}))$")


def flag(row: Row, *names: str) -> bool | None:
    """Return a yes or no cell, or None when blank or unreadable."""
    value = row.get(*names).lower()
    if value in TRUE:
        return True
    return False if value in FALSE else None


def short(row: Row, column: str, limit: int, notes: NoteBook) -> str:
    """Return a cell cut to `limit` characters, with a note where it was cut."""
    value = row.get(column)
    return cut(value, limit, row, column, notes)


def cut(value: str, limit: int, row: Row, column: str, notes: NoteBook) -> str:
    """Return the value, at most `limit` characters of it."""
    if len(value) <= limit:
        return value
    notes.warn(row.place, column, phrase("Cut to %(limit)s characters.", limit=limit))
    return value[:limit].rstrip()


def text(row: Row, column: str, notes: NoteBook) -> str:
    """Return running text without HTML tags, at most 20,000 characters."""
    value = row.get(column)
    for _ in range(MOST_WRAPPED):
        if "<" not in value or ">" not in value:
            break
        # A tag may stand inside another's words: what is kept must read the same the next time.
        value, before = without_tags(value), value
        if value == before:
            break
    return cut(value, MAX_TEXT, row, column, notes)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag in {"script", "style"}:
            self._silent += 1
        elif tag == "li":
            self.parts.append("\n- ")
        elif tag in {"br", "p", "div", "ul", "ol", "tr"}:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"} and self._silent:
            self._silent -= 1
        elif tag in {"ul", "ol", "p", "div", "tr"}:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)


def without_tags(value: str) -> str:
    """Return the words of a text with HTML in it, a list item to a line."""
    words = _Words()
    words.feed(value)
    words.close()
    lines = (" ".join(line.split()) for line in "".join(words.parts).splitlines())
    return clean("\n".join(line for line in lines if line))


def web_address(row: Row, notes: NoteBook, *columns: str) -> str | None:
    """Return an http or https address, or None; https is assumed where no scheme is given.

    Source: security.md case 26: javascript:, data: and every other scheme are refused.
    """
    value = row.get(*columns)
    if not value:
        return None
    column = next(name for name in columns if row.get(name))
    address = _web_address(value)
    if address is None or len(address) > MAX_URL:
        notes.warn(row.place, column, phrase("Not an http or https address: left out."))
        return None
    if not value.lower().startswith(("http://", "https://")):
        notes.info(row.place, column, phrase("No scheme: https is assumed."))
    return as_uri(address)


def _web_address(value: str) -> str | None:
    value = value.strip()
    if any(char.isspace() or char in "<>\"'`{}|\\^" for char in value):
        return None
    if value.startswith("//"):
        value = f"https:{value}"
    scheme = _SCHEME.match(value)
    if not scheme or re.match(r"^[A-Za-z0-9.-]+:\d{1,5}(?:/|$)", value):
        # "example.org:8080" has a port, not a scheme.
        value = f"https://{value}"
    elif scheme.group(1).lower() not in {"http", "https"}:
        return None
    try:
        parts = urlsplit(value)
        port_is_fine = parts.port is None or parts.port > 0
        host = (parts.hostname or "").encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        return None
    if not port_is_fine or parts.username is not None or not _HOST.match(host):
        return None
    return value


def email(row: Row, notes: NoteBook, column: str = "email") -> str | None:
    """Return an e-mail address, or None."""
    value = row.get(column).removeprefix("mailto:")
    if not value:
        return None
    if len(value) > MAX_EMAIL or not _EMAIL.fullmatch(value):
        notes.warn(row.place, column, phrase("Not an e-mail address: left out."))
        return None
    return value


def whole_number(row: Row, column: str, notes: NoteBook, *, highest: int) -> int | None:
    """Return a whole number from 0 to `highest`, or None with a note."""
    value = row.get(column)
    if not value:
        return None
    try:
        number = float(value.replace(",", ""))
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or not 0 <= number <= highest:
        notes.warn(row.place, column, phrase("Not a usable number: read as not known."))
        return None
    return int(number)


def day(row: Row, column: str, notes: NoteBook) -> date | None:
    """Return an ISO date (of a date or a time), or None with a note."""
    value = row.get(column)
    if not value:
        return None
    found = _DATE.match(value)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else _other_day(value)
    except ValueError:
        notes.warn(row.place, column, phrase("Not a date we can read: left out."))
        return None


def _other_day(value: str) -> date:
    for form in ("%B %d, %Y", "%m/%d/%Y", "%m/%d/%y", "%d %B %Y"):
        try:
            return datetime.strptime(value, form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    msg = "no form of date fits"
    raise ValueError(msg)


def moment(row: Row, column: str, notes: NoteBook) -> datetime | None:
    """Return an ISO date and time as aware UTC (UTC is assumed without an offset), or None."""
    value = row.get(column)
    if not value:
        return None
    try:
        result = datetime.fromisoformat(value)
        return (result if result.tzinfo else result.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        notes.warn(row.place, column, phrase("Not a date we can read: left out."))
        return None


def phone_number(row: Row, notes: NoteBook) -> tuple[str, str | None] | None:
    """Return (number as people write it, extension), or None when there are no digits.

    A number that no country could have is kept as it came, with a warning: a person can put it
    right, and a listing without a phone helps nobody.
    """
    value = _PHONE_NOISE.sub("", row.get("number"))
    extension = row.get("extension")[:20] or None
    if not any(char.isdigit() for char in value):
        if value:
            notes.warn(row.place, "number", phrase("No digits in this phone number: left out."))
        return None
    if found := _EXTENSION.match(value):
        value, extension = found[1], extension or found[2]
    prefix = row.get("country_prefix")
    if prefix and not value.startswith("+"):
        value = f"+{prefix.lstrip('+')} {value}"
    try:
        number = phonenumbers.parse(value, "US")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        notes.warn(row.place, "number", phrase("Not a possible phone number: kept as it is."))
        return value[:60], extension
    home = number.country_code == 1
    form = phonenumbers.PhoneNumberFormat
    written = phonenumbers.format_number(number, form.NATIONAL if home else form.INTERNATIONAL)
    return written, extension or (number.extension or None)


def point(row: Row, notes: NoteBook) -> Point | None:
    """Return the row's coordinates, or None; what cannot be on Earth, and 0,0, is dropped."""
    lat, lon = row.get("latitude", "lat"), row.get("longitude", "lon", "lng", "long")
    if not lat and not lon:
        return None
    try:
        found = Point(float(lat), float(lon))
    except ValueError:
        notes.warn(row.place, "latitude", phrase("Coordinates that are not numbers: dropped."))
        return None
    if found.lat == 0 and found.lon == 0:
        notes.warn(row.place, "latitude", phrase("Coordinates 0, 0 mean not known: dropped."))
        return None
    # Written so that NaN fails too.
    if not (-90 <= found.lat <= 90 and -180 <= found.lon <= 180):  # noqa: PLR2004 -- degrees
        notes.warn(row.place, "latitude", phrase("Impossible coordinates: dropped."))
        return None
    return found
