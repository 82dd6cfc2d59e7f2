"""The whole directory of one network as one value, in seven statements whatever its size.

How rows become services is written once, in `directory`.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import select

from ccr.domain.directory import DirectorySnapshot
from ccr.storage.db import db
from ccr.storage.models.accounts import Compartment, Network
from ccr.storage.models.directory import (
    MemberRow,
    ServiceRow,
)
from ccr.storage.queries import directory, taking_part
from ccr.storage.queries.directory_parts import parts_of
from ccr.storage.queries.figures import answer_times
from ccr.storage.queries.member_promises import promises_of


def load_snapshot(network_id: UUID) -> DirectorySnapshot:
    """Return the directory of a network at its present version, with what its members promised.

    Confidential services come without sites: there is none to read. A network that does not exist
    has an empty directory at version 0.
    """
    with _no_collecting():
        return _snapshot(network_id)


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Keep the collector away meanwhile: it walks all that was read so far again and again.

    Measured at 20,000 services: 5.0 s with it, 2.5 s without.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _snapshot(network_id: UUID) -> DirectorySnapshot:
    # The version is read first: whatever is committed meanwhile is then newer than the version
    # says, and is loaded again, never the other way round.
    hanging = _WholeDirectory(network_id)
    rows = db.session.execute(
        select(ServiceRow.__table__, Compartment.kind)
        .join(Compartment, Compartment.id == ServiceRow.compartment_id)
        .where(ServiceRow.network_id == network_id)
        .order_by(ServiceRow.name, ServiceRow.id)
    )
    return DirectorySnapshot(
        network_id=network_id,
        version=hanging.version,
        services=tuple(directory.service_of_row(row, hanging) for row in rows),
        **promises_of(network_id, hanging.members),
        answer_times=answer_times(network_id),
    )


class _WholeDirectory(directory.Hanging):
    """Everything that hangs on the services of a network, in four statements."""

    def __init__(self, network_id: UUID) -> None:
        # The parent reads one table a statement, which suits a few services; here all are read.
        self._network_id = network_id
        self._ids = None
        self.version = 0
        self.members = {}
        for row in _member_rows(network_id):
            self.members[row.id] = directory.member_of_row(row, directory.answers_of(row))
            self.version = row.directory_version
        parts = parts_of(network_id)
        self.needs = parts["need"]
        self.areas = parts["area"]
        self.languages = parts["language"]
        self.coverage = parts["coverage"]
        self.capacity = parts["capacity"]
        self.sites = self._sites()
        self.phones = self._phones()


def _member_rows(network_id: UUID) -> list[Any]:
    """Return the members with how each is reached, and the version of the directory."""
    version = select(Network.directory_version).where(Network.id == network_id).scalar_subquery()
    return list(
        db.session.execute(
            select(
                MemberRow.__table__,
                taking_part.on_ccr(MemberRow.id, MemberRow.network_id).label("on_ccr"),
                taking_part.by_phone(MemberRow.id).label("by_phone"),
                taking_part.by_link(MemberRow.id).label("by_link"),
                version.label("directory_version"),
            ).where(MemberRow.network_id == network_id)
        )
    )


def database_address() -> str:
    """Return which database this process reads, without its password; a key for what is kept."""
    return db.engine.url.render_as_string(hide_password=True)
