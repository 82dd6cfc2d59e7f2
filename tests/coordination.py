"""The coordination of a small directory at work: identities, promises and late referrals."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from ccr.domain.taxonomy import Need
from ccr.policy.identity import Identity, Role
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.referrals import ReferralRow
from ccr.storage.queries import accounts
from ccr.storage.queries import coordination as queries
from tests.people import Team
from tests.small_directory import SmallDirectory


def coordinator(small: SmallDirectory, role: Role = Role.COORDINATOR) -> Identity:
    """Return somebody of the coordination, with an id of their own."""
    program = accounts.coordination_compartment(small.network_id)
    return Identity(
        user_id=uuid4(),
        network_id=small.network_id,
        member_id=program.member_id,
        compartment_id=program.id,
        compartment_kind=program.kind,
        regime=program.regime,
        roles=frozenset({role}),
    )


def promise(small: SmallDirectory, sends: Team, takes: Team, *, on: date) -> UUID:
    """Write a promised pathway for any need."""
    with unit_of_work():
        made = queries.promise_pathway(
            small.network_id, sends.member_id, takes.member_id, None, on=on
        )
    assert made is not None
    return made


def sign_protocol(
    small: SmallDirectory, partner: Team, *, signed_on: date, expires_on: date | None
) -> None:
    """Write Dune's consultation protocol with a partner."""
    with unit_of_work():
        queries.add_protocol(
            small.network_id,
            small.dune.compartment_id,
            partner.member_id,
            signed_on=signed_on,
            expires_on=expires_on,
        )


def write_past_referrals(
    small: SmallDirectory,
    pairs: Iterable[tuple[Team, Team]],
    *,
    at: datetime,
    needs: Iterable[Need] = (Need.ADVOCACY,),
    answered_after: timedelta | None = timedelta(hours=3),
) -> None:
    """Write closed or waiting referrals straight into storage, one for each pair of programs."""
    accepted = at + answered_after if answered_after is not None else None
    with unit_of_work():
        db.session.add_all(
            ReferralRow(
                network_id=small.network_id,
                sender_compartment_id=sends.compartment_id,
                receiver_compartment_id=takes.compartment_id,
                service_id=small.birch_service_id,
                code=str(uuid4()),
                state="sent" if accepted is None else "accepted",
                needs=[need.value for need in needs],
                survivor_yes=True,
                created_at=at,
                sent_at=at,
                accepted_at=accepted,
                updated_at=at,
            )
            for sends, takes in pairs
        )
