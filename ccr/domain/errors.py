"""Everything that CCR refuses, as one tree of errors. Doors turn them into answers.

Messages are sentences for the person at the desk. They never carry what the person typed.
"""

from __future__ import annotations

from ccr.domain.phrases import Phrase, phrase


class CcrError(Exception):
    """Something that CCR refuses or cannot do, said in one sentence.

    Attributes:
        phrase: the sentence, translatable.
        field: the name of the form field it belongs to, if it belongs to one.
    """

    def __init__(self, message: Phrase, *, field: str | None = None) -> None:
        super().__init__(str(message))
        self.phrase = message
        self.field = field


class NotFoundError(CcrError):
    """There is no such record for this person: absent and forbidden look the same."""

    def __init__(self, message: Phrase | None = None) -> None:
        super().__init__(message or phrase("There is nothing at this address."))


class ForbiddenError(NotFoundError):
    """The identity may not do this. Doors answer as for NotFoundError; the refusal is audited."""


class GoneError(CcrError):
    """It was there and can be used once only."""

    def __init__(self, message: Phrase | None = None) -> None:
        super().__init__(message or phrase("This was used already, and works once only."))


class InvalidInputError(CcrError):
    """What was given cannot be used; the sentence says what is wrong."""


class IllegalTransitionError(CcrError):
    """The referral is not in a state from which this can be done."""


class TakesNoPartError(InvalidInputError):
    """One's own member is suspended or leaves: it starts nothing new, and finishes what it has."""


class StaleError(CcrError):
    """Somebody else changed this first; nothing was written."""


class DuplicateError(CcrError):
    """There is one already."""


class TooManyAttemptsError(CcrError):
    """Too many tries in a short time; wait."""


class UnsafeStorageError(CcrError):
    """The database or its library cannot keep an acknowledged change safe; CCR does not start."""


class AlreadyDoneError(CcrError):
    """The very same form, or request, has had its effect; it has none again."""

    def __init__(self) -> None:
        super().__init__(phrase("This was received already, and counted once."))


class StillRunningError(CcrError):
    """The same request is being worked on at this moment."""

    def __init__(self) -> None:
        super().__init__(phrase("This request is being worked on. Send it again in a moment."))


class PartnerLimitError(InvalidInputError):
    """A limit stands between a person and a partner; `limit` is its code, for the sender alone."""

    def __init__(self, message: Phrase, *, limit: str) -> None:
        super().__init__(message, field="service_id")
        self.limit = limit
