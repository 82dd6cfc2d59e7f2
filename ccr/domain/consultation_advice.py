"""What may be advised in a safety consultation: a closed list about the program's own conduct.

What lives here: the list, and what stands for a concern before anybody has answered. What must
not: a word that says or implies that anybody is known to, or helped by, anybody (R2, design 6b).
"""

from __future__ import annotations

from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import Labelled, Urgency


class Concern(Labelled):
    """What a program consults about (S3). The order is the order on screen."""

    THREAT = "threat"
    WEAPON = "weapon"
    ORDER = "order"
    ESCALATION = "escalation"
    CHILDREN = "children"
    SELF_HARM = "self-harm"
    PARTNER_CONTACT = "partner-contact"
    ATTENDANCE = "attendance"
    GROUP = "group"
    COURT = "court"
    OTHER = "other"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _CONCERNS[self]


class Advice(Labelled):
    """What a program is advised to do or leave undone, on the phone or here."""

    CALL_911 = "call-911"
    CALL_US = "call-us"
    TALK_FIRST = "talk-first"
    KEEP_PROTOCOL = "keep-protocol"
    SAY_NOTHING = "say-nothing"
    NO_CONTACT = "no-contact"
    KEEP_SCHEDULE = "keep-schedule"
    END_LATER = "end-later"
    REVIEW_GROUP = "review-group"
    SESSION_SAFETY = "session-safety"
    OWN_DUTIES = "own-duties"
    TELL_AUTHORITY = "tell-authority"
    REPORT_CHILD = "report-child"
    CRISIS_LINE = "crisis-line"

    @property
    def label(self) -> Phrase:
        """Return the sentence for people."""
        return _ADVICE[self]


_ALWAYS = frozenset({Advice.KEEP_PROTOCOL, Advice.SAY_NOTHING, Advice.NO_CONTACT})
_BY_CONCERN: dict[Concern, frozenset[Advice]] = {
    Concern.THREAT: frozenset({Advice.OWN_DUTIES, Advice.SESSION_SAFETY}),
    Concern.WEAPON: frozenset({Advice.OWN_DUTIES, Advice.SESSION_SAFETY}),
    Concern.ORDER: frozenset({Advice.TELL_AUTHORITY, Advice.KEEP_SCHEDULE}),
    Concern.ESCALATION: frozenset({Advice.KEEP_SCHEDULE}),
    Concern.CHILDREN: frozenset({Advice.REPORT_CHILD}),
    Concern.SELF_HARM: frozenset({Advice.CRISIS_LINE}),
    Concern.PARTNER_CONTACT: frozenset(),
    Concern.ATTENDANCE: frozenset({Advice.END_LATER}),
    Concern.GROUP: frozenset({Advice.KEEP_SCHEDULE}),
    Concern.COURT: frozenset({Advice.KEEP_SCHEDULE}),
    Concern.OTHER: frozenset(),
}
_BY_URGENCY: dict[Urgency, frozenset[Advice]] = {
    Urgency.IMMEDIATE: frozenset({Advice.CALL_911}),
    Urgency.HIGH: frozenset({Advice.CALL_911}),
    Urgency.STANDARD: frozenset(),
}


def standing_advice(concern: Concern, urgency: Urgency) -> tuple[Advice, ...]:
    """Return what holds for every concern of this kind, whoever answers or does not.

    It follows from the two codes alone, so it tells nothing. Source: S2, S3, R2; the list is our
    choice (ADR 0031).

    >>> [one.value for one in standing_advice(Concern.OTHER, Urgency.STANDARD)]
    ['keep-protocol', 'say-nothing', 'no-contact']
    """
    return in_order(_ALWAYS | _BY_CONCERN[concern] | _BY_URGENCY[urgency])


def in_order(advice: frozenset[Advice]) -> tuple[Advice, ...]:
    """Return advice in the order of the list: the order of choosing would be a message."""
    return tuple(one for one in Advice if one in advice)


_CONCERNS = {
    Concern.THREAT: phrase("A threat"),
    Concern.WEAPON: phrase("A weapon"),
    Concern.ORDER: phrase("Stalking, or contact against an order"),
    Concern.ESCALATION: phrase("Signs that it is getting worse"),
    Concern.CHILDREN: phrase("Harm to a child"),
    Concern.SELF_HARM: phrase("Talk of suicide or self-harm"),
    Concern.PARTNER_CONTACT: phrase("A question about contact with the partner"),
    Concern.ATTENDANCE: phrase("Missed sessions, or an end of the program"),
    Concern.GROUP: phrase("Which group is safe to place somebody in"),
    Concern.COURT: phrase("A court date, or an order that ends"),
    Concern.OTHER: phrase("Another concern"),
}
_ADVICE = {
    Advice.CALL_911: phrase("If there is danger now, call 911."),
    Advice.CALL_US: phrase("Call us again today."),
    Advice.TALK_FIRST: phrase("Talk with us before the next session."),
    Advice.KEEP_PROTOCOL: phrase("Keep to your own protocol, step by step."),
    Advice.SAY_NOTHING: phrase("Say nothing of this consultation to the participant."),
    Advice.NO_CONTACT: phrase("Make no contact with the partner or the family."),
    Advice.KEEP_SCHEDULE: phrase("Leave the participant’s schedule as it is for now."),
    Advice.END_LATER: phrase("End nobody’s place in the program before you have talked it over."),
    Advice.REVIEW_GROUP: phrase("Look at the group placement again, together with us."),
    Advice.SESSION_SAFETY: phrase("Plan how your staff and the group stay safe in the session."),
    Advice.OWN_DUTIES: phrase("Look at your own legal duties on threats, and act on them today."),
    Advice.TELL_AUTHORITY: phrase("Tell the mandating authority today, under your own duty."),
    Advice.REPORT_CHILD: phrase("If you have to report harm to a child, report it today."),
    Advice.CRISIS_LINE: phrase("Connect the participant with crisis help (988) today."),
}
