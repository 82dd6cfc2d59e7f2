"""The index of open data, kept ready per network and version: a step of the open data use cases.

It is built of the public directory (ccr.services.public_directory), which is made by taking away
first: what is not there cannot be asked for. Records themselves are loaded for one page at a time.
"""

from __future__ import annotations

import hashlib
import threading
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from ccr.domain.directory import Service
from ccr.domain.hsds import mention
from ccr.domain.hsds_profile import (
    FACTS,
    IN_SPANISH,
    OWN_TERMS,
    Vocabulary,
    VocabularyTerm,
    facts_of,
    kind_facts,
    virtual_link_id,
)
from ccr.domain.hsds_terms import TermBook, foreign_vocabulary
from ccr.domain.open_records import OpenTerm
from ccr.domain.search_text import search_body
from ccr.domain.taxonomy import MemberCategory, Regime, Sector
from ccr.engine.open_index import IndexedService, OpenIndex, WordIndex
from ccr.services.directory_copies import Copies
from ccr.services.public_directory import PublicDirectory, public_directory
from ccr.storage.queries import finder
from ccr.storage.queries import open_index as rows

MOST_KEPT = 2
"""Indexes kept in one process: there is one public network, and tests have two."""


@dataclass(slots=True)
class OpenDirectory:
    """Everything that open data answers from, of one network at one version.

    Attributes:
        members: ids of the members that may be told, in order.
        member_terms: the ids of our terms, and of their taxonomy, that hold for each member.
        terms: every taxonomy term there is, by id, in order.
    """

    version: int
    network_id: UUID
    index: OpenIndex
    book: TermBook
    members: list[UUID]
    member_terms: dict[UUID, frozenset[str]]
    vocabularies: list[Vocabulary]
    terms: list[VocabularyTerm]
    member_words: WordIndex
    term_words: WordIndex
    vocabulary_words: WordIndex
    _public: PublicDirectory = field(repr=False)
    _service_words: WordIndex | None = field(default=None, repr=False)

    def service_words(self) -> WordIndex:
        """Return the index of words of services, made at the first search of this version.

        A confidential service is found by the words that are told of it, never by the stored ones.
        """
        if self._service_words is None:
            with _lock:
                stored = rows.search_bodies(self.network_id)
                services = self._public.index.services
                self._service_words = WordIndex(
                    stored.get(s.id) or _told_words(services[s.id]) for s in self.index.services
                )
        return self._service_words

    def mentions(self, service_rows: Sequence[int]) -> list[dict[str, Any]]:
        """Return id, name, status and last change of these services, as they are kept ready."""
        # Whether a member is listed is asked again at this moment, as on every public page.
        listed = finder.listed_members(self.network_id)
        services = self._public.index.services
        found = (self.index.services[row] for row in service_rows)
        return [
            mention(held.id, services[held.id].name, services[held.id].status, held.modified_at)
            for held in found
            if held.member_id in listed
        ]

    def stamp(self) -> str:
        """Return what changes whenever anything told from here may have changed."""
        listed = ",".join(sorted(str(i) for i in finder.listed_members(self.network_id)))
        told = f"{self.network_id} {self.version} {listed}"
        return hashlib.sha256(told.encode()).hexdigest()[:32]


_lock = threading.Lock()


def open_directory(network_id: UUID) -> OpenDirectory:
    """Return the index of a network at its present version, built if need be."""
    return _copies.get(network_id, public_directory(network_id).version)


def _built(network_id: UUID) -> OpenDirectory:
    public = public_directory(network_id)
    services = public.index.services
    carried: dict[UUID, list[OpenTerm]] = defaultdict(list)
    for service_id, term in rows.index_terms(network_id):
        if service_id in services:
            carried[service_id].append(term)
    book = term_book(network_id, {term for terms in carried.values() for term in terms})
    links: dict[UUID, list[tuple[UUID, UUID]]] = defaultdict(list)
    for link_id, service_id, site_id in rows.index_links(network_id):
        links[service_id].append((link_id, site_id))
    times = rows.index_times(network_id)
    indexed = []
    for service in services.values():
        points = {site.id: site.point for site in service.sites}
        held = [OWN_TERMS[code] for code in _findable(service)]
        held += [book.term(term) for term in carried.get(service.id, ())]
        indexed.append(
            IndexedService(
                id=service.id,
                member_id=service.member.id,
                term_ids=frozenset(term.id for term in held),
                taxonomy_ids=frozenset(term.vocabulary.id for term in held if term.vocabulary),
                areas=service.areas,
                modified_at=times.get(service.id),
                links=()
                if service.confidential
                else tuple((link, points.get(site)) for link, site in links.get(service.id, ())),
            )
        )
    # A member is told of by what it offers: one that offers nothing public is on no public page.
    told = {service.member_id for service in indexed}
    members = sorted(
        (row for row in rows.index_members(network_id) if row.id in told), key=lambda row: row.id
    )
    terms = book.all_terms()
    vocabularies = book.vocabularies()
    return OpenDirectory(
        version=public.version,
        network_id=network_id,
        index=OpenIndex(indexed, {s.id: UUID(virtual_link_id(str(s.id))) for s in indexed}),
        book=book,
        members=[row.id for row in members],
        member_terms={row.id: _kind_terms(row) for row in members},
        vocabularies=vocabularies,
        terms=terms,
        member_words=_words((m.name, m.alternate_name, m.description) for m in members),
        term_words=_words((t.name, t.code, t.description) for t in terms),
        vocabulary_words=_words((v.name, v.description) for v in vocabularies),
        _public=public,
    )


def _never_followed(_held: OpenDirectory, _version: int, _ids: frozenset[UUID]) -> None:
    """Terms, links and times of the whole directory stand in one order: it is built anew."""


_copies: Copies[OpenDirectory] = Copies(MOST_KEPT, _built, _never_followed)


def term_book(network_id: UUID, carried: Collection[OpenTerm]) -> TermBook:
    """Return the terms that listings carry, as the network's vocabularies know them."""
    return TermBook.of(carried, _kept_terms(network_id, {(t.taxonomy, t.code) for t in carried}))


def _findable(service: Service) -> list[str]:
    """Return the codes a service is found under: what it says no to is none of them.

    A need is found by its Spanish term too; the record itself carries each need once.
    """
    codes = [code for code, value in facts_of(service).items() if value != "no"]
    return codes + [IN_SPANISH + need.value for need in sorted(service.needs)]


def _kind_terms(row: Any) -> frozenset[str]:  # noqa: ANN401 -- any row
    codes = kind_facts(MemberCategory(row.category), Sector(row.sector), Regime(row.regime))
    return frozenset({FACTS.id, *(OWN_TERMS[code].id for code in codes)})


def _words(parts: Iterable[tuple[str | None, ...]]) -> WordIndex:
    return WordIndex(search_body(text or "" for text in texts) for texts in parts)


def _told_words(service: Service) -> str:
    return search_body(
        [
            service.name,
            service.member.name,
            *(str(need.label) for need in sorted(service.needs)),
            service.description,
            service.eligibility_text,
            service.how_to_apply,
        ]
    )


def _kept_terms(network_id: UUID, used: set[tuple[str, str]]) -> list[VocabularyTerm]:
    """Return the terms of the network's vocabularies that listings carry, and what is above them.

    The rest of a vocabulary is its owner's, and is not handed on.
    """
    held = {(row.taxonomy, row.code): row for row in rows.kept_terms(network_id)}
    wanted: dict[tuple[str, str], Any] = {}
    for key in sorted(used):
        here = key
        while here in held and here not in wanted:
            wanted[here] = held[here]
            here = (here[0], held[here].parent_code or "")
    return [
        VocabularyTerm(
            id=str(row.id),
            vocabulary=foreign_vocabulary(row.taxonomy),
            code=row.code,
            name=row.name,
            description=row.description,
            parent_id=str(held[above].id)
            if (above := (row.taxonomy, row.parent_code or "")) in wanted
            else None,
        )
        for row in wanted.values()
    ]
