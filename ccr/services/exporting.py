"""Taking the directory away as files: which records, in which form, for whom.

A form is a name, a media type and a way to write; further forms are added to `FORMS`. Nothing of a
hidden place and no private phone is in any file, whoever takes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from ccr.adapters import hsds_files
from ccr.adapters.area_names import GazetteerAreas
from ccr.domain import hsds, hsds_terms
from ccr.domain.errors import InvalidInputError
from ccr.domain.hsds import Words
from ccr.domain.hsds_places import organization_object
from ccr.domain.hsds_terms import TermBook
from ccr.domain.open_records import OpenMember, OpenService, Scope, as_open, member_as_open
from ccr.domain.phrases import phrase
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.open_directory import term_book
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import open_data as rows
from ccr.storage.queries import open_index
from ccr.storage.queries.audit import append_event

PER_READ = 250
"""Services read at a time."""
Progress = Callable[[str, int, int], None]
"""Told (what is being done, services done, services in all)."""


@dataclass(frozen=True)
class ExportSource:
    """What may be taken away in this scope, read a few records at a time."""

    network_id: UUID
    scope: Scope
    world: World
    progress: Progress | None = None
    ids: list[UUID] = field(default_factory=list)
    book: TermBook = field(default_factory=TermBook)

    def services(self) -> Iterator[OpenService]:
        """Yield every service, without what is not for this scope, by id."""
        for services, _ in self._batches():
            yield from services

    def members_without_services(self) -> Iterator[OpenMember]:
        """Yield the members that have no service here; in the public's scope none is told."""
        if self.scope is Scope.PUBLIC:
            return
        ids = open_index.members_without_services(self.network_id, self.scope)
        for first in range(0, len(ids), PER_READ):
            members = rows.load_members(self.network_id, ids[first : first + PER_READ], self.scope)
            rows.end_of_reading()
            for member in members:
                yield member_as_open(member, self.scope)

    def objects(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield (table, HSDS object): terms first, then services in full, then other members."""
        for term in self.book.all_terms():
            yield "taxonomy_term", hsds_terms.term_object(term)
        for services, words in self._batches():
            for service in services:
                yield "service", hsds.service_full(service, words)
        for member in self.members_without_services():
            yield "organization", {**organization_object(member), "services": []}

    def _batches(self) -> Iterator[tuple[list[OpenService], Words]]:
        areas = GazetteerAreas(self.world.gazetteer)
        for first in range(0, len(self.ids), PER_READ):
            loaded = rows.load_services(
                self.network_id, self.ids[first : first + PER_READ], self.scope
            )
            access = rows.shared_access(self.network_id, loaded, self.scope)
            rows.end_of_reading()
            yield [as_open(s, self.scope) for s in loaded], Words(areas, self.book, access)
            if self.progress is not None:
                self.progress("writing", min(first + PER_READ, len(self.ids)), len(self.ids))


@dataclass(frozen=True, slots=True)
class ExportForm:
    """A form of file.

    Attributes:
        suffix: how a download's name ends; for a folder of files that of its ZIP.
        write: writes all of a source to a path.
    """

    name: str
    media_type: str
    suffix: str
    write: Callable[[ExportSource, Path], None]


FORMS: dict[str, ExportForm] = {
    form.name: form
    for form in (
        ExportForm(
            "hsds-csv",
            "application/zip",
            ".zip",
            lambda source, path: hsds_files.write_csv(source.objects(), path),
        ),
        ExportForm(
            "hsds-json",
            "application/json",
            ".json",
            lambda source, path: hsds_files.write_json(source.objects(), path),
        ),
    )
}
"""Every form there is, by name."""


def export_source(
    identity: Identity, world: World, *, scope: Scope, progress: Progress | None = None
) -> ExportSource:
    """Return what the identity may take away; raises ForbiddenError."""
    authorise(identity, Permission.DIRECTORY_EXPORT)
    ids = open_index.service_ids(identity.network_id, scope)
    told = set(ids)
    carried = {term for i, term in open_index.index_terms(identity.network_id) if i in told}
    book = term_book(identity.network_id, carried)
    return ExportSource(identity.network_id, scope, world, progress, ids, book)


def export_package(
    identity: Identity,
    world: World,
    form: str,
    path: Path,
    *,
    scope: Scope = Scope.PUBLIC,
    at: datetime,
    progress: Progress | None = None,
) -> int:
    """Write the directory to `path` in this form; return how many services there are in it.

    Args:
        form: a name in FORMS.
        path: a file, or a folder for forms of several files; its parent is there.

    Raises:
        ForbiddenError: the identity may not take the directory away.
        InvalidInputError: there is no such form, or the path cannot be written.
    """
    source = export_source(identity, world, scope=scope, progress=progress)
    if form not in FORMS:
        raise InvalidInputError(
            phrase("There is no such form: %(forms)s.", forms=", ".join(sorted(FORMS))),
            field="format",
        )
    try:
        FORMS[form].write(source, path)
    except OSError as error:
        raise InvalidInputError(phrase("This cannot be written to."), field="path") from error
    with unit_of_work():
        append_event(
            identity, "directory-exported", "network", identity.network_id, at=at, reason=form
        )
    return len(source.ids)
