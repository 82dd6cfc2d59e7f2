"""Which notices of one person go into which mail, now: pure, so that every case is an example.

A notice that was once put into a mail stays in it when it is tried again: the second copy is the
same mail. Only the mail of the day takes more in, and is another mail then, when it failed until
the next day. So a person has one mail a day at most, and no notice waits in one that never left.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from ccr.domain.clocks import OpenCalendar
from ccr.domain.mail_times import (
    LONGEST_CLOSED,
    Pace,
    QuietHours,
    morning_of,
    out_of_quiet,
)

_A_DAY = timedelta(days=1)
LONGEST_WAIT = timedelta(days=5)
"""No notice is made to wait longer; one that does was written by a clock that was ahead."""
AHEAD = timedelta(hours=1)
"""How far the clocks of two machines may lie apart before one of them is taken to be wrong."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A notice that has not left.

    Attributes:
        mail_id: the mail that it was put into before; None when it was in none.
    """

    id: UUID
    pace: Pace
    created_at: datetime
    due_at: datetime
    mail_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose mail it is.

    Attributes:
        gathered_on: the day of the last mail of the day; None when there was none.
        calendar: when their program works; None when that does not matter.
    """

    zone: ZoneInfo
    quiet: QuietHours
    gathered_on: date | None = None
    calendar: OpenCalendar | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """One mail: its notices, and its id when it was tried before."""

    notices: tuple[UUID, ...]
    mail_id: UUID | None
    pace: Pace


@dataclass(frozen=True, slots=True)
class Plan:
    """What leaves now, and until when the rest waits."""

    mails: tuple[Planned, ...] = ()
    postponed: tuple[tuple[UUID, datetime], ...] = ()


def is_due(notice: Waiting, at: datetime) -> bool:
    """Return True when its time has come, or was set by a clock that has since been put back."""
    return (
        notice.due_at <= at or notice.due_at > at + LONGEST_WAIT or notice.created_at > at + AHEAD
    )


def plan(notices: Sequence[Waiting], reader: Reader, at: datetime) -> Plan:
    """Return what leaves at `at` of all that waits for one person."""
    due = [n for n in notices if is_due(n, at)]
    now = [n for n in due if n.pace is Pace.NOW]
    each = [n for n in due if n.pace is Pace.EACH]
    mails = list(_kept_apart(now))
    postponed: list[tuple[UUID, datetime]] = []
    open_again = out_of_quiet(at, reader.zone, reader.quiet)
    if open_again > at:
        postponed += [(n.id, open_again) for n in due if n.pace is not Pace.NOW]
        return Plan(tuple(mails), tuple(postponed))
    mails += _kept_apart(each)
    gathered = [n for n in due if n.pace.is_gathered]
    if gathered:
        of_the_day = _mail_of_the_day(notices, gathered, reader, at)
        mails += of_the_day.mails
        postponed += of_the_day.postponed
    return Plan(tuple(mails), tuple(postponed))


def _kept_apart(due: Iterable[Waiting]) -> list[Planned]:
    """Return the mails that were tried before, each by itself, and one of all that is new."""
    by_mail: defaultdict[UUID | None, list[UUID]] = defaultdict(list)
    paces = {}
    for notice in due:
        by_mail[notice.mail_id].append(notice.id)
        paces[notice.mail_id] = notice.pace
    return [Planned(tuple(ids), mail_id, paces[mail_id]) for mail_id, ids in by_mail.items()]


def _mail_of_the_day(
    notices: Sequence[Waiting], due: list[Waiting], reader: Reader, at: datetime
) -> Plan:
    day = at.astimezone(reader.zone).date()
    # A day further ahead was noted by a clock that has since been put back.
    if reader.gathered_on is not None and day <= reader.gathered_on <= day + _A_DAY:
        tomorrow = morning_of(reader.gathered_on + _A_DAY, reader.zone, reader.quiet)
        again = [n for n in due if n.mail_id is not None]
        return Plan(
            tuple(_kept_apart(again)),
            tuple((n.id, tomorrow) for n in due if n.mail_id is None),
        )
    if (opens := _waits_for_opening(due, reader, at)) is not None:
        return Plan(postponed=tuple((n.id, opens) for n in due))
    # What would be due tomorrow is told today as well: the mail leaves anyhow.
    inside = [n for n in notices if n.pace.is_gathered]
    before = {n.mail_id for n in inside}
    mail_id = before.pop() if len(before) == 1 else None
    return Plan((Planned(tuple(n.id for n in inside), mail_id, Pace.MORNING),))


def _waits_for_opening(due: list[Waiting], reader: Reader, at: datetime) -> datetime | None:
    """Return when the program opens, where everything due can wait until then."""
    calendar = reader.calendar
    if calendar is None or any(n.pace is Pace.SOON for n in due) or calendar.is_open(at):
        return None
    opens = calendar.next_change(at)
    if opens is None:
        return None
    opens = out_of_quiet(opens, reader.zone, reader.quiet)
    return opens if opens <= min(n.created_at for n in due) + LONGEST_CLOSED else None
