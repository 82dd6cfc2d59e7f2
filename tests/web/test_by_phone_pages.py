"""A partner by phone on the pages: chosen, called, written down, and labelled so everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask

from ccr.storage.db import db
from ccr.storage.models.referrals import ReferralEventRow
from tests.directory_rows import Statements
from tests.small_directory import make_small_directory
from tests.web.conftest import Visitor
from tests.web.journey import Desk, text_of

COORDINATOR = "coordination.coordinator"
MOST = 12


@pytest.fixture
def desk(app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        yield by_phone(Desk(app, make_small_directory(at=now)))


def by_phone(desk: Desk) -> Desk:
    """Let the coordinator record that Birch answers by phone."""
    path, visitor = f"/network/members/{desk.small.birch.member_id}", desk[COORDINATOR]
    visitor.open(path)
    for act, fields in (("way", {"way": "phone"}), ("pledge", {"role": "director"}), ("live", {})):
        assert visitor.send(f"{path}/{act}", fields, follow=False).status_code == 303
    return desk


def primary_acts(page: str) -> int:
    """Return how many primary acts the main part of a page offers."""
    return page.split("<main")[1].split("</main>", maxsplit=1)[0].count("btn-primary")


def sender(desk: Desk) -> Visitor:
    return desk["alder.worker"]


def test_the_steps_say_that_one_calls_and_that_nothing_is_sent(desk: Desk) -> None:
    draft_id = desk.draft()
    base = f"/desk/referrals/{draft_id}"
    partners = text_of(sender(desk).open(f"{base}/partners"))
    assert "By phone: you call them, then write down what they said." in partners
    assert "Someone answers the phone until" in partners
    share = text_of(sender(desk).open(f"{base}/share"))
    assert 'name="question"' not in share  # nobody there would read it
    assert "What you may tell Birch Advocates (demo)" in share
    assert 'name="feedback" value="no"' in share
    assert 'type="radio"' in share
    assert "feedback-1" not in share  # no question about feedback that nobody could confirm
    check = text_of(sender(desk).open(f"{base}/check"))
    assert "Make the code, then call" in check
    assert "Send with their yes" not in check


def test_a_forged_wish_for_feedback_is_refused(desk: Desk) -> None:
    draft_id = desk.draft()
    fields = {"agreed": "y", "chosen_by": "survivor", "question": "", "feedback": "yes"}
    answer = sender(desk).send(f"/desk/referrals/{draft_id}/share", fields, follow=False)
    assert answer.status_code == 422
    assert "A partner by phone cannot confirm this here." in text_of(answer)


@pytest.mark.parametrize(
    ("act", "fields", "status", "chip"),
    [
        ("phone-accept", {"told_by": "advocate"}, 303, "Accepted by phone"),
        ("phone-accept", {}, 422, "You call them"),
        ("phone-accept", {"told_by": "Ana"}, 422, "You call them"),
        ("phone-decline", {"told_by": "advocate", "reason": "no-capacity"}, 303, "No room now"),
        ("phone-decline", {"told_by": "advocate"}, 422, "You call them"),
        ("phone-decline", {"told_by": "advocate", "reason": "safety"}, 422, "You call them"),
    ],
)
def test_what_was_said_is_written_down_by_role_and_shown(
    desk: Desk, act: str, fields: dict[str, str], status: int, chip: str
) -> None:
    referral_id = desk.send()
    before = text_of(sender(desk).open(f"/desk/referrals/{referral_id}"))
    assert "What did they say?" in before
    assert primary_acts(before) == 1
    answer = desk.as_sender(referral_id, act, **fields)
    assert answer.status_code == status
    page = text_of(sender(desk).open(f"/desk/referrals/{referral_id}"))
    assert chip in page
    assert ("What did they say?" in page) is (status == 422)
    if status == 303:
        assert "Advocate" in page
        told = db.session.query(ReferralEventRow.told_by_role).filter_by(action=act).scalar()
        assert told == "advocate"


def test_the_time_of_a_call_is_kept_and_shown_and_a_wrong_one_is_refused(desk: Desk) -> None:
    with time_machine.travel(desk_now := datetime.now(UTC), tick=False) as clock:
        referral_id = desk.send()
        clock.move_to(desk_now + timedelta(minutes=10))  # 14:05 and 14:15 in New York
        for told_at, words in (
            ("14:04", "The call cannot have been before the code was made."),
            ("14:16", "The call cannot have been before the code was made."),  # yesterday
            ("noon", "Write a time like 14:05."),
        ):
            answer = desk.as_sender(
                referral_id, "phone-accept", told_by="volunteer", told_at=told_at
            )
            assert answer.status_code == 422
            assert words in text_of(answer)
        desk.as_sender(referral_id, "phone-accept", told_by="volunteer", told_at="14:10")
        page = text_of(sender(desk).open(f"/desk/referrals/{referral_id}"))
        assert "Volunteer, call at Thu 12 Nov, 14:10" in page
        kept = db.session.query(ReferralEventRow.told_at).filter_by(action="phone-accept").scalar()
        assert kept == desk_now + timedelta(minutes=5)


def test_the_lists_say_by_phone_and_the_partner_has_no_inbox(desk: Desk) -> None:
    referral_id = desk.send()
    assert "You call them" in text_of(sender(desk).open("/desk/outbox?group=my-move"))
    assert "You call them" in text_of(sender(desk).open("/desk/follow-ups"))
    desk.as_sender(referral_id, "phone-accept", told_by="front-desk")
    assert "Accepted by phone" in text_of(sender(desk).open("/desk/outbox?group=taken"))
    birch = desk["birch.advocate"]
    for tab in ("needs-answer", "overdue", "in-progress", "later", "closed"):
        assert str(referral_id) not in text_of(birch.open(f"/desk/inbox?tab={tab}"))
    assert birch.open(f"/desk/referrals/{referral_id}").status_code == 404
    assert desk.as_receiver(referral_id, "accept").status_code == 404


def test_late_calls_offer_another_partner_beside_the_answer(desk: Desk, now: datetime) -> None:
    referral_id = desk.send()
    with time_machine.travel(now + timedelta(days=9), tick=False):
        desk.close_browsers()
        page = text_of(sender(desk).open(f"/desk/referrals/{referral_id}"))
        assert "Recall and choose another partner" in page
        assert primary_acts(page) == 1


def test_the_pages_take_at_most_twelve_statements(desk: Desk) -> None:
    referral_id, draft_id = desk.send(), desk.draft()
    paths = (
        f"/desk/referrals/{referral_id}",
        f"/desk/referrals/{draft_id}/share",
        f"/desk/referrals/{draft_id}/check",
        "/desk/outbox?group=my-move",
    )
    for path in paths:
        sender(desk).open(path)
        with Statements() as run:
            assert sender(desk).open(path).status_code == 200
        taken = [text for text in run.texts if not text.startswith(("SAVEPOINT", "RELEASE"))]
        assert len(taken) <= MOST, path


def test_another_program_writes_nothing_down(desk: Desk) -> None:
    referral_id: UUID = desk.send()
    for who in ("cedar.worker", "birch.agency_admin", COORDINATOR):
        desk[who].open("/account")
        answer = desk.as_sender(referral_id, "phone-accept", who=who, told_by="advocate")
        assert answer.status_code == 404
