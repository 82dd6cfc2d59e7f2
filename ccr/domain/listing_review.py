"""Changes that wait for a second person: proposals, who may decide, what is told to be wrong.

What lives here: the shapes and the rules of review. What must not: rows, the clock, permissions
(`ccr.policy`): those say whose desk it is, this says that nobody decides on their own proposal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from ccr.domain.errors import IllegalTransitionError, InvalidInputError
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import Labelled

LONGEST_WORDS = 500
MOST_WAITING_OF_A_LISTING = 20
"""Suggestions from anybody that wait for one listing; more are not kept."""
MOST_WAITING_IN_ALL = 500


class ProposalKind(Labelled):
    """What is proposed."""

    SUGGESTION = "suggestion"
    REPORT = "report"
    EDIT = "edit"
    CLAIM = "claim"

    @property
    def label(self) -> Phrase:
        """Return what it is, for the desk."""
        return {
            "suggestion": phrase("Told on the public page"),
            "report": phrase("Told by staff"),
            "edit": phrase("Change to confirm"),
            "claim": phrase("Claim"),
        }[self.value]


class ProposalState(StrEnum):
    """Where a proposal is."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class WhatIsWrong(Labelled):
    """What anybody may say is wrong with a listing: a closed list."""

    PHONE = "phone"
    CLOSED = "closed"
    MOVED = "moved"
    HOURS = "hours"
    NOT_THIS = "not-this"
    OTHER = "other"

    @property
    def label(self) -> Phrase:
        """Return it in plain words."""
        return {
            "phone": phrase("The phone number is wrong"),
            "closed": phrase("It has closed"),
            "moved": phrase("It has moved"),
            "hours": phrase("The hours are wrong"),
            "not-this": phrase("They do not help with this"),
            "other": phrase("Something else"),
        }[self.value]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something that waits for a decision, or was decided.

    Attributes:
        compartment_id: the program whose listing it is, and whose admins may decide; None for a
            claim, which only a coordinator decides.
        before, after: of an edit, the fields as they were and as they are wanted.
        issue: of a suggestion or report, what is wrong.
        words_sealed: what was written besides, until it is decided.
        claimant_id: of a claim, the program that wants the listing.
        by_role: the role of whoever proposed; "" for anybody at all.
        member_id: of an edit of a member's own facts, the member; the service is then a listing
            of it, at whose desk the change waits.
    """

    id: UUID
    network_id: UUID
    service_id: UUID
    kind: ProposalKind
    state: ProposalState
    compartment_id: UUID | None
    account_id: UUID | None
    created_at: datetime
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    issue: WhatIsWrong | None = None
    words_sealed: str | None = field(default=None, repr=False)
    claimant_id: UUID | None = None
    by_role: str = ""
    base_version: int = 1
    member_id: UUID | None = None


def check_may_decide(proposal: Proposal, decider_id: UUID | None) -> None:
    """Do nothing when this person may decide on the proposal, as far as review goes.

    Raises:
        IllegalTransitionError: it is decided already, or it is the person's own.
    """
    if proposal.state is not ProposalState.WAITING:
        raise IllegalTransitionError(phrase("This was decided meanwhile. Look at the listing."))
    if decider_id is not None and decider_id == proposal.account_id:
        raise IllegalTransitionError(
            phrase("This is your own change: somebody else decides on it. You can withdraw it.")
        )


def waits(risky: Mapping[str, Any], deciders: int) -> bool:
    """Return True when risky changes wait for a second person.

    Where nobody else can decide, they apply at once: a wrong phone number that nobody may put
    right is the greater danger. Our choice.

    >>> waits({"phones": []}, 1), waits({"phones": []}, 0), waits({}, 3)
    (True, False, False)
    """
    return bool(risky) and deciders > 0


def check_words(words: str, *, confidential: bool) -> str:
    """Return what somebody wrote besides, ready to be sealed; nothing at all for a hidden service.

    Raises:
        InvalidInputError: field `words`: it is too long.
    """
    if confidential:
        return ""
    words = words.strip()
    if len(words) > LONGEST_WORDS:
        raise InvalidInputError(
            phrase("At most %(most)s characters.", most=LONGEST_WORDS), field="words"
        )
    return words


def issues_for(*, confidential: bool) -> tuple[WhatIsWrong, ...]:
    """Return what can be said to be wrong: nothing about where a hidden service is."""
    return tuple(i for i in WhatIsWrong if not (confidential and i is WhatIsWrong.MOVED))
