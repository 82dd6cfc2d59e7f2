"""Linkage agreements as papers: parties, scope, terms, review and end, and when to warn (R90).

What lives here: the vocabulary and the rules. What must not: what routing makes of an agreement;
it reads pairs of members and dates alone (`directory.Agreement`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from uuid import UUID

from ccr.domain import pathways
from ccr.domain.errors import InvalidInputError
from ccr.domain.pathways import Standing, standing
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.safety_question import one_line
from ccr.domain.taxonomy import Labelled, Need

LEAST_PARTIES, MOST_PARTIES = 2, 12
LONGEST = timedelta(days=366 * 20)
"""Nothing is signed longer ago, or ends later, than this."""


class Term(Labelled):
    """What an agreement says about confidentiality."""

    RELEASE_FIRST = "release-first"
    COARSE_FACTS = "coarse-facts"
    NO_ONWARD = "no-onward"
    PRIVILEGE = "privilege"
    BREACH_NOTICE = "breach-notice"
    RETURN_OR_DELETE = "return-or-delete"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _TERMS[self]


class Contact(Labelled):
    """The role of a party that answers for the agreement; never a person."""

    DIRECTOR = "director"
    PROGRAM_LEAD = "program-lead"
    COUNSEL = "counsel"
    FRONT_DESK = "front-desk"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _CONTACTS[self]


_TERMS = {
    Term.RELEASE_FIRST: phrase("Nothing about a person passes without that person’s release"),
    Term.COARSE_FACTS: phrase("Only need, county and urgency pass in a referral"),
    Term.NO_ONWARD: phrase("What is received is not passed on"),
    Term.PRIVILEGE: phrase("Advocates keep their legal privilege"),
    Term.BREACH_NOTICE: phrase("A breach is told to the other party within a day"),
    Term.RETURN_OR_DELETE: phrase("What was received is deleted when the agreement ends"),
}
_CONTACTS = {
    Contact.DIRECTOR: phrase("Director"),
    Contact.PROGRAM_LEAD: phrase("Program lead"),
    Contact.COUNSEL: phrase("Counsel"),
    Contact.FRONT_DESK: phrase("Front desk"),
}


@dataclass(frozen=True, slots=True)
class Linkage:
    """One version of an agreement.

    Attributes:
        series_id: joins its versions; the newest has the highest number.
        parties: member id to the role that answers for it there, or None.
        needs: for which needs; none means for any.
        ended_on: the day it was ended before its time, or None.
    """

    id: UUID
    series_id: UUID
    version: int
    parties: dict[UUID, Contact | None]
    needs: tuple[Need, ...]
    terms: tuple[Term, ...]
    terms_line: str
    signed_on: date
    review_on: date | None
    expires_on: date | None
    ended_on: date | None = None

    @property
    def until(self) -> date | None:
        """Return the day from which it holds no more, or None."""
        return min((d for d in (self.expires_on, self.ended_on) if d), default=None)

    def stands(self, on: date) -> Standing:
        """Return how it stands on a day."""
        return standing(self.signed_on, self.until, on)

    def review_due(self, on: date) -> bool:
        """Return True when the parties were to look at it again by that day."""
        return self.review_on is not None and self.review_on <= on and self.stands(on).holds


@dataclass(frozen=True, slots=True)
class Paper:
    """What a coordinator writes down of an agreement that was signed."""

    parties: tuple[tuple[UUID, Contact | None], ...]
    needs: tuple[Need, ...]
    terms: tuple[Term, ...]
    terms_line: str
    signed_on: date
    review_on: date | None
    expires_on: date | None


def paper_of_two(one: UUID, other: UUID, signed_on: date, expires_on: date | None) -> Paper:
    """Return the plainest agreement: two parties and its days, nothing said of scope and terms."""
    return Paper(((one, None), (other, None)), (), (), "", signed_on, None, expires_on)


def checked_paper(paper: Paper, members: Iterable[UUID], today: date) -> Paper:
    """Return the paper with its line trimmed and its parties and codes in one order.

    Raises:
        InvalidInputError: fewer than two parties or more than twelve, one twice, one that is not of
            the network, or days that cannot be; `field` names it.
    """
    ids = [member_id for member_id, _ in paper.parties]
    if not LEAST_PARTIES <= len(set(ids)) <= MOST_PARTIES or len(ids) != len(set(ids)):
        raise InvalidInputError(
            phrase("Choose from two to %(most)s members.", most=MOST_PARTIES), field="parties"
        )
    if not set(ids) <= set(members):
        raise InvalidInputError(phrase("Choose a member of the network."), field="parties")
    if not today - LONGEST <= paper.signed_on <= today:
        raise InvalidInputError(
            phrase("Give the day it was signed, today at the latest."), field="signed_on"
        )
    for day, field in ((paper.expires_on, "expires_on"), (paper.review_on, "review_on")):
        if day is not None and not paper.signed_on < day <= today + LONGEST:
            raise InvalidInputError(
                phrase("Give a day after it was signed, or leave it empty."), field=field
            )
    return Paper(
        parties=tuple(sorted(paper.parties, key=lambda party: str(party[0]))),
        needs=tuple(sorted(set(paper.needs), key=list(Need).index)),
        terms=tuple(sorted(set(paper.terms), key=list(Term).index)),
        terms_line=one_line(paper.terms_line, field="terms_line", needed=False),
        signed_on=paper.signed_on,
        review_on=paper.review_on,
        expires_on=paper.expires_on,
    )


def pairs_of(parties: Iterable[UUID]) -> list[tuple[UUID, UUID]]:
    """Return every two parties, each pair sorted: what routing reads of an agreement."""
    return list(combinations(sorted(parties), 2))


def warning_step(linkage: Linkage, newer: bool, on: date) -> int | None:  # noqa: FBT001
    """Return 90, 30 or 0 when a warning of that step is due on a day, else None.

    `newer`: whether a later version was recorded: then there is nothing to warn of. Source: R90.
    """
    if newer or linkage.expires_on is None or linkage.ended_on is not None:
        return None
    return pathways.warning_step(linkage.expires_on, on)


def newest_of(linkages: Sequence[Linkage]) -> tuple[Linkage, ...]:
    """Return the newest version of each agreement, what ends or has ended first."""
    newest: dict[UUID, Linkage] = {}
    for linkage in sorted(linkages, key=lambda one: one.version):
        newest[linkage.series_id] = linkage
    return tuple(sorted(newest.values(), key=lambda one: (one.until or date.max, str(one.id))))
