"""The public finder as a use case: whose network, who is shown, what fits, where else to look."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask

from ccr.domain.directory import Area, Capacity
from ccr.domain.errors import ForbiddenError, InvalidInputError, NotFoundError
from ccr.domain.listing_search import Hours
from ccr.domain.public_finder import Wishes
from ccr.domain.taxonomy import (
    Access,
    AreaExtent,
    CapacityStatus,
    CompartmentKind,
    Cost,
    Known,
    Need,
    Track,
)
from ccr.services import finder
from ccr.services.finder import FinderAnswer, FinderFields
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.accounts import Network
from tests.builders import ALBANY, TROY, make_site
from tests.directory_rows import Statements, save_service
from tests.loop import world
from tests.people import make_network, make_team
from tests.public_directory import PublicDirectory, make_public_directory

RENSSELAER, ERIE = Area(AreaExtent.COUNTY, "36083"), Area(AreaExtent.COUNTY, "36029")


def find(at: datetime, **fields: object) -> FinderAnswer:
    network = finder.public_network(world())
    assert network is not None
    asked = FinderFields(**{"help": ["talk"], "near": "12180", **fields})  # type: ignore[arg-type]
    return finder.find_help(finder.public_identity(network), world(), asked, network=network, at=at)


def names(answer: FinderAnswer) -> list[str]:
    return [p.service.name for p in (*answer.partners, *answer.area_partners)]


@pytest.fixture
def made(app: Flask, now: datetime) -> PublicDirectory:
    del app
    return make_public_directory(at=now)


def test_listed_services_are_found_and_hidden_ones_are_not(
    made: PublicDirectory, now: datetime
) -> None:
    del made
    assert names(find(now)) == [
        "Alder rides (demo)",
        "Birch legal advocacy (demo)",
        "Cedar advocacy (demo)",
    ]


def test_a_confidential_service_stands_apart_and_has_no_distance(
    made: PublicDirectory, now: datetime
) -> None:
    del made
    answer = find(now)
    assert [p.service.name for p in answer.area_partners] == ["Cedar advocacy (demo)"]
    assert not hasattr(answer.area_partners[0], "distance_km")


def test_a_hidden_listing_and_one_that_is_not_there_are_the_same(
    made: PublicDirectory, now: datetime
) -> None:
    network = finder.public_network(world())
    assert network is not None
    anybody = finder.public_identity(network)
    for service_id in (*made.hidden.values(), uuid4()):
        with pytest.raises(NotFoundError):
            finder.get_listing(anybody, service_id)
        with pytest.raises(InvalidInputError):
            finder.short_list(anybody, [str(service_id)])
    assert finder.get_listing(anybody, made.shown["cedar"]).name == "Cedar advocacy (demo)"
    both = [
        str(made.shown["cedar"]),
        str(made.hidden["unlisted"]),
        "no id",
        str(made.shown["cedar"]),
    ]
    assert [s.id for s in finder.short_list(anybody, both)] == [made.shown["cedar"]]
    del now


def test_staff_and_keys_are_not_the_public_and_the_public_is_nobody_else(
    made: PublicDirectory, now: datetime
) -> None:
    asked = FinderFields(help=["talk"], near="12180")
    network = finder.public_network(world())
    assert network is not None
    for identity in (
        made.small.alder.identity,
        replace(made.small.alder.identity, from_public=True),
        replace(made.small.alder.identity, user_id=None, key_scopes=frozenset({"routes"})),
    ):
        with pytest.raises(ForbiddenError):
            finder.find_help(identity, world(), asked, network=network, at=now)
        with pytest.raises(ForbiddenError):
            finder.get_listing(identity, made.shown["birch"])


def test_a_house_that_is_full_is_shown_as_one_with_room_is(
    made: PublicDirectory, now: datetime
) -> None:
    for status in (CapacityStatus.CAPACITY, CapacityStatus.NO_CAPACITY):
        save_service(
            made.small.birch,
            name=f"House {status}",
            needs=frozenset({Need.PETS}),
            tracks=frozenset({Track.SURVIVOR}),
            areas=(RENSSELAER,),
            sites=(make_site(TROY),),
            capacity=Capacity(status, 1, "rooms", now),
            last_verified_at=now,
            at=now,
        )
    first, second = find(now, help=["pet"]).partners
    assert {first.service.name, second.service.name} == {"House capacity", "House no-capacity"}
    assert first.effective_minutes == second.effective_minutes


def test_a_wish_that_nobody_grants_is_eased_and_said_so(
    made: PublicDirectory, now: datetime
) -> None:
    del made
    spoken = find(now, help=["ride"], language="es")
    assert (names(spoken), spoken.eased) == (["Alder rides (demo)"], False)
    with_pets = find(now, help=["ride"], access=["pets"])  # they say no to pets
    assert (names(with_pets), with_pets.eased) == (["Alder rides (demo)"], True)
    night = now.replace(hour=8)  # 3 a.m.
    closed = find(night, help=["ride"], wishes=Wishes(hours=Hours.NOW))
    assert (names(closed), closed.eased) == (["Alder rides (demo)"], True)
    assert closed.wishes == Wishes(hours=Hours.NOW)  # what was wished is still said


def test_unknown_access_and_cost_stay_in_the_list(made: PublicDirectory, now: datetime) -> None:
    save_service(
        made.small.birch,
        name="Says nothing",
        needs=frozenset({Need.FOOD}),
        tracks=frozenset({Track.SURVIVOR}),
        areas=(RENSSELAER,),
        sites=(make_site(TROY),),
        accessibility={},
        cost=Cost.UNKNOWN,
        at=now,
    )
    save_service(
        made.small.birch,
        name="Says no",
        needs=frozenset({Need.FOOD}),
        tracks=frozenset({Track.SURVIVOR}),
        areas=(RENSSELAER,),
        sites=(make_site(TROY),),
        accessibility={Access.WHEELCHAIR: Known.NO},
        cost=Cost.PAID,
        at=now,
    )
    wish = {"access": ["wheelchair"], "wishes": Wishes(free=True)}
    assert names(find(now, help=["food"], **wish)) == ["Says nothing"]


def test_nothing_found_leads_to_those_who_know_more_and_to_the_state(
    made: PublicDirectory, now: datetime
) -> None:
    save_service(
        made.small.birch,
        name="Erie pets",
        needs=frozenset({Need.PETS}),
        tracks=frozenset({Track.SURVIVOR}),
        areas=(ERIE,),
        sites=(),
        at=now,
    )
    answer = find(now, help=["pet"])
    assert answer.found == 0
    assert [p.service.name for p in answer.closest] == [
        "Alder rides (demo)",
        "Birch legal advocacy (demo)",
        "Cedar advocacy (demo)",
    ]
    assert [service.name for service in answer.farther] == ["Erie pets"]


def test_programs_are_found_for_those_who_ask_for_one_and_for_nobody_else(
    made: PublicDirectory, now: datetime
) -> None:
    del made
    network = finder.public_network(world())
    assert network is not None
    anybody = finder.public_identity(network)
    found = finder.find_programs(anybody, world(), "12180", network=network, at=now)
    assert names(found) == ["Dune groups (demo)"]
    for help_with in (["talk"], ["group"], ["mind"], ["court-order", "family-law"]):
        answer = find(now, help=help_with)
        shown = [*names(answer), *(p.service.name for p in answer.closest)]
        assert "Dune groups (demo)" not in [*shown, *(s.name for s in answer.farther)]


def test_a_program_of_a_dual_member_is_not_found_by_a_need_that_it_also_lists(
    made: PublicDirectory, now: datetime
) -> None:
    team = make_team(made.small.network_id, "Two sides", kind=CompartmentKind.APIP, at=now)
    save_service(
        team,
        name="Groups with counseling",
        needs=frozenset({Need.COUNSELING, Need.ABUSIVE_PARTNER_INTERVENTION}),
        tracks=frozenset(Track),
        areas=(RENSSELAER,),
        sites=(make_site(ALBANY),),
        at=now,
    )
    assert "Groups with counseling" not in names(find(now))


def test_a_place_that_was_mistyped_is_guessed_and_one_of_several_is_asked(
    made: PublicDirectory, now: datetime
) -> None:
    del made
    network = finder.public_network(world())
    assert network is not None
    anybody = finder.public_identity(network)
    with pytest.raises(InvalidInputError):
        find(now, near="Tory")
    assert "Troy, NY" in finder.places_meant(anybody, world(), "Tory", state="NY")
    several = finder.places_meant(anybody, world(), "Springfield", state="ZZ")
    assert len(several) == 5
    for label in several:
        assert find(now, near=label).request.near.label == label
    assert finder.places_meant(anybody, world(), "12180", state="NY") == ()


def test_a_warm_search_takes_few_statements_however_much_there_is(
    made: PublicDirectory, now: datetime
) -> None:
    find(now)
    with Statements() as run:
        find(now)
    few = len(run.texts)
    for number in range(12):
        save_service(
            made.small.birch,
            name=f"More {number}",
            needs=frozenset({Need.ADVOCACY}),
            tracks=frozenset({Track.SURVIVOR}),
            areas=(RENSSELAER,),
            sites=(make_site(TROY),),
            at=now,
        )
    find(now)
    with Statements() as run:
        find(now + timedelta(minutes=1))
    assert len(run.texts) == few <= 3


def _network(name: str, now: datetime, *, practice: bool = False) -> UUID:
    network_id = make_network(name, at=now)
    with unit_of_work():
        db.session.get_one(Network, network_id).is_practice = practice
    return network_id


def test_the_public_network_is_the_only_one_or_the_one_of_the_settings(
    app: Flask, now: datetime
) -> None:
    del app
    assert finder.public_network(world()) is None
    only = _network("Only", now)
    _network("Practice of somebody", now, practice=True)
    found = finder.public_network(world())
    assert found is not None
    assert found.id == only
    other = _network("Other", now)
    assert finder.public_network(world()) is None
    told = replace(world(), settings=replace(world().settings, public_network="other"))
    found = finder.public_network(told)
    assert found is not None
    assert found.id == other
    wrong = replace(
        world(), settings=replace(world().settings, public_network="Practice of somebody")
    )
    assert finder.public_network(wrong) is None
