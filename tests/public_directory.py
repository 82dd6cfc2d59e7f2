"""A directory with things that no public page may show, each marked with a word of its own.

Built on the small directory. The words of `PLANTED` may come out on no public page; those of
`SHOWN` must, or the sweep would prove nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ccr.domain.directory import Area, Capacity, Coverage, Language, Point
from ccr.domain.taxonomy import (
    Access,
    AreaExtent,
    CapacityStatus,
    Cost,
    CoverageMode,
    Known,
    LanguageMode,
    MemberCategory,
    Need,
    Track,
)
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.accounts import Network
from ccr.storage.models.directory import MemberRow, ServiceRow
from ccr.storage.queries.directory_log import raise_directory_version
from tests.builders import ALBANY, CAPITAL_REGION, TROY, make_site
from tests.directory_rows import save_service
from tests.people import Team, make_team
from tests.small_directory import PRIVATE_PHONE, SmallDirectory, make_small_directory

STREET = "Ring at 12 Canary Street."
ON_CALL = "518-555-0177"
PLANTED = (
    "canary",  # a street in the texts of a confidential service, a website, names, an e-mail
    PRIVATE_PHONE,
    ON_CALL,
    "42.6526",  # where a public site is: near it stands a town, never a point
    "-73.7562",
    "43.1234",
    "-73.4321",
    "mailto:",
    "geo:",
)
SHOWN = ("Birch legal advocacy", "Cedar advocacy", "Alder rides", "Dune groups")
BOTH = frozenset({Track.SURVIVOR, Track.CHILD})


@dataclass(frozen=True)
class PublicDirectory:
    """The small directory and what was planted in it.

    Attributes:
        hidden: services that no public page may show, by why.
        shown: services that anybody may open, by name.
    """

    small: SmallDirectory
    hidden: dict[str, UUID]
    shown: dict[str, UUID]


def make_public_directory(*, at: datetime, demo: bool = True) -> PublicDirectory:
    """Make the directory in a database that holds nothing yet."""
    small = make_small_directory(at=at)
    network_id = small.network_id
    rides = save_service(
        small.alder,
        name="Alder rides (demo)",
        needs=frozenset({Need.TRANSPORT, Need.ADVOCACY}),
        tracks=BOTH,
        areas=CAPITAL_REGION,
        sites=(make_site(TROY),),
        languages=(Language("es", LanguageMode.STAFF),),
        accessibility={Access.WHEELCHAIR: Known.YES, Access.PETS: Known.NO},
        cost=Cost.FREE,
        opening_hours="Mo-Sa 08:00-20:00",
        coverage=(Coverage(None, CoverageMode.ON_CALL_PHONE, "24/7", ON_CALL),),
        phone="518-555-0150 x4",
        last_verified_at=at,
        at=at,
    )
    hidden = {
        "unlisted": _planted(network_id, "Canaryunlisted House", at=at),
        "survivor": _planted(
            network_id, "Canarysurvivor Circle", at=at, category=MemberCategory.SURVIVOR
        ),
        "do-not-refer": _planted(network_id, "Canaryquiet House", at=at, do_not_refer=True),
        "inactive": _planted(network_id, "Canarygone House", at=at),
    }
    with unit_of_work():
        _change(MemberRow, name="Canaryunlisted House (demo)", listed=False)
        _change(ServiceRow, id=hidden["inactive"], status="inactive")
        _change(
            ServiceRow,
            id=small.cedar_service_id,
            application_process=f"Call at any time. {STREET}",
            description=f"Someone meets you. {STREET}",
            eligibility_description=STREET,
            alert=f"The house at 12 Canary Street is new. {STREET}",
            url="https://canary-house.example/",
            email="canary@example.org",
        )
        _change(ServiceRow, id=small.birch_service_id, email="canary.birch@example.org")
        _change(Network, id=network_id, is_demo=demo)
        raise_directory_version(network_id)
    shown = {
        "birch": small.birch_service_id,
        "cedar": small.cedar_service_id,
        "dune": small.dune_service_id,
        "rides": rides,
    }
    return PublicDirectory(small, hidden, shown)


def _planted(
    network_id: UUID,
    name: str,
    *,
    at: datetime,
    category: MemberCategory = MemberCategory.VICTIM_SERVICES,
    do_not_refer: bool = False,
) -> UUID:
    team: Team = make_team(network_id, f"{name} (demo)", at=at, category=category)
    return save_service(
        team,
        name=f"{name} help (demo)",
        needs=frozenset({Need.ADVOCACY, Need.TRANSPORT, Need.PETS}),
        tracks=BOTH,
        areas=(Area(AreaExtent.STATE, "NY"), *CAPITAL_REGION),
        sites=(make_site(ALBANY, point=Point(43.1234, -73.4321), city="Canaryville"),),
        capacity=Capacity(CapacityStatus.CAPACITY, 3, "canarybeds", at),
        phone="518-555-0188",
        do_not_refer=do_not_refer,
        last_verified_at=at,
        at=at,
    )


def _change(model: type[object], **values: object) -> None:
    key = "name" if "name" in values else "id"
    row = db.session.scalars(db.select(model).where(getattr(model, key) == values.pop(key))).one()
    for name, value in values.items():
        setattr(row, name, value)
