"""A district as a coordinator writes it: a name, and ZIPs and counties pasted as text."""

from __future__ import annotations

from flask import request
from wtforms import HiddenField, StringField, TextAreaField

from ccr.domain.districts import ReadAreas
from ccr.domain.errors import CcrError, InvalidInputError
from ccr.domain.phrases import phrase
from ccr.services.districts import AreasRefusedError, DistrictText
from ccr.web.forms.coordination import version_of
from ccr.web.forms.fields import add_refusal
from ccr.web.forms.hand_offs import AS_IT_IS
from ccr.web.forms.lines import LineForm, named


class DistrictForm(LineForm):
    """The form of a new district, and of one that is changed.

    Attributes:
        found: what would be kept of the list and what would not, when something would not.
    """

    version = HiddenField(default="0")
    name = StringField()
    areas = TextAreaField()
    found: ReadAreas | None = None

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        named(
            self.name,
            phrase("Name"),
            phrase(
                "As everybody calls it, such as “Police precinct 4”. Never a street or a person."
            ),
        )
        named(
            self.areas,
            phrase("ZIPs and counties"),
            phrase(
                "Paste them as they are: with commas, or one a line. Counties by name or code, "
                "such as “12180, 12182, Greene County”."
            ),
        )

    def to_text(self) -> DistrictText:
        """Return what was written; the second button says that it is enough as it is."""
        return DistrictText(
            name=self.name.data or "",
            areas=self.areas.data or "",
            version=version_of(self.version.data),
            sure=AS_IT_IS in request.form,
        )

    def refuse_all(self, errors: list[CcrError]) -> None:
        """Put every refusal where it belongs, and note what of the list cannot be kept."""
        for error in errors:
            if isinstance(error, InvalidInputError):
                self.refuse(error)
            else:
                add_refusal(self, error)
            if isinstance(error, AreasRefusedError):
                self.found = error.found
