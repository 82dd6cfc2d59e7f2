"""Importing what another server publishes: fetched whole first, then imported like any package."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from ccr.adapters.guarded_fetch import Limits, Resolver, checked_server
from ccr.adapters.hsds_server import fetch_services
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.import_report import ImportReport
from ccr.services.importing import ImportOptions, import_package
from ccr.services.world import World
from ccr.storage.db import unit_of_work

Progress = Callable[[str, int, int], None]


def import_from_server(
    identity: Identity,
    world: World,
    url: str,
    options: ImportOptions,
    *,
    at: datetime,
    allow_private: bool = False,
    progress: Progress | None = None,
    resolve: Resolver | None = None,
) -> ImportReport:
    """Fetch all services from an HSDS base address, then import them; the host is the source.

    For the terminal alone: whoever may choose an address chooses what this machine connects to.

    Raises:
        ForbiddenError: the identity may not import.
        InvalidInputError: the address or what the server answers cannot be used.
    """
    with unit_of_work():
        authorise(identity, Permission.DIRECTORY_IMPORT)
    server = checked_server(url, Limits(), allow_private=allow_private, resolve=resolve)
    if options.source is None:
        options = replace(options, source=server.host)

    def nobody(done: int, total: int) -> None:
        del done, total

    tell = partial(progress, "fetching") if progress else nobody
    with tempfile.TemporaryDirectory(prefix="ccr-import-") as folder:
        target = Path(folder) / "services.ndjson"
        fetch_services(server, target, tell)
        return import_package(identity, world, target, options, at=at, progress=progress)
