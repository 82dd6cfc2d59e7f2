"""Referrals as documents for machines: made from what a side may see, and from nothing else.

What lives here: how a view is written down. What must not: a second look at a referral; every
value comes from `ccr.services.referral_desk`, whose items are made by the projection.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from ccr.domain.clocks import Side
from ccr.domain.disclosure import ReferralFacts
from ccr.domain.errors import NotFoundError
from ccr.domain.exchange_codes import codes_of
from ccr.domain.phrases import Phrase
from ccr.domain.program_limits import SHORT_LIMITS
from ccr.domain.referral_views import (
    ClockShown,
    Group,
    InboxTab,
    NextMove,
    ReceiverView,
    ReleaseShown,
    SenderView,
    Status,
    TimelineEntry,
)
from ccr.domain.release import PART_2_NOTICE
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services import referral_desk
from ccr.services.authorise import authorise
from ccr.services.referral_shown import ReceivedItem, SentItem
from ccr.services.world import World
from ccr.storage.queries.shown_referrals import get_shown

Document = dict[str, Any]


def referral_document(
    identity: Identity, world: World, referral_id: UUID, *, at: datetime
) -> Document:
    """Return one referral as the identity's side may see it; note who read it, as the page does.

    Raises:
        NotFoundError: none, another program's, a draft, or taken back by its sender.
    """
    if referral_desk.side_of(identity, referral_id) is Side.SENDER:
        sent = referral_desk.open_sent(identity, world, referral_id, at=at)
        partner = {"partner_phone": sent.partner_phone}
        return {
            **_sent(sent.item),
            **partner,
            **_told(sent.item.view, sent.notes, sent.question),
            "facts": _facts(sent.item.facts),
            "made_broader": list(sent.item.broader),
        }
    received = referral_desk.open_received(identity, world, referral_id, at=at)
    facts = received.item.view.facts
    return {
        **_received(received.item),
        **_told(received.item.view, received.notes, received.question),
        "facts": _facts(facts) if facts else None,
    }


def inbox_document(
    identity: Identity, world: World, tab: InboxTab, page: int, *, at: datetime
) -> Document:
    """Return a page of a tab of one's own inbox, with how many each tab holds."""
    found, counts = referral_desk.inbox(identity, world, tab, page, at=at)
    rows = [_received(item) for item in found.items]
    return _list("tab", tab, rows, found.number, found.total, counts)


def outbox_document(
    identity: Identity, world: World, group: Group, page: int, *, at: datetime
) -> Document:
    """Return a page of a group of what one's own program sent, with how many each holds."""
    found, counts = referral_desk.outbox(identity, world, group, page, at=at)
    rows = [_sent(item) for item in found.items]
    return _list("group", group, rows, found.number, found.total, counts)


def received_version(identity: Identity, world: World, referral_id: UUID, *, at: datetime) -> str:
    """Return the version of what the receiver may see now, and hold the referral until the end.

    For receivers alone: a sender that is told of a version learns that somebody else acted.

    Raises:
        NotFoundError: there is nothing that this program received.
    """
    authorise(identity, Permission.REFERRAL_ANSWER)
    row = get_shown(
        referral_id, side=Side.RECEIVER, compartment_id=identity.compartment_id, lock=True
    )
    authorise(identity, Permission.REFERRAL_ANSWER, row.referral)
    item = referral_desk.items_of(identity, world, [row], at=at).get(referral_id)
    if item is None or not isinstance(item, ReceivedItem):
        raise NotFoundError
    return item.view.version


def _list(
    name: str,
    chosen: Group | InboxTab,
    rows: list[Document],
    number: int,
    total: int,
    counts: Mapping[Any, int],
) -> Document:
    return {
        name: chosen.value,
        "page": number,
        "total": total,
        "counts": {tab.value: count for tab, count in counts.items()},
        "referrals": rows,
    }


def _sent(item: SentItem) -> Document:
    view = item.view
    return {
        **_common(view, Side.SENDER),
        "service_id": _text(view.service_id),
        "service": item.service_name,
        "member": item.member_name,
        "notes": _notes(item),
        "by_phone": view.by_phone,
        "can_ask_release": view.can_ask_release,
        "options_offered": view.options_offered,
        "sent_at": _moment(view.sort_at),
    }


def _received(item: ReceivedItem) -> Document:
    view = item.view
    return {
        **_common(view, Side.RECEIVER),
        "service_id": _text(view.service_id),
        "service": item.service_name,
        "member": item.sender_name,
        "notes": _notes(item),
        "needs": [need.value for need in view.needs],
        "county": view.county,
        "attempts": view.attempts,
        "seen": view.seen,
        "decline_reason": view.decline_reason.value if view.decline_reason else None,
        "sent_at": _moment(view.sent_at),
    }


def _notes(item: SentItem | ReceivedItem) -> list[str]:
    """Return what a program cannot do, with each referral to one (R10)."""
    return [str(SHORT_LIMITS)] if item.says_limits else []


def _common(view: SenderView | ReceiverView, side: Side) -> Document:
    return {
        "id": str(view.referral_id),
        "side": side.value,
        "version": view.version,
        "code": view.code,
        "urgency": view.urgency.value,
        "status": view.status.value,
        "status_text": str(view.status_text),
        "exchange": _exchange(view.status),
        "outcome": view.outcome.value if view.outcome else None,
        "warm": view.warm,
        "next_move": _move(view.next_move),
        "clocks": [_clock(clock) for clock in view.clocks],
        "release": _release(view.release),
        "can": sorted(action.value for action in view.can),
        "changed_at": _moment(view.changed_at),
    }


def _exchange(status: Status) -> Document:
    """Return the words of other systems for what this side reads, which says no more than it."""
    codes = codes_of(status)
    return {"task_status": codes.task_status, "business_status": codes.business_status}


def _told(
    view: SenderView | ReceiverView, notes: Mapping[UUID, str], question: str | None
) -> Document:
    return {"timeline": [_entry(entry, notes) for entry in view.timeline], "question": question}


def _entry(entry: TimelineEntry, notes: Mapping[UUID, str]) -> Document:
    return {
        "at": _moment(entry.at),
        "kind": entry.kind,
        "side": entry.side.value,
        "text": str(entry.what),
        "line": _text(entry.line),
        "note": notes.get(entry.note_id) if entry.note_id else None,
    }


def _move(move: NextMove | None) -> Document | None:
    if move is None:
        return None
    return {
        "side": move.side.value,
        "text": str(move.what),
        "due_at": _moment(move.due_at),
        "otherwise": _text(move.otherwise),
    }


def _clock(clock: ClockShown) -> Document:
    return {
        "kind": clock.kind.value,
        "state": clock.state.value,
        "started_at": _moment(clock.started_at),
        "due_at": _moment(clock.due_at),
        "met_at": _moment(clock.met_at),
        "paused_until": _moment(clock.paused_until),
    }


def _release(release: ReleaseShown | None) -> Document | None:
    if release is None:
        return None
    return {
        "asked_at": _moment(release.asked_at),
        "until": _moment(release.until),
        "in_force": release.in_force,
        "confirmed_at": _moment(release.confirmed_at),
        "refused_at": _moment(release.refused_at),
        "withdrawn_at": _moment(release.withdrawn_at),
        "redisclosure": str(PART_2_NOTICE) if release.of_part_2 else None,
    }


def _facts(facts: ReferralFacts) -> Document:
    return {
        "needs": [need.value for need in facts.needs],
        "county": facts.county,
        "area": facts.area,
        "track": facts.track.value,
        "language": facts.language,
        "age": facts.age.value if facts.age else None,
        "access": sorted(facts.access),
        "children": facts.children,
        "transport": facts.transport.value if facts.transport else None,
    }


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _text(value: UUID | Phrase | None) -> str | None:
    return None if value is None else str(value)
