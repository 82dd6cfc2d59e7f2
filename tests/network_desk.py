"""A coordinator's desk with one of everything on it, for tests that walk over all of its pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from ccr.domain.council import Outcome, Source, Topic
from ccr.domain.linkages import Contact, Paper, Term
from ccr.domain.safety_question import Effect, SafetyAnswer, Whom
from ccr.domain.taxonomy import Need
from ccr.domain.training import Subject, Trained
from ccr.services import (
    announcements,
    area_people,
    council,
    council_actions,
    districts,
    gap_register,
    gaps,
    linkages,
    survey,
    training,
)
from ccr.services.council import Decision
from ccr.services.council_actions import NewAction
from ccr.services.districts import DistrictText
from ccr.services.gap_register import NewStep, Plan
from tests.coordination import coordinator, promise, sign_protocol
from tests.loop import world
from tests.small_directory import SmallDirectory

ZONE = "America/New_York"
PEOPLE = (
    b"geoid,population,language_es,language_zh\n"
    b"36083,161130,4700,1900\n860Z200US12180,51000,,\n860Z200US12182,14000,,\n"
)
LOWERS = SafetyAnswer(Effect.LOWERS, Whom.STAFF, "Two are there at night.")


@dataclass(frozen=True, slots=True)
class FilledDesk:
    """The ids of what lies on the desk."""

    gap: UUID
    gap_key: str
    step: UUID
    agreement: UUID
    committee: UUID
    meeting: UUID
    action: UUID
    announcement: UUID
    survey: UUID
    pathway: UUID
    district: UUID

    def pages(self, small: SmallDirectory, quarter: str) -> list[str]:
        """Return the pages of the desk that have a parameter."""
        member = small.birch.member_id
        return [
            f"/network/gaps/{self.gap}",
            "/network/gaps?row=3&county=36083&zips=36083&language=es#evidence",
            "/network/gaps/distances?row=3&zips=36083",
            f"/network/gaps?row=3&zips=districts&county={self.district}#evidence",
            f"/network/gaps/districts/{self.district}",
            f"/network/gaps/districts/{self.district}/remove",
            f"/network/agreements/{self.agreement}",
            f"/network/council/meetings/{self.meeting}",
            f"/network/council/report/{quarter}",
            f"/network/graph?member={member}",
            "/network/graph?view=table",
            f"/network/what-if?ask=leaves&member={member}",
            f"/network/members/{member}",
        ]


def fill_desk(small: SmallDirectory, *, at: datetime) -> FilledDesk:
    """Put one of everything on the coordinator's desk; return the ids."""
    who, day = coordinator(small), at.astimezone(ZoneInfo(ZONE)).date()
    soon, long_ago = day + timedelta(days=20), day - timedelta(days=400)
    members = {small.alder.member_id, small.birch.member_id}
    area_people.keep(who, world(), PEOPLE, at=at)
    key = gaps.board(who, world(), at=at).items[0].finding.key
    plan = Plan(key, small.birch.member_id, "Ask two landlords.", soon, LOWERS)
    gap = gap_register.take(who, world(), plan, at=at)
    record = gap_register.record(who, world(), gap, at=at)
    then = NewStep("Bring it to the council.", soon)
    gap_register.add_step(who, world(), gap, record.gap.version, then, LOWERS, at=at)
    step = gap_register.record(who, world(), gap, at=at).steps[0].id
    paper = Paper(
        tuple((member, Contact.PROGRAM_LEAD) for member in sorted(members)),
        (Need.ADVOCACY,), (Term.RELEASE_FIRST,), "", long_ago, None, soon,
    )  # fmt: skip
    agreement = linkages.record(who, paper, at=at)
    pathway = promise(small, small.alder, small.birch, on=long_ago)
    sign_protocol(small, small.birch, signed_on=long_ago, expires_on=day - timedelta(days=9))
    committee = council.add_committee(who, "Council", Topic.COUNCIL, members, at=at)
    meeting = council.plan_meeting(who, committee, day, at=at)
    council.add_item(who, meeting, 1, "A shared night line", gap, at=at)
    council.decide(who, meeting, 2, Decision(1, Outcome.AGREED, "On trial.", LOWERS), at=at)
    council.set_attendance(who, meeting, 3, members, at=at)
    action = council_actions.add(
        who, NewAction(Source.MEETING, "Draft it.", small.birch.member_id, soon, meeting, gap),
        at=at,
    )  # fmt: skip
    training.record(
        who, Trained(small.birch.member_id, Subject.BASICS, long_ago, day - timedelta(days=2)),
        at=at,
    )  # fmt: skip
    told = announcements.announce(who, ZONE, "Training", "Two places each.", soon, at=at)
    asked = survey.open_round(who, soon, at=at)
    drawn = DistrictText("Precinct 4", "12180, Albany County")
    district = districts.keep(who, world(), drawn, at=at)
    return FilledDesk(
        gap, key, step, agreement, committee, meeting, action, told, asked, pathway, district
    )  # fmt: skip
