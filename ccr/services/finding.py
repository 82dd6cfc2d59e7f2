"""Looking through the directory: words, needs, a place, filters and facets in one question.

Words are matched by the database's text index; everything else by columns kept ready per directory
version, as routing keeps its own. Nothing of a search is written, logged or audited.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from heapq import nsmallest
from uuid import UUID

import numpy as np

from ccr.adapters.packages.reading import NEED_TERMS, load_need_terms
from ccr.domain.directory import Service
from ccr.domain.listing_search import PAGE_SIZE, Group, ListingQuery
from ccr.domain.need_terms import RuleKind
from ccr.domain.need_vocabulary import NEED_WORDS
from ccr.domain.search_needs import Meaning, NeedPhrases, telling_words
from ccr.domain.search_text import MOST_WORDS, plain_words
from ccr.domain.taxonomy import Need
from ccr.domain.why_not import fixed_place
from ccr.engine.listing_index import Found, ListingIndex, group_of
from ccr.engine.nearest_words import NearestWords
from ccr.engine.postings import Array
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.directory_copies import Copies
from ccr.services.routing import directory_copy
from ccr.services.world import World
from ccr.storage.queries import directory_search as texts

MOST_KEPT = 4
_SURE = 0.85
"""Everyday words that mean a need as surely as this count as its name."""


@dataclass(frozen=True, slots=True)
class Line:
    """A listing of a page, its group, and km to its nearest public place; None for none."""

    service: Service
    group: Group
    km: float | None


@dataclass(frozen=True, slots=True)
class Answer:
    """A page of what was found.

    Attributes:
        total: of all pages.
        read_as: the words looked for in place of what was typed; empty when they are the same.
        facets: by facet and code, how many of all that was found carry it.
    """

    lines: tuple[Line, ...]
    total: int
    page: int
    read_as: str = field(default="", repr=False)
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def pages(self) -> int:
        """Return how many pages there are, at least 1."""
        return max(1, -(-self.total // PAGE_SIZE))


@dataclass(slots=True)
class _Ready:
    """A network's listings at one version, ready for looking through."""

    version: int
    network_id: UUID
    index: ListingIndex
    _nearest: NearestWords | None = None

    def nearest(self) -> NearestWords:
        """Return the words of the listings, read when a word is first met that none has."""
        if self._nearest is None:
            self._nearest = NearestWords(texts.all_texts(self.network_id), need_phrases().words())
        return self._nearest


def find_listings(
    identity: Identity,
    world: World,
    query: ListingQuery,
    *,
    at: datetime,
    timezone: str,
    page: int = 1,
    exact: bool = False,
) -> Answer:
    """Return a page of the listings that the query does not leave out.

    Args:
        exact: look for the words as they were typed, without meaning and without mending.
    """
    authorise(identity, Permission.DIRECTORY_READ)
    ready = _ready(identity)
    words = telling_words(query.words)[:MOST_WORDS]
    mask, used = _with_words(ready, words, exact=exact)
    if query.words.strip() and not words:
        mask = ready.index.rows_of(())  # signs alone: nothing has them
    found = ready.index.find(query, mask, used, at=at, timezone=timezone, hours=world.hours)
    return _page(ready, found, page, read_as=" ".join(used) if used != words else "")


def named_listings(identity: Identity, name: str, *, most: int) -> list[Service]:
    """Return listings of which the own or the member's name has all these words, by name.

    Words may be begun only. At most so many; none for a name without words.
    """
    authorise(identity, Permission.DIRECTORY_READ)
    words = tuple(plain_words(name))[:MOST_WORDS]
    if not words:
        return []
    ready = _ready(identity)
    rows = np.flatnonzero(ready.index.rows_of(texts.texts_with(ready.network_id, words)))
    having = (ready.index.services[row] for row in rows)
    return nsmallest(most, (s for s in having if _is_named(s, words)), key=fixed_place)


def _is_named(service: Service, words: tuple[str, ...]) -> bool:
    own = plain_words(f"{service.name} {service.member.name}")
    return all(any(part.startswith(word) for part in own) for word in words)


@lru_cache(maxsize=1)
def need_phrases() -> NeedPhrases:
    """Return the phrases that mean needs: labels in both languages, and everyday words."""
    return NeedPhrases.of(_pairs())


def _pairs() -> Iterator[tuple[str, Need]]:
    for need, words in NEED_WORDS.items():
        yield str(need.label), need
        for part in words.name_es.split(":")[0].split(","):
            yield part, need
    for (kind, text), rules in load_need_terms(NEED_TERMS).rules.items():
        if kind in {RuleKind.TERM, RuleKind.WORDS}:
            yield from ((text, r.need) for r in rules if r.need and r.confidence >= _SURE)


def _with_words(
    ready: _Ready, words: tuple[str, ...], *, exact: bool
) -> tuple[Array | None, tuple[str, ...]]:
    """Return which rows have the words, or what they mean, and the words that were used."""
    if not words:
        return None, words
    mask = _rows(ready, words, exact=exact)
    if exact or mask.any():
        return mask, words
    mended = ready.nearest().corrected(words)
    if mended == words:
        return mask, words
    return _rows(ready, mended, exact=False), mended


def _rows(ready: _Ready, words: tuple[str, ...], *, exact: bool) -> Array:
    """Return the rows whose text has all the words, or that meet the needs that phrases name."""
    mask = ready.index.rows_of(texts.texts_with(ready.network_id, words))
    meaning = Meaning(frozenset(), words) if exact else need_phrases().meaning(words)
    if meaning.needs:
        meant = ready.index.rows_of(())
        for need in meaning.needs:
            meant |= ready.index.with_needs((need,))
        if meaning.rest:
            meant &= ready.index.rows_of(texts.texts_with(ready.network_id, meaning.rest))
        mask |= meant
    return mask


def _page(ready: _Ready, found: Found, page: int, *, read_as: str) -> Answer:
    total = len(found.rows)
    number = min(max(page, 1), max(1, -(-total // PAGE_SIZE)))
    here = slice((number - 1) * PAGE_SIZE, number * PAGE_SIZE)
    lines = tuple(
        Line(ready.index.services[row], group_of(int(group)), None if math.isnan(km) else float(km))
        for row, group, km in zip(found.rows[here], found.groups[here], found.km[here], strict=True)
    )
    return Answer(lines, total, number, read_as, found.facets)


def _ready(identity: Identity) -> _Ready:
    network_id = identity.network_id
    return _copies.get(network_id, directory_copy(network_id).version)


def _built(network_id: UUID) -> _Ready:
    snapshot = directory_copy(network_id).index.snapshot
    index = ListingIndex(snapshot.services, texts.text_numbers(network_id))
    return _Ready(snapshot.version, network_id, index)


def _followed(ready: _Ready, version: int, ids: frozenset[UUID]) -> _Ready | None:
    if ready.index.worn:
        return None
    services = directory_copy(ready.network_id).index.services
    changed = {service_id: services.get(service_id) for service_id in ids}
    index = ready.index.followed(changed, texts.text_numbers(ready.network_id, ids))
    return _Ready(version, ready.network_id, index)


_copies = Copies(MOST_KEPT, _built, _followed)
