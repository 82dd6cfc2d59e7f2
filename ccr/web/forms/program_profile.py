"""What a program says of itself: each policy yes, no or not said, and whom it reports to."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import HiddenField, RadioField

from ccr.domain.directory import Member
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase
from ccr.domain.program_policies import Policy, ProgramFacts
from ccr.domain.taxonomy import Known
from ccr.web.forms.coordination import version_of
from ccr.web.forms.fields import CheckboxesField, SelectChoice, chosen_code, id_or_none
from ccr.web.forms.lines import LineForm, named
from ccr.web.language import translated


class ProfileForm(LineForm):
    """The policies of `Policy`, each a field of its own name, and the authorities."""

    version = HiddenField(default="0")
    authorities = CheckboxesField(validate_choice=False)

    def __init__(self, may_supervise: Iterable[Member], **kwargs: object) -> None:
        super().__init__(**kwargs)
        named(
            self.authorities,
            phrase("Whom the program reports to"),
            phrase("Courts, probation, parole and agencies that are members of the network."),
        )
        self.authorities.choices = [SelectChoice(str(m.id), m.name) for m in may_supervise]
        for policy in Policy:
            field = self[policy.value]
            named(field, policy.label)
            field.choices = [(known.value, translated(known.label)) for known in Known]

    def policies(self) -> list[RadioField]:
        """Return the fields of the policies, in their order."""
        return [self[policy.value] for policy in Policy]

    def fill(self, facts: ProgramFacts) -> None:
        """Begin with what was said last."""
        self.version.data = str(facts.version)
        self.authorities.data = [str(member_id) for member_id in facts.authorities]
        for policy in Policy:
            self[policy.value].data = facts.says(policy).value

    def to_facts(self) -> ProgramFacts:
        """Return what was chosen; raises InvalidInputError with its field."""
        said = {
            policy: chosen_code(Known, self[policy.value].data, policy.value) for policy in Policy
        }
        chosen = [id_or_none(text) for text in self.authorities.data or []]
        known = tuple(member_id for member_id in chosen if member_id is not None)
        if len(known) < len(chosen):
            raise InvalidInputError(
                phrase("Choose courts, probation, parole or agencies of the network."),
                field="authorities",
            )
        return ProgramFacts(said, known, version_of(self.version.data))


for _policy in Policy:
    setattr(
        ProfileForm,
        _policy.value,
        RadioField(default=Known.UNKNOWN.value, validate_choice=False),
    )
