"""Records of the directory that may be one: found by the worker, shown to coordinators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from ccr.adapters.likely_file import LikelyFile
from ccr.adapters.likeness import name_likeness
from ccr.domain.directory_history import RecordKind
from ccr.domain.duplicates import Reason, likely_pairs
from ccr.domain.errors import NotFoundError
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.accounts import list_networks
from ccr.services.authorise import authorise
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.comparing import Shown, compared_records, shown_records
from ccr.storage.queries.directory import directory_version

MOST = 500
PER_PAGE = 20
LOOK_EVERY = timedelta(hours=1)
"""A directory that changes all day is looked through this often, or when somebody asks."""


@dataclass(frozen=True, slots=True)
class LikelyPair:
    """Two records that may be one, as the page shows them."""

    kind: RecordKind
    first: Shown
    second: Shown
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A page of pairs. `looked_at` is when they were found, None when nobody has looked yet."""

    pairs: tuple[LikelyPair, ...]
    total: int
    number: int
    looked_at: datetime | None
    asked: bool

    @property
    def pages(self) -> int:
        """Return how many pages there are, at least 1."""
        return max(1, -(-self.total // PER_PAGE))


def search_when_due(world: World, *, at: datetime) -> int:
    """Look for duplicates in every network that asks, or has changed; return how many looked.

    For the worker: it reads the whole directory.
    """
    looked = 0
    for network in list_networks():
        file = LikelyFile(world.settings.data_dir, network.id)
        before = file.read()
        if before is not None and not file.is_asked():
            if at - datetime.fromisoformat(before["at"]) < LOOK_EVERY:
                continue
            if before["version"] == directory_version(network.id):
                continue
        version = directory_version(network.id)
        pairs = likely_pairs(compared_records(network.id), name_likeness)
        file.write(
            {
                "at": at.isoformat(),
                "version": version,
                "pairs": [
                    [pair.first, pair.second, [reason.value for reason in pair.reasons]]
                    for pair in pairs[:MOST]
                ],
            }
        )
        looked += 1
    return looked


def list_pairs(identity: Identity, world: World, number: int) -> Found:
    """Return a page of the pairs that are not known to be two, the likeliest first."""
    authorise(identity, Permission.DIRECTORY_MERGE)
    file = LikelyFile(world.settings.data_dir, identity.network_id)
    found = file.read()
    apart = file.apart()
    pairs = [p for p in (found or {}).get("pairs", ()) if _name(p[0], p[1]) not in apart]
    number = min(max(number, 1), max(1, -(-len(pairs) // PER_PAGE)))
    some = pairs[(number - 1) * PER_PAGE : number * PER_PAGE]
    here: dict[str, Shown] = {}
    for kind in (RecordKind.MEMBER, RecordKind.SERVICE):
        keys = [key for pair in some for key in pair[:2] if key.startswith(f"{kind.value}:")]
        ids = {UUID(key.partition(":")[2]) for key in keys}
        shown = shown_records(identity.network_id, kind, ids)
        here |= {f"{kind.value}:{record_id}": record for record_id, record in shown.items()}
    return Found(
        tuple(
            LikelyPair(
                RecordKind(first.partition(":")[0]),
                here[first],
                here[second],
                tuple(Reason(reason) for reason in reasons),
            )
            for first, second, reasons in some
            if first in here and second in here
        ),
        len(pairs),
        number,
        datetime.fromisoformat(found["at"]) if found else None,
        file.is_asked(),
    )


def look_again(identity: Identity, world: World) -> None:
    """Ask the worker to look through the directory now."""
    authorise(identity, Permission.DIRECTORY_MERGE)
    LikelyFile(world.settings.data_dir, identity.network_id).ask()


def keep_apart(
    identity: Identity, world: World, kind: RecordKind, one: UUID, other: UUID, *, at: datetime
) -> None:
    """Remember that two records are two; raises NotFoundError when one is not here."""
    with unit_of_work():
        authorise(identity, Permission.DIRECTORY_MERGE)
        if len(shown_records(identity.network_id, kind, {one, other})) != 2:  # noqa: PLR2004
            raise NotFoundError
        append_event(identity, "kept-apart", kind.value, one, at=at, fields=(str(other),))
    name = _name(f"{kind.value}:{one}", f"{kind.value}:{other}")
    LikelyFile(world.settings.data_dir, identity.network_id).keep_apart(name)


def _name(first: str, second: str) -> str:
    return " ".join(sorted((first, second)))
