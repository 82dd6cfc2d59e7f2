"""The forms of safety consultations: choices from closed lists. No field takes words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import RadioField

from ccr.domain.consultation_advice import Advice, Concern
from ccr.domain.consultation_triggers import Trigger
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase
from ccr.domain.safety_consultation import Call, Called, Consulted, Question
from ccr.domain.taxonomy import Urgency
from ccr.services.consultation_prompts import Prompt
from ccr.web.forms.fields import (
    CheckboxesField,
    SelectChoice,
    add_refusal,
    choices_of,
    chosen_code,
    id_or_none,
)
from ccr.web.forms.lines import named
from ccr.web.language import translated


class CallForm(FlaskForm):
    """What came of the call, and what was advised on the phone."""

    called = RadioField(validate_choice=False)
    consulted = RadioField(validate_choice=False)
    steps = CheckboxesField(validate_choice=False)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        named(self.called, phrase("What came of the call?"))
        self.called.choices = choices_of(Called)
        named(self.consulted, phrase("With whom did you speak?"), phrase("A role, never a name."))
        self.consulted.choices = choices_of(Consulted)
        named(self.steps, phrase("What were you advised to do?"))
        self.steps.choices = choices_of(Advice)

    def to_call(self) -> Call:
        """Return what came of the call; raises InvalidInputError with its field."""
        consulted = self.consulted.data
        return Call(
            chosen_code(Called, self.called.data, "called"),
            chosen_code(Consulted, consulted, "consulted") if consulted else None,
            _advice(self.steps.data or [], "steps"),
        )

    def refuse(self, error: InvalidInputError) -> None:
        """Put a refusal where it belongs."""
        add_refusal(self, error)


class AskForm(CallForm):
    """A safety consultation is asked in this one step (R2)."""

    concern = RadioField(validate_choice=False)
    urgency = RadioField(validate_choice=False)
    about = CheckboxesField(validate_choice=False)

    def __init__(self, prompts: Iterable[Prompt], **kwargs: object) -> None:
        super().__init__(**kwargs)
        named(self.concern, phrase("What is the concern?"))
        self.concern.choices = choices_of(Concern)
        named(self.urgency, phrase("How soon does it need an answer?"))
        self.urgency.choices = [
            SelectChoice(urgency.value, translated(words)) for urgency, words in _URGENCY.items()
        ]
        named(
            self.about,
            phrase("This is about"),
            phrase("They leave your list. The partner does not see them."),
        )
        self.about.choices = [SelectChoice(str(p.id), prompt_words(p)) for p in prompts]

    def to_question(self) -> Question:
        """Return what is asked; raises InvalidInputError with its field."""
        concern = chosen_code(Concern, self.concern.data, "concern")
        return Question(concern, chosen_code(Urgency, self.urgency.data, "urgency"), self.to_call())

    def prompt_ids(self) -> tuple[UUID, ...]:
        """Return the prompts that were chosen; raises InvalidInputError for what is no id."""
        found = [id_or_none(text) for text in dict.fromkeys(self.about.data or [])]
        known = tuple(prompt_id for prompt_id in found if prompt_id is not None)
        if len(known) < len(found):
            raise InvalidInputError(phrase("Choose from the list."), field="about")
        return known


class AdviceForm(FlaskForm):
    """What the partner advises: about the program's own conduct alone."""

    advice = CheckboxesField(validate_choice=False)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        named(
            self.advice,
            phrase("What do you advise the program to do?"),
            phrase("Choose as you would if you had never heard of anybody concerned."),
        )
        self.advice.choices = choices_of(Advice)

    def to_advice(self) -> tuple[Advice, ...]:
        """Return what was chosen; raises InvalidInputError with its field."""
        return _advice(self.advice.data or [], "advice")

    def refuse(self, error: InvalidInputError) -> None:
        """Put a refusal where it belongs."""
        add_refusal(self, error)


class PromptForm(FlaskForm):
    """Something happened that the protocol asks to consult about: raised by hand."""

    trigger = RadioField(validate_choice=False)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        named(self.trigger, phrase("What happened?"))
        self.trigger.choices = choices_of(BY_HAND)

    def to_trigger(self) -> Trigger:
        """Return what happened; raises InvalidInputError with its field."""
        found = chosen_code(Trigger, self.trigger.data, "trigger")
        if found not in BY_HAND:
            raise InvalidInputError(phrase("Choose one."), field="trigger")
        return found

    def refuse(self, error: InvalidInputError) -> None:
        """Put a refusal where it belongs."""
        add_refusal(self, error)


BY_HAND = (
    Trigger.THREAT_DISCLOSED,
    Trigger.WEAPON,
    Trigger.ORDER_VIOLATED,
    Trigger.PARTNER_CONTACT,
    Trigger.COURT_DATE,
)
"""What no event of CCR can know of. The others are raised by the desk itself."""


def prompt_words(prompt: Prompt) -> str:
    """Return a prompt in words: what happened, and the participant's code where there is one."""
    words = translated(prompt.trigger.label)
    return f"{words} ({prompt.participant_code})" if prompt.participant_code else words


def _advice(texts: Sequence[str], field: str) -> tuple[Advice, ...]:
    return tuple(chosen_code(Advice, text, field) for text in texts)


_URGENCY = {
    Urgency.IMMEDIATE: phrase("Now: somebody may be in danger"),
    Urgency.HIGH: phrase("Within hours: high danger"),
    Urgency.STANDARD: phrase("Within a day"),
}
