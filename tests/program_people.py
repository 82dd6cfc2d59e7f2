"""A program at work, for tests: a court that mandates, and participants in each state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from ccr.domain.participant_states import Act, Step
from ccr.domain.participant_words import EndReason, ReferralSource, Screening
from ccr.domain.participants import Order, Participant
from ccr.domain.program_groups import Group
from ccr.domain.taxonomy import CompartmentKind, MemberCategory, Regime
from ccr.policy.identity import Identity, Role
from ccr.services import participants
from ccr.storage.db import unit_of_work
from ccr.storage.queries import participants as queries
from ccr.storage.queries import program_groups
from tests.loop import world
from tests.people import Team, add_colleague, make_team
from tests.small_directory import SmallDirectory

TODAY = date(2026, 11, 12)
VOLUNTARY = Order(ReferralSource.SELF, mandated=False)


@dataclass(frozen=True)
class Court:
    """A court of the network, and the program's administrator."""

    team: Team
    admin: Identity

    def order(self, **changes: object) -> Order:
        """Return a mandate of this court."""
        whole = {"source": ReferralSource.CRIMINAL_COURT, "mandated": True}
        return Order(**{**whole, "authority_id": self.team.member_id, **changes})  # type: ignore[arg-type]


def make_court(small: SmallDirectory, *, at: datetime, name: str = "Elm County Court") -> Court:
    """Add a court with a clerk, and an administrator of the program; name their addresses."""
    word = name.split(maxsplit=1)[0].lower()
    team = make_team(
        small.network_id,
        f"{name} (demo)",
        Role.WORKER,
        at=at,
        kind=CompartmentKind.GENERAL,
        category=MemberCategory.LEGAL,
        regime=Regime.COURT,
        email=f"{word}.clerk@example.org",
    )
    small.emails[f"{word}.worker"] = team.email
    address = f"{word}.dune.admin@example.org"
    admin = add_colleague(small.dune, Role.AGENCY_ADMIN, address, at=at)
    small.emails["dune.agency_admin"] = address
    return Court(team, admin)


def make_group(small: SmallDirectory, name: str = "Tuesday evening", **changes: object) -> Group:
    """Add a group of the program."""
    whole = {"weekday": 1, "starts_at": "18:30", "ends_at": "20:00", "places": 8, **changes}
    group = Group(uuid4(), name, **whole)  # type: ignore[arg-type]
    with unit_of_work():
        program_groups.add_group(small.network_id, small.dune.compartment_id, group)
    return group


def opened(
    small: SmallDirectory, order: Order = VOLUNTARY, *, at: datetime, referral: UUID | None = None
) -> UUID:
    """Open a participant of the program."""
    who = small.dune.identity
    return participants.open_participant(who, world(), order, referral, at=at)


def loaded(small: SmallDirectory, participant_id: UUID) -> Participant:
    """Return a participant as it is stored."""
    return queries.get_participant(participant_id, compartment_id=small.dune.compartment_id)


def step(
    small: SmallDirectory, participant_id: UUID, act: Act, *, at: datetime, **more: object
) -> Participant:
    """Record a step of today."""
    on = more.pop("on", at.date())
    if act in {Act.ENROL, Act.CHANGE_GROUP} and "group_id" not in more:
        more["group_id"] = make_group(small, f"Group {uuid4()}").id
    if act is Act.ATTEND_INTAKE:
        more.setdefault("screening", Screening.SUITABLE)
    if act is Act.TERMINATE:
        more.setdefault("reason", EndReason.ATTENDANCE)
    version = loaded(small, participant_id).version
    wanted = Step(act, on, **more)  # type: ignore[arg-type]
    return participants.record(small.dune.identity, participant_id, version, wanted, at=at)
