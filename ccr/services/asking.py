"""An act on a referral that may be one of several for one person, and what follows for the others.

After a decline the next partner of the agreed order is asked in the same transaction; the first who
takes what was offered to several releases the others in it; the person's word ends the whole. None
of it is seen by a receiver. What is done for the sender here is what its staff arranged, in its
name; a decline never fails because of it.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from uuid import UUID

from ccr.adapters.logs import error_facts, get_logger
from ccr.domain.asking import (
    ASKS_THE_NEXT,
    ENDS_THE_ORDER,
    NOT_HERE,
    TAKES_IT,
    AskingWay,
    PartState,
)
from ccr.domain.clocks import Side
from ccr.domain.disclosure import ReferralFacts
from ccr.domain.errors import (
    CcrError,
    IllegalTransitionError,
    NotFoundError,
    PartnerLimitError,
)
from ccr.domain.joining import starts_nothing
from ccr.domain.outcomes import Outcome
from ccr.domain.phrases import phrase
from ccr.domain.projection_masks import options_offered
from ccr.domain.referral import Referral, possible_actions, taking_back
from ccr.domain.referral_states import WAITING_FOR_ANSWER, Action, EventKind, State
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services import referral_acts
from ccr.services.authorise import authorise
from ccr.services.draft_facts import DraftFacts
from ccr.services.draft_keeping import load_draft
from ccr.services.one_by_one import OneByOne
from ccr.services.outbox import Notice, notify_compartment
from ccr.services.referral_acts import Entry, Given, log
from ccr.services.sending_steps import send_further
from ccr.services.world import World
from ccr.storage.db import DatabaseAwayError, savepoint, unit_of_work
from ccr.storage.queries.accounts import arranged_identity
from ccr.storage.queries.asking import (
    Asking,
    end_asking,
    hold_asking,
    hold_asking_by_id,
    orders_to_move_on,
    save_part,
    take_the_win,
)
from ccr.storage.queries.clocks import list_clocks
from ccr.storage.queries.drafts import StoredDraft
from ccr.storage.queries.next_contact import delete_contacts, get_contact
from ccr.storage.queries.referrals import get_referral, lock_referral
from ccr.storage.queries.taking_part import standing_of_program

BATCH = 100


def act(
    identity: Identity,
    world: World,
    referral_id: UUID,
    action: Action,
    side: Side,
    *,
    at: datetime,
    given: Given | None = None,
) -> Referral:
    """Do one act, and what follows from it for the others of its asking, in one transaction.

    Raises: as `referral_acts.act` does.
    """
    with unit_of_work():
        asking = hold_asking(referral_id)
        after = referral_acts.act(identity, world, referral_id, action, side, at=at, given=given)
        if asking is not None:
            _follow(world, asking, after, action, at=at)
    return after


def follow_alone(world: World, after: Referral, action: Action, *, at: datetime) -> None:
    """Do what follows from an act of the system, in the unit of work that did it."""
    asking = hold_asking(after.id)
    if asking is not None:
        _follow(world, asking, after, action, at=at)


def _follow(world: World, asking: Asking, after: Referral, action: Action, *, at: datetime) -> None:
    if asking.way is AskingWay.ORDERED:
        if action in ENDS_THE_ORDER and asking.waiting:
            end_asking(asking.id, at=at)
        elif action in ASKS_THE_NEXT and asking.ended_at is None:
            _ask_next(world, asking, after, at=at)
    elif asking.way is AskingWay.AT_ONCE:
        if action in TAKES_IT:
            _release_the_others(world, asking, after, at=at)
        elif action in ASKS_THE_NEXT and _somebody_else_may_take_it(asking, after):
            # Nothing is left to decide: the others have it still.
            me = arranged_identity(asking.sender_compartment_id)
            referral_acts.act(me, world, after.id, Action.REROUTE, Side.SENDER, at=at)


def _ask_next(world: World, asking: Asking, before: Referral, *, at: datetime) -> bool:
    """Ask the next of the order whom nothing stands in the way of; return False when none is left.

    `before` came back, or is late; it is over as soon as somebody else is asked.
    """
    first_id = asking.first_referral_id
    # A member that is away starts nothing new, not even what it arranged before.
    away = starts_nothing(standing_of_program(asking.sender_compartment_id)) is not None
    if first_id is None or away:
        end_asking(asking.id, at=at)
        return False
    me = arranged_identity(asking.sender_compartment_id)
    try:
        with savepoint():
            draft, facts, agreed = _agreed_at_sending(me, world, first_id, before)
    except DatabaseAwayError:
        raise
    except Exception as error:  # what was agreed cannot be read: its staff choose anew
        _log_failure(first_id, error)
        end_asking(asking.id, at=at)
        return False
    for part in asking.waiting:
        partner = facts.further[part.position - 2]
        try:
            with savepoint():
                sent_id = send_further(
                    me,
                    world,
                    facts,
                    partner,
                    at=at,
                    agreed=agreed,
                    previous=before.id,
                    chosen_by=draft.chosen_by,
                )
        except DatabaseAwayError:
            raise
        except Exception as error:  # whatever is wrong with this one, the next may do
            if not isinstance(error, CcrError):
                _log_failure(before.id, error)
            save_part(asking.id, part.position, PartState.SKIPPED, at=at, reason=_limit_of(error))
            log(me, world, before.id, Entry(EventKind.NEXT_SKIPPED, Side.SENDER), at=at)
            continue
        save_part(asking.id, part.position, PartState.ASKED, at=at, referral_id=sent_id)
        log(me, world, before.id, Entry(EventKind.NEXT_ASKED, Side.SENDER), at=at)
        return True
    end_asking(asking.id, at=at)
    return False


def _agreed_at_sending(
    me: Identity, world: World, first_id: UUID, before: Referral
) -> tuple[StoredDraft, DraftFacts, ReferralFacts]:
    draft, facts = load_draft(me, world, first_id)
    # It may have been changed since it was said at sending.
    facts = facts.expecting(get_contact(before.id, sender_compartment_id=me.compartment_id))
    sent = get_referral(first_id, side=Side.SENDER, compartment_id=me.compartment_id)
    return draft, facts, sent.facts


def _log_failure(referral_id: UUID, error: Exception) -> None:
    get_logger(__name__).error("asking.failed", referral_id=referral_id, **error_facts(error))


def _limit_of(error: Exception) -> str | None:
    if isinstance(error, PartnerLimitError):
        return error.limit
    return NOT_HERE if isinstance(error, NotFoundError) else None


def _release_the_others(world: World, asking: Asking, taken: Referral, *, at: datetime) -> None:
    """Take what the others have back: it is no longer needed. They learn nothing more."""
    if not take_the_win(asking.id, taken.id, at=at):
        raise IllegalTransitionError(phrase("This is no longer needed."))
    me = arranged_identity(asking.sender_compartment_id)
    for part in asking.parts:
        if part.referral_id is None or part.referral_id == taken.id:
            continue
        _take_back(me, world, lock_referral(part.referral_id), at=at)


def _take_back(me: Identity, world: World, referral: Referral, *, at: datetime) -> None:
    """End one that waits or came back, as its sender may; nothing where it is over."""
    can = possible_actions(referral, Side.SENDER, at)
    action = next((a for a in (Action.REROUTE, taking_back(referral)) if a in can), None)
    if action is not None and referral.state is not State.CLOSED:
        referral_acts.act(me, world, referral.id, action, Side.SENDER, at=at)
        delete_contacts([referral.id])
        log(me, world, referral.id, Entry(EventKind.NO_LONGER_NEEDED, Side.SENDER), at=at)


def stop_all(identity: Identity, world: World, referral_id: UUID, *, at: datetime) -> None:
    """Record that the person stops all that was asked for together: each ends, all or none.

    Raises:
        NotFoundError: no such referral of one's own program, or it was asked for alone.
    """
    with unit_of_work():
        authorise(identity, Permission.REFERRAL_SEND)
        asking = hold_asking(referral_id)
        if asking is None or asking.sender_compartment_id != identity.compartment_id:
            raise NotFoundError
        end_asking(asking.id, at=at)
        for part in asking.parts:
            if part.referral_id is not None:
                _stop_one(identity, world, lock_referral(part.referral_id), at=at)


def _stop_one(identity: Identity, world: World, referral: Referral, *, at: datetime) -> None:
    """End one as its sender may, whatever its receiver did since."""
    can = possible_actions(referral, Side.SENDER, at)
    for action in (Action.STOP, taking_back(referral), Action.CLOSE):
        if action in can:
            given = (
                Given(outcome=Outcome.SURVIVOR_CHOSE_OTHERWISE) if action is Action.CLOSE else None
            )
            referral_acts.act(identity, world, referral.id, action, Side.SENDER, at=at, given=given)
            return


def _somebody_else_may_take_it(asking: Asking, after: Referral) -> bool:
    return any(
        lock_referral(part.referral_id).state in WAITING_FOR_ANSWER
        for part in asking.parts
        if part.referral_id is not None and part.referral_id != after.id
    )


def move_on(world: World, one_by_one: OneByOne, *, at: datetime) -> int:
    """Ask the next wherever the last is so late that the sender has new options; return how many.

    The late one is taken back as somebody else is asked; where nobody can be, it stays, with
    the options. Safe to run twice, or twice at once.
    """
    count = 0
    seen: set[UUID] = set()
    while batch := orders_to_move_on(at, limit=BATCH, but=seen):
        seen.update(batch)
        count += sum(
            one_by_one.try_one(asking_id, partial(_move_one_on, world, asking_id, at=at))
            for asking_id in batch
        )
    return count


def _move_one_on(world: World, asking_id: UUID, *, at: datetime) -> bool:
    with unit_of_work():
        return _asked_the_next(world, asking_id, at=at)


def _asked_the_next(world: World, asking_id: UUID, *, at: datetime) -> bool:
    asking = hold_asking_by_id(asking_id)
    if asking is None or asking.ended_at is not None or not asking.waiting:
        return False
    asked = [p.referral_id for p in asking.parts if p.state is PartState.ASKED and p.referral_id]
    if not asked:
        return False
    try:
        last = lock_referral(asked[-1])
    except NotFoundError:
        return False
    if not options_offered(last, list_clocks([last.id])[last.id].values(), at):
        return False
    if not _ask_next(world, asking, last, at=at):
        return False
    notify_compartment(
        last.network_id,
        last.sender_compartment_id,
        Notice.ITEM_TO_REVIEW,
        about=f"asking/{asking.id}/{last.id}/{at.isoformat()}",
        at=at,
        urgency=last.urgency,
    )
    return True
