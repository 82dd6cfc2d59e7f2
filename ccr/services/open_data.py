"""Open data: the public part of the directory for machines, a page at a time or as a stream.

Anybody may read it; nothing is written, counted or kept of who asks and what. A page loads its own
rows alone; which rows they are is told by an index kept per version of the directory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from ccr.adapters.area_names import GazetteerAreas
from ccr.domain import hsds, hsds_places, hsds_terms
from ccr.domain.errors import InvalidInputError, NotFoundError
from ccr.domain.hsds import Words
from ccr.domain.open_questions import (
    USUAL_PER_PAGE,
    LinkQuestion,
    OpenPage,
    OrganizationQuestion,
    Paging,
    ServiceQuestion,
    TermQuestion,
)
from ccr.domain.open_records import OpenService, Scope, as_open, member_as_open
from ccr.domain.phrases import phrase
from ccr.engine.open_index import Near, Wanted, WordIndex
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.open_directory import OpenDirectory, open_directory
from ccr.services.world import World
from ccr.storage.queries import open_data as rows
from ccr.storage.queries import open_index

Object = dict[str, Any]
PER_READ = 100
"""Records read at a time for a stream."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The records that a question means: how many, and a way to load any run of them.

    Attributes:
        version: of the directory; an answer to the same question changes only with it.
        most: the largest page of them.
    """

    total: int
    version: int
    most: int
    load: Callable[[int, int], list[Object]]

    def page(self, paging: Paging) -> OpenPage:
        """Return one page."""
        usual = self.most if self.most > rows.CHUNK else USUAL_PER_PAGE
        per_page = min(paging.per_page or usual, self.most)
        first = (paging.page - 1) * per_page
        return OpenPage(self.load(first, first + per_page), self.total, paging.page, per_page)

    def stream(self) -> Iterator[Object]:
        """Yield every record, a few read at a time; no transaction stays open in between."""
        for first in range(0, self.total, PER_READ):
            objects = self.load(first, first + PER_READ)
            rows.end_of_reading()
            yield from objects


def find_services(identity: Identity, world: World, question: ServiceQuestion) -> Answer:
    """Return the services meant."""
    authorise(identity, Permission.OPEN_DATA_READ)
    directory = open_directory(identity.network_id)
    index = directory.index
    found = index.service_rows(_wanted(question), _words_for(question, directory))

    def load(first: int, last: int) -> list[Object]:
        if question.minimal:
            return directory.mentions(found[first:last])
        ids = [index.services[row].id for row in found[first:last]]
        services = _services(directory, ids, whole=question.full)
        if not question.full:
            return [hsds.service_basics(service) for service in services]
        words = _words(world, directory, services)
        return [hsds.service_full(service, words) for service in services]

    return Answer(len(found), directory.version, question.most, load)


def find_links(identity: Identity, world: World, question: LinkQuestion) -> Answer:
    """Return the service-at-locations meant.

    Raises:
        InvalidInputError: the postcode is none that we know, or metres come without one.
    """
    authorise(identity, Permission.OPEN_DATA_READ)
    near = _near(world, question)
    directory = open_directory(identity.network_id)
    index = directory.index
    found = index.link_rows(_wanted(question), near, _words_for(question, directory))

    def load(first: int, last: int) -> list[Object]:
        links = [index.links[row] for row in found[first:last]]
        ids = [index.services[link.service].id for link in links]
        loaded = _services(directory, ids, whole=question.full)
        services = {service.id: service for service in loaded}
        pairs = [
            (services[service_id], link.stored)
            for service_id, link in zip(ids, links, strict=True)
            if service_id in services and _still_there(services[service_id], link.stored)
        ]
        if not question.full:
            return [hsds.link_basics(*pair) for pair in pairs]
        words = _words(world, directory, loaded)
        return [hsds.link_full(*pair, words) for pair in pairs]

    return Answer(len(found), directory.version, question.most, load)


def find_organizations(identity: Identity, world: World, question: OrganizationQuestion) -> Answer:
    """Return the organizations meant: by their own facts, or by what one of their services has."""
    authorise(identity, Permission.OPEN_DATA_READ)
    directory = open_directory(identity.network_id)
    found = _member_rows(directory, question)

    def load(first: int, last: int) -> list[Object]:
        ids = [directory.members[row] for row in found[first:last]]
        if question.full or question.full_service:
            return _organizations(world, directory, ids, full_service=question.full_service)
        members = rows.load_members(directory.network_id, ids, Scope.PUBLIC)
        return [
            hsds_places.organization_basics(member_as_open(member, Scope.PUBLIC))
            for member in members
        ]

    return Answer(len(found), directory.version, question.most, load)


def find_taxonomies(identity: Identity, question: TermQuestion) -> Answer:
    """Return the taxonomies meant."""
    authorise(identity, Permission.OPEN_DATA_READ)
    directory = open_directory(identity.network_id)
    named = directory.vocabulary_words.rows(question.search)
    found = [
        hsds_terms.taxonomy_object(vocabulary)
        for row, vocabulary in enumerate(directory.vocabularies)
        if named is None or row in named
    ]
    return Answer(len(found), directory.version, question.most, lambda a, b: found[a:b])


def find_terms(identity: Identity, question: TermQuestion) -> Answer:
    """Return the taxonomy terms meant."""
    authorise(identity, Permission.OPEN_DATA_READ)
    directory = open_directory(identity.network_id)
    named = directory.term_words.rows(question.search)
    taxonomy = str(question.taxonomy_id) if question.taxonomy_id else None
    parent = str(question.parent_id) if question.parent_id else None
    found = [
        term
        for row, term in enumerate(directory.terms)
        if (named is None or row in named)
        and (taxonomy is None or (term.vocabulary and term.vocabulary.id == taxonomy))
        and (parent is None or term.parent_id == parent)
        and not (question.top_only and term.parent_id)
    ]
    return Answer(
        len(found),
        directory.version,
        question.most,
        lambda a, b: [hsds_terms.term_object(term) for term in found[a:b]],
    )


# -- one record ----------------------------------------------------------------------------------


def get_service(identity: Identity, world: World, service_id: UUID) -> Object:
    """Return a service fully nested; raises NotFoundError."""
    authorise(identity, Permission.OPEN_DATA_READ)
    directory = open_directory(identity.network_id)
    if service_id not in directory.index.row_of:
        raise NotFoundError
    services = _services(directory, [service_id])
    if not services:
        raise NotFoundError
    return hsds.service_full(services[0], _words(world, directory, services))


def get_link(identity: Identity, world: World, link_id: UUID) -> Object:
    """Return a service-at-location fully nested; raises NotFoundError."""
    authorise(identity, Permission.OPEN_DATA_READ)
    directory = open_directory(identity.network_id)
    link = directory.index.link(link_id)
    if link is None:
        raise NotFoundError
    services = _services(directory, [directory.index.services[link.service].id])
    if not services or not _still_there(services[0], link.stored):
        raise NotFoundError
    return hsds.link_full(services[0], link.stored, _words(world, directory, services))


def get_organization(
    identity: Identity, world: World, member_id: UUID, *, full_service: bool = False
) -> Object:
    """Return an organization fully nested; raises NotFoundError."""
    authorise(identity, Permission.OPEN_DATA_READ)
    directory = open_directory(identity.network_id)
    if member_id not in directory.member_terms:
        raise NotFoundError
    found = _organizations(world, directory, [member_id], full_service=full_service)
    if not found:
        raise NotFoundError
    return found[0]


def get_taxonomy(identity: Identity, taxonomy_id: UUID) -> Object:
    """Return a taxonomy; raises NotFoundError."""
    authorise(identity, Permission.OPEN_DATA_READ)
    held = open_directory(identity.network_id).vocabularies
    found = next((v for v in held if v.id == str(taxonomy_id)), None)
    if found is None:
        raise NotFoundError
    return hsds_terms.taxonomy_object(found)


def get_term(identity: Identity, term_id: UUID) -> Object:
    """Return a taxonomy term; raises NotFoundError."""
    authorise(identity, Permission.OPEN_DATA_READ)
    held = open_directory(identity.network_id).terms
    found = next((term for term in held if term.id == str(term_id)), None)
    if found is None:
        raise NotFoundError
    return hsds_terms.term_object(found)


def stamp(identity: Identity) -> str:
    """Return what changes whenever anything that open data tells may have changed."""
    authorise(identity, Permission.OPEN_DATA_READ)
    return open_directory(identity.network_id).stamp()


def moved_to(identity: Identity, kind: str, given_up: UUID) -> UUID | None:
    """Return the id of the public record that this one was merged into, or None.

    Args:
        kind: "service" or "member".
    """
    authorise(identity, Permission.OPEN_DATA_READ)
    kept = open_index.kept_record(identity.network_id, kind, given_up)
    directory = open_directory(identity.network_id)
    told = directory.index.row_of if kind == "service" else directory.member_terms
    return kept if kept is not None and kept in told else None


# -- steps ---------------------------------------------------------------------------------------


def _wanted(question: ServiceQuestion) -> Wanted:
    term, taxonomy = question.taxonomy_term_id, question.taxonomy_id
    return Wanted(
        search=question.search,
        term_id=str(term) if term else None,
        taxonomy_id=str(taxonomy) if taxonomy else None,
        member_id=question.organization_id,
        modified_after=question.modified_after,
    )


def _words_for(question: ServiceQuestion, directory: OpenDirectory) -> WordIndex | None:
    return directory.service_words() if question.search.strip() else None


def _near(world: World, question: LinkQuestion) -> Near | None:
    if not question.postcode:
        if question.proximity is not None:
            raise InvalidInputError(
                phrase("Proximity is counted from a postcode: send one."), field="postcode"
            )
        return None
    place = world.gazetteer.zip_place(question.postcode.strip()[:5])
    if place is None:
        raise InvalidInputError(
            phrase("This is not a ZIP code that we know: send five digits."), field="postcode"
        )
    return Near(place, question.proximity)


def _still_there(service: OpenService, link_id: UUID | None) -> bool:
    """Return False for a link that has gone since the index was built, as when a place hides."""
    if link_id is None:
        return not service.links
    return any(held == link_id for held, _ in service.links)


def _services(
    directory: OpenDirectory, ids: Sequence[UUID], *, whole: bool = True
) -> list[OpenService]:
    loaded = rows.load_services(directory.network_id, ids, Scope.PUBLIC, whole=whole)
    return [as_open(service, Scope.PUBLIC) for service in loaded]


def _words(world: World, directory: OpenDirectory, services: list[OpenService]) -> Words:
    return Words(
        GazetteerAreas(world.gazetteer),
        directory.book,
        rows.shared_access(directory.network_id, services, Scope.PUBLIC),
    )


def _organizations(
    world: World, directory: OpenDirectory, ids: Sequence[UUID], *, full_service: bool
) -> list[Object]:
    index = directory.index
    members = rows.load_members(directory.network_id, ids, Scope.PUBLIC)
    wanted = [service_id for member in members for service_id in index.services_of(member.id)]
    services = _services(directory, wanted)
    words = _words(world, directory, services)
    return [
        hsds.organization_full(
            member_as_open(member, Scope.PUBLIC),
            [service for service in services if service.member.id == member.id],
            words,
            full_service=full_service,
        )
        for member in members
    ]


def _member_rows(directory: OpenDirectory, question: OrganizationQuestion) -> Sequence[int]:
    index = directory.index
    named = directory.member_words.rows(question.search)
    kept: Sequence[int] = range(len(directory.members))
    if named is not None:
        kept = sorted(named)
    for wanted, of in (
        (question.taxonomy_term_id, index.of_term),
        (question.taxonomy_id, index.of_taxonomy),
    ):
        if wanted is None:
            continue
        key = str(wanted)
        offering = {index.services[row].member_id for row in of.get(key, ())}
        kept = [
            row
            for row in kept
            if (member := directory.members[row]) in offering
            or key in directory.member_terms[member]
        ]
    return kept
