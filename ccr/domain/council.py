"""The council: its committees, agendas, decisions and actions; what the network says of itself.

What lives here: vocabularies and rules. What must not: people and cases; there is no field for
either (R93). The first point of every agenda is the safety of survivors, and every point that
changes something answers whether it raises or lowers safety (R99).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from uuid import UUID

from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import Labelled

SAFETY_FIRST = 0
"""The place of survivor safety on every agenda."""
SAME_MEMBERS = 2 / 3
"""Two committees of one topic overlap when this share of the smaller sits on both. Our choice."""


class Topic(Labelled):
    """What a committee is about."""

    COUNCIL = "council"
    SAFETY = "safety"
    PATHWAYS = "pathways"
    TRAINING = "training"
    LAW = "law"
    DATA = "data"
    PREVENTION = "prevention"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _TOPICS[self]


class Outcome(Labelled):
    """What became of a point of the agenda."""

    AGREED = "agreed"
    REFUSED = "refused"
    PUT_OFF = "put-off"
    NOTED = "noted"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _OUTCOMES[self]


class Source(Labelled):
    """Where an action comes from."""

    MEETING = "meeting"
    AUDIT = "audit"
    FATALITY_REVIEW = "fatality-review"
    SURVIVORS = "survivors"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _SOURCES[self]


class NetworkType(Labelled):
    """The four types of coordinated community response that UN Women publishes (R7)."""

    PARTNERING = "community-partnering"
    INTERVENTION = "community-intervention"
    ORGANIZING = "community-organizing"
    INTERAGENCY = "interagency"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _TYPES[self]


class Model(Labelled):
    """Models that a network may run; their meetings and roles are kept, never their cases (R16)."""

    HIGH_RISK_TEAM = "high-risk-team"
    JUSTICE_CENTER = "justice-center"
    LETHALITY_ASSESSMENT = "lethality-assessment"
    SAFETY_AUDIT = "safety-audit"
    FATALITY_REVIEW = "fatality-review"
    COURT_WATCH = "court-watch"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _MODELS[self]


class Paid(Labelled):
    """How the work on survivor seats is paid."""

    WAGE = "wage"
    FEE = "fee"
    EXPENSES = "expenses"
    UNPAID = "unpaid"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _PAID[self]


_TOPICS = {
    Topic.COUNCIL: phrase("The whole council"),
    Topic.SAFETY: phrase("Survivor safety"),
    Topic.PATHWAYS: phrase("Referral pathways"),
    Topic.TRAINING: phrase("Training"),
    Topic.LAW: phrase("Law and courts"),
    Topic.DATA: phrase("Data and confidentiality"),
    Topic.PREVENTION: phrase("Prevention"),
}
_OUTCOMES = {
    Outcome.AGREED: phrase("Agreed"),
    Outcome.REFUSED: phrase("Not agreed"),
    Outcome.PUT_OFF: phrase("Put off"),
    Outcome.NOTED: phrase("Noted"),
}
_SOURCES = {
    Source.MEETING: phrase("A meeting"),
    Source.AUDIT: phrase("A safety audit"),
    Source.FATALITY_REVIEW: phrase("A fatality review"),
    Source.SURVIVORS: phrase("Survivor representatives"),
}
_TYPES = {
    NetworkType.PARTNERING: phrase("Community partnering"),
    NetworkType.INTERVENTION: phrase("Community intervention"),
    NetworkType.ORGANIZING: phrase("Community organizing"),
    NetworkType.INTERAGENCY: phrase("Interagency approach"),
}
TYPE_HINTS = {
    NetworkType.PARTNERING: phrase("Informal and grassroots; an oversight body helps coordinate."),
    NetworkType.INTERVENTION: phrase(
        "Trains and strengthens organizations, holds those who harm accountable, prevents."
    ),
    NetworkType.ORGANIZING: phrase("Awareness and action of the whole community."),
    NetworkType.INTERAGENCY: phrase("Courts and other providers work on one common plan."),
}
_MODELS = {
    Model.HIGH_RISK_TEAM: phrase("High-risk team"),
    Model.JUSTICE_CENTER: phrase("Family justice center"),
    Model.LETHALITY_ASSESSMENT: phrase("Lethality assessment program"),
    Model.SAFETY_AUDIT: phrase("Safety and accountability audit"),
    Model.FATALITY_REVIEW: phrase("Fatality review"),
    Model.COURT_WATCH: phrase("Court watch"),
}
_PAID = {
    Paid.WAGE: phrase("A wage"),
    Paid.FEE: phrase("A fee for each meeting"),
    Paid.EXPENSES: phrase("Expenses only"),
    Paid.UNPAID: phrase("Nothing yet"),
}


@dataclass(frozen=True, slots=True)
class Committee:
    """A committee and the members that sit on it."""

    id: UUID
    name: str
    topic: Topic
    members: frozenset[UUID]
    version: int


@dataclass(frozen=True, slots=True)
class Item:
    """A point of an agenda. `effect` and `whom` are empty where nobody answered."""

    position: int
    title: str
    gap_id: UUID | None
    effect: str
    whom: str
    outcome: Outcome | None
    decision: str


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting with its agenda and the members that were there."""

    id: UUID
    committee_id: UUID
    committee: str
    held_on: date
    version: int
    items: tuple[Item, ...] = ()
    attended: frozenset[UUID] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Action:
    """What a member does by a day. `status` is "open", "done" or "dropped"."""

    id: UUID
    source: Source
    meeting_id: UUID | None
    met_on: date | None
    gap_id: UUID | None
    text: str
    owner: str
    owner_id: UUID
    due_on: date
    status: str
    ended_on: date | None
    version: int

    def days_late(self, on: date) -> int:
        """Return by how many days it is past its day; 0 when it is not."""
        return max(0, (on - self.due_on).days) if self.status == "open" else 0


@dataclass(frozen=True, slots=True)
class Profile:
    """What a network says of itself (R5, R7, R16). Nobody on a seat is named."""

    types: tuple[NetworkType, ...] = ()
    models: tuple[Model, ...] = ()
    seats_planned: int = 0
    seats_filled: int = 0
    paid: Paid | None = None
    payer_id: UUID | None = None
    version: int = 0


MOST_SEATS = 99


def checked_profile(profile: Profile, members: Iterable[UUID]) -> Profile:
    """Return the profile; raises InvalidInputError with its field when seats cannot be."""
    for number, name in (
        (profile.seats_planned, "seats_planned"), (profile.seats_filled, "seats_filled"),
    ):  # fmt: skip
        if not 0 <= number <= MOST_SEATS:
            raise InvalidInputError(phrase("Give a number from 0 to 99."), field=name)
    if profile.payer_id is not None and profile.payer_id not in set(members):
        raise InvalidInputError(phrase("Choose a member of the network."), field="payer")
    return profile


def overlaps(committees: Iterable[Committee]) -> list[tuple[Committee, Committee]]:
    """Return pairs of committees of one topic on which mostly the same members sit (R93).

    Overlap duplicates work. Source: ASPE's evaluation of coordinated responses; the share is ours.
    """
    return [
        (one, other)
        for one, other in combinations(sorted(committees, key=lambda c: (c.name, c.id)), 2)
        if one.topic is other.topic
        and (least := min(len(one.members), len(other.members)))
        and len(one.members & other.members) >= SAME_MEMBERS * least
    ]


def checked_decision(
    position: int, outcome: Outcome | None, decision: str, *, answered: bool
) -> None:
    """Check that a decision has words, and that one that changes something says what for safety.

    Raises:
        InvalidInputError: field "decision" or "effect".
    """
    if outcome in {Outcome.AGREED, Outcome.REFUSED} and not decision:
        raise InvalidInputError(phrase("Say in one line what was decided."), field="decision")
    if outcome is Outcome.AGREED and not answered and position != SAFETY_FIRST:
        raise InvalidInputError(
            phrase("Say whether it raises or lowers safety, and whose."), field="effect"
        )
