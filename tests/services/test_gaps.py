"""The gap board on stored data: found, taken by one, closed, and back when the evidence is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask

from ccr.domain.errors import ForbiddenError, InvalidInputError, NotFoundError, StaleError
from ccr.domain.gap_register import GapReason, GapStatus
from ccr.domain.gaps import CellState
from ccr.domain.safety_question import Effect, SafetyAnswer, Whom
from ccr.policy.identity import Identity, Role
from ccr.services import gap_register, gap_returns, gaps
from ccr.services.gap_register import Plan
from ccr.services.gaps import GapBoard
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.audit import AuditEventRow
from ccr.storage.models.directory import ServiceRow
from ccr.storage.queries.directory_log import raise_directory_version
from tests.coordination import coordinator, sign_protocol
from tests.loop import world
from tests.small_directory import SmallDirectory, make_small_directory

NIGHT = "night|36001"
RAISES = SafetyAnswer(Effect.RAISES, Whom.SURVIVORS)


@pytest.fixture
def small(app: Flask, now: datetime) -> SmallDirectory:
    return make_small_directory(at=now)


def board(small: SmallDirectory, at: datetime) -> GapBoard:
    return gaps.board(coordinator(small), world(), at=at)


def plan(small: SmallDirectory, at: datetime, **changes: object) -> Plan:
    whole = {
        "key": NIGHT,
        "owner_id": small.birch.member_id,
        "next_step": "Ask the county for a night line.",
        "due_on": at.date() + timedelta(days=30),
        "safety": RAISES,
        **changes,
    }
    return Plan(**whole)  # type: ignore[arg-type]


def close(
    who: Identity, small: SmallDirectory, version: int, *, at: datetime, gap_id: UUID | None = None
) -> None:
    gap_id = gap_id or taken(board(small, at)).id  # type: ignore[attr-defined]
    gap_register.move(
        who, world(), gap_id, version, GapStatus.CLOSED, GapReason.SOLVED, RAISES, at=at
    )


def taken(found: GapBoard, key: str = NIGHT) -> object:
    return next(item.taken for item in found.items if item.finding.key == key)


def test_the_board_is_made_of_the_stored_directory(small: SmallDirectory, now: datetime) -> None:
    found = board(small, now)
    assert [c.name for c in found.matrix.counties] == ["Albany", "Rensselaer", "Schenectady"]
    advocacy = found.matrix.cell("advocacy", "36083")
    assert advocacy.state is CellState.ADEQUATE
    assert {s.name for s in advocacy.checked} == {
        "Birch legal advocacy (demo)",
        "Cedar advocacy (demo)",
    }
    # Dune has no protocol, and its listing says where it serves by county.
    assert found.items[0].finding.key == f"protocol|{small.dune.compartment_id}"
    assert NIGHT in {item.finding.key for item in found.items}


def test_r3_a_protocol_that_expires_is_flagged_the_same_day(
    small: SmallDirectory, now: datetime
) -> None:
    today = date(2026, 11, 12)
    sign_protocol(
        small, small.birch, signed_on=today - timedelta(days=365), expires_on=date(2027, 6, 1)
    )
    key = f"protocol|{small.dune.compartment_id}"
    assert key not in {i.finding.key for i in board(small, now).items}
    expired = datetime.fromisoformat("2027-06-01T05:00:00+00:00")  # 01:00 on the wall
    found = {i.finding.key: i.finding.kind.value for i in board(small, expired).items}
    assert found[key] == "protocol-lapsed"
    the_day_before = datetime.fromisoformat("2027-06-01T03:00:00+00:00")
    found = {i.finding.key: i.finding.kind.value for i in board(small, the_day_before).items}
    assert found[key] == "ends-in-30"


def test_a_gap_is_taken_changed_and_closed(small: SmallDirectory, now: datetime) -> None:
    who = coordinator(small)
    gap_register.take(who, world(), plan(small, now), at=now)
    gap = board(small, now)
    first = taken(gap)
    assert first is not None
    assert (first.owner, first.version) == ("Birch Advocates (demo)", 1)  # type: ignore[attr-defined]
    gap_register.take(who, world(), plan(small, now, next_step="Write to them.", version=1), at=now)
    close(who, small, 2, at=now)
    closed = taken(board(small, now))
    assert not closed.is_open  # type: ignore[attr-defined]
    # The evidence is still there: it can be taken again.
    gap_register.take(who, world(), plan(small, now, version=3), at=now)
    assert taken(board(small, now)).is_open  # type: ignore[attr-defined]
    verbs = [e.verb for e in db.session.query(AuditEventRow).filter_by(subject_type="gap")]
    assert sorted(verbs) == ["closed", "planned", "reopened", "taken"]


def test_the_second_coordinator_at_the_same_gap_is_told(
    small: SmallDirectory, now: datetime
) -> None:
    gap_register.take(coordinator(small), world(), plan(small, now), at=now)
    other = coordinator(small)
    for version in (0, 2, -1):
        with pytest.raises(StaleError):
            gap_register.take(other, world(), plan(small, now, version=version), at=now)
    with pytest.raises(StaleError):
        close(other, small, 7, at=now)
    assert taken(board(small, now)).version == 1  # type: ignore[attr-defined]


def test_of_many_who_take_a_gap_at_once_one_wins(
    app: Flask, small: SmallDirectory, now: datetime
) -> None:
    start = threading.Barrier(4)
    wins: list[str] = []
    who, wanted, here = coordinator(small), plan(small, now), world()
    db.session.remove()

    def take() -> None:
        with app.app_context():
            start.wait()
            try:
                gap_register.take(replace(who, user_id=uuid4()), here, wanted, at=now)
                wins.append("won")
            except StaleError:
                wins.append("lost")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(wins) == ["lost", "lost", "lost", "won"]
    assert taken(board(small, now)).version == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda s, d: {"next_step": "  "}, "next_step"),
        (lambda s, d: {"next_step": "x" * 241}, "next_step"),
        (lambda s, d: {"next_step": "a\x00b"}, "next_step"),
        (lambda s, d: {"due_on": d - timedelta(days=1)}, "due_on"),
        (lambda s, d: {"due_on": d + timedelta(days=367)}, "due_on"),
        (lambda s, d: {"owner_id": uuid4()}, "owner"),
        (lambda s, d: {"safety": SafetyAnswer(Effect.LOWERS, Whom.STAFF)}, "safety_line"),
    ],
)
def test_a_plan_that_cannot_be_kept_is_refused(
    small: SmallDirectory,
    now: datetime,
    change: Callable[[SmallDirectory, date], dict[str, object]],
    field: str,
) -> None:
    wanted = plan(small, now, **change(small, now.date()))
    with pytest.raises(InvalidInputError) as refused:
        gap_register.take(coordinator(small), world(), wanted, at=now)
    assert refused.value.field == field
    assert taken(board(small, now)) is None


def test_only_what_is_found_can_be_taken(small: SmallDirectory, now: datetime) -> None:
    with pytest.raises(NotFoundError):
        gap_register.take(
            coordinator(small), world(), plan(small, now, key="none|food|99999"), at=now
        )


def test_a_gap_whose_evidence_is_gone_waits_to_be_closed(
    small: SmallDirectory, now: datetime
) -> None:
    key = f"protocol|{small.dune.compartment_id}"
    gap_register.take(coordinator(small), world(), plan(small, now, key=key), at=now)
    sign_protocol(small, small.birch, signed_on=now.date(), expires_on=None)
    found = board(small, now)
    assert [gap.key for gap in found.settled] == [key]
    assert key not in {item.finding.key for item in found.items}


def test_evidence_that_returns_opens_a_closed_gap_with_its_history(
    small: SmallDirectory, now: datetime
) -> None:
    key, who = f"protocol|{small.dune.compartment_id}", coordinator(small)
    gap_id = gap_register.take(who, world(), plan(small, now, key=key), at=now)
    # Closed while the directory still shows it: that is said, and nothing comes back.
    close(who, small, 1, at=now, gap_id=gap_id)
    assert gap_returns.look_again(world(), at=now) == 0
    assert not taken(board(small, now), key).is_open  # type: ignore[attr-defined]
    gap_register.take(who, world(), plan(small, now, key=key, version=2), at=now)
    sign_protocol(small, small.birch, signed_on=now.date(), expires_on=date(2027, 6, 1))
    close(who, small, 3, at=now, gap_id=gap_id)
    expired = datetime.fromisoformat("2027-06-01T05:00:00+00:00")
    back = next(i for i in board(small, expired).items if i.finding.key == key)
    assert back.is_back
    assert not back.is_open
    assert gap_returns.look_again(world(), at=expired) == 1
    assert gap_returns.look_again(world(), at=expired) == 0
    found = gap_register.record(who, world(), gap_id, at=expired)
    assert (found.gap.is_open, found.gap.times_back, found.gap.version) == (True, 1, 5)
    verbs = [change.verb.value for change in reversed(found.changes)]
    assert verbs == ["taken", "closed", "reopened", "closed", "back"]
    assert [change.member is None for change in found.changes] == [True, *[False] * 4]
    assert [step.status for step in found.steps] == ["dropped", "dropped", "open"]


def test_a_plan_has_steps_and_the_one_that_is_due_first_comes_next(
    small: SmallDirectory, now: datetime
) -> None:
    who = coordinator(small)
    gap_id = gap_register.take(who, world(), plan(small, now), at=now)
    sooner = gap_register.NewStep("Call the county.", now.date() + timedelta(days=3))
    gap_register.add_step(who, world(), gap_id, 1, sooner, RAISES, at=now)
    with pytest.raises(StaleError):
        gap_register.add_step(who, world(), gap_id, 1, sooner, RAISES, at=now)
    assert taken(board(small, now)).next_step == "Call the county."  # type: ignore[attr-defined]
    steps = gap_register.record(who, world(), gap_id, at=now).steps
    assert [step.text for step in steps] == ["Ask the county for a night line.", "Call the county."]
    gap_register.finish_step(who, world(), gap_id, steps[1].id, 2, at=now)
    found = gap_register.record(who, world(), gap_id, at=now)
    assert found.gap.next_step == "Ask the county for a night line."
    assert [step.status for step in found.steps] == ["open", "done"]
    with pytest.raises(InvalidInputError, match="last step"):
        gap_register.finish_step(who, world(), gap_id, steps[0].id, 3, at=now)
    with pytest.raises(NotFoundError):
        gap_register.finish_step(who, world(), gap_id, steps[1].id, 3, at=now)


def test_a_gap_that_waits_says_why(small: SmallDirectory, now: datetime) -> None:
    who = coordinator(small)
    gap_id = gap_register.take(who, world(), plan(small, now), at=now)
    for reason in (None, GapReason.SOLVED):
        with pytest.raises(InvalidInputError) as refused:
            gap_register.move(who, world(), gap_id, 1, GapStatus.WAITING, reason, RAISES, at=now)
        assert refused.value.field == "reason"
    gap_register.move(who, world(), gap_id, 1, GapStatus.WAITING, GapReason.MONEY, RAISES, at=now)
    found = gap_register.record(who, world(), gap_id, at=now)
    assert (found.gap.status, found.gap.reason) == (GapStatus.WAITING, GapReason.MONEY)
    assert found.gap.is_open
    assert found.changes[0].member == "Test network: coordination"


def test_the_board_follows_the_directory(small: SmallDirectory, now: datetime) -> None:
    assert board(small, now).matrix.cell("advocacy", "36083").state is CellState.ADEQUATE
    with unit_of_work():
        row = db.session.get(ServiceRow, small.cedar_service_id)
        assert row is not None
        row.status = "inactive"
        raise_directory_version(small.network_id)
    assert board(small, now).matrix.cell("advocacy", "36083").state is CellState.SINGLE


@pytest.mark.parametrize("role", [r for r in Role if r not in {Role.COORDINATOR, Role.AUDITOR}])
def test_nobody_else_sees_the_board(small: SmallDirectory, now: datetime, role: Role) -> None:
    with pytest.raises(ForbiddenError):
        gaps.board(coordinator(small, role), world(), at=now)


def test_an_auditor_reads_and_takes_nothing(small: SmallDirectory, now: datetime) -> None:
    auditor = coordinator(small, Role.AUDITOR)
    assert gaps.board(auditor, world(), at=now).items
    with pytest.raises(ForbiddenError):
        gap_register.take(auditor, world(), plan(small, now), at=now)
    with pytest.raises(ForbiddenError):
        close(auditor, small, 1, at=now, gap_id=uuid4())
