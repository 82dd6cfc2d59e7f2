"""A database that is locked, full or away: a clear 503, nothing half written, the text kept."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from ccr.app import create_app
from ccr.storage import db as storage
from ccr.storage.compaction import let_go_of_deleted
from ccr.storage.db import db
from ccr.storage.queries import verification
from tests.conftest import settings_for
from tests.loop import dump
from tests.small_directory import make_small_directory
from tests.web.journey import Desk, text_of

TYPED = "Is there <b>room</b> on Friday?"
SHOWN = "Is there &lt;b&gt;room&lt;/b&gt; on Friday?"
NOT_OF_A_REFERRAL = frozenset({"attempt"})


@pytest.fixture
def desk(app: Flask, now: datetime) -> Iterator[Desk]:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with time_machine.travel(now, tick=False):
        yield Desk(app, make_small_directory(at=now))


@contextmanager
def failing_at(number: int, *, commit: bool = False) -> Iterator[Callable[[], bool]]:
    """Let the database refuse the n-th statement (or the first commit) and all after it."""
    seen, reached = 0, False

    def refuse(*_: Any) -> None:
        nonlocal seen, reached
        seen += 1
        if seen >= number:
            reached = True
            raise OperationalError("a statement", {}, Exception("database or disk is full"))

    name = "commit" if commit else "before_cursor_execute"
    event.listen(db.engine, name, refuse)
    try:
        yield lambda: reached
    finally:
        event.remove(db.engine, name, refuse)


def assert_is_busy(answer: TestResponse) -> None:
    assert answer.status_code == 503, text_of(answer)
    assert answer.headers["Retry-After"].isdigit()
    assert answer.headers["Cache-Control"] == "no-store"
    page = text_of(answer)
    assert "Traceback" not in page
    assert "disk is full" not in page
    assert "statement" not in page


WRITES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("birch.advocate", "/desk/referrals/{id}/as-receiver/ask", {"note": TYPED}),
    ("birch.advocate", "/desk/referrals/{id}/as-receiver/accept", {}),
    ("alder.worker", "/desk/referrals/{id}/as-sender/recall-and-reroute", {}),
    ("alder.worker", "/desk/referrals/{draft}/check", {}),
    (
        "alder.worker",
        "/desk/referrals/{draft}/share",
        {"agreed": "y", "question": TYPED, "feedback": "yes", "chosen_by": "survivor"},
    ),
    (
        "alder.worker",
        "/desk/referrals/new",
        {"needs": ["advocacy", "family-law"], "urgency": "standard", "track": "survivor"},
    ),
)


@pytest.mark.parametrize(("who", "path", "data"), WRITES, ids=[w[1].split("/")[-1] for w in WRITES])
def test_whichever_statement_fails_nothing_is_half_written(
    desk: Desk, who: str, path: str, data: dict[str, Any]
) -> None:
    where = path.format(id=desk.send(), draft=desk.draft())
    desk[who].open("/account")
    before, number = dump(without=NOT_OF_A_REFERRAL), 1
    several = path.endswith("share")  # steps that each stand for themselves; all can be sent again
    while True:
        with failing_at(number) as reached:
            answer = desk[who].send(where, data, follow=False)
            if not reached():
                break
        assert_is_busy(answer)
        if several and dump(without=NOT_OF_A_REFERRAL) != before:
            break
        assert dump(without=NOT_OF_A_REFERRAL) == before, number
        number += 1
    assert number > 5
    if not several:
        assert answer.status_code == 303


def test_a_commit_that_fails_has_no_effect(desk: Desk) -> None:
    referral_id = desk.send()
    desk["birch.advocate"].open("/account")
    before = dump()
    with failing_at(1, commit=True) as reached:
        answer = desk.as_receiver(referral_id, "ask", note=TYPED)
        assert reached()
    assert_is_busy(answer)
    assert dump() == before


def test_what_was_typed_is_sent_once_more_by_the_page_that_says_so(desk: Desk) -> None:
    referral_id = desk.send()
    birch = desk["birch.advocate"]
    birch.open(f"/desk/referrals/{referral_id}")
    with failing_at(8):
        answer = desk.as_receiver(referral_id, "ask", note=TYPED)
    assert_is_busy(answer)
    page = text_of(answer)
    assert f'name="note" value="{SHOWN}"' in page
    assert f'action="/desk/referrals/{referral_id}/as-receiver/ask"' in page
    # The token of that page sends it.
    assert desk.as_receiver(referral_id, "ask", note=TYPED).status_code == 303
    assert SHOWN in text_of(desk["alder.worker"].open(f"/desk/referrals/{referral_id}"))


def test_members_left_out_are_not_shown_again_by_the_page_that_says_so(desk: Desk) -> None:
    draft_id = desk.draft()
    with failing_at(6):
        answer = desk["alder.worker"].send(
            f"/desk/referrals/{draft_id}/place",
            {"near": "Troy, NY", "exclude": "Cedar House"},
            follow=False,
        )
    assert_is_busy(answer)
    assert "Cedar" not in text_of(answer)


def test_a_database_that_is_away_altogether_gives_the_same_page(desk: Desk) -> None:
    referral_id = desk.send()
    for path in (
        "/desk/inbox",
        "/desk/outbox",
        "/desk/find",
        "/account",
        "/desk/follow-ups",
        f"/desk/referrals/{referral_id}",
    ):
        with failing_at(1):
            assert_is_busy(desk["alder.worker"].open(path))
        with failing_at(3):
            answer = desk["alder.worker"].open(path)
        assert answer.status_code == 503, path
    with failing_at(1):
        assert desk["anonymous"].open("/").status_code == 200
        assert desk["anonymous"].open("/healthz").status_code == 200


def test_a_database_locked_by_another_process_gives_503_and_lets_one_read(
    sqlite_app: Flask, tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    sqlite_app.config["PROPAGATE_EXCEPTIONS"] = False
    with time_machine.travel(now, tick=False):
        desk = Desk(sqlite_app, make_small_directory(at=now))
        referral_id = desk.send()
        desk["birch.advocate"].open("/account")
        monkeypatch.setattr(storage, "BUSY_MILLISECONDS", 100)
        db.session.remove()
        db.engine.dispose()
        before = dump()
        other = storage.sqlite_module().connect(tmp_path / "ccr.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            assert_is_busy(desk.as_receiver(referral_id, "ask", note=TYPED))
            # Opening a referral is noted, so it has to wait; lists are only read.
            assert_is_busy(desk["birch.advocate"].open(f"/desk/referrals/{referral_id}"))
            assert desk["birch.advocate"].open("/desk/inbox").status_code == 200
        finally:
            other.execute("ROLLBACK")
            other.close()
        assert dump() == before
        assert desk.as_receiver(referral_id, "ask", note=TYPED).status_code == 303


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a disk of eight megabytes, or skip where none can be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    if os.geteuid() != 0 or mount is None:
        pytest.skip("a small disk can be mounted by root alone")
    command = [mount, "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode != 0:
        pytest.skip("no tmpfs can be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Fill a disk to the last byte; return the file that did it."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        size = 65_536
        while size:
            try:
                file.write(b"x" * size)
            except OSError:
                size //= 2
    return ballast


def test_a_full_disk_refuses_writes_keeps_reads_and_loses_nothing(
    small_disk: Path, sqlite_template: Path, now: datetime
) -> None:
    shutil.copy(sqlite_template, small_disk / "ccr.db")
    app = create_app(settings_for(small_disk))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with app.app_context(), time_machine.travel(now, tick=False):
        desk = Desk(app, make_small_directory(at=now))
        referral_id: UUID = desk.send()
        desk["birch.advocate"].open("/desk/inbox")
        db.session.remove()
        db.engine.dispose()
        assert let_go_of_deleted(())  # the log is written back and empty
        before = dump()
        ballast = fill(small_disk)
        for _ in range(3):
            assert_is_busy(desk.as_receiver(referral_id, "ask", note=TYPED))
        assert desk["birch.advocate"].open("/desk/inbox").status_code == 200
        assert desk["alder.worker"].open("/desk/outbox?group=waiting").status_code == 200
        assert dump() == before
        ballast.unlink()
        assert desk.as_receiver(referral_id, "ask", note=TYPED).status_code == 303
        assert [found for check in verification.CHECKS if (found := check())] == []
        db.session.remove()
        db.engine.dispose()
