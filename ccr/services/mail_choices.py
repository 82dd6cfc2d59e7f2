"""How staff want their mail: one a day or each by itself, and a program's own quiet hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from ccr.domain.mail_times import QuietHours, quiet_hours
from ccr.policy.identity import Identity
from ccr.policy.permission_map import permits
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.storage.db import unit_of_work
from ccr.storage.queries import mail_choices as queries
from ccr.storage.queries.audit import append_event


@dataclass(frozen=True, slots=True)
class MailChoices:
    """What holds for the person who asks.

    Attributes:
        mail_each: True when each notice comes by itself.
        quiet: the program's quiet hours.
        is_own: True when the program set them.
        sets_quiet: True for whoever may set them.
    """

    mail_each: bool
    quiet: QuietHours
    is_own: bool
    sets_quiet: bool


def choices_of(identity: Identity) -> MailChoices:
    """Return how mail comes to the person who asks."""
    authorise(identity, Permission.ACCOUNT_SELF)
    stored = queries.get_choices(identity.user_id)
    return MailChoices(
        stored.mail_each,
        stored.quiet,
        stored.is_own,
        permits(identity, Permission.COLLEAGUE_MANAGE, identity),
    )


def choose(identity: Identity, *, mail_each: bool, at: datetime) -> None:
    """Note whether each notice is mailed by itself; what is written from now on follows it."""
    with unit_of_work():
        authorise(identity, Permission.ACCOUNT_SELF)
        queries.save_choice(identity.user_id, mail_each=mail_each)
        append_event(identity, "changed", "account", identity.user_id, at=at, fields=("mail_each",))


def set_quiet(identity: Identity, starts: time, ends: time, *, at: datetime) -> None:
    """Set the quiet hours of one's own program; equal ends mean none.

    Raises:
        InvalidInputError: less than eight hours of the day are left; field "quiet_until".
    """
    with unit_of_work():
        authorise(identity, Permission.COLLEAGUE_MANAGE, identity)
        queries.save_quiet(identity.compartment_id, quiet_hours(starts, ends))
        append_event(
            identity, "changed", "compartment", identity.compartment_id,
            at=at, fields=("quiet_from", "quiet_until"),
        )  # fmt: skip
