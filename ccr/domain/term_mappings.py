"""What a coordinator says a term of somebody's vocabulary means, and what follows for listings.

What a person has said of a listing is never touched. Of the rest, needs that come from the table
of words or from mappings follow the mappings of today; needs that neither explains stay. Refusals
stay stronger than any mapping: couples counseling gets no need that answers abuse (R84).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from ccr.domain.errors import InvalidInputError
from ccr.domain.listing_fields import check_program_fits
from ccr.domain.need_terms import NeedTerms, ServiceWords, TermKey, tracks_for
from ccr.domain.taxonomy import CompartmentKind, Need

BY_MAPPING = "vocabulary"
"""How the history names a change that a mapping made."""


class Decision(StrEnum):
    """What is said of a term."""

    NEEDS = "needs"
    NONE = "none"
    """It is none of ours: it adds nothing, whatever the table of words would say."""
    OPEN = "open"
    """Nothing is decided: the table of words reads it."""


@dataclass(frozen=True, slots=True)
class MetTerm:
    """A term that listings carry, and what is said of it; `mapped` is None while it is open."""

    id: UUID
    taxonomy: str
    code: str
    name: str
    listings: int
    mapped: frozenset[Need] | None = None

    @property
    def key(self) -> TermKey:
        """Return what makes it one term."""
        return self.taxonomy, self.code, "" if self.code else self.name

    @property
    def decision(self) -> Decision:
        """Return what is said of it."""
        if self.mapped is None:
            return Decision.OPEN
        return Decision.NEEDS if self.mapped else Decision.NONE


def terms_in_order(
    met: Iterable[MetTerm], mappings: Mapping[TermKey, frozenset[Need]], words: str
) -> list[MetTerm]:
    """Return the terms with what is said of them today: the undecided first, then by listings.

    Args:
        words: whatever the taxonomy, the code or the name contains, in any case; "" for all.
    """
    wanted = words.lower()
    found = [
        replace(term, mapped=mappings.get(term.key))
        for term in met
        if any(wanted in text.lower() for text in (term.taxonomy, term.code, term.name))
    ]
    return sorted(found, key=_order)


def _order(term: MetTerm) -> tuple[bool, int, str, str, str]:
    return term.mapped is not None, -term.listings, term.taxonomy, term.code, term.name


@dataclass(frozen=True, slots=True)
class Carrier:
    """A listing that carries a term, as far as mappings matter to it.

    Attributes:
        by_mapping: needs that a mapping added before, and nothing took away since.
    """

    id: UUID
    name: str
    version: int
    kind: CompartmentKind
    words: ServiceWords
    needs: frozenset[str]
    tracks: tuple[str, ...]
    edited: frozenset[str]
    by_mapping: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class NeedChange:
    """What becomes of one listing's needs and tracks."""

    carrier: Carrier
    needs: frozenset[str]
    tracks: tuple[str, ...]

    @property
    def added(self) -> frozenset[str]:
        """Return the needs it gets."""
        return self.needs - self.carrier.needs

    @property
    def removed(self) -> frozenset[str]:
        """Return the needs it loses."""
        return self.carrier.needs - self.needs


@dataclass(frozen=True, slots=True)
class MappingPlan:
    """What a decision would do, listing by listing.

    Attributes:
        described: listings whose needs a person has said: left alone.
        refused: listings that would not get a need that the term stands for: couples or family
            counseling, mediation, or a program where it may not stand.
    """

    changes: tuple[NeedChange, ...]
    described: int
    refused: int
    unchanged: int


def plan_mapping(
    carriers: Collection[Carrier], terms: NeedTerms, after: NeedTerms, wanted: Collection[Need]
) -> MappingPlan:
    """Return what changes when the table of words gives way to `after`, which has the decision."""
    changes, described, refused, unchanged = [], 0, 0, 0
    for carrier in carriers:
        if "needs" in carrier.edited:
            described += 1
            continue
        change = _change_of(carrier, terms, after, {need.value for need in wanted})
        if change is None or set(wanted) - {Need(need) for need in change.needs}:
            refused += 1
        if change is None or (not change.added and not change.removed):
            unchanged += 1
            continue
        changes.append(change)
    return MappingPlan(tuple(changes), described, refused, unchanged)


def _change_of(
    carrier: Carrier, terms: NeedTerms, after: NeedTerms, wanted: set[str]
) -> NeedChange | None:
    """Return the change of one listing, or None where the result may not stand in its program.

    Only what this decision explains is added or taken away: a need that the words would give
    besides, and the listing does not have, is none of its business.
    """
    was, now = terms.match(carrier.words), after.match(carrier.words)
    before, reads = ({need.value for need in match.needs} for match in (was, now))
    gone = (carrier.by_mapping | before) - reads
    needs = (carrier.needs - gone) | (reads - before) | (reads & wanted)
    tracks = carrier.tracks
    own_tracks = tuple(sorted(track.value for track in tracks_for(was)))
    if "tracks" not in carrier.edited and tracks in ((), own_tracks):
        tracks = tuple(sorted(track.value for track in tracks_for(now)))
    try:
        check_program_fits(needs, carrier.kind)
    except InvalidInputError:
        return None
    apart = Need.ABUSIVE_PARTNER_INTERVENTION.value
    if apart in needs - carrier.needs and carrier.kind is not CompartmentKind.APIP:
        return None
    return NeedChange(carrier, frozenset(needs), tracks)


def counted(plan: MappingPlan) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Return how many listings get each need, and how many lose it."""
    adds: dict[str, int] = {}
    takes: dict[str, int] = {}
    for change in plan.changes:
        for need in change.added:
            adds[need] = adds.get(need, 0) + 1
        for need in change.removed:
            takes[need] = takes.get(need, 0) + 1
    return adds, takes
