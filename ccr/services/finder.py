"""The public finder: help near a place for anybody, without account, cookie or trace.

Nothing is written, counted, logged or kept, whatever is asked. What is shown comes from the public
directory alone, and whether its member is listed is asked again at that moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from ccr.domain import public_finder as rules
from ccr.domain import route_fields as read
from ccr.domain.directory import Service
from ccr.domain.errors import InvalidInputError, NotFoundError
from ccr.domain.phrases import phrase
from ccr.domain.plain_needs import PlainNeed, needs_of, read_choices
from ccr.domain.public_finder import MOST_JUDGED, MOST_SHOWN, Wishes
from ccr.domain.routing_request import AreaPartner, Partner, RouteRequest
from ccr.domain.taxonomy import CompartmentKind, Need, Regime, Track
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.public_directory import PublicDirectory, public_directory
from ccr.services.world import World
from ccr.storage.queries import finder as rows
from ccr.storage.queries.accounts import NetworkFacts, list_networks

__all__ = [
    "FinderAnswer",
    "FinderFields",
    "NetworkFacts",
    "find_help",
    "find_programs",
    "get_listing",
    "open_listing",
    "places_meant",
    "public_identity",
    "public_network",
    "short_list",
]

_NOBODY = UUID(int=0)
MOST_ON_PAPER = 2 * MOST_SHOWN
MOST_MEANT = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class FinderFields:
    """A question as typed: plain texts. An empty text means "not said"."""

    help: list[str] = field(default_factory=list, repr=False)
    near: str = field(default="", repr=False)
    language: str = ""
    access: list[str] = field(default_factory=list)
    wishes: Wishes = field(default_factory=Wishes)


@dataclass(frozen=True, slots=True)
class FinderAnswer:
    """What is near, what serves the whole area, and where to turn when nothing is.

    Attributes:
        moments: when the wishes ask for open doors.
        eased: True when nothing fitted every wish, and what is shown is without the wishes.
        closest: people who know who else helps, when nothing fitted at all.
        farther: services of the same state that help with it, when nothing fitted at all.
        flagged: programs of it without a consultation protocol in force.
    """

    request: RouteRequest
    choices: tuple[PlainNeed, ...]
    wishes: Wishes = field(default_factory=Wishes)
    moments: tuple[datetime, ...] = ()
    partners: tuple[Partner, ...] = ()
    area_partners: tuple[AreaPartner, ...] = ()
    eased: bool = False
    closest: tuple[Partner | AreaPartner, ...] = ()
    farther: tuple[Service, ...] = ()
    flagged: frozenset[UUID] = frozenset()

    @property
    def services(self) -> tuple[Service, ...]:
        """Return every service of the answer."""
        partners = (*self.partners, *self.area_partners, *self.closest)
        return (*(partner.service for partner in partners), *self.farther)

    @property
    def found(self) -> int:
        """Return how many services fitted."""
        return len(self.partners) + len(self.area_partners)


def public_network(world: World) -> NetworkFacts | None:
    """Return the network that public pages show: the one of the settings, else the only one."""
    return _chosen(world, list_networks())


def network_of_the_front_page(world: World) -> NetworkFacts | None:
    """Return the same for the page with the lines to call, which stands without a database too."""
    return _chosen(world, rows.networks_if_any_answer())


def _chosen(world: World, networks: list[NetworkFacts]) -> NetworkFacts | None:
    wanted = world.settings.public_network
    if wanted:
        return next((n for n in networks if n.name.casefold() == wanted.casefold()), None)
    return networks[0] if len(networks) == 1 else None


def public_identity(network: NetworkFacts) -> Identity:
    """Return who anybody is on the public pages of a network: nobody in particular."""
    return Identity(
        user_id=None,
        network_id=network.id,
        member_id=_NOBODY,
        compartment_id=_NOBODY,
        compartment_kind=CompartmentKind.GENERAL,
        regime=Regime.OTHER,
        from_public=True,
    )


def find_help(
    identity: Identity, world: World, fields: FinderFields, *, network: NetworkFacts, at: datetime
) -> FinderAnswer:
    """Return help for what was asked. Nothing is written.

    Args:
        network: whose state is where a town is looked for first, and whose clock says when tonight
            and the weekend are.

    Raises:
        ForbiddenError: the identity is not the public's.
        InvalidInputError: a field cannot be used; `field` is its name.
    """
    authorise(identity, Permission.FINDER_USE)
    choices = read_choices(fields.help)
    request = RouteRequest(
        needs=needs_of(choices),
        near=world.gazetteer.resolve(fields.near, default_state=network.state),
        at=at,
        language=read.read_language(fields.language),
        access=read.read_access(fields.access),
        limit=MOST_JUDGED,
    )
    directory = public_directory(identity.network_id)
    moments = fields.wishes.moments(at, network.timezone)
    asked = FinderAnswer(request, choices, fields.wishes, moments)
    answer = _search(identity, world, directory, asked)
    if answer.found:
        return answer
    if fields.wishes or request.language or request.access:
        plain = replace(request, language=None, access=frozenset())
        eased = _search(identity, world, directory, FinderAnswer(plain, choices))
        if eased.found:
            return replace(
                asked,
                partners=eased.partners,
                area_partners=eased.area_partners,
                eased=True,
            )
    return _wider(identity, world, directory, answer)


def find_programs(
    identity: Identity, world: World, near: str, *, network: NetworkFacts, at: datetime
) -> FinderAnswer:
    """Return the programs for abusive partners near a place; never beside help for survivors.

    Those without a consultation protocol in force come after the others, each said to be one (R3):
    neither is a judgement of what a program achieves, and nothing else moves a program (R12).

    Args:
        network: whose state is where a town is looked for first, and whose day it is.

    Raises:
        ForbiddenError: the identity is not the public's.
        InvalidInputError: the place cannot be used; field `near`.
    """
    authorise(identity, Permission.FINDER_USE)
    request = RouteRequest(
        needs=(Need.ABUSIVE_PARTNER_INTERVENTION,),
        near=world.gazetteer.resolve(near, default_state=network.state),
        at=at,
        track=Track.ABUSIVE_PARTNER,
        limit=MOST_JUDGED,
    )
    directory = public_directory(identity.network_id)
    answer = _search(identity, world, directory, FinderAnswer(request, ()), most=MOST_JUDGED)
    if not answer.found:
        answer = _wider(identity, world, directory, answer)
    flagged = directory.without_protocol(answer.services, _day_of(network, at))
    return _flagged_last(answer, flagged)


def _flagged_last(answer: FinderAnswer, flagged: frozenset[UUID]) -> FinderAnswer:
    """Return the answer with flagged programs after the others, each part cut to what is shown."""
    return replace(
        answer,
        partners=rules.last_of(answer.partners, flagged, lambda p: p.service.id),
        area_partners=rules.last_of(answer.area_partners, flagged, lambda p: p.service.id),
        farther=rules.last_of(answer.farther, flagged, lambda s: s.id),
        flagged=flagged,
    )


def _day_of(network: NetworkFacts, at: datetime) -> date:
    """Return the day of a network at a moment."""
    return at.astimezone(ZoneInfo(network.timezone)).date()


def places_meant(identity: Identity, world: World, near: str, *, state: str) -> tuple[str, ...]:
    """Return the places that a text may stand for when it named none, or more than one."""
    authorise(identity, Permission.FINDER_USE)
    try:
        found = world.gazetteer.places(near, default_state=state)
    except InvalidInputError:
        return world.gazetteer.alike(near, state)
    return tuple(place.label for place in found[:MOST_MEANT]) if len(found) > 1 else ()


def get_listing(identity: Identity, service_id: UUID) -> Service:
    """Return one public listing.

    Raises:
        NotFoundError: there is none, or it is not for everybody: the same for both.
    """
    authorise(identity, Permission.FINDER_USE)
    return _listed(identity, public_directory(identity.network_id), service_id)


def open_listing(
    identity: Identity, service_id: UUID, *, network: NetworkFacts, at: datetime
) -> tuple[Service, bool]:
    """Return one public listing, and whether it is a program without a protocol in force (R3).

    Raises:
        NotFoundError: as for `get_listing`.
    """
    authorise(identity, Permission.FINDER_USE)
    directory = public_directory(identity.network_id)
    service = _listed(identity, directory, service_id)
    return service, bool(directory.without_protocol([service], _day_of(network, at)))


def _listed(identity: Identity, directory: PublicDirectory, service_id: UUID) -> Service:
    service = directory.index.services.get(service_id)
    if service is None or not rows.still_listed(identity.network_id, [service.member.id]):
        raise NotFoundError
    return service


def short_list(identity: Identity, ids: Sequence[str]) -> tuple[Service, ...]:
    """Return the listings of these ids for a sheet of paper, in the order given, each once.

    Raises:
        InvalidInputError: none of them is a listing, or they are too many.
    """
    authorise(identity, Permission.FINDER_USE)
    services = public_directory(identity.network_id).index.services
    wanted = dict.fromkeys(_ids(ids))
    found = _now_listed(identity, [services[i] for i in wanted if i in services])
    if not found or len(found) > MOST_ON_PAPER:
        raise InvalidInputError(phrase("Search first, then print the list that you see."))
    return tuple(found)


def _search(
    identity: Identity,
    world: World,
    directory: PublicDirectory,
    empty: FinderAnswer,
    most: int = MOST_SHOWN,
) -> FinderAnswer:
    """Return the answer with what fits its request and its wishes."""
    request, wishes = empty.request, empty.wishes
    ranked = directory.index.rank(request, hours=world.hours, weights=directory.weights)
    both: list[Partner | AreaPartner] = [*ranked.partners, *ranked.area_partners]
    fitting = {
        p.service.id
        for p in both
        if not wishes or rules.grants(p.service, wishes, empty.moments, world.hours)
    }
    shown = {
        s.id for s in _now_listed(identity, [p.service for p in both if p.service.id in fitting])
    }
    return replace(
        empty,
        partners=tuple(p for p in ranked.partners if p.service.id in shown)[:most],
        area_partners=tuple(p for p in ranked.area_partners if p.service.id in shown)[:most],
    )


def _wider(
    identity: Identity, world: World, directory: PublicDirectory, answer: FinderAnswer
) -> FinderAnswer:
    """Return the empty answer with whom to try instead: closest helpers, then the whole state."""
    request = answer.request
    closest: tuple[Partner | AreaPartner, ...] = ()
    if request.track is Track.SURVIVOR:
        helpers = replace(
            request, needs=rules.CLOSEST_HELP, language=None, access=frozenset(), limit=MOST_JUDGED
        )
        found = _search(identity, world, directory, FinderAnswer(helpers, ()))
        closest = (*found.partners, *found.area_partners)
    known = {partner.service.id for partner in closest}
    farther = [
        service
        for service in rules.farther_away(directory.index.services.values(), request)
        if service.id not in known
    ]
    return replace(answer, closest=closest, farther=tuple(_now_listed(identity, farther)))


def _now_listed(identity: Identity, services: Iterable[Service]) -> list[Service]:
    """Return the services whose member is listed at this moment, in the order given."""
    found = list(services)
    listed = rows.still_listed(identity.network_id, [service.member.id for service in found])
    return [service for service in found if service.member.id in listed]


def _ids(texts: Iterable[str]) -> list[UUID]:
    """Return the texts that are ids; whatever else was sent is no listing."""
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
