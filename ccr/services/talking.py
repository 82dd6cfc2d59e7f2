"""Talking about a referral: notes to the other side, beside those for one's own program.

Before acceptance the two talk by question and answer (`ccr.services.referrals`). After it the
sender may write to whoever took it; what the receiver writes back is read while a feedback release
is in force and the person agreed to this very note, and by nobody otherwise (design 2.4).
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ccr.domain.clocks import Side
from ccr.domain.errors import IllegalTransitionError, InvalidInputError
from ccr.domain.phrases import phrase
from ccr.domain.referral_states import EventKind
from ccr.policy.identity import Identity
from ccr.services.outbox import Notice, notify_compartment
from ccr.services.referral_acts import Entry, checked_text, load, log, may_log
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.releases import find_release


def write_to_receiver(
    identity: Identity, world: World, referral_id: UUID, text: str, *, at: datetime
) -> None:
    """Write, as the sender, to the partner that took the referral; it reads it while it has it.

    Raises:
        IllegalTransitionError: nobody has taken it, it came back, or the partner is called.
    """
    note = checked_text(text, required=True, field="note")
    with unit_of_work():
        referral = load(identity, referral_id, Side.SENDER, lock=True).referral
        # Nothing here looks at what the receiver did after accepting.
        taken = may_log(referral, EventKind.SHARED_NOTE, Side.SENDER)
        receiver = referral.receiver_compartment_id
        if not taken or referral.declined_at or referral.by_phone or receiver is None:
            raise _not_now()
        entry = Entry(EventKind.SHARED_NOTE, Side.SENDER, note)
        event_id = log(identity, world, referral.id, entry, at=at)
        append_event(identity, EventKind.SHARED_NOTE.value, "referral", referral.id, at=at)
        notify_compartment(
            referral.network_id,
            receiver,
            Notice.ITEM_TO_REVIEW,
            about=f"note/{event_id}",
            at=at,
        )


def write_to_sender(
    identity: Identity,
    world: World,
    referral_id: UUID,
    text: str,
    *,
    agreed: bool,
    at: datetime,
) -> None:
    """Write, as the receiver, to the sender, who reads it while the release is in force.

    Raises:
        IllegalTransitionError: no release is in force.
        InvalidInputError: field `agreed`: the person was not asked about this note.
    """
    note = checked_text(text, required=True, field="note")
    with unit_of_work():
        referral = load(identity, referral_id, Side.RECEIVER, lock=True).referral
        release = find_release(referral.id)
        in_force = release is not None and release.in_force(at)
        if not in_force or not may_log(referral, EventKind.SHARED_NOTE, Side.RECEIVER):
            raise _not_now()
        if not agreed:
            raise InvalidInputError(
                phrase("Ask the person first: may the sender read this?"), field="agreed"
            )
        log(identity, world, referral.id, Entry(EventKind.SHARED_NOTE, Side.RECEIVER, note), at=at)
        append_event(identity, EventKind.SHARED_NOTE.value, "referral", referral.id, at=at)


def _not_now() -> IllegalTransitionError:
    return IllegalTransitionError(phrase("This is not possible for this referral now."))
