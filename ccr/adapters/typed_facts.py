"""What people type into a listing, read as an import would read it, and refused where it bends it.

An import keeps the safe meaning and leaves a note; a person at a form is asked instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ccr.adapters.gazetteer import Gazetteer
from ccr.adapters.packages import cells
from ccr.adapters.packages.areas import AreaReader
from ccr.adapters.packages.tabular import Row
from ccr.domain.directory_import import NoteBook, NoteLevel
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase
from ccr.domain.taxonomy import AreaExtent

NATION = "United States"


def typed_phone(number: str, extension: str) -> tuple[str, str | None]:
    """Return a number as people write it and its extension; field `phones`.

    Raises:
        InvalidInputError: no country could have this number.
    """
    notes = NoteBook()
    extension = extension.strip()
    row = Row("", 0, {"number": number.strip(), "extension": extension})
    found = cells.phone_number(row, notes)
    if found is None or notes.notes or (extension and not re.fullmatch(r"\d{1,8}", extension)):
        raise InvalidInputError(
            phrase("Not a possible phone number. Write it as in 518-555-0142."), field="phones"
        )
    return found


def typed_web_address(text: str, field: str = "url") -> str | None:
    """Return an http or https address, or None for nothing; raises InvalidInputError."""
    if not text.strip():
        return None
    notes = NoteBook()
    found = cells.web_address(Row("", 0, {"url": text.strip()}), notes, "url")
    if found is None or any(note.level is not NoteLevel.INFO for note in notes.notes):
        raise InvalidInputError(
            phrase("Not a web address. Write it as in https://example.org."), field=field
        )
    return found


def typed_email(text: str, field: str = "email") -> str | None:
    """Return an e-mail address, or None for nothing; raises InvalidInputError."""
    if not text.strip():
        return None
    found = cells.email(Row("", 0, {"email": text.strip()}), NoteBook())
    if found is None:
        raise InvalidInputError(phrase("Not an e-mail address."), field=field)
    return found


def area_lines(areas: Iterable[list[str]], gazetteer: Gazetteer) -> list[str]:
    """Return areas as lines that `typed_areas` reads back: "Albany County, NY", "12207", "NY"."""
    return [_line(extent, code, gazetteer) for extent, code in areas]


def _line(extent: str, code: str, gazetteer: Gazetteer) -> str:
    if extent == AreaExtent.NATION:
        return NATION
    if extent == AreaExtent.COUNTY and (county := gazetteer.county(code)):
        return county.label
    return code


def typed_areas(
    lines: Iterable[str], held: Iterable[list[str]], gazetteer: Gazetteer, state: str
) -> list[list[str]]:
    """Return the areas of lines, one a line: a county, a ZIP, a state, or the United States.

    Args:
        held: the areas there are now; their lines always read back.
        state: two letters; where a county without a state is.

    Raises:
        InvalidInputError: field `areas`, with the number of the line. A town is none: it would
            silently become its county.
    """
    known = {_line(extent, code, gazetteer): [extent, code] for extent, code in held}
    reader = AreaReader(gazetteer)
    found: list[list[str]] = []
    for number, line in enumerate((line.strip() for line in lines if line.strip()), 1):
        if line in known:
            found.append(known[line])
            continue
        read = reader.read([line], state)
        if read.unread or read.widened or not read.areas:
            raise InvalidInputError(
                phrase(
                    "Line %(number)s is no county, ZIP code or state that we know. "
                    "Write it as in Albany County, NY.",
                    number=number,
                ),
                field="areas",
            )
        found += [[area.extent.value, area.code] for area in read.areas]
    return sorted([extent, code] for extent, code in dict.fromkeys(map(tuple, found)))
