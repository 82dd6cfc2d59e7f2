"""For how long reminders are put off, and why, as the forms of the queue and of lists ask it."""

from __future__ import annotations

from datetime import timedelta

from flask import request

from ccr.domain.chasing import SnoozeReason
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase
from ccr.web.forms.fields import chosen_code
from ccr.web.presenters.follow_ups import SNOOZES


def rest_asked_for() -> tuple[timedelta, SnoozeReason]:
    """Return how long and why; raises InvalidInputError, field `until` or `reason`."""
    span = SNOOZES.get(request.form.get("until", ""))
    if span is None:
        raise InvalidInputError(phrase("Say for how long."), field="until")
    return span[0], chosen_code(SnoozeReason, request.form.get("reason"), "reason")
