"""Which kind of member should have a way to which: what is expected, and what of it is missing.

What lives here: expectations from one category to another with their sources, what a network keeps
of them, and what the promises of its members make of each. What must not: members by name, counts
of people. An expectation is kept by any agreement or promise between two members of the kinds, in
that direction. It says what to talk about, and blames nobody (R98).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from ccr.domain.network import MemberNetwork
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import MemberCategory

OUR_CHOICE = "our choice"
KEY = "expected"
"""Where a network's rules keep them: {"from>to": true or false}, only what is no default."""
_VICTIM = MemberCategory.VICTIM_SERVICES


@dataclass(frozen=True, slots=True, order=True)
class Expectation:
    """Members of `sender` should have a way to members of `receiver`."""

    sender: MemberCategory
    receiver: MemberCategory

    @property
    def name(self) -> str:
        """Return how it is kept and typed."""
        return f"{self.sender.value}>{self.receiver.value}"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why it is expected by default, and who says so."""

    words: Phrase
    source: str


def _to_victims(category: MemberCategory) -> Expectation:
    return Expectation(category, _VICTIM)


DEFAULTS: Mapping[Expectation, Reason] = {
    _to_victims(MemberCategory.LAW_ENFORCEMENT): Reason(
        phrase("Whoever comes first to a scene can offer an advocate at once."), "R70; LAP"
    ),
    _to_victims(MemberCategory.LEGAL): Reason(
        phrase("Courts and lawyers meet people who have no advocate yet."), "R70; BLUEPRINT"
    ),
    _to_victims(MemberCategory.HEALTH): Reason(
        phrase("Injury is often seen first by those who treat it."), "R70; DA-5"
    ),
    _to_victims(MemberCategory.APIP): Reason(
        phrase("A program consults victim services as soon as a concern arises."), "R2, R3"
    ),
    _to_victims(MemberCategory.EDUCATOR): Reason(
        phrase("Schools notice children and teenagers early."), OUR_CHOICE
    ),
    _to_victims(MemberCategory.EMPLOYER): Reason(
        phrase("Work is often the one place a person can call from."), OUR_CHOICE
    ),
    _to_victims(MemberCategory.FAITH): Reason(
        phrase("Many people speak to their faith community first."), OUR_CHOICE
    ),
    _to_victims(MemberCategory.GOVERNMENT): Reason(
        phrase("Public offices for housing, food and children are asked first by many."),
        OUR_CHOICE,
    ),
    _to_victims(MemberCategory.COMMUNITY): Reason(
        phrase("Community organizations are trusted where offices are not."), OUR_CHOICE
    ),
    Expectation(MemberCategory.LEGAL, MemberCategory.APIP): Reason(
        phrase("Courts and probation send people to programs and hear who did not come."),
        "R14, R55",
    ),
    Expectation(_VICTIM, MemberCategory.LEGAL): Reason(
        phrase("Orders of protection and custody need a court and a lawyer."), "R70"
    ),
    Expectation(_VICTIM, MemberCategory.HEALTH): Reason(
        phrase("Injury, pregnancy and fear need care that knows about them."), "R70"
    ),
    Expectation(_VICTIM, MemberCategory.LAW_ENFORCEMENT): Reason(
        phrase("When somebody is in danger now."), "R70"
    ),
    Expectation(_VICTIM, MemberCategory.GOVERNMENT): Reason(
        phrase("Housing, income and food for a life apart."), OUR_CHOICE
    ),
    Expectation(_VICTIM, MemberCategory.COMMUNITY): Reason(
        phrase("Rides, child care, language and company."), OUR_CHOICE
    ),
}
"""What is expected where a network says nothing else, most urgent first."""


class Kept(StrEnum):
    """What the promises make of an expectation, worst first."""

    MISSING = "missing"
    NOBODY = "nobody"
    LAPSED = "lapsed"
    SOME = "some"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Found:
    """One expectation and what became of it.

    Attributes:
        linked: members of the sending kind that have a way to any of the receiving kind.
        senders, receivers: how many members of each kind there are.
    """

    expectation: Expectation
    kept: Kept
    linked: tuple[UUID, ...]
    senders: int
    receivers: int


def expected_in(stored: Mapping[str, Any]) -> tuple[Expectation, ...]:
    """Return what a network expects: the defaults, and what it set otherwise. Unknown is ignored.

    The defaults come in their order, what the network added after them by name.
    """
    kept = stored.get(KEY)
    said = kept if isinstance(kept, Mapping) else {}
    wanted = [e for e in DEFAULTS if said.get(e.name) is not False]
    added = sorted(
        found
        for name, value in said.items()
        if value is True and (found := read_expectation(str(name))) and found not in DEFAULTS
    )
    return (*wanted, *added)


def read_expectation(name: str) -> Expectation | None:
    """Return an expectation as kept or typed; None for anything else, or of a kind to itself."""
    sender, _, receiver = name.partition(">")
    try:
        found = Expectation(MemberCategory(sender), MemberCategory(receiver))
    except ValueError:
        return None
    return None if found.sender is found.receiver else found


def as_kept(expected: Collection[Expectation]) -> dict[str, bool]:
    """Return what a network keeps of what it expects: only what is no default."""
    dropped = {e.name: False for e in DEFAULTS if e not in expected}
    return dropped | {e.name: True for e in sorted(expected) if e not in DEFAULTS}


def check_expectations(
    network: MemberNetwork, expected: Iterable[Expectation]
) -> tuple[Found, ...]:
    """Return what became of each expectation, in the order given."""
    members: dict[MemberCategory, set[UUID]] = {}
    for member in network.members.values():
        members.setdefault(member.category, set()).add(member.id)
    ways, lapsed = _ways(network)
    return tuple(
        _found(e, members.get(e.sender, set()), members.get(e.receiver, set()), ways, lapsed)
        for e in expected
    )


def _ways(network: MemberNetwork) -> tuple[dict[UUID, set[UUID]], dict[UUID, set[UUID]]]:
    """Return to whom each member has a way, and to whom it had one by what has lapsed."""
    ways: dict[UUID, set[UUID]] = {}
    lapsed: dict[UUID, set[UUID]] = {}
    for link in network.links:
        into = ways if link.kind.links else lapsed
        agreed = link.both_ways or not link.kind.links
        for a, b, promised in ((link.a, link.b, link.forward), (link.b, link.a, link.back)):
            if agreed or promised:
                into.setdefault(a, set()).add(b)
    return ways, lapsed


def _found(
    expectation: Expectation,
    senders: set[UUID],
    receivers: set[UUID],
    ways: Mapping[UUID, set[UUID]],
    lapsed: Mapping[UUID, set[UUID]],
) -> Found:
    linked = tuple(sorted(m for m in senders if ways.get(m, set()) & receivers))
    if not senders or not receivers:
        kept = Kept.NOBODY
    elif len(linked) == len(senders):
        kept = Kept.ALL
    elif linked:
        kept = Kept.SOME
    elif any(lapsed.get(m, set()) & receivers for m in senders):
        kept = Kept.LAPSED
    else:
        kept = Kept.MISSING
    return Found(expectation, kept, linked, len(senders), len(receivers))
