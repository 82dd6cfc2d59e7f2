"""A real SMTP server on this machine that is slow, refuses and dies, as its dice say."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

# What goes wrong, at which step, how often in 1,000. "dies" drops the connection without a reply.
FAULTS = {
    "connect": {"dies": 60},
    "ehlo": {"421 4.3.2 closing": 60, "dies": 60},
    "mail": {"451 4.3.0 try later": 20, "421 4.3.2 closing": 10, "dies": 10},
    "rcpt": {"450 4.2.0 greylisted": 40, "550 5.1.1 unknown": 20, "dies": 20},
    "data": {
        "451 4.3.0 try later": 30,
        "554 5.6.0 not today": 20,
        "dies before keeping it": 20,
        "dies after keeping it": 60,
        "keeps it and says 451": 10,
    },
}


@dataclass
class FailingServer:
    """Keeps what it accepted; `had` counts what went wrong, by step and kind."""

    rng: random.Random
    slow_seconds: float = 0.0
    well: bool = False
    taken: list[tuple[str, tuple[str, ...], bytes]] = field(default_factory=list)
    had: Counter[str] = field(default_factory=Counter)

    def fault(self, step: str) -> str | None:
        """Return what goes wrong now, or None."""
        dice = self.rng.randrange(1000)
        for kind, chance in () if self.well else FAULTS[step].items():
            if dice < chance:
                self.had[f"{step}: {kind}"] += 1
                return kind
            dice -= chance
        return None

    async def _answer(self, server: SMTP, step: str) -> str | None:
        if self.slow_seconds:
            await asyncio.sleep(self.slow_seconds)
        kind = self.fault(step)
        if kind is not None and not kind[0].isdigit():
            drop(server)
            return "421 gone"
        return kind

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: Any
    ) -> Any:
        session.host_name = hostname
        kind = await self._answer(server, "ehlo")
        return [kind] if kind else responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if kind := await self._answer(server, "mail"):
            return kind
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if kind := await self._answer(server, "rcpt"):
            return kind
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        kind = self.fault("data")
        keeps = kind is None or ("keep" in kind and "before" not in kind)
        if keeps:
            assert isinstance(envelope.content, bytes)
            self.taken.append(
                (envelope.mail_from or "", tuple(envelope.rcpt_tos), envelope.content)
            )
        if kind is None:
            return "250 OK"
        if kind.startswith("dies"):
            drop(server)
            return "421 gone"
        return "451 4.3.0 try later" if kind.startswith("keeps") else kind


def drop(server: SMTP) -> None:
    """Close the connection without another word."""
    if server.transport is not None:
        server.transport.abort()


class _DroppingSMTP(SMTP):
    """Drops some connections before a word is said."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        if self.event_handler.fault("connect"):
            transport.abort()


class _Dropping(Controller):
    def factory(self) -> SMTP:
        return _DroppingSMTP(self.handler, **self.SMTP_kwargs)


@contextmanager
def running(server: FailingServer, port: int) -> Iterator[str]:
    """Run the server on this port; yield its address as a setting."""
    was, server.well = server.well, True  # the controller tries the port once by itself
    controller = _Dropping(server, hostname="127.0.0.1", port=port)
    controller.start()
    server.well = was
    yield f"smtp://127.0.0.1:{port}"
    controller.stop()
