"""When the person hears back: the next day on which they call or come, and the answer before it.

There is no contact data, so nobody here can call the person (R77, R35): the person says when they
call or come again, or says nothing. What lives here: the value, the answer-by time that fits it,
and what is read out. What must not: telling the partner why an answer is due by then.
A person who does not come is told of to nobody: a stay away says nothing (design 2.4).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ccr.domain.clocks import OpenCalendar
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.referral_views import Group, SenderView, Status
from ccr.domain.taxonomy import Labelled

MOST_DAYS = 60
"""How far ahead a next contact lies at most. Our choice, ADR 0028."""
FORGET_AFTER = timedelta(days=14)
"""After this a day that passed without a word is forgotten. Our choice, ADR 0028."""
TIME_TO_READ = timedelta(hours=1)
"""How long before the contact the answer is wanted."""
LEAST_OPEN = timedelta(hours=2)
"""A partner is never given less open time than this; then its own due time stays."""
_MOST_CHANGES = 200


class ContactWay(Labelled):
    """Who makes the next contact: always the person."""

    CALLS = "calls"
    COMES = "comes"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return phrase("They call us") if self is ContactWay.CALLS else phrase("They come here")


class DayPart(Labelled):
    """A part of a day; never a time of the clock."""

    ANY = "any"
    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _PART_LABELS[self]


@dataclass(frozen=True, slots=True)
class NextContact:
    """The next time the person calls or comes, in the days of the sender's network."""

    way: ContactWay
    day: date
    part: DayPart = DayPart.ANY

    def begins(self, timezone: str) -> datetime:
        """Return when that part of the day begins (aware UTC)."""
        local = datetime.combine(self.day, _BEGINS[self.part], tzinfo=ZoneInfo(timezone))
        return local.astimezone(UTC)


def checked_contact(
    way: ContactWay | None, day: date | None, part: DayPart, *, today: date
) -> NextContact | None:
    """Return the contact that was typed; None when there is none.

    Raises:
        InvalidInputError: field `next_day`: missing, past, or too far ahead.
    """
    if way is None:
        return None
    if day is None:
        raise InvalidInputError(phrase("Say on which day."), field="next_day")
    if not today <= day <= today + timedelta(days=MOST_DAYS):
        raise InvalidInputError(
            phrase("The day lies in the next %(days)s days.", days=MOST_DAYS), field="next_day"
        )
    return NextContact(way, day, part)


def answer_by(
    due_at: datetime, contact_at: datetime | None, *, at: datetime, calendar: OpenCalendar
) -> datetime:
    """Return by when the partner answers: before the contact where that leaves it open time.

    Never later than `due_at`. The answer is wanted at the last moment that somebody is there before
    TIME_TO_READ before the contact; with less than LEAST_OPEN until then, `due_at` stays.
    """
    if contact_at is None or due_at <= contact_at - TIME_TO_READ:
        return due_at
    moment, wanted, opened, last = at, contact_at - TIME_TO_READ, timedelta(0), at
    for _ in range(_MOST_CHANGES):
        if moment >= wanted:
            break
        change = calendar.next_change(moment)
        until = wanted if change is None or change <= moment else min(change, wanted)
        if calendar.is_open(moment):
            opened += until - moment
            last = until
        moment = until
    return last if opened >= LEAST_OPEN else due_at


def read_out(view: SenderView, *, member: str, due: str) -> Phrase:
    """Return what is said to the person when they call or come.

    From the sender's own view alone: it is the same whatever the partner does after accepting.

    Args:
        due: by when the answer is due, in words; "" for no such time.
    """
    if view.status in {Status.SENT, Status.WAITLISTED} and due:
        return phrase(
            "%(member)s has not answered yet. They answer by %(due)s.", member=member, due=due
        )
    if view.status is Status.NOT_SHARED:
        return phrase("%(member)s took it. What follows stays between you and them.", member=member)
    words = _BY_GROUP.get(view.status.group, _OVER)
    if view.status in _WORDS:
        words = _WORDS[view.status]
    return Phrase(words.msgid, {"member": member})


_WORDS = {
    Status.TO_CALL: phrase("We are still trying to reach %(member)s by phone.", member=""),
    Status.ASKED: phrase("%(member)s has a question before they answer.", member=""),
}
_CANNOT = phrase(
    "%(member)s cannot take it. If you want, we choose somebody else together.", member=""
)
_OVER = phrase("What was sent to %(member)s is over. If you want, we begin anew.", member="")
_BY_GROUP = {
    Group.WAITING: phrase("%(member)s has not answered yet.", member=""),
    Group.LATER: phrase("%(member)s has it and takes it up later.", member=""),
    Group.TAKEN: phrase("%(member)s takes it. Call them and say your four words.", member=""),
    Group.MY_MOVE: _CANNOT,
    Group.DONE: _OVER,
}

_BEGINS = {
    DayPart.ANY: time(8, 0),
    DayPart.MORNING: time(8, 0),
    DayPart.AFTERNOON: time(12, 0),
    DayPart.EVENING: time(17, 0),
}

_PART_LABELS = {
    DayPart.ANY: phrase("Any time of the day"),
    DayPart.MORNING: phrase("Morning"),
    DayPart.AFTERNOON: phrase("Afternoon"),
    DayPart.EVENING: phrase("Evening"),
}
