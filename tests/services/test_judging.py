"""A single service is judged by the very search that the list is made by."""

from __future__ import annotations

from ccr.domain.matching import judge
from ccr.domain.taxonomy import CompartmentKind, Regime
from ccr.policy.identity import Role
from ccr.services.judging import search_in
from ccr.services.routing import RouteFields, find_partners
from tests.builders import ALBANY, make_site
from tests.directory_rows import save_agreement, save_service
from tests.people import make_team


def test_a_service_judged_alone_costs_what_it_costs_in_the_list(network, partner, world, now):
    program = make_team(
        network,
        "Cedar",
        at=now,
        regime=Regime.APIP,
        kind=CompartmentKind.APIP,
        role=Role.FACILITATOR,
    )
    save_service(partner)
    save_service(partner, sites=(make_site(ALBANY),), capacity=None)
    save_agreement(network, program, partner)
    fields = RouteFields(needs=["advocacy", "housing"], near="12180")
    answer = find_partners(program.identity, world, fields, at=now)
    search, directory = search_in(program.identity, world, answer.request)
    alone = [judge(p.service, search) for p in answer.partners]
    assert [(c.effective_minutes, c.parts) for c in alone] == [
        (p.effective_minutes, p.parts) for p in answer.partners
    ]
    assert {"pathway", "fit"} <= {part.name for p in answer.partners for part in p.parts}
    assert directory.index.services.keys() == {p.service.id for p in answer.partners}
