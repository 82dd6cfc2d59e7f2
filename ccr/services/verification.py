"""Check every invariant of the stored data, and say which one broke where."""

from __future__ import annotations

from dataclasses import dataclass

from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.storage.queries.verification import CHECKS


@dataclass(frozen=True, slots=True)
class Finding:
    """One record that breaks one invariant."""

    invariant: str
    where: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was checked and what was found; no finding is the good answer."""

    checked: tuple[str, ...]
    findings: tuple[Finding, ...]


def verify_storage(identity: Identity) -> Verdict:
    """Return the verdict over the whole database; changes nothing.

    Raises:
        ForbiddenError: the identity may not verify.
    """
    authorise(identity, Permission.STORAGE_VERIFY)
    findings: list[Finding] = []
    for check in CHECKS:
        name = check.__name__.replace("_", " ")
        findings += [Finding(name, where) for where in check()]
    checked = tuple(check.__name__.replace("_", " ") for check in CHECKS)
    return Verdict(checked, tuple(findings))
