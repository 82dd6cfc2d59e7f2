"""Taking the directory away: as files that other programs open, and as the sheet of a county.

Everything here holds what anybody may know, and nothing else: open records, which have lost private
phones, capacity and the place of every confidential service before a writer sees them. That a file
was taken is audited, with its kind and how many listings it holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from ccr.adapters.area_names import GazetteerAreas
from ccr.adapters.exports.flat_csv import write_csv
from ccr.adapters.exports.flat_xlsx import write_xlsx
from ccr.adapters.exports.geojson import write_geojson
from ccr.adapters.exports.sheet_pdf import write_pdf
from ccr.adapters.exports.vcards import write_vcards
from ccr.domain.county_sheet import CountySheet, entry_of, in_order, is_wide
from ccr.domain.directory import Area
from ccr.domain.errors import InvalidInputError
from ccr.domain.flat_listing import Cell, flat_rows
from ccr.domain.open_records import OpenService, Scope, as_open
from ccr.domain.phrases import Phrase, phrase
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.hsds_export import HSDS_CSV, HSDS_JSON, package_pieces
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import accounts
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.exporting import CountyReach, told_services
from ccr.storage.queries.open_data import end_of_reading, load_services

MOST_ON_A_SHEET = 400
PER_READ = 200
Say = Callable[[Phrase], str]


@dataclass(frozen=True, slots=True)
class Taking:
    """What a writer is given: the listings, a few read at a time, and the words around them.

    Attributes:
        name_of: how people call an area.
        sheet: the sheet of the county asked for, or None when no county was.
        say: how a phrase is said to whoever asked.
    """

    services: Iterator[OpenService]
    name_of: Callable[[Area], str]
    world: World
    network_id: UUID
    network: str
    sheet: CountySheet | None
    say: Say
    at: datetime


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file. `write` yields it in pieces."""

    label: Phrase
    extension: str
    media_type: str
    write: Callable[[Taking], Iterator[bytes]]
    needs_county: bool = False


def _rows(taking: Taking) -> Iterator[dict[str, Cell]]:
    return flat_rows(taking.services, taking.name_of)


def _pdf(taking: Taking) -> Iterator[bytes]:
    if taking.sheet is not None:
        yield write_pdf(taking.sheet, taking.say, at=taking.at)


def _package(form: str) -> Callable[[Taking], Iterator[bytes]]:
    return lambda taking: package_pieces(taking.world, taking.network_id, form, taking.services)


FORMATS: dict[str, Format] = {
    "csv": Format(
        phrase("CSV: one row for each service at each place"),
        "csv",
        "text/csv; charset=utf-8",
        lambda taking: write_csv(_rows(taking)),
    ),
    "xlsx": Format(
        phrase("Spreadsheet (XLSX)"),
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        lambda taking: write_xlsx(_rows(taking)),
    ),
    "geojson": Format(
        phrase("GeoJSON for maps"),
        "geojson",
        "application/geo+json",
        lambda taking: write_geojson(_rows(taking)),
    ),
    "vcard": Format(
        phrase("Address cards (vCard)"),
        "vcf",
        "text/vcard; charset=utf-8",
        lambda taking: write_vcards(taking.services, taking.name_of),
    ),
    "pdf": Format(
        phrase("Sheet of one county (PDF)"),
        "pdf",
        "application/pdf",
        _pdf,
        needs_county=True,
    ),
    HSDS_CSV: Format(
        phrase("HSDS 3.2.3 package: CSV tables in a ZIP"),
        "zip",
        "application/zip",
        _package(HSDS_CSV),
    ),
    HSDS_JSON: Format(phrase("HSDS 3.2.3 JSON"), "json", "application/json", _package(HSDS_JSON)),
}
"""Kinds of files by the name they are asked for; others may be added."""


@dataclass(frozen=True, slots=True)
class Export:
    """A file on its way: its name says nothing of what it holds."""

    file_name: str
    media_type: str
    count: int
    pieces: Iterator[bytes]


def export(
    identity: Identity,
    world: World,
    kind: str,
    *,
    county: str = "",
    say: Say = str,
    at: datetime,
) -> Export:
    """Return the listings as a file, and note that they were taken.

    Args:
        kind: a key of FORMATS.
        county: five digits (FIPS), or "" for the whole network.

    Raises:
        ForbiddenError: the identity may not take the directory away.
        InvalidInputError: field `format` or `county`: not known, or a county is needed.
    """
    authorise(identity, Permission.DIRECTORY_EXPORT)
    chosen = FORMATS.get(kind)
    if chosen is None:
        raise InvalidInputError(phrase("Choose a kind of file of the list."), field="format")
    if chosen.needs_county and not county:
        raise InvalidInputError(phrase("Choose the county of the sheet."), field="county")
    reach = _reach(world, county) if county else None
    ids = told_services(identity.network_id, reach)
    network = accounts.get_network(identity.network_id)
    day = at.astimezone(ZoneInfo(network.timezone)).date()
    taking = Taking(
        services=_read(identity.network_id, ids),
        name_of=GazetteerAreas(world.gazetteer).name,
        world=world,
        network_id=identity.network_id,
        network=network.name,
        sheet=_sheet(identity, world, county, ids, at=at) if chosen.needs_county else None,
        say=say,
        at=at,
    )
    with unit_of_work():
        fields = [f"format:{kind}", f"services:{len(ids)}"]
        append_event(identity, "exported", "directory", identity.network_id, at=at, fields=fields)
    name = f"directory-{day.isoformat()}.{chosen.extension}"
    return Export(name, chosen.media_type, len(ids), chosen.write(taking))


def county_sheet(identity: Identity, world: World, county: str, *, at: datetime) -> CountySheet:
    """Return the sheet of a county; raises InvalidInputError for one that does not exist."""
    authorise(identity, Permission.DIRECTORY_EXPORT)
    ids = told_services(identity.network_id, _reach(world, county), most=MOST_ON_A_SHEET + 1)
    return _sheet(identity, world, county, ids, at=at)


def _sheet(
    identity: Identity, world: World, county: str, ids: Sequence[UUID], *, at: datetime
) -> CountySheet:
    network = accounts.get_network(identity.network_id)
    fact = world.gazetteer.county(county)
    services = in_order(_open(identity.network_id, ids[:MOST_ON_A_SHEET]))
    name_of = GazetteerAreas(world.gazetteer).name
    return CountySheet(
        county=fact.label if fact else county,
        network=network.name,
        day=at.astimezone(ZoneInfo(network.timezone)).date(),
        here=tuple(entry_of(s, name_of) for s in services if not is_wide(s, county)),
        wide=tuple(entry_of(s, name_of) for s in services if is_wide(s, county)),
        left_out=max(0, len(ids) - MOST_ON_A_SHEET),
    )


def _reach(world: World, county: str) -> CountyReach:
    fact = world.gazetteer.county(county)
    if fact is None:
        raise InvalidInputError(phrase("There is no such county."), field="county")
    return CountyReach(county, world.gazetteer.zips_of(county), fact.state)


def _read(network_id: UUID, ids: Sequence[UUID]) -> Iterator[OpenService]:
    """Yield the listings in this order; no transaction stays open in between."""
    for start in range(0, len(ids), PER_READ):
        services = _open(network_id, ids[start : start + PER_READ])
        end_of_reading()
        yield from services


def _open(network_id: UUID, ids: Sequence[UUID]) -> list[OpenService]:
    loaded = load_services(network_id, ids, Scope.PUBLIC)
    return [as_open(service, Scope.PUBLIC) for service in loaded]
