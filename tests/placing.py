"""A probation office that refers to a program, and participants of it: for tests of placement."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from ccr.domain.referral_states import ChosenBy
from ccr.domain.risk_information import AssessorRole, Basis, ObtainedBy, RiskResult
from ccr.domain.risk_instruments import Band
from ccr.domain.taxonomy import MemberCategory, Regime
from ccr.domain.training import Subject, Trained
from ccr.policy.identity import Identity, Role
from ccr.services import drafts, referrals, sending
from ccr.services.draft_facts import NeedAnswers, PlaceAnswers
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.programs import ParticipantRow, ProgramGroupRow
from ccr.storage.queries.working_together import set_training
from tests.loop import world
from tests.people import Team, add_colleague, make_team
from tests.small_directory import SmallDirectory

DAY = date(2026, 11, 12)
OFFICER = "test.elm.worker@example.org"
PROGRAM_ADMIN = "test.dune.admin@example.org"


def make_probation(small: SmallDirectory, *, at: datetime, name: str = "Elm Probation") -> Team:
    """Make a probation office, whose own records are its own to share."""
    team = make_team(
        small.network_id, f"{name} (demo)", Role.WORKER, at=at, category=MemberCategory.LEGAL,
        regime=Regime.COURT, email=OFFICER if name == "Elm Probation" else None,
    )  # fmt: skip
    small.emails.setdefault("elm.worker", team.email)
    return team


def make_program_admin(small: SmallDirectory, *, at: datetime) -> Identity:
    """Add an administrator to the program, who states its rules."""
    small.emails["dune.agency_admin"] = PROGRAM_ADMIN
    return add_colleague(small.dune, Role.AGENCY_ADMIN, PROGRAM_ADMIN, at=at)


def train(team: Team, *, at: datetime, expires_on: date | None = None) -> None:
    """Say that a member has people trained in a risk instrument."""
    with unit_of_work():
        trained = Trained(team.member_id, Subject.RISK_INSTRUMENT, DAY - timedelta(90), expires_on)
        set_training(team.identity.network_id, trained, at=at)


def refer(small: SmallDirectory, sender: Team, *, at: datetime, urgency: str = "standard") -> UUID:
    """Return a referral of this sender to the program."""
    who = sender.identity
    need = NeedAnswers(("abusive-partner-intervention",), "abusive-partner", urgency)
    place = PlaceAnswers("Troy, NY", "car", ())
    draft_id = drafts.start_with(who, world(), need, place, small.dune_service_id, at=at)
    drafts.record_yes(who, world(), draft_id, ChosenBy.WORKER, at=at)
    return sending.send(who, world(), draft_id, at=at).referral_id


def accept(small: SmallDirectory, referral_id: UUID, *, at: datetime) -> None:
    """Accept a referral as the program."""
    referrals.accept(small.dune.identity, world(), referral_id, at=at)


def add_participant(
    small: SmallDirectory, *, at: datetime, referral_id: UUID | None = None, state: str = "enrolled"
) -> UUID:
    """Write a participant of the program straight into storage."""
    row = ParticipantRow(
        id=uuid4(),
        network_id=small.network_id,
        compartment_id=small.dune.compartment_id,
        code=f"oak-{uuid4().hex[:8]}",
        referral_id=referral_id,
        source="self",
        mandated=False,
        state=state,
        opened_at=at,
        intake_due_at=at,
        enrol_due_at=at,
        updated_at=at,
    )
    with unit_of_work():
        db.session.add(row)
        db.session.flush()
        return row.id


def add_group(small: SmallDirectory, name: str, level: str, places: int | None = None) -> UUID:
    """Write a group of the program straight into storage."""
    row = ProgramGroupRow(
        id=uuid4(),
        network_id=small.network_id,
        compartment_id=small.dune.compartment_id,
        name=name,
        weekday=0,
        starts_at="18:00",
        ends_at="20:00",
        level=level,
        places=places,
    )
    with unit_of_work():
        db.session.add(row)
        db.session.flush()
        return row.id


def a_result(**changes: object) -> RiskResult:
    """Return a result of the office's own records."""
    whole = {
        "instrument": "dvsi-r",
        "version": "standard",
        "assessed_on": DAY - timedelta(days=3),
        "role": AssessorRole.PROBATION_OFFICER,
        "trained": True,
        "obtained_by": ObtainedBy.REFERRAL_SOURCE,
        "basis": Basis.RECORDS,
        "band": Band.HIGH,
        **changes,
    }
    return RiskResult(**whole)  # type: ignore[arg-type]


def own_result(**changes: object) -> RiskResult:
    """Return an assessment that the program made itself."""
    mine = {"role": AssessorRole.FACILITATOR, "obtained_by": ObtainedBy.PROGRAM, **changes}
    return a_result(instrument="odara", **mine)
