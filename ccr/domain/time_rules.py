"""The time rules of a network: how long each clock runs for which need, and how reminders go.

What lives here: which numbers count for a referral, reading what a network keeps, and checking it.
What must not: the numbers with their bounds (`ccr.domain.time_values`), due times
(`ccr.domain.clocks`), rows, forms. What cannot be read never stops a clock: the default stands in,
and a note says so. Source: R76, R77; ADR 0026.

What a network keeps (`network.time_rules`) is what differs from the defaults, by scope:

    {"times": {"all": {"answer_standard": 16}, "group:law": {...}, "need:housing": {...}},
     "reminders": {"all": {"every_hours": 48}, "need:food": {"off": "other-channel"}}}

A number for the need counts before one for its group, and that before one for every need. Of
several needs of one referral, the one that is due first counts. Whoever chases asks
`TimeRules.reminders(needs, urgency)`, which gives a `Reminders`: `every`, the least time between
two reminders to one program about one clock, and `off`, why there are none, or None. Escalation,
new options and lists of what is late go on where reminders are off.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any

from ccr.domain.clocks import ClockKind, Span, Spans
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.small_cells import NeedGroup, group_of
from ccr.domain.taxonomy import Labelled, Need, Urgency
from ccr.domain.time_values import NEVER_MORE, TIME_VALUES, TimeValue

EVERY_NEED = "all"
FOR_PARTNERS_WHO_ABUSE = frozenset({Need.ABUSIVE_PARTNER_INTERVENTION})
"""Needs whose first contact is an intake, and whose outcome is an enrolment (R76)."""
REMIND_EVERY_HOURS = 24
LEAST_EVERY, MOST_EVERY = 1, 168
IMMEDIATE_EVERY = timedelta(minutes=15)
"""Immediate danger is reminded of so often, and never not. Our choice, ADR 0026."""


class OffReason(Labelled):
    """Why no reminders are sent. A closed list: free words could name somebody."""

    OTHER_CHANNEL = "other-channel"
    PARTNERS_ASKED = "partners-asked"
    DAILY_CALL = "daily-call"
    TRIAL = "trial"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _OFF_LABELS[self]


@dataclass(frozen=True, slots=True)
class Reminders:
    """How reminders about late referrals go.

    Attributes:
        every: the least time between two reminders to one program about one clock.
        off: why there are none, or None while they are sent.
    """

    every: timedelta = timedelta(hours=REMIND_EVERY_HOURS)
    off: OffReason | None = None


@dataclass(frozen=True, slots=True)
class TimeRules:
    """The time rules of one network: what it has set, over the defaults.

    Attributes:
        times: by scope and name, what differs from the defaults.
        set_reminders: by scope.
        notes: what of the stored values is not used, and why.
    """

    times: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    set_reminders: Mapping[str, Reminders] = field(default_factory=dict)
    notes: tuple[Phrase, ...] = field(default=(), compare=False)

    def value(self, name: str, scope: str = EVERY_NEED) -> int:
        """Return the number that counts in a scope."""
        for wider in wider_scopes(scope):
            if name in self.times.get(wider, {}):
                return self.times[wider][name]
        return TIME_VALUES[name].default

    def spans(self, needs: Iterable[Need]) -> Spans:
        """Return how long each clock of a referral for these needs runs."""
        scopes = sorted(scope_of(need) for need in set(needs)) or [EVERY_NEED]
        rows = [self._spans_of(scope) for scope in scopes]
        return {
            (kind, urgency): tuple(dict.fromkeys(row[kind, urgency] for row in rows))
            for kind in ClockKind
            for urgency in Urgency
        }

    def reminders(self, needs: Need | Iterable[Need], urgency: Urgency) -> Reminders:
        """Return how reminders go for a referral: the shortest interval of its needs.

        They are off only where they are off for every need, and never for immediate danger.
        """
        if urgency is Urgency.IMMEDIATE:
            return Reminders(IMMEDIATE_EVERY)
        asked = [needs] if isinstance(needs, Need) else list(needs)
        found = [self.reminders_in(scope_of(need)) for need in asked] or [
            self.reminders_in(EVERY_NEED)
        ]
        sent = [reminders for reminders in found if reminders.off is None]
        return min(sent or found, key=lambda reminders: reminders.every)

    def reminders_in(self, scope: str) -> Reminders:
        """Return what counts in a scope."""
        set_here = (self.set_reminders.get(wider) for wider in wider_scopes(scope))
        return next((found for found in set_here if found is not None), Reminders())

    def _spans_of(self, scope: str) -> dict[tuple[ClockKind, Urgency], Span]:
        def span(name: str) -> timedelta:
            return self.value(name, scope) * TIME_VALUES[name].counts.length

        answer, first, outcome = ClockKind.ANSWER, ClockKind.FIRST_CONTACT, ClockKind.OUTCOME
        now, high, standard = Urgency.IMMEDIATE, Urgency.HIGH, Urgency.STANDARD
        found = {
            (answer, now): Span(span("answer_immediate")),
            (answer, high): Span(span("answer_high_most"), span("answer_high")),
            (answer, standard): Span(span("answer_standard_most"), span("answer_standard")),
            (first, now): Span(span("contact_immediate")),
            (first, high): Span(span("contact_high")),
            (first, standard): Span(span("contact_standard"), waits_for_morning=True),
            **{(outcome, u): Span(span(f"outcome_{u.value}")) for u in Urgency},
        }
        if scope in {scope_of(need) for need in FOR_PARTNERS_WHO_ABUSE}:
            found[first, standard] = Span(span("intake"))
            enrolment = Span(span("enrolment"), from_acceptance=True)
            found |= {(outcome, urgency): enrolment for urgency in Urgency}
        return found


def scope_of(need: Need) -> str:
    """Return the scope of one need."""
    return f"need:{need.value}"


def scope_of_group(group: NeedGroup) -> str:
    """Return the scope of a group of needs."""
    return f"group:{group.value}"


def scope_label(scope: str) -> Phrase:
    """Return the words for a scope; raises ValueError for none."""
    if scope == EVERY_NEED:
        return phrase("Every need")
    part, _, code = scope.partition(":")
    if part == "need":
        return Need(code).label
    if part == "group":
        return phrase("All of “%(group)s”", group=NeedGroup(code).label)
    raise ValueError(scope)


@cache
def all_scopes() -> tuple[str, ...]:
    """Return every scope: every need, then each group followed by its needs."""
    found = [EVERY_NEED]
    for group in NeedGroup:
        found.append(scope_of_group(group))
        found += [scope_of(need) for need in Need if group_of(need) is group]
    return tuple(found)


@cache
def wider_scopes(scope: str) -> tuple[str, ...]:
    """Return a scope and those that hold it, the narrowest first."""
    part, _, code = scope.partition(":")
    if part == "need":
        return (scope, scope_of_group(group_of(Need(code))), EVERY_NEED)
    return (scope, EVERY_NEED) if part == "group" else (EVERY_NEED,)


_SCOPES = frozenset(all_scopes())


def names_in(scope: str) -> tuple[str, ...]:
    """Return the numbers that may be set in a scope, in the order of the page."""
    everywhere = scope == EVERY_NEED
    return tuple(n for n, value in TIME_VALUES.items() if everywhere or value.for_every_need)


# --- reading, checking, keeping ------------------------------------------------------------------


def read_kept(stored: Mapping[str, Any]) -> TimeRules:
    """Return the rules a network keeps; what cannot be used is left out, each with a note.

    A value out of bounds is not used. A scope in which a law does not hold is left out as a whole.
    """
    notes: list[Phrase] = []
    times: dict[str, dict[str, int]] = {}
    # From wide to narrow: a narrow scope is judged with what it inherits.
    kept = stored.get("times")
    for scope in all_scopes():
        values = kept.get(scope) if isinstance(kept, Mapping) else None
        if not isinstance(values, Mapping):
            continue
        usable = {n: v for n, v in values.items() if n in names_in(scope) and _fits(n, v)}
        if len(usable) < len(values):
            notes.append(phrase("Not every time for “%(scope)s” can be used.", scope=_said(scope)))
        rules = TimeRules({**times, scope: usable})
        if next(broken_laws(rules, scope), None) is not None:
            notes.append(
                phrase("The times for “%(scope)s” contradict each other.", scope=_said(scope))
            )
        elif usable:
            times[scope] = usable
    return TimeRules(times, _read_reminders(stored.get("reminders")), tuple(notes))


def as_kept(rules: TimeRules) -> dict[str, Any]:
    """Return what a network keeps of these rules: for every need, only what is no default."""
    times = {scope: dict(own) for scope, own in rules.times.items()}
    usual = {n: v for n, v in times.get(EVERY_NEED, {}).items() if v != TIME_VALUES[n].default}
    times[EVERY_NEED] = usual
    reminders = {
        scope: _reminders_kept(set_here)
        for scope, set_here in rules.set_reminders.items()
        if scope != EVERY_NEED or set_here != Reminders()
    }
    parts = {
        "times": {scope: times[scope] for scope in all_scopes() if times.get(scope)},
        "reminders": {scope: reminders[scope] for scope in all_scopes() if scope in reminders},
    }
    return {name: part for name, part in parts.items() if part}


def read_value(name: str, text: str) -> int:
    """Return one number as typed; raises InvalidInputError, whose field is the number's name."""
    value, text = TIME_VALUES[name], text.strip()
    if text.isascii() and text.isdecimal() and len(text) <= 4:  # noqa: PLR2004 -- no bound is longer
        number = int(text)
        if value.least <= number <= value.most:
            return number
    raise InvalidInputError(bounds(value), field=name)


def bounds(value: TimeValue) -> Phrase:
    """Return the sentence that says between which numbers a number lies."""
    return phrase(
        "Use a whole number from %(least)s to %(most)s.", least=value.least, most=value.most
    )


def check_laws(rules: TimeRules) -> None:
    """Refuse rules under which more danger may wait longer.

    Raises:
        InvalidInputError: the field is "<scope> <name>" of the number that is too high.
    """
    for scope in all_scopes():
        if scope == EVERY_NEED or rules.times.get(scope):
            for name, words in broken_laws(rules, scope):
                raise InvalidInputError(words, field=f"{scope} {name}")


def broken_laws(rules: TimeRules, scope: str) -> Iterator[tuple[str, Phrase]]:
    """Yield each law that does not hold in a scope, as (name that is too high, sentence)."""
    for low, high in NEVER_MORE:
        shorter, longer = TIME_VALUES[low], TIME_VALUES[high]
        first = rules.value(low, scope) * shorter.counts.length
        if first > rules.value(high, scope) * longer.counts.length:
            yield (
                low,
                phrase(
                    "“%(time)s” must not be longer than “%(other)s”.",
                    time=shorter.text,
                    other=longer.text,
                ),
            )


def changed(before: TimeRules, after: TimeRules) -> tuple[str, ...]:
    """Return what differs, as "<scope> <name>" or "<scope> reminders", in the order of the page."""
    found = []
    for scope in all_scopes():
        was, now = before.times.get(scope, {}), after.times.get(scope, {})
        found += [f"{scope} {n}" for n in names_in(scope) if was.get(n) != now.get(n)]
        if before.set_reminders.get(scope) != after.set_reminders.get(scope):
            found.append(f"{scope} reminders")
    return tuple(found)


def token(rules: TimeRules) -> str:
    """Return a short text that changes whenever what is kept of these rules does."""
    kept = json.dumps(as_kept(rules), sort_keys=True)
    return hashlib.sha256(kept.encode()).hexdigest()[:20]


def _said(scope: str) -> Phrase:
    return scope_label(scope)


def _fits(name: str, value: object) -> bool:
    fact = TIME_VALUES[name]
    whole = isinstance(value, int) and not isinstance(value, bool)
    return whole and fact.least <= value <= fact.most  # type: ignore[operator]  # it is whole


def _reminders_kept(reminders: Reminders) -> dict[str, Any]:
    kept: dict[str, Any] = {"every_hours": reminders.every // timedelta(hours=1)}
    return {**kept, "off": reminders.off.value} if reminders.off else kept


def _read_reminders(stored: object) -> dict[str, Reminders]:
    """Return the reminders as stored; an entry that cannot be read counts as not there."""
    found = {}
    for scope, values in stored.items() if isinstance(stored, Mapping) else ():
        if scope not in _SCOPES or not isinstance(values, Mapping):
            continue
        every, off = values.get("every_hours", REMIND_EVERY_HOURS), values.get("off")
        usable = isinstance(every, int) and LEAST_EVERY <= every <= MOST_EVERY
        if usable and (off is None or (isinstance(off, str) and off in set(OffReason))):
            found[scope] = Reminders(timedelta(hours=every), OffReason(off) if off else None)
    return found


_OFF_LABELS = {
    OffReason.OTHER_CHANNEL: phrase("These are followed up in another way"),
    OffReason.PARTNERS_ASKED: phrase("The partners asked for it"),
    OffReason.DAILY_CALL: phrase("There is a daily call about these"),
    OffReason.TRIAL: phrase("We try without for a while"),
}
