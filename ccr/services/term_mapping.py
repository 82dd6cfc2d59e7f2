"""Mapping the terms of other vocabularies to our needs: looked at first, then applied in bulk."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from ccr.adapters.packages.reading import table_of_words
from ccr.domain.errors import InvalidInputError, NotFoundError
from ccr.domain.need_terms import NeedTerms, ServiceWords, TermKey
from ccr.domain.paging import PAGE_SIZE, Page, page_number
from ccr.domain.phrases import phrase
from ccr.domain.taxonomy import Need
from ccr.domain.term_mappings import (
    Decision,
    MappingPlan,
    MetTerm,
    plan_mapping,
    terms_in_order,
)
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.storage.db import unit_of_work
from ccr.storage.queries import term_mappings
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.directory import directory_version
from ccr.storage.queries.import_stored import lock_directory
from ccr.storage.queries.snapshot import database_address

LONGEST_WORDS = 100
NAMES_SHOWN = 8
MOST_KEPT = 2
"""Networks whose terms are kept counted in one process."""

_kept: dict[tuple[str, UUID], tuple[int, tuple[MetTerm, ...]]] = {}
_counting = threading.Lock()


@dataclass(frozen=True, slots=True)
class OpenTerm:
    """A term to decide on.

    Attributes:
        names: some of the listings that carry it.
        suggested: what the table of words reads in it, by itself.
    """

    term: MetTerm
    names: tuple[str, ...]
    suggested: frozenset[Need]


@dataclass(frozen=True, slots=True)
class Saying:
    """What a coordinator says of a term."""

    decision: Decision
    needs: frozenset[Need] = frozenset()

    @property
    def mapped(self) -> frozenset[Need] | None:
        """Return the needs to keep, or None where nothing is decided."""
        return None if self.decision is Decision.OPEN else self.needs

    @classmethod
    def read(cls, decision: str, needs: Iterable[str]) -> Saying:
        """Return what a form says.

        Raises:
            InvalidInputError: no such decision or need, or needs without one.
        """
        try:
            said = Decision(decision)
            chosen = frozenset(Need(code) for code in needs) if said is Decision.NEEDS else ()
        except ValueError:
            raise InvalidInputError(phrase("Choose one of these."), field="decision") from None
        if said is Decision.NEEDS and not chosen:
            raise InvalidInputError(phrase("Choose at least one need."), field="needs")
        return cls(said, frozenset(chosen))


def list_terms(identity: Identity, words: str = "", page: int = 1) -> Page[MetTerm]:
    """Return the terms that listings carry, those of which nothing is said first.

    Raises:
        ForbiddenError: the identity may not keep vocabularies.
    """
    authorise(identity, Permission.TAXONOMY_MANAGE)
    cleaned = " ".join(words.replace("\x00", " ").split())[:LONGEST_WORDS]
    network, number = identity.network_id, page_number(page)
    held = term_mappings.mappings_of(network)
    found = terms_in_order(_met_terms(network), held, cleaned)
    start = (number - 1) * PAGE_SIZE
    return Page(tuple(found[start : start + PAGE_SIZE]), len(found), number)


def _met_terms(network_id: UUID) -> tuple[MetTerm, ...]:
    """Return the terms on listings, counted once for each version of the directory."""
    key, version = (database_address(), network_id), directory_version(network_id)
    with _counting:
        found = _kept.get(key)
        if found is None or found[0] != version:
            found = (version, term_mappings.met_terms(network_id))
            while len(_kept) >= MOST_KEPT and key not in _kept:
                del _kept[next(iter(_kept))]
            _kept[key] = found
    return found[1]


def open_term(identity: Identity, term_id: UUID) -> OpenTerm:
    """Return a term with some of its listings.

    Raises:
        NotFoundError: no listing carries it.
    """
    authorise(identity, Permission.TAXONOMY_MANAGE)
    network = identity.network_id
    key = term_mappings.key_of(network, term_id)
    counted = next((term for term in _met_terms(network) if term.key == key), None)
    if counted is None:
        # It came or went at this very moment.
        raise NotFoundError
    term = replace(counted, mapped=term_mappings.mapping_of(network, key))
    names = term_mappings.names_of(network, key, NAMES_SHOWN)
    words = ServiceWords(name="", terms=((term.taxonomy, term.code, term.name),))
    return OpenTerm(term, names, table_of_words().match(words).needs)


def preview(identity: Identity, term_id: UUID, saying: Saying) -> MappingPlan:
    """Return what a decision would change, and write nothing.

    Raises:
        NotFoundError: no listing carries the term.
    """
    with unit_of_work():
        authorise(identity, Permission.TAXONOMY_MANAGE)
        key = term_mappings.key_of(identity.network_id, term_id)
        return _plan(identity.network_id, key, saying)


def apply(identity: Identity, term_id: UUID, saying: Saying, *, at: datetime) -> MappingPlan:
    """Keep a decision and let listings follow it, all in one act; return what changed.

    A listing whose needs a person has said is left alone. Imports read the term so from now on.

    Raises:
        NotFoundError: no listing carries the term.
    """
    with unit_of_work():
        authorise(identity, Permission.TAXONOMY_MANAGE)
        lock_directory(identity.network_id)
        key = term_mappings.key_of(identity.network_id, term_id)
        plan = _plan(identity.network_id, key, saying)
        term_mappings.keep_mapping(identity.network_id, key, saying.mapped, identity.user_id, at=at)
        term_mappings.write_needs(identity.network_id, plan.changes, identity.user_id, at=at)
        append_event(
            identity,
            "edited",
            "directory",
            identity.network_id,
            at=at,
            fields=[f"needs.changed:{len(plan.changes)}"],
            reason=f"term:{saying.decision.value}",
        )
        return plan


def _plan(network_id: UUID, key: TermKey, saying: Saying) -> MappingPlan:
    held = term_mappings.mappings_of(network_id)
    after = {other: needs for other, needs in held.items() if other != key}
    if saying.mapped is not None:
        after[key] = saying.mapped
    table: NeedTerms = table_of_words()
    carriers = term_mappings.carriers_of(network_id, key)
    return plan_mapping(
        carriers, table.with_mappings(held), table.with_mappings(after), saying.needs
    )
