"""Fetching from an address that somebody typed, without being led into our own network.

The name is resolved once, every address it has is checked, and the connection goes to a checked
address with the name kept for TLS and Host: a name that changes its mind (DNS rebinding) changes
nothing. No redirect is followed, no proxy asked, no link in an answer read.
Source: security.md case 28; OWASP, Server-Side Request Forgery Prevention.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlencode, urlsplit

import urllib3
from urllib3.exceptions import HTTPError

from ccr.adapters.exchange_end import ended_after
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import Phrase, phrase

LONGEST_ADDRESS = 2000
CHUNK_BYTES = 64 * 1024
CONNECT_SECONDS, READ_SECONDS = 10, 60
_NAME = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z][a-z0-9-]{0,62}")
"""A host name; its last label starts with a letter, so that 0x7f1 and 2130706433 are none."""
_IPV4_BITS = 32
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], list[str]]
OK, REDIRECTS = 200, range(300, 400)


@dataclass(slots=True)
class Limits:
    """What one whole fetch may take; it is counted down as it goes."""

    bytes: int = 1024 * 1024 * 1024
    requests: int = 20_000
    seconds: float = 1800.0
    clock: Callable[[], float] = time.monotonic
    _ends: float = field(default=0.0)

    def spend(self, *, received: int = 0, requests: int = 0) -> None:
        """Count what was used; raise InvalidInputError when it is too much."""
        self._ends = self._ends or self.clock() + self.seconds
        self.bytes -= received
        self.requests -= requests
        if self.bytes < 0 or self.requests < 0:
            raise refused(phrase("The server sends more than a directory can hold: stopped."))
        if self.clock() > self._ends:
            raise refused(phrase("The server is too slow: stopped after too long a wait."))


@dataclass(frozen=True, slots=True)
class Server:
    """A server whose address has been checked; everything is asked of that one address."""

    scheme: str
    host: str
    port: int
    path: str
    address: str
    limits: Limits

    def get(self, path: str, query: Mapping[str, str]) -> Answer:
        """Return the answer to a GET of a path below the base; its body is yet to be read.

        Raises:
            InvalidInputError: no answer, a redirect, an error status, or an encoded body.
        """
        self.limits.spend(requests=1)
        url = f"{self.path.rstrip('/')}{path}" + (f"?{urlencode(query)}" if query else "")
        try:
            found = self._pool().urlopen(
                "GET",
                url,
                headers={
                    "Host": self._host,
                    "Accept": "application/json, application/x-ndjson",
                    "Accept-Encoding": "identity",
                    "User-Agent": "CCR directory import",
                },
                redirect=False,
                retries=False,
                preload_content=False,
            )
        except (HTTPError, OSError) as error:
            raise refused(phrase("The server does not answer, or not safely.")) from error
        answer = Answer(cast("urllib3.HTTPResponse", found), self.limits)
        answer.check()
        return answer

    def post(self, body: bytes, headers: Mapping[str, str], *, seconds: tuple[float, float]) -> int:
        """Send a body to the base itself and return the status; nothing of the answer is read.

        `seconds`: for connecting, and for the answer to begin. The whole takes no longer than both
        together, however the server spreads it: a byte now and then starts no wait anew.

        Raises:
            InvalidInputError: no answer.
        """
        self.limits.spend(requests=1)
        pool = self._pool(*seconds)
        try:
            with ended_after(pool, sum(seconds)):
                found = pool.urlopen(
                    "POST",
                    self.path or "/",
                    body=body,
                    headers={"Host": self._host, **headers},
                    redirect=False,
                    retries=False,
                    preload_content=False,
                )
                found.close()
        except (HTTPError, OSError) as error:
            raise refused(phrase("The server does not answer, or not safely.")) from error
        return int(found.status)

    @property
    def _host(self) -> str:
        usual = 443 if self.scheme == "https" else 80
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == usual else f"{name}:{self.port}"

    def _pool(
        self, connect: float = CONNECT_SECONDS, read: float = READ_SECONDS
    ) -> urllib3.HTTPConnectionPool:
        timeout = urllib3.Timeout(connect=connect, read=read)
        if self.scheme == "http":
            return urllib3.HTTPConnectionPool(self.address, self.port, timeout=timeout)
        return urllib3.HTTPSConnectionPool(
            self.address,
            self.port,
            timeout=timeout,
            ssl_context=ssl.create_default_context(),
            server_hostname=self.host,
            assert_hostname=self.host,
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a server."""

    response: urllib3.HTTPResponse
    limits: Limits

    def check(self) -> None:
        """Raise InvalidInputError for an answer that is not to be read."""
        status = self.response.status
        encoding = self.response.headers.get("Content-Encoding", "identity").lower()
        sentence: Phrase | None = None
        if status in REDIRECTS:
            sentence = phrase(
                "The server points to another address: give that one, if you trust it."
            )
        elif status != OK:
            sentence = phrase("The server answers with status %(status)s.", status=status)
        elif encoding != "identity":
            sentence = phrase("The server packs its answers, though it was asked not to.")
        if sentence:
            self.response.close()
            raise refused(sentence)

    @property
    def kind(self) -> str:
        """Return the media type, in lower case, without parameters."""
        return self.response.headers.get("Content-Type", "").split(";")[0].strip().lower()

    def chunks(self) -> Iterator[bytes]:
        """Yield the body, counting it.

        Raises:
            InvalidInputError: too much, too slow, or cut off.
        """
        try:
            for chunk in self.response.stream(CHUNK_BYTES, decode_content=False):
                self.limits.spend(received=len(chunk))
                yield chunk
        except (HTTPError, OSError) as error:
            raise refused(phrase("The server's answer is cut off.")) from error
        finally:
            self.response.close()

    def body(self, most: int) -> bytes:
        """Return the whole body, of at most so many bytes."""
        found = bytearray()
        for chunk in self.chunks():
            found += chunk
            if len(found) > most:
                raise refused(phrase("The server sends more than a directory can hold: stopped."))
        return bytes(found)


def refused(sentence: Phrase) -> InvalidInputError:
    """Return the refusal of an address or of what a server answered."""
    return InvalidInputError(sentence, field="path")


def checked_server(
    url: str,
    limits: Limits,
    *,
    allow_private: bool = False,
    resolve: Resolver | None = None,
) -> Server:
    """Return the server of an http or https address, resolved, and every address of it checked.

    `allow_private` lets an administrator reach the private addresses of their own network, and
    this machine; never link-local ones, where clouds keep their keys.

    Raises:
        InvalidInputError: the address is malformed, unknown, or leads into a network that is not
            public.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").rstrip(".").encode("idna").decode("ascii").lower()
    except (ValueError, UnicodeError) as error:
        raise refused(_MALFORMED) from error
    literal = _literal(host)
    odd = not url.isprintable() or any(char in url for char in "\\ ") or len(url) > LONGEST_ADDRESS
    if (
        odd
        or parts.scheme not in {"http", "https"}
        or parts.username is not None
        or parts.password is not None
        or port == 0
        or (literal is None and not _NAME.fullmatch(host))
    ):
        raise refused(_MALFORMED)
    port = port or (443 if parts.scheme == "https" else 80)
    found = [str(literal)] if literal else _resolved(host, port, resolve or _system_resolver)
    for text in found:
        if not is_reachable(ipaddress.ip_address(text), allow_private=allow_private):
            raise refused(
                phrase("This address leads into a network that is not public; nothing was fetched.")
            )
    path = parts.path
    return Server(parts.scheme, host, port, path, found[0], limits)


_MALFORMED = phrase("Give a plain http or https address, without a user name.")


def _literal(host: str) -> Address | None:
    """Return an address that is written out in full, or None; ipaddress takes no odd notation."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _resolved(host: str, port: int, resolve: Resolver) -> list[str]:
    try:
        found = resolve(host, port)
    except (OSError, UnicodeError) as error:
        raise refused(phrase("There is no server of this name.")) from error
    if not found:
        raise refused(phrase("There is no server of this name."))
    return found


def _system_resolver(host: str, port: int) -> list[str]:
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]).split("%")[0] for answer in answers))


def is_reachable(address: Address, *, allow_private: bool = False) -> bool:
    """Return True for an address on the public Internet, or a private one where that is allowed.

    An IPv6 address that carries an IPv4 one (mapped, 6to4, Teredo, NAT64) is judged by both.
    """
    inner = _carried(address)
    if inner is not None and not is_reachable(inner, allow_private=allow_private):
        return False
    if address.is_multicast or address.is_unspecified or address.is_link_local:
        return False
    if address.is_global or (inner is not None and address in _NAT64):
        return True
    return allow_private and (address.is_private or address.is_loopback) and not _reserved(address)


def _reserved(address: Address) -> bool:
    # ::1 counts as reserved too; it is this machine.
    return address.is_reserved and not address.is_loopback


def _carried(address: Address) -> ipaddress.IPv4Address | None:
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address.ipv4_mapped:
        return address.ipv4_mapped
    if address.sixtofour:
        return address.sixtofour
    if address.teredo:
        return address.teredo[1]
    compatible = int(address) >> _IPV4_BITS == 0 and int(address) > 1
    if address in _NAT64 or compatible:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None
