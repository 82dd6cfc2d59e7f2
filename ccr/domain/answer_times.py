"""How long partners took to answer in the last published year, as the gate let it out.

What lives here: which medians may leave by member, and what lies beyond the network's. What must
not: reading rows; a figure about anybody who was helped; a measure of how well a program works.

A member's median leaves only where it cannot narrow anything that was hidden: every need group that
the member states, or was sent, was shown as a number in all four quarters of the year. It needs 22
sent and 11 answered, each also without the part of any one sender. Abusive partner programs have
none (R12). Source: R68 (time to first contact), R95, ADR 0012 and 0022; the numbers are its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median
from uuid import UUID

from ccr.domain.small_cells import LEAST_SHOWN, QUARTERS, Count, Figure, Measured, NeedGroup

_LEAST_SENT = 2 * LEAST_SHOWN
_AN_HOUR = 60


@dataclass(frozen=True, slots=True)
class AnswerTimes:
    """Median minutes to an answer: whole hours, of the network and of single members.

    Attributes:
        network: None when the network's own was not published; then nobody is slow.
    """

    network: int | None = None
    by_member: Mapping[UUID, int] = field(default_factory=dict)

    def hours_beyond(self, member_id: UUID) -> int:
        """Return the whole hours by which a member's median lies beyond the network's, or 0.

        Who has no published figure is taken to answer as the network does.
        """
        if self.network is None:
            return 0
        own = self.by_member.get(member_id, self.network)
        return max(0, own - self.network) // _AN_HOUR


NOT_TOLD = AnswerTimes()


@dataclass
class Received:
    """What one member was sent in a year, on its way to the gate.

    Attributes:
        groups: need groups that it states, or was sent.
        sent, answered: with how many each sender knows of; `answered` with its minutes.
        is_apip: an abusive partner program is among its programs.
    """

    groups: set[NeedGroup] = field(default_factory=set)
    sent: Count = field(default_factory=Count)
    answered: Count = field(default_factory=Count)
    is_apip: bool = False


def gate_answer_times(
    year: str, published: Iterable[Figure], members: Mapping[UUID, Received]
) -> AnswerTimes:
    """Return the medians that may leave for a year of which all quarters are published.

    Args:
        year: as in "2026".
        published: every figure that the gate let out.
        members: what each member was sent in the year.
    """
    shown = _shown(year, published)
    safe = {group for group, quarters in shown.items() if len(quarters) == QUARTERS}
    if max((sum(quarters) for quarters in shown.values()), default=0) < _LEAST_SENT:
        return NOT_TOLD
    everybody = Count()
    for received in members.values():
        everybody.total += received.answered.total
        everybody.minutes += received.answered.minutes
        for sender, number in received.answered.known_to.items():
            everybody.known_to[sender] = everybody.known_to.get(sender, 0) + number
    # A receiver knows its own answers as a sender knows what it sent.
    most = max((received.answered.total for received in members.values()), default=0)
    if everybody.total - most < LEAST_SHOWN or not _enough(everybody):
        return NOT_TOLD
    return AnswerTimes(
        _whole_hours(everybody),
        {
            member_id: _whole_hours(received.answered)
            for member_id, received in members.items()
            if _may_leave(received, safe)
        },
    )


def _shown(year: str, published: Iterable[Figure]) -> dict[NeedGroup, list[int]]:
    """Return the numbers shown for the quarters of a year, by need group."""
    shown: dict[NeedGroup, list[int]] = {}
    for figure in published:
        is_quarter = figure.period.startswith(f"{year}Q")
        if is_quarter and figure.measure is Measured.SENT and figure.value is not None:
            shown.setdefault(figure.group, []).append(figure.value)
    return shown


def _may_leave(received: Received, safe: set[NeedGroup]) -> bool:
    sent = received.sent
    return (
        not received.is_apip
        and bool(received.groups)
        and received.groups <= safe
        and sent.least_left() >= _LEAST_SENT
        and _enough(received.answered)
    )


def _enough(answered: Count) -> bool:
    return len(answered.minutes) >= LEAST_SHOWN and answered.may_be_shown


def _whole_hours(answered: Count) -> int:
    return max(1, -(-int(median(answered.minutes)) // _AN_HOUR)) * _AN_HOUR
