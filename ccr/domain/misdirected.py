"""A referral that reached the wrong partner: what could be read there, and what both sides do now.

What lives here: the record of it and the steps for two supervisors. What must not: a fact about a
person; only the names of facts are kept.

The wrong receiver is the mistake that privacy offices see most (security.md, case 14): it is not
undone by deleting, so the record says what left, and nobody has to find out at night what to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ccr.domain.clocks import Side
from ccr.domain.disclosure import SEEN_BEFORE_ACCEPTING, Fact, ReferralFacts
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.referral import Referral


@dataclass(frozen=True, slots=True)
class Misdirected:
    """The record of one.

    Attributes:
        opened_at, accepted_at: when the wrong partner opened it, and took it; the latter or None.
        facts_read: names of the facts that could be read there, never a value.
        sender_done_at, receiver_done_at: when a supervisor of that side had done the steps.
    """

    id: UUID
    referral_id: UUID | None
    network_id: UUID
    sender_compartment_id: UUID
    receiver_compartment_id: UUID
    sent_at: datetime
    opened_at: datetime
    frozen_at: datetime
    facts_read: tuple[Fact, ...]
    accepted_at: datetime | None = None
    sender_done_at: datetime | None = None
    receiver_done_at: datetime | None = None

    def side_of(self, compartment_id: UUID) -> Side | None:
        """Return which side a program is, or None."""
        if compartment_id == self.sender_compartment_id:
            return Side.SENDER
        return Side.RECEIVER if compartment_id == self.receiver_compartment_id else None

    def other_than(self, compartment_id: UUID) -> UUID:
        """Return the program on the other side."""
        sender = compartment_id == self.sender_compartment_id
        return self.receiver_compartment_id if sender else self.sender_compartment_id

    def done_at(self, side: Side) -> datetime | None:
        """Return when this side was done; what the other side has done is the other's."""
        return self.sender_done_at if side is Side.SENDER else self.receiver_done_at


def facts_read(referral: Referral, facts: ReferralFacts, *, has_question: bool) -> tuple[Fact, ...]:
    """Return which facts the receiver could read: before accepting, need, county and urgency."""
    said = {
        Fact.NEEDS: True,
        Fact.COUNTY: True,
        Fact.URGENCY: True,
        Fact.TRACK: True,
        Fact.AREA: facts.area,
        Fact.LANGUAGE: facts.language,
        Fact.AGE: facts.age,
        Fact.ACCESS: facts.access,
        Fact.CHILDREN: facts.children,
        Fact.TRANSPORT: facts.transport,
        Fact.QUESTION: has_question,
    }
    took = referral.accepted_at is not None
    return tuple(f for f, given in said.items() if given and (took or f in SEEN_BEFORE_ACCEPTING))


STEPS: dict[Side, tuple[Phrase, ...]] = {
    Side.SENDER: (
        phrase("Call the supervisor of that partner. Ask that nobody acts on what they read."),
        phrase("Tell the person what went where. Ask whether they feel safe with that."),
        phrase("If not, plan for safety with them, with an advocate, before anything else."),
        phrase("Ask whom they want now, and send a new referral."),
        phrase("Write it into your agency's own file, and tell whom your law or funder names."),
    ),
    Side.RECEIVER: (
        phrase("Nobody contacts the person, or anybody about them."),
        phrase("Destroy notes and prints of it. Do not look for it in your own records."),
        phrase("Tell nobody but your supervisor what you read."),
        phrase("Expect a call from the sender's supervisor."),
    ),
}
"""What a supervisor sees to. Our choice, after R22 and security.md, case 14."""
