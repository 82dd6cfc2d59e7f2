"""What a program for abusive partners says of itself: policies, each yes, no or not known.

A closed list of statements about conduct. What must not live here: anything that measures a
program: no rating, no success, no recidivism, no completion (R12).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from ccr.domain.directory import Member
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import Known, Labelled, MemberCategory

MOST_AUTHORITIES = 20
_MAY_SUPERVISE = frozenset(
    {MemberCategory.GOVERNMENT, MemberCategory.LAW_ENFORCEMENT, MemberCategory.LEGAL}
)


class Policy(Labelled):
    """A rule that a program may have. The order is the order on screen; safety stands first."""

    CONSULTS = "consults-on-safety"
    THREATS = "written-rule-for-threats"
    NO_VICTIM_CHECKS = "no-checking-with-victims"
    NO_JOINT_SESSIONS = "no-joint-sessions"
    NO_ANGER_CLASSES = "no-anger-classes-instead"
    TELLS_LIMITS = "tells-its-limits"
    NO_CLAIMS = "no-claims-of-success"
    SAME_DAY_NOTICE = "same-day-notice"
    SAME_RULES = "same-rules-for-all"
    RISK_APART = "risk-kept-apart"
    SCREENS = "screens-and-refers"
    TRAINED_WITH_ADVOCATES = "trained-with-advocates"
    OBSERVED = "observed-by-advocates"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _POLICIES[self]


_POLICIES = {
    Policy.CONSULTS: phrase("Facilitators consult victim services as soon as they know a concern"),
    Policy.THREATS: phrase("A written rule says who is told of a threat, and when"),
    Policy.NO_VICTIM_CHECKS: phrase("No victim is ever asked how a participant does"),
    Policy.NO_JOINT_SESSIONS: phrase("No sessions for couples or families, and no mediation"),
    Policy.NO_ANGER_CLASSES: phrase("Anger management does not take the place of the program"),
    Policy.TELLS_LIMITS: phrase("It tells everybody what it cannot promise"),
    Policy.NO_CLAIMS: phrase("It publishes no rates of success"),
    Policy.SAME_DAY_NOTICE: phrase("The mandating authority hears of noncompliance the same day"),
    Policy.SAME_RULES: phrase("Those who come by themselves keep the same rules as those sent"),
    Policy.RISK_APART: phrase("Risk information is kept apart from the participant’s file"),
    Policy.SCREENS: phrase(
        "It looks for substance use, mental health and trauma, and refers; none excuses abuse"
    ),
    Policy.TRAINED_WITH_ADVOCATES: phrase("Facilitators are trained together with advocates"),
    Policy.OBSERVED: phrase("Victim services may sit in and look at its work"),
}


@dataclass(frozen=True, slots=True)
class ProgramFacts:
    """What a program says of itself, and the members that it reports to.

    Attributes:
        policies: what was answered; whatever is absent is not known.
        version: 0 when nothing was ever said.
    """

    policies: Mapping[Policy, Known] = field(default_factory=dict)
    authorities: tuple[UUID, ...] = ()
    version: int = 0

    def says(self, policy: Policy) -> Known:
        """Return yes, no or unknown; silence is never a no. Source: R6."""
        return self.policies.get(policy, Known.UNKNOWN)


def may_supervise(member: Member) -> bool:
    """Return True for a member that may mandate: a court, probation, parole, an agency (R14, R32).

    Never victim services and never a private member: attendance goes to an authority alone.
    """
    return member.category in _MAY_SUPERVISE


def checked_facts(facts: ProgramFacts, members: Mapping[UUID, Member]) -> ProgramFacts:
    """Return what is kept of what was said: answers that are known, authorities that may be one.

    Args:
        members: listed members of the network by id.

    Raises:
        InvalidInputError: field `authorities`: one is no member that may supervise, or too many.
    """
    chosen = tuple(sorted(set(facts.authorities), key=str))
    right = all(i in members and may_supervise(members[i]) for i in chosen)
    if len(chosen) > MOST_AUTHORITIES or not right:
        raise InvalidInputError(
            phrase("Choose courts, probation, parole or agencies of the network."),
            field="authorities",
        )
    said = {p: known for p, known in facts.policies.items() if known is not Known.UNKNOWN}
    return ProgramFacts(said, chosen, facts.version)
