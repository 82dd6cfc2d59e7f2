"""The directory as an HSDS package: 24 CSV tables with their description, or JSON.

Two scopes: what anybody may know, and what staff see of the listed members. In neither is anything
of a hidden place, a private phone or a member that is not listed.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
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
from ccr.domain.open_records import OpenService, Scope, as_open, member_as_open
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

PER_READ = 200
PIECE = 1 << 18
HSDS_CSV, HSDS_JSON = "hsds-csv", "hsds-json"
WRITERS: dict[str, tuple[str, Callable[[hsds_files.Objects, Path], None]]] = {
    HSDS_CSV: (".zip", hsds_files.write_csv),
    HSDS_JSON: (".json", hsds_files.write_json),
}
"""How each form's file name ends, and what writes it."""
Progress = Callable[[str, int, int], None]
"""Told (what is being done, services done, services in all)."""
Objects = Iterator[tuple[str, dict[str, Any]]]


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
    """Write the directory to `path` in this form; return how many services are in it.

    Args:
        form: hsds-csv (a folder, or one ZIP where the path ends so) or hsds-json (one list, or a
            line each where the path ends with .ndjson).
        path: its parent is there; it is not.

    Raises:
        ForbiddenError: the identity may not take the directory away.
        InvalidInputError: there is no such form, or the path cannot be written to.
    """
    authorise(identity, Permission.DIRECTORY_EXPORT)
    if form not in WRITERS:
        raise InvalidInputError(phrase("Choose a kind of file of the list."), field="format")
    network_id = identity.network_id
    ids = open_index.service_ids(network_id, scope)
    objects = _whole(world, network_id, _read(network_id, ids, scope, progress), scope)
    try:
        WRITERS[form][1](objects, path)
    except OSError as error:
        raise InvalidInputError(phrase("This cannot be written to."), field="path") from error
    with unit_of_work():
        told = [f"format:{form}", f"services:{len(ids)}", f"scope:{scope.value}"]
        append_event(identity, "exported", "directory", network_id, at=at, fields=told)
    return len(ids)


def package_pieces(
    world: World, network_id: UUID, form: str, services: Iterable[OpenService]
) -> Iterator[bytes]:
    """Yield the package of these public services as one file: a step of services/exporting."""
    suffix, write = WRITERS[form]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"directory{suffix}"
        write(_objects(world, network_id, services, Scope.PUBLIC), path)
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                yield piece


def _whole(
    world: World, network_id: UUID, services: Iterable[OpenService], scope: Scope
) -> Objects:
    """Yield everything in the scope: the services, and for staff the members without any."""
    yield from _objects(world, network_id, services, scope)
    if scope is Scope.PUBLIC:
        return
    ids = open_index.members_without_services(network_id, scope)
    for first in range(0, len(ids), PER_READ):
        members = rows.load_members(network_id, ids[first : first + PER_READ], scope)
        rows.end_of_reading()
        for member in members:
            told = organization_object(member_as_open(member, scope))
            yield "organization", {**told, "services": []}


def _objects(
    world: World, network_id: UUID, services: Iterable[OpenService], scope: Scope
) -> Objects:
    """Yield (table, HSDS object): the terms first, then each service in full."""
    told = set(open_index.service_ids(network_id, scope))
    book = term_book(
        network_id, {term for key, term in open_index.index_terms(network_id) if key in told}
    )
    for term in book.all_terms():
        yield "taxonomy_term", hsds_terms.term_object(term)
    areas = GazetteerAreas(world.gazetteer)
    for some in _in_runs(services):
        access = rows.shared_access(network_id, some, scope)
        rows.end_of_reading()
        words = Words(areas, book, access)
        for service in some:
            yield "service", hsds.service_full(service, words)


def _in_runs(services: Iterable[OpenService]) -> Iterator[list[OpenService]]:
    run: list[OpenService] = []
    for service in services:
        run.append(service)
        if len(run) == PER_READ:
            yield run
            run = []
    if run:
        yield run


def _read(
    network_id: UUID, ids: list[UUID], scope: Scope, progress: Progress | None
) -> Iterator[OpenService]:
    for first in range(0, len(ids), PER_READ):
        loaded = rows.load_services(network_id, ids[first : first + PER_READ], scope)
        rows.end_of_reading()
        yield from (as_open(service, scope) for service in loaded)
        if progress is not None:
            progress("writing", min(first + PER_READ, len(ids)), len(ids))
