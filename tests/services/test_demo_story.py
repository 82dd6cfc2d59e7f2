"""The demo story: what the real services give, scene by scene."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ccr.cli.demo_scenes import scenes
from ccr.domain.clocks import ClockKind, ClockState
from ccr.domain.outcomes import Outcome
from ccr.domain.referral_views import Status
from ccr.services import accounts
from ccr.services.demo import load_demo
from ccr.services.demo_story import STARTS_AT, play
from ccr.services.verification import verify_storage

PASSWORD = "a long demo password"


@pytest.fixture
def story(sqlite_app):
    world = sqlite_app.extensions["ccr_world"]
    loaded = load_demo(world, password=PASSWORD, at=STARTS_AT, history=False)
    return play(world, loaded, at=STARTS_AT)


def test_partners_are_ranked_and_every_part_is_shown(story):
    minutes = [partner.effective_minutes for partner in story.answer.partners]
    assert len(minutes) >= 3
    assert minutes == sorted(minutes)
    for partner in story.answer.partners:
        assert sum(part.minutes for part in partner.parts) == partner.effective_minutes
        assert partner.reasons


def test_the_answer_has_area_partners_unknown_facts_and_why_not(story):
    assert [p.service.name for p in story.answer.area_partners] == [
        "Advocacy by phone", "24-hour help line",
    ]  # fmt: skip
    assert any(partner.unknown for partner in story.answer.partners)
    assert {"capacity", "service-area"} <= {row.limit for row in story.answer.why_not}


def test_the_partner_sees_no_fact_about_the_person_before_accepting(story):
    assert story.arrived.item.view.facts is None
    assert story.arrived.item.view.code is None
    assert story.taken.item.view.facts is not None
    assert story.taken.item.view.code == story.sent.code


def test_the_code_is_four_words(story):
    assert len(story.sent.code.split()) == 4


def test_the_missed_contact_is_reminded_then_escalated_inside_the_partner(story):
    runs = [(moved.run.reminded, moved.run.escalated, moved.told) for moved in story.clocks]
    # In high danger the supervisor is mailed at once, beside the mail of the day (ADR 0027).
    assert runs == [(0, 0, 0), (1, 0, 2), (0, 1, 1)]
    late = [c for c in story.overdue.item.view.clocks if c.kind is ClockKind.FIRST_CONTACT]
    assert [(clock.state, clock.reminders) for clock in late] == [(ClockState.OVERDUE, 3)]
    assert late[0].due_at - story.accepted_at == timedelta(hours=24)


def test_the_loop_closes_and_the_sender_page_stays_as_it_was(story):
    assert story.end.item.view.outcome is Outcome.SERVICE_STARTED
    assert story.end_for_sender.item.view.status is Status.ACCEPTED
    assert story.end_for_sender.item.view == story.told_sender.item.view


def test_the_story_keeps_every_invariant_of_the_storage(story):
    del story
    assert verify_storage(accounts.terminal_identity()).findings == ()


def test_the_text_fits_eighty_columns_and_tells_every_scene(story):
    lines = list(scenes(story))
    assert max(len(line) for line in lines) <= 80
    text = "\n".join(lines)
    for scene in range(1, 10):
        assert f"\n{scene}. " in text
    assert story.sent.code in text
    assert "1 escalation" in text
    assert "no such field" in text


def test_area_partners_are_told_without_distance_or_minutes(story):
    lines = list(scenes(story))
    start = lines.index("3. Confidential and area-wide")
    part = "\n".join(lines[start + 3 : lines.index("4. Why not the others?")])
    assert "Stillwater" in part
    assert "effective minutes" not in part
    assert " km" not in part
