"""When a listing is to be checked, and how old its last check is in words.

What lives here: the intervals and their bounds, the due date, the stage. What must not: rows, the
clock. A listing that was never checked is "not known", never "no": it is due at once and proposed
all the same. Source: R97 (at least yearly; default six months; shelters, hotlines and crisis
lines oftener); what routing makes of an old check is in `weights` and `routing`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import Labelled, Need

LEAST_DAYS, MOST_DAYS = 14, 365
"""No oftener than every two weeks, no rarer than yearly (R97)."""
NOT_PROPOSED_AFTER = timedelta(days=365)
"""As `Weights.outdated_days`: from then on only where too few others are left."""
LINK_LASTS = timedelta(days=14)
REMIND_AFTER = timedelta(days=14)
"""A second mail when the first had no effect; after it the listing stands with the coordinator."""
MOST_LINKS = 2
CHECKED_OFTEN = frozenset({Need.EMERGENCY_SHELTER, Need.HOTLINE, Need.IMMEDIATE_SAFETY})


class Stage(Labelled):
    """How far a check lies back."""

    NEVER = "never"
    FRESH = "fresh"
    DUE = "due"
    OLD = "old"


class Asked(Labelled):
    """Who is asked by mail whether a listing is true."""

    ADMINISTRATOR = "administrator"
    OFFICE = "office"
    NOBODY = "nobody"

    @property
    def label(self) -> Phrase:
        """Return who is asked, for whoever might have to call."""
        return {
            "administrator": phrase("Its administrators are asked by mail"),
            "office": phrase("Its office is asked by mail"),
            "nobody": phrase("Nobody to write to: call"),
        }[self.value]


@dataclass(frozen=True, slots=True)
class CheckRules:
    """After how many days a listing is to be checked again.

    Attributes:
        letters: whether offices of members without accounts are asked by mail.

    Raises:
        ValueError: a number of days is out of bounds.
    """

    usual_days: int = 183
    often_days: int = 90
    letters: bool = True

    def __post_init__(self) -> None:
        """Refuse intervals that R97 does not allow."""
        for days in (self.usual_days, self.often_days):
            if not LEAST_DAYS <= days <= MOST_DAYS:
                msg = "an interval is out of bounds"
                raise ValueError(msg)

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> CheckRules:
        """Return the rules that a network keeps; the defaults for what it does not say."""
        known = {
            name: kept[name]
            for name in ("usual_days", "often_days")
            if isinstance(kept.get(name), int) and LEAST_DAYS <= kept[name] <= MOST_DAYS
        }
        return cls(**known, letters=kept.get("letters") is not False)

    def as_kept(self) -> dict[str, Any]:
        """Return the rules as a network keeps them."""
        return {
            "usual_days": self.usual_days,
            "often_days": self.often_days,
            "letters": self.letters,
        }

    def interval(self, needs: Collection[Need]) -> timedelta:
        """Return the time between two checks of a listing that helps with these needs."""
        often = CHECKED_OFTEN.intersection(needs)
        return timedelta(days=self.often_days if often else self.usual_days)


def read_rules(usual: str, often: str, *, letters: bool) -> CheckRules:
    """Return the rules as typed.

    Raises:
        InvalidInputError: field `usual_days` or `often_days`.
    """
    return CheckRules(_read_days(usual, "usual_days"), _read_days(often, "often_days"), letters)


def _read_days(text: str, field: str) -> int:
    text = text.strip()
    days = int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 0  # noqa: PLR2004
    if not LEAST_DAYS <= days <= MOST_DAYS:
        raise InvalidInputError(
            phrase(
                "Use a whole number of days from %(least)s to %(most)s.",
                least=LEAST_DAYS,
                most=MOST_DAYS,
            ),
            field=field,
        )
    return days


def asked(rules: CheckRules, *, administrator: bool, address: bool) -> Asked:
    """Return who is asked by mail, from what the directory holds.

    >>> asked(CheckRules(letters=False), administrator=False, address=True)
    <Asked.NOBODY: 'nobody'>
    """
    if administrator:
        return Asked.ADMINISTRATOR
    return Asked.OFFICE if address and rules.letters else Asked.NOBODY


def stage(
    verified_at: datetime | None, needs: Collection[Need], at: datetime, rules: CheckRules
) -> Stage:
    """Return how far the check of a listing lies back at this moment."""
    if verified_at is None:
        return Stage.NEVER
    age = at - verified_at
    if age > NOT_PROPOSED_AFTER:
        return Stage.OLD
    return Stage.DUE if age > rules.interval(needs) else Stage.FRESH


def age_words(verified_at: datetime | None, at: datetime) -> Phrase:
    """Return the age of a check as people say it: days, then months, then years."""
    if verified_at is None:
        return phrase("Never checked")
    days = max(0, (at - verified_at).days)
    if days == 0:
        return phrase("Checked today")
    if days == 1:
        return phrase("Checked yesterday")
    if days < 60:  # noqa: PLR2004 -- two months
        return phrase("Checked %(count)s days ago", count=days)
    if days < 2 * 365:
        return phrase("Checked %(count)s months ago", count=days * 12 // 365)
    return phrase("Checked %(count)s years ago", count=days // 365)
