"""Each act of a referral as the API takes it: whose it is, its body, and the service that does it.

The services are those of the pages. An act that the asking side does not have is not found, like a
referral that is not there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from ccr.api import referral_bodies as bodies
from ccr.api.referral_bodies import Body
from ccr.domain.clocks import Side
from ccr.domain.identifying_text import check_words
from ccr.domain.live_hand_off import Introduction
from ccr.domain.release import default_until
from ccr.policy.identity import Identity
from ccr.services import (
    asking,
    draft_keeping,
    draft_partner,
    hand_offs,
    misdirected,
    referrals,
    releases,
    sending,
    talking,
)
from ccr.services.doing_once import Receipt
from ccr.services.sending import Sent
from ccr.services.world import World


@dataclass(frozen=True, slots=True)
class Call:
    """Who acts, on what, with what, and when."""

    identity: Identity
    world: World
    referral_id: UUID
    body: Any
    at: datetime

    @property
    def who(self) -> tuple[Identity, World, UUID]:
        """Return the first arguments of every service."""
        return self.identity, self.world, self.referral_id

    @property
    def text(self) -> str:
        """Return the text of the body, looked at for what tells who somebody is."""
        given: str = self.body.text
        check_words(given, sure=self.body.as_it_is, field="text", this_year=self.at.year)
        return given


Do = Callable[[Call], Receipt | None]


@dataclass(frozen=True, slots=True)
class ActOfSide:
    """An act: its body and what does it."""

    body: type[Body]
    do: Do


def _plain(verb: Callable[..., object]) -> ActOfSide:
    def do(call: Call) -> None:
        verb(*call.who, at=call.at)

    return ActOfSide(bodies.NothingBody, do)


def _with(body: type[Body], verb: Callable[[Call], object]) -> ActOfSide:
    def do(call: Call) -> None:
        verb(call)

    return ActOfSide(body, do)


def sent_receipt(sent: Sent) -> Receipt:
    """Return what is answered to sending: the code to say, and by when an answer is due."""
    fields = {
        "id": str(sent.referral_id),
        "done": "send",
        "code": sent.code,
        "sent_at": sent.sent_at.isoformat(),
        "answer_due_at": sent.answer_due_at.isoformat(),
    }
    return Receipt(200, fields, sent.referral_id)


def _send(call: Call) -> Receipt:
    if call.body.survivor_yes:
        draft_partner.record_yes(*call.who, call.body.chosen_by, at=call.at)
    return sent_receipt(sending.send(*call.who, at=call.at))


def _discard(call: Call) -> Receipt:
    draft_keeping.discard(call.identity, call.referral_id, at=call.at)
    # The draft is gone, so nothing may hang on it.
    return Receipt(200, {"id": str(call.referral_id), "done": "discard"})


def _begun(begin: Callable[..., UUID]) -> ActOfSide:
    """Return an act that begins a new draft, whose id it tells."""

    def do(call: Call) -> Receipt:
        draft_id = begin(*call.who, at=call.at)
        return Receipt(200, {"id": str(call.referral_id), "done": "", "draft_id": str(draft_id)})

    return ActOfSide(bodies.NothingBody, do)


def _introduce(side: Side) -> ActOfSide:
    def do(call: Call) -> None:
        introduction = Introduction(call.body.how, call.body.by, call.body.to)
        hand_offs.introduce(*call.who, side, introduction, at=call.at)

    return ActOfSide(bodies.IntroducedBody, do)


def _note(side: Side) -> ActOfSide:
    return _with(
        bodies.WordsBody,
        lambda call: referrals.add_note(*call.who, side, call.text, at=call.at),
    )


def _with_why(verb: Callable[..., object], *side: Side) -> ActOfSide:
    """Return an act that says why in a text for one's own program."""
    return _with(bodies.WordsBody, lambda call: verb(*call.who, *side, call.text, at=call.at))


def _end_release(side: Side) -> ActOfSide:
    def do(call: Call) -> None:
        releases.withdraw(*call.who, side, at=call.at)

    return ActOfSide(bodies.NothingBody, do)


SENDER: dict[str, ActOfSide] = {
    "send": ActOfSide(bodies.YesBody, _send),
    "discard": ActOfSide(bodies.NothingBody, _discard),
    "recall": _plain(referrals.recall),
    "withdraw": _plain(referrals.withdraw),
    "undo-accept": _with_why(referrals.undo_accept, Side.SENDER),
    "undo-decline": _with_why(referrals.undo_decline, Side.SENDER),
    "freeze": _plain(misdirected.freeze),
    "stop": _plain(referrals.stop),
    "enter-in-error": _plain(referrals.enter_in_error),
    "answer": _with(
        bodies.WordsBody, lambda call: referrals.answer(*call.who, call.text, at=call.at)
    ),
    "close": _with(
        bodies.OutcomeBody,
        lambda call: referrals.close_declined(*call.who, call.body.outcome, at=call.at),
    ),
    "reroute": _begun(sending.reroute),
    "recall-and-reroute": _begun(sending.recall_and_reroute),
    "phone-accept": _with(
        bodies.PhoneBody,
        lambda call: referrals.accepted_by_phone(
            *call.who, call.body.told_by, at=call.at, told_at=call.body.told_at
        ),
    ),
    "phone-decline": _with(
        bodies.PhoneDeclineBody,
        lambda call: referrals.declined_by_phone(
            *call.who, call.body.told_by, call.body.reason, at=call.at, told_at=call.body.told_at
        ),
    ),
    "live-hand-off": _introduce(Side.SENDER),
    "joint-call": _with(
        bodies.BookedBody,
        lambda call: hand_offs.offer_joint_call(
            *call.who, call.body.how, call.body.day, call.body.part, at=call.at
        ),
    ),
    "joint-call-missed": _plain(hand_offs.joint_call_missed),
    "fit-checked": _with(
        bodies.ToldByBody,
        lambda call: hand_offs.check_fit(*call.who, call.body.told_by, at=call.at),
    ),
    "safe-info": _with(
        bodies.SafeInfoBody,
        lambda call: hand_offs.give_information(*call.who, call.body.info, at=call.at),
    ),
    "follow-up": _with(
        bodies.FollowUpBody,
        lambda call: hand_offs.agree_follow_up(*call.who, call.body.way, at=call.at),
    ),
    "note": _note(Side.SENDER),
    "shared-note": _with(
        bodies.WordsBody, lambda call: talking.write_to_receiver(*call.who, call.text, at=call.at)
    ),
    "ask-release": _with(
        bodies.AskReleaseBody,
        lambda call: releases.ask(*call.who, call.body.until or default_until(call.at), at=call.at),
    ),
    "end-release": _end_release(Side.SENDER),
    "stop-all": _plain(asking.stop_all),
}

RECEIVER: dict[str, ActOfSide] = {
    "accept": _with(
        bodies.AcceptBody,
        lambda call: hand_offs.accept(*call.who, takes_part=call.body.takes_part, at=call.at),
    ),
    "decline": _with(
        bodies.ReasonBody,
        lambda call: referrals.decline(*call.who, call.body.reason, at=call.at),
    ),
    "hand-back": _with(
        bodies.ReasonBody,
        lambda call: referrals.hand_back(*call.who, call.body.reason, at=call.at),
    ),
    "ask": _with(bodies.WordsBody, lambda call: referrals.ask(*call.who, call.text, at=call.at)),
    "waitlist": _with(
        bodies.UntilBody,
        lambda call: referrals.waitlist(*call.who, call.body.until, at=call.at),
    ),
    "attempt": _with(
        bodies.AttemptBody,
        lambda call: referrals.record_attempt(
            *call.who, call.body.kind, call.body.still_safe, at=call.at
        ),
    ),
    "hold": _with(
        bodies.UntilBody, lambda call: referrals.hold(*call.who, call.body.until, at=call.at)
    ),
    "wait-for-person": _with(
        bodies.WaitBody,
        lambda call: referrals.wait_for_person(
            *call.who, call.body.wait, call.body.day, call.body.part, at=call.at
        ),
    ),
    "resume": _plain(referrals.resume),
    "undo-accept": _with_why(referrals.undo_accept, Side.RECEIVER),
    "undo-decline": _with_why(referrals.undo_decline, Side.RECEIVER),
    "reopen": _with_why(referrals.reopen),
    "connect": _plain(referrals.connect),
    "close": _with(
        bodies.OutcomeBody,
        lambda call: referrals.close(*call.who, call.body.outcome, at=call.at),
    ),
    "note": _note(Side.RECEIVER),
    "shared-note": _with(
        bodies.SharedNoteBody,
        lambda call: talking.write_to_sender(
            *call.who, call.text, agreed=call.body.agreed, at=call.at
        ),
    ),
    "live-hand-off": _introduce(Side.RECEIVER),
    "schedule": _with(
        bodies.BookedBody,
        lambda call: hand_offs.schedule(
            *call.who, call.body.how, call.body.day, call.body.part, at=call.at
        ),
    ),
    "attended": _plain(hand_offs.attended),
    "no-show": _plain(hand_offs.no_show),
    "confirm-release": _with(
        bodies.ConfirmBody,
        lambda call: releases.confirm(*call.who, call.body.how, at=call.at),
    ),
    "refuse-release": _plain(releases.refuse),
    "end-release": _end_release(Side.RECEIVER),
}
ACTS: dict[Side, dict[str, ActOfSide]] = {Side.SENDER: SENDER, Side.RECEIVER: RECEIVER}
NAMES = tuple(sorted({*SENDER, *RECEIVER}))
