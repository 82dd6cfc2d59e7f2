"""Sending one signed message to a system of a member, without being led into our own network.

The address is resolved and checked anew at each try (`ccr.adapters.guarded_fetch`); the connection
goes to the checked address. No redirect is followed and nothing of the answer is read.
"""

from __future__ import annotations

from ccr.adapters.guarded_fetch import Limits, Resolver, checked_server
from ccr.domain.errors import CcrError, InvalidInputError
from ccr.domain.phrases import phrase

CONNECT_SECONDS, READ_SECONDS = 3.0, 5.0
TAKEN, REDIRECTS = range(200, 300), range(300, 400)
GONE = "gone"
_GONE_STATUS = 410


class FailedError(CcrError):
    """A message was not taken; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(phrase("The message was not taken."))
        self.code = code


def send(url: str, body: str, headers: dict[str, str], *, resolve: Resolver | None = None) -> None:
    """Send a message.

    Raises:
        FailedError: "address", "silent", "redirect", "gone" or "status-<number>".
    """
    try:
        server = checked_server(url, Limits(requests=1, seconds=30), resolve=resolve)
    except InvalidInputError as error:
        raise FailedError("address") from error
    try:
        status = server.post(
            body.encode(),
            {**headers, "Content-Type": "application/json", "User-Agent": "CCR"},
            seconds=(CONNECT_SECONDS, READ_SECONDS),
        )
    except InvalidInputError as error:
        raise FailedError("silent") from error
    if status in TAKEN:
        return
    if status == _GONE_STATUS:
        raise FailedError(GONE)
    raise FailedError("redirect" if status in REDIRECTS else f"status-{status}")
