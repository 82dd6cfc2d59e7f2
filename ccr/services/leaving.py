"""A member is suspended, goes on, or leaves: what the coordinator does, and what follows by itself.

Each is one transaction: the membership, every referral that goes back, the keys and the codes. The
coordinator learns nothing of what was open: no code, no count. A referral that cannot be read holds
up neither the others nor a suspension; a membership does not end over it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from ccr.domain import joining as rules
from ccr.domain.errors import IllegalTransitionError
from ccr.domain.joining import Membership
from ccr.domain.phrases import phrase
from ccr.domain.webhooks import OffWhy
from ccr.policy.identity import Identity
from ccr.services.joining import load_line
from ccr.services.letting_go import let_go
from ccr.services.one_by_one import OneByOne
from ccr.services.outbox import Notice, notify
from ccr.services.returning import (
    close_the_rest,
    mail_links_to_finish,
    return_received,
    take_back_sent,
)
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import joining as memberships
from ccr.storage.queries import leaving as queries
from ccr.storage.queries.audit import append_event, append_event_to
from ccr.storage.queries.directory_log import raise_directory_version
from ccr.storage.queries.invitations import disable_account
from ccr.storage.queries.joining import MemberLine
from ccr.storage.queries.staff import people_of

_LEFT = "leaving.left-behind"


def suspend(identity: Identity, world: World, member_id: UUID, *, at: datetime) -> bool:
    """Let a member get nothing new; what it had not begun goes back to its senders.

    Returns False when something of it cannot be read and was left as it was, named in the log.

    Its people can still sign in, finish what they are in contact about, and follow what they sent;
    they start nothing new. An office that answers by link gets a new one for what it has to finish.

    Raises:
        IllegalTransitionError: it takes no part now.
        StaleError: somebody else changed the membership first.
    """
    tried = OneByOne(_LEFT)
    with unit_of_work():
        line = _change(
            identity, member_id, lambda m: rules.suspend(m.membership, at=at), "suspended", at=at
        )
        programs = queries.programs_of(member_id)
        return_received(world, programs, tried, at=at)
        mail_links_to_finish(programs, tried, at=at)
        _end_keys(identity, programs, OffWhy.SUSPENDED, at=at)
        _tell_admins(line, programs, at=at)
    return not tried.left


def go_on(identity: Identity, world: World, member_id: UUID, *, at: datetime) -> None:
    """Let a member take part again; raises IllegalTransitionError, StaleError.

    Nothing comes back by itself: what was returned stays with its senders, keys and codes stay
    worthless, and webhooks stay off until somebody turns them on.
    """
    del world

    def change(line: MemberLine) -> Membership:
        return rules.go_on(line.membership, people=line.people, at=at)

    with unit_of_work():
        _change(identity, member_id, change, "went-on", at=at)


def begin_leaving(identity: Identity, world: World, member_id: UUID, *, at: datetime) -> bool:
    """Let a member settle what it is in contact about; everything else goes back at once.

    Returns False as `suspend` does.

    Raises:
        IllegalTransitionError: it is leaving already.
        StaleError: somebody else changed the membership first.
    """
    tried = OneByOne(_LEFT)
    with unit_of_work():
        line = _change(
            identity, member_id, lambda m: rules.begin_leaving(m.membership, at=at), "leaving",
            at=at,
        )  # fmt: skip
        programs = queries.programs_of(member_id)
        return_received(world, programs, tried, at=at)
        take_back_sent(world, programs, tried, at=at)
        mail_links_to_finish(programs, tried, at=at)
        _end_keys(identity, programs, OffWhy.LEAVING, at=at)
        _tell_admins(line, programs, at=at)
    return not tried.left


def leave(identity: Identity, world: World, member_id: UUID, *, at: datetime) -> None:
    """End a membership: what is open is closed as "outcome not known", every account ends.

    Raises:
        IllegalTransitionError: it was not leaving, or something open cannot be read: nothing is
            changed, so that it is left with somebody.
        StaleError: somebody else changed the membership first.
    """
    tried = OneByOne(_LEFT)
    with unit_of_work():
        _change(identity, member_id, lambda m: rules.leave(m.membership, at=at), "left", at=at)
        programs = queries.programs_of(member_id)
        close_the_rest(world, programs, tried, at=at)
        if tried.left:
            raise IllegalTransitionError(
                phrase(
                    "Something that is open with them cannot be read, so the membership has not "
                    "ended. The operator finds it in the log."
                )
            )
        _end_keys(identity, programs, OffWhy.LEAVING, at=at)
        for account_id, compartment_id in queries.active_accounts_of(programs):
            disable_account(
                account_id, compartment_id=compartment_id, uniquifier=secrets.token_hex(32)
            )
            let_go(account_id, at=at)
            append_event_to(
                compartment_id, identity.user_id, "disabled", "account", account_id, at=at
            )


def _change(
    identity: Identity,
    member_id: UUID,
    change: Callable[[MemberLine], Membership],
    verb: str,
    *,
    at: datetime,
) -> MemberLine:
    line = load_line(identity, member_id, at=at)
    memberships.save_membership(line.network_id, line.membership, change(line), at=at)
    # Who can be chosen, and how, is part of what searches show.
    raise_directory_version(line.network_id)
    append_event(identity, verb, "member", member_id, at=at)
    return line


def _end_keys(identity: Identity, programs: list[UUID], why: OffWhy, *, at: datetime) -> None:
    """Make keys and codes of these programs worthless, and tell their systems nothing more."""
    keys = queries.revoke_keys(programs, at=at)
    codes = queries.withdraw_invitations(programs, at=at)
    if keys or codes:
        append_event(identity, "revoked", "key", None, at=at)
    for webhook_id in queries.turn_off_webhooks(programs, why=why.value, at=at):
        append_event(identity, "turned-off", "webhook", webhook_id, at=at, reason=why.value)


def _tell_admins(line: MemberLine, programs: list[UUID], *, at: datetime) -> None:
    """Tell the administrators that there is something to settle: their list says what."""
    for compartment_id, people in people_of(programs, at=at).items():
        notify(
            line.network_id,
            compartment_id,
            [person.account_id for person in people if person.is_admin],
            Notice.ITEM_TO_REVIEW,
            about=f"leaving/{line.member_id}/{line.membership.version}",
            at=at,
        )
