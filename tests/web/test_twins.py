"""Twins (R74): one referral, two courses at the receiver, and the sender's pages byte for byte.

The twins begin as one and the same database file, so ids and codes are equal by construction; what
is masked is the token of a form, and the id of a draft that a look itself makes.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask import Flask

from ccr.domain.outcomes import SAID_AS_ONE, DeclineReason
from ccr.domain.referral_views import Group
from ccr.services import delivery, followups
from ccr.services.accounts import terminal_identity
from ccr.services.api_keys import create_key
from ccr.storage.db import db, sqlite_module
from ccr.storage.models.operations import OutboxItem
from tests.loop import world
from tests.small_directory import make_small_directory
from tests.web.journey import Desk, text_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_TOKEN = re.compile(
    r'(name="(?:csrf_token|once)"[^>]*value=|<meta name="csrf-token" content=)"[^"]+"'
)
_OWN_NOTES = re.compile(r'data-live-token="\w+"')
Act = tuple[timedelta, str, dict[str, Any]]
Course = tuple[Act, ...]
LOOKS = (3 * HOUR, 3 * DAY + HOUR, 9 * DAY, 14 * DAY + HOUR, 60 * DAY)
"""When the sender looks, after acceptance."""


def tried(kind: str, after: timedelta) -> Act:
    return after, "attempt", {"kind": kind, "still_safe": "yes"}


SERVED: Course = (
    tried("reached", 2 * HOUR),
    (DAY - HOUR, "connect", {}),
    (DAY, "note", {"note": "Came on time."}),
    (DAY, "live-hand-off", {"live-how": "in-person", "live-by": "advocate", "live-to": "advocate"}),
    (
        DAY,
        "schedule",
        {"visit-how": "in-person", "visit-day": "2026-11-20", "visit-part": "morning"},
    ),
    (2 * DAY, "attended", {}),
    (8 * DAY, "close", {"outcome": "service-completed"}),
)
NO_SHOW: Course = (
    *(tried("no-answer", n * 20 * HOUR + HOUR) for n in range(4)),
    (2 * DAY, "no-show", {}),
    (5 * DAY, "close", {"outcome": "not-reached-safely"}),
)
NEVER_REACHED: Course = ()
ON_HOLD: Course = ((2 * HOUR, "hold", {"until": "2026-12-20"}),)
SAFE_WINDOW: Course = (
    (2 * HOUR, "hold", {"wait": "safe-window", "until": "2026-11-20", "part": "evening"}),
)
COURSES: dict[str, Course] = {
    "served": SERVED,
    "no-show": NO_SHOW,
    "never-reached": NEVER_REACHED,
    "on-hold": ON_HOLD,
    "held-and-resumed": (*SAFE_WINDOW, (2 * DAY, "resume", {})),
    "connected": ((2 * HOUR, "connect", {}),),
    "closed-as-not-eligible": ((2 * HOUR, "close", {"outcome": "not-eligible"}),),
    "closed-as-unknown": ((13 * DAY, "close", {"outcome": "unknown"}),),
    "closed-as-chose-otherwise": ((3 * DAY, "close", {"outcome": "survivor-chose-otherwise"}),),
    "already-there": ((2 * HOUR, "close", {"outcome": "duplicate-own-agency"}),),
}
UNANSWERED = {
    "refused": ((HOUR, "refuse-release", {}), *SERVED),
    "withdrawn": (
        (HOUR, "confirm-release", {"how": "written"}),
        (HOUR, "end-release", {}),
        *NO_SHOW,
    ),
}
CONFIRMED: Course = ((HOUR, "confirm-release", {"how": "written"}), *SERVED)
FILLED = {
    "note": "Text.",
    "outcome": "unknown",
    "to-note": "Text.",
    "live-how": "video",
    "live-by": "officer",
    "live-to": "advocate",
    "call-how": "video",
    "call-day": "2026-11-25",
    "call-part": "morning",
    "fit-told_by": "advocate",
    "way": "none",
}
"""What a sender's forms hold, each act taking its own."""
BEATS = sorted(
    {HOUR, 2 * HOUR, DAY, 2 * DAY, 10 * DAY, 30 * DAY + HOUR, 31 * DAY, 40 * DAY, *LOOKS}
    | {after for course in (*COURSES.values(), CONFIRMED) for after, _, _ in course}
)
"""When the worker runs, in every course alike."""


@dataclass
class Stage:
    """A database that can be gone back to, and the moment it was kept at."""

    desk: Desk
    clock: Any
    folder: Path
    kept_at: datetime

    def keep(self) -> None:
        """Keep the present state as the common past of all twins."""
        db.session.remove()
        db.engine.dispose()
        sqlite = sqlite_module()
        with (
            closing(sqlite.connect(self.folder / "ccr.db")) as present,
            closing(sqlite.connect(self.folder / "kept.db")) as kept,
        ):
            present.backup(kept)

    def go_back(self) -> None:
        """Be in the common past again."""
        db.session.remove()
        db.engine.dispose()
        for path in self.folder.glob("ccr.db*"):
            path.unlink()
        shutil.rmtree(self.folder / "outbox", ignore_errors=True)
        shutil.copy(self.folder / "kept.db", self.folder / "ccr.db")
        self.clock.move_to(self.kept_at)
        self.desk.close_browsers()

    def travel(self, after: timedelta) -> None:
        """Go to a moment; whoever comes back after a while signs in anew."""
        self.clock.move_to(self.kept_at + after)
        self.desk.close_browsers()


@pytest.fixture
def stage(sqlite_app: Flask, now: datetime, tmp_path: Path) -> Iterator[Stage]:
    with time_machine.travel(now, tick=False) as clock:
        desk = Desk(sqlite_app, make_small_directory(at=now))
        name = desk.small.alder.identity.member_name
        key = create_key(terminal_identity(), name, ["referrals"], at=now)
        desk.machine = sqlite_app.test_client()
        desk.machine.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
        yield Stage(desk, clock, tmp_path, now)


def live(
    stage: Stage, referral_id: UUID, course: Course, looks: tuple[timedelta, ...]
) -> list[dict[str, str]]:
    """Live through a course from the common past; return what the sender saw at each look."""
    stage.go_back()
    seen = []
    assert {*looks, *(after for after, _, _ in course)} <= {*BEATS}
    for after in (beat for beat in BEATS if beat <= looks[-1]):
        stage.travel(after)
        for _, act, data in (entry for entry in course if entry[0] == after):
            answer = stage.desk.as_receiver(referral_id, act, **data)
            assert answer.status_code == 303, (act, text_of(answer))
        followups.run_clocks(world(), at=stage.kept_at + after)
        delivery.deliver(world(), at=stage.kept_at + after)
        if after in looks:
            seen.append(look(stage.desk, referral_id))
    return seen


def look(desk: Desk, referral_id: UUID) -> dict[str, str]:
    """Return everything that the sender's program can open or was sent, by where it is."""
    visitor = desk["alder.worker"]
    paths = [
        *(f"/desk/outbox?group={group}" for group in Group),
        *(f"/desk/referrals/{referral_id}{end}" for end in ("", "/slip", "/card", "/need")),
        "/desk/inbox",
        "/desk/follow-ups",
    ]
    seen = {}
    for path in paths:
        answer = visitor.open(path)
        headers = sorted((k, v) for k, v in answer.headers if k not in {"Set-Cookie", "Date"})
        seen[path] = f"{answer.status_code} {headers}\n{_TOKEN.sub('', text_of(answer))}"
    assert desk.machine is not None
    lists = [f"?box=outbox&group={group}" for group in ("taken", "my-move", "done")]
    for end in (f"/{referral_id}", *lists):
        answer = desk.machine.get(f"/api/v1/referrals{end}")
        # The ETag is among the headers.
        seen[f"api {end}"] = f"{answer.status_code} {sorted(answer.headers)}\n{text_of(answer)}"
    mine = {"compartment_id": desk.small.alder.compartment_id}
    notices = db.session.query(OutboxItem).filter_by(**mine).all()
    seen["notices"] = repr(sorted((n.template, n.created_at, n.sent_at) for n in notices))
    db.session.rollback()
    folder = world().settings.data_dir / "outbox"
    mails = [path.read_text() for path in folder.glob("*")] if folder.exists() else []
    seen["mails"] = repr(
        sorted(re.sub(r"Message-ID: .*", "", mail) for mail in mails if "alder" in mail.casefold())
    )
    return seen


def assert_same(seen: list[dict[str, str]], expected: list[dict[str, str]], name: str) -> None:
    for number, (left, right) in enumerate(zip(seen, expected, strict=True)):
        for path, page in left.items():
            assert page == right[path], (name, number, path)


@pytest.mark.parametrize("feedback", [False, True], ids=["no-release", "release-unanswered"])
def test_after_acceptance_the_sender_sees_one_and_the_same_whatever_the_receiver_does(
    stage: Stage, feedback: bool
) -> None:
    referral_id = stage.desk.send(feedback=feedback, question="Lunch?")
    stage.desk["birch.advocate"].open(f"/desk/referrals/{referral_id}")
    stage.desk.as_receiver(referral_id, "accept")
    stage.keep()
    expected = live(stage, referral_id, NEVER_REACHED, LOOKS)
    assert "Accepted" in expected[0][f"/desk/referrals/{referral_id}"]
    assert "Outcome not shared" in expected[-1][f"/desk/referrals/{referral_id}"]
    courses = {"served": SERVED, "no-show": NO_SHOW, **UNANSWERED} if feedback else COURSES
    for name, course in courses.items():
        assert_same(live(stage, referral_id, course, LOOKS), expected, name)


def test_what_the_sender_does_afterwards_is_answered_the_same(stage: Stage) -> None:
    referral_id = stage.desk.send(feedback=True)
    stage.desk.as_receiver(referral_id, "accept")
    stage.keep()
    expected: list[str] = []
    for name in ("never-reached", "served", "no-show", "on-hold", "closed-as-not-eligible"):
        live(stage, referral_id, COURSES[name], (10 * DAY,))
        said = []
        acts = (
            "recall",
            "answer",
            "close",
            "live-hand-off",
            "joint-call",
            "joint-call-missed",
            "fit-checked",
            "follow-up",
            "note",
            "shared-note",
            "ask-release",
            "end-release",
            "reroute",
            "stop",
            "stop",
            "enter-in-error",
        )
        for act in acts:
            answer = stage.desk.as_sender(referral_id, act, **FILLED)
            to = answer.headers.get("Location", "")
            to = re.sub(r"[0-9a-f-]{36}/partners", "ID/partners", to)
            page = stage.desk["alder.worker"].open(f"/desk/referrals/{referral_id}")
            body = "" if answer.status_code == 303 else text_of(answer)
            said.append(f"{act} {answer.status_code} {to}\n{body}\n{text_of(page)}")
        # The token of a page holds the ids of the sender's own notes, made anew in each course.
        said = [_OWN_NOTES.sub("", _TOKEN.sub("", text)) for text in said]
        expected = expected or said
        for mine, theirs in zip(said, expected, strict=True):
            assert mine == theirs, name


def test_declines_that_follow_from_a_person_are_one_answer(stage: Stage) -> None:
    referral_id = stage.desk.send(question="Lunch?")
    stage.desk["birch.advocate"].open(f"/desk/referrals/{referral_id}")
    stage.keep()
    looks = (HOUR, DAY, 9 * DAY)
    expected = live(stage, referral_id, ((HOUR, "decline", {"reason": "other"}),), looks)
    assert "Cannot take this referral" in expected[0][f"/desk/referrals/{referral_id}"]
    assert len(SAID_AS_ONE) == 5
    for reason in sorted(SAID_AS_ONE):
        course: Course = ((HOUR, "decline", {"reason": reason.value}),)
        assert_same(live(stage, referral_id, course, looks), expected, reason)


def test_every_reason_of_a_hand_back_is_one_answer(stage: Stage) -> None:
    referral_id = stage.desk.send()
    stage.desk.as_receiver(referral_id, "accept")
    stage.keep()
    looks = (2 * HOUR, 2 * DAY)
    quiet: Course = ((2 * HOUR, "hand-back", {"reason": "other"}),)
    expected = live(stage, referral_id, quiet, looks)
    assert "Cannot take this referral" in expected[0][f"/desk/referrals/{referral_id}"]
    for reason in DeclineReason:
        course: Course = (
            tried("no-answer", HOUR),
            (2 * HOUR, "hand-back", {"reason": reason.value}),
        )
        assert_same(live(stage, referral_id, course, looks), expected, reason)


def test_with_a_release_the_sender_sees_the_coded_outcome_and_never_a_note(stage: Stage) -> None:
    referral_id = stage.desk.send(feedback=True)
    stage.desk.as_receiver(referral_id, "accept")
    stage.keep()
    page = f"/desk/referrals/{referral_id}"
    first, closed, over = live(stage, referral_id, CONFIRMED, (3 * HOUR, 9 * DAY, 31 * DAY))
    assert "In progress" in first[page]
    assert "Service completed" in closed[page]
    assert "Service completed" not in over[page]  # thirty days are over
    assert "Came on time" not in "".join([*first.values(), *closed.values(), *over.values()])


def test_a_release_that_is_over_looks_like_one_that_was_never_confirmed(stage: Stage) -> None:
    referral_id = stage.desk.send(feedback=True)
    stage.desk.as_receiver(referral_id, "accept")
    stage.keep()
    looks = (30 * DAY + HOUR, 40 * DAY, 60 * DAY)
    expected = live(stage, referral_id, NEVER_REACHED, looks)
    for name, course in {"expired": CONFIRMED, **UNANSWERED}.items():
        assert_same(live(stage, referral_id, course, looks), expected, name)
