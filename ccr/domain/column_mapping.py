"""Which column of a flat table means what: a mapping, a first guess at it, and what it lacks.

What lives here: the value, its JSON, the guess from header words and values, the check. What must
not: files; a guess that is applied without a person having seen it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ccr.domain.column_fields import (
    FIELD_OF_WORD,
    KIND_WORDS,
    TARGETS,
    FieldGroup,
    RowKind,
    column_key,
)
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import Phrase, phrase

LONGEST_CONSTANT = 300
MOST_COLUMNS = 1000
MOST_KINDS = 60
_MOSTLY = 0.6
"""Share of filled cells that must look alike before their look names a column."""
_FLAG_WORDS = frozenset(
    {"yes", "no", "y", "n", "true", "false", "1", "0", "x", "t", "f", "on", "off", "private",
     "public", "confidential", "hidden"}
)  # fmt: skip
_HIDES = re.compile(r"private|confidential|suppress|undisclosed|hide_|hidden")
_MAIL_ADDRESS = re.compile(r"mail(?:ing|_address)|postal_address|billing")
_PHONE = re.compile(r"\+?1?[\s.(-]*\d{3}[\s.)/-]*\d{3}[\s.-]*\d{4}(?:\s*(?:x|ext)\D{0,3}\d{1,6})?")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}")
_WEB = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_ZIP = re.compile(r"\d{5}(?:-\d{4})?")
_BY_LOOK: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("email", _EMAIL),
    ("url", _WEB),
    ("phone", _PHONE),
    ("postal_code", _ZIP),
)
_NUMBERED_PHONE = re.compile(r"(?:tele)?phone_?\d+(?:_?(?:number|num|no))?|phones?_?\d*_?number")
_PREFIXED = re.compile(r"(agency|organization|organisation|org|provider)_(.+)")
_OWN_PREFIX = re.compile(r"(?:service|program|resource|listing|site|location|physical)_(.+)")


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """How to read one flat table.

    Attributes:
        columns: header as written -> name of a field in `TARGETS`; columns not here are not read.
        constants: name of a field -> what it says in rows whose own cell is blank.
        kinds: what stands in the column of row kinds, by `column_key` -> what such a row is.
            Without a column for the kind, each row is one service at one place.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, RowKind] = field(default_factory=dict)

    def columns_for(self, target: str) -> tuple[str, ...]:
        """Return the headers read as this field."""
        return tuple(header for header, name in self.columns.items() if name == target)

    def column_for(self, target: str) -> str | None:
        """Return the first header read as this field, or None."""
        return next(iter(self.columns_for(target)), None)

    @property
    def by_kind(self) -> bool:
        """Return True when a column says what each row is."""
        return self.column_for("row_kind") is not None

    def tells(self, target: str) -> bool:
        """Return True when a column or a constant gives this field."""
        return bool(self.columns_for(target)) or bool(self.constants.get(target))

    def as_json(self) -> dict[str, Any]:
        """Return it as plain JSON; `mapping_from_json` reads it back."""
        return {
            "columns": dict(self.columns),
            "constants": dict(self.constants),
            "kinds": {value: kind.value for value, kind in self.kinds.items()},
        }


def mapping_from_json(data: object) -> ColumnMapping:
    """Return a mapping from plain JSON, e.g. of `import_mapping.mapping` or a file.

    Raises:
        InvalidInputError: not such JSON, an unknown field or kind, or too much of it.
    """
    if not isinstance(data, dict):
        raise _unreadable()
    columns = _texts(data.get("columns"), MOST_COLUMNS)
    constants = _texts(data.get("constants"), len(TARGETS))
    kinds = _texts(data.get("kinds"), MOST_KINDS)
    unknown = {*columns.values(), *constants} - TARGETS.keys()
    if unknown or set(kinds.values()) - set(RowKind):
        raise _unreadable()
    if any(len(text) > LONGEST_CONSTANT for text in constants.values()):
        raise _unreadable()
    return ColumnMapping(
        {header: target for header, target in columns.items() if target},
        {target: text.strip() for target, text in constants.items() if text.strip()},
        {column_key(value): RowKind(kind) for value, kind in kinds.items()},
    )


def _texts(data: object, most: int) -> dict[str, str]:
    if data is None:
        return {}
    if not isinstance(data, dict) or len(data) > most:
        raise _unreadable()
    if not all(isinstance(text, str) for pair in data.items() for text in pair):
        raise _unreadable()
    return dict(data)


def _unreadable() -> InvalidInputError:
    return InvalidInputError(
        phrase("This column mapping cannot be read: it names fields or kinds that are not known."),
        field="mapping",
    )


# -- what it lacks -------------------------------------------------------------------------------


def check(mapping: ColumnMapping, kind_values: Iterable[str] = ()) -> tuple[Phrase, ...]:
    """Return sentences on what is missing; none when the table can be read.

    `kind_values` are the different cells of the column of row kinds, where they are known.
    """
    found: list[Phrase] = []
    if not mapping.columns_for("name"):
        found.append(phrase("Say which column holds the name of each service."))
    for target in sorted(set(mapping.columns.values())):
        if not TARGETS[target].many and len(mapping.columns_for(target)) > 1:
            found.append(
                phrase(
                    "Two columns are read as “%(field)s”: choose one.",
                    field=TARGETS[target].label,
                )
            )
    if bool(mapping.columns_for("latitude")) != bool(mapping.columns_for("longitude")):
        found.append(phrase("Latitude and longitude only count together: name both, or neither."))
    found += _lacks_by_kind(mapping, kind_values) if mapping.by_kind else _lacks_plain(mapping)
    return tuple(found)


def _lacks_plain(mapping: ColumnMapping) -> list[Phrase]:
    found = []
    if not mapping.tells("organization_name") and not mapping.tells("organization_id"):
        found.append(
            phrase("Say which column names the organization, or give one name for all rows.")
        )
    return found


def _lacks_by_kind(mapping: ColumnMapping, kind_values: Iterable[str]) -> list[Phrase]:
    found = []
    means = set(mapping.kinds.values())
    if not means & {RowKind.PROGRAM, RowKind.PROGRAM_AT_SITE}:
        found.append(phrase("Say which kind of row is a service."))
    unknown = {column_key(value) for value in kind_values if value} - mapping.kinds.keys()
    if unknown:
        found.append(
            phrase("Say what each kind of row is: %(count)s are not known yet.", count=len(unknown))
        )
    if not mapping.tells("organization_name") and not any(
        mapping.columns_for(link) for link in ("parent_id", "parent_name", "organization_id")
    ):
        found.append(phrase("Say which column names the record that a row belongs to."))
    if mapping.columns_for("parent_id") and not mapping.columns_for("row_id"):
        found.append(phrase("Rows name others by id: say which column holds each row's own id."))
    return found


def advise(mapping: ColumnMapping) -> tuple[Phrase, ...]:
    """Return sentences on what would make the import better, though it works without."""
    found = []
    if not mapping.columns_for("row_id"):
        found.append(
            phrase(
                "No column holds an id: a service is known by its organization and name, and "
                "becomes another one when either changes."
            )
        )
    if not mapping.columns_for("private_flag"):
        found.append(
            phrase(
                "No column marks hidden places: they are told from their words and kind alone. "
                "Check the list before you import."
            )
        )
    return tuple(found)


# -- the guess -----------------------------------------------------------------------------------


def suggest(header: Sequence[str], sample_rows: Iterable[Sequence[str]] = ()) -> ColumnMapping:
    """Return a first guess for a table: from the words of its header, then the look of its cells.

    Safety marks are looked for first. A column that cannot be told stays out.
    """
    rows = [list(row) for row in sample_rows]
    values = {
        name: [row[at].strip() for row in rows if at < len(row) and row[at].strip()]
        for at, name in enumerate(header)
    }
    columns = _names_apart(header)
    for guess in (_safety_mark, _by_word, _by_part, _by_look):
        for name in header:
            if not name or name in columns:
                continue
            target = guess(column_key(name), values[name])
            if target and (TARGETS[target].many or target not in columns.values()):
                columns[name] = target
    columns = {name: columns[name] for name in header if name in columns}
    kind_column = next((name for name, target in columns.items() if target == "row_kind"), None)
    kinds = _kinds(values[kind_column]) if kind_column else {}
    if kind_column and not kinds:
        del columns[kind_column]
    return ColumnMapping(_settled(columns, by_kind=bool(kinds)), {}, kinds)


def _safety_mark(key: str, values: Sequence[str]) -> str | None:
    if _HIDES.search(key) and all(column_key(value) in _FLAG_WORDS for value in values):
        if "phone" in key or "fax" in key:
            return "phone_private_flag"
        return None if _MAIL_ADDRESS.search(key) else "private_flag"
    target = FIELD_OF_WORD.get(key)
    return target if target and TARGETS[target].group is FieldGroup.SAFETY else None


def _by_word(key: str, values: Sequence[str]) -> str | None:
    del values
    return FIELD_OF_WORD.get(key)


def _by_part(key: str, values: Sequence[str]) -> str | None:
    """Return what a header means by its parts: "Agency Phone", "Phone2Number", "Site City"."""
    del values
    if _MAIL_ADDRESS.search(key):
        return None
    if _NUMBERED_PHONE.fullmatch(key):
        return "phone"
    if found := _PREFIXED.fullmatch(key):
        target = f"organization_{FIELD_OF_WORD.get(found[2], found[2])}"
        target = target.replace("organization_url", "organization_website")
        return target if target in TARGETS else None
    if found := _OWN_PREFIX.fullmatch(key):
        return FIELD_OF_WORD.get(found[1])
    return None


def _by_look(key: str, values: Sequence[str]) -> str | None:
    if _MAIL_ADDRESS.search(key) or not values:
        return None
    for target, look in _BY_LOOK:
        if sum(1 for value in values if look.fullmatch(value)) >= _MOSTLY * len(values):
            return target
    return None


def _kinds(values: Iterable[str]) -> dict[str, RowKind]:
    """Return what each value of a column of kinds means; none when it is no such column."""
    found: dict[str, RowKind] = {}
    for key in dict.fromkeys(column_key(value) for value in values):
        kind = next((k for k, words in KIND_WORDS.items() if key in words), None)
        if kind is not None:
            found[key] = kind
    return found if RowKind.PROGRAM in found.values() or len(found) > 1 else {}


def _settled(columns: dict[str, str], *, by_kind: bool) -> dict[str, str]:
    """Return the guess with names in their place: rows of several kinds each tell of themselves."""
    if by_kind:
        taken = set(columns.values())
        return {
            name: wanted if (wanted := _OF_THE_ROW.get(target, target)) not in taken else target
            for name, target in columns.items()
        }
    if "organization_name" not in columns.values():
        columns = {n: t.replace("parent_name", "organization_name") for n, t in columns.items()}
    return {n: t for n, t in columns.items() if t not in {"parent_id", "parent_name", "row_kind"}}


_OF_THE_ROW = {"organization_name": "parent_name", "organization_description": "description"}


def _names_apart(header: Sequence[str]) -> dict[str, str]:
    """Return which column is the organization's name where "Name" stands beside "Program"."""
    keys = {column_key(name): name for name in header}
    others = {target for key in keys if (target := FIELD_OF_WORD.get(key)) and key != "name"}
    if "name" in keys and "name" in others and not others & {"organization_name", "row_kind"}:
        return {keys["name"]: "organization_name"}
    return {}
