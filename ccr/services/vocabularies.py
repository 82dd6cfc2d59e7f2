"""Keeping vocabularies that the network uses beside its own needs, from files of the user's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ccr.adapters.vocabulary_files import read_vocabulary
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.storage.db import unit_of_work
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.directory_log import raise_directory_version
from ccr.storage.queries.import_stored import lock_directory
from ccr.storage.queries.vocabularies import KeptTerm, keep_terms

LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class VocabularyReport:
    """What was kept: terms by how they changed, and codes that stood twice in the file."""

    name: str
    added: int
    changed: int
    unchanged: int
    doubled: tuple[str, ...]


def import_vocabulary(
    identity: Identity, path: Path, name: str | None = None, *, at: datetime
) -> VocabularyReport:
    """Keep the terms of a file under a name; the same file again changes nothing.

    Terms that are kept and not in the file stay. Names matter: listings carry the vocabulary's
    name, and a kept term is theirs when name and code are the same.

    Raises:
        ForbiddenError: the identity may not keep vocabularies.
        InvalidInputError: the file or the name cannot be used.
    """
    with unit_of_work():
        authorise(identity, Permission.TAXONOMY_MANAGE)
    read = read_vocabulary(path)
    called = " ".join((name if name is not None else read.name).split())
    if not called or len(called) > LONGEST_NAME or not called.isprintable():
        raise InvalidInputError(
            phrase("The name of a vocabulary has 1 to %(most)s characters.", most=LONGEST_NAME),
            field="taxonomy",
        )
    terms = {t.code: KeptTerm(t.code, t.name, t.parent, t.description) for t in read.terms}
    with unit_of_work():
        lock_directory(identity.network_id)
        added, changed = keep_terms(identity.network_id, called, terms, at=at)
        if added or changed:
            # Open data tells of terms that listings carry: it is made anew.
            raise_directory_version(identity.network_id)
            append_event(
                identity,
                "imported",
                "directory",
                identity.network_id,
                at=at,
                fields=[f"terms.added:{added}", f"terms.changed:{changed}"],
            )
    return VocabularyReport(called, added, changed, len(terms) - added - changed, read.doubled)
