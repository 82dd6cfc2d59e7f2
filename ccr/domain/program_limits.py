"""What a program for abusive partners cannot do: one reviewed wording, said with every listing.

It stands with each listing of such a program, each referral to one and each sheet of paper that
names one (R10). It is changed here and nowhere else. Sources: S14 of the guideline (victims must be
told of the limits); R10.

What must not live here: praise, and any promise (R12, R13).
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from ccr.domain.directory import Service
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.public_listing import is_program

LIMITS_TITLE = phrase("What a program cannot do")
LIMITS = (
    phrase("Going to a program is not the same as changing."),
    phrase("No program can promise that the abuse ends."),
    phrase("A program does not treat an illness. Abuse is a choice."),
    phrase("If your partner is in a program, that alone does not make you safe."),
)
"""The statement in full: the four points of R10."""

SHORT_LIMITS = phrase(
    "Going is not the same as changing. No program can promise that the abuse ends. It is not a "
    "treatment, and no reason to feel safe."
)
"""The four points in one line, where there is room for one."""

NEUTRAL_LIMITS = phrase("Being in a program is not the same as change. It does not make you safe.")
"""For paper that somebody else may find: it does not say what kind of program."""

NO_PROTOCOL = phrase("No safety consultation protocol")
"""The red word of a program with which no protocol is in force today (R3)."""


def notes_of(service: Service, without_protocol: Collection[UUID]) -> tuple[Phrase, ...]:
    """Return what is said with a service before it is chosen; nothing for what is no program.

    Args:
        without_protocol: services of programs without a protocol in force; see
            `ccr.domain.protocols.programs_without`.
    """
    if not is_program(service):
        return ()
    return (NO_PROTOCOL, SHORT_LIMITS) if service.id in without_protocol else (SHORT_LIMITS,)
