"""A member's own system is told that a referral changed: kept here, by its administrator.

The secret is made here, shown once and kept sealed, because messages are signed with it.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from ccr.adapters import webhook_sender
from ccr.adapters.guarded_fetch import Limits, Resolver, checked_server
from ccr.adapters.webhook_sender import FailedError
from ccr.domain.errors import DuplicateError, InvalidInputError, NotFoundError
from ccr.domain.joining import check_starts_something
from ccr.domain.phrases import phrase
from ccr.domain.webhooks import (
    SECRET_BYTES,
    SECRET_PREFIX,
    OffWhy,
    checked_url,
    signed_headers,
    test_message,
)
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.api_keys import program_named
from ccr.services.authorise import authorise
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import webhooks as queries
from ccr.storage.queries.accounts import CompartmentFacts, get_compartment
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.taking_part import standing_of_program
from ccr.storage.queries.webhooks import Webhook

MOST_WEBHOOKS = 5
Send = Callable[[str, str, dict[str, str]], None]


@dataclass(frozen=True, slots=True)
class WebhookShown:
    """A webhook as it may be told: never its secret."""

    id: UUID
    compartment_id: UUID
    url: str
    created_at: datetime
    answered_at: datetime | None
    off_since: datetime | None
    off_why: OffWhy | None
    waiting: int


def url_context(webhook_id: UUID) -> str:
    """Return what an address is sealed for."""
    return f"webhook|url_sealed|{webhook_id}"


def secret_context(webhook_id: UUID) -> str:
    """Return what a secret is sealed for."""
    return f"webhook|secret_sealed|{webhook_id}"


def add_webhook(
    identity: Identity,
    world: World,
    member_name: str,
    url: str,
    *,
    compartment_name: str | None = None,
    at: datetime,
    resolve: Resolver | None = None,
) -> tuple[UUID, str]:
    """Keep an address of a program's own system; return its id and the secret, shown this once.

    Raises:
        InvalidInputError: the address is not plain https, or leads into a network that is not
            public.
        DuplicateError: the program has as many as it may.
        NotFoundError: there is no such member or program.
        TakesNoPartError: the member is suspended or leaves.
    """
    address = checked_url(url)
    _check_reachable(address, resolve)
    with unit_of_work():
        program = program_named(identity, member_name, compartment_name)
        return _keep(identity, world, program, address, at=at)


def add_own(
    identity: Identity, world: World, url: str, *, at: datetime, resolve: Resolver | None = None
) -> tuple[UUID, str]:
    """Keep an address for one's own program; as add_webhook does, and raises as it does."""
    authorise(identity, Permission.WEBHOOK_MANAGE)
    address = checked_url(url)
    _check_reachable(address, resolve)
    with unit_of_work():
        return _keep(identity, world, get_compartment(identity.compartment_id), address, at=at)


def _keep(
    identity: Identity, world: World, program: CompartmentFacts, address: str, *, at: datetime
) -> tuple[UUID, str]:
    secret = SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    webhook_id = uuid4()
    fresh = Webhook(
        id=webhook_id,
        network_id=program.network_id,
        compartment_id=program.id,
        url_sealed=world.keys.seal(address, url_context(webhook_id)),
        secret_sealed=world.keys.seal(secret, secret_context(webhook_id)),
        created_at=at,
        looked_at=None,
        answered_at=None,
        off_since=None,
        off_why=None,
    )
    authorise(identity, Permission.WEBHOOK_MANAGE, fresh)
    check_starts_something(standing_of_program(program.id))
    if queries.count_webhooks(program.id) >= MOST_WEBHOOKS:
        raise DuplicateError(phrase("A program has at most %(most)s of these.", most=MOST_WEBHOOKS))
    queries.add_webhook(fresh)
    append_event(identity, "created", "webhook", webhook_id, at=at)
    return webhook_id, secret


def list_webhooks(identity: Identity, world: World) -> list[WebhookShown]:
    """Return the webhooks that one may manage, oldest first."""
    authorise(identity, Permission.WEBHOOK_MANAGE)
    mine = [
        found
        for found in queries.list_webhooks(network_id=identity.network_id)
        if identity.from_terminal or found.compartment_id == identity.compartment_id
    ]
    waiting = queries.count_waiting([found.id for found in mine])
    return [_shown(world, found, waiting[found.id]) for found in mine]


def get_webhook(identity: Identity, world: World, webhook_id: UUID) -> WebhookShown:
    """Return one that may be managed; raises NotFoundError."""
    found = _load(identity, webhook_id)
    return _shown(world, found, queries.count_waiting([found.id])[found.id])


def _shown(world: World, found: Webhook, waiting: int) -> WebhookShown:
    return WebhookShown(
        id=found.id,
        compartment_id=found.compartment_id,
        url=world.keys.open(found.url_sealed, url_context(found.id)),
        created_at=found.created_at,
        answered_at=found.answered_at,
        off_since=found.off_since,
        off_why=OffWhy(found.off_why) if found.off_why else None,
        waiting=waiting,
    )


def turn_off(identity: Identity, webhook_id: UUID, *, at: datetime) -> None:
    """Send it nothing more; what waits is dropped. Doing it twice changes nothing."""
    with unit_of_work():
        _load(identity, webhook_id)
        if queries.turn_off(webhook_id, why=OffWhy.PERSON.value, at=at):
            append_event(identity, "turned-off", "webhook", webhook_id, at=at)


def turn_on(identity: Identity, webhook_id: UUID, *, at: datetime) -> None:
    """Send it what changes from now on. Doing it twice changes nothing.

    Raises:
        NotFoundError: there is no such webhook of one's own.
        TakesNoPartError: its member is suspended or leaves.
    """
    with unit_of_work():
        found = _load(identity, webhook_id)
        check_starts_something(standing_of_program(found.compartment_id))
        if queries.turn_on(webhook_id):
            append_event(identity, "turned-on", "webhook", webhook_id, at=at)


def send_test(
    identity: Identity,
    world: World,
    webhook_id: UUID,
    *,
    at: datetime,
    send: Send | None = None,
) -> str | None:
    """Send a signed message that is about no referral, once; return None, or why it was not taken.

    It is not kept and not tried again, and says nothing of what waits. One that is off can be
    tried too, before it is turned on.

    Raises:
        NotFoundError: there is no such webhook of one's own.
        TakesNoPartError: its member is suspended or leaves.
    """
    with unit_of_work():
        found = _load(identity, webhook_id)
        check_starts_something(standing_of_program(found.compartment_id))
        append_event(identity, "tested", "webhook", webhook_id, at=at)
    body, secret = test_message(), world.keys.open(found.secret_sealed, secret_context(found.id))
    url = world.keys.open(found.url_sealed, url_context(found.id))
    try:
        (send or webhook_sender.send)(url, body, signed_headers(secret, str(uuid4()), at, body))
    except FailedError as error:
        return error.code
    with unit_of_work():
        queries.noted_answer(webhook_id, at=at)
    return None


def remove_webhook(identity: Identity, webhook_id: UUID, *, at: datetime) -> None:
    """Delete it with its secret and everything that waits; raises NotFoundError."""
    with unit_of_work():
        _load(identity, webhook_id)
        queries.remove_webhook(webhook_id)
        append_event(identity, "removed", "webhook", webhook_id, at=at)


def _load(identity: Identity, webhook_id: UUID) -> Webhook:
    all_here = queries.list_webhooks(network_id=identity.network_id)
    found = next((one for one in all_here if one.id == webhook_id), None)
    if found is None:
        raise NotFoundError
    authorise(identity, Permission.WEBHOOK_MANAGE, found)
    return found


def _check_reachable(url: str, resolve: Resolver | None) -> None:
    try:
        checked_server(url, Limits(), resolve=resolve)
    except InvalidInputError as error:
        raise InvalidInputError(error.phrase, field="url") from error
