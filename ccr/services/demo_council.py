"""The demo's council: committees, two meetings, actions, training, news and a counted survey.

Invented like everything of the demo, and about organizations alone. Days are counted from today,
so that something is always late and something always ends soon.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from ccr.domain.council import Model, NetworkType, Outcome, Paid, Profile, Source, Topic
from ccr.domain.directory import Agreement
from ccr.domain.linkages import Contact, Paper, Term
from ccr.domain.survey import count_answers
from ccr.domain.training import Subject, Trained
from ccr.services.council import FIRST_ITEM
from ccr.storage.queries import council as council_rows
from ccr.storage.queries import working_together

DAYS_LEFT_AT_REVIEW = 165
"""Agreements of a year are looked at after two hundred days: these are due now."""
COUNCIL = (
    "family-center", "riverside", "mohawk", "cedar", "police", "stillwater", "hudson", "adirondack",
    "probation", "welcome",
)  # fmt: skip
COMMITTEES = (
    ("Coordinating council", Topic.COUNCIL, COUNCIL),
    ("Shelter and transport", Topic.PATHWAYS, ("riverside", "adirondack", "hudson", "mohawk")),
    ("Rural pathways", Topic.PATHWAYS, ("riverside", "adirondack", "hudson", "stillwater")),
    ("Courts and programs", Topic.LAW, ("family-center", "cedar", "police", "probation")),
)
DECISIONS = (
    (FIRST_ITEM, Outcome.NOTED, "lowers", "survivors",
     "Night calls in two counties still reach only the state line; callers wait longer there."),
    ("Who answers at night in the northern counties?", Outcome.AGREED, "raises", "survivors",
     "Riverside and Adirondack share one line from 22:00, on trial for a quarter."),
    ("Reminders of listings by text message", Outcome.PUT_OFF, "unknown", "staff",
     "Counsel looks at it first; nobody knows who else reads those phones."),
)  # fmt: skip
PLANNED = "The lapsed consultation protocol: who signs, and by when?"
ACTIONS = (
    # source, what, who, due in days, ended days ago
    (Source.MEETING, "Send the council a draft for the shared night line.", "riverside", -6, None),
    (Source.MEETING, "Name a member to keep the list of interpreters.", "welcome", 25, None),
    (Source.MEETING, "Tell all members the new intake hours.", "mohawk", -20, 22),
    (Source.AUDIT, "Ask at every desk where post is safe, before any letter.", "cedar", 40, None),
    (Source.FATALITY_REVIEW, "Offer risk training to every program for abusive partners.",
     "family-center", 60, None),
    (Source.SURVIVORS, "Put the way to the exit on every public page.", "hudson", 14, None),
)  # fmt: skip
TRAINED = {
    "family-center": ((Subject.BASICS, 300, 430), (Subject.CONFIDENTIALITY, 200, 165)),
    "riverside": (
        (Subject.BASICS, 400, None), (Subject.CONFIDENTIALITY, 150, 215),
        (Subject.RISK_INSTRUMENT, 200, 165), (Subject.LANGUAGE_ACCESS, 90, 275),
    ),
    "mohawk": ((Subject.BASICS, 100, None), (Subject.TECHNOLOGY, 60, 305)),
    "cedar": ((Subject.CONFIDENTIALITY, 345, 20), (Subject.CULTURAL, 120, 245)),
    "probation": ((Subject.RISK_INSTRUMENT, 120, 245),),
    "police": ((Subject.BASICS, 500, -135), (Subject.RISK_INSTRUMENT, 380, -15)),
    "stillwater": ((Subject.BASICS, 220, None), (Subject.LANGUAGE_ACCESS, 340, 25)),
    "hudson": ((Subject.BASICS, 90, None), (Subject.CONFIDENTIALITY, 90, 275)),
    "adirondack": ((Subject.BASICS, 365, None), (Subject.TECHNOLOGY, 30, 335)),
    "welcome": ((Subject.LANGUAGE_ACCESS, 50, 315), (Subject.CULTURAL, 50, 315)),
}  # fmt: skip
ANSWERS = (
    {"reliable": 3, "mission": 4, "open": 2, "influence": 3, "involved": 3, "resources": 2},
    {"reliable": 3, "mission": 3, "open": 3, "influence": 2, "involved": 3, "resources": 2},
    {"reliable": 4, "mission": 4, "open": 3, "influence": 3, "involved": 2, "resources": 3},
    {"reliable": 2, "mission": 3, "open": 2, "influence": 3, "involved": 3, "resources": 2},
    {"reliable": 3, "mission": 4, "open": 3, "influence": 4, "involved": 3, "resources": 3},
    {"reliable": 3, "mission": 3, "open": 2, "influence": 3, "involved": 2, "resources": 1},
)


def paper_of(agreement: Agreement, today: date) -> Paper:
    """Return an agreement of the demo as its paper: terms, a role that answers, a day to look."""
    ends = agreement.expires_on
    due = ends is not None and (ends - today).days == DAYS_LEFT_AT_REVIEW
    return Paper(
        parties=tuple((m, Contact.PROGRAM_LEAD) for m in sorted(agreement.member_ids)),
        needs=(),
        terms=(Term.RELEASE_FIRST, Term.COARSE_FACTS, Term.NO_ONWARD),
        terms_line="",
        signed_on=agreement.signed_on,
        review_on=today - timedelta(days=4) if due else None,
        expires_on=ends,
    )


def add_council(
    network_id: UUID, members: Mapping[str, UUID], gaps: list[UUID], *, today: date, at: datetime
) -> None:
    """Write the demo's council; `members` maps keys of the demo's tables to ids."""
    _add_profile(network_id, members, at=at)
    committees = [
        council_rows.add_committee(network_id, name, topic, [members[m] for m in sitting])
        for name, topic, sitting in COMMITTEES
    ]
    held = council_rows.add_meeting(
        network_id, committees[0], today - timedelta(days=24), FIRST_ITEM
    )
    for position, (title, outcome, effect, whom, words) in enumerate(DECISIONS):
        if position:
            council_rows.add_item(held, title, gaps[0] if position == 1 and gaps else None)
        values = {"outcome": outcome.value, "decision": words, "effect": effect, "whom": whom}
        council_rows.decide_item(held, position, values)
    council_rows.set_attendance(held, [members[m] for m in COUNCIL[:8]])
    coming = council_rows.add_meeting(
        network_id, committees[0], today + timedelta(days=11), FIRST_ITEM
    )
    council_rows.add_item(coming, PLANNED, None)
    _add_actions(network_id, members, held, gaps, today, at=at)
    _add_words(network_id, members, today, at=at)


def _add_profile(network_id: UUID, members: Mapping[str, UUID], *, at: datetime) -> None:
    profile = Profile(
        types=(NetworkType.INTERVENTION, NetworkType.INTERAGENCY),
        models=(Model.HIGH_RISK_TEAM, Model.FATALITY_REVIEW),
        seats_planned=3,
        seats_filled=2,
        paid=Paid.FEE,
        payer_id=members["riverside"],
    )
    council_rows.set_profile(network_id, profile, at=at)


def _add_actions(
    network_id: UUID,
    members: Mapping[str, UUID],
    held: UUID,
    gaps: list[UUID],
    today: date,
    *,
    at: datetime,
) -> None:
    for source, words, owner, due, ended in ACTIONS:
        made = council_rows.add_action(
            network_id,
            {
                "source": source.value,
                "meeting_id": held if source is Source.MEETING else None,
                "gap_id": gaps[0] if due == 25 and gaps else None,  # noqa: PLR2004 -- one of them
                "text": words,
                "owner_member_id": members[owner],
                "due_on": today + timedelta(days=due),
            },
            at=at,
        )
        if ended is not None:
            values = {"status": "done", "ended_on": today - timedelta(days=ended)}
            council_rows.change_action(network_id, made, 1, values)


def _add_words(network_id: UUID, members: Mapping[str, UUID], today: date, *, at: datetime) -> None:
    """Add training, an announcement, and a survey that was counted."""
    for key, said in TRAINED.items():
        for subject, ago, ahead in said:
            ends = today + timedelta(days=ahead) if ahead is not None else None
            trained = Trained(members[key], subject, today - timedelta(days=ago), ends)
            working_together.set_training(network_id, trained, at=at)
    working_together.add_announcement(
        network_id,
        "Confidentiality training for new staff",
        "Two places for each member, online, on the first Tuesday of next month.\n"
        "Write to the coordination which roles will come; no names are needed.",
        today + timedelta(days=20),
        at=at,
    )
    opened = today - timedelta(days=70)
    asked = working_together.open_round(network_id, opened, opened + timedelta(days=30))
    if asked is not None:
        working_together.close_round(asked, count_answers(ANSWERS), at=at)
