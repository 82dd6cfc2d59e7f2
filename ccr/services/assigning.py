"""Who of a program works on a referral: assign, take, release, and hand over a whole shift.

Each side keeps this for itself, beside the referral and never in it: nothing the other side sees
depends on it. Whoever cannot be there is never assigned: no account, or away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import cycle
from uuid import UUID

from ccr.domain.errors import InvalidInputError, NotFoundError, StaleError
from ccr.domain.phrases import phrase
from ccr.domain.staffing import Person
from ccr.policy.identity import Identity, Role
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.outbox import Notice, notify
from ccr.storage.db import unit_of_work
from ccr.storage.queries import follow_ups as queries
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.follow_ups import NOT_KEPT, Kept
from ccr.storage.queries.shown_referrals import find_side
from ccr.storage.queries.staff import emails_of, people_of


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of one's own program as a list of people to choose from shows them."""

    person: Person
    email: str


def colleagues_here(identity: Identity, *, at: datetime) -> tuple[Colleague, ...]:
    """Return everybody of one's own program who can sign in, away or not, by address."""
    authorise(identity, Permission.REFERRAL_LIST)
    people = people_of([identity.compartment_id], at=at)[identity.compartment_id]
    emails = emails_of([person.account_id for person in people])
    found = (Colleague(person, emails[person.account_id]) for person in people)
    return tuple(sorted(found, key=lambda colleague: colleague.email))


def kept_for(identity: Identity, referral_ids: Iterable[UUID]) -> Mapping[UUID, Kept]:
    """Return how one's own program keeps these referrals; never how the other side does."""
    authorise(identity, Permission.REFERRAL_LIST)
    return queries.kept_of(list(referral_ids), identity.compartment_id)


def take(
    identity: Identity, referral_id: UUID, *, held_by: UUID | None = None, at: datetime
) -> None:
    """Work on it oneself; `held_by` is who did so until now, as the page showed it.

    Raises:
        NotFoundError: not of one's own program.
        StaleError: another colleague took it first.
    """
    if identity.user_id is None:
        raise NotFoundError
    assign(identity, referral_id, identity.user_id, held_by=held_by, at=at)


def assign(
    identity: Identity,
    referral_id: UUID,
    account_id: UUID,
    *,
    held_by: UUID | None = None,
    at: datetime,
) -> None:
    """Give it to a colleague, or to oneself.

    Raises:
        InvalidInputError: field `account_id`: no account of one's own program, or away.
        NotFoundError, StaleError: as for `take`.
    """
    with unit_of_work():
        _check_mine(identity, [referral_id])
        _check_here(identity, [account_id], at=at)
        _give(identity, referral_id, account_id, held_by=held_by, at=at)
        if account_id != identity.user_id:
            _tell(identity, [account_id], at=at)


def assign_all(
    identity: Identity, referral_ids: Sequence[UUID], account_id: UUID, *, at: datetime
) -> int:
    """Give several to a colleague, whoever had them; return how many were not theirs already.

    Raises:
        InvalidInputError: as for `assign`.
        NotFoundError: one of them is not of one's own program; then none was given.
    """
    with unit_of_work():
        _check_mine(identity, referral_ids)
        _check_here(identity, [account_id], at=at)
        kept = queries.kept_of(referral_ids, identity.compartment_id)
        given = [
            referral_id
            for referral_id in dict.fromkeys(referral_ids)
            if kept.get(referral_id, NOT_KEPT).assigned_to != account_id
        ]
        for referral_id in given:
            held_by = kept.get(referral_id, NOT_KEPT).assigned_to
            _give(identity, referral_id, account_id, held_by=held_by, at=at)
        if given and account_id != identity.user_id:
            _tell(identity, [account_id], at=at)
    return len(given)


def release(identity: Identity, referral_id: UUID, *, at: datetime) -> None:
    """Work on it no more: one's own, or as administrator anybody's. Nobody having it is no error.

    Raises:
        NotFoundError: not of one's own program.
        StaleError: a colleague has it.
    """
    with unit_of_work():
        _check_mine(identity, [referral_id])
        kept = queries.kept_of([referral_id], identity.compartment_id).get(referral_id, NOT_KEPT)
        if kept.assigned_to is None:
            return
        if kept.assigned_to != identity.user_id and Role.AGENCY_ADMIN not in identity.roles:
            raise StaleError(phrase("A colleague works on this now. Nothing was changed."))
        if queries.assign(
            referral_id, identity.compartment_id, None, held_by=kept.assigned_to, at=at
        ):
            append_event(identity, "released", "referral", referral_id, at=at)


def open_of(identity: Identity, account_id: UUID | None, *, at: datetime) -> tuple[UUID, ...]:
    """Return what somebody of one's own program works on and is open, soonest due first."""
    authorise(identity, Permission.REFERRAL_LIST)
    if account_id is None:
        return ()
    return tuple(queries.open_ids_of(identity.compartment_id, account_id, at=at))


def hand_over(
    identity: Identity,
    to: Sequence[UUID],
    *,
    only: Iterable[UUID] | None = None,
    of: UUID | None = None,
    at: datetime,
) -> tuple[UUID, ...]:
    """Hand what somebody works on to colleagues, in one act; return which referrals, in order.

    Several colleagues get them in turn. Each is told once. What was finished or taken by another
    in the meantime is left out.

    Args:
        only: these alone; None for everything open.
        of: whose; None for one's own. An administrator may hand over for a colleague.

    Raises:
        InvalidInputError: field `account_id`: nobody was chosen, or they cannot be there.
        NotFoundError: somebody else's, asked by who is no administrator.
    """
    giver = of or identity.user_id
    with unit_of_work():
        authorise(identity, Permission.REFERRAL_LIST)
        if giver is None or (giver != identity.user_id and Role.AGENCY_ADMIN not in identity.roles):
            raise NotFoundError
        chosen = list(dict.fromkeys(to))
        _check_here(identity, chosen, at=at)
        if giver in chosen:
            raise InvalidInputError(phrase("Choose somebody else."), field="account_id")
        wanted = None if only is None else frozenset(only)
        if wanted is not None and not wanted:
            raise InvalidInputError(phrase("Choose at least one."), field="referral_id")
        found = [
            referral_id
            for referral_id in queries.open_ids_of(identity.compartment_id, giver, at=at)
            if wanted is None or referral_id in wanted
        ]
        for referral_id, account_id in zip(found, cycle(chosen), strict=False):
            _give(identity, referral_id, account_id, held_by=giver, handed_over=True, at=at)
        if found:
            _tell(identity, chosen[: len(found)], at=at)
    return tuple(found)


def take_over(identity: Identity, referral_ids: Sequence[UUID], *, at: datetime) -> int:
    """Say that one has read what a colleague handed over; return how many those were."""
    with unit_of_work():
        authorise(identity, Permission.REFERRAL_LIST)
        if identity.user_id is None:
            raise NotFoundError
        taken = queries.take_over(referral_ids, identity.compartment_id, identity.user_id, at=at)
        for referral_id in sorted(taken):
            append_event(identity, "took-over", "referral", referral_id, at=at)
    return len(taken)


def _give(
    identity: Identity,
    referral_id: UUID,
    account_id: UUID,
    *,
    held_by: UUID | None,
    handed_over: bool = False,
    at: datetime,
) -> None:
    given = queries.assign(
        referral_id,
        identity.compartment_id,
        account_id,
        held_by=held_by,
        handed_over=handed_over,
        at=at,
    )
    if not given:
        raise StaleError(phrase("A colleague took this first. Nothing was changed."))
    verb = "handed-over" if handed_over else "assigned"
    append_event(identity, verb, "referral", referral_id, at=at)


def _check_mine(identity: Identity, referral_ids: Iterable[UUID]) -> None:
    """Refuse what is not a referral of one's own program, as if there were none."""
    authorise(identity, Permission.REFERRAL_LIST)
    for referral_id in referral_ids:
        if find_side(referral_id, identity.compartment_id) is None:
            raise NotFoundError


def _check_here(identity: Identity, account_ids: Sequence[UUID], *, at: datetime) -> None:
    """Refuse whoever cannot work on anything now."""
    if not account_ids:
        raise InvalidInputError(phrase("Choose a colleague."), field="account_id")
    people = {
        p.account_id: p
        for p in people_of([identity.compartment_id], at=at)[identity.compartment_id]
    }
    for account_id in account_ids:
        person = people.get(account_id)
        if person is None:
            raise InvalidInputError(
                phrase("This person has no account in your program."), field="account_id"
            )
        if not person.here:
            raise InvalidInputError(
                phrase("This colleague is away. Choose somebody who is here."), field="account_id"
            )


def _tell(identity: Identity, account_ids: Iterable[UUID], *, at: datetime) -> None:
    others = [account_id for account_id in account_ids if account_id != identity.user_id]
    notify(
        identity.network_id,
        identity.compartment_id,
        others,
        Notice.ITEM_TO_REVIEW,
        about=f"assigned/{identity.user_id}/{at.isoformat()}",
        at=at,
    )
