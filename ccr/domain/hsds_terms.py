"""Taxonomies, their terms, and the attributes that tie them to listings, as HSDS objects.

What lives here: our own vocabularies and those whose terms listings carry. Whoever keeps further
vocabularies hands them over as `VocabularyTerm`s: a term that is known there has its id, its parent
and its words; any other has an id made of its taxonomy and code. Source: HSDS 3.2.3.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ccr.domain.hsds_profile import (
    ACCESS,
    AUDIENCES,
    FACTS,
    NEEDS,
    OWN_TERMS,
    OWN_VOCABULARIES,
    Vocabulary,
    VocabularyTerm,
    made_id,
)
from ccr.domain.open_records import OpenTerm

_LINK_TYPES = {NEEDS.id: "need", AUDIENCES.id: "audience", ACCESS.id: "access", FACTS.id: "fact"}
TermKey = tuple[str, str, str]
"""Taxonomy, code, and the name where there is no code."""


def key_of(term: OpenTerm) -> TermKey:
    """Return what makes two terms of listings one."""
    return term.taxonomy, term.code, "" if term.code else term.name


def foreign_vocabulary(name: str) -> Vocabulary:
    """Return somebody's taxonomy by its name alone."""
    return Vocabulary(made_id("taxonomy named", name), name, name)


def foreign_term(term: OpenTerm) -> VocabularyTerm:
    """Return a term that no vocabulary here holds, under an id made of its words."""
    vocabulary = foreign_vocabulary(term.taxonomy) if term.taxonomy else None
    name = term.name or term.code
    return VocabularyTerm(made_id("term of", *key_of(term)), vocabulary, term.code, name, name)


@dataclass(frozen=True, slots=True)
class TermBook:
    """The terms of other vocabularies that are known, by taxonomy and code (and name)."""

    known: Mapping[TermKey, VocabularyTerm] = field(default_factory=dict)

    @classmethod
    def of(cls, terms: Iterable[OpenTerm], kept: Iterable[VocabularyTerm] = ()) -> TermBook:
        """Return a book of the terms on listings and of those that vocabularies here hold.

        Where sources name one code differently, the first name in order stands for the term.
        """
        known: dict[TermKey, VocabularyTerm] = {}
        for term in sorted(terms, key=lambda t: (t.taxonomy, t.code, not t.name, t.name)):
            known.setdefault(key_of(term), foreign_term(term))
        for held in kept:
            taxonomy = held.vocabulary.name if held.vocabulary else ""
            known[taxonomy, held.code, "" if held.code else held.name] = held
        return cls(known)

    def term(self, term: OpenTerm) -> VocabularyTerm:
        """Return the term that a listing carries."""
        return self.known.get(key_of(term)) or foreign_term(term)

    def all_terms(self) -> list[VocabularyTerm]:
        """Return our own terms and all others, by id."""
        terms = {term.id: term for term in (*OWN_TERMS.values(), *self.known.values())}
        return sorted(terms.values(), key=lambda term: term.id)

    def vocabularies(self) -> list[Vocabulary]:
        """Return every taxonomy that has a term here, by id."""
        found = {v.id: v for v in OWN_VOCABULARIES}
        found |= {t.vocabulary.id: t.vocabulary for t in self.known.values() if t.vocabulary}
        return sorted(found.values(), key=lambda vocabulary: vocabulary.id)


def without_none(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object without the fields that nothing is known of: absent, null and blank."""
    return {name: value for name, value in values.items() if value not in (None, "")}


def taxonomy_object(vocabulary: Vocabulary) -> dict[str, Any]:
    """Return a taxonomy."""
    return without_none(
        {
            "id": vocabulary.id,
            "name": vocabulary.name,
            "description": vocabulary.description or vocabulary.name,
            "uri": vocabulary.uri,
            "version": vocabulary.version,
        }
    )


def term_object(term: VocabularyTerm, *, detail: bool = True) -> dict[str, Any]:
    """Return a taxonomy term with its taxonomy, or with that one's name and id alone."""
    vocabulary = term.vocabulary
    return without_none(
        {
            "id": term.id,
            "code": term.code,
            "name": term.name,
            "description": term.description or term.name,
            "parent_id": term.parent_id,
            "taxonomy": vocabulary.name if vocabulary else None,
            "taxonomy_id": vocabulary.id if vocabulary else None,
            "taxonomy_detail": taxonomy_object(vocabulary) if vocabulary and detail else None,
            "language": term.language,
        }
    )


@cache
def _own_term_object(code: str) -> dict[str, Any]:
    """Return a term of ours as it stands inside attributes; nobody may change it."""
    return term_object(OWN_TERMS[code], detail=False)


def own_attribute(
    entity: str, owner: str, code: str, value: str | None = None, label: str | None = None
) -> dict[str, Any]:
    """Return the attribute that says a fact of ours about a service, organization or location."""
    term = OWN_TERMS[code]
    vocabulary = term.vocabulary
    link_type = _LINK_TYPES[vocabulary.id] if vocabulary else ""
    made = _attribute(entity, owner, term, link_type, value, label or term.name)
    return {**made, "taxonomy_term": _own_term_object(code)}


def foreign_attribute(owner: str, carried: OpenTerm, book: TermBook) -> dict[str, Any]:
    """Return the attribute of a term on a service; value and label are its own code and name."""
    found = book.term(carried)
    made = _attribute("service", owner, found, "term", carried.code, carried.name)
    # Two sources may name one code differently on one service: both are kept.
    own_id = made_id("attribute", owner, found.id, carried.name)
    return {**made, "id": own_id, "taxonomy_term": term_object(found, detail=False)}


def _attribute(
    entity: str,
    owner: str,
    term: VocabularyTerm,
    link_type: str,
    value: str | None,
    label: str | None,
) -> dict[str, Any]:
    return without_none(
        {
            "id": made_id("attribute", owner, term.id),
            "link_id": owner,
            "link_entity": entity,
            "link_type": link_type,
            "taxonomy_term_id": term.id,
            "value": value,
            "label": label,
        }
    )
