"""When an answer was given on the phone, as the sender writes it down afterwards.

What lives here: which moments can be true. What must not: what was said, or by whom.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase

WITHIN = timedelta(hours=24)
"""How long after a call it may be written down. Our choice: a shift and the next one."""
_FIELD = "told_at"


def checked_told_at(told_at: datetime | None, *, sent_at: datetime, at: datetime) -> datetime:
    """Return when the call was; a call that was not timed is one of this moment.

    Times are typed by the minute, so a call in the minute of sending counts as after it.

    Raises:
        InvalidInputError: field `told_at`: it lies ahead, before sending, or too long ago.
    """
    if told_at is None:
        return at
    if told_at > at:
        raise InvalidInputError(phrase("This time has not come yet."), field=_FIELD)
    if told_at < sent_at.replace(second=0, microsecond=0):
        raise InvalidInputError(
            phrase("The call cannot have been before the code was made."), field=_FIELD
        )
    if told_at < at - WITHIN:
        raise InvalidInputError(phrase("Write down calls of the last 24 hours."), field=_FIELD)
    return max(told_at, sent_at)
