"""Placement by a program's own stated rules: which result leads to which level, and why.

What lives here: levels of contact, a rule as a value, and what the rules propose, with every rule
that speaks. What must not: a decision. The facilitator decides; a proposal is words beside a form.
Nothing is reckoned from several results: each is looked up by itself, and the highest counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.program_groups import Group, Level
from ccr.domain.risk_information import RiskResult
from ccr.domain.risk_instruments import Band, Catalogue, Informant
from ccr.domain.taxonomy import Labelled


class Contact(Labelled):
    """How often the program sees the participant beside the group, from least to most."""

    MONTHLY = "monthly"
    EVERY_TWO_WEEKS = "every-two-weeks"
    WEEKLY = "weekly"
    TWICE_WEEKLY = "twice-weekly"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _CONTACTS[self]


class Waits(Labelled):
    """Why a placement is to be looked at."""

    UNDECIDED = "undecided"
    NEWS = "news"
    OLD = "old"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _WAITS[self]


_WAITS = {
    Waits.UNDECIDED: phrase("Not decided yet"),
    Waits.NEWS: phrase("A result came after the decision"),
    Waits.OLD: phrase("Ask for a new assessment"),
}
_CONTACTS = {
    Contact.MONTHLY: phrase("Once a month"),
    Contact.EVERY_TWO_WEEKS: phrase("Every two weeks"),
    Contact.WEEKLY: phrase("Every week"),
    Contact.TWICE_WEEKLY: phrase("Twice a week"),
}
_LEAST = (Level.STANDARD, Contact.WEEKLY)
"""What counts where a program has stated no default: never the least there is. Our choice."""


@dataclass(frozen=True, slots=True)
class PlacementRule:
    """A stated rule: a band of an instrument, a judgement, or (with neither) the default."""

    instrument: str
    band: str
    judgement: bool
    level: Level
    contact: Contact
    id: UUID | None = None

    @property
    def is_default(self) -> bool:
        """Return True for what holds when no rule speaks."""
        return not self.instrument and not self.judgement

    def speaks_to(self, result: RiskResult) -> bool:
        """Return True when this rule is about the result."""
        if self.judgement:
            return result.high_danger
        return (
            not self.is_default
            and self.instrument == result.instrument
            and result.band is not None
            and self.band == result.band.value
        )


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that speaks; `counts` when the proposal is as high because of it."""

    rule: PlacementRule
    counts: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the program's rules propose.

    Attributes:
        reasons: every rule that speaks, the default last; shown whether it counts or not.
        unanswered: results that no rule speaks to, which the facilitator must weigh alone.
        groups: the active groups of this level, with room first.
        ruled: False when no rule speaks, so that the default stands by itself.
    """

    level: Level
    contact: Contact
    reasons: tuple[Reason, ...]
    unanswered: tuple[RiskResult, ...]
    groups: tuple[Group, ...]
    ruled: bool


@dataclass(frozen=True, slots=True)
class Placement:
    """What the facilitator decided, and whether it is what the rules proposed then."""

    level: Level
    contact: Contact
    as_proposed: bool


def propose(
    rules: Iterable[PlacementRule],
    results: Sequence[RiskResult],
    groups: Iterable[Group],
) -> Proposal:
    """Return what the rules propose for these results.

    Of several rules that speak the highest counts, for level and contact each. The default is the
    floor: a low band never leads below it, since a low result is no reason to feel safe (R43).
    """
    every = tuple(rules)
    stated = next((rule for rule in every if rule.is_default), None)
    default = stated or PlacementRule("", "", False, *_LEAST)  # noqa: FBT003
    speaking = [rule for rule in every if any(rule.speaks_to(one) for one in results)]
    level = max((rule.level for rule in (*speaking, default)), key=list(Level).index)
    contact = max((rule.contact for rule in (*speaking, default)), key=list(Contact).index)
    said = [*speaking, stated] if stated else speaking
    return Proposal(
        level,
        contact,
        tuple(Reason(rule, rule.level is level or rule.contact is contact) for rule in said),
        tuple(one for one in results if not any(rule.speaks_to(one) for rule in every)),
        _fitting(groups, level),
        bool(speaking),
    )


def _fitting(groups: Iterable[Group], level: Level) -> tuple[Group, ...]:
    """Return the active groups of a level, those with room first."""
    fitting = (group for group in groups if group.active and group.level is level)
    return tuple(sorted(fitting, key=lambda group: group.is_full))


@dataclass(frozen=True, slots=True)
class Dates:
    """When things happened around one placement; results there are, or it waits for nothing.

    Attributes:
        last_given: when the newest result came.
        all_old_at: from when on the one that stays fresh longest is old as well.
        changed_at: when something changed last, or None (R46).
    """

    last_given: datetime
    all_old_at: datetime
    decided_at: datetime | None = None
    changed_at: datetime | None = None

    def waits(self, at: datetime) -> tuple[Waits, ...]:
        """Return why it is to be looked at, or nothing."""
        old = self.all_old_at <= at or (
            self.changed_at is not None and self.changed_at > self.last_given
        )
        found = [Waits.OLD] if old else []
        if self.decided_at is None:
            return (Waits.UNDECIDED, *found)
        return (Waits.NEWS, *found) if self.last_given > self.decided_at else tuple(found)


def checked_rule(rule: PlacementRule, catalogue: Catalogue) -> PlacementRule:
    """Return the rule when it can be stated.

    Raises:
        InvalidInputError: the instrument has no such band, or rests on what a survivor answers:
            no result of it reaches a program; field `when`.
    """
    if rule.is_default or (rule.judgement and not rule.instrument):
        if rule.band:
            raise InvalidInputError(phrase("Choose one."), field="when")
        return rule
    instrument = catalogue.find(rule.instrument)
    known = {one.band.value for one in instrument.bands} if instrument else set()
    if (
        instrument is None
        or rule.judgement
        or rule.band not in known
        or instrument.informant is Informant.SURVIVOR
    ):
        raise InvalidInputError(phrase("Choose one."), field="when")
    return rule


def cases_of(catalogue: Catalogue) -> tuple[tuple[str, Band], ...]:
    """Return every band of an instrument that a rule may be about, in the order of the data."""
    return tuple(
        (instrument.code, one.band)
        for instrument in catalogue.without(Informant.SURVIVOR)
        for one in instrument.bands
    )
