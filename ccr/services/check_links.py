"""Links by which a program's administrator checks a listing without signing in (R97; design 6b).

A mail names no listing, member or need; opening a link shows and consumes nothing; confirming
consumes it. Guessing is slowed down by the network that it comes from.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import uuid4
from zoneinfo import ZoneInfo

from ccr.adapters.link_tokens import LENGTH, token_for, token_hash
from ccr.domain.change_by_link import BY_LINK
from ccr.domain.directory import Service
from ccr.domain.errors import GoneError, NotFoundError, StaleError, TooManyAttemptsError
from ccr.domain.phrases import phrase
from ccr.domain.public_listing import as_public
from ccr.services import check_steps, sign_in
from ccr.services.outbox import MOST_LINKS_IN_A_MAIL, Notice, notify
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import check_links as queries
from ccr.storage.queries.accounts import get_compartment
from ccr.storage.queries.audit import append_event_to
from ccr.storage.queries.check_links import OpenLink
from ccr.storage.queries.checks import find_line, rules_of
from ccr.storage.queries.directory import get_service
from ccr.storage.queries.import_stored import lock_directory

_TRIED = "check-link"
"""The name under which wrong tokens are counted, in the place of an address."""
WORKING_HOURS = range(9, 16)
"""Mail about listings leaves on weekdays, within office hours where the network is."""


@dataclass(frozen=True, slots=True)
class ToCheck:
    """The listing that a link is about, as anybody may see it; a hidden one by area alone.

    Attributes:
        signs_in: True when the link went to somebody who has an account.
    """

    service: Service
    version: int
    signs_in: bool


def remind(world: World, *, at: datetime) -> int:
    """Make links for listings that are due and tell their administrators; return how many links.

    Each person gets one notice a day at most, however many listings are due. Safe to run twice:
    whoever runs second waits for the lock and finds the links made.
    """
    made = 0
    for network_id, timezone in queries.networks_with_links():
        if not in_working_hours(timezone, at):
            continue
        with unit_of_work():
            lock_directory(network_id)
            wanted = queries.wanted_links(network_id, rules_of(network_id), at)
            for account_id, group in groupby(wanted, key=lambda item: item.account_id):
                links = list(group)[:MOST_LINKS_IN_A_MAIL]
                for item in links:
                    link_id = uuid4()
                    token = token_for(link_id, world.settings.secret_key)
                    queries.add_link(
                        link_id,
                        network_id,
                        item.service_id,
                        account_id,
                        token_hash(token),
                        at=at,
                    )
                    made += 1
                notify(
                    network_id,
                    links[0].compartment_id,
                    [account_id],
                    Notice.LISTINGS_TO_CHECK,
                    about=f"check/{at.astimezone(ZoneInfo(timezone)).date().isoformat()}",
                    at=at,
                )
    return made


def in_working_hours(timezone: str, at: datetime) -> bool:
    """Return True on a weekday within office hours where the network is."""
    local = at.astimezone(ZoneInfo(timezone))
    return local.weekday() <= 4 and local.hour in WORKING_HOURS  # noqa: PLR2004 -- Friday


def look_at(token: str, came_from: str, *, at: datetime) -> ToCheck:
    """Return what a link is about. Nothing is consumed.

    Raises:
        NotFoundError: there is no such link, or it has run out.
        GoneError: it was used, or the listing was checked otherwise.
        TooManyAttemptsError: too many wrong links came from this network.
    """
    link = open_link(token, came_from, at=at)
    line = find_line(link.network_id, link.service_id)
    if line is None:
        raise NotFoundError
    return ToCheck(
        as_public(get_service(link.network_id, link.service_id)),
        line.version,
        link.account_id is not None,
    )


def confirm(token: str, came_from: str, *, version: int, at: datetime) -> ToCheck:
    """Note that the listing is still true, and use the link up.

    Raises:
        NotFoundError, GoneError, TooManyAttemptsError: as for `look_at`.
        StaleError: the listing has changed since it was shown.
    """
    # Found outside of the unit: a wrong token is counted even though the rest is undone.
    link = open_link(token, came_from, at=at)
    with unit_of_work():
        line = find_line(link.network_id, link.service_id)
        if line is None:
            raise NotFoundError
        if line.version != version:
            raise StaleError(
                phrase("This listing has changed since you opened it. Look at it once more.")
            )
        program = get_compartment(link.compartment_id)
        if not queries.use_link(link, at=at):
            raise GoneError
        check_steps.note_check(
            line,
            at=at,
            by_role="agency_admin" if link.account_id else BY_LINK,
            member=program.member_name,
            account=link.account_id,
        )
        append_event_to(
            link.compartment_id,
            link.account_id,
            "verified-by-link",
            "service",
            link.service_id,
            at=at,
        )
    return ToCheck(
        as_public(get_service(link.network_id, link.service_id)),
        line.version,
        link.account_id is not None,
    )


def open_link(token: str, came_from: str, *, at: datetime) -> OpenLink:
    """Return the link of a token that can still be used; a wrong one is counted.

    Raises:
        NotFoundError, GoneError, TooManyAttemptsError: as for `look_at`.
    """
    if sign_in.seconds_to_wait(_TRIED, came_from, at=at):
        raise TooManyAttemptsError(phrase("Too many tries. Wait some minutes."))
    kept = token_hash(token) if len(token) == LENGTH and token.isascii() else ""
    link = queries.find_link(kept, at) if kept else None
    if link is not None:
        return link
    if kept and queries.was_used(kept):
        raise GoneError
    sign_in.record_failure(_TRIED, came_from, at=at)
    raise NotFoundError
