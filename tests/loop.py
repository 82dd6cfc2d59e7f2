"""A small network in a database, with people at several programs, for tests of the loop."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import current_app
from sqlalchemy import delete, event, text

from ccr.domain.referral_states import ChosenBy
from ccr.domain.taxonomy import CompartmentKind, MemberCategory, Regime, Sector
from ccr.policy.identity import Identity, Role
from ccr.services import drafts, sending
from ccr.services.draft_facts import NeedAnswers, PlaceAnswers
from ccr.services.world import World
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.directory import (
    CoverageRow,
    PhoneRow,
    ServiceAreaRow,
    ServiceNeedRow,
    ServiceRow,
)
from ccr.storage.queries import accounts
from tests.conftest import NOW
from tests.kept_database import built_once

RENSSELAER = "36083"
DIRECTORY = frozenset(
    {
        "network",
        "member",
        "compartment",
        "service",
        "service_need",
        "service_area",
        "phone",
        "coverage",
        "account",
        "account_role",
        "role",
        "service_text",
    }
)
"""Tables that hold no referral."""


def world() -> World:
    return current_app.extensions["ccr_world"]


@dataclass
class Program:
    """One program with a worker, an administrator and a service."""

    name: str
    member_id: UUID
    compartment_id: UUID
    worker: Identity
    admin: Identity
    service_id: UUID


@dataclass
class Loop:
    """A network: a hospital that sends, an advocacy program and a legal aid that receive."""

    network_id: UUID
    hospital: Program
    advocates: Program
    legal_aid: Program
    apip: Program
    coordinator: Identity

    def draft(
        self,
        *,
        to: Program | None = None,
        urgency: str = "standard",
        at: datetime = NOW,
        release_days: int | None = None,
        question: str = "",
        exclude: tuple[str, ...] | None = None,
        near: str = "Troy, NY",
        **need: object,
    ) -> UUID:
        """Return a draft of the hospital that only waits to be sent."""
        me = self.hospital.worker
        draft_id = drafts.start(me, world(), at=at)
        answers = {"needs": ("advocacy",), "urgency": urgency, "question": question, **need}
        drafts.save_need(me, world(), draft_id, NeedAnswers(**answers), at=at)  # type: ignore[arg-type]
        drafts.save_place(me, world(), draft_id, PlaceAnswers(near, "transit", exclude), at=at)
        partner = (to or self.advocates).service_id
        drafts.choose_partner(me, world(), draft_id, partner, at=at)
        if release_days is not None:
            until = at + timedelta(days=release_days)
            drafts.ask_release(me, world(), draft_id, until, at=at)
        drafts.record_yes(me, world(), draft_id, ChosenBy.SURVIVOR, at=at)
        return draft_id

    def send(self, *, at: datetime = NOW, **draft: object) -> UUID:
        """Return a referral that the hospital has sent."""
        draft_id = self.draft(at=at, **draft)  # type: ignore[arg-type]
        return sending.send(self.hospital.worker, world(), draft_id, at=at).referral_id


def build(at: datetime = NOW) -> Loop:
    return built_once("loop", lambda: _built(at)) if at == NOW else _built(at)


def _built(at: datetime) -> Loop:
    with unit_of_work():
        network_id = accounts.add_network(
            f"Network {uuid4()} (demo)",
            state="NY",
            timezone="America/New_York",
            is_demo=True,
            at=at,
        )
        hospital = _program(network_id, "Hospital", MemberCategory.HEALTH, Regime.HIPAA, at)
        advocates = _program(
            network_id, "Advocates", MemberCategory.VICTIM_SERVICES, Regime.VICTIM_SERVICES, at
        )
        legal_aid = _program(network_id, "Legal Aid", MemberCategory.LEGAL, Regime.OTHER, at)
        apip = _program(network_id, "Program", MemberCategory.APIP, Regime.APIP, at)
        coordination = accounts.coordination_compartment(network_id)
        coordinator = _person(coordination, Role.COORDINATOR, at)
    return Loop(network_id, hospital, advocates, legal_aid, apip, coordinator)


def _program(
    network_id: UUID, name: str, category: MemberCategory, regime: Regime, at: datetime
) -> Program:
    member_id = accounts.add_member(
        network_id,
        f"{name} (demo)",
        category=category,
        sector=Sector.PRIVATE,
        regime=regime,
        at=at,
    )
    kind = {
        MemberCategory.VICTIM_SERVICES: CompartmentKind.VICTIM_SERVICES,
        MemberCategory.APIP: CompartmentKind.APIP,
    }.get(category, CompartmentKind.GENERAL)
    compartment_id = accounts.add_compartment(
        network_id, member_id, name="General", kind=kind, at=at
    )
    compartment = accounts.get_compartment(compartment_id)
    role = Role.FACILITATOR if kind is CompartmentKind.APIP else Role.WORKER
    return Program(
        f"{name} (demo)",
        member_id,
        compartment_id,
        _person(compartment, role, at),
        _person(compartment, Role.AGENCY_ADMIN, at),
        _service(network_id, member_id, compartment_id, name, kind, at),
    )


def _person(compartment: accounts.CompartmentFacts, role: Role, at: datetime) -> Identity:
    account_id = accounts.add_account(
        compartment,
        email=f"{uuid4()}@example.org",
        password_hash="x",
        roles=frozenset({role}),
        at=at,
    )
    return accounts.identity_of(account_id, compartment.id, frozenset({role}))


def _service(
    network_id: UUID,
    member_id: UUID,
    compartment_id: UUID,
    name: str,
    kind: CompartmentKind,
    at: datetime,
) -> UUID:
    row = ServiceRow(
        id=uuid4(),
        network_id=network_id,
        member_id=member_id,
        compartment_id=compartment_id,
        name=f"{name} service (demo)",
        tracks=["survivor", "child", "other"],
        opening_hours="Mo-Fr 09:00-17:00; PH off",
        by_phone=True,
        gender_served="all",
        last_verified_at=at,
        updated_at=at,
    )
    db.session.add(row)
    db.session.flush()
    needs = ["advocacy", "protection-order", "family-law"]
    if kind is CompartmentKind.APIP:
        needs = ["abusive-partner-intervention"]
    for need in needs:
        db.session.add(ServiceNeedRow(service_id=row.id, need=need))
    db.session.add(
        ServiceAreaRow(service_id=row.id, confidential=False, extent="county", code=RENSSELAER)
    )
    db.session.add(
        PhoneRow(network_id=network_id, service_id=row.id, number="518-555-0142", is_private=False)
    )
    db.session.flush()
    return row.id


def cover(service_id: UUID, hours: str, mode: str = "staffed", need: str | None = None) -> None:
    """Say when somebody reads at a service."""
    with unit_of_work():
        db.session.add(
            CoverageRow(service_id=service_id, mode=mode, opening_hours=hours, need=need)
        )
        db.session.execute(text("UPDATE network SET directory_version = directory_version + 1"))


def spells(rows: object, word: str) -> bool:
    """Return True when a short word stands in rows by itself.

    What is sealed is random letters, and a few of them in a row may spell a short word.
    """
    return bool(re.search(rf"(?<![\w+/=-]){re.escape(word)}(?![\w+/=-])", repr(rows)))


def dump(*, without: frozenset[str] = frozenset()) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table as text, to look for what must not be there."""
    found = {}
    for table in db.metadata.sorted_tables:
        if table.name not in without:
            rows = db.session.execute(table.select()).all()
            found[table.name] = sorted(tuple(map(repr, row)) for row in rows)
    db.session.rollback()
    return found


def statements(work: Callable[[], None]) -> list[str]:
    """Return the SQL statements that `work` takes."""
    seen: list[str] = []

    def note(*args: Any) -> None:
        seen.append(args[2])

    db.session.rollback()
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    db.session.rollback()
    return [s for s in seen if not s.startswith(("BEGIN", "PRAGMA"))]


def program(network_id: UUID, name: str, *, at: datetime = NOW) -> Program:
    """Return one more program without duties of its own kind, with a service of every need."""
    return _program(network_id, name, MemberCategory.LEGAL, Regime.OTHER, at)


def only_needs(service_id: UUID, needs: list[str]) -> None:
    """Let a service meet these needs and no other."""
    db.session.execute(delete(ServiceNeedRow).where(ServiceNeedRow.service_id == service_id))
    for need in needs:
        db.session.add(ServiceNeedRow(service_id=service_id, need=need))
    db.session.execute(text("UPDATE network SET directory_version = directory_version + 1"))
