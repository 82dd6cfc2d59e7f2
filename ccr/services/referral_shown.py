"""Referrals as their two sides see them: a row of a list, and a page. Made by `referral_desk`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from ccr.domain.disclosure import ReferralFacts
from ccr.domain.kept_reason import KeptReason
from ccr.domain.next_contact import NextContact
from ccr.domain.referral_views import ReceiverView, SenderView
from ccr.domain.taxonomy import Need
from ccr.services.asking_shown import NamedPartners


@dataclass(frozen=True, slots=True)
class SentItem:
    """A referral as its sender sees it, with the names of the partner.

    Attributes:
        facts: what was sent, already made broader; the sender's own.
        broader: names of the facts that were made broader.
        to_a_program: True where the partner is an abusive partner program.
    """

    view: SenderView
    facts: ReferralFacts
    service_name: str
    member_name: str
    broader: tuple[str, ...] = ()
    to_a_program: bool = False

    @property
    def needs(self) -> tuple[Need, ...]:
        """Return the needs that were sent."""
        return self.facts.needs

    @property
    def says_limits(self) -> bool:
        """Return True where what a program cannot do is said with it (R10)."""
        return self.to_a_program or Need.ABUSIVE_PARTNER_INTERVENTION in self.needs


@dataclass(frozen=True, slots=True)
class ReceivedItem:
    """A referral as its receiver sees it, with the sender's and its own service's name."""

    view: ReceiverView
    sender_name: str
    service_name: str
    to_a_program: bool = False

    @property
    def needs(self) -> tuple[Need, ...]:
        """Return the needs, which are seen before accepting too."""
        return self.view.needs

    @property
    def says_limits(self) -> bool:
        """Return True where what a program cannot do is said with it (R10)."""
        return self.to_a_program or Need.ABUSIVE_PARTNER_INTERVENTION in self.needs


@dataclass(frozen=True, slots=True)
class SentPage:
    """One referral on its sender's page; `notes` are the texts of the timeline, by note id.

    `why`: why the partner was proposed, while the referral is open in the sender's eyes.
    `named`: whom the person named beside this partner, if anybody; `contact`: when the person
    calls or comes again.
    """

    item: SentItem
    notes: Mapping[UUID, str]
    question: str | None
    partner_phone: str | None
    why: KeptReason | None = None
    named: NamedPartners | None = None
    contact: NextContact | None = None


@dataclass(frozen=True, slots=True)
class ReceivedPage:
    """One referral on its receiver's page; `question` is the sender's, after accepting."""

    item: ReceivedItem
    notes: Mapping[UUID, str]
    question: str | None
