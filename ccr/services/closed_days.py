"""A program says on which days nobody reads its inbox: clocks that start then do not count them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from ccr.domain.closed_days import to_come, with_span
from ccr.domain.errors import StaleError
from ccr.domain.phrases import phrase
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.storage.db import unit_of_work
from ccr.storage.queries import closed_days as queries
from ccr.storage.queries.accounts import get_network
from ccr.storage.queries.audit import append_event


def list_closed_days(identity: Identity, *, at: datetime) -> tuple[date, ...]:
    """Return the closed days of one's own program that are to come, in order."""
    authorise(identity, Permission.COLLEAGUE_MANAGE)
    days, _ = queries.closed_days(identity.compartment_id)
    return tuple(sorted(to_come(days, today=_today(identity, at))))


def close_on(identity: Identity, first: date | None, last: date | None, *, at: datetime) -> None:
    """Close one's own program from a day to a day.

    Raises:
        InvalidInputError: field "first" or "last"; see `ccr.domain.closed_days`.
        StaleError: a colleague changed the days at the same moment.
    """
    today = _today(identity, at)
    _change(identity, "closed-on", lambda days: with_span(days, first, last, today=today), at=at)


def open_again(identity: Identity, day: date, *, at: datetime) -> None:
    """Take a day back; a day that is not there is no error. Raises as `close_on` does."""
    today = _today(identity, at)
    _change(identity, "open-again", lambda days: to_come(days - {day}, today=today), at=at)


def _change(
    identity: Identity,
    verb: str,
    change: Callable[[frozenset[date]], frozenset[date]],
    *,
    at: datetime,
) -> None:
    mine = identity.compartment_id
    with unit_of_work():
        authorise(identity, Permission.COLLEAGUE_MANAGE)
        before, text = queries.closed_days(mine)
        after = change(before)
        if after == before:
            return
        if not queries.replace_closed_days(mine, text, after):
            raise StaleError(phrase("A colleague changed the closed days. Nothing was saved."))
        append_event(identity, verb, "compartment", mine, at=at)


def _today(identity: Identity, at: datetime) -> date:
    return at.astimezone(ZoneInfo(get_network(identity.network_id).timezone)).date()
