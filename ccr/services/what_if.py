"""What would change if: asked of the directory and the promises as they are. Writes nothing.

A question is a few codes and ids, so that its address can be shared inside the network. It says
nothing about a person, and no figure of referrals is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from ccr.domain.directory import Service
from ccr.domain.gap_counting import is_full
from ccr.domain.losing_a_service import (
    broken_network,
    broken_pathways,
    cells_if_full,
    cells_without_service,
)
from ccr.domain.network import MemberNetwork, member_network
from ccr.domain.pathways import Pathway
from ccr.domain.people_affected import Affected, people_of_counties
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.what_if import (
    CellChange,
    Loss,
    Removal,
    cells_open_at_night,
    cells_with,
    remove_member,
    worst_losses,
)
from ccr.domain.what_if_questions import Question, Scenario
from ccr.engine.network_places import holders
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services import coordination, gaps
from ccr.services.authorise import authorise
from ccr.services.coordination import NetworkView
from ccr.services.gaps import GapBoard
from ccr.services.routing import ready_directory
from ccr.services.what_if_places import (
    LostReach,
    Reached,
    ZipsOfNetwork,
    no_longer_reached,
    one_more_at,
    where_most,
    zips_of_network,
)
from ccr.services.world import World

MOST_SHOWN = 12


MOST_KEPT = 8


_kept: dict[UUID, tuple[int, date, tuple[Loss, ...]]] = {}


@dataclass(frozen=True, slots=True)
class Answer:
    """What would change.

    Attributes:
        changes: cells that would be in another state, the worst first.
        affected: who lives in the counties of these cells.
        removal: of somebody leaving or closing: links, who is cut off, who then holds others.
        pathways: promised pathways that would end, or lead to nobody who helps.
        reached: of a question about distance.
        lost: ZIPs that would be within reach of a need no more, of somebody leaving or closing.
    """

    changes: tuple[CellChange, ...] = ()
    affected: Affected = field(default_factory=lambda: Affected(0, 0, 0, 0))
    removal: Removal | None = None
    pathways: tuple[Pathway, ...] = ()
    reached: Reached | None = None
    lost: tuple[LostReach, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a question.

    Attributes:
        board: the matrix as it is, with members and counties to ask about.
        services: those that may be asked about, by member and name.
        scenario: what was asked; None for nothing asked.
        refused: why it has no answer, or None.
        worst: who would be missed most, most first: by cells that would be empty, then cut off.
    """

    board: GapBoard
    network: MemberNetwork
    services: tuple[Service, ...]
    scenario: Scenario | None
    refused: Phrase | None
    answer: Answer
    worst: tuple[Loss, ...]

    @property
    def is_answered(self) -> bool:
        """Return True when something was asked that has an answer."""
        return self.scenario is not None and self.refused is None


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question with everything that an answer is made of."""

    identity: Identity
    world: World
    board: GapBoard
    view: NetworkView
    services: tuple[Service, ...]
    scenario: Scenario
    at: datetime

    @property
    def open_pathways(self) -> list[Pathway]:
        """Return the pathways that are open today between members that are there."""
        here = self.view.network.members
        return [
            p
            for p in self.view.pathways
            if p.open_on(self.view.on) and p.from_member_id in here and p.to_member_id in here
        ]

    def zips(self) -> ZipsOfNetwork:
        """Return the ZIPs of the network."""
        return zips_of_network(self.identity, self.board, self.world)


def what_if(
    identity: Identity,
    world: World,
    scenario: Scenario | None,
    *,
    at: datetime,
    on_paper: bool = False,
) -> Outcome:
    """Return what would change. A question that is not whole counts as not asked.

    on_paper: for what travels: nothing in it tells how full a confidential service is.
    """
    authorise(identity, Permission.COORDINATION_READ)
    board = gaps.board(identity, world, at=at)
    board = board.on_paper() if on_paper else board
    view = coordination.network_of(identity, board.members, board.agreements, board.on)
    services = _services_of(identity)
    whole = scenario if scenario is not None and scenario.is_whole else None
    if whole is not None and _of_another(whole, services):
        whole = None  # a member was chosen last, whose services are asked about next
    answer, refused = Answer(), None
    if whole is not None:
        asked = _Asked(identity, world, board, view, services, whole, at)
        found = _ANSWERS[whole.question](asked)
        answer, refused = (found, None) if isinstance(found, Answer) else (Answer(), found)
    worst = () if on_paper else _worst(identity.network_id, board, view.network)
    return Outcome(board, view.network, services, whole, refused, answer, worst)


def _services_of(identity: Identity) -> tuple[Service, ...]:
    found = ready_directory(identity).index.snapshot.routable
    return tuple(sorted(found, key=lambda s: s.member.name))


def _of_another(asked: Scenario, services: tuple[Service, ...]) -> bool:
    """Return True for a service of another member than the one that is named beside it."""
    of = next((s.member.id for s in services if s.id == asked.service_id), None)
    named = asked.member_id is not None and asked.question.of_service
    return named and of is not None and of != asked.member_id


GONE = phrase("What this question names does not take part in the network any more.")
NO_COUNTY = phrase("No service of the network counts for this county any more.")
NO_ZIP = phrase("No county of the network has this ZIP. Use another one.")


def _leaves(asked: _Asked) -> Answer | Phrase:
    network, member_id = asked.view.network, asked.scenario.member_id
    if member_id is None or member_id not in network.members:
        return GONE
    edges = [(link.a, link.b) for link in network.links if link.kind.links]
    holding = holders(tuple(network.members), edges)
    removal = remove_member(asked.board.matrix, network, member_id, holding=holding)
    ends = [p for p in asked.open_pathways if member_id in {p.from_member_id, p.to_member_id}]
    answer = _answer(asked, removal.cells, removal=removal, pathways=tuple(ends))
    return _with_lost(asked, answer, [s for s in asked.services if s.member.id == member_id])


def _closes(asked: _Asked) -> Answer | Phrase:
    service = _service(asked)
    if service is None:
        return GONE
    cells = cells_without_service(asked.board.matrix, service.id)
    broken = broken_pathways(asked.open_pathways, asked.services, service.id)
    removal = None
    if broken:
        lost = {pathway.id for pathway in broken}
        left = [pathway for pathway in asked.view.pathways if pathway.id not in lost]
        now, agreements = asked.view.network, asked.view.agreements
        then = member_network(now.members.values(), agreements, left, asked.view.on)
        ends = broken_network(now, then)
        removal = Removal(service.member.id, cells, ends.links, ends.cut_off, ends.newly_holding)
    answer = _answer(asked, cells, removal=removal, pathways=broken)
    return _with_lost(asked, answer, [service])


def _full(asked: _Asked) -> Answer | Phrase:
    service = _service(asked)
    if service is None:
        return GONE

    def full(other: Service) -> bool:
        # On paper and on screen alike: which pathway leads to a full house must not be told.
        return not other.confidential and is_full(other, asked.at)

    broken = broken_pathways(asked.open_pathways, asked.services, service.id, full=full)
    answer = _answer(asked, cells_if_full(asked.board.matrix, service.id), pathways=broken)
    return _with_lost(asked, answer, [service])


def _with_lost(asked: _Asked, answer: Answer, services: Sequence[Service]) -> Answer:
    lost = no_longer_reached(asked.identity, asked.board, asked.zips(), services)
    return replace(answer, lost=lost)


def _service(asked: _Asked) -> Service | None:
    return next((s for s in asked.services if s.id == asked.scenario.service_id), None)


def _opens(asked: _Asked) -> Answer | Phrase:
    line, fips = asked.scenario.line or "", asked.scenario.area or ""
    if (line, fips) not in asked.board.matrix.cells:
        return NO_COUNTY
    return _answer(asked, cells_with(asked.board.matrix, line, fips))


def _at_a_place(asked: _Asked) -> Answer | Phrase:
    zips = asked.zips()
    fips = zips.county_of(asked.scenario.area or "")
    if fips is None:
        return NO_ZIP
    changes = cells_with(asked.board.matrix, asked.scenario.line or "", fips)
    reached = one_more_at(asked.identity, asked.board, zips, asked.scenario)
    return _answer(asked, changes, reached=reached)


def _at_night(asked: _Asked) -> Answer | Phrase:
    member_id = asked.scenario.member_id
    if member_id is None or member_id not in asked.view.network.members:
        return GONE
    return _answer(asked, cells_open_at_night(asked.board.matrix, member_id))


def _most(asked: _Asked) -> Answer | Phrase:
    reached = where_most(asked.identity, asked.board, asked.zips(), asked.scenario)
    return _answer(asked, (), reached=reached)


_ANSWERS: dict[Question, Callable[[_Asked], Answer | Phrase]] = {
    Question.LEAVES: _leaves,
    Question.CLOSES: _closes,
    Question.FULL: _full,
    Question.OPENS: _opens,
    Question.PLACE: _at_a_place,
    Question.NIGHT: _at_night,
    Question.MOST: _most,
}


def _answer(
    asked: _Asked,
    changes: tuple[CellChange, ...],
    *,
    removal: Removal | None = None,
    pathways: tuple[Pathway, ...] = (),
    reached: Reached | None = None,
) -> Answer:
    counties = (change.county.fips for change in changes)
    affected = people_of_counties(counties, asked.board.people, asked.world.gazetteer.zips_of)
    return Answer(changes, affected, removal, pathways, reached)


def _worst(network_id: UUID, board: GapBoard, network: MemberNetwork) -> tuple[Loss, ...]:
    """Return whom most would miss; the same directory on the same day is looked at once."""
    kept = _kept.get(network_id)
    if kept is not None and kept[:2] == (board.version, board.on):
        return kept[2]
    found = worst_losses(board.matrix, network, MOST_SHOWN)
    _kept[network_id] = (board.version, board.on, found)
    while len(_kept) > MOST_KEPT:
        _kept.pop(next(iter(_kept)))
    return found
