"""What a sender gives a program with its referral: results of its own records, sealed (R44, S11).

A result goes under the sender's own authority or not at all; what rests on a survivor's words is
refused before anything is written. The sender's page says the same whatever the program does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from ccr.adapters.risk_instruments import risk_instruments
from ccr.domain.clocks import Side
from ccr.domain.errors import IllegalTransitionError, NotFoundError
from ccr.domain.phrases import phrase
from ccr.domain.referral import Referral
from ccr.domain.referral_states import State
from ccr.domain.risk_information import KEPT_FOR, RiskResult, checked_result
from ccr.domain.risk_instruments import Catalogue
from ccr.domain.risk_sharing import check_sender_may_share, may_share_some, takes_results
from ccr.domain.taxonomy import CompartmentKind
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.outbox import Notice, notify_compartment
from ccr.services.risk_steps import (
    ShownResult,
    check_room,
    is_trained,
    local_now,
    new_risk,
    shown_results,
    with_training,
)
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import risk_information as queries
from ccr.storage.queries.accounts import CompartmentFacts, get_compartment
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.placement import participant_came
from ccr.storage.queries.referrals import get_referral


@dataclass(frozen=True, slots=True)
class GivenPage:
    """What a sender gave with one referral to a program.

    Attributes:
        program: the name of the program's member.
        open: True while something may be given; False where it ended or nobody reads here.
        reads_here: False where the partner answers by phone or link.
        may_share: True for a sender that shares its own records at all.
        trained: whether the member has people trained in a risk instrument today (R94).
    """

    referral_id: UUID
    code: str
    program: str
    results: tuple[ShownResult, ...]
    catalogue: Catalogue
    open: bool
    reads_here: bool
    may_share: bool
    trained: bool
    today: date


def given(identity: Identity, world: World, referral_id: UUID, *, at: datetime) -> GivenPage:
    """Return what one's own program gave with a referral to an abusive partner program.

    That sealed results were read, and by whom, is noted as for referrals (R39).

    Raises:
        NotFoundError: no such referral of one's own, or it goes elsewhere.
    """
    with unit_of_work():
        referral, program = _to_a_program(identity, referral_id)
        now = local_now(identity, at)
        stored = queries.list_given(referral_id, identity.compartment_id)
        if stored:
            append_event(identity, "read", "risk-information", referral_id, at=at)
    return GivenPage(
        referral_id=referral_id,
        code=referral.code or "",
        program=program.member_name,
        results=shown_results(identity, world, stored, program.id, now),
        catalogue=risk_instruments(),
        open=takes_results(referral),
        reads_here=not (referral.by_phone or referral.by_link),
        may_share=may_share_some(identity.regime),
        trained=is_trained(identity, now.today),
        today=now.today,
    )


def give(
    identity: Identity, world: World, referral_id: UUID, result: RiskResult, *, at: datetime
) -> UUID:
    """Give a result to the program that a referral of one's own went to; return its id.

    Raises:
        NotFoundError: no such referral of one's own, or it goes elsewhere.
        IllegalTransitionError: it ended, or nobody reads it here.
        InvalidInputError: the sender may not share it (R44), or it cannot be (R41, R94); nothing
            was written. `field` names it.
    """
    with unit_of_work():
        referral, program = _to_a_program(identity, referral_id, lock=True)
        if not takes_results(referral):
            raise IllegalTransitionError(phrase("Nothing more can be given with this referral."))
        catalogue, now = risk_instruments(), local_now(identity, at)
        check_sender_may_share(result, identity.regime, catalogue)
        result = with_training(identity, result, now.today)
        checked = checked_result(result, catalogue, now.today)
        check_room(queries.count_given(referral_id, identity.compartment_id))
        new = new_risk(identity, world, program.id, checked, now)
        queries.add_risk(replace(new, referral_id=referral_id))
        append_event(identity, "gave", "risk-information", new.id, at=at)
        if participant_came(referral_id, program.id):
            notify_compartment(
                identity.network_id, program.id, Notice.ITEM_TO_REVIEW,
                about=f"risk/{new.id}", at=at,
            )  # fmt: skip
    return new.id


def take_back(identity: Identity, referral_id: UUID, risk_id: UUID, *, at: datetime) -> None:
    """Take back a result that one's own program gave in error; it is deleted.

    Raises:
        NotFoundError: there is none such.
    """
    with unit_of_work():
        _to_a_program(identity, referral_id, lock=True)
        if not queries.drop_given(risk_id, referral_id, identity.compartment_id):
            raise NotFoundError
        append_event(identity, "taken-back", "risk-information", risk_id, at=at)


def forget_old(*, at: datetime) -> int:
    """Delete results given more than 24 months ago; return how many. The worker does this daily."""
    with unit_of_work():
        return queries.forget_given(at - KEPT_FOR)


def _to_a_program(
    identity: Identity, referral_id: UUID, *, lock: bool = False
) -> tuple[Referral, CompartmentFacts]:
    """Return a sent referral of one's own to an abusive partner program, and that program."""
    authorise(identity, Permission.REFERRAL_SEND)
    stored = get_referral(
        referral_id, side=Side.SENDER, compartment_id=identity.compartment_id, lock=lock
    )
    referral = stored.referral
    authorise(identity, Permission.REFERRAL_SEND, referral)
    if referral.state is State.DRAFT or referral.receiver_compartment_id is None:
        raise NotFoundError
    program = get_compartment(referral.receiver_compartment_id)
    if program.kind is not CompartmentKind.APIP:
        raise NotFoundError
    return referral, program
