"""How somebody's mail comes to them, as they and their program chose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from uuid import UUID

from sqlalchemy import select, update

from ccr.domain.errors import NotFoundError
from ccr.domain.mail_times import QuietHours
from ccr.storage.db import db
from ccr.storage.models.accounts import Account, Compartment
from ccr.storage.queries.operations import quiet_of


@dataclass(frozen=True, slots=True)
class StoredChoices:
    """The choices of one account; `is_own` when its program set the quiet hours."""

    mail_each: bool
    quiet: QuietHours
    is_own: bool


def get_choices(account_id: UUID | None) -> StoredChoices:
    """Return the choices of an account; raises NotFoundError."""
    row = db.session.execute(
        select(Account.mail_each, Compartment.quiet_from, Compartment.quiet_until)
        .join(Compartment, Compartment.id == Account.compartment_id)
        .where(Account.id == account_id)
    ).first()
    if row is None:
        raise NotFoundError
    return StoredChoices(
        row.mail_each, quiet_of(row.quiet_from, row.quiet_until), row.quiet_from is not None
    )


def save_choice(account_id: UUID | None, *, mail_each: bool) -> None:
    """Keep whether each notice is mailed by itself."""
    db.session.execute(update(Account).where(Account.id == account_id).values(mail_each=mail_each))


def save_quiet(compartment_id: UUID, quiet: QuietHours) -> None:
    """Keep a program's quiet hours."""
    db.session.execute(
        update(Compartment)
        .where(Compartment.id == compartment_id)
        .values(quiet_from=_minutes(quiet.starts), quiet_until=_minutes(quiet.ends))
    )


def _minutes(wall: time) -> int:
    return wall.hour * 60 + wall.minute
