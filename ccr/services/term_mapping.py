"""Mapping the terms of other vocabularies to our needs: looked at first, then applied in bulk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ccr.adapters.packages.reading import table_of_words
from ccr.domain.errors import InvalidInputError
from ccr.domain.need_terms import NeedTerms, ServiceWords, TermKey
from ccr.domain.paging import Page, page_number
from ccr.domain.phrases import phrase
from ccr.domain.taxonomy import Need
from ccr.domain.term_mappings import Decision, MappingPlan, MetTerm, plan_mapping
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.storage.db import unit_of_work
from ccr.storage.queries import term_mappings
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.import_stored import lock_directory

LONGEST_WORDS = 100
NAMES_SHOWN = 8


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
    return term_mappings.met_terms(identity.network_id, cleaned, page_number(page))


def open_term(identity: Identity, term_id: UUID) -> OpenTerm:
    """Return a term with some of its listings.

    Raises:
        NotFoundError: no listing carries it.
    """
    authorise(identity, Permission.TAXONOMY_MANAGE)
    term = term_mappings.met_term(identity.network_id, term_id)
    names = term_mappings.names_of(identity.network_id, term.key, NAMES_SHOWN)
    words = ServiceWords(name="", terms=((term.taxonomy, term.code, term.name),))
    return OpenTerm(term, names, table_of_words().match(words).needs)


def preview(identity: Identity, term_id: UUID, saying: Saying) -> MappingPlan:
    """Return what a decision would change, and write nothing.

    Raises:
        NotFoundError: no listing carries the term.
    """
    with unit_of_work():
        authorise(identity, Permission.TAXONOMY_MANAGE)
        term = term_mappings.met_term(identity.network_id, term_id)
        return _plan(identity.network_id, term.key, saying)


def apply(identity: Identity, term_id: UUID, saying: Saying, *, at: datetime) -> MappingPlan:
    """Keep a decision and let listings follow it, all in one act; return what changed.

    A listing whose needs a person has said is left alone. Imports read the term so from now on.

    Raises:
        NotFoundError: no listing carries the term.
    """
    with unit_of_work():
        authorise(identity, Permission.TAXONOMY_MANAGE)
        lock_directory(identity.network_id)
        term = term_mappings.met_term(identity.network_id, term_id)
        plan = _plan(identity.network_id, term.key, saying)
        term_mappings.keep_mapping(
            identity.network_id, term.key, saying.mapped, identity.user_id, at=at
        )
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
