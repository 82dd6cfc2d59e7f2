"""The network desk: who is linked to whom, who is late, and the figures that may be told.

Figures about people are published here and nowhere else, through the gate of domain/small_cells.
Late answers are said of members and weeks; no code, no count, nothing after acceptance (R79).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from ccr.domain.answer_times import AnswerTimes, Received, gate_answer_times
from ccr.domain.directory import Agreement, Member
from ccr.domain.errors import InvalidInputError
from ccr.domain.late_answers import LateMember
from ccr.domain.network import MemberNetwork, member_network
from ccr.domain.pathways import Pathway, Program, Protocol
from ccr.domain.phrases import phrase
from ccr.domain.program_figures import gate_programs
from ccr.domain.small_cells import (
    Counted,
    Figure,
    Measured,
    gate,
    gate_year,
    quarter_bounds,
)
from ccr.domain.used_pathways import UsedYear, YearSent, gate_used, leaves_room
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.routing import ready_directory
from ccr.storage.db import unit_of_work
from ccr.storage.queries import accounts, figures, program_figures, used_pathways
from ccr.storage.queries import coordination as queries
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.directory_log import raise_directory_version


@dataclass(frozen=True, slots=True)
class NetworkView:
    """The network as a graph, and the promises it was made of.

    Attributes:
        on: today, in the network's zone.
    """

    network: MemberNetwork
    agreements: tuple[Agreement, ...]
    pathways: tuple[Pathway, ...]
    on: date


@dataclass(frozen=True, slots=True)
class Publication:
    """What one run of publishing did: the quarter's figures, and whether they are new.

    Attributes:
        used: the pathways of its year, once the year's four quarters are published.
    """

    period: str
    figures: tuple[Figure, ...]
    new: bool
    used: UsedYear | None = None


def network_view(identity: Identity, *, at: datetime) -> NetworkView:
    """Return the members and links of the identity's network. Writes nothing."""
    authorise(identity, Permission.COORDINATION_READ)
    ready = ready_directory(identity)
    on = at.astimezone(ZoneInfo(ready.timezone)).date()
    members = queries.list_network_members(identity.network_id)
    return network_of(identity, members, ready.index.agreements, on)


def network_of(
    identity: Identity, members: Sequence[Member], agreements: tuple[Agreement, ...], on: date
) -> NetworkView:
    """Return the network of members and agreements that were read already, on a day."""
    authorise(identity, Permission.COORDINATION_READ)
    pathways = queries.list_pathways(identity.network_id)
    network = member_network(members, agreements, pathways, on)
    return NetworkView(network, agreements, pathways, on)


def list_programs(
    identity: Identity,
) -> tuple[tuple[Program, ...], tuple[Protocol, ...]]:
    """Return the abusive partner programs of the network, and their consultation protocols."""
    authorise(identity, Permission.COORDINATION_READ)
    return queries.list_programs(identity.network_id)


def late_answers(identity: Identity, timezone: str, *, at: datetime) -> tuple[LateMember, ...]:
    """Return the members that owe an answer, longest first."""
    authorise(identity, Permission.COORDINATION_READ)
    return figures.late_members(identity.network_id, timezone, at=at)


def list_published(identity: Identity) -> tuple[Figure, ...]:
    """Return every figure that the gate let out, newest period first."""
    authorise(identity, Permission.COORDINATION_READ)
    return figures.list_figures(identity.network_id)


def list_used(identity: Identity) -> tuple[UsedYear, ...]:
    """Return which pathways were used in each published year, newest first."""
    authorise(identity, Permission.COORDINATION_READ)
    return used_pathways.list_used(identity.network_id)


def publish_quarter(identity: Identity, period: str, *, at: datetime) -> Publication:
    """Count a quarter that is over, let it through the gate, and freeze it.

    Publishing again changes nothing and returns what was published. With the fourth quarter of a
    year published, what may be said of the year follows by itself.

    Raises:
        InvalidInputError: it is no quarter, or it is not over yet; field "quarter".
    """
    network = accounts.get_network(identity.network_id)
    _, end = quarter_bounds(period, network.timezone)
    if at < end:
        raise InvalidInputError(
            phrase("%(quarter)s is not over yet.", quarter=period), field="quarter"
        )
    with unit_of_work():
        authorise(identity, Permission.FIGURE_PUBLISH)
        found = gate(period, figures.count_quarter(identity.network_id, period, network.timezone))
        new = figures.freeze(identity.network_id, period, found, at=at)
        if new:
            append_event(identity, "published", "figures", None, at=at, reason=period)
        _publish_programs(identity, period, network.timezone, at=at)
        _publish_year(identity, period[:4], network.timezone, at=at)
        frozen = figures.list_figures(identity.network_id)
        years = used_pathways.list_used(identity.network_id)
    used = next((one for one in years if one.year == period[:4]), None)
    return Publication(period, tuple(f for f in frozen if f.period == period), new, used)


def _publish_programs(identity: Identity, period: str, timezone: str, *, at: datetime) -> None:
    """Publish what may be said of programs in a quarter, also of one published before they were."""
    counted = program_figures.count_programs(identity.network_id, period, timezone)
    found = gate_programs(period, counted)
    if program_figures.freeze_programs(identity.network_id, period, found, at=at):
        append_event(identity, "published", "program-figures", None, at=at, reason=period)


def _publish_year(identity: Identity, year: str, timezone: str, *, at: datetime) -> None:
    """Publish a year once its four quarters are, from the same rows, through the same gate.

    A year that was published before pathways were told gets them now: its sums are frozen.
    """
    quarters = [f"{year}Q{number}" for number in range(1, 5)]
    done = figures.published_periods(identity.network_id)
    told = {one.year for one in used_pathways.list_used(identity.network_id)}
    if not done.issuperset(quarters) or year in done & told:
        return
    published = figures.list_figures(identity.network_id)
    counted = [figures.count_quarter(identity.network_id, q, timezone) for q in quarters]
    found = (
        *gate_year(year, Measured.SENT, [c.sent for c in counted], published),
        *gate_year(year, Measured.UNMET, [c.unmet for c in counted], published),
    )
    received, sent = _year_sent(identity, year, timezone, counted)
    if figures.freeze(identity.network_id, year, found, at=at):
        times = gate_answer_times(year, published, received)
        if not leaves_room(year, published, replace(sent, timed=tuple(times.by_member))):
            times = AnswerTimes(times.network)
        figures.freeze_answer_times(identity.network_id, year, times, at=at)
        raise_directory_version(identity.network_id)
        append_event(identity, "published", "figures", None, at=at, reason=year)
    if year not in told:
        timed = figures.timed_members(identity.network_id, year)
        ways = gate_used(year, published, replace(sent, timed=timed))
        if used_pathways.freeze_used(identity.network_id, year, ways, at=at):
            append_event(identity, "published", "pathways", None, at=at, reason=year)


def _year_sent(
    identity: Identity, year: str, timezone: str, counted: Sequence[Counted]
) -> tuple[Mapping[UUID, Received], YearSent]:
    """Return what every member was sent in a year, and what went which way, for the gate."""
    start, end = quarter_bounds(f"{year}Q1", timezone)[0], quarter_bounds(f"{year}Q4", timezone)[1]
    received = figures.received_by_member(identity.network_id, start, end)
    return received, YearSent(
        used_pathways.count_ways(identity.network_id, start, end),
        [one.sent for one in counted],
        {member: of.groups for member, of in received.items()},
        (),
        len(queries.list_network_members(identity.network_id)),
    )
