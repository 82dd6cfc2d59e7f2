"""Where one more service would stand, and whom it would newly reach. Writes nothing.

Distances are from the middles of ZIPs to public places. A confidential service covers the area that
it states; nothing here asks how full it is, so that an answer may be printed and sent on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ccr.adapters.gazetteer import Gazetteer
from ccr.domain.best_places import Covered, Placing, covered_zips
from ccr.domain.directory import Point, Service
from ccr.domain.losing_a_service import without_services
from ccr.domain.people_affected import Affected, people_of_zips, weights_of
from ccr.domain.what_if_questions import PLACE_LINES, USUAL_MINUTES, Scenario
from ccr.engine.place_covers import ZipReach, best_zips
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.gaps import GapBoard
from ccr.services.world import World

MOST_ZIPS = 7_000
"""ZIPs of a network among which the best places are looked for; more take too long for a page."""


@dataclass(frozen=True, slots=True)
class ZipsOfNetwork:
    """The ZIPs of the counties that any service of the network counts for.

    Attributes:
        of_county: by FIPS.
        points, labels: the middle of each, and "Troy, NY 12180".
    """

    of_county: Mapping[str, tuple[str, ...]]
    points: Mapping[str, Point]
    labels: Mapping[str, str]

    def county_of(self, zip_code: str) -> str | None:
        """Return the FIPS of a ZIP of the network, or None for any other."""
        return next((fips for fips, zips in self.of_county.items() if zip_code in zips), None)


@dataclass(frozen=True, slots=True)
class Reached:
    """How a need is reached as it is, and what more services would add.

    Attributes:
        zips: of the network.
        covered: what is within reach as it is.
        newly: what would be within reach for the first time.
        affected: the people of `newly`.
        placing: of the question where one more would help most.
        by_people: whether `placing` counts people; else ZIPs.
        too_many: more ZIPs than are looked through.
    """

    zips: ZipsOfNetwork
    covered: Covered
    newly: frozenset[str]
    affected: Affected
    placing: Placing | None = None
    by_people: bool = False
    too_many: bool = False


@dataclass(frozen=True, slots=True)
class LostReach:
    """ZIPs that one need would reach no more, within USUAL_MINUTES, and who lives there."""

    line: str
    zips: frozenset[str]
    affected: Affected


def zips_of_network(identity: Identity, board: GapBoard, world: World) -> ZipsOfNetwork:
    """Return the ZIPs of the counties of a board."""
    authorise(identity, Permission.COORDINATION_READ)
    gazetteer = world.gazetteer
    of_county = {county.fips: gazetteer.zips_of(county.fips) for county in board.matrix.counties}
    places = _places(gazetteer, [code for zips in of_county.values() for code in zips])
    return ZipsOfNetwork(
        of_county,
        {code: point for code, (point, _) in places.items()},
        {code: label for code, (_, label) in places.items()},
    )


def one_more_at(
    identity: Identity, board: GapBoard, zips: ZipsOfNetwork, scenario: Scenario
) -> Reached:
    """Return whom one more service at a ZIP would newly reach, if it took whoever is near.

    KeyError when the network has no such ZIP or line.
    """
    authorise(identity, Permission.COORDINATION_READ)
    reach = ZipReach(zips.points, scenario.minutes)
    covered = _covered(board, zips, reach, scenario)
    newly = reach.of_point(zips.points[scenario.area or ""]) - covered.reached
    return Reached(zips, covered, newly, people_of_zips(newly, board.people))


def no_longer_reached(
    identity: Identity, board: GapBoard, zips: ZipsOfNetwork, services: Sequence[Service]
) -> tuple[LostReach, ...]:
    """Return what these services alone reach, need by need, most ZIPs first; without them nobody.

    A confidential one is lost for the area that it states. Nothing for more than MOST_ZIPS.
    """
    authorise(identity, Permission.COORDINATION_READ)
    if len(zips.points) > MOST_ZIPS:
        return ()
    gone = frozenset(service.id for service in services)
    needs = {need.value for service in services for need in service.needs}
    reach = ZipReach(zips.points, USUAL_MINUTES)
    found = []
    for line in (line for line in PLACE_LINES if line in needs):
        cells = board.matrix.line(line)
        now = covered_zips(cells, zips.of_county.__getitem__, reach.of_service)
        left = [without_services(cell, gone) for cell in cells]
        then = covered_zips(left, zips.of_county.__getitem__, reach.of_service)
        lost = now.reached - then.reached
        if lost:
            found.append(LostReach(line, lost, people_of_zips(lost, board.people)))
    return tuple(sorted(found, key=lambda one: (-len(one.zips), one.line)))


def where_most(
    identity: Identity, board: GapBoard, zips: ZipsOfNetwork, scenario: Scenario
) -> Reached:
    """Return where so many more services would newly reach most people, or ZIPs."""
    authorise(identity, Permission.COORDINATION_READ)
    if len(zips.points) > MOST_ZIPS:
        nothing = Covered(frozenset(), frozenset(), frozenset())
        return Reached(zips, nothing, frozenset(), Affected(0, 0, 0, 0), too_many=True)
    reach = ZipReach(zips.points, scenario.minutes)
    covered = _covered(board, zips, reach, scenario)
    weights, by_people = weights_of(zips.points, board.people)
    placing = best_zips(reach, weights, covered.reached, scenario.places)
    won = {code for c in placing.choices for code in reach.of_point(zips.points[c.place])}
    newly = frozenset(won) - covered.reached
    affected = people_of_zips(newly, board.people)
    return Reached(zips, covered, newly, affected, placing, by_people)


def _covered(board: GapBoard, zips: ZipsOfNetwork, reach: ZipReach, scenario: Scenario) -> Covered:
    line = scenario.line or PLACE_LINES[0]
    cells = board.matrix.line(line)
    return covered_zips(cells, zips.of_county.__getitem__, reach.of_service)


def _places(gazetteer: Gazetteer, codes: list[str]) -> dict[str, tuple[Point, str]]:
    found = ((code, gazetteer.zip_place(code)) for code in codes)
    return {code: (place.point, place.label) for code, place in found if place is not None}
