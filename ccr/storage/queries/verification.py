"""Questions to the stored data whose only good answer is an empty list.

Each function returns ids (as text) of the records that break one invariant. Nothing is changed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select, text

from ccr.domain.audit import GENESIS, chain_hash
from ccr.domain.clocks import ClockKind, Side
from ccr.domain.referral_states import Action, State
from ccr.domain.referral_transitions import TRANSITIONS
from ccr.policy.identity import ROLES_APART, ROLES_BY_KIND
from ccr.storage.db import db
from ccr.storage.models.accounts import Account, Compartment
from ccr.storage.models.audit import AuditEventRow
from ccr.storage.models.directory import (
    LocationRow,
    MemberRow,
    ServiceAreaRow,
    ServiceAtLocationRow,
    ServiceNeedRow,
    ServiceRow,
    ServiceText,
)
from ccr.storage.models.referrals import (
    ClockRow,
    ReferralEventRow,
    ReferralRow,
    ReferralSearchRow,
    ReleaseRow,
)
from ccr.storage.queries.audit import chain_heads, iterate_chain
from ccr.storage.queries.verification_coordination import COORDINATION_CHECKS
from ccr.storage.queries.verification_joining import (
    accounts_that_practise_in_earnest,
    answers_by_phone_that_nobody_gave,
    sender_calls,
)

LONGEST_RELEASE = timedelta(days=90)
_CONTACT = frozenset({ClockKind.FIRST_CONTACT, ClockKind.OUTCOME})
WATCHED: dict[State, tuple[frozenset[ClockKind], Side]] = {
    State.SENT: (frozenset({ClockKind.ANSWER}), Side.RECEIVER),
    State.ASKED: (frozenset({ClockKind.ANSWER}), Side.SENDER),
    State.WAITLISTED: (frozenset({ClockKind.ANSWER}), Side.RECEIVER),
    State.DECLINED: (frozenset({ClockKind.ANSWER}), Side.SENDER),
    State.EXPIRED: (frozenset({ClockKind.ANSWER}), Side.SENDER),
    State.ACCEPTED: (frozenset({ClockKind.FIRST_CONTACT}), Side.RECEIVER),
    State.IN_PROGRESS: (frozenset({ClockKind.OUTCOME}), Side.RECEIVER),
    State.ON_HOLD: (_CONTACT, Side.RECEIVER),
    State.CONNECTED: (frozenset({ClockKind.OUTCOME}), Side.RECEIVER),
}
"""The one clock that runs (or is paused) in each open state, and whose it is; a test derives it
from the table of transitions. In every other state none runs."""


def _ids(statement: Select[Any]) -> list[str]:
    return [str(value) for value in db.session.scalars(statement)]


def broken_database_file() -> list[str]:
    """Return what the engine's own integrity check says, if it says anything."""
    if db.session.get_bind().dialect.name != "sqlite":
        return []
    integrity = [str(r[0]) for r in db.session.execute(text("PRAGMA integrity_check"))]
    references = [str(r[0]) for r in db.session.execute(text("PRAGMA foreign_key_check"))]
    return [line for line in integrity if line != "ok"] + references


def broken_audit_chains() -> list[str]:
    """Return "compartment:position" of the first event that does not fit its chain."""
    found = []
    heads = {compartment: (position, tied) for compartment, position, tied in chain_heads()}
    chains = db.session.scalars(select(AuditEventRow.compartment_id).distinct()).all()
    for compartment_id in sorted({*heads, *chains}):
        # A chain whose head is gone has lost its end.
        last_position, last_hash = heads.get(compartment_id, (0, ""))
        previous, expected = GENESIS, 1
        for event, stored_previous, stored_hash in iterate_chain(compartment_id):
            fits = (
                event.position == expected
                and stored_previous == previous
                and chain_hash(previous, event) == stored_hash
            )
            if not fits:
                found.append(f"{compartment_id}:{event.position}")
                break
            previous, expected = stored_hash, expected + 1
        else:
            if (last_position, last_hash) != (expected - 1, previous):
                found.append(f"{compartment_id}:{last_position}")
    return found


def hidden_places_with_a_place() -> list[str]:
    """Return confidential locations that carry anything that could find them."""
    place = (
        LocationRow.address_1,
        LocationRow.address_2,
        LocationRow.city,
        LocationRow.state_province,
        LocationRow.postal_code,
        LocationRow.latitude,
        LocationRow.longitude,
        LocationRow.county_fips,
        LocationRow.transportation,
        LocationRow.description,
    )
    return _ids(
        select(LocationRow.id).where(
            LocationRow.confidential, or_(*(column.is_not(None) for column in place))
        )
    )


def hidden_services_at_public_places() -> list[str]:
    """Return links that tie a confidential service to a public place, or the reverse."""
    return _ids(
        select(ServiceAtLocationRow.id)
        .join(ServiceRow, ServiceRow.id == ServiceAtLocationRow.service_id)
        .join(LocationRow, LocationRow.id == ServiceAtLocationRow.location_id)
        .where(ServiceRow.confidential != LocationRow.confidential)
    )


def hidden_services_with_fine_areas() -> list[str]:
    """Return service areas of confidential services that are finer than a county."""
    return _ids(
        select(ServiceAreaRow.id)
        .join(ServiceRow, ServiceRow.id == ServiceAreaRow.service_id)
        .where(ServiceRow.confidential, ServiceAreaRow.extent == "zip")
    )


def services_of_another_members_program() -> list[str]:
    """Return services whose program belongs to another member or network."""
    return _ids(
        select(ServiceRow.id)
        .join(Compartment, Compartment.id == ServiceRow.compartment_id)
        .where(
            or_(
                Compartment.member_id != ServiceRow.member_id,
                Compartment.network_id != ServiceRow.network_id,
            )
        )
    )


def abusive_partner_programs_beside_victim_services() -> list[str]:
    """Return services for abusive partners that sit in a victim services program (R83)."""
    return _ids(
        select(ServiceRow.id)
        .join(Compartment, Compartment.id == ServiceRow.compartment_id)
        .join(ServiceNeedRow, ServiceNeedRow.service_id == ServiceRow.id)
        .where(
            Compartment.kind == "victim-services",
            ServiceNeedRow.need == "abusive-partner-intervention",
        )
    )


def services_without_search_text() -> list[str]:
    """Return services that free-text search cannot find."""
    return _ids(
        select(ServiceRow.id)
        .outerjoin(ServiceText, ServiceText.service_id == ServiceRow.id)
        .where(ServiceText.id.is_(None))
    )


def referrals_whose_state_disagrees_with_their_events() -> list[str]:
    """Return referrals whose state is not where their last move led."""
    last = (
        select(ReferralEventRow.referral_id, func.max(ReferralEventRow.position).label("position"))
        .where(ReferralEventRow.to_state.is_not(None))
        .group_by(ReferralEventRow.referral_id)
        .subquery()
    )
    return _ids(
        select(ReferralRow.id)
        .outerjoin(last, last.c.referral_id == ReferralRow.id)
        .outerjoin(
            ReferralEventRow,
            and_(
                ReferralEventRow.referral_id == ReferralRow.id,
                ReferralEventRow.position == last.c.position,
            ),
        )
        .where(
            ReferralRow.state != "draft",
            or_(
                ReferralEventRow.to_state.is_(None),
                ReferralEventRow.to_state != ReferralRow.state,
            ),
        )
    )


def referrals_accepted_twice() -> list[str]:
    """Return referrals with more than one acceptance that was not taken back between."""
    accepted = ReferralEventRow.action.in_(("accept", "phone-accept"))
    undone = ReferralEventRow.action == Action.UNDO_ACCEPT.value
    return _ids(
        select(ReferralEventRow.referral_id)
        .where(or_(accepted, undone))
        .group_by(ReferralEventRow.referral_id)
        .having(func.count().filter(accepted) - func.count().filter(undone) > 1)
    )


def moves_outside_the_table() -> list[str]:
    """Return events that lead from a state, or to one, where no row of the table leads."""
    found = []
    at: dict[UUID, str] = {}
    for move in db.session.execute(
        select(
            ReferralEventRow.id,
            ReferralEventRow.referral_id,
            ReferralEventRow.action,
            ReferralEventRow.from_state,
            ReferralEventRow.to_state,
        )
        .where(ReferralEventRow.to_state.is_not(None))
        .order_by(ReferralEventRow.referral_id, ReferralEventRow.position)
        .execution_options(yield_per=500)
    ):
        before = at.get(move.referral_id, State.DRAFT.value)
        at[move.referral_id] = move.to_state
        if move.from_state != before or move.to_state not in _leads_to(before, move.action):
            found.append(str(move.id))
    return found


def _leads_to(state: str, action: str) -> set[str]:
    if state not in set(State) or action not in set(Action):
        return set()
    row = TRANSITIONS.get((State(state), Action(action)))
    if row is None:
        return set()
    # Before the first contact some lead elsewhere: a hold ends where it began.
    return {to.value for to in (row.to, row.before_contact) if to is not None}


def moves_that_no_audit_chain_knows() -> list[str]:
    """Return events that changed a state without an audit event of the same act and moment."""
    return _ids(
        select(ReferralEventRow.id)
        .outerjoin(
            AuditEventRow,
            and_(
                AuditEventRow.subject_id == ReferralEventRow.referral_id,
                AuditEventRow.verb == ReferralEventRow.action,
                AuditEventRow.at == ReferralEventRow.at,
            ),
        )
        .where(ReferralEventRow.to_state.is_not(None), AuditEventRow.id.is_(None))
    )


def open_referrals_that_nobody_watches() -> list[str]:
    """Return referrals with somebody's move to make and no running clock of theirs."""
    watched = exists().where(
        ClockRow.referral_id == ReferralRow.id,
        ClockRow.stopped_at.is_(None),
        ClockRow.owner_compartment_id
        == case(
            (
                or_(
                    ReferralRow.state.in_(
                        [s.value for s, (_, o) in WATCHED.items() if o is Side.SENDER]
                    ),
                    # By phone, or where nobody reads at night, it is the sender who calls.
                    and_(ReferralRow.state == State.SENT.value, sender_calls()),
                ),
                ReferralRow.sender_compartment_id,
            ),
            else_=ReferralRow.receiver_compartment_id,
        ),
        _fits_its_state(),
    )
    return _ids(
        select(ReferralRow.id).where(ReferralRow.state.in_([s.value for s in WATCHED]), ~watched)
    )


def clocks_running_for_nothing() -> list[str]:
    """Return clocks that still run although nothing is waited for any more, or not this."""
    return _ids(
        select(ClockRow.id)
        .join(ReferralRow, ReferralRow.id == ClockRow.referral_id)
        .where(ClockRow.stopped_at.is_(None), ~_fits_its_state())
    )


def _fits_its_state() -> ColumnElement[bool]:
    return or_(
        *(
            and_(ReferralRow.state == state.value, ClockRow.kind.in_([k.value for k in kinds]))
            for state, (kinds, _) in WATCHED.items()
        )
    )


def referrals_across_networks() -> list[str]:
    """Return referrals whose sender or receiver is in another network."""
    sender, receiver = Compartment.__table__.alias("s"), Compartment.__table__.alias("r")
    return _ids(
        select(ReferralRow.id)
        .join(sender, sender.c.id == ReferralRow.sender_compartment_id)
        .outerjoin(receiver, receiver.c.id == ReferralRow.receiver_compartment_id)
        .where(
            or_(
                sender.c.network_id != ReferralRow.network_id,
                receiver.c.network_id != ReferralRow.network_id,
            )
        )
    )


def free_text_left_in_clear() -> list[str]:
    """Return records whose sealed columns hold something that is not a sealed token."""
    found = []
    for column, key in (
        (ReferralRow.question_sealed, ReferralRow.id),
        (ReferralEventRow.note_sealed, ReferralEventRow.id),
        (ReferralSearchRow.facts_sealed, ReferralSearchRow.referral_id),
        (ReferralSearchRow.why_sealed, ReferralSearchRow.referral_id),
    ):
        found += _ids(select(key).where(column.is_not(None), column.not_like("v1.%.%")))
    return found


def releases_that_last_too_long() -> list[str]:
    """Return feedback releases that end later than 90 days after they were asked for."""
    return [
        str(row.referral_id)
        for row in db.session.execute(
            select(ReleaseRow.referral_id, ReleaseRow.asked_at, ReleaseRow.until)
        )
        if row.until - row.asked_at > LONGEST_RELEASE
    ]


def accounts_in_the_wrong_program() -> list[str]:
    """Return accounts with a role that their program's kind does not have, or two kept apart."""
    kinds = {c.id: c.kind for c in db.session.execute(select(Compartment.id, Compartment.kind))}
    allowed = {kind.value: {r.value for r in roles} for kind, roles in ROLES_BY_KIND.items()}
    apart = [{r.value for r in pair} for pair in ROLES_APART]
    found = []
    for account in db.session.scalars(select(Account)).unique():
        roles = {r.name for r in account.roles}
        wrong_kind = not roles <= allowed.get(kinds.get(account.compartment_id, ""), set())
        if wrong_kind or any(pair <= roles for pair in apart):
            found.append(str(account.id))
    return found


def members_without_a_program() -> list[str]:
    """Return members that own no program, so that nothing of theirs has an owner."""
    return _ids(
        select(MemberRow.id)
        .outerjoin(Compartment, Compartment.member_id == MemberRow.id)
        .where(Compartment.id.is_(None))
    )


CHECKS: tuple[Callable[[], list[str]], ...] = (
    broken_database_file,
    broken_audit_chains,
    hidden_places_with_a_place,
    hidden_services_at_public_places,
    hidden_services_with_fine_areas,
    services_of_another_members_program,
    abusive_partner_programs_beside_victim_services,
    services_without_search_text,
    referrals_whose_state_disagrees_with_their_events,
    referrals_accepted_twice,
    moves_outside_the_table,
    moves_that_no_audit_chain_knows,
    open_referrals_that_nobody_watches,
    answers_by_phone_that_nobody_gave,
    clocks_running_for_nothing,
    referrals_across_networks,
    free_text_left_in_clear,
    releases_that_last_too_long,
    accounts_in_the_wrong_program,
    accounts_that_practise_in_earnest,
    members_without_a_program,
    *COORDINATION_CHECKS,
)
