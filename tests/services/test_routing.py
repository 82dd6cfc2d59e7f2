"""Finding partners as a use case: read, authorised, kept ready, counted, told as plain data."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from ccr.domain.directory import Area
from ccr.domain.errors import ForbiddenError, InvalidInputError, NotFoundError
from ccr.domain.routing import rank_partners
from ccr.domain.taxonomy import AreaExtent, CapacityStatus, Need, ServiceStatus, Urgency
from ccr.policy.identity import Role
from ccr.services import routing
from ccr.services.accounts import terminal_identity
from ccr.services.route_document import answer_as_dict, route_document
from ccr.services.routing import (
    RouteFields,
    count_unmet_need,
    directory_services,
    find_partners,
    make_ready,
    read_not_near,
    read_request,
    ready_directory,
    still_possible,
)
from ccr.storage.db import db
from ccr.storage.models.directory import UnmetNeed
from ccr.storage.queries.snapshot import load_snapshot
from tests.builders import ALBANY, make_capacity, make_site
from tests.directory_rows import Statements, save_agreement, save_service
from tests.people import make_network, make_team

FIELDS = RouteFields(needs=["advocacy"], near="12180")


def found(sender, world, now, **changes):
    return find_partners(sender.identity, world, replace(FIELDS, **changes), at=now)


def test_find_partners_gives_the_answer_of_the_specification(sender, partner, world, now):
    save_service(partner)
    save_service(partner, sites=(make_site(ALBANY),), needs=frozenset({Need.ADVOCACY, Need.FOOD}))
    save_service(partner, confidential=True)
    answer = found(sender, world, now)
    assert answer == rank_partners(
        load_snapshot(sender.identity.network_id), answer.request, hours=world.hours
    )
    assert (len(answer.partners), len(answer.area_partners)) == (2, 1)


def test_the_request_knows_the_sender_and_its_program(sender, world, now):
    request = read_request(sender.identity, world, FIELDS, at=now)
    assert (request.sender_member_id, request.sender_compartment_id) == (
        sender.member_id,
        sender.compartment_id,
    )
    assert request.at == now


def test_the_terminal_asks_without_a_sender(network, world, now):
    request = read_request(terminal_identity(), world, FIELDS, at=now)
    assert (request.sender_member_id, request.sender_compartment_id) == (None, None)


def test_ones_own_program_is_never_a_partner(sender, world, now):
    save_service(sender)
    answer = found(sender, world, now)
    assert (answer.partners, answer.why_not) == ((), ())


def test_somebody_without_a_role_may_not_ask(sender, world, now):
    nobody = replace(sender.identity, roles=frozenset())
    with pytest.raises(ForbiddenError):
        find_partners(nobody, world, FIELDS, at=now)


@pytest.mark.parametrize("scopes", [frozenset({"referrals"}), frozenset()])
def test_a_key_without_the_scope_may_not_ask(sender, world, now, scopes):
    machine = replace(sender.identity, user_id=None, roles=frozenset(), key_scopes=scopes)
    with pytest.raises(ForbiddenError):
        find_partners(machine, world, FIELDS, at=now)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"needs": []}, "needs"),
        ({"needs": ["advocacy", "housing", "food", "pets", "elder", "medical"]}, "needs"),
        ({"needs": ["mediation"]}, "needs"),
        ({"near": ""}, "near"),
        ({"near": "12 Elm Street, Troy"}, "near"),
        ({"near": "99999"}, "near"),
        ({"track": "victim"}, "track"),
        ({"urgency": "asap"}, "urgency"),
        ({"language": "Spanish!"}, "language"),
        ({"access": ["stairs"]}, "access"),
        ({"age_band": "25"}, "age_band"),
        ({"gender": "x"}, "gender"),
        ({"transport": "boat"}, "transport"),
        ({"at": "tomorrow"}, "at"),
        ({"at": "0001-01-01T00:00+14:00"}, "at"),
        ({"exclude": ["Nobody at all"]}, "exclude"),
        ({"exclude": ["x"] * 51}, "exclude"),
        ({"not_near": ["Nowhere at all"]}, "not_near"),
        ({"not_near": ["12180=0"]}, "not_near"),
        ({"not_near": ["12180", "12207", "12305", "12866"]}, "not_near"),
        ({"limit": "0"}, "limit"),
        ({"limit": "51"}, "limit"),
        ({"limit": "ten"}, "limit"),
        ({"limit": "9" * 5000}, "limit"),
    ],
)
def test_each_field_that_cannot_be_used_is_named(sender, world, now, changes, field):
    with pytest.raises(InvalidInputError) as error:
        found(sender, world, now, **changes)
    assert error.value.field == field
    for value in changes.values():
        texts = [value] if isinstance(value, str) else value
        assert all(text not in str(error.value) for text in texts if len(text) > 3)


def test_a_time_without_an_offset_is_the_networks_local_time(sender, world, now):
    request = read_request(sender.identity, world, replace(FIELDS, at="2026-11-12T16:20"), at=now)
    assert request.at == datetime(2026, 11, 12, 21, 20, tzinfo=UTC)


@pytest.mark.parametrize("how", ["name", "other case", "id"])
def test_an_excluded_member_is_never_shown_named_or_echoed(sender, partner, world, now, how):
    save_service(partner)
    text = {"name": "Alder House", "other case": "  alder   HOUSE", "id": str(partner.member_id)}[
        how
    ]
    fields = replace(FIELDS, exclude=[text])
    document = route_document(sender.identity, world, fields, at=now)
    assert document["partners"] == document["area_partners"] == document["why_not"] == []
    assert "Alder" not in json.dumps(document)
    assert str(partner.member_id) not in json.dumps(document)


def test_a_member_without_services_may_be_left_out_too(sender, partner, world, now):
    assert found(sender, world, now, exclude=["Alder House"]).partners == ()


def test_what_was_typed_does_not_show_when_fields_are_printed():
    fields = RouteFields(needs=["advocacy"], near="12180", exclude=["Alder House"])
    assert "Alder" not in repr(fields)
    assert "12180" not in repr(fields)


def test_a_distance_to_keep_leaves_no_trace_in_any_part_of_the_answer(sender, partner, world, now):
    near = save_service(partner, name="Near desk")
    far = save_service(partner, name="Far desk", sites=(make_site(ALBANY),))
    hidden = save_service(partner, name="Elm house", confidential=True)
    fields = replace(FIELDS, near="12207", not_near=["Troy, NY=2"])
    document = route_document(sender.identity, world, fields, at=now)
    assert [row["service_id"] for row in document["partners"]] == [str(far)]
    assert [row["service_id"] for row in document["area_partners"]] == [str(hidden)]
    for trace in ("Near desk", str(near), "Troy", "2 km"):
        assert trace not in json.dumps(document)
    assert "Troy" not in repr(fields)
    request = read_request(sender.identity, world, fields, at=now)
    stopped = still_possible(sender.identity, world, request, near, at=now)
    assert stopped is not None
    assert stopped.limit == "not-offered"


def test_nobody_is_led_by_a_member_with_a_place_too_near(network, sender, partner, world, now):
    goal = make_team(network, "Cedar Bank", at=now)
    save_service(partner)
    save_service(goal, sites=(make_site(ALBANY),))
    save_agreement(network, sender, partner)
    save_agreement(network, partner, goal)
    for not_near, ways in (([], 1), (["12180=2"], 0)):
        fields = replace(FIELDS, near="12207", not_near=not_near)
        rows = route_document(sender.identity, world, fields, at=now)["partners"]
        (row,) = (row for row in rows if row["member"] == "Cedar Bank")
        assert len(row["other_pathways"]) == ways
        assert ("Alder House" in json.dumps(row)) is bool(ways)


def test_a_place_to_keep_away_from_is_named_in_full_whatever_was_typed(sender, world):
    typed = ["  troy,ny ", "12207=20", "Rensselaer County"]
    said = read_not_near(sender.identity, world, typed)
    assert said == ["Albany, NY 12207=20", "Rensselaer County, NY=8", "Troy, NY=8"]
    assert read_not_near(sender.identity, world, said) == said


def test_a_warm_search_costs_one_statement(sender, partner, world, now):
    save_service(partner)
    found(sender, world, now)
    with Statements() as counted:
        found(sender, world, now)
    assert len(counted.texts) == 1


def test_a_change_of_the_directory_is_seen_by_the_next_search(sender, partner, world, now):
    save_service(partner)
    assert len(found(sender, world, now).partners) == 1
    save_service(partner)
    assert len(found(sender, world, now).partners) == 2


def test_networks_do_not_see_each_other(sender, partner, world, now):
    save_service(partner)
    other = make_team(make_network("Other network", at=now), "Far Clinic", at=now)
    assert found(other, world, now).partners == ()
    assert len(found(sender, world, now).partners) == 1


def test_threads_share_one_index(app, sender, partner, world, now):
    save_service(partner)
    seen = []

    def ask():
        with app.app_context():
            seen.append(ready_directory(sender.identity).index)
            db.session.remove()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 6
    assert len({id(index) for index in seen}) == 1


def test_only_so_many_networks_are_kept_ready(app, world, now, monkeypatch):
    monkeypatch.setattr(routing._copies, "most", 2)
    teams = [
        make_team(make_network(f"Network {i}", at=now), f"Clinic {i}", at=now) for i in range(3)
    ]
    for team in (teams[0], teams[1], teams[0], teams[2]):
        found(team, world, now)
    assert routing._copies.networks() == {
        teams[0].identity.network_id,
        teams[2].identity.network_id,
    }


def test_a_large_directory_is_kept_out_of_the_collector(sender, partner, world, now, monkeypatch):
    frozen = []
    monkeypatch.setattr(routing, "_LARGE", 0)
    monkeypatch.setattr(routing.gc, "freeze", lambda: frozen.append(True))
    save_service(partner)
    found(sender, world, now)
    found(sender, world, now)
    assert frozen == [True]


def test_a_choice_is_looked_at_again_before_sending(sender, partner, world, now):
    service_id = save_service(partner)
    full = save_service(partner, capacity=make_capacity(CapacityStatus.NO_CAPACITY))
    hidden = save_service(partner, confidential=True)
    request = read_request(sender.identity, world, FIELDS, at=now)

    def check(chosen):
        return still_possible(sender.identity, world, request, chosen, at=now)

    assert check(service_id) is None
    assert check(hidden) is None
    assert check(full).limit == "capacity"
    with pytest.raises(NotFoundError):
        check(uuid4())


def test_a_choice_is_judged_at_the_moment_of_sending(sender, partner, world, now):
    service_id = save_service(
        partner, capacity=make_capacity(CapacityStatus.NO_CAPACITY, updated_at=now)
    )
    request = read_request(sender.identity, world, FIELDS, at=now)
    later = now + timedelta(days=8)
    assert still_possible(sender.identity, world, request, service_id, at=now) is not None
    assert still_possible(sender.identity, world, request, service_id, at=later) is None


def test_a_service_that_stopped_taking_referrals_is_refused_without_a_reason(
    sender, partner, world, now
):
    gone = save_service(partner, status=ServiceStatus.INACTIVE)
    request = read_request(sender.identity, world, FIELDS, at=now)
    stopped = still_possible(sender.identity, world, request, gone, at=now)
    assert str(stopped.text) == "Is not offered for this request"


def test_services_in_plans_can_be_named(sender, partner, world, now):
    service_id = save_service(partner)
    named = directory_services(sender.identity, [service_id, uuid4()])
    assert list(named) == [service_id]


# -- unmet needs ----------------------------------------------------------------------------------


def counters():
    rows = db.session.execute(select(UnmetNeed.quarter, UnmetNeed.need, UnmetNeed.count))
    return sorted(tuple(row) for row in rows)


def count(sender, world, now, token, needs=("housing", "pets"), county="36083"):
    return count_unmet_need(sender.identity, world, list(needs), county, at=now, token=token)


def test_a_need_that_found_nothing_is_counted_by_quarter_and_county(sender, world, now):
    assert count(sender, world, now, uuid4()) is True
    assert count(sender, world, now, uuid4(), ["pets"]) is True
    assert counters() == [("2026Q4", "housing", 1), ("2026Q4", "pets", 2)]


def test_a_double_click_counts_once(sender, world, now):
    token = uuid4()
    assert count(sender, world, now, token) is True
    assert count(sender, world, now, token) is False
    assert counters() == [("2026Q4", "housing", 1), ("2026Q4", "pets", 1)]


def test_the_quarter_is_that_of_the_networks_local_day(sender, world):
    new_year_in_utc = datetime(2027, 1, 1, 2, 0, tzinfo=UTC)
    count(sender, world, new_year_in_utc, uuid4(), ["pets"])
    assert counters() == [("2026Q4", "pets", 1)]


@pytest.mark.parametrize(
    ("needs", "county", "field"), [(["pets"], "99999", "county_fips"), (["x"], "36083", "needs")]
)
def test_only_known_needs_and_counties_are_counted(sender, world, now, needs, county, field):
    with pytest.raises(InvalidInputError) as error:
        count(sender, world, now, uuid4(), needs, county)
    assert error.value.field == field
    assert counters() == []


def test_a_coordinator_does_not_count_needs(network, world, now):
    coordinator = make_team(network, "Council", Role.COORDINATOR, at=now)
    with pytest.raises(ForbiddenError):
        count(coordinator, world, now, uuid4())
    assert counters() == []


def test_directories_made_ready_at_the_start_need_one_statement_to_be_asked(
    network, sender, partner, world, now
):
    save_service(partner)
    assert make_ready(world) == 1
    with Statements() as counted:
        assert found(sender, world, now).partners
    assert len(counted.texts) == 1


# -- the contract ---------------------------------------------------------------------------------


def test_the_document_has_the_fields_of_the_contract(sender, partner, world, now):
    save_service(partner)
    save_service(partner, confidential=True)
    save_service(partner, areas=(Area(AreaExtent.STATE, "CA"),))
    save_service(partner, needs=frozenset({Need.HOUSING}))
    fields = replace(FIELDS, needs=["advocacy", "housing"])
    document = route_document(sender.identity, world, fields, at=now)
    assert list(document) == [
        "version",
        "origin",
        "call_now",
        "partners",
        "area_partners",
        "why_not",
        "plans",
        "nearest_per_need",
    ]
    assert document["version"] == 1
    assert set(document["origin"]) == {"label", "precision", "lat", "lon"}
    assert set(document["partners"][0]) == {
        "service_id",
        "service",
        "member_id",
        "member",
        "needs",
        "distance_km",
        "precision",
        "effective_minutes",
        "parts",
        "reasons",
        "unknown",
        "pathway",
        "other_pathways",
        "notes",
    }
    assert set(document["area_partners"][0]) == set(document["partners"][0]) - {
        "distance_km",
        "effective_minutes",
        "parts",
    }
    assert document["area_partners"][0]["precision"] == "none"
    assert set(document["why_not"][0]) == {
        "service_id",
        "service",
        "member",
        "limit",
        "text",
        "would_change",
    }
    plan = {"services", "effective_minutes", "doors", "parts", "further_doors"}
    assert set(document["plans"][0]) == plan
    for row in document["partners"]:
        assert row["effective_minutes"] == sum(part["minutes"] for part in row["parts"])
    assert json.loads(json.dumps(document)) == document


def test_the_way_to_a_partner_names_who_can_introduce_and_who_answers(
    network, sender, partner, world, now
):
    save_service(partner)
    between = make_team(network, "Birch Desk", at=now)
    save_service(between, needs=frozenset({Need.FOOD}))
    save_agreement(network, sender, between)
    save_agreement(network, between, partner)
    answer = found(sender, world, now)
    (row,) = answer_as_dict(sender.identity, world, answer, ready_directory(sender.identity))[
        "partners"
    ]
    assert row["pathway"] == [
        {
            "member": "Alder House",
            "text": "You have no agreement with them yet. Someone reads this now.",
            "phone": None,
        }
    ]
    assert row["other_pathways"] == [
        [
            {
                "member": "Birch Desk",
                "text": "Can introduce you to the next. You have an agreement in force.",
                "phone": "518-555-0118",
            },
            {
                "member": "Alder House",
                "text": "The two have an agreement in force. Someone reads this now.",
                "phone": None,
            },
        ]
    ]


def test_the_way_never_leads_over_excluded_members(network, sender, partner, world, now):
    save_service(partner)
    between = make_team(network, "Birch Desk", at=now)
    save_service(between, needs=frozenset({Need.FOOD}))
    save_agreement(network, sender, between)
    save_agreement(network, between, partner)
    fields = replace(FIELDS, exclude=["Birch Desk"])
    (row,) = route_document(sender.identity, world, fields, at=now)["partners"]
    assert [step["member"] for step in row["pathway"]] == ["Alder House"]
    assert row["other_pathways"] == []


def test_ids_in_the_document_are_whole_uuids(sender, partner, world, now):
    service_id = save_service(partner)
    (row,) = route_document(sender.identity, world, FIELDS, at=now)["partners"]
    assert UUID(row["service_id"]) == service_id
    assert UUID(row["member_id"]) == partner.member_id


def test_a_search_writes_nothing(sender, partner, world, now):
    save_service(partner)
    with Statements() as counted:
        found(sender, world, now, urgency=Urgency.IMMEDIATE.value)
    assert all(text.lstrip().upper().startswith("SELECT") for text in counted.texts)
