"""Reading referrals at the desk: one page, the inbox, the outbox, and looking up a spoken code.

Everything shown comes from the projection. Lists take a fixed number of SQL statements.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from ccr.domain.clocks import Clock, ClockKind, Side
from ccr.domain.disclosure import ReferralFacts
from ccr.domain.errors import NotFoundError, TooManyAttemptsError
from ccr.domain.paging import PAGE_SIZE, Page, page_number
from ccr.domain.phrases import phrase
from ccr.domain.projection import view_for_receiver, view_for_sender
from ccr.domain.projection_masks import Event
from ccr.domain.referral_clocks import opened_by_receiver
from ccr.domain.referral_states import EventKind, State
from ccr.domain.referral_views import Group, InboxTab, ReceiverView, SenderView
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.asking_shown import NamedPartners, named_partners
from ccr.services.authorise import authorise
from ccr.services.business_hours import with_time_left
from ccr.services.kept_reasons import opened_reason
from ccr.services.referral_acts import Entry, log, may_log, note_context, question_context
from ccr.services.referral_shown import ReceivedItem, ReceivedPage, SentItem, SentPage
from ccr.services.sealed_words import opened
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import referral_lists as lists
from ccr.storage.queries.asking import KeptBeside, kept_beside, list_together
from ccr.storage.queries.attempts import count_try, hashed
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.clocks import list_clocks, save_clocks
from ccr.storage.queries.desk import mark_read
from ccr.storage.queries.receivers import reading_hours_of
from ccr.storage.queries.referrals import (
    events_and_notes,
    find_by_code,
    list_events,
    mark_opened,
    notes_of,
)
from ccr.storage.queries.shown_referrals import ShownReferral, find_side, get_shown

TRIES = 10
TRIES_WINDOW = timedelta(minutes=10)


def open_sent(identity: Identity, world: World, referral_id: UUID, *, at: datetime) -> SentPage:
    """Return a referral of one's own program as its sender sees it, and note who read it.

    Raises:
        NotFoundError: none, another program's, or still a draft.
    """
    with unit_of_work():
        rows = _load_together(identity, referral_id)
        row = rows[referral_id]
        events, sealed = notes_of(list(rows))
        clocks = list_clocks(list(rows))
        items = {
            key: _sent_item(world, one, events[key], clocks[key], at=at)
            for key, one in rows.items()
        }
        item = items[referral_id]
        hours = reading_hours_of([i for i in [row.referral.service_id] if i])
        beside = kept_beside(referral_id, sender_compartment_id=identity.compartment_id)
        over = item.view.status.group.is_over
        why = None if over else opened_reason(identity, world, referral_id, beside.why_sealed)
        mark_read(referral_id, identity.compartment_id, at=at)
        append_event(identity, "read", "referral", referral_id, at=at)
        (item,) = with_time_left(world, [item], at=at, hours=hours)
    return SentPage(
        item,
        _notes(world, sealed, item.view),
        _question(world, row),
        next((found.phone for found in hours.values()), None),
        why,
        _named_partners(world, beside, items),
        beside.contact,
    )


def _load_together(identity: Identity, referral_id: UUID) -> dict[UUID, ShownReferral]:
    """Return a sent referral, and those that its person agreed to with it, by id."""
    authorise(identity, Permission.REFERRAL_READ)
    found = list_together(referral_id, sender_compartment_id=identity.compartment_id)
    rows = {row.referral.id: row for row in found}
    if referral_id not in rows or rows[referral_id].referral.state is State.DRAFT:
        raise NotFoundError
    authorise(identity, Permission.REFERRAL_READ, rows[referral_id].referral)
    return rows


def _named_partners(
    world: World, beside: KeptBeside, items: Mapping[UUID, SentItem]
) -> NamedPartners | None:
    if beside.asking is None:
        return None
    seen = {k: (item.service_name, item.member_name, item.view) for k, item in items.items()}
    return named_partners(world, beside.asking, beside.facts_sealed, seen)


def open_received(
    identity: Identity, world: World, referral_id: UUID, *, at: datetime
) -> ReceivedPage:
    """Return a referral as its receiver sees it; note who read it, and the first time it was seen.

    Raises:
        NotFoundError: none, another program's, or taken back by its sender.
    """
    with unit_of_work():
        row = _load(identity, referral_id, Side.RECEIVER, lock=True)
        events, sealed = events_and_notes(referral_id)
        running = list_clocks([referral_id])[referral_id]
        clocks = opened_by_receiver(row.referral, running)
        item = _received_item(world, row, events, clocks, at=at)
        if item is None:
            raise NotFoundError
        save_clocks(row.referral, running, clocks)
        seen_before = item.view.seen
        if not seen_before and may_log(row.referral, EventKind.SEEN, Side.RECEIVER):
            log(identity, world, referral_id, Entry(EventKind.SEEN, Side.RECEIVER), at=at)
            mark_opened(referral_id, at=at)
            events.append(Event(EventKind.SEEN, at, Side.RECEIVER))
            # As the next reading will find it, so that its version is the same.
            row = replace(
                row, referral=replace(row.referral, opened_at=row.referral.opened_at or at)
            )
            item = _received_item(world, row, events, clocks, at=at) or item
        append_event(identity, "read", "referral", referral_id, at=at)
        if seen_before:
            mark_read(referral_id, identity.compartment_id, at=at)
            # The first look takes as many statements as a page may; it tells wall time alone.
            (item,) = with_time_left(world, [item], at=at)
    question = _question(world, row) if item.view.question_shown else None
    return ReceivedPage(item, _notes(world, sealed, item.view), question)


def side_of(identity: Identity, referral_id: UUID) -> Side:
    """Return which side of a referral the identity's program is; for the one address both use.

    Raises:
        NotFoundError: neither.
    """
    authorise(identity, Permission.REFERRAL_READ)
    side = find_side(referral_id, identity.compartment_id)
    if side is None:
        raise NotFoundError
    return side


def inbox(
    identity: Identity,
    world: World,
    tab: InboxTab,
    page: int = 1,
    *,
    at: datetime,
    size: int = PAGE_SIZE,
) -> tuple[Page[ReceivedItem], dict[InboxTab, int]]:
    """Return a page of a tab of one's own inbox, and how many each tab holds."""
    authorise(identity, Permission.REFERRAL_LIST)
    number = page_number(page)
    counts = lists.count_inbox(identity.compartment_id, at=at)
    rows = lists.list_inbox(identity.compartment_id, tab, number, at=at, size=size)
    return Page(_received_items(world, rows, at=at), counts[tab], number), counts


def outbox(
    identity: Identity,
    world: World,
    group: Group,
    page: int = 1,
    *,
    at: datetime,
    size: int = PAGE_SIZE,
) -> tuple[Page[SentItem], dict[Group, int]]:
    """Return a page of a group of one's own sent referrals, and how many each group holds."""
    authorise(identity, Permission.REFERRAL_LIST)
    number = page_number(page)
    counts = lists.count_outbox(identity.compartment_id, at=at)
    rows = lists.list_outbox(identity.compartment_id, group, number, at=at, size=size)
    return Page(_sent_items(world, rows, at=at), counts[group], number), counts


def look_up_code(identity: Identity, world: World, text: str, *, at: datetime) -> UUID:
    """Return the referral in one's own inbox that a caller's words name.

    Raises:
        TooManyAttemptsError: more than TRIES in TRIES_WINDOW by this person.
        NotFoundError: no such words, not four words, or another program's: all read the same.
    """
    authorise(identity, Permission.REFERRAL_LIST)
    with unit_of_work():
        key = hashed("spoken-code", str(identity.user_id))
        tries = count_try(key, at=at, window=TRIES_WINDOW)
    if tries > TRIES:
        raise TooManyAttemptsError(
            phrase("Too many tries. Wait ten minutes. The caller can be asked for the words again.")
        )
    code = world.words.normalise(text) or ""
    found = find_by_code(
        code,
        receiver_compartment_id=identity.compartment_id,
        network_id=identity.network_id,
    )
    if found is None:
        raise NotFoundError(phrase("Your inbox has nothing with these words."))
    return found


def _sent_items(
    world: World, rows: Sequence[ShownReferral], *, at: datetime
) -> tuple[SentItem, ...]:
    """Return rows that were read for their sender as the sender sees them."""
    events, clocks = _around(rows)
    items = (
        _sent_item(world, row, events[row.referral.id], clocks[row.referral.id], at=at)
        for row in rows
    )
    return with_time_left(world, items, at=at)


def _received_items(
    world: World, rows: Sequence[ShownReferral], *, at: datetime
) -> tuple[ReceivedItem, ...]:
    """Return rows that were read for their receiver as the receiver sees them."""
    events, clocks = _around(rows)
    items = (
        _received_item(world, row, events[row.referral.id], clocks[row.referral.id], at=at)
        for row in rows
    )
    return with_time_left(world, (item for item in items if item is not None), at=at)


def items_of(
    identity: Identity, world: World, rows: Iterable[ShownReferral], *, at: datetime
) -> dict[UUID, ReceivedItem | SentItem]:
    """Return rows of one's own program as it sees them, whichever side it is, by referral."""
    authorise(identity, Permission.REFERRAL_LIST)
    rows = list({row.referral.id: row for row in rows}.values())
    events, clocks = _around(rows)
    items: dict[UUID, ReceivedItem | SentItem] = {}
    for row in rows:
        key = row.referral.id
        sent = row.referral.sender_compartment_id == identity.compartment_id
        shown = _sent_item if sent else _received_item
        item = shown(world, row, events[key], clocks[key], at=at)
        if item is not None:
            items[key] = item
    return dict(zip(items, with_time_left(world, items.values(), at=at), strict=True))


def _load(
    identity: Identity, referral_id: UUID, side: Side, *, lock: bool = False
) -> ShownReferral:
    authorise(identity, Permission.REFERRAL_READ)
    row = get_shown(referral_id, side=side, compartment_id=identity.compartment_id, lock=lock)
    authorise(identity, Permission.REFERRAL_READ, row.referral)
    return row


def _around(
    rows: Sequence[ShownReferral],
) -> tuple[Mapping[UUID, list[Event]], Mapping[UUID, Mapping[ClockKind, Clock]]]:
    """Return the events and the clocks of all these referrals."""
    ids = [row.referral.id for row in rows]
    return list_events(ids), list_clocks(ids)


def _sent_item(
    world: World,
    row: ShownReferral,
    events: Iterable[Event],
    clocks: Mapping[ClockKind, Clock],
    *,
    at: datetime,
) -> SentItem:
    view = view_for_sender(row.referral, events, row.release, at, clocks=clocks.values())
    facts = _named(world, row.facts)
    return SentItem(view, facts, row.service_name, row.member_name, row.broader, row.to_a_program)


def _received_item(
    world: World,
    row: ShownReferral,
    events: Iterable[Event],
    clocks: Mapping[ClockKind, Clock],
    *,
    at: datetime,
) -> ReceivedItem | None:
    view = view_for_receiver(
        row.referral,
        _named(world, row.facts),
        events,
        row.release,
        at,
        clocks=clocks.values(),
        has_question=row.question_sealed is not None,
    )
    if view is None:
        return None
    return ReceivedItem(view, row.sender_name, row.service_name, row.to_a_program)


def _named(world: World, facts: ReferralFacts) -> ReferralFacts:
    """Return the facts with the county's name in the place of its code."""
    county = world.gazetteer.county(facts.county_fips)
    return replace(facts, county=county.label) if county else facts


def _notes(
    world: World, sealed: Mapping[UUID, tuple[UUID, str]], view: SenderView | ReceiverView
) -> dict[UUID, str]:
    """Return the texts of the notes that this view names, and of no other."""
    named = {entry.note_id for entry in view.timeline} & sealed.keys()
    return {
        note_id: opened(
            world, sealed[note_id][1], note_context(note_id, sealed[note_id][0]), view.referral_id
        )
        for note_id in named
        if note_id is not None
    }


def _question(world: World, stored: ShownReferral) -> str | None:
    if stored.question_sealed is None:
        return None
    referral = stored.referral
    context = question_context(referral.id, referral.sender_compartment_id)
    return opened(world, stored.question_sealed, context, referral.id)
