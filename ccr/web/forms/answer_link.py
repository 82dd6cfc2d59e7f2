"""What the holder of an answer link and its code fills in. Choices only: nothing can be typed.

No token: see `same_site`; each page works once by its turn.
"""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import RadioField

from ccr.domain.answer_links import outcomes_by_link
from ccr.domain.outcomes import AttemptKind, DeclineReason
from ccr.domain.phrases import phrase
from ccr.domain.referral_views import Status
from ccr.domain.release import ways_to_confirm
from ccr.domain.room import STATUSES
from ccr.domain.taxonomy import CapacityStatus, Known, Regime
from ccr.web.forms.fields import choices_of
from ccr.web.language import translated


class AnswerForm(FlaskForm):
    """The choices of every act by link."""

    class Meta:
        """No token: it would need a cookie."""

        csrf = False

    reason = RadioField()
    attempt = RadioField()
    still_safe = RadioField(default=Known.UNKNOWN.value)
    outcome = RadioField()
    room = RadioField()
    how = RadioField()

    def fit(self, status: Status, regime: Regime, room: CapacityStatus) -> AnswerForm:
        """Return the form with the choices that fit a referral, its service and its program."""
        ways = list(ways_to_confirm(regime))
        for field, words, choices in (
            (self.reason, phrase("Why"), choices_of(DeclineReason)),
            (self.attempt, phrase("What happened"), choices_of(AttemptKind)),
            (self.still_safe, phrase("Is calling still safe?"), choices_of(Known)),
            (self.outcome, phrase("How it ended"), choices_of(outcomes_by_link(status))),
            (self.room, phrase("Room now"), choices_of(STATUSES)),
            (self.how, phrase("The person agreed"), choices_of(ways)),
        ):
            field.label.text = translated(words)
            field.choices = choices
        if self.room.data is None:
            self.room.data = room.value
        return self
