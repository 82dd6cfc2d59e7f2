"""Why a partner was proposed, as the sender keeps it beside a referral: ids and parts, no facts.

What lives here: the value and its plain form. What must not: anything about a person or a place. A
part is kept by its name and minutes, never by its sentence, which could name a language or a need.
The whole is sealed even so: minutes of travel tell where somebody set out from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from ccr.domain.matching import Candidate
from ccr.domain.weights import DEFAULT, Weights

STANDARD_WEIGHTS = "standard"


@dataclass(frozen=True, slots=True)
class KeptReason:
    """Why one partner was proposed.

    Attributes:
        minutes: its effective minutes, the sum of `parts`; None for one known by area alone.
        parts: (name, minutes), as they were shown.
        directory_version: the version of the directory that was searched.
        weights: `standard`, or a mark that changes whenever a weight does.
    """

    service_id: UUID
    minutes: int | None
    parts: tuple[tuple[str, int], ...]
    directory_version: int
    weights: str

    def as_plain(self) -> dict[str, Any]:
        """Return the value as JSON takes it."""
        return {
            "service_id": str(self.service_id),
            "minutes": self.minutes,
            "parts": [list(part) for part in self.parts],
            "directory_version": self.directory_version,
            "weights": self.weights,
        }


def reason_of(
    service_id: UUID, candidate: Candidate | None, *, directory_version: int, weights: Weights
) -> KeptReason:
    """Return what is kept; `candidate` is None for a partner known by area alone."""
    return KeptReason(
        service_id,
        None if candidate is None else candidate.effective_minutes,
        () if candidate is None else tuple((p.name, p.minutes) for p in candidate.parts),
        directory_version,
        weights_mark(weights),
    )


def reason_from(plain: Mapping[str, Any]) -> KeptReason:
    """Return the value again from its plain form."""
    return KeptReason(
        UUID(plain["service_id"]),
        plain["minutes"],
        tuple((str(name), int(minutes)) for name, minutes in plain["parts"]),
        int(plain["directory_version"]),
        str(plain["weights"]),
    )


def weights_mark(weights: Weights) -> str:
    """Return a short mark of a set of weights: the same for equal ones, `standard` for defaults."""
    if weights == DEFAULT:
        return STANDARD_WEIGHTS
    told = " ".join(f"{item.name}={getattr(weights, item.name)}" for item in fields(weights))
    return hashlib.sha256(told.encode()).hexdigest()[:8]
