"""The answer on the find page: plans, partners side by side, one partner asked about by name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from html import unescape

import pytest
import time_machine
from flask import Flask

from ccr.domain.taxonomy import Need
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.directory import ServiceText
from tests.builders import SCHENECTADY, make_site
from tests.directory_rows import save_service
from tests.people import Team
from tests.small_directory import make_small_directory
from tests.web.journey import Desk, text_of

ASKED = {"near": "12180", "urgency": "standard", "track": "survivor", "transport": "car"}
BIRCH = "Birch Advocates (demo)"
SILENT = "Nothing can be said of a partner of this name for this search."


@pytest.fixture
def desk(sqlite_app: Flask, now: datetime) -> Iterator[Desk]:
    """A desk where pets are helped near and far, by name."""
    with time_machine.travel(now, tick=False):
        desk = Desk(sqlite_app, make_small_directory(at=now))
        add(desk, desk.small.birch, "Kennel near")
        add(desk, desk.small.birch, "Kennel far", sites=(make_site(SCHENECTADY),))
        add(desk, desk.small.cedar, "Kennel hidden", confidential=True)
        yield desk


def add(desk: Desk, team: Team, name: str, **facts: object) -> None:
    """Write a service for pets, with the text by which it is found."""
    service_id = save_service(team, name=name, needs=frozenset({Need.PETS}), **facts)
    with unit_of_work():
        db.session.add(
            ServiceText(service_id=service_id, network_id=desk.small.network_id, body=name.lower())
        )


def find(desk: Desk, **fields: object) -> str:
    worker = desk["alder.worker"]
    worker.open("/desk/find")
    answer = worker.send("/desk/find", {**ASKED, "needs": ["pets"], **fields})
    assert answer.status_code == 200
    return unescape(text_of(answer))


def main_of(page: str) -> str:
    return page.partition("<main")[2].partition("</main>")[0]


def section(page: str, mark: str) -> str:
    return page.partition(mark)[2].partition("</section>")[0]


def table_of(page: str) -> str:
    return page.partition('id="side-by-side"')[2].partition("columns-find")[0]


def ids_of(page: str) -> dict[str, str]:
    """Return the ids of the partners that can be compared, by name."""
    found = re.findall(r'name="compare" value="([^"]+)".*?hidden"> ([^<]+)</span>', page, re.DOTALL)
    return {name: service_id for service_id, name in found}


def words(fragment: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", fragment).split())


def test_plans_say_which_need_goes_where_and_what_each_part_costs(desk: Desk) -> None:
    page = find(desk, needs=["pets", "advocacy"])
    text = words(section(page, 'id="plans-heading"'))
    assert "1 further door: the person tells it all once more 20" in text
    assert "not counted" in text
    assert "The nearest for each need by itself" in text
    for total in re.findall(r"doors · (\d+) effective min", text):
        plan = text.partition(f"doors · {total} effective min")[2]
        plan = re.split(r"(?:One door|\d doors) ·|The minutes of", plan)[0]
        # Names of services and members hold no figures here.
        assert sum(int(n) for n in re.findall(r"(?<= )\d+(?= |$)", plan) if n != "1") == int(total)


def test_two_partners_stand_side_by_side_with_their_parts_in_rows(desk: Desk) -> None:
    ids = ids_of(find(desk))
    chosen = [ids["Kennel near"], ids["Kennel far"], ids["Kennel hidden"]]
    page = find(desk, compare=chosen)
    table = table_of(page)
    assert re.findall(r'scope="col">(?:<a [^>]+>)?([^<]+)', table) == [
        "Kennel near",
        "Kennel far",
        "Kennel hidden",
    ]
    assert "Trip by car, estimate" in table
    for row in re.findall(r'<tr class="cost-\w+">(.*?)</tr>', table, re.DOTALL):
        cells = re.findall(r"<td>(.*?)</td>", row, re.DOTALL)
        assert "not counted" in cells[2], row
        assert "not counted" not in cells[0]
    assert "plans-heading" not in page  # one need alone has nothing to plan
    add(desk, desk.small.birch, "Kennel more")
    ids = ids_of(find(desk))
    assert len(ids) == 4
    table = table_of(find(desk, compare=list(ids.values())))
    assert table.count('scope="col"') == 3
    assert "The first three of your choice." in table
    for few in ([ids["Kennel near"]], [ids["Kennel near"], "bogus"], ["bogus"]):
        assert "Choose two or three partners" in find(desk, compare=few)


def about(desk: Desk, name: str, **fields: object) -> str:
    page = find(desk, about=name, **fields)
    return words(section(page, 'id="about"').partition("</form>")[2])


def test_a_partner_is_told_why_it_is_here_why_in_this_place_or_why_not(desk: Desk) -> None:
    told = about(desk, "kennel far")
    assert "Number 2 in the list, with 44 effective minutes." in told
    assert "34 Trip by car, estimate" in told
    assert "Refer here" not in told  # it is in the list, with its button
    left_out = about(desk, "advocacy")
    assert "Left out: Helps with other needs Changes if: A need that they help with" in left_out
    for number in range(10):
        save_service(desk.small.birch, name=f"Nearer {number}", needs=frozenset({Need.PETS}))
    told = about(desk, "Kennel far")
    assert "It fits, and comes after those in the list: 44 effective minutes." in told
    assert "Refer here" in told


def test_a_confidential_partner_is_told_without_a_word_on_distance(desk: Desk) -> None:
    told = about(desk, "kennel hidden")
    assert "under confidential and area-wide services" in told
    assert not re.search(r"\d", told)
    elsewhere = about(desk, "kennel hidden", near="12207")
    assert elsewhere == told


def test_a_place_to_keep_away_from_is_obeyed_carried_and_never_shown_again(desk: Desk) -> None:
    away = {"near": "12305", "not_near": "12180; Watervliet, NY", "not_near_km": "5"}
    page = find(desk, **away)
    assert "Kennel far" in main_of(page)
    assert "Kennel hidden" in main_of(page)
    carried = section(page, 'name="carried"').partition('value="')[2].partition('"')[0]
    assert carried
    again = find(desk, near="12305", carried=carried)
    for seen in (page, again):
        assert "Kennel near" not in main_of(seen)
        assert "What was left out earlier stays left out." in seen
        for typed in ("12180", "Troy", "Watervliet"):
            assert typed not in main_of(seen)
    assert SILENT in about(desk, "kennel near", near="12305", carried=carried)
    assert "Kennel near" in main_of(find(desk, near="12305", carried=carried, forget="1"))
    # What cannot be used does not lift what can, and is not repeated either.
    worker = desk["alder.worker"]
    wrong = {**ASKED, "needs": ["pets"], "exclude": BIRCH, "not_near": "Nowhereville"}
    refused = worker.send("/desk/find", wrong)
    assert refused.status_code == 422
    assert "one place, known here" in text_of(refused)
    for typed in ("Nowhereville", BIRCH):
        assert typed not in main_of(text_of(refused))


def test_an_excluded_partner_reads_as_if_nobody_had_the_name(desk: Desk) -> None:
    """R82: the same words for an exclusion, the other side, one's own program and a wrong name."""
    add(desk, desk.small.alder, "Own kennel")
    nobody = about(desk, "nobody at all")
    assert SILENT in nobody
    assert about(desk, "kennel near", exclude=BIRCH) == nobody
    assert about(desk, "own kennel") == nobody
    assert about(desk, "dune") == nobody
    page = find(desk, about="kennel", exclude=BIRCH)
    assert "Kennel hidden" in main_of(page)
    assert "Kennel near" not in main_of(page)
    for name in ('" OR *', "\x00", "%_"):
        assert SILENT in about(desk, name)
    worker = desk["alder.worker"]
    answer = worker.send("/desk/find", {**ASKED, "needs": ["pets"], "about": "x" * 500})
    assert answer.status_code == 422
