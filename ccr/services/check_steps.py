"""The check of a listing as a step of use cases that have authorised: noted, remembered, known."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ccr.domain.directory_history import Act, Change, RecordKind
from ccr.domain.errors import StaleError
from ccr.domain.phrases import phrase
from ccr.storage.queries.check_links import end_links
from ccr.storage.queries.checks import CheckLine, save_check
from ccr.storage.queries.directory_changes import record_changes
from ccr.storage.queries.directory_log import raise_directory_version


def note_check(
    line: CheckLine,
    *,
    at: datetime,
    by_role: str,
    member: str,
    account: UUID | None,
    true_at: datetime | None = None,
) -> None:
    """Note that a listing was found true; links that ask for the same are used up.

    Args:
        true_at: when somebody said so, where that was before now: a word that waited for months
            makes no listing fresh.
        member: the member whose people checked it; with the role all that is said of who did.

    Raises:
        StaleError: the listing has changed since it was read.
    """
    by, true_at = f"{by_role}, {member}"[:200], true_at or at
    if not save_check(line, at=at, true_at=true_at, by=by):
        raise StaleError(
            phrase("Somebody else changed this listing. Nothing of yours was saved; look again.")
        )
    end_links(line.service_id, at=at)
    record_changes(
        line.network_id,
        [
            Change(
                RecordKind.SERVICE,
                line.service_id,
                Act.VERIFIED,
                at,
                {"last_verified_at": line.verified_at, "verified_by": line.verified_by},
                {"last_verified_at": true_at, "verified_by": by},
                version=line.version,
                account_id=account,
                by_role=by_role,
            )
        ],
    )
    raise_directory_version(line.network_id, [line.service_id])
