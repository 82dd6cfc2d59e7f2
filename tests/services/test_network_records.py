"""Shares of what the network records of itself: training, seats, attendance, actions."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from flask import Flask

from ccr.domain.council import Profile, Topic
from ccr.domain.indicators import Indicator, Share
from ccr.domain.training import Subject, Trained
from ccr.services import council, network_figures
from ccr.services.network_records import training_share
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.council import ActionRow
from tests.builders import make_id
from tests.coordination import coordinator
from tests.loop import world
from tests.small_directory import SmallDirectory, make_small_directory

ON = date(2026, 11, 12)
A, B = UUID(int=1), UUID(int=2)


def test_a_training_counts_while_it_holds_and_only_of_members() -> None:
    said = [
        Trained(A, Subject.BASICS, date(2026, 1, 1), None),
        Trained(A, Subject.CULTURAL, date(2025, 1, 1), ON),  # lapsed today
        Trained(make_id(), Subject.BASICS, date(2026, 1, 1), None),
    ]
    assert training_share(said, [A, B], ON) == Share(1, 2 * len(Subject))
    assert training_share([], [A, B], ON) is None


def test_seats_attendance_and_actions_are_told_once_they_are_recorded(
    app: Flask, now: datetime
) -> None:
    small = make_small_directory(at=now)
    who = coordinator(small)
    members = [small.alder.member_id, small.birch.member_id, small.cedar.member_id]

    def shares() -> dict[Indicator, Share | None]:
        facts = network_figures.indicators(who, world(), at=now).facts
        recorded = (Indicator.SEATS, Indicator.ATTENDANCE, Indicator.ACTIONS, Indicator.TRAINING)
        return {code: share for code, share in facts.items() if code in recorded and share}

    assert shares() == {}
    council.set_profile(who, Profile(seats_planned=2, seats_filled=5), at=now)
    committee = council.add_committee(who, "Safety", Topic.SAFETY, members, at=now)
    held = council.plan_meeting(who, committee, date(2026, 11, 2), at=now)
    council.plan_meeting(who, committee, date(2026, 12, 2), at=now)
    assert shares() == {Indicator.SEATS: Share(2, 2)}  # nobody wrote down who came
    council.set_attendance(who, held, 1, [*members[:2], small.dune.member_id], at=now)
    with unit_of_work():
        for status in ("done", "open", "dropped"):
            db.session.add(_action(small, status, now))
    assert shares() == {
        Indicator.SEATS: Share(2, 2),
        Indicator.ATTENDANCE: Share(2, 3),  # of those who sit on the committee
        Indicator.ACTIONS: Share(1, 2),
    }


def _action(small: SmallDirectory, status: str, at: datetime) -> ActionRow:
    return ActionRow(
        network_id=small.network_id,
        source="meeting",
        text="Ask the county.",
        owner_member_id=small.alder.member_id,
        due_on=at.date(),
        status=status,
        ended_on=None if status == "open" else at.date(),
        opened_at=at,
    )
