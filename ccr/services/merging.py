"""Making one record of two that are the same, field by field; the other id stands for it from then.

A merge that could lead a referral astray, open a hidden place or cross two programs is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from ccr.domain.directory_history import Act, Change, RecordKind, difference
from ccr.domain.errors import InvalidInputError, NotFoundError, StaleError
from ccr.domain.phrases import Phrase, phrase
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.storage.db import unit_of_work
from ccr.storage.queries import merging as rows
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.comparing import Shown, shown_records
from ccr.storage.queries.directory_changes import record_changes
from ccr.storage.queries.directory_log import raise_directory_version
from ccr.storage.queries.import_stored import lock_directory
from ccr.storage.queries.listing_text import refresh_texts
from ccr.storage.queries.record_aliases import add_alias, kept_id

FIELDS: dict[RecordKind, tuple[str, ...]] = {
    RecordKind.MEMBER: ("name", "alternate_name", "description", "website", "email"),
    RecordKind.SERVICE: (
        "name",
        "alternate_name",
        "description",
        "status",
        "url",
        "email",
        "application_process",
        "eligibility_description",
        "fees_description",
        "opening_hours",
        "hours_text",
        "wait_time",
        "alert",
        "interpretation_services",
        "minimum_age",
        "maximum_age",
        "cost",
    ),
}
"""What is chosen field by field; all that hangs on both is put together."""
MOVED_OF_SERVICE = frozenset(
    {"coverage", "listing_proposal", "publication_authorization", "referral"}
)
MOVED_OF_MEMBER = frozenset({"agreement", "linkage_party"})


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Two records to compare: `fields` has (name, ours, theirs) of those that differ."""

    kind: RecordKind
    kept: Shown
    gone: Shown
    versions: tuple[int, int]
    fields: tuple[tuple[str, Any, Any], ...]
    refusal: Phrase | None


def side_by_side(identity: Identity, kind: RecordKind, kept: UUID, gone: UUID) -> SideBySide:
    """Return two records as the merge page shows them, and why they cannot be merged, if so.

    Raises:
        NotFoundError: the network does not have both, or they are one.
    """
    authorise(identity, Permission.DIRECTORY_MERGE)
    pair = rows.pair_of(identity.network_id, kind, kept, gone)
    if len(pair) != 2:  # noqa: PLR2004 -- both
        raise NotFoundError
    shown = shown_records(identity.network_id, kind, [kept, gone])
    ours, theirs = pair[kept], pair[gone]
    return SideBySide(
        kind,
        shown[kept],
        shown[gone],
        (ours["version"], theirs["version"]),
        tuple(
            (name, ours[name], theirs[name]) for name in FIELDS[kind] if ours[name] != theirs[name]
        ),
        _refusal(kind, ours, theirs),
    )


def merge(
    identity: Identity,
    kind: RecordKind,
    kept: UUID,
    gone: UUID,
    take: Collection[str],
    *,
    versions: tuple[int, int],
    at: datetime,
) -> None:
    """Make one record of two; fields named in `take` come from the one that goes.

    Fields in which the two differed are then fields that people set: imports keep them.

    Raises:
        NotFoundError: the network does not have both, or they are one.
        InvalidInputError: they cannot be merged; the sentence says why.
        StaleError: either was changed since these versions were read.
    """
    with unit_of_work():
        authorise(identity, Permission.DIRECTORY_MERGE)
        lock_directory(identity.network_id)
        pair = rows.locked_pair(identity.network_id, kind, kept, gone)
        if len(pair) != 2:  # noqa: PLR2004 -- both
            raise NotFoundError
        ours, theirs = pair[kept], pair[gone]
        if (ours["version"], theirs["version"]) != versions:
            raise _stale()
        if refusal := _refusal(kind, ours, theirs):
            raise InvalidInputError(refusal)
        values = _values(kind, ours, theirs, take, at)
        services = [kept]
        if kind is RecordKind.SERVICE:
            grew = rows.move_service_parts(kept, gone)
        else:
            services = [*rows.services_of_member(kept), *rows.services_of_member(gone)]
            grew = rows.move_member_parts(kept, gone, at=at)
        edited = {name: at.isoformat() for name, more in grew.items() if more}
        values["edited_fields"] = {**values["edited_fields"], **edited}
        if not rows.write_kept(kind, kept, versions[0], values, at=at):
            raise _stale()
        if not rows.delete_gone(kind, gone, versions[1]):
            raise _stale()
        known = (theirs["source"], theirs["source_id"])
        add_alias(identity.network_id, kind, gone, kept, known, at=at)
        refresh_texts(services)
        _remember(identity, kind, ours, values, at)
        raise_directory_version(identity.network_id)
        append_event(identity, "merged", kind.value, kept, at=at, fields=(str(gone),))


def moved_to(identity: Identity, kind: RecordKind, record_id: UUID) -> UUID | None:
    """Return the record that an id of a merged one stands for now, or None."""
    permission = Permission.FINDER_USE if identity.from_public else Permission.DIRECTORY_READ
    authorise(identity, permission)
    return kept_id(identity.network_id, kind, record_id)


def _stale() -> StaleError:
    return StaleError(
        phrase("Somebody else changed one of the two. Nothing was merged; look again.")
    )


def _refusal(kind: RecordKind, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Phrase | None:
    """Return why two records must not be merged, or None."""
    if kind is RecordKind.SERVICE:
        return _refusal_of_services(ours, theirs)
    programs = rows.programs_of(theirs["id"])
    if rows.dependents("compartment", programs, moved=frozenset()):
        return phrase(
            "People work, or have worked, in a program of the one that would go. Keep that one."
        )
    if rows.agree_with_each_other(ours["id"], theirs["id"]):
        return phrase("The two have an agreement with each other: they are two members.")
    if rows.dependents("member", [theirs["id"]], moved=MOVED_OF_MEMBER):
        return phrase(
            "The one that would go has a part in pathways, gaps or joining. Keep that one."
        )
    return None


def _refusal_of_services(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Phrase | None:
    if ours["confidential"] != theirs["confidential"]:
        return phrase("One of the two hides its place and the other does not: they stay two.")
    if ours["compartment_id"] != theirs["compartment_id"]:
        return phrase(
            "They belong to two programs, which must not see each other's referrals. Where the "
            "members are one, merge the members first."
        )
    if rows.has_open_referral(theirs["id"]):
        return phrase(
            "A referral to the one that would go is under way. Keep that one, or wait until it "
            "has ended."
        )
    if rows.dependents("service", [theirs["id"]], moved=MOVED_OF_SERVICE):
        return phrase("Something else depends on the one that would go. Keep that one.")
    return None


def _values(
    kind: RecordKind,
    ours: Mapping[str, Any],
    theirs: Mapping[str, Any],
    take: Collection[str],
    at: datetime,
) -> dict[str, Any]:
    differing = [name for name in FIELDS[kind] if ours[name] != theirs[name]]
    values: dict[str, Any] = {
        name: theirs[name] if name in take else ours[name] for name in differing
    }
    edited = dict(ours["edited_fields"])
    values["edited_fields"] = {**edited, **dict.fromkeys(differing, at.isoformat())}
    if kind is RecordKind.SERVICE:
        low, high = ({**ours, **values}[name] for name in ("minimum_age", "maximum_age"))
        if low is not None and high is not None and low > high:
            raise InvalidInputError(phrase("The ages would be the wrong way round: choose again."))
        values["do_not_refer"] = ours["do_not_refer"] or theirs["do_not_refer"]
        checks = [row["last_verified_at"] for row in (ours, theirs) if row["last_verified_at"]]
        values["last_verified_at"] = max(checks, default=None)
    return values


def _remember(
    identity: Identity,
    kind: RecordKind,
    ours: Mapping[str, Any],
    values: Mapping[str, Any],
    at: datetime,
) -> None:
    """Remember the merge in the history of the kept record; nothing of one that hides."""
    before, after = difference(ours, values)
    if kind is RecordKind.SERVICE and ours["confidential"]:
        before, after = {}, {}
    record_changes(
        identity.network_id,
        [
            Change(
                kind=kind,
                record_id=ours["id"],
                act=Act.MERGED,
                at=at,
                before=before,
                after=after,
                version=ours["version"] + 1,
                account_id=identity.user_id,
                by_role=", ".join(sorted(identity.roles))[:60],
            )
        ],
    )
