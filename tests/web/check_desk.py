"""The desk of tests about checks: one listing is due on a Wednesday at noon; links come by mail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

import time_machine
from flask import Flask
from sqlalchemy import select, update

from ccr.services import check_links
from ccr.services.delivery import deliver
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.directory import ServiceRow
from ccr.storage.queries import verification
from tests.loop import world
from tests.small_directory import make_small_directory
from tests.web.journey import Desk

WEDNESDAY_NOON = datetime(2026, 11, 11, 17, tzinfo=UTC)


@contextmanager
def desk_on_a_wednesday(app: Flask) -> Iterator[Desk]:
    """Open the desk; at the end everything stored must be sound."""
    with time_machine.travel(WEDNESDAY_NOON, tick=False) as clock:
        made = Desk(app, make_small_directory(at=WEDNESDAY_NOON))
        made.clock = clock  # type: ignore[attr-defined]
        age(made, made.small.birch_service_id, 200)
        yield made
        assert {c.__name__: f for c in verification.CHECKS if (f := c())} == {}


def age(desk: Desk, service_id: UUID, days: int | None) -> None:
    """Let the last check of a listing lie back so many days; None for never."""
    checked = None if days is None else WEDNESDAY_NOON - timedelta(days=days)
    with unit_of_work():
        db.session.execute(update(ServiceRow).values(last_verified_at=WEDNESDAY_NOON))
        db.session.execute(
            update(ServiceRow).where(ServiceRow.id == service_id).values(last_verified_at=checked)
        )


def checked(desk: Desk, service_id: UUID) -> tuple[datetime | None, str]:
    row = db.session.execute(
        select(ServiceRow.last_verified_at, ServiceRow.verified_by).where(
            ServiceRow.id == service_id
        )
    ).one()
    db.session.rollback()
    return row.last_verified_at, row.verified_by


def value(page: str) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', page)
    assert found
    return found[1]


def mailed(desk: Desk) -> list[str]:
    """Return the tokens in the newest mail, sent for real into the outbox's folder."""
    place = world()
    check_links.remind(place, at=datetime.now(UTC))
    deliver(place, at=datetime.now(UTC))
    folder = place.settings.data_dir / "outbox"
    files = sorted(folder.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
    text = files[-1].read_text().replace("=\n", "") if files else ""
    return re.findall(r"/check/([\w-]{43})", text)


def form_of(page: str) -> dict[str, str]:
    """Return the fields of a form as a browser would send them back."""
    sent = dict(re.findall(r'<input[^>]* name="([\w-]+)"[^>]* value="([^"]*)"', page))
    for tag in re.findall(r"<input[^>]*>", page):
        if 'type="checkbox"' in tag:
            sent.pop(re.search(r'name="([^"]+)"', tag)[1], None)  # type: ignore[index]
    sent |= dict(re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>\s*([^<]*)</textarea>', page))
    for name, options in re.findall(
        r'<select[^>]* name="([\w-]+)"[^>]*>(.*?)</select>', page, re.S
    ):
        chosen = re.search(r'<option selected value="([^"]*)"', options)
        sent[name] = chosen[1] if chosen else re.findall(r'value="([^"]*)"', options)[0]
    return sent
