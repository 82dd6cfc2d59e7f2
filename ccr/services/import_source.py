"""What earlier imports say of a source before anything is planned: what hides, and whose it is."""

from __future__ import annotations

from ccr.domain.directory_import import ReadPackage
from ccr.storage.queries.import_stored import StoredDirectory


def hidden_services(stored: StoredDirectory) -> frozenset[str]:
    """Return the source ids of services that are hidden in the directory."""
    return frozenset(
        key for key, service in stored.services.items() if service.values["confidential"]
    )


def looks_like_another_package(package: ReadPackage, stored: StoredDirectory) -> bool:
    """Return True when most ids met again belong to other names: two sources under one name."""
    met = [
        (record.name, held)
        for record in package.services
        if (held := stored.services.get(record.source_id))
    ]
    other = sum(1 for name, held in met if held.values["name"] != name)
    return len(met) >= LEAST_MET and other > len(met) / 2


LEAST_MET = 3
"""Below this a new name may well be a new name."""
