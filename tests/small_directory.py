"""A small stored directory with people, for tests that walk through the whole site.

Alder sends, Birch receives at a public place with coordinates, Cedar has a confidential service,
Dune is an abusive partner program, and the coordination has one person of each of its roles. Rows
are written by the models, so that every field is as a test wants it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from ccr.domain.clocks import Side
from ccr.domain.outcomes import AttemptKind, DeclineReason, Outcome
from ccr.domain.referral_states import Action, ChosenBy
from ccr.domain.release import ConfirmedHow
from ccr.domain.taxonomy import (
    CompartmentKind,
    CoverageMode,
    Known,
    MemberCategory,
    Need,
    Regime,
    Track,
)
from ccr.policy.identity import Identity, Role
from ccr.services import drafts, misdirected, referrals, releases, sending, system_acts
from ccr.services.draft_facts import NeedAnswers, PlaceAnswers
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.directory import LocationRow, PhoneRow, ServiceAtLocationRow, ServiceText
from ccr.storage.queries import accounts
from tests.builders import ALBANY, CAPITAL_REGION, Coverage, make_site
from tests.conftest import NOW
from tests.directory_rows import save_service
from tests.kept_database import built_once
from tests.loop import world
from tests.people import PASSWORD_HASH, Team, add_colleague, make_network, make_team

NEEDS = frozenset({Need.ADVOCACY, Need.PROTECTION_ORDER, Need.FAMILY_LAW})
TRACKS = frozenset({Track.SURVIVOR, Track.CHILD, Track.OTHER})
PUBLIC_PHONE = "518-555-0142"
PRIVATE_PHONE = "518-555-0199"


@dataclass(frozen=True)
class SmallDirectory:
    """Who and what there is.

    Attributes:
        alder: a hospital that sends; its worker and its administrator.
        birch: victim services that receive; an advocate, and an administrator.
        cedar: victim services with a confidential service; a worker.
        dune: an abusive partner program; a facilitator.
        emails: everybody who signs in, by "<team>.<role>".
    """

    network_id: UUID
    alder: Team
    birch: Team
    cedar: Team
    dune: Team
    birch_service_id: UUID
    cedar_service_id: UUID
    dune_service_id: UUID
    cedar_location_id: UUID
    emails: dict[str, str]

    @property
    def compartments(self) -> dict[str, UUID]:
        """Return the programs by the name of their team."""
        return {
            name: getattr(self, name).compartment_id for name in ("alder", "birch", "cedar", "dune")
        }


def make_small_directory(
    *, at: datetime, private_phone: str = PRIVATE_PHONE, name: str = "Test network"
) -> SmallDirectory:
    """Make the network, its members, people and services."""
    if at != NOW:
        return _made(at, private_phone, name)
    return built_once((private_phone, name), lambda: _made(at, private_phone, name))


def _made(at: datetime, private_phone: str, name: str) -> SmallDirectory:
    network_id = make_network(name, at=at)
    start = name.split(maxsplit=1)[0].lower()
    emails: dict[str, str] = {}

    def team(member: str, role: Role, kind: CompartmentKind, **more: object) -> Team:
        word = member.split(maxsplit=1)[0].lower()
        made = make_team(
            network_id,
            f"{member} (demo)",
            role,
            at=at,
            kind=kind,
            email=f"{start}.{word}.{role}@example.org",
            **more,  # type: ignore[arg-type]
        )
        emails[f"{word}.{role}"] = made.email
        if kind is not CompartmentKind.APIP:
            admin = f"{start}.{word}.admin@example.org"
            add_colleague(made, Role.AGENCY_ADMIN, admin, at=at)
            emails[f"{word}.agency_admin"] = admin
        return made

    alder = team(
        "Alder Hospital",
        Role.WORKER,
        CompartmentKind.GENERAL,
        category=MemberCategory.HEALTH,
        regime=Regime.HIPAA,
    )
    victim_services = {
        "category": MemberCategory.VICTIM_SERVICES,
        "regime": Regime.VICTIM_SERVICES,
    }
    birch = team(
        "Birch Advocates", Role.ADVOCATE, CompartmentKind.VICTIM_SERVICES, **victim_services
    )
    cedar = team("Cedar House", Role.WORKER, CompartmentKind.VICTIM_SERVICES, **victim_services)
    dune = team(
        "Dune Program",
        Role.FACILITATOR,
        CompartmentKind.APIP,
        category=MemberCategory.APIP,
        regime=Regime.APIP,
    )
    coordination = accounts.coordination_compartment(network_id)
    for role in (Role.COORDINATOR, Role.SYSTEM_ADMIN, Role.AUDITOR):
        emails[f"coordination.{role}"] = f"{start}.{role}@example.org"
        _add_person(coordination, role, emails[f"coordination.{role}"], at=at)
    birch_service = _service(birch, "Birch legal advocacy (demo)", at=at)
    dune_service = save_service(
        dune,
        name="Dune groups (demo)",
        needs=frozenset({Need.ABUSIVE_PARTNER_INTERVENTION}),
        tracks=frozenset({Track.ABUSIVE_PARTNER}),
        at=at,
        last_verified_at=at,
    )
    cedar_service = _service(cedar, "Cedar advocacy (demo)", at=at, confidential=True)
    with unit_of_work():
        db.session.add(
            PhoneRow(
                network_id=network_id,
                service_id=birch_service,
                number=private_phone,
                is_private=True,
                position=-1,
            )
        )
        db.session.add(
            PhoneRow(
                network_id=network_id,
                service_id=cedar_service,
                number=private_phone,
                is_private=True,
                position=-1,
            )
        )
        location_id = _hidden_location(cedar, cedar_service, at=at)
        for service_id in (birch_service, cedar_service, dune_service):
            db.session.add(
                ServiceText(service_id=service_id, network_id=network_id, body="advocacy demo")
            )
    return SmallDirectory(
        network_id,
        alder,
        birch,
        cedar,
        dune,
        birch_service,
        cedar_service,
        dune_service,
        location_id,
        emails,
    )


def grow(small: SmallDirectory, count: int, *, at: datetime) -> None:
    """Add `count` members with a public service each."""
    for number in range(count):
        team = make_team(
            small.network_id,
            f"Further {uuid4()} (demo)",
            Role.WORKER,
            at=at,
            email=f"{uuid4()}@example.org",
        )
        service_id = _service(team, f"Further service {number} (demo)", at=at)
        with unit_of_work():
            db.session.add(
                ServiceText(service_id=service_id, network_id=small.network_id, body="further")
            )


def make_referrals(small: SmallDirectory, at: datetime) -> dict[str, UUID]:
    """Make one referral from Alder to Birch in each of the states; return them by what they are."""
    me, them = small.alder.identity, small.birch.identity
    later = at + timedelta(days=3)

    def draft() -> UUID:
        place = PlaceAnswers("Troy, NY", "car", ("Cedar House (demo)",))
        need = NeedAnswers(("advocacy",), question="Is there a lunch?")
        service_id = small.birch_service_id
        draft_id = drafts.start_with(me, world(), need, place, service_id, at=at)
        drafts.ask_release(me, world(), draft_id, at + timedelta(days=30), at=at)
        drafts.record_yes(me, world(), draft_id, ChosenBy.SURVIVOR, at=at)
        return draft_id

    def sent() -> UUID:
        return sending.send(me, world(), draft(), at=at).referral_id

    def accepted() -> UUID:
        referral_id = sent()
        referrals.accept(them, world(), referral_id, at=at)
        return referral_id

    waiting = ("sent", "asked", "asking", "waitlisted", "declined", "rerouted", "recalled", "error")
    waiting += ("expired", "undeclined")
    made = {name: sent() for name in waiting}
    names = (
        "accepted",
        "noted",
        "reached",
        "held",
        "held-later",
        "resumed",
        "connected",
        "closed",
        "handed-back",
        "stopped",
        "frozen",
        "reopened",
        "unaccepted",
    )
    made |= {"draft": draft()} | {name: accepted() for name in names}
    referrals.ask(them, world(), made["asked"], "When?", at=at)
    referrals.answer(me, world(), made["asked"], "Now.", at=at)
    referrals.ask(them, world(), made["asking"], "When?", at=at)
    referrals.waitlist(them, world(), made["waitlisted"], later, at=at)
    for name in ("declined", "rerouted"):
        referrals.decline(them, world(), made[name], DeclineReason.CONFLICT, at=at)
    referrals.close_declined(me, world(), made["rerouted"], Outcome.REDIRECTED, at=at)
    referrals.recall(me, world(), made["recalled"], at=at)
    system_acts.act_alone(world(), made["expired"], Action.EXPIRE, at=at)
    misdirected.freeze(me, world(), made["frozen"], at=at)
    referrals.close(them, world(), made["reopened"], Outcome.UNKNOWN, at=at)
    referrals.reopen(them, world(), made["reopened"], "Too early.", at=at)
    referrals.undo_accept(them, world(), made["unaccepted"], Side.RECEIVER, "The wrong row.", at=at)
    referrals.decline(them, world(), made["undeclined"], DeclineReason.OTHER, at=at)
    referrals.undo_decline(
        them, world(), made["undeclined"], Side.RECEIVER, "The wrong row.", at=at
    )
    referrals.enter_in_error(me, world(), made["error"], at=at)
    releases.confirm(them, world(), made["noted"], ConfirmedHow.WRITTEN, at=at)
    referrals.add_note(them, world(), made["noted"], Side.RECEIVER, "Our note.", at=at)
    referrals.record_attempt(them, world(), made["noted"], AttemptKind.NO_ANSWER, Known.YES, at=at)
    for name in ("reached", "held-later"):
        referrals.record_attempt(them, world(), made[name], AttemptKind.REACHED, Known.YES, at=at)
    for name in ("held", "held-later", "resumed"):
        referrals.hold(them, world(), made[name], later, at=at)
    referrals.resume(them, world(), made["resumed"], at=at)
    referrals.hand_back(them, world(), made["handed-back"], DeclineReason.SAFETY, at=at)
    referrals.stop(me, world(), made["stopped"], at=at)
    referrals.connect(them, world(), made["connected"], at=at)
    referrals.close(them, world(), made["closed"], Outcome.NOT_REACHED_SAFELY, at=at)
    return made


def _service(team: Team, name: str, *, at: datetime, confidential: bool = False) -> UUID:
    return save_service(
        team,
        at=at,
        name=name,
        needs=NEEDS,
        tracks=TRACKS,
        areas=CAPITAL_REGION,
        confidential=confidential,
        sites=() if confidential else (make_site(ALBANY),),
        coverage=(Coverage(None, CoverageMode.STAFFED, "Mo-Fr 09:00-17:00"),),
        opening_hours="Mo-Fr 09:00-17:00; PH off",
        phone=PUBLIC_PHONE,
        last_verified_at=at,
    )


def _hidden_location(team: Team, service_id: UUID, *, at: datetime) -> UUID:
    location = LocationRow(
        id=uuid4(),
        network_id=team.identity.network_id,
        member_id=team.member_id,
        confidential=True,
        location_type="virtual",
        updated_at=at,
    )
    db.session.add(location)
    db.session.flush()
    db.session.add(
        ServiceAtLocationRow(
            network_id=team.identity.network_id,
            service_id=service_id,
            location_id=location.id,
            confidential=True,
        )
    )
    return location.id


def _add_person(
    compartment: accounts.CompartmentFacts, role: Role, email: str, *, at: datetime
) -> Identity:
    with unit_of_work():
        account_id = accounts.add_account(
            compartment, email=email, password_hash=PASSWORD_HASH, roles=frozenset({role}), at=at
        )
        return accounts.identity_of(account_id, compartment.id, frozenset({role}))
