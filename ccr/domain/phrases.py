"""Sentences for people, kept as a message id and its values so that any door can translate them.

What lives here: the Phrase value and its maker. What must not: rendering for one language or door.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Phrase:
    """One sentence: an English message id with named places, and the values for them.

    Values may be phrases themselves; they are rendered first.

    >>> str(phrase("Serves %(area)s only", area="Albany County"))
    'Serves Albany County only'
    """

    msgid: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the sentence in English."""
        return (
            self.msgid % {key: str(value) for key, value in self.values.items()}
            if self.values
            else self.msgid
        )

    def __hash__(self) -> int:
        """Hash by message and values, so that phrases can be counted and compared."""
        return hash((self.msgid, tuple(sorted((k, str(v)) for k, v in self.values.items()))))


def phrase(msgid: str, **values: object) -> Phrase:
    """Return a Phrase; `msgid` must be a literal, so that translators find it."""
    return Phrase(msgid, values)
