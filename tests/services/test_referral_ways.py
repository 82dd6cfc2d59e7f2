"""Ways to partners follow what members promise and what their listings say, and cost minutes."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import update

from ccr.domain.taxonomy import CompartmentKind, Need, Regime
from ccr.policy.identity import Role
from ccr.services.promises import end_pathway, promise_pathway
from ccr.services.route_document import route_document
from ccr.services.routing import RouteFields
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.directory import PhoneRow
from ccr.storage.queries.coordination import list_pathways
from ccr.storage.queries.directory_log import raise_directory_version
from tests.directory_rows import save_service
from tests.people import make_team

FIELDS = RouteFields(needs=["advocacy"], near="12180")


def test_what_members_promise_counts_from_the_next_search_on(network, sender, partner, world, now):
    house, line = (make_team(network, name, at=now) for name in ("Elm House", "Line"))
    save_service(house, confidential=True)
    line_service = save_service(line, needs=frozenset({Need.HOTLINE}), phone="518-555-0100")
    office = make_team(
        network, "Office", Role.COORDINATOR, at=now, kind=CompartmentKind.COORDINATION
    )

    def way(**changes):
        document = route_document(sender.identity, world, replace(FIELDS, **changes), at=now)
        (row,) = [r for r in document["area_partners"] if r["member"] == "Elm House"]
        return [(step["member"], step["phone"]) for step in row["pathway"]]

    direct, by_line = [("Elm House", None)], [("Line", "518-555-0100"), ("Elm House", None)]
    assert way() == direct
    promise_pathway(office.identity, line.member_id, house.member_id, None, at=now)
    assert way() == by_line
    # The line's listing changes: the ways follow the directory, change by change.
    with unit_of_work():
        db.session.execute(
            update(PhoneRow)
            .where(PhoneRow.service_id == line_service)
            .values(number="518-555-0199")
        )
        raise_directory_version(network, [line_service])
    assert way() == [("Line", "518-555-0199"), ("Elm House", None)]
    promise_pathway(office.identity, sender.member_id, house.member_id, None, at=now)
    assert way() == direct
    (pathway_id,) = [p.id for p in list_pathways(network) if p.from_member_id == sender.member_id]
    end_pathway(office.identity, pathway_id, at=now)
    assert way() == [("Line", "518-555-0199"), ("Elm House", None)]


def test_a_program_s_way_about_a_survivor_is_a_part_of_the_minutes(network, partner, world, now):
    program = make_team(
        network,
        "Cedar",
        at=now,
        regime=Regime.APIP,
        kind=CompartmentKind.APIP,
        role=Role.FACILITATOR,
    )
    save_service(partner)
    (row,) = route_document(program.identity, world, FIELDS, at=now)["partners"]
    assert {part["name"]: part["minutes"] for part in row["parts"]}["pathway"] == 45
    assert [step["member"] for step in row["pathway"]] == ["An advocate", "Alder House"]
