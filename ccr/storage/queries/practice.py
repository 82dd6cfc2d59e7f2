"""Practice networks: made once an account, invisible to everybody else, moved on by the worker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID, uuid4

from sqlalchemy import Table, and_, exists, func, or_, select, update

from ccr.domain.joining import Topic
from ccr.domain.member_kinds import Kind
from ccr.domain.practice import Checklist, InventedPartner
from ccr.domain.referral_states import ENDED, EventKind, State
from ccr.domain.taxonomy import AreaExtent
from ccr.storage.db import db
from ccr.storage.models.accounts import Account, Compartment, Network
from ccr.storage.models.directory import LocationRow, MemberRow, ServiceAreaRow, ServiceRow
from ccr.storage.models.joining import MembershipRow, TrainingRow
from ccr.storage.models.referrals import ReferralEventRow, ReferralRow
from ccr.storage.queries.referrals import rows_changed

SOURCE = "ccr-practice"
OVER = tuple(state.value for state in (*ENDED, State.DECLINED, State.EXPIRED))


@dataclass(frozen=True, slots=True)
class Waiting:
    """A practice referral that an invented partner has in its hands."""

    referral_id: UUID
    compartment_id: UUID
    partner: InventedPartner
    state: State
    asked: bool
    release_waits: bool


@dataclass(frozen=True, slots=True)
class Practising:
    """Somebody who has a practice space and has not yet tried all of it."""

    account_id: UUID
    network_id: UUID
    member_id: UUID
    compartment_id: UUID
    practice_compartment_id: UUID


def add_practice_network(*, state: str, timezone: str, at: datetime) -> UUID:
    """Add an empty practice network; return its id."""
    network_id = uuid4()
    db.session.add(
        Network(
            id=network_id,
            name=f"Practice space {network_id.hex[:12]}",
            state=state,
            timezone=timezone,
            is_demo=False,
            is_practice=True,
            created_at=at,
        )
    )
    db.session.flush()
    return network_id


def add_practice_member(
    network_id: UUID, name: str, kind: Kind, *, code: str, at: datetime
) -> UUID:
    """Add a member of a practice network; `code` says what it is there for. Return its id."""
    category, regime, sector = kind
    member = MemberRow(
        id=uuid4(),
        network_id=network_id,
        name=name[:300],
        category=category.value,
        regime=regime.value,
        sector=sector.value,
        source=SOURCE,
        source_id=code,
        updated_at=at,
    )
    db.session.add(member)
    db.session.flush()
    return member.id


def answer_by_phone(network_id: UUID, member_id: UUID, *, at: datetime) -> None:
    """Let an invented member answer by phone."""
    db.session.add(
        MembershipRow(
            member_id=member_id,
            network_id=network_id,
            way="phone",
            pledged_at=at,
            pledged_by_role="faith-leader",
            live_at=at,
            updated_at=at,
        )
    )
    db.session.flush()


def practice_program(account_id: UUID) -> UUID | None:
    """Return the program of an account's practice space, or None while there is none."""
    return db.session.scalar(
        select(Account.practice_compartment_id).where(Account.id == account_id)
    )


def claim(account_id: UUID, compartment_id: UUID) -> bool:
    """Give an account its practice space; of any number at once, one gets True."""
    accounts = cast("Table", Account.__table__)
    return bool(
        rows_changed(
            update(accounts)
            .where(accounts.c.id == account_id, accounts.c.practice_compartment_id.is_(None))
            .values(practice_compartment_id=compartment_id)
        )
    )


def county_of_member(member_id: UUID) -> str | None:
    """Return a county that a member works in: of its public places, else of its areas."""
    place = db.session.scalar(
        select(LocationRow.county_fips)
        .where(
            LocationRow.member_id == member_id,
            LocationRow.confidential.is_(False),
            LocationRow.county_fips.is_not(None),
        )
        .order_by(LocationRow.county_fips)
        .limit(1)
    )
    return place or db.session.scalar(
        select(ServiceAreaRow.code)
        .join(ServiceRow, ServiceRow.id == ServiceAreaRow.service_id)
        .where(ServiceRow.member_id == member_id, ServiceAreaRow.extent == AreaExtent.COUNTY.value)
        .order_by(ServiceAreaRow.code)
        .limit(1)
    )


def list_waiting(*, before: datetime, limit: int, after: UUID | None = None) -> list[Waiting]:
    """Return practice referrals that invented partners have had since before this moment, by id."""
    asked = exists().where(
        ReferralEventRow.referral_id == ReferralRow.id,
        ReferralEventRow.action == EventKind.ASK.value,
    )
    wished = exists().where(
        ReferralEventRow.referral_id == ReferralRow.id,
        ReferralEventRow.action == EventKind.RELEASE_ASKED.value,
    )
    settled = exists().where(
        ReferralEventRow.referral_id == ReferralRow.id,
        ReferralEventRow.action.in_(
            (EventKind.RELEASE_CONFIRMED.value, EventKind.RELEASE_WITHDRAWN.value)
        ),
    )
    rows = db.session.execute(
        select(
            ReferralRow.id,
            ReferralRow.receiver_compartment_id,
            MemberRow.source_id,
            ReferralRow.state,
            asked.label("asked"),
            and_(wished, ~settled).label("release_waits"),
        )
        .join(Network, Network.id == ReferralRow.network_id)
        .join(Compartment, Compartment.id == ReferralRow.receiver_compartment_id)
        .join(MemberRow, MemberRow.id == Compartment.member_id)
        .where(
            Network.is_practice,
            MemberRow.source == SOURCE,
            MemberRow.source_id.in_(
                [p.value for p in InventedPartner if p is not InventedPartner.PHONE]
            ),
            ReferralRow.state.in_(
                [
                    state.value
                    for state in (State.SENT, State.ACCEPTED, State.IN_PROGRESS, State.CONNECTED)
                ]
            ),
            ReferralRow.updated_at <= before,
            *([] if after is None else [ReferralRow.id > after]),
        )
        .order_by(ReferralRow.id)
        .limit(limit)
    )
    return [
        Waiting(
            row.id,
            row.receiver_compartment_id,
            InventedPartner(row.source_id),
            State(row.state),
            bool(row.asked),
            bool(row.release_waits),
        )
        for row in rows
    ]


def list_practising(
    *, begun_before: datetime, limit: int, after: UUID | None = None
) -> list[Practising]:
    """Return who practises and is not trained yet, by account id."""
    own = cast("Table", Compartment.__table__).alias("own")
    rows = db.session.execute(
        select(
            Account.id,
            Account.network_id,
            own.c.member_id,
            Account.compartment_id,
            Account.practice_compartment_id,
        )
        .join(own, own.c.id == Account.compartment_id)
        .join(Compartment, Compartment.id == Account.practice_compartment_id)
        .outerjoin(
            TrainingRow,
            and_(TrainingRow.account_id == Account.id, TrainingRow.topic == Topic.PRACTICE.value),
        )
        .where(
            Account.active,
            TrainingRow.id.is_(None),
            Compartment.created_at <= begun_before,
            *([] if after is None else [Account.id > after]),
        )
        .order_by(Account.id)
        .limit(limit)
    )
    return [Practising(*row) for row in rows]


def checklist_of(compartment_id: UUID) -> Checklist:
    """Return what was tried in a practice program, in one statement."""
    sent = ReferralRow.sender_compartment_id == compartment_id
    received = ReferralRow.receiver_compartment_id == compartment_id
    asked = exists().where(
        ReferralEventRow.referral_id == ReferralRow.id,
        ReferralEventRow.action == EventKind.ASK.value,
    )
    answered = or_(
        ReferralRow.accepted_at.is_not(None), ReferralRow.declined_at.is_not(None), asked
    )
    came_back = and_(
        sent, or_(ReferralRow.declined_at.is_not(None), ReferralRow.expired_at.is_not(None))
    )
    closed = and_(ReferralRow.state == State.CLOSED.value, or_(received, came_back))
    row = db.session.execute(
        select(
            *(
                func.count().filter(condition)
                for condition in (
                    and_(sent, ReferralRow.sent_at.is_not(None)),
                    and_(sent, ReferralRow.accepted_at.is_not(None)),
                    and_(received, answered),
                    closed,
                )
            )
        )
        .select_from(ReferralRow)
        .where(or_(sent, received))
    ).one()
    return Checklist(*(count > 0 for count in row))


def has_one_to_answer(compartment_id: UUID) -> bool:
    """Return True while something that arrived in a practice program is not at its end."""
    found = select(ReferralRow.id).where(
        ReferralRow.receiver_compartment_id == compartment_id, ReferralRow.state.not_in(OVER)
    )
    return db.session.scalar(found.limit(1)) is not None


def partner_program(network_id: UUID, partner: InventedPartner) -> UUID:
    """Return the program of an invented partner of a practice network."""
    return db.session.scalars(
        select(Compartment.id)
        .join(MemberRow, MemberRow.id == Compartment.member_id)
        .where(
            Compartment.network_id == network_id,
            MemberRow.source == SOURCE,
            MemberRow.source_id == partner.value,
        )
    ).one()


def service_of_program(compartment_id: UUID) -> tuple[UUID, Sequence[str], str]:
    """Return (service, its tracks, a county it covers) of a practice program."""
    row = db.session.execute(
        select(ServiceRow.id, ServiceRow.tracks, ServiceAreaRow.code)
        .join(ServiceAreaRow, ServiceAreaRow.service_id == ServiceRow.id)
        .where(
            ServiceRow.compartment_id == compartment_id,
            ServiceAreaRow.extent == AreaExtent.COUNTY.value,
        )
        .order_by(ServiceRow.id)
        .limit(1)
    ).one()
    return row.id, row.tracks, row.code


def should_practise(account_id: UUID) -> bool:
    """Return True for somebody of a member that is not live yet who has not practised."""
    trained = exists().where(
        TrainingRow.account_id == Account.id, TrainingRow.topic == Topic.PRACTICE.value
    )
    found = (
        select(Account.id)
        .join(Compartment, Compartment.id == Account.compartment_id)
        .join(MembershipRow, MembershipRow.member_id == Compartment.member_id)
        .where(Account.id == account_id, MembershipRow.live_at.is_(None), ~trained)
    )
    return db.session.scalar(found) is not None
