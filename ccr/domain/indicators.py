"""Indicators of a network: what each counts, of what, without whom, and why (R91).

What lives here: definitions, and shares of facts about the network. What must not: a figure about
people (those come from the gate, small_cells.py), a measure of one worker, an order of members.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from ccr.domain.directory import Agreement, Service
from ccr.domain.gap_counting import unverified
from ccr.domain.gap_findings import pair_standings
from ccr.domain.gaps import CellState, GapMatrix
from ccr.domain.pathways import Standing
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.small_cells import Measured


class Indicator(StrEnum):
    """What is told, in the order of the page: facts about the network first."""

    ACCESS = "access"
    GAPS_TAKEN = "gaps-taken"
    FRESH = "directory-freshness"
    AGREEMENTS = "agreement-coverage"
    TRAINING = "training-coverage"
    SEATS = "survivor-seats"
    ATTENDANCE = "council-attendance"
    ACTIONS = "actions-closed"
    ACCEPTED = "accepted"
    ANSWER_TIME = "answer-time"
    UNMET = "unmet"
    SENT_ON = "sent-on"
    AFTER_ACCEPTANCE = "after-acceptance"


@dataclass(frozen=True, slots=True)
class Definition:
    """What an indicator means.

    Attributes:
        benefit: which benefit of collaboration of the seed guideline it stands for, if one.
        measure: of the gate, for figures about people; None for facts about the network.
        of: the published measure that it is a part of, or a median of, if any.
    """

    code: Indicator
    name: Phrase
    numerator: Phrase
    denominator: Phrase
    exclusions: Phrase
    source: Phrase
    benefit: Phrase | None = None
    measure: Measured | None = None
    of: Measured | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many; both are counts of services, members, cells or gaps, never of people."""

    part: int
    whole: int


_NOBODY = phrase("Nothing is left out.")
_NOT_SHOWN = phrase("What was entered in error; groups and quarters that are not shown.")
_BENEFITS = phrase("Benefits of collaboration in the seed guideline")
_OURS = phrase("Our definition, for the report of a quarter")
DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        Indicator.ACCESS,
        phrase("Needs somebody serves"),
        phrase("Needs by county that at least one member serves, checked or not"),
        phrase("All needs by county on the gap page"),
        phrase("State-wide lines; counties that nobody names"),
        _BENEFITS,
        benefit=phrase("Better access"),
    ),
    Definition(
        Indicator.GAPS_TAKEN,
        phrase("Gaps with an owner"),
        phrase("Findings on the gap page that a member has taken on and not closed"),
        phrase("All findings on the gap page"),
        _NOBODY,
        _BENEFITS,
        benefit=phrase("Collective problem solving"),
    ),
    Definition(
        Indicator.FRESH,
        phrase("Listings checked within six months"),
        phrase("Services that may be referred to and were verified within six months"),
        phrase("All services that may be referred to"),
        phrase("Services that are closed, or that nobody may refer to"),
        _OURS,
    ),
    Definition(
        Indicator.AGREEMENTS,
        phrase("Members with an agreement in force"),
        phrase("Listed members with at least one signed agreement in force today"),
        phrase("All listed members"),
        phrase("Promised pathways without a signed agreement"),
        _OURS,
    ),
    Definition(
        Indicator.TRAINING,
        phrase("Training coverage"),
        phrase("Pairs of member and training topic that somebody said and that have not lapsed"),
        phrase("All listed members times all topics of training"),
        _NOBODY,
        _BENEFITS,
        benefit=phrase("Learning from one another"),
    ),
    Definition(
        Indicator.SEATS,
        phrase("Survivor seats filled"),
        phrase("Seats for survivors on the council that are filled today"),
        phrase("All seats for survivors; who sits there is not recorded"),
        _NOBODY,
        _OURS,
    ),
    Definition(
        Indicator.ATTENDANCE,
        phrase("Council attendance"),
        phrase("Members of its committee that were at the last meeting"),
        phrase("All members that sit on that committee"),
        phrase("Who came for them"),
        _OURS,
    ),
    Definition(
        Indicator.ACTIONS,
        phrase("Council actions done"),
        phrase("Actions of the council that are done"),
        phrase("All actions that the council decided"),
        phrase("Actions that were dropped"),
        _BENEFITS,
        benefit=phrase("Social change"),
    ),
    Definition(
        Indicator.ACCEPTED,
        phrase("Referrals accepted"),
        phrase("Referrals sent in the quarter and accepted"),
        phrase("Referrals sent in the quarter, by need group"),
        _NOT_SHOWN,
        _BENEFITS,
        benefit=phrase("Efficient use of resources"),
        measure=Measured.ACCEPTED,
        of=Measured.SENT,
    ),
    Definition(
        Indicator.ANSWER_TIME,
        phrase("Hours to an answer"),
        phrase("Hours within which half of the answered referrals were accepted or declined"),
        phrase("Referrals sent in the quarter and answered, by need group: eleven or more"),
        _NOT_SHOWN,
        _BENEFITS,
        benefit=phrase("Timely and targeted referrals"),
        measure=Measured.ANSWER_MINUTES,
        of=Measured.SENT,
    ),
    Definition(
        Indicator.UNMET,
        phrase("Searches that found nothing"),
        phrase("Presses of “Count as an unmet need” in the quarter, by need group"),
        phrase("None: how often somebody searched is not counted"),
        phrase("Searches that nobody counted; fewer than 22; why is on the page of unmet need"),
        _OURS,
        measure=Measured.UNMET,
    ),
    Definition(
        Indicator.SENT_ON,
        phrase("Time from a no to the next partner"),
        phrase("Not published"),
        phrase("Not published"),
        phrase("All of it: beside what is shown, it would tell how many were declined"),
        _OURS,
    ),
    Definition(
        Indicator.AFTER_ACCEPTANCE,
        phrase("First contact, warm introductions, connections"),
        phrase("Not published"),
        phrase("Not published"),
        phrase("Everything after acceptance: it is between the receiver and the person"),
        _OURS,
    ),
)
"""Every indicator of R91 with its definition. No recidivism, nothing about a worker (R91)."""


def access(matrix: GapMatrix) -> Share:
    """Return in how many cells of the gap matrix somebody is listed."""
    counts = matrix.counts()
    whole = sum(counts.values())
    return Share(whole - counts[CellState.NONE], whole)


def freshness(services: Iterable[Service], at: datetime) -> Share:
    """Return how many services that may be referred to were verified within six months."""
    there = [service for service in services if service.routable]
    return Share(sum(not unverified(service, at) for service in there), len(there))


def agreement_coverage(members: Iterable[UUID], agreements: Iterable[Agreement], on: date) -> Share:
    """Return how many members have an agreement in force on a day."""
    holds = {Standing.IN_FORCE, Standing.ENDS_IN_90, Standing.ENDS_IN_30}
    tied = {
        member
        for pair, (standing, _) in pair_standings(agreements, on).items()
        if standing in holds
        for member in pair
    }
    everybody = set(members)
    return Share(len(tied & everybody), len(everybody))
