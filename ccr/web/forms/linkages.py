"""The form of a linkage agreement: who signed, for what, on which terms, until when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar
from uuid import UUID

from wtforms import HiddenField, SelectField, StringField
from wtforms.widgets import DateInput

from ccr.domain.directory import Member
from ccr.domain.errors import InvalidInputError
from ccr.domain.linkages import Contact, Linkage, Paper, Term
from ccr.domain.phrases import phrase
from ccr.domain.taxonomy import Need
from ccr.web.forms.coordination import day_typed
from ccr.web.forms.fields import CheckboxesField, SelectChoice, choices_of, chosen_code, id_or_none
from ccr.web.forms.lines import NO_CASES, LineForm, named

Code = TypeVar("Code", Need, Term)
_SIGNED = phrase("Give the day it was signed, today at the latest.")
_AFTER = phrase("Give a day after it was signed, or leave it empty.")


class PaperForm(LineForm):
    """An agreement as it was signed."""

    version = HiddenField(default="0")
    parties = CheckboxesField(validate_choice=False)
    contact = SelectField(validate_choice=False)
    needs = CheckboxesField(validate_choice=False)
    terms = CheckboxesField(validate_choice=False)
    terms_line = StringField()
    signed_on = StringField(widget=DateInput())
    review_on = StringField(widget=DateInput())
    expires_on = StringField(widget=DateInput())

    def __init__(self, members: Iterable[Member], **kwargs: object) -> None:
        super().__init__(**kwargs)
        named(self.parties, phrase("Who signed"), phrase("Two members or more."))
        self.parties.choices = [
            SelectChoice(str(m.id), m.name)
            for m in sorted(members, key=lambda m: m.name.casefold())
        ]
        named(
            self.contact,
            phrase("Who answers for it"),
            phrase("The role at each member, never a person."),
        )
        self.contact.choices = choices_of(Contact, empty=phrase("Not said"))
        named(self.needs, phrase("For which needs"), phrase("None chosen means any need."))
        self.needs.choices = choices_of(Need)
        named(self.terms, phrase("What it says about confidentiality"))
        self.terms.choices = choices_of(Term)
        named(self.terms_line, phrase("More about the terms"), NO_CASES)
        named(self.signed_on, phrase("Signed on"))
        named(self.review_on, phrase("Look at it again on"))
        named(self.expires_on, phrase("Ends on"), phrase("Leave empty when it has no end."))

    def fill(self, last: Linkage) -> None:
        """Begin with what the last version said; its days are to be given anew."""
        self.version.data = str(last.version)
        self.parties.data = [str(member_id) for member_id in last.parties]
        self.needs.data = [need.value for need in last.needs]
        self.terms.data = [term.value for term in last.terms]
        self.terms_line.data = last.terms_line
        contacts = {contact for contact in last.parties.values() if contact}
        self.contact.data = next((c.value for c in Contact if c in contacts), "")

    def to_paper(self) -> Paper:
        """Return what was written; raises InvalidInputError with its field."""
        contact = chosen_code(Contact, self.contact.data, "contact") if self.contact.data else None
        return Paper(
            parties=tuple((member_id, contact) for member_id in self._parties()),
            needs=_codes(Need, self.needs.data or [], "needs"),
            terms=_codes(Term, self.terms.data or [], "terms"),
            terms_line=self.terms_line.data or "",
            signed_on=day_typed(self.signed_on.data, _SIGNED, "signed_on"),
            review_on=day_typed(self.review_on.data, _AFTER, "review_on")
            if (self.review_on.data or "").strip()
            else None,
            expires_on=day_typed(self.expires_on.data, _AFTER, "expires_on")
            if (self.expires_on.data or "").strip()
            else None,
        )

    def _parties(self) -> list[UUID]:
        found = [id_or_none(text) for text in self.parties.data or []]
        known = [member_id for member_id in found if member_id is not None]
        if len(known) < len(found):
            raise InvalidInputError(phrase("Choose a member of the network."), field="parties")
        return known


def _codes(codes: type[Code], texts: Sequence[str], field: str) -> tuple[Code, ...]:
    return tuple(chosen_code(codes, text, field) for text in texts)
