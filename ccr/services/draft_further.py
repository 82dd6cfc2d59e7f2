"""Further partners of a draft: named to the person beside the first, each with a yes of its own.

One after the other in their order; all at once, where the network allows it; or one for each need.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from ccr.domain import release as releases
from ccr.domain.asking import MOST_FURTHER, AskingWay, may_ask_at_once
from ccr.domain.errors import InvalidInputError, NotFoundError
from ccr.domain.phrases import phrase
from ccr.domain.referral_states import State
from ccr.domain.routing_request import Plan
from ccr.policy.identity import Identity
from ccr.services import routing
from ccr.services.asking_rules import at_once_allowed
from ccr.services.draft_facts import DraftFacts, FurtherPartner
from ccr.services.draft_keeping import change_draft, load_draft
from ccr.services.draft_partner import check_partner, options
from ccr.services.draft_ways import is_reachable
from ccr.services.world import World
from ccr.storage.queries.receivers import Receiver, get_receivers


def name_further(
    identity: Identity,
    world: World,
    draft_id: UUID,
    services: Sequence[UUID],
    way: AskingWay = AskingWay.ORDERED,
    *,
    at: datetime,
) -> None:
    """Keep who is asked beside the chosen partner, in this order; none takes all of them out.

    Raises:
        InvalidInputError: field `further`: one twice, too many, or a hard limit stands in the
            way; field `way`: they may not be asked at once.
    """

    def change(facts: DraftFacts) -> DraftFacts:
        if facts.chosen_service is None:
            raise InvalidInputError(phrase("Choose a partner first."), field="service_id")
        named = [facts.chosen_service, *services]
        if len(set(named)) < len(named):
            raise InvalidInputError(phrase("Name each partner once."), field="further")
        if len(services) > MOST_FURTHER:
            raise InvalidInputError(
                phrase("Name at most %(most)s further partners.", most=MOST_FURTHER),
                field="further",
            )
        before = {partner.service_id: partner for partner in facts.further}
        further = tuple(_further(identity, world, facts, s, before, at=at) for s in services)
        if way is AskingWay.AT_ONCE and further:
            _check_at_once(identity, named)
        return replace(facts, further=further, way=way.value if further else "")

    change_draft(identity, world, draft_id, change, at=at)


def _further(
    identity: Identity,
    world: World,
    facts: DraftFacts,
    service_id: UUID,
    before: Mapping[str, FurtherPartner],
    *,
    at: datetime,
) -> FurtherPartner:
    try:
        partner = check_partner(identity, world, facts, service_id, at=at)
    except InvalidInputError as error:
        raise InvalidInputError(error.phrase, field="further") from error
    known = before.get(str(service_id))
    until = known.release_until if known and not partner.by_phone else ""
    return replace(_named(partner), release_until=until)


def _named(partner: Receiver, needs: tuple[str, ...] = ()) -> FurtherPartner:
    return FurtherPartner(
        str(partner.service_id),
        partner.by_phone,
        needs,
        by_link=partner.by_link,
        service_name=partner.service_name,
        member_name=partner.member_name,
    )


def _check_at_once(identity: Identity, named: Collection[UUID]) -> None:
    partners = get_receivers(identity.network_id, named).values()
    if not partners_at_once(identity, partners):
        raise InvalidInputError(
            phrase("These partners are asked one after the other."), field="way"
        )


def partners_at_once(identity: Identity, partners: Collection[Receiver]) -> bool:
    """Return True when these may be asked at once: allowed, all at the desk, no victim services."""
    parties = [(identity.compartment_kind, identity.regime)]
    parties += [(partner.kind, partner.regime) for partner in partners]
    everybody_reads = not any(partner.by_phone or partner.by_link for partner in partners)
    return everybody_reads and may_ask_at_once(allowed=at_once_allowed(identity), parties=parties)


def choose_plan(
    identity: Identity, world: World, draft_id: UUID, services: Collection[UUID], *, at: datetime
) -> None:
    """Keep a plan that routing proposes: each of its partners is asked for needs of its own.

    Raises:
        InvalidInputError: field `plan`: routing does not propose it any more, or a partner of it
            cannot be asked here.
    """
    answer = options(identity, world, draft_id, at=at)
    wanted = frozenset(services)
    plan = next((p for p in answer.plans if frozenset(p.service_ids) == wanted), None)
    if plan is None:
        raise InvalidInputError(
            phrase("This plan is not proposed any more. Look at the plans again."), field="plan"
        )
    change_draft(
        identity,
        world,
        draft_id,
        lambda facts: _planned(identity, world, facts, plan, at=at),
        at=at,
    )


def _planned(
    identity: Identity, world: World, facts: DraftFacts, plan: Plan, *, at: datetime
) -> DraftFacts:
    doors = []
    for part in plan.parts:
        needs = tuple(need.value for need in part.needs)
        own = replace(facts, needs=needs)
        try:
            partner = check_partner(identity, world, own, part.service_id, at=at)
        except InvalidInputError as error:
            raise InvalidInputError(error.phrase, field="plan") from error
        doors.append(_named(partner, needs))
    first, further = doors[0], tuple(doors[1:])
    return replace(
        facts,
        service_id=first.service_id,
        by_phone=first.by_phone,
        by_link=first.by_link,
        release_until="",
        further=further,
        way=AskingWay.PLAN.value if further else "",
    )


def agree_further(
    identity: Identity,
    world: World,
    draft_id: UUID,
    yes: Mapping[UUID, datetime | None],
    *,
    at: datetime,
) -> None:
    """Keep those further partners to whom the person said yes; the others are never asked.

    Args:
        yes: by the service: until when it may tell how it goes, or None.

    Raises:
        InvalidInputError: field `further`: in a plan, one without a yes leaves a need to nobody.
    """

    def change(facts: DraftFacts) -> DraftFacts:
        kept = tuple(partner for partner in facts.further if partner.service in yes)
        if facts.way == AskingWay.PLAN and len(kept) < len(facts.further):
            raise InvalidInputError(
                phrase("Without a yes to each partner, choose another plan."), field="further"
            )
        return replace(
            facts,
            further=tuple(_until(partner, yes[partner.service], at) for partner in kept),
            way=facts.way if kept else "",
        )

    change_draft(identity, world, draft_id, change, at=at)


def _until(partner: FurtherPartner, until: datetime | None, at: datetime) -> FurtherPartner:
    if until is None or partner.by_phone:
        return replace(partner, release_until="")
    releases.ask(at=at, until=until)
    return replace(partner, release_until=until.isoformat())


@dataclass(frozen=True, slots=True)
class FurtherChoice:
    """What there is to choose from beside the first partner.

    Attributes:
        offered: the partners that may be named, in the order of the search.
        named: the services named so far, in their order.
    """

    draft_id: UUID
    saved_at: datetime
    partner: Receiver
    offered: tuple[Receiver, ...]
    named: tuple[UUID, ...]
    way: AskingWay
    may_ask_at_once: bool


def further_choice(
    identity: Identity, world: World, draft_id: UUID, *, at: datetime
) -> FurtherChoice | None:
    """Return whom the person may name beside the first; None where that is not the next step."""
    draft, facts = load_draft(identity, world, draft_id)
    if draft.state is not State.DRAFT:
        raise NotFoundError
    if facts.chosen_service is None or facts.way == AskingWay.PLAN:
        return None
    answer = routing.find_partners(identity, world, facts.route_fields(), at=at)
    ids = [partner.service.id for partner in answer.partners]
    ids += [partner.service.id for partner in answer.area_partners]
    named = tuple(one.service for one in facts.further)
    # Who was named before stays among the choices, wherever it stands in the list now.
    ids = list(dict.fromkeys([*ids, *named, facts.chosen_service]))
    known = get_receivers(identity.network_id, ids)
    if facts.chosen_service not in known:
        return None
    partner = known.pop(facts.chosen_service)
    offered = (known[service_id] for service_id in ids if service_id in known)
    return FurtherChoice(
        draft_id,
        draft.updated_at,
        partner,
        tuple(one for one in offered if is_reachable(one)),
        named,
        AskingWay(facts.way or AskingWay.ORDERED),
        at_once_allowed(identity),
    )
