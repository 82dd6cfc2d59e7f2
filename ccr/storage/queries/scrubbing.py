"""Taking a place out of texts that stay: those of the service, its agency and everybody else."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, func, or_, select, update

from ccr.domain.telling_places import Telling
from ccr.storage.db import db
from ccr.storage.models.directory import (
    MemberRow,
    PhoneRow,
    ServiceRow,
    ServiceText,
)
from ccr.storage.queries.listing_text import refresh_texts
from ccr.storage.queries.referrals import rows_changed

SERVICE_TEXTS = (
    "description",
    "application_process",
    "eligibility_description",
    "interpretation_services",
    "fees_description",
    "wait_time",
    "alert",
    "hours_text",
)
"""Columns of a service that hold sentences."""
Scrub = Callable[[str], str]


def scrub_members(
    network_id: UUID,
    member_ids: Collection[UUID],
    telling: Telling,
    *,
    everywhere: bool,
    at: datetime,
) -> None:
    """Take the place out of what these members, or with `everywhere` all, say of themselves."""
    table = MemberRow.__table__
    described = func.lower(cast(table.c.description, Text))
    needles = telling.needles() if everywhere else ()
    named = [described.contains(needle, autoescape=True) for needle in needles]
    for row in db.session.execute(
        select(table).where(
            table.c.network_id == network_id, or_(table.c.id.in_(member_ids), *named)
        )
    ).all():
        scrub = telling.agency_text if row.id in member_ids else telling.other_text
        values = {
            "description": scrub(row.description),
            "alternate_name": unless_told(row.alternate_name, telling),
            "website": unless_told(row.website, telling),
        }
        if any(getattr(row, name) != value for name, value in values.items()):
            db.session.execute(
                update(MemberRow)
                .where(MemberRow.id == row.id)
                .values(**values, version=MemberRow.version + 1, updated_at=at)
                .execution_options(synchronize_session=False)
            )


def scrub_other_services(
    network_id: UUID,
    member_ids: Collection[UUID],
    telling: Telling,
    *,
    hidden: Collection[UUID],
    everywhere: bool,
    at: datetime,
) -> list[UUID]:
    """Take the place out of the other listings of these members; with `everywhere`, of all.

    Returns:
        The ids of the listings whose words changed: their past must be forgotten too.
    """
    phrases = telling.phrases() if everywhere else ()
    named = [ServiceText.body.contains(words, autoescape=True) for words in phrases]
    rows = db.session.execute(
        select(ServiceRow.__table__, or_(ServiceText.id.is_(None), *named).label("named"))
        .outerjoin(ServiceText, ServiceText.service_id == ServiceRow.id)
        .where(
            ServiceRow.network_id == network_id,
            ServiceRow.id.not_in(hidden),
            or_(ServiceRow.member_id.in_(member_ids), *named),
        )
    ).all()
    changed = []
    for row in rows:
        scrub = telling.agency_text if row.member_id in member_ids else telling.other_text
        values = {**scrubbed_texts(row, scrub), "url": unless_told(row.url, telling)}
        if any(getattr(row, name) != value for name, value in values.items()):
            update_service(network_id, row.id, row.version, values, at=at)
            changed.append(row.id)
        elif not row.named:
            continue
        refresh_texts([row.id])
    return changed


def scrub_member_phones(member_ids: Collection[UUID], telling: Telling) -> None:
    """Take the place out of what stands beside the members' own numbers."""
    for row in db.session.execute(
        select(PhoneRow.id, PhoneRow.description).where(
            PhoneRow.member_id.in_(member_ids), PhoneRow.description != ""
        )
    ).all():
        say_of_phone(row, telling.agency_text(row.description))


def scrubbed_texts(row: Any, scrub: Scrub) -> dict[str, str]:  # noqa: ANN401 -- a row
    """Return the texts of a service row, scrubbed, by column."""
    return {name: scrub(getattr(row, name)) for name in SERVICE_TEXTS}


def unless_told(text: str | None, telling: Telling) -> str | None:
    """Return a short text, or None when it gives the place away."""
    return None if telling.in_words(text) else text


def update_service(
    network_id: UUID, service_id: UUID, version: int, values: Mapping[str, Any], *, at: datetime
) -> bool:
    """Set what the public sees of a service still at this version; False when it is not."""
    changed = rows_changed(
        update(ServiceRow)
        .where(
            ServiceRow.id == service_id,
            ServiceRow.network_id == network_id,
            ServiceRow.version == version,
        )
        .values(**values, version=version + 1, updated_at=at, public_modified_at=at)
        .execution_options(synchronize_session=False)
    )
    return changed == 1


def say_of_phone(row: Any, words: str) -> None:  # noqa: ANN401 -- a row
    """Set what stands beside a number, if it is something else now."""
    if words != row.description:
        db.session.execute(
            update(PhoneRow)
            .where(PhoneRow.id == row.id)
            .values(description=words)
            .execution_options(synchronize_session=False)
        )
