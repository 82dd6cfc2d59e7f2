"""The page of time rules says what the clocks do: every number, example and step of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ccr.adapters.opening_hours import HoursBook
from ccr.domain.clocks import (
    IMMEDIATE_AT_MOST,
    LONGEST,
    MORNING,
    STEP_OFFSETS,
    STEPS,
    Clock,
    ClockKind,
    Side,
    Step,
    answer_duty,
    due_at,
)
from ccr.domain.outcomes import MAX_ATTEMPTS
from ccr.domain.projection_table import NOT_SHARED_AFTER
from ccr.domain.referral import MAX_PAUSE
from ccr.domain.release import DEFAULT_DAYS, MAX_DAYS
from ccr.domain.safe_windows import PartOfDay, Wait, pause_of
from ccr.domain.taxonomy import Need, Urgency
from ccr.domain.time_left import span_words
from ccr.domain.time_rules import REMIND_EVERY_HOURS, TimeRules
from ccr.domain.time_values import NEVER_MORE, TIME_VALUES

PAGE = (Path(__file__).parents[2] / "docs" / "time-rules.md").read_text(encoding="utf-8")
ZONE = "America/New_York"
OFFICE = HoursBook().business_week(ZONE)
ANSWER, FIRST, OUTCOME = ClockKind
NOW_URGENT, HIGH, STANDARD = Urgency
INTERVENTION = Need.ABUSIVE_PARTNER_INTERVENTION


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


def told(at: datetime) -> str:
    return f"{at.astimezone(ZoneInfo(ZONE)):%a %-d %b %Y %H:%M}"


def numbers_as_table() -> str:
    lines = ["| clock | default | from | to | source |", "|---|---|---|---|---|"]
    for value in TIME_VALUES.values():
        default = f"{value.default} {value.counts.value}"
        lines.append(
            f"| {value.text} | {default} | {value.least} | {value.most} | {value.source} |"
        )
    return "\n".join(lines)


EXAMPLES: tuple[tuple[str, ClockKind, Urgency, Need, str], ...] = (
    ("Thursday afternoon", ANSWER, STANDARD, Need.ADVOCACY, "2026-11-12 14:05"),
    ("Friday evening", ANSWER, STANDARD, Need.ADVOCACY, "2026-11-13 18:30"),
    ("Friday evening", ANSWER, HIGH, Need.ADVOCACY, "2026-11-13 18:30"),
    ("Friday evening", ANSWER, NOW_URGENT, Need.ADVOCACY, "2026-11-13 18:30"),
    ("Friday evening", FIRST, STANDARD, Need.ADVOCACY, "2026-11-13 18:30"),
    ("Friday evening", FIRST, HIGH, Need.ADVOCACY, "2026-11-13 18:30"),
    ("The eve of Thanksgiving", ANSWER, STANDARD, Need.ADVOCACY, "2026-11-25 16:00"),
    ("The end of the year", ANSWER, STANDARD, Need.ADVOCACY, "2026-12-31 16:30"),
    ("Before the clocks go forward", FIRST, HIGH, Need.ADVOCACY, "2027-03-13 12:00"),
    ("Before the clocks go back", FIRST, HIGH, Need.ADVOCACY, "2027-11-06 12:00"),
    ("Before a leap day", ANSWER, STANDARD, Need.ADVOCACY, "2028-02-28 14:00"),
    ("A program for abusive partners", FIRST, STANDARD, INTERVENTION, "2026-11-13 18:30"),
    ("A program for abusive partners", OUTCOME, STANDARD, INTERVENTION, "2026-11-13 18:30"),
)


def examples_as_table() -> str:
    lines = ["| when | clock | how soon | starts | due |", "|---|---|---|---|---|"]
    for words, kind, urgency, need, text in EXAMPLES:
        start = local(text)
        due = due_at(kind, urgency, start, OFFICE, spans=TimeRules().spans([need]))
        lines.append(f"| {words} | {kind.label} | {urgency.label} | {told(start)} | {told(due)} |")
    return "\n".join(lines)


STEP_WORDS = {
    Step.REMIND: "reminder to the program whose move it is",
    Step.ESCALATE: "its supervisor",
    Step.NEW_OPTIONS: "new options for the sender",
    Step.BACK_UP: "its back-up contact",
    Step.COORDINATOR: "the coordinator: who is late, no referral",
    Step.EXPIRE: "it is the sender's again",
}


def short(span: timedelta) -> str:
    return str(span_words(span)).removesuffix(" 0 min").removesuffix(" 0 h")


def steps_as_table() -> str:
    head = " | ".join(str(urgency.label) for urgency in Urgency)
    lines = [f"| after the due time | {head} | which clocks |", "|---|---|---|---|---|"]
    for step in Step:
        times = " | ".join(
            "at once" if not STEP_OFFSETS[u][step] else short(STEP_OFFSETS[u][step])
            for u in Urgency
        )
        kinds = [k for k, side in STEPS if side is Side.RECEIVER and step in STEPS[k, side]]
        clocks = "all" if len(kinds) == len(ClockKind) else str(kinds[0].label).lower()
        lines.append(f"| {STEP_WORDS[step]} | {times} | {clocks} |")
    return "\n".join(lines)


def waits_as_table() -> str:
    at = local("2026-11-12 02:00")
    clock = Clock(FIRST, HIGH, Side.RECEIVER, at, due_at(FIRST, HIGH, at, OFFICE))
    lines = [f"A first contact due {told(clock.due_at)}, as the receiver waits:", ""]
    lines += ["| what is recorded | clock waits until | due then |", "|---|---|---|"]
    for wait, day, part in (
        (Wait.SAFE_WINDOW, date(2026, 11, 13), PartOfDay.MORNING),
        (Wait.SAFE_WINDOW, date(2026, 11, 12), PartOfDay.EVENING),
        (Wait.THEY_CALL, date(2026, 11, 13), PartOfDay.MORNING),
    ):
        pause = pause_of(wait, day, part, ZONE, at=at)
        due = clock.pause(at, pause.until, by=pause.by).due_at
        said = f"{wait.label} {day:%a %-d %b}: {str(part.label).lower()}"
        lines.append(f"| {said} | {told(pause.until)} | {told(due)} |")
    return "\n".join(lines)


def not_shared_as_table() -> str:
    lines = ["| how soon | days after acceptance |", "|---|---|"]
    return "\n".join([*lines, *(f"| {u.label} | {t.days} |" for u, t in NOT_SHARED_AFTER.items())])


@pytest.mark.parametrize(
    "table",
    [
        numbers_as_table,
        examples_as_table,
        steps_as_table,
        waits_as_table,
        not_shared_as_table,
    ],
)
def test_the_page_prints_what_the_clocks_do(table) -> None:
    assert table() in PAGE, table()


def test_the_page_has_the_bounds_that_hold_whatever_is_set() -> None:
    assert timedelta(hours=1) == IMMEDIATE_AT_MOST
    assert f"Nothing runs longer than {LONGEST.days} days" in PAGE
    assert f"two hours into the next open morning ({MORNING // timedelta(hours=1)} h)" in PAGE
    for low, high in NEVER_MORE:
        assert f"- {TIME_VALUES[low].text} ≤ {TIME_VALUES[high].text}" in PAGE


def test_the_page_has_the_other_spans() -> None:
    for words in (
        f"| Hold, waitlist | at most {MAX_PAUSE.days} days |",
        f"| Feedback release | {DEFAULT_DAYS} days, at most {MAX_DAYS} |",
        f"| Tries to reach the person | {MAX_ATTEMPTS}, then a supervisor decides |",
        f"| Reminders of what is late | at most every {REMIND_EVERY_HOURS} h |",
    ):
        assert words in PAGE, words


def test_the_page_says_whose_clock_runs_at_night() -> None:
    night, noon = local("2026-11-14 02:06"), local("2026-11-12 12:00")
    rows = {
        (NOW_URGENT, noon): "| Immediate | somebody reads | the receiver's |",
        (NOW_URGENT, night): "| Immediate | nobody reads | the sender's, until it is opened |",
        (HIGH, night): "| Within 24 hours | nobody reads | the receiver's |",
    }
    for (urgency, at), row in rows.items():
        assert row in PAGE
        assert ("the sender's" in row) == (answer_duty(urgency, at, OFFICE) is Side.SENDER)
