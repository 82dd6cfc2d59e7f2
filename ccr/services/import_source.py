"""A source before anything is planned: its name, what hides in it, and whether it is the same."""

from __future__ import annotations

from ccr.domain.directory_import import ReadPackage
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase
from ccr.storage.queries.import_stored import StoredDirectory

LONGEST_SOURCE = 100


def source_name(text: str) -> str:
    """Return a source's name in its one form; raises InvalidInputError, field `source`."""
    name = " ".join(text.split())
    if not name or len(name) > LONGEST_SOURCE or not name.isprintable():
        raise InvalidInputError(
            phrase("A source name has 1 to %(most)s characters.", most=LONGEST_SOURCE),
            field="source",
        )
    return name


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
        # Under a name that people gave it here, or merged into another, it tells nothing.
        and "name" not in (held.values.get("edited_fields") or ())
        and held.values["source_id"] == record.source_id
    ]
    other = sum(1 for name, held in met if held.values["name"] != name)
    return len(met) >= LEAST_MET and other > len(met) / 2


LEAST_MET = 3
"""Below this a new name may well be a new name."""
