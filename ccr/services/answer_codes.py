"""The sender's part of answering by link: a code to read out, and the link mailed once more.

What a sender may do here depends on what the sender sees, never on what the receiver did: after
acceptance a new code can be made, and a mail be asked for, whatever happened since (design 2.4).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ccr.adapters.answer_codes import code_hash, draw_code
from ccr.domain.answer_links import MAILED_AGAIN_AFTER, may_read_out
from ccr.domain.clocks import Side
from ccr.domain.errors import IllegalTransitionError
from ccr.domain.phrases import phrase
from ccr.domain.referral_states import EventKind
from ccr.policy.identity import Identity
from ccr.services import referral_desk
from ccr.services.answer_letters import mail_link
from ccr.services.referral_acts import Entry, load, log
from ccr.services.referral_shown import SentPage
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import answer_links as queries
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.referrals import list_events


@dataclass(frozen=True, slots=True)
class ToReadOut:
    """A new code, shown this once; `words` are the spoken code of the referral."""

    referral_id: UUID
    code: str
    words: str
    service_name: str
    member_name: str
    phone: str | None


def make_code(identity: Identity, world: World, referral_id: UUID, *, at: datetime) -> ToReadOut:
    """Make a code to read out on the phone; an earlier one opens nothing any more.

    Raises:
        NotFoundError: no such referral of one's own program.
        IllegalTransitionError: it is not answered by link, or is over in the sender's eyes.
    """
    with unit_of_work():
        load(identity, referral_id, Side.SENDER, lock=True)
        page = _open(identity, world, referral_id, at=at)
        code = draw_code(world.rng)
        kept = code_hash(code, referral_id, world.settings.secret_key)
        queries.keep_code(referral_id, kept, at=at)
        log(identity, world, referral_id, Entry(EventKind.CODE_MADE, Side.SENDER), at=at)
        append_event(identity, "code-made", "referral", referral_id, at=at)
    item = page.item
    return ToReadOut(
        referral_id,
        code,
        item.view.code or "",
        item.service_name,
        item.member_name,
        page.partner_phone,
    )


def mail_again(identity: Identity, world: World, referral_id: UUID, *, at: datetime) -> None:
    """Have the link mailed once more. Where the receiver is through, nothing leaves, unseen.

    Raises:
        NotFoundError, IllegalTransitionError: as make_code; or it was mailed minutes ago.
    """
    with unit_of_work():
        referral = load(identity, referral_id, Side.SENDER, lock=True).referral
        _open(identity, world, referral_id, at=at)
        events = list_events([referral_id])[referral_id]
        own = (EventKind.BY_LINK, EventKind.LINK_MAILED)
        newest = max((e.at for e in events if e.kind in own and e.by is Side.SENDER), default=at)
        if newest > at - MAILED_AGAIN_AFTER:
            raise IllegalTransitionError(
                phrase(
                    "The link was mailed less than %(minutes)s minutes ago. Call them first.",
                    minutes=int(MAILED_AGAIN_AFTER.total_seconds() // 60),
                )
            )
        log(identity, world, referral_id, Entry(EventKind.LINK_MAILED, Side.SENDER), at=at)
        append_event(identity, "link-mailed", "referral", referral_id, at=at)
        mail_link(referral, at=at)


def _open(identity: Identity, world: World, referral_id: UUID, *, at: datetime) -> SentPage:
    page = referral_desk.open_sent(identity, world, referral_id, at=at)
    if not may_read_out(page.item.view):
        raise IllegalTransitionError(phrase("This is not possible for this referral now."))
    return page
