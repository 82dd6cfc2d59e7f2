"""What a person may ask for, in plain words, and the needs that each choice stands for.

The words are for somebody in fear, at US grade 8 or below (R59); the codes of needs are for the
network. What lives here: words and what they map to. What must not: places, members, order.
Three choices never come to more needs than a search may have. Our choice of words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import Need

MOST_CHOICES = 3


@dataclass(frozen=True, slots=True)
class PlainNeed:
    """One choice on the public page: its code, its words, and the needs it stands for."""

    code: str
    label: Phrase
    needs: tuple[Need, ...]


def _choice(code: str, label: Phrase, *needs: Need) -> PlainNeed:
    return PlainNeed(code, label, needs)


TALK = _choice("talk", phrase("Someone to talk to"), Need.ADVOCACY, Need.COUNSELING)
ASKED_MOST: tuple[PlainNeed, ...] = (
    _choice(
        "safe-place",
        phrase("A safe place tonight"),
        Need.EMERGENCY_SHELTER,
        Need.IMMEDIATE_SAFETY,
    ),
    TALK,
    _choice("court-order", phrase("A court order"), Need.PROTECTION_ORDER),
    _choice("children", phrase("Help for my children"), Need.CHILDREN),
    _choice("home", phrase("A place to live"), Need.HOUSING),
    _choice("money", phrase("Money for daily needs"), Need.ECONOMIC),
)
"""The choices that are in view at once; the others are one press away."""

MORE: tuple[tuple[Phrase, tuple[PlainNeed, ...]], ...] = (
    (
        phrase("Safety"),
        (
            _choice("plan", phrase("A plan to stay safe"), Need.SAFETY_PLANNING),
            _choice("phone", phrase("A safe phone and safe accounts"), Need.TECHNOLOGY_SAFETY),
            _choice("at-work", phrase("Safety at my job"), Need.WORKPLACE_SAFETY),
            _choice("group", phrase("A group that understands"), Need.SUPPORT_GROUP),
        ),
    ),
    (
        phrase("Law and police"),
        (
            _choice("family-law", phrase("Custody, divorce or child support"), Need.FAMILY_LAW),
            _choice("papers", phrase("Help with papers to stay here"), Need.IMMIGRATION_LAW),
            _choice(
                "police", phrase("Help with police or a court case"), Need.CRIMINAL_JUSTICE_ADVOCACY
            ),
        ),
    ),
    (
        phrase("Health"),
        (
            _choice("doctor", phrase("A doctor or nurse"), Need.MEDICAL),
            _choice("exam", phrase("An exam after a sexual assault"), Need.FORENSIC_EXAM),
            _choice("mind", phrase("Help with stress or sadness"), Need.MENTAL_HEALTH),
            _choice("alcohol", phrase("Help with alcohol or drugs"), Need.SUBSTANCE_USE),
        ),
    ),
    (
        phrase("Children and school"),
        (
            _choice("child-care", phrase("Child care"), Need.CHILD_CARE),
            _choice("visits", phrase("Safe visits with a parent"), Need.SUPERVISED_VISITATION),
            _choice("school", phrase("Help at school"), Need.SCHOOL_SUPPORT),
        ),
    ),
    (
        phrase("Daily life"),
        (
            _choice("food", phrase("Food"), Need.FOOD),
            _choice("ride", phrase("A ride"), Need.TRANSPORT),
            _choice("work", phrase("Work or training"), Need.EMPLOYMENT),
            _choice("pet", phrase("Care for a pet"), Need.PETS),
        ),
    ),
    (
        phrase("In my own way"),
        (
            _choice("interpreter", phrase("Someone who speaks my language"), Need.INTERPRETATION),
            _choice("disability", phrase("Help with a disability"), Need.DISABILITY_ACCESS),
            _choice("older", phrase("Help for an older person"), Need.ELDER),
            _choice("culture", phrase("Help from my own culture"), Need.CULTURALLY_SPECIFIC),
            _choice("faith", phrase("Help from a faith group"), Need.FAITH_SUPPORT),
        ),
    ),
)
NOT_ASKED = frozenset({Need.HOTLINE, Need.ABUSIVE_PARTNER_INTERVENTION, Need.SUPERVISION})
"""Needs without a choice: hotlines stand on top of every page, programs are kept apart (R10)."""

BY_CODE: dict[str, PlainNeed] = {
    choice.code: choice for choice in (*ASKED_MOST, *(c for _, group in MORE for c in group))
}


def read_choices(codes: Iterable[str]) -> tuple[PlainNeed, ...]:
    """Return the choices in the order given, each once; somebody to talk to where none was made.

    Raises:
        InvalidInputError: field `help`: a code is not known, or they are too many.
    """
    wanted = list(dict.fromkeys(code.strip() for code in codes if code.strip()))
    found = [BY_CODE[code] for code in wanted if code in BY_CODE]
    if len(found) < len(wanted):
        raise InvalidInputError(phrase("Choose from the list."), field="help")
    if len(found) > MOST_CHOICES:
        raise InvalidInputError(
            phrase("Choose %(most)s things at most. You can search again.", most=MOST_CHOICES),
            field="help",
        )
    return tuple(found) or (TALK,)


def needs_of(choices: Iterable[PlainNeed]) -> tuple[Need, ...]:
    """Return the needs that the choices stand for, each once, in order."""
    return tuple(dict.fromkeys(need for choice in choices for need in choice.needs))
