"""Sending one fixed notice to one staff address: by SMTP, into a file, or not at all.

What lives here: addresses, headers, connections and their failures as codes. What must not: what
the notice says, who it is for, and when to try again (services/outbox.py).
"""

from __future__ import annotations

import hashlib
import os
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from email_validator import EmailNotValidError, validate_email

from ccr.config import Settings

CONNECT_SECONDS = 15
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
SMTP_PORTS = {"smtp": 587, "smtps": 465}


class MailError(Exception):
    """A mail was not taken. `code` names the kind of failure and never what the server said.

    About this mail: address, refused, rejected, template.
    About the server as a whole: connect, tls, auth.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def is_about_the_server(self) -> bool:
        """Return True when the next mail would fail the same way."""
        return self.code in {"connect", "tls", "auth"}


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one address.

    Attributes:
        to: exactly one address.
        subject, body: fixed text.
        key: the same for every try at the same mail, so that a receiver can drop a second copy.
        at: when it was written, aware UTC.
    """

    to: str
    subject: str
    body: str
    key: str
    at: datetime


Post = Callable[[Mail], None]


class Mailer(Protocol):
    """Somewhere to hand mail to."""

    def connected(self) -> AbstractContextManager[Post]:
        """Return a context with a function that hands over one mail or raises MailError."""


def mailer_for(settings: Settings) -> Mailer | None:
    """Return the mailer that the settings ask for; None when mail is off."""
    if settings.mail_backend == "smtp":
        return SmtpMailer(settings.smtp_url, settings.mail_from)
    if settings.mail_backend == "file":
        return FileMailer(settings.data_dir / "outbox", settings.mail_from)
    return None


def message(mail: Mail, sender: str) -> EmailMessage:
    """Return the mail with its headers: one To, no Cc, no Bcc, a Message-ID that tells nothing.

    Raises:
        MailError: `to` is not exactly one address (code address).
    """
    result = EmailMessage(policy=SMTP)
    result["From"] = _address(sender)
    result["To"] = _address(mail.to)
    result["Subject"] = mail.subject
    result["Date"] = format_datetime(mail.at)
    digest = hashlib.sha256(mail.key.encode()).hexdigest()[:32]
    result["Message-ID"] = f"<{digest}@{_address(sender).domain}>"
    # RFC 3834: out-of-office programs do not answer what no person wrote.
    result["Auto-Submitted"] = "auto-generated"
    result.set_content(mail.body)
    return result


def _address(text: str) -> Address:
    # Not "globally deliverable": an agency's own mail server may sit on a local name.
    if text.rsplit("@", 1)[-1] in LOOPBACK and text.count("@") == 1 and text.isascii():
        local = text.split("@", 1)[0]
        if local.isalnum():
            return Address(username=local, domain="localhost")
    try:
        checked = validate_email(text, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError:
        raise MailError("address") from None
    if checked.ascii_email is None:
        raise MailError("address")
    return Address(addr_spec=checked.ascii_email)


class FileMailer:
    """Writes each mail as an .eml file; the same mail again replaces the same file."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder = folder
        self._sender = sender

    @contextmanager
    def connected(self) -> Iterator[Post]:
        """Yield a function that writes one file, readable by the owner alone."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        yield self._write

    def _write(self, mail: Mail) -> None:
        built = message(mail, self._sender)
        name = str(built["Message-ID"]).strip("<>").split("@", 1)[0]
        draft = self._folder / f".{name}.part"
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(built.as_bytes())
            draft.replace(self._folder / f"{name}.eml")
        except OSError:
            raise MailError("connect") from None


class SmtpMailer:
    """Hands mail to an SMTP server, over TLS always unless the server is this very machine."""

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        self._scheme = parts.scheme
        self._host = parts.hostname or "localhost"
        self._port = parts.port or SMTP_PORTS.get(parts.scheme, 25)
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._sender = sender

    @contextmanager
    def connected(self) -> Iterator[Post]:
        """Yield a function that sends over one connection.

        Raises:
            MailError: no connection (connect), none that is safe (tls), or no entry (auth).
        """
        server = self._connect()
        try:
            yield lambda mail: self._send(server, mail)
        finally:
            try:
                server.quit()
            except (smtplib.SMTPException, OSError):
                server.close()

    def _connect(self) -> smtplib.SMTP:
        server: smtplib.SMTP | None = None
        try:
            if self._scheme == "smtps":
                server = smtplib.SMTP_SSL(
                    self._host,
                    self._port,
                    timeout=CONNECT_SECONDS,
                    context=ssl.create_default_context(),
                )
            else:
                server = smtplib.SMTP(self._host, self._port, timeout=CONNECT_SECONDS)
                server.ehlo()
                if self._host not in LOOPBACK or server.has_extn("starttls"):
                    server.starttls(context=ssl.create_default_context())
            if self._user:
                server.login(self._user, self._password)
        except (ssl.SSLError, smtplib.SMTPNotSupportedError):
            code = "tls"
        except smtplib.SMTPAuthenticationError:
            code = "auth"
        except (smtplib.SMTPException, OSError):
            code = "connect"
        else:
            return server
        if server is not None:
            server.close()
        raise MailError(code)

    def _send(self, server: smtplib.SMTP, mail: Mail) -> None:
        built = message(mail, self._sender)
        sender, to = _address(self._sender).addr_spec, _address(mail.to).addr_spec
        try:
            server.send_message(built, from_addr=sender, to_addrs=[to])
        except smtplib.SMTPRecipientsRefused:
            raise MailError("refused") from None
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            # Most of smtplib's errors are OSErrors; only a lost connection dooms the next mail.
            lost = isinstance(error, smtplib.SMTPServerDisconnected) or not isinstance(
                error, smtplib.SMTPException
            )
            raise MailError("connect" if lost else "rejected") from None
