"""A house whose address stands in every corner of the directory, for tests that hide it.

It came with a package, was edited by hand, merged out of two records, and an import that touched
it was undone; a geocoder looked it up, somebody proposed another address, and an upload waits. The
words of `TELLS` lead to it: after hiding, none of them may be left anywhere.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, update

from ccr.domain.directory import Area
from ccr.domain.directory_history import Act, Change, RecordKind
from ccr.domain.taxonomy import AreaExtent, Need, Track
from ccr.policy.identity import Identity
from ccr.services import accounts, importing
from ccr.services.importing import ImportOptions
from ccr.services.world import World
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.directory import (
    CapacityRow,
    LocationRow,
    MemberRow,
    PhoneRow,
    ServiceAreaRow,
    ServiceAtLocationRow,
    ServiceRow,
    ServiceText,
)
from ccr.storage.models.finding import LookedUpPlace, ShortListEntry
from ccr.storage.models.keeping import ImportMapping, ImportRun, ListingProposal, RecordAlias
from ccr.storage.queries.directory_changes import record_changes
from tests.directory_rows import save_service
from tests.loop import world
from tests.package_builders import hsds
from tests.small_directory import SmallDirectory

STREET = "77 N. Canarywell Lane"
CITY, ZIP, COUNTY = "Petersburg", "12138", "36083"
LAT, LON = 42.74934, -73.34152
HOUSE_PHONE = "518-555-0188"
HOUSE_PHONE_WORDS = "Canary front door"
OLD_STREET = "5 Canaryold Road"
TELLS = (
    "canarywell",
    "canaryold",
    "canary front",
    "canaryhouse",
    "petersburg",
    "12138",
    "42.749",
    "73.341",
    "73.342",
)
"""In lower case: streets, the site's name, what stands beside its phone, town, ZIP, coordinates."""
PLACE: dict[str, Any] = {
    "name": "Canaryhouse",
    "description": "Behind the canaryhouse gate",
    "transportation": "Bus to Petersburg",
    "address_1": STREET,
    "city": CITY,
    "state_province": "NY",
    "postal_code": ZIP,
    "country": "US",
    "county_fips": COUNTY,
    "latitude": LAT,
    "longitude": LON,
    "precision": "rooftop",
    "coordinates_from": "source",
}
SOURCE, OTHER_SOURCE = "capital", "other-list"


@dataclass(frozen=True)
class House:
    """What was planted.

    Attributes:
        imported: the service that came with a package; its places are the house.
        edited: a service of Birch given there, entered by hand.
        sibling: another service of Birch, elsewhere, whose text names the house.
        elsewhere: a service of Alder, elsewhere, whose text names the house.
        locations: the records of the house.
        merged_away: ids of records that were merged into them.
        waiting_run: an import whose package lies on the disk.
    """

    imported: UUID
    edited: UUID
    sibling: UUID
    elsewhere: UUID
    locations: tuple[UUID, ...]
    merged_away: tuple[UUID, UUID]
    waiting_run: UUID
    package: Path

    @property
    def hidden(self) -> frozenset[UUID]:
        return frozenset({self.imported, self.edited})


def package_of_the_house(folder: Path, *, says: str = "") -> Path:
    """Write a package that lists the house as a public place of a legal help; `says` more of it."""
    return hsds(
        folder,
        organizations=[
            {
                "id": "o1",
                "name": "Pinyon Help (demo)",
                "description": f"Helps since 1990. Offices at {STREET}, {CITY}.",
            }
        ],
        services=[
            {
                "id": "s1",
                "organization_id": "o1",
                "name": "Pinyon legal help",
                "status": "active",
                "description": f"Help with custody. Ring at 77 North Canarywell Ln. {says}".strip(),
                "application_process": f"Call. Or come to {CITY}. Map: {LAT}, {LON}.",
            }
        ],
        locations=[
            {
                "id": "l1",
                "organization_id": "o1",
                "name": PLACE["name"],
                "description": PLACE["description"],
                "transportation": PLACE["transportation"],
                "location_type": "physical",
                "latitude": str(LAT),
                "longitude": str(LON),
            }
        ],
        addresses=[
            {
                "id": "a1",
                "location_id": "l1",
                "address_1": STREET,
                "city": CITY,
                "state_province": "NY",
                "postal_code": ZIP,
                "country": "US",
                "address_type": "physical",
            }
        ],
        service_at_location=[{"id": "x1", "service_id": "s1", "location_id": "l1"}],
        phones=[
            {"id": "p1", "service_id": "s1", "number": "518-555-0161", "type": "voice"},
            {
                "id": "p2",
                "location_id": "l1",
                "number": HOUSE_PHONE,
                "type": "voice",
                "description": HOUSE_PHONE_WORDS,
            },
        ],
    )


def import_the_house(
    network: str, folder: Path, *, says: str = "", source: str = SOURCE, at: datetime
) -> importing.ImportReport:
    """Import the package that lists the house; the same each time, but for what it says."""
    path = package_of_the_house(folder, says=says)
    operator = accounts.terminal_identity(network)
    return importing.import_package(operator, world(), path, ImportOptions(source=source), at=at)


def plant(
    small: SmallDirectory, folder: Path, *, at: datetime, network: str = "Test network"
) -> House:
    """Write the house into every corner; return what was written."""
    report = import_the_house(network, folder / "package", at=at)
    assert report.written, report.notes
    network_id = small.network_id
    imported = _id_of(ServiceRow, network_id)
    first = _id_of(LocationRow, network_id)
    edited = save_service(
        small.birch,
        name="Birch welcome desk (demo)",
        needs=frozenset({Need.ADVOCACY, Need.PETS}),
        tracks=frozenset({Track.SURVIVOR}),
        areas=(Area(AreaExtent.COUNTY, COUNTY),),
        sites=(),
        capacity=None,
        phone="518-555-0164",
        at=at,
        last_verified_at=at,
    )
    sibling, elsewhere = (
        save_service(
            team,
            name=name,
            needs=frozenset({Need.PETS}),
            tracks=frozenset({Track.SURVIVOR}),
            phone="518-555-0165",
            at=at,
            last_verified_at=at,
        )
        for team, name in ((small.birch, "Birch rides (demo)"), (small.alder, "Alder rides (demo)"))
    )
    house = House(
        imported, edited, sibling, elsewhere, (first, uuid4()), (uuid4(), uuid4()), uuid4(), folder
    )
    for service_id, words in (
        (edited, "Somebody listens. We are at 77 N Canarywell."),
        (sibling, f"Rides for pets. From {STREET}. Office at 1 Public Square."),
        (elsewhere, f"Rides for pets. From {STREET}. Office at 1 Public Square."),
    ):
        with unit_of_work():
            db.session.execute(
                update(ServiceRow)
                .where(ServiceRow.id == service_id)
                .values(
                    description=words,
                    url="https://birch.example.org/77-canarywell-lane"
                    if service_id == edited
                    else "https://rides.example.org",
                )
            )
    with unit_of_work():
        _plant_rows(small, house, at)
        _plant_past(small, house, at)
        _plant_imports(small, house, world(), at)
        for service_id, text in (
            (edited, "birch welcome desk 77 n canarywell petersburg"),
            (sibling, "birch rides rides for pets from 77 n canarywell lane"),
            (elsewhere, "alder rides rides for pets from 77 n canarywell lane"),
        ):
            db.session.add(ServiceText(service_id=service_id, network_id=network_id, body=text))
    return house


def _id_of(model: Any, network_id: UUID) -> UUID:
    found = db.session.scalar(
        select(model.id).where(model.network_id == network_id, model.source == SOURCE)
    )
    db.session.rollback()
    assert isinstance(found, UUID)
    return found


def _plant_rows(small: SmallDirectory, house: House, at: datetime) -> None:
    network_id = small.network_id
    second = house.locations[1]
    # The same house as somebody else writes it.
    written = {**PLACE, "address_1": "77 North Canarywell Ln", "latitude": None, "longitude": None}
    db.session.add(
        LocationRow(
            id=second,
            network_id=network_id,
            member_id=small.birch.member_id,
            updated_at=at,
            **{**written, "precision": "none", "coordinates_from": None},
        )
    )
    db.session.flush()
    db.session.add_all(
        [
            ServiceAtLocationRow(
                network_id=network_id, service_id=house.edited, location_id=second
            ),
            ServiceAreaRow(service_id=house.edited, extent="zip", code=ZIP),
            PhoneRow(
                network_id=network_id,
                location_id=second,
                number=HOUSE_PHONE,
                description=HOUSE_PHONE_WORDS,
            ),
            CapacityRow(
                service_id=house.edited,
                status="unknown",
                note="Ask at 77 Canarywell.",
                updated_at=at,
            ),
            LookedUpPlace(
                query_hash="a" * 64,
                network_id=network_id,
                provider="test",
                found=True,
                latitude=LAT,
                longitude=LON,
                precision="rooftop",
                location_id=second,
                looked_up_at=at,
            ),
            LookedUpPlace(
                query_hash="b" * 64,
                network_id=network_id,
                provider="test",
                found=True,
                latitude=LAT + 0.0001,
                longitude=LON,
                precision="rooftop",
                looked_up_at=at,
            ),
        ]
    )
    db.session.execute(
        update(MemberRow)
        .where(MemberRow.id == small.birch.member_id)
        .values(description=f"Advocates. Visit {STREET}. Since 1999.")
    )


def _plant_past(small: SmallDirectory, house: House, at: datetime) -> None:
    """Write history: an address edited by hand, a record merged away, an import undone."""
    network_id = small.network_id
    lost, gone = house.merged_away
    old = {**PLACE, "address_1": OLD_STREET}

    def change(kind: RecordKind, record: UUID, act: Act, before: Any, after: Any) -> Change:
        return Change(kind, record, act, at, before, after, by_role="coordinator")

    record_changes(
        network_id,
        [
            change(RecordKind.LOCATION, house.locations[1], Act.EDITED, old, PLACE),
            change(RecordKind.LOCATION, lost, Act.MERGED, PLACE, None),
            change(RecordKind.LOCATION, gone, Act.UNDONE, PLACE, None),
            change(
                RecordKind.SERVICE,
                house.edited,
                Act.EDITED,
                {"sites": [str(gone)], "description": f"At {STREET}."},
                {"sites": [str(house.locations[1])]},
            ),
            change(
                RecordKind.MEMBER,
                small.birch.member_id,
                Act.EDITED,
                {"description": f"Visit us at {STREET}."},
                {"description": "Advocates."},
            ),
            change(
                RecordKind.SERVICE,
                house.elsewhere,
                Act.IMPORTED,
                {"description": f"From {STREET}"},
                {"description": "Rides"},
            ),
            # What tells nothing of the house stays.
            change(
                RecordKind.SERVICE, small.birch_service_id, Act.EDITED, {"name": "A"}, {"name": "B"}
            ),
        ],
    )
    db.session.add(
        RecordAlias(
            id=lost,
            network_id=network_id,
            record_kind="location",
            record_id=house.locations[1],
            source="old",
            source_id="77 canarywell lane",
            created_at=at,
        )
    )
    # Another list has the imported service under an id of its own: the two were made one.
    db.session.add(
        RecordAlias(
            id=uuid4(),
            network_id=network_id,
            record_kind="service",
            record_id=house.imported,
            source=OTHER_SOURCE,
            source_id="s1",
            created_at=at,
        )
    )
    db.session.add(
        ListingProposal(
            network_id=network_id,
            service_id=house.edited,
            kind="suggestion",
            changes={"address_1": STREET},
            words_sealed="v1.x.y",
            created_at=at,
        )
    )
    coordinator = db.session.scalar(
        db.text("SELECT id FROM account WHERE email LIKE '%.coordinator@%'")
    )
    db.session.add(
        ShortListEntry(
            account_id=coordinator if isinstance(coordinator, UUID) else UUID(str(coordinator)),
            service_id=house.edited,
            network_id=network_id,
            created_at=at,
            expires_at=at,
        )
    )


def _plant_imports(small: SmallDirectory, house: House, found: World, at: datetime) -> None:
    """Write an undone import that says too much, and one that waits with its file."""
    network_id = small.network_id
    report = gzip.compress(f"line,text\r\n4,{STREET} is no street\r\n".encode())
    db.session.add_all(
        [
            ImportRun(
                network_id=network_id,
                state="undone",
                source=SOURCE,
                file_name="77-canarywell.csv",
                summary={"example": STREET},
                report=report,
                created_at=at,
                undone_at=at,
            ),
            ImportRun(
                id=house.waiting_run,
                network_id=network_id,
                state="checked",
                source="other",
                file_name="listings.csv",
                created_at=at,
            ),
            ImportMapping(
                network_id=network_id,
                source="other",
                mapping={"examples": {"address": STREET}},
                updated_at=at,
            ),
            ImportMapping(network_id=network_id, source="kept", mapping={"a": "b"}, updated_at=at),
        ]
    )
    folder = found.settings.data_dir / "imports" / str(house.waiting_run)
    folder.mkdir(parents=True)
    (folder / "listings.csv").write_text(f"name,street\r\nHelp,{STREET}\r\n")


def coordinator_of(small: SmallDirectory) -> Identity:
    """Return the coordinator of the small directory."""
    from ccr.policy.identity import Role
    from ccr.storage.models.accounts import Account
    from ccr.storage.queries import accounts as rows

    account = db.session.scalar(
        select(Account).where(Account.email == small.emails["coordination.coordinator"])
    )
    assert account is not None
    identity = rows.identity_of(account.id, account.compartment_id, frozenset({Role.COORDINATOR}))
    db.session.rollback()
    return identity
