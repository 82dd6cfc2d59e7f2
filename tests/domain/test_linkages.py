"""When an agreement is to be warned of, and which version counts."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from ccr.domain.linkages import Linkage, newest_of, pairs_of, warning_step

ENDS = date(2027, 3, 1)
A, B, C = (UUID(int=n) for n in (1, 2, 3))


def linkage(version: int = 1, ends: date | None = ENDS, ended: date | None = None) -> Linkage:
    return Linkage(
        UUID(int=100 + version), A, version, {A: None, B: None}, (), (), "", date(2026, 1, 1),
        None, ends, ended,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("days", "step"),
    [(91, None), (90, 90), (31, 90), (30, 30), (1, 30), (0, 0), (-29, 0), (-30, None)],
)
def test_a_warning_is_due_at_90_30_and_0_days(days: int, step: int | None) -> None:
    assert warning_step(linkage(), False, ENDS - timedelta(days=days)) == step


def test_nobody_is_warned_of_what_was_renewed_or_ended_or_has_no_end() -> None:
    assert warning_step(linkage(), True, ENDS) is None
    assert warning_step(linkage(ended=date(2027, 1, 1)), False, ENDS) is None
    assert warning_step(linkage(ends=None), False, ENDS) is None


def test_the_newest_version_of_each_agreement_counts() -> None:
    assert newest_of([linkage(2), linkage(1)]) == (linkage(2),)


def test_every_two_parties_are_a_pair() -> None:
    assert pairs_of([C, A, B]) == [(A, B), (A, C), (B, C)]
