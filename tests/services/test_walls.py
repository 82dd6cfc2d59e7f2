"""Walls between victim services and abusive partner programs, under one roof or two (R83)."""

from __future__ import annotations

import itertools

import pytest
from sqlalchemy import select

from ccr.domain.errors import CcrError, DuplicateError, InvalidInputError, NotFoundError
from ccr.domain.referral_views import Group, InboxTab
from ccr.domain.taxonomy import CompartmentKind
from ccr.policy.identity import ROLES_APART, ROLES_BY_KIND, Role
from ccr.services import accounts, followups, referral_desk, verification
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.accounts import Account, RoleRow
from ccr.storage.queries import accounts as queries
from tests.loop import world
from tests.people import PASSWORD, Team
from tests.small_directory import SmallDirectory, make_referrals, make_small_directory


@pytest.fixture
def small(app, now) -> SmallDirectory:
    return make_small_directory(at=now)


@pytest.fixture
def under_one_roof(small, now) -> Team:
    """Return the abusive partner program of the organization that also runs Birch's services."""
    with unit_of_work():
        compartment_id = queries.add_compartment(
            small.network_id,
            small.birch.member_id,
            name="Accountability",
            kind=CompartmentKind.APIP,
            at=now,
        )
        account_id = queries.add_account(
            queries.get_compartment(compartment_id),
            email="roof@example.org",
            password_hash="x",
            roles=frozenset({Role.FACILITATOR}),
            at=now,
        )
        identity = queries.identity_of(account_id, compartment_id, frozenset({Role.FACILITATOR}))
    return Team(small.birch.member_id, compartment_id, "roof@example.org", identity)


def test_r83_nobody_may_be_advocate_and_facilitator_at_once():
    for kind, roles in ROLES_BY_KIND.items():
        for pair in ROLES_APART:
            assert not pair <= roles, kind
    sides = {
        side: {kind for kind, roles in ROLES_BY_KIND.items() if side in roles}
        for side in (Role.ADVOCATE, Role.FACILITATOR)
    }
    assert not sides[Role.ADVOCATE] & sides[Role.FACILITATOR]


@pytest.mark.parametrize("first", [Role.ADVOCATE, Role.FACILITATOR])
def test_r83_one_person_gets_no_second_account_on_the_other_side(small, now, first):
    terminal = accounts.terminal_identity("Test network")
    names = {Role.ADVOCATE: "Birch Advocates (demo)", Role.FACILITATOR: "Dune Program (demo)"}

    def make(role):
        return accounts.create_account(
            terminal,
            email="both@example.org",
            password=PASSWORD,
            role=role,
            member_name=names[role],
            at=now,
        )

    make(first)
    (second,) = {Role.ADVOCATE, Role.FACILITATOR} - {first}
    with pytest.raises((DuplicateError, InvalidInputError)):
        make(second)


def test_r83_an_account_with_both_roles_is_found_by_the_verification(small, now):
    with unit_of_work():
        account = db.session.scalars(
            select(Account).where(Account.compartment_id == small.birch.compartment_id)
        ).first()
        facilitator = db.session.scalars(
            select(RoleRow).where(RoleRow.name == Role.FACILITATOR.value)
        ).one()
        account.roles.append(facilitator)
    verdict = verification.verify_storage(accounts.terminal_identity("Test network"))
    assert "accounts in the wrong program" in {one.invariant for one in verdict.findings}


def test_r83_one_side_of_an_organization_sees_nothing_of_the_other(small, under_one_roof, now):
    made = make_referrals(small, now)
    them = under_one_roof.identity
    for group in Group:
        page, counts = referral_desk.outbox(them, world(), group, at=now)
        assert not page.items
        assert not any(counts.values())
    for tab in InboxTab:
        page, counts = referral_desk.inbox(them, world(), tab, at=now)
        assert not page.items
        assert not any(counts.values())
    for referral_id, look in itertools.product(
        made.values(), (referral_desk.open_received, referral_desk.open_sent)
    ):
        with pytest.raises(CcrError) as refused:
            look(them, world(), referral_id, at=now)
        assert isinstance(refused.value, NotFoundError)
    found = followups.follow_ups(them, world(), at=now)
    assert not [*found.overdue.items, *found.today.items, *found.this_week.items]
