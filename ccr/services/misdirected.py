"""The wrong partner opened it: one act freezes, tells both supervisors, and leaves a record.

Who sees a record: people who handle referrals in the two programs, each with their own steps.
What the other side has done about it is the other side's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from ccr.domain.clocks import Side
from ccr.domain.errors import NotFoundError
from ccr.domain.misdirected import Misdirected, facts_read
from ccr.domain.referral_states import Action
from ccr.domain.taxonomy import Urgency
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.answer_letters import mail_link
from ccr.services.asking import act
from ccr.services.authorise import authorise
from ccr.services.outbox import Notice, notify
from ccr.services.referral_acts import load
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries.accounts import staff_of
from ccr.storage.queries.audit import append_event, append_event_to
from ccr.storage.queries.misdirected import (
    add_misdirected,
    get_misdirected,
    list_misdirected,
    names_of,
    settle_misdirected,
)


@dataclass(frozen=True, slots=True)
class MisdirectedItem:
    """A record as one side sees it, with the name of the other side's member."""

    record: Misdirected
    side: Side
    other_name: str


def freeze(identity: Identity, world: World, referral_id: UUID, *, at: datetime) -> UUID:
    """Freeze a referral that the wrong partner opened; return the id of the record of it.

    Raises:
        NotFoundError: no such referral of this program's.
        IllegalTransitionError: nobody has opened it, or it is frozen already.
    """
    with unit_of_work():
        stored = load(identity, referral_id, Side.SENDER, lock=True)
        before = stored.referral
        frozen = act(identity, world, referral_id, Action.FREEZE, Side.SENDER, at=at)
        if before.receiver_compartment_id is None or before.sent_at is None:
            raise NotFoundError
        record = Misdirected(
            id=uuid4(),
            referral_id=referral_id,
            network_id=identity.network_id,
            sender_compartment_id=before.sender_compartment_id,
            receiver_compartment_id=before.receiver_compartment_id,
            sent_at=before.sent_at,
            opened_at=before.opened_at or at,
            accepted_at=before.accepted_at,
            frozen_at=at,
            facts_read=facts_read(
                before, stored.facts, has_question=stored.question_sealed is not None
            ),
        )
        add_misdirected(record)
        append_event_to(
            record.receiver_compartment_id, None, "freeze", "referral", referral_id, at=at
        )
        for compartment_id in (record.sender_compartment_id, record.receiver_compartment_id):
            _tell_supervisors(record, compartment_id, at=at)
        mail_link(frozen, at=at)  # an office without accounts has no supervisor to be told
    return record.id


def _tell_supervisors(record: Misdirected, compartment_id: UUID, *, at: datetime) -> None:
    supervisors = staff_of(compartment_id, admins_only=True)
    notify(
        record.network_id,
        compartment_id,
        supervisors or staff_of(compartment_id),
        Notice.ACT_NOW,
        about=f"misdirected/{record.id}",
        at=at,
        urgency=Urgency.IMMEDIATE,
    )


def list_records(identity: Identity) -> tuple[MisdirectedItem, ...]:
    """Return the records of one's own program, newest first."""
    authorise(identity, Permission.REFERRAL_LIST)
    return _items(identity, list_misdirected(identity.compartment_id))


def read_record(identity: Identity, record_id: UUID, *, at: datetime) -> MisdirectedItem:
    """Return one record as one's own program sees it, and note who read it.

    Raises:
        NotFoundError: none, or another program's.
    """
    authorise(identity, Permission.REFERRAL_LIST)
    with unit_of_work():
        record = get_misdirected(record_id, identity.compartment_id)
        append_event(identity, "read", "misdirected-referral", record_id, at=at)
        return _items(identity, [record])[0]


def settle(identity: Identity, record_id: UUID, *, at: datetime) -> None:
    """Record, as a supervisor, that the steps of one's own side are done. Twice is once.

    Raises:
        NotFoundError: none, or another program's.
        ForbiddenError: not a supervisor.
    """
    authorise(identity, Permission.MISDIRECTED_SETTLE)
    with unit_of_work():
        record = get_misdirected(record_id, identity.compartment_id)
        side = record.side_of(identity.compartment_id)
        if side is not None and settle_misdirected(record_id, side, at=at):
            append_event(identity, "settle", "misdirected-referral", record_id, at=at)


def _items(identity: Identity, records: list[Misdirected]) -> tuple[MisdirectedItem, ...]:
    mine = identity.compartment_id
    names = names_of({record.other_than(mine) for record in records})
    return tuple(
        MisdirectedItem(
            record,
            record.side_of(mine) or Side.SENDER,
            names.get(record.other_than(mine), ""),
        )
        for record in records
    )
