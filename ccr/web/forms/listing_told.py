"""What is wrong with a listing: a closed list and a few words, for anybody and for staff."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import RadioField, StringField, TextAreaField

from ccr.domain.listing_review import LONGEST_WORDS, issues_for
from ccr.domain.phrases import phrase
from ccr.services.suggesting import Told
from ccr.web.forms.fields import choices_of
from ccr.web.language import translated


class ReportForm(FlaskForm):
    """What staff tell. Of a hidden listing no words are taken."""

    issue = RadioField(validate_choice=False)
    words = TextAreaField()

    def __init__(self, *args: object, confidential: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.issue.label.text = translated(phrase("What is wrong?"))
        self.issue.choices = choices_of(issues_for(confidential=confidential))
        if confidential:
            del self.words
        else:
            self.words.label.text = translated(phrase("A few words"))
            self.words.description = translated(
                phrase(
                    "At most %(most)s characters. Nothing that tells who anybody is, and nothing "
                    "about where a place is that keeps its address private.",
                    most=LONGEST_WORDS,
                )
            )

    def told(self) -> Told:
        """Return what was told."""
        words = self.words.data if "words" in self._fields else ""
        return Told(self.issue.data or "", words or "")


class SuggestForm(ReportForm):
    """What anybody tells. No token: it would need a cookie; see same_site."""

    class Meta:
        """No token: it would need a cookie."""

        csrf = False

    more = StringField()

    def told(self) -> Told:
        """Return what was told, and what only a machine would have filled in."""
        told = super().told()
        return Told(told.issue, told.words, self.more.data or "")
