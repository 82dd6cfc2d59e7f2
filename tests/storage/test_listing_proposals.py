"""Proposals are listed for whoever decides, decided once, and leave nothing of what was written."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update

from ccr.domain.directory_history import Act
from ccr.domain.linkages import paper_of_two
from ccr.domain.listing_review import Proposal, ProposalKind, ProposalState, WhatIsWrong
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.accounts import Account
from ccr.storage.models.directory import ServiceRow
from ccr.storage.models.keeping import ListingProposal
from ccr.storage.queries import listing_proposals as queries
from ccr.storage.queries.linkages import add_linkage
from ccr.storage.queries.listing_claims import has_open_referrals, is_unclaimed
from ccr.storage.queries.listing_history import listing_history
from ccr.storage.queries.listing_page import beside
from ccr.storage.queries.listing_places import write_place
from ccr.storage.queries.listing_state import listing_state, places_of_member
from ccr.storage.queries.listing_write import Author, move_service, write_service
from tests.small_directory import SmallDirectory, make_small_directory


@pytest.fixture
def small(app: Flask, now: datetime) -> SmallDirectory:
    del app
    return make_small_directory(at=now)


def keep(small: SmallDirectory, service_id: UUID, at: datetime, **changes) -> Proposal:
    proposal = Proposal(
        id=queries.new_id(),
        network_id=small.network_id,
        service_id=service_id,
        kind=ProposalKind.SUGGESTION,
        state=ProposalState.WAITING,
        compartment_id=None,
        account_id=None,
        created_at=at,
        issue=WhatIsWrong.PHONE,
        words_sealed="v1.sealed.words",
    )
    proposal = replace(proposal, **changes)
    with unit_of_work():
        queries.add_proposal(proposal, proposal.compartment_id)
    return queries.get_proposal(small.network_id, proposal.id).proposal


def test_each_desk_lists_its_own_and_one_of_two_decides(
    small: SmallDirectory, now: datetime
) -> None:
    mine = keep(small, small.birch_service_id, now)
    keep(small, small.cedar_service_id, now - timedelta(days=1))
    claim = {
        "kind": ProposalKind.CLAIM,
        "issue": None,
        "words_sealed": None,
        "compartment_id": small.alder.compartment_id,
    }
    claimed = keep(small, small.birch_service_id, now, **claim)
    birch, everybody = small.birch.compartment_id, None
    assert queries.list_waiting(small.network_id, everybody, 1).total == 3
    listed = queries.list_waiting(small.network_id, birch, 1)
    assert [row.proposal for row in listed.items] == [mine]
    own = queries.list_waiting(small.network_id, small.alder.compartment_id, 1)
    assert [row.proposal for row in own.items] == [claimed]
    assert (claimed.compartment_id, claimed.claimant_id) == (None, small.alder.compartment_id)
    assert queries.count_suggestions(small.network_id, small.birch_service_id) == (1, 2)
    with unit_of_work():
        assert queries.decide(mine, ProposalState.REFUSED, None, at=now)
        assert not queries.decide(mine, ProposalState.ACCEPTED, None, at=now)
    db.session.expire_all()
    row = db.session.get(ListingProposal, mine.id)
    assert row is not None
    assert (row.state, row.words_sealed) == ("refused", None)


def test_an_edit_comes_back_as_it_was_proposed_and_its_owner_takes_it_back(
    small: SmallDirectory, now: datetime
) -> None:
    account_id = small.birch.identity.user_id
    assert account_id is not None
    edit = {
        "kind": ProposalKind.EDIT,
        "issue": None,
        "words_sealed": None,
        "account_id": account_id,
        "before": {"minimum_age": None, "needs": ["advocacy"]},
        "after": {"minimum_age": 18, "needs": []},
        "by_role": "agency_admin",
    }
    kept = keep(small, small.birch_service_id, now, **edit)
    assert {name: getattr(kept, name) for name in edit} == edit
    assert kept.compartment_id == small.birch.compartment_id
    assert queries.waiting_edits(small.birch_service_id) == [kept]
    with unit_of_work():
        queries.withdraw_own([kept], account_id, {"phones"}, at=now)
        assert len(queries.waiting_edits(small.birch_service_id)) == 1
        queries.withdraw_own([kept], account_id, {"needs"}, at=now)
    assert queries.waiting_edits(small.birch_service_id) == []


def test_its_admins_decide_and_where_there_are_none_the_coordinators(
    small: SmallDirectory,
) -> None:
    program = small.birch.compartment_id
    found = queries.deciders(small.network_id, program, None)
    assert (found.compartment_id, len(found.account_ids)) == (program, 1)
    others = queries.deciders(small.network_id, program, found.account_ids[0])
    assert others.compartment_id != program
    assert len(others.account_ids) == 1
    with unit_of_work():
        db.session.execute(update(Account).values(active=False))
    assert queries.deciders(small.network_id, program, None).account_ids == ()


def test_what_stands_beside_a_listing(small: SmallDirectory, now: datetime) -> None:
    alder, birch = small.alder.member_id, small.birch.member_id
    today = now.date()
    found = beside(small.network_id, small.birch_service_id, alder, today)
    assert (found.agreed, found.waiting, found.unclaimed) == (False, 0, False)
    assert (len(found.phones), len(found.places)) == (2, 1)
    keep(small, small.birch_service_id, now)
    ends = today + timedelta(days=30)
    with unit_of_work():
        add_linkage(small.network_id, paper_of_two(birch, alder, today, ends))
        db.session.execute(update(ServiceRow).values(source="elsewhere"))
    found = beside(small.network_id, small.birch_service_id, alder, today)
    assert (found.agreed, found.agreed_until, found.waiting) == (True, ends, 1)
    assert not beside(small.network_id, small.birch_service_id, alder, ends).agreed
    assert not is_unclaimed(small.birch_service_id)
    with unit_of_work():
        db.session.execute(update(Account).values(active=False))
    assert beside(small.network_id, small.birch_service_id, alder, today).unclaimed
    assert is_unclaimed(small.birch_service_id)
    assert beside(small.network_id, small.cedar_service_id, alder, today).places == ()


def test_history_holds_the_listing_and_its_places_and_a_move_keeps_referrals(
    small: SmallDirectory, now: datetime
) -> None:
    assert not has_open_referrals(small.birch_service_id)
    author = Author(now, "coordinator")
    with unit_of_work():
        state = listing_state(small.network_id, small.birch_service_id)
        assert write_service(state, {"alert": "Closed today"}, author)
        place = places_of_member(small.network_id, small.birch.member_id)[0]
        assert write_place(place, {"name": "Front office"}, Author(now + timedelta(hours=1), "x"))
        state = listing_state(small.network_id, small.birch_service_id)
        later = Author(now + timedelta(hours=2), "agency_admin")
        assert move_service(state, small.alder.member_id, small.alder.compartment_id, later)
    page = listing_history(small.network_id, small.birch_service_id, 1)
    assert [change.act for change in page.items] == [Act.CLAIMED, Act.EDITED, Act.EDITED]
    assert page.total == 3
    assert listing_history(small.network_id, small.cedar_service_id, 1).items == ()
