"""What one act changed of one record of the directory: the memory that histories and undo read.

What lives here: the shape, and what of a change may be remembered. What must not: rows, the clock.
Nothing of a hidden place is ever remembered (R48): whoever hides a place forgets its changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class RecordKind(StrEnum):
    """What a change is of."""

    MEMBER = "member"
    SERVICE = "service"
    LOCATION = "location"


class Act(StrEnum):
    """What was done."""

    CREATED = "created"
    EDITED = "edited"
    IMPORTED = "imported"
    VERIFIED = "verified"
    CAPACITY = "capacity"
    MERGED = "merged"
    UNDONE = "undone"
    HIDDEN = "hidden"
    PUBLISHED = "published"
    CLAIMED = "claimed"


PLACE_FIELDS = frozenset(
    {
        "address_1",
        "address_2",
        "city",
        "state_province",
        "postal_code",
        "country",
        "county_fips",
        "latitude",
        "longitude",
        "precision",
        "coordinates_from",
        "transportation",
        "description",
        "name",
    }
)
"""Fields of a location that tell where it is."""


@dataclass(frozen=True, slots=True)
class Change:
    """One act on one record.

    Attributes:
        before: the changed fields as they were, by column name, as JSON values; None for a new
            record. Lists that hang on a record stand under their own names (needs, areas,
            languages, terms, phones, sites, capacity).
        after: the same fields as they became; None for a record that is gone.
        version: the record's version after the act; 0 for a location.
        by_role: the role or the source that did it, never a person's name.
    """

    kind: RecordKind
    record_id: UUID
    act: Act
    at: datetime
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    version: int = 0
    account_id: UUID | None = None
    by_role: str = ""
    run_id: UUID | None = None


def difference(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the fields that differ, as they were and as they became.

    >>> difference({"name": "A", "url": None}, {"name": "B", "url": None})
    ({'name': 'A'}, {'name': 'B'})
    """
    names = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in names}, {name: after[name] for name in names}
