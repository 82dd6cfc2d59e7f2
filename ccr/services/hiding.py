"""Making a listing confidential, and public again: who may, what is confirmed, what is left.

Hiding erases the place everywhere in one transaction and cannot be undone; publishing needs the
operator's written authorization on record (R48, R51). See docs/hidden-places.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from ccr.domain.directory import Service
from ccr.domain.directory_history import Act, Change, RecordKind
from ccr.domain.errors import (
    IllegalTransitionError,
    InvalidInputError,
    NotFoundError,
    StaleError,
)
from ccr.domain.need_terms import fold
from ccr.domain.phrases import phrase
from ccr.policy.identity import Identity
from ccr.policy.permission_map import permits
from ccr.policy.permissions import Permission
from ccr.services import erasing
from ccr.services.authorise import authorise
from ccr.services.world import World
from ccr.storage.compaction import let_go_of_deleted
from ccr.storage.db import unit_of_work
from ccr.storage.queries import accounts, hiding
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.directory import list_member_ids
from ccr.storage.queries.directory_changes import record_changes
from ccr.storage.queries.directory_log import raise_directory_version
from ccr.storage.queries.import_stored import lock_directory

LONGEST_NAME = 200
LONGEST_NOTE = 1000
OLDEST = date(1990, 1, 1)


@dataclass(frozen=True, slots=True)
class Line:
    """One listing at the places to be hidden."""

    id: UUID
    name: str
    member: str
    version: int
    confidential: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """What hiding a listing would do.

    Attributes:
        listing: the one asked about.
        places: how many records of its places are known; their addresses are not repeated here.
        hides: the listings that become confidential: it, and what else is given at its places.
        stays: listings of other agencies at the same places, which only a coordinator may hide.
        phones: the numbers that stay public.
        may_publish: True when the identity may make it public again.
    """

    listing: Line
    places: int
    hides: tuple[Line, ...]
    stays: tuple[Line, ...]
    phones: tuple[str, ...]
    may_publish: bool


@dataclass(frozen=True, slots=True)
class Hidden:
    """What was hidden.

    Attributes:
        services: how many listings became confidential by this act.
        compacted: True when the engine has let go of the deleted rows as well.
    """

    services: int
    compacted: bool


@dataclass(frozen=True, slots=True)
class Authorization:
    """The operator's written authorization, as typed.

    Attributes:
        operator_name: who signed for the agency that runs the place.
        signed_on: the day; not in the future.
        confirmed_name: the name of the listing, typed as a confirmation.
        note: where the paper lies; never why anybody lives there.
    """

    operator_name: str
    signed_on: date | None
    confirmed_name: str
    note: str = ""


def preview(identity: Identity, service_id: UUID) -> Preview:
    """Return what hiding this listing would do, for the page that asks.

    Raises:
        NotFoundError: there is no such listing, or the identity may not hide it.
    """
    row = _row(identity, service_id, Permission.LISTING_HIDE)
    scope = erasing.scope_of(identity.network_id, [service_id])
    hides, stays = _sorted_out(identity, scope, service_id)
    return Preview(
        listing=_line(row),
        places=len(scope.places),
        hides=hides,
        stays=stays,
        phones=tuple(hiding.public_phones(service_id)),
        may_publish=permits(identity, Permission.LISTING_PUBLISH, row),
    )


def may_hide(identity: Identity, service: Service) -> bool:
    """Return True when the identity may make this listing confidential."""
    authorise(identity, Permission.DIRECTORY_READ)
    return permits(identity, Permission.LISTING_HIDE, service)


def hide(
    identity: Identity,
    world: World,
    service_id: UUID,
    confirmed: Mapping[UUID, int],
    *,
    at: datetime,
) -> Hidden:
    """Make a listing and all that is given at its places confidential; erase the places for good.

    What is confidential already is erased again wherever something was left of it.

    Args:
        confirmed: the version of each listing that the person saw would be hidden.

    Raises:
        NotFoundError: there is no such listing, or the identity may not hide it.
        StaleError: other listings are given there now, or one of them has changed.
        InvalidInputError: the name of a listing or member holds the street.
    """
    network_id = identity.network_id
    with unit_of_work():
        lock_directory(network_id)
        _row(identity, service_id, Permission.LISTING_HIDE)
        scope = erasing.scope_of(network_id, [service_id])
        lines, stays = _sorted_out(identity, scope, service_id)
        if {line.id: line.version for line in lines} != dict(confirmed):
            raise _changed_meanwhile()
        keeps_all = permits(identity, Permission.DIRECTORY_MERGE)
        members = list_member_ids(network_id) if keeps_all else {identity.member_id}
        to_hide = erasing.ToHide(dict(confirmed), frozenset(members), everywhere=not stays)
        if not erasing.erase(network_id, world, to_hide, scope, at=at):
            raise _changed_meanwhile()
        new = [line for line in lines if not line.confidential]
        _remember(identity, new, Act.HIDDEN, at=at)
        for line in new:
            append_event(identity, "hid", "service", line.id, at=at)
    return Hidden(len(new), let_go_of_deleted(erasing.TABLES))


def publish(
    identity: Identity,
    service_id: UUID,
    authorization: Authorization,
    *,
    version: int,
    at: datetime,
) -> None:
    """Make a confidential listing public, on its operator's recorded authorization (R51).

    It has no address then: one may be added by editing the listing.

    Raises:
        NotFoundError: there is no such listing, or the identity may not publish it.
        IllegalTransitionError: the listing is public already.
        InvalidInputError: the authorization is not whole; `field` says what is missing.
        StaleError: somebody else changed the listing since this version was read.
    """
    network_id = identity.network_id
    with unit_of_work():
        service = _row(identity, service_id, Permission.LISTING_PUBLISH)
        if not service.confidential:
            raise IllegalTransitionError(phrase("This listing is public already."))
        timezone = ZoneInfo(accounts.get_network(network_id).timezone)
        name, signed_on = _checked(
            authorization, service.name, today=at.astimezone(timezone).date()
        )
        if not hiding.publish_service(network_id, service_id, version, at=at):
            raise _changed_meanwhile()
        hiding.add_authorization(
            network_id,
            service_id,
            operator_name=name,
            signed_on=signed_on,
            note=authorization.note.strip(),
            account_id=identity.user_id,
            at=at,
        )
        _remember(identity, [_line(service)], Act.PUBLISHED, at=at)
        raise_directory_version(network_id)
        append_event(identity, "published", "service", service_id, at=at)


def _row(identity: Identity, service_id: UUID, permission: Permission) -> Any:  # noqa: ANN401
    """Return the row of a listing that the identity may do this to; raises NotFoundError."""
    authorise(identity, Permission.DIRECTORY_READ)
    rows = hiding.names_and_versions(identity.network_id, [service_id])
    if not rows:
        raise NotFoundError
    authorise(identity, permission, rows[0])
    return rows[0]


def _line(row: Any) -> Line:  # noqa: ANN401 -- a row
    return Line(row.id, row.name, row.member, row.version, row.confidential)


def _sorted_out(
    identity: Identity, scope: erasing.Scope, service_id: UUID
) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """Return the listings that this identity may hide, the one asked about first, and the rest.

    An agency hides its own at once; it cannot take another agency's address away by naming it as
    one of its own places. A coordinator hides them all.
    """
    hides: list[Line] = []
    stays: list[Line] = []
    for row in hiding.names_and_versions(identity.network_id, scope.services):
        (hides if permits(identity, Permission.LISTING_HIDE, row) else stays).append(_line(row))
    hides.sort(key=lambda line: line.id != service_id)
    return tuple(hides), tuple(stays)


def _remember(identity: Identity, lines: list[Line], act: Act, *, at: datetime) -> None:
    """Remember the act alone: nothing of a place."""
    hidden = act is Act.HIDDEN
    record_changes(
        identity.network_id,
        [
            Change(
                kind=RecordKind.SERVICE,
                record_id=line.id,
                act=act,
                at=at,
                before={"confidential": not hidden},
                after={"confidential": hidden},
                version=line.version + 1,
                account_id=identity.user_id,
                by_role=identity.role_told,
            )
            for line in lines
        ],
    )


def _checked(authorization: Authorization, name: str, *, today: date) -> tuple[str, date]:
    operator = " ".join(authorization.operator_name.split())
    if not operator or len(operator) > LONGEST_NAME or not operator.isprintable():
        raise InvalidInputError(
            phrase("Write who signed for the agency that runs the place."), field="operator_name"
        )
    signed_on = authorization.signed_on
    if signed_on is None or not OLDEST <= signed_on <= today:
        raise InvalidInputError(
            phrase("Give the day it was signed, today at the latest."), field="signed_on"
        )
    if len(authorization.note) > LONGEST_NOTE:
        raise InvalidInputError(
            phrase("Write at most %(most)s characters.", most=LONGEST_NOTE), field="note"
        )
    if fold(authorization.confirmed_name) != fold(name):
        raise InvalidInputError(
            phrase("Write the name of the listing as it stands above."), field="confirmed_name"
        )
    return operator, signed_on


def _changed_meanwhile() -> StaleError:
    return StaleError(
        phrase(
            "This listing, or what is given at the same place, has changed. Nothing was written; "
            "look again."
        )
    )
