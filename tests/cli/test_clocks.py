"""`flask clocks run` says all that a run did."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import timedelta

from ccr.domain.clocks import STEP_OFFSETS, Step
from ccr.domain.taxonomy import Urgency
from ccr.services.chasing import ClockRun
from tests import loop as loops


def test_every_count_of_a_run_is_told(sqlite_app, now) -> None:
    loops.build().send()
    ends = now + timedelta(days=1) + STEP_OFFSETS[Urgency.STANDARD][Step.EXPIRE]
    run = sqlite_app.test_cli_runner().invoke
    done = run(args=["clocks", "run", "--at", ends.isoformat(), "--json"])
    assert done.exit_code == 0, done.output
    counts = json.loads(done.stdout)["summary"]
    assert counts.keys() == {field.name for field in fields(ClockRun)} | {"consultations_told"}
    assert counts["expired"] == counts["coordinator_told"] == 1
    again = run(args=["clocks", "run", "--at", ends.isoformat()])
    assert "0 backed up, 0 coordinator told, 0 expired" in again.stdout
