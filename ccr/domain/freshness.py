"""How old the facts of a listing are: capacity figures and verification.

What lives here: ages against the lines that the weights draw. What must not: what follows from it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from ccr.domain.directory import Service
from ccr.domain.weights import DEFAULT, Weights


def outdated(service: Service, at: datetime, weights: Weights = DEFAULT) -> bool:
    """Return True when the listing was last verified over twelve months ago (R97).

    A listing that was never verified has no age: it is proposed, labelled and costs minutes.
    """
    return service.last_verified_at is not None and at - service.last_verified_at > timedelta(
        days=weights.outdated_days
    )


def capacity_is_fresh(service: Service, at: datetime, weights: Weights = DEFAULT) -> bool:
    """Return True when the capacity figure has a date, and not an old one."""
    capacity = service.capacity
    return (
        capacity is not None
        and capacity.updated_at is not None
        and at - capacity.updated_at <= timedelta(days=weights.capacity_fresh_days)
    )


def stale(service: Service, at: datetime, weights: Weights = DEFAULT) -> bool:
    """Return True when the listing was last verified over six months ago (R97)."""
    return service.last_verified_at is not None and at - service.last_verified_at > timedelta(
        days=weights.verified_days
    )
