"""What an import reads, as values: members, services, sites, and a note for every oddity.

What lives here: the records, the row notes, and the rules that hold for any package whatever its
dialect. What must not: files, rows of the database, the clock.
Source: HSDS 3.2.3 (names and required fields); standards.md B (the traps of real exports).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from ccr.domain.directory import Area, Language, Point, Precision
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import (
    Access,
    CapacityStatus,
    Cost,
    Gender,
    Known,
    MemberCategory,
    Need,
    Population,
    Regime,
    Sector,
    ServiceStatus,
    Track,
)


class NoteLevel(StrEnum):
    """How much a row note matters: an error row is never imported, the others are."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class SourceKind(StrEnum):
    """The dialect of a package."""

    HSDS_CSV = "hsds-csv"
    OHANA_CSV = "ohana-csv"
    HSDS_JSON = "hsds-json"
    FLAT = "flat"


@dataclass(frozen=True, slots=True)
class RowNote:
    """Something to know about one row of a package. It never holds what the row says.

    Attributes:
        table: the file, e.g. "services.csv"; or the table of a JSON file.
        line: the line where the row begins (the header is 1); the item's number in JSON; 0 for
            the table as a whole.
        level: an error leaves the row out, or stops the import.
        field: the column, or "".
        phrase: the sentence.
        source_id: the row's own id, or "".
    """

    table: str
    line: int
    level: NoteLevel
    field: str
    phrase: Phrase
    source_id: str = ""


@dataclass(frozen=True, slots=True)
class PhoneRecord:
    """A phone. A private one is kept, and never shown or exported."""

    source_id: str
    number: str
    extension: str | None = None
    kind: str = "voice"
    description: str = ""
    private: bool = False


@dataclass(frozen=True, slots=True)
class TermRecord:
    """A term of somebody's taxonomy, kept as it came."""

    taxonomy: str
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class CapacityRecord:
    """Room for one more as the package tells it; `said_at` is its own time, aware, or None."""

    status: CapacityStatus
    available: int | None
    unit: str | None
    said_at: datetime | None


@dataclass(frozen=True, slots=True)
class MemberRecord:
    """An organization. Category, sector and regime are guesses unless `kind_known`."""

    source_id: str
    line: int
    name: str
    alternate_name: str | None = None
    description: str = ""
    website: str | None = None
    email: str | None = None
    category: MemberCategory = MemberCategory.COMMUNITY
    sector: Sector = Sector.UNKNOWN
    regime: Regime = Regime.OTHER
    kind_known: bool = False
    kind_told: bool = False
    """True when the package of another CCR says so: nothing is guessed then."""
    may_ask: Mapping[str, Known] = field(default_factory=dict)
    """mandated_reporter, law_enforcement_run, public_records, asks_for_id, as far as told."""
    active: bool = True
    listed: bool = True
    phones: tuple[PhoneRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class SiteRecord:
    """A public place. Hidden places never become one: they are dropped while reading."""

    source_id: str
    line: int
    member_source_id: str
    name: str
    kind: str = "physical"
    description: str | None = None
    transportation: str | None = None
    address_1: str | None = None
    address_2: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None
    county_fips: str | None = None
    point: Point | None = None
    precision: Precision = Precision.NONE
    coordinates_from: str | None = None
    phones: tuple[PhoneRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceRecord:
    """A service with everything that the package says of it.

    Attributes:
        site_ids: source ids of its public sites; empty when hidden.
        hidden: True for a place that must stay unknown; then no site, area of a county or coarser.
        areas: what could be read of its service area; empty means not known.
        opening_hours: OSM opening-hours text, or None when not known.
        verified_on: the day the package says that it was checked.
    """

    source_id: str
    line: int
    member_source_id: str
    name: str
    alternate_name: str | None = None
    description: str = ""
    status: ServiceStatus = ServiceStatus.ACTIVE
    do_not_refer: bool = False
    hidden: bool = False
    needs: frozenset[Need] = frozenset()
    tracks: frozenset[Track] = frozenset()
    populations: frozenset[Population] = frozenset()
    populations_only: bool = False
    gender_served: Gender = Gender.UNKNOWN
    terms: tuple[TermRecord, ...] = ()
    areas: tuple[Area, ...] = ()
    site_ids: tuple[str, ...] = ()
    languages: tuple[Language, ...] = ()
    accessibility: Mapping[Access, Known] = field(default_factory=dict)
    capacity: CapacityRecord | None = None
    minimum_age: int | None = None
    maximum_age: int | None = None
    cost: Cost = Cost.UNKNOWN
    fees_description: str = ""
    in_person: bool = True
    by_phone: bool = False
    virtual: bool = False
    url: str | None = None
    email: str | None = None
    application_process: str = ""
    eligibility_description: str = ""
    interpretation_services: str = ""
    wait_time: str = ""
    alert: str = ""
    opening_hours: str | None = None
    hours_text: str = ""
    timezone: str | None = None
    verified_on: date | None = None
    phones: tuple[PhoneRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadPackage:
    """A package as read: records that can be stored, and notes on all that was met.

    Rows with an error note are not among the records. `hidden_sites` are the source ids of places
    that were taken out; nothing else of them is left.
    """

    kind: SourceKind
    members: tuple[MemberRecord, ...]
    services: tuple[ServiceRecord, ...]
    sites: tuple[SiteRecord, ...]
    notes: tuple[RowNote, ...]
    hidden_sites: frozenset[str] = frozenset()

    def count(self, level: NoteLevel) -> int:
        """Return how many notes there are of this level."""
        return sum(1 for note in self.notes if note.level is level)

    @property
    def sound(self) -> bool:
        """Return True when no row has an error."""
        return not any(note.level is NoteLevel.ERROR for note in self.notes)


@dataclass(slots=True)
class NoteBook:
    """Collects the notes of one reading, in the order met; the only thing here that grows."""

    notes: list[RowNote] = field(default_factory=list)

    def error(self, where: RowPlace, column: str, sentence: Phrase) -> None:
        """Note that this row is left out."""
        self._add(where, NoteLevel.ERROR, column, sentence)

    def warn(self, where: RowPlace, column: str, sentence: Phrase) -> None:
        """Note that something was read in its safe meaning and wants a look."""
        self._add(where, NoteLevel.WARNING, column, sentence)

    def info(self, where: RowPlace, column: str, sentence: Phrase) -> None:
        """Note something harmless."""
        self._add(where, NoteLevel.INFO, column, sentence)

    def _add(self, where: RowPlace, level: NoteLevel, column: str, sentence: Phrase) -> None:
        self.notes.append(
            RowNote(where.table, where.line, level, column, sentence, where.source_id)
        )


@dataclass(frozen=True, slots=True)
class RowPlace:
    """Where a row stands, for its notes."""

    table: str
    line: int = 0
    source_id: str = ""


def tally(notes: Iterable[RowNote]) -> dict[tuple[NoteLevel, str], int]:
    """Return how often each sentence was said, by level and English text, errors first.

    A report of 100,000 rows is read as this list first.
    """
    order = list(NoteLevel)
    counts: dict[tuple[NoteLevel, str], int] = {}
    for note in notes:
        key = (note.level, note.phrase.msgid)
        counts[key] = counts.get(key, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (order.index(item[0][0]), -item[1])))


def joined_id(*parts: str) -> str:
    """Return one id of at most 200 characters made of several, alike for alike parts."""
    whole = " ".join(part for part in parts if part)
    if len(whole) <= LONGEST_ID:
        return whole
    return f"{whole[:130]} {hashlib.sha256(whole.encode()).hexdigest()}"


LONGEST_ID = 200
"""As wide as the columns that keep ids of other people's records."""

CUT_OFF = phrase("This row has fewer cells than the header: the file may be cut off here.")
"""Said of the last row of a file that ends without a line end."""
