"""The one loop in which mail leaves ends in time, whatever the server does."""

from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from ccr.adapters.mailer import MailError
from ccr.services.posting import Posted, post_all

SERVER = SimpleNamespace(connected=lambda: nullcontext(None))


class Box:
    """Two batches of three; `fails` says by number what the server answers."""

    def __init__(self, **fails: str) -> None:
        self.batches = [[4, 5, 6], [1, 2, 3]]
        self.fails = {int(number[1:]): code for number, code in fails.items()}
        self.left: list[int] = []
        self.waits: list[int] = []
        self.back: list[int] = []

    def take(self) -> list[int] | None:
        return self.batches.pop() if self.batches else None

    def post(self, _post: object, mail: int) -> MailError | None:
        code = self.fails.get(mail)
        return MailError(code) if code else None

    def sent(self, mail: int) -> None:
        self.left.append(mail)

    def wait(self, mail: int, _code: str) -> None:
        self.waits.append(mail)

    def put_back(self, mails: list[int], _code: str | None) -> None:
        self.back += mails


@pytest.mark.parametrize(
    ("seconds", "posted", "left", "back"),
    [(30.0, Posted(6), [1, 2, 3, 4, 5, 6], []), (-1.0, Posted(), [], [1, 2, 3])],
)
def test_after_its_time_nothing_more_leaves_and_what_was_taken_goes_back(
    seconds: float, posted: Posted, left: list[int], back: list[int]
) -> None:
    box = Box()
    assert post_all(SERVER, box, seconds=seconds) == posted
    assert (box.left, box.back) == (left, back)


def test_one_refused_mail_waits_and_the_rest_leaves() -> None:
    box = Box(n2="recipient")
    assert post_all(SERVER, box, seconds=30.0) == Posted(5, 1)
    assert (box.left, box.waits) == ([1, 3, 4, 5, 6], [2])
