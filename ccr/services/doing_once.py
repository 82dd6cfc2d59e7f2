"""One effect for one press of a form, and for one request of a machine, however often it comes.

What was done is claimed in the transaction of the act: a process that dies between leaves both or
neither. A refused act keeps nothing, so it can be tried again. What is kept for a day is a hash of
what was sent and, sealed, an address within CCR or the receipt of an act; no fact about anybody.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ccr.domain.doing_once import REMEMBERED, body_hash, checked_key, form_hash, key_hash
from ccr.domain.errors import AlreadyDoneError, InvalidInputError, StillRunningError
from ccr.domain.phrases import phrase
from ccr.policy.identity import Identity
from ccr.services.world import World
from ccr.storage.db import FirstStep, unit_of_work, write_first
from ccr.storage.queries import done_once as queries

LOOK_SECONDS, LOOKS = 0.05, 40
"""How long the second of two presses at once waits for where the first one leads."""


@dataclass
class Press:
    """One press of a form.

    Attributes:
        counted: True once something was written with it.
    """

    key: str
    sent: str
    at: datetime
    counted: bool = False

    @classmethod
    def of(
        cls,
        world: World,
        form: tuple[str, str, str],
        fields: list[tuple[str, str]],
        *,
        at: datetime,
    ) -> Press:
        """Return the press of a form: its token, whose it is, and the path it was sent to."""
        secret = world.settings.secret_key
        return cls(key_hash(secret, "press", *form), form_hash(secret, fields), at)


def where_it_led(world: World, press: Press) -> str | None:
    """Return where this very press led before, "" when that is not known, or None: it is new."""
    done = queries.find_done(press.key, since=press.at - REMEMBERED)
    if done is None or done.request_hash != press.sent:
        return None
    return "" if done.reply_sealed is None else _open(world, press.key, done.reply_sealed)


def wait_where_it_led(world: World, press: Press) -> str:
    """Return where the other one of two presses at once leads, or "" when that stays unknown."""
    for _ in range(LOOKS):
        found = where_it_led(world, press)
        if found:
            return found
        # A new transaction sees what was written since.
        queries.look_anew()
        time.sleep(LOOK_SECONDS)
    return ""


def count_with_what_is_written(press: Press) -> None:
    """Have the press counted in the transaction of whatever this request writes first."""

    def begin() -> None:
        since = press.at - REMEMBERED
        if not queries.claim(press.key, press.sent, since=since, at=press.at):
            raise AlreadyDoneError

    def kept() -> None:
        press.counted = True

    write_first(FirstStep(begin, kept))


def count_nothing_more() -> None:
    """End the counting; the request is over."""
    write_first(None)


def keep_where_it_led(world: World, press: Press, location: str) -> None:
    """Keep where a counted press led to."""
    with unit_of_work():
        queries.keep_reply(press.key, _seal(world, press.key, location))


def had_no_effect(press: Press) -> None:
    """Forget a press that was refused after something else, such as a try, was counted with it."""
    with unit_of_work():
        queries.give_back(press.key, press.sent)


def forget_old(*, at: datetime) -> int:
    """Forget what was done a day ago and before; return how much. The worker calls it."""
    with unit_of_work():
        return queries.forget_done(at - REMEMBERED)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an act of a machine is answered by; `fields` hold ids, codes and times alone."""

    status: int
    fields: dict[str, str]
    referral_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of a machine, as it is told apart from others."""

    key: str
    method: str
    path: str
    body: object


def do_once(
    identity: Identity,
    world: World,
    asked: Asked,
    work: Callable[[], Receipt],
    *,
    at: datetime,
) -> Receipt:
    """Do `work`, or return what it was answered by when the same request came before.

    The service that `work` calls decides whether the identity may; keys of one program do not
    meet those of another.

    Raises:
        InvalidInputError: there is no usable key, or it was used for another request.
        StillRunningError: the same key is being worked on.
        CcrError: whatever `work` raises; then nothing is kept.
    """
    key = key_hash(
        world.settings.secret_key, "act", str(identity.compartment_id), checked_key(asked.key)
    )
    sent = body_hash(world.settings.secret_key, asked.method, asked.path, asked.body)
    with unit_of_work():
        if not queries.lock_key(key):
            raise StillRunningError
        done = queries.find_done(key, since=at - REMEMBERED)
        if done is not None:
            return _again(world, key, done, sent)
        queries.claim_anew(key, sent, compartment_id=identity.compartment_id, at=at)
        receipt = work()
        kept = json.dumps([receipt.status, receipt.fields])
        queries.keep_reply(key, _seal(world, key, kept), referral_id=receipt.referral_id)
    return receipt


def _again(world: World, key: str, done: queries.Done, sent: str) -> Receipt:
    if done.request_hash != sent:
        raise InvalidInputError(
            phrase("This Idempotency-Key was used for another request. Send a new one.")
        )
    if done.reply_sealed is None:
        raise AlreadyDoneError
    status, fields = json.loads(_open(world, key, done.reply_sealed))
    return Receipt(status, fields)


def _context(key: str) -> str:
    return f"done_once|reply_sealed|{key}"


def _seal(world: World, key: str, text: str) -> str:
    return world.keys.seal(text, _context(key))


def _open(world: World, key: str, sealed: str) -> str:
    return world.keys.open(sealed, _context(key))
