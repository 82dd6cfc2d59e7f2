"""The one loop in which mail leaves: batch by batch, a connection each, for a limited time.

The clocks of referrals run in the same worker, and must not wait for mail.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Protocol, TypeVar

from ccr.adapters.mailer import Mailer, MailError, Post

# Minutes until the next try, by tries so far: an evening's outage is survived. Our choice.
WAITS_MINUTES = (1, 5, 15, 60, 180, 360, 720)
# Longer than a batch can take: after that the worker that held it is gone.
HOLD = timedelta(minutes=15)
BATCH = 20
MAX_BATCHES = 25
NOTICES_SECONDS, LETTERS_SECONDS = 30.0, 10.0
"""A run takes no new mail in hand after this; the next one, a minute later, goes on. Both are runs
of the same minute and leave the rest of it to the clocks."""


M = TypeVar("M")


@dataclass(frozen=True, slots=True)
class Posted:
    """What came of a run, or of one batch of it; `is_over` when the run should end with it."""

    sent: int = 0
    failed: int = 0
    is_over: bool = False


class Box(Protocol[M]):
    """Where mail of one kind waits. Each of these is a transaction of its own."""

    def take(self) -> list[M] | None:
        """Take a batch in hand; None when nothing is left, [] when none of it is to leave now."""

    def post(self, post: Post, mail: M) -> MailError | None:
        """Hand one mail over; return why it was not taken."""

    def sent(self, mail: M) -> None:
        """Note that it has left."""

    def wait(self, mail: M, code: str) -> None:
        """Note that it was refused, and let it wait."""

    def put_back(self, mails: list[M], code: str | None) -> None:
        """Give back what was taken and not tried: it keeps its tries."""


def post_all(mailer: Mailer, box: Box[M], *, seconds: float) -> Posted:
    """Send what is in the box for so many seconds at most, and return what came of it."""
    ends = monotonic() + seconds
    sent = failed = 0
    for _ in range(MAX_BATCHES):
        mails = box.take()
        if mails is None:
            break
        if mails:
            batch = _post_batch(mailer, box, mails, ends)
            sent, failed = sent + batch.sent, failed + batch.failed
            if batch.is_over:
                break
    return Posted(sent, failed)


def _post_batch(mailer: Mailer, box: Box[M], mails: list[M], ends: float) -> Posted:
    """Send a batch over one connection. What was not tried goes back and keeps its tries."""
    sent = failed = 0
    with ExitStack() as connection:
        try:
            post = connection.enter_context(mailer.connected())
        except MailError as error:
            box.put_back(mails, error.code)
            return Posted(0, len(mails), is_over=True)
        for number, mail in enumerate(mails):
            if monotonic() > ends:
                box.put_back(mails[number:], None)
                return Posted(sent, failed, is_over=True)
            failure = box.post(post, mail)
            if failure is None:
                sent += 1
                box.sent(mail)
                continue
            failed += 1
            box.wait(mail, failure.code)
            if failure.is_about_the_server:
                rest = mails[number + 1 :]
                box.put_back(rest, failure.code)
                return Posted(sent, failed + len(rest), is_over=sent == 0)
    return Posted(sent, failed)
