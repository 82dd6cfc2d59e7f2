"""The network desk by its pages: who may open it, what it says, and how it answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from ccr.services import followups
from tests.coordination import promise, sign_protocol, write_past_referrals
from tests.directory_rows import save_agreement
from tests.loop import world
from tests.small_directory import grow, make_referrals, make_small_directory
from tests.web.journey import Desk, table_of, text_of
from tests.web.test_network_desk_acts import take
from tests.web.test_query_counts import MOST, statements

COORDINATOR, AUDITOR = "coordination.coordinator", "coordination.auditor"
PAGES = (
    "/network/overview",
    "/network/gaps",
    "/network/gaps?row=3&county=36083&page=1",
    "/network/gaps/print",
    "/network/gaps/table.csv",
    "/network/gaps/table.geojson",
    "/network/graph",
    "/network/graph?view=table",
    "/network/graph?steps=2&layer=agreement&year=2025&without=1&size=2",
    "/network/graph.svg",
    "/network/pathways",
    "/network/pathways?year=2025",
    "/network/pathways/over-time.csv",
    "/network/agreements",
    "/network/unmet",
    "/network/unmet?period=2026Q3",
    "/network/unmet/table.csv",
    "/network/indicators",
    "/network/programs",
    "/network/gaps/register",
    "/network/gaps?party=1&language=es&hours=1&minutes=30&row=3",
    "/network/gaps?zips=36083&row=3&county=12180",
)
ACTS = (
    "/network/gaps/plan",
    "/network/gaps/take",
    "/network/gaps/00000000-0000-4000-8000-000000000000/status",
    "/network/gaps/00000000-0000-4000-8000-000000000000/steps",
    "/network/gaps/00000000-0000-4000-8000-000000000000/steps/00000000-0000-4000-8000-000000000000",
    "/network/agreements/promise",
    "/network/agreements/new",
    "/network/agreements/00000000-0000-4000-8000-000000000000/renew",
    "/network/agreements/00000000-0000-4000-8000-000000000000/end",
    "/network/agreements/protocol",
    "/network/agreements/end/00000000-0000-4000-8000-000000000000",
)


@pytest.fixture
def desk(app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        yield Desk(app, make_small_directory(at=now))


@pytest.fixture
def sqlite_desk(sqlite_app: Flask, now: datetime) -> Iterator[Desk]:
    """Return the desk for what asks nothing new of a database."""
    with time_machine.travel(now, tick=False):
        yield Desk(sqlite_app, make_small_directory(at=now))


@pytest.mark.parametrize(
    "who",
    ["alder.worker", "birch.advocate", "alder.agency_admin", "dune.facilitator",
     "coordination.system_admin"],
)  # fmt: skip
def test_for_everybody_else_there_is_nothing_here(sqlite_desk: Desk, who: str) -> None:
    nothing = sqlite_desk[who].open("/network/nowhere")
    for path in PAGES:
        answer = sqlite_desk[who].open(path)
        assert answer.status_code == 404, path
        assert len(answer.data) == len(nothing.data)
    for path in ACTS:
        assert sqlite_desk[who].send(path).status_code == 404, path


def test_an_auditor_reads_every_page_and_has_no_act(sqlite_desk: Desk) -> None:
    for path in PAGES:
        answer = sqlite_desk[AUDITOR].open(path)
        assert answer.status_code == 200, path
        assert 'action="/network' not in text_of(answer)
    for path in ACTS:
        assert sqlite_desk[AUDITOR].send(path).status_code == 404, path


def test_a_coordinator_comes_to_the_overview_and_has_its_places_in_reach(sqlite_desk: Desk) -> None:
    answer = sqlite_desk[COORDINATOR].open("/welcome")
    assert answer.headers["Location"] == "/network/overview"
    page = text_of(sqlite_desk[COORDINATOR].open("/network/overview"))
    for path in ("/network/gaps", "/network/graph", "/network/agreements"):
        assert f'href="{path}"' in page
    assert 'href="/desk/inbox"' not in page


def test_every_page_takes_at_most_twelve_statements_and_no_more_with_twice_the_data(
    desk: Desk, now: datetime
) -> None:
    small = desk.small
    make_referrals(small, now - timedelta(days=20))
    sign_protocol(small, small.birch, signed_on=date(2026, 1, 1), expires_on=date(2026, 12, 1))
    promise(small, small.alder, small.birch, on=date(2026, 1, 1))

    def counted() -> dict[str, int]:
        desk[COORDINATOR].open("/network/gaps")  # the directory is read once a version
        return {path: statements(desk[COORDINATOR], path) for path in PAGES}

    first = counted()
    assert max(first.values()) <= MOST, first
    grow(small, 5, at=now)
    save_agreement(small.network_id, small.birch, small.cedar)
    promise(small, small.cedar, small.dune, on=date(2026, 2, 1))
    make_referrals(small, now - timedelta(days=19))
    followups.run_clocks(world(), at=now)
    take(desk[COORDINATOR], desk)
    assert counted() == first


def test_no_page_shows_a_code_or_a_count_of_people(sqlite_desk: Desk, now: datetime) -> None:
    small = sqlite_desk.small
    make_referrals(small, now - timedelta(days=20))
    words = {row.code for row in _referrals() if row.code}
    assert words
    for path in PAGES:
        page = text_of(sqlite_desk[COORDINATOR].open(path))
        for code in words:
            assert code not in page
            assert code.replace("-", " ") not in page
    late = text_of(sqlite_desk[COORDINATOR].open("/network/overview"))
    assert "Birch Advocates (demo)" in late
    assert re.search(r"Silent|Late", late)


def _referrals() -> list[object]:
    from ccr.storage.db import db
    from ccr.storage.models.referrals import ReferralRow

    return list(db.session.query(ReferralRow))


def test_the_coordinators_pages_are_the_same_whatever_the_receiver_does_after_accepting(
    desk: Desk, now: datetime
) -> None:
    made = desk.send()
    desk.as_receiver(made, "accept")
    before = [text_of(desk[COORDINATOR].open(path)) for path in PAGES]
    desk.as_receiver(made, "connect")
    desk.as_receiver(made, "close", outcome="not-reached-safely")
    after = [text_of(desk[COORDINATOR].open(path)) for path in PAGES]
    token = re.compile(r'name="(?:csrf_token|once)" value="[^"]+"')
    assert [token.sub("", page) for page in before] == [token.sub("", page) for page in after]


@pytest.mark.parametrize(
    "query",
    ["row=999", "row=-1", "row=x", "row=%C2%B2", "county=99999", "county=%00", "page=0",
     "page=9999999", "row=3&county=36083&page=7"],
)  # fmt: skip
def test_any_address_of_the_matrix_opens_a_page(sqlite_desk: Desk, query: str) -> None:
    assert sqlite_desk[COORDINATOR].open(f"/network/gaps?{query}").status_code == 200
    assert sqlite_desk[COORDINATOR].open(f"/network/graph?member={query}").status_code == 200


def test_no_need_stands_in_any_address_of_the_desk(sqlite_desk: Desk) -> None:
    for path in PAGES:
        page = text_of(sqlite_desk[COORDINATOR].open(path))
        for href in re.findall(r'href="(/network[^"]*)"', page):
            assert not re.search(r"advocacy|shelter|protection|abus|victim", href), href


def test_a_cell_opens_its_evidence_and_hides_a_hidden_place(sqlite_desk: Desk) -> None:
    page = text_of(sqlite_desk[COORDINATOR].open("/network/gaps?row=3&county=36083"))
    evidence = page.split('id="evidence"')[1].split("</section>")[0]
    assert "Cedar advocacy (demo)" in evidence
    assert "private place: counts by its area only" in evidence
    assert "Checked 12 Nov 2026" in evidence


def test_the_table_comes_as_csv_of_codes_and_counts(desk: Desk) -> None:
    answer = desk[COORDINATOR].open("/network/gaps/table.csv")
    assert answer.mimetype == "text/csv"
    rows = table_of(answer)
    cell = next(r for r in rows if (r["need"], r["county_fips"]) == ("advocacy", "36083"))
    assert (cell["state"], cell["members_checked"]) == ("adequate", "2")
    assert "(demo)" not in text_of(answer)


def test_the_graph_says_the_same_as_picture_and_as_table(sqlite_desk: Desk) -> None:
    small = sqlite_desk.small
    save_agreement(small.network_id, small.alder, small.birch)
    path = f"/network/graph?member={small.birch.member_id}"
    picture = text_of(sqlite_desk[COORDINATOR].open(path))
    table = text_of(sqlite_desk[COORDINATOR].open(f"{path}&view=table"))
    assert picture.count("data-edge=") == 1
    assert 'aria-label="Alder Hospital (demo)"' in picture
    assert "Birch Advocates (demo) (Agreement)" in table
    for page in (picture, table):
        assert "One member would have no way to victim services:" in page


def test_the_overview_shows_only_published_figures(desk: Desk, now: datetime) -> None:
    from ccr.services import coordination
    from ccr.services.accounts import terminal_identity

    small = desk.small
    write_past_referrals(
        small, [(small.alder, small.birch)] * 4, at=datetime.fromisoformat("2026-08-10T12:00+00:00")
    )
    assert "Nothing is published yet." in text_of(desk[COORDINATOR].open("/network/overview"))
    coordination.publish_quarter(terminal_identity("Test network"), "2026Q3", at=now)
    page = text_of(desk[COORDINATOR].open("/network/overview"))
    assert "2026Q3" in page
    figures = page.split('id="figures"')[1].split("</section>")[0]
    assert set(re.findall(r'data-label="Sent">([^<]+)<', figures)) == {"Not shown"}


def test_an_empty_network_says_what_to_do_next(sqlite_app: Flask, now: datetime) -> None:
    from ccr.policy.identity import Role
    from ccr.storage.queries import accounts
    from tests.people import make_network
    from tests.small_directory import _add_person

    with time_machine.travel(now, tick=False):
        network_id = make_network("Bare network", at=now)
        program = accounts.coordination_compartment(network_id)
        _add_person(program, Role.COORDINATOR, "bare@example.org", at=now)
        desk = Desk(sqlite_app, make_small_directory(at=now))
        desk.small.emails["bare"] = "bare@example.org"
        for path, words in (
            ("/network/overview", "No county is known yet"),
            ("/network/gaps", "No county is known yet"),
            ("/network/gaps/print", "No county is known yet"),
            ("/network/graph", "No member is listed yet"),
            ("/network/graph?view=table", "No member is listed yet"),
            ("/network/graph?start=x&goal=y&steps=9&layer=z&year=q", "No member is listed yet"),
            ("/network/graph.svg", "Position means nothing"),
            ("/network/pathways", "A pathway needs two members"),
            ("/network/agreements", "No agreement is recorded"),
        ):
            answer = desk["bare"].open(path)
            assert answer.status_code == 200, path
            assert words in text_of(answer), path


def test_the_table_asked_for_somebody_says_so_and_every_link_keeps_it(sqlite_desk: Desk) -> None:
    page = text_of(
        sqlite_desk[COORDINATOR].open("/network/gaps?language=es&minutes=30&how=2&row=3")
    )
    assert "Speaks: Spanish · In person, within about 30 minutes by car" in page
    cells = re.findall(r'class="gap-body" href="([^"]+)"', page)
    assert cells
    assert all("language=es" in link and "minutes=30" in link for link in cells)
    sheet = text_of(sqlite_desk[COORDINATOR].open("/network/gaps/print?language=es"))
    assert "Speaks: Spanish" in sheet
    table = table_of(sqlite_desk[COORDINATOR].open("/network/gaps/table.csv?language=es"))
    assert {row["asked"] for row in table} == {"Speaks: Spanish"}


def test_no_word_of_a_need_or_a_party_stands_in_the_form_of_the_filters(sqlite_desk: Desk) -> None:
    page = text_of(sqlite_desk[COORDINATOR].open("/network/gaps"))
    form = page[page.index('id="asked"') : page.index("</details>", page.index('id="asked"'))]
    values = set(re.findall(r'value="([^"]*)"', form))
    assert {"1", "es", "36083"} <= values
    assert not any(len(value) > 3 and not value.isdigit() for value in values), values


def test_by_zip_the_columns_are_the_zips_of_the_county(sqlite_desk: Desk) -> None:
    page = text_of(sqlite_desk[COORDINATOR].open("/network/gaps?zips=36083&row=3&county=12180"))
    assert "Need by ZIP in Rensselaer" in page
    assert "12180 Troy" in page
    assert 'class="map-dot gap-ok"' in page
    assert "Cedar advocacy (demo)" in page
    rows = table_of(sqlite_desk[COORDINATOR].open("/network/gaps/table.csv?zips=36083"))
    assert {"12180"} < {row["zip_code"] for row in rows}


def test_what_an_address_cannot_mean_asks_nothing(sqlite_desk: Desk) -> None:
    def tables(query: str) -> list[str]:
        page = text_of(sqlite_desk[COORDINATOR].open(f"/network/gaps{query}"))
        assert "Asked for:" not in page
        return re.findall(r"<table.*?</table>", page, re.DOTALL)

    plain = tables("")
    assert plain
    for query in ("party=0", "party=99", "party=x", "language=xx", "minutes=31", "zips=99999"):
        assert tables(f"?{query}") == plain, query
