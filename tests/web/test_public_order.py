"""The order attack: what an order tells about where something is, on our own searches.

An attacker asks from many places and sees only the order and
presence of what is shown. With an ordinary "hidden" pin, the rank of the hidden place among public
ones narrows it down to metres. Here the confidential group must read the same from everywhere in
its area, byte by byte, so that no number of questions tells more than the area itself.
"""

from __future__ import annotations

import json
import math
import random
import re
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
import time_machine
from flask import Flask

from ccr.adapters.gazetteer import Gazetteer
from ccr.domain.directory import Area, Point
from ccr.domain.geography import distance_km
from ccr.domain.taxonomy import AreaExtent, Need, Track
from ccr.storage.queries.snapshot import load_snapshot
from tests.builders import make_site
from tests.directory_rows import save_service
from tests.loop import world
from tests.small_directory import SmallDirectory, make_small_directory
from tests.web.journey import Desk, text_of
from tests.web.public_pages import ask

COUNTIES = ("36083", "36091", "36115")
"""Rensselaer, Saratoga and Washington: where the confidential services say they help."""
PUBLIC_PLACES = 12
QUESTIONS = 60
CONFIDENTIAL = ("Quartz place (demo)", "Onyx place (demo)", "Agate place (demo)")
NEEDS = frozenset({Need.ADVOCACY, Need.PETS})
Answer = tuple[tuple[str, ...], str]


@pytest.fixture
def desk(sqlite_app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        small = make_small_directory(at=now)
        _fill(small, now)
        yield Desk(sqlite_app, small)


def _fill(small: SmallDirectory, now: datetime) -> None:
    """Add public services all over the area, and three confidential ones that serve it."""
    chance = random.Random(7)
    origins = places(world().gazetteer)
    for number in range(PUBLIC_PLACES):
        place = world().gazetteer.resolve(chance.choice(origins))
        save_service(
            small.birch,
            name=f"Public {number:02} (demo)",
            needs=NEEDS,
            tracks=frozenset({Track.SURVIVOR}),
            areas=tuple(Area(AreaExtent.COUNTY, fips) for fips in COUNTIES),
            sites=(make_site(place),),
            last_verified_at=now,
            at=now,
        )
    for name in CONFIDENTIAL:
        save_service(
            small.cedar,
            name=name,
            needs=NEEDS,
            tracks=frozenset({Track.SURVIVOR}),
            areas=tuple(Area(AreaExtent.COUNTY, fips) for fips in COUNTIES),
            confidential=True,
            sites=(),
            opening_hours="24/7" if name == CONFIDENTIAL[0] else None,
            phone="518-555-0163",
            last_verified_at=now,
            at=now,
        )


def places(gazetteer: Gazetteer) -> list[str]:
    """Return every ZIP of the area."""
    rows = gazetteer._tables.zips_of_county
    return sorted(row[0] for fips in COUNTIES for row in rows[fips])


def public_search(desk: Desk, **wishes: str) -> Callable[[str], Answer]:
    """Return a search as anybody's: names in order, and the confidential group as it stands."""
    client = desk.app.test_client()

    def search(origin: str) -> Answer:
        page = ask(client, "/find", {"help": ["pet"], "near": origin, **wishes}).text
        order = tuple(re.findall(r'<a href="/services/[^"]+">([^<]+)</a>', page))
        group = page.split('id="area-heading"')[1].split("</section>")[0]
        return order, group

    return search


def public_search_for_tonight(desk: Desk) -> Callable[[str], Answer]:
    """Return the same search with a wish for open doors."""
    return public_search(desk, hours="tonight")


def staff_search(desk: Desk) -> Callable[[str], Answer]:
    """Return the same search at a worker's desk; the token of a form is not part of an answer."""
    visitor = desk["alder.worker"]
    visitor.open("/desk/find")

    def search(origin: str) -> Answer:
        asked = {"needs": ["pets"], "near": origin, "urgency": "standard", "track": "survivor"}
        page = text_of(visitor.send("/desk/find", {**asked, "transport": "car"}))
        headings = re.findall(r"<h3[^>]*>(.*?)</h3>", page, re.DOTALL)
        order = tuple(re.sub(r"<[^>]+>|\d+\. |\s+", " ", text).strip() for text in headings)
        group = page.split('id="area-group-heading"')[1].split("</section>")[0]
        # The question itself stands in each act as hidden fields: it is the asker's own.
        return order, re.sub(r'<input type="hidden"[^>]*>', "", group)

    return search


SEARCHES = [public_search, staff_search]


def test_open_data_near_a_postcode_tells_of_the_confidential_by_their_area_alone(
    desk: Desk,
) -> None:
    """Machines get one order, that of ids, out of which distance takes public places alone."""
    client = desk.app.test_client()

    def ask_for(more: str) -> tuple[list[str], str]:
        answer = client.get(f"/hsds/service_at_locations?per_page=100&full=true{more}").get_json()
        items = answer["contents"]
        private = [item for item in items if item["service"]["name"] in CONFIDENTIAL]
        return [item["service"]["name"] for item in items], json.dumps(private, sort_keys=True)

    whole, told = ask_for("")
    assert all(name in told for name in CONFIDENTIAL)
    seen = set()
    asked = random.Random(17).sample(places(world().gazetteer), QUESTIONS)
    for number, origin in enumerate(asked):
        near, private = ask_for(f"&postcode={origin}&proximity={(number % 6 + 1) * 10_000}")
        assert private == told
        assert near == [name for name in whole if name in near]
        seen.add(tuple(near))
    # Distance does take public places out: the attack has something to work with.
    assert len(seen) > QUESTIONS // 6


@pytest.mark.parametrize("kind", [*SEARCHES, public_search_for_tonight])
def test_the_confidential_group_reads_the_same_from_everywhere_in_its_area(
    desk: Desk, kind: Callable[[Desk], Callable[[str], Answer]]
) -> None:
    search = kind(desk)
    asked = random.Random(11).sample(places(world().gazetteer), QUESTIONS)
    answers = {origin: search(origin) for origin in asked}
    orders = {order for order, _group in answers.values()}
    groups = {group for _order, group in answers.values()}
    # The public part does move with the place: the attack has something to work with.
    assert len(orders) > QUESTIONS // 6
    # The confidential part does not, by a byte: nothing of it tells one origin from another.
    assert len(groups) == 1
    only = groups.pop()
    assert set(CONFIDENTIAL) == set(re.findall(r"[A-Z][a-z]+ place \(demo\)", only))
    # Their own order is always the same, and so is their place in the list: the last.
    assert len({tuple(n for n in order if n in CONFIDENTIAL) for order in orders}) == 1
    for order in orders:
        ranks = [order.index(name) for name in CONFIDENTIAL]
        # They stand behind every public place, so a rank says how many those are, and no more.
        public = [n for n, name in enumerate(order) if name.startswith("Public")]
        assert min(ranks) > max(public)


@pytest.mark.parametrize("kind", SEARCHES)
def test_an_estimate_from_order_and_presence_is_no_better_than_the_area(
    desk: Desk, kind: Callable[[Desk], Callable[[str], Answer]]
) -> None:
    """The attack itself: keep the origins from which a hidden pin would give what was seen."""
    search = kind(desk)
    area = places(world().gazetteer)
    points = {zip_code: world().gazetteer.resolve(zip_code).point for zip_code in area}
    sites = _public_points(desk)
    left = set(area)  # the candidates for where the confidential place is
    for origin in random.Random(13).sample(area, QUESTIONS // 3):
        order, _group = search(origin)
        shown = [name for name in order if name.startswith("Public")]
        rank_seen = order.index("Quartz place (demo)") - order.index(shown[0])
        here = points[origin]

        # What an ordinary list would say of a candidate; ours always says "after all of them".
        fitting = {
            candidate
            for candidate in left
            if _rank(here, points[candidate], [sites[name] for name in shown]) == rank_seen
        }
        assert rank_seen >= len(shown)
        left = fitting or left
    # An ordinary hidden pin is found to one ZIP by as many questions; see the next assertion.
    assert _left_for_an_ordinary_pin(points, sites, area) <= 3
    spread = max(distance_km(points[a], points[b]) for a in left for b in left)
    widest = max(distance_km(points[a], points[b]) for a in area for b in area)
    assert spread > widest / 2


def _public_points(desk: Desk) -> dict[str, Point]:

    return {
        service.name: service.sites[0].point
        for service in load_snapshot(desk.small.network_id).services
        if service.name.startswith("Public") and service.sites[0].point
    }


def _left_for_an_ordinary_pin(
    points: dict[str, Point], sites: dict[str, Point], area: list[str]
) -> int:
    """Return how many ZIPs fit after the same questions about a list sorted with a hidden pin."""
    truth = area[len(area) // 2]
    left = set(area)
    for origin in random.Random(13).sample(area, QUESTIONS // 3):
        here, public = points[origin], list(sites.values())
        seen = _rank(here, points[truth], public)
        left = {c for c in left if _rank(here, points[c], public) == seen}
    return len(left)


def _rank(here: Point, there: Point, sites: list[Point]) -> int:
    """Return how many of the sites are nearer to `here` than `there` is."""
    limit = _far(here, there)
    return sum(_far(here, site) < limit for site in sites)


def _far(a: Point, b: Point) -> float:
    """Return what grows with the distance; on a plane, which is flat enough for three counties."""
    return (a.lat - b.lat) ** 2 + ((a.lon - b.lon) * math.cos(math.radians(43))) ** 2
