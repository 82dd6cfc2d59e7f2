"""Members without accounts are asked by mail as well: at the address of their office, by links.

A letter names no listing, member, need or place, so it is the same for a hidden service. A link is
written before its letter leaves, and forgotten when the mail server is away: the next run tries
again. An address that the server refuses counts as asked; after two tries a person has to call.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from uuid import UUID, uuid4

from ccr.adapters.link_tokens import token_for, token_hash
from ccr.adapters.logs import get_logger
from ccr.adapters.mailer import Mail, Mailer, MailError, Post, mailer_for
from ccr.domain.phrases import phrase
from ccr.services.check_links import in_working_hours
from ccr.services.demo_guard import check_mail
from ccr.services.outbox import MOST_LINKS_IN_A_MAIL
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import check_letters as queries
from ccr.storage.queries.check_links import add_link, networks_with_links
from ccr.storage.queries.checks import rules_of
from ccr.storage.queries.import_stored import lock_directory

SUBJECT = phrase("Some facts are due to be checked")
WORDS = phrase(
    "Some public facts of your organization are due to be checked. Each link works once, for 14 "
    "days, and needs no sign-in. If you did not expect this mail, delete it; nothing happens."
)
MOST_IN_A_RUN = 20
"""Letters sent in one run of the worker; the rest leaves in the next minutes."""


def write(world: World, *, at: datetime) -> int:
    """Write to offices whose listings are due; return how many letters were taken.

    Safe to run twice: whoever runs second waits for the lock and finds the links made.

    Raises:
        UnsafeStorageError: the database holds a demo network and mail would really leave.
    """
    check_mail(world.settings)
    mailer = mailer_for(world.settings)
    sent = 0
    for network_id, timezone in networks_with_links() if mailer else ():
        if mailer is None or not in_working_hours(timezone, at):
            continue
        if not queries.wanted_letters(network_id, rules_of(network_id), at):
            continue
        with ExitStack() as connection:
            try:
                post = connection.enter_context(mailer.connected())
            except MailError as error:
                get_logger(__name__).warning("check-letters.failed", failure=error.code)
                return sent
            sent += _send(world, network_id, mailer, post, at)
    if sent:
        get_logger(__name__).info("check-letters.sent", sent=sent)
    return sent


def _send(world: World, network_id: UUID, mailer: Mailer, post: Post, at: datetime) -> int:
    """Send a run's letters of one network over an open connection; return how many were taken."""
    letters, taken = _make(world, network_id, at), 0
    for number, (address, ids) in enumerate(letters):
        letter = _letter(world, address, ids, at)
        try:
            post(letter)
        except MailError as error:
            get_logger(__name__).warning("check-letters.failed", failure=error.code)
            if not error.is_about_the_server:
                continue
            # A server that died may have taken it: once more, with the same Message-ID and links.
            came = _once_more(mailer, letter)
            taken += came
            with unit_of_work():
                rest = letters[number + came :]
                queries.drop_links([link for _, links in rest for link in links])
            break
        taken += 1
    return taken


def _once_more(mailer: Mailer, letter: Mail) -> bool:
    """Hand a letter over on a connection of its own; return whether it was taken."""
    try:
        with mailer.connected() as post:
            post(letter)
    except MailError:
        return False
    return True


def _make(world: World, network_id: UUID, at: datetime) -> list[tuple[str, tuple[UUID, ...]]]:
    """Make the links of a run's letters; return each address with its links."""
    with unit_of_work():
        lock_directory(network_id)
        listings: dict[str, list[UUID]] = {}
        for item in queries.wanted_letters(network_id, rules_of(network_id), at):
            listings.setdefault(item.address, []).append(item.service_id)
        letters = []
        for address in list(listings)[:MOST_IN_A_RUN]:
            made = tuple(
                _link(world, network_id, service_id, at)
                for service_id in listings[address][:MOST_LINKS_IN_A_MAIL]
            )
            letters.append((address, made))
        return letters


def _link(world: World, network_id: UUID, service_id: UUID, at: datetime) -> UUID:
    link_id = uuid4()
    kept = token_hash(token_for(link_id, world.settings.secret_key))
    add_link(link_id, network_id, service_id, None, kept, at=at)
    return link_id


def _letter(world: World, address: str, ids: tuple[UUID, ...], at: datetime) -> Mail:
    return Mail(
        to=address,
        subject=str(SUBJECT),
        body=f"{WORDS}\n\n{''.join(_lines(world, ids))}",
        key=f"check-letter/{ids[0]}",
        at=at,
    )


def _lines(world: World, ids: tuple[UUID, ...]) -> Iterator[str]:
    for link_id in ids:
        token = token_for(link_id, world.settings.secret_key)
        yield f"{world.settings.base_url}/check/{token}\n"
