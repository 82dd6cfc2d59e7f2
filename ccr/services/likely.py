"""Which new records of a package may be in the directory already."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from ccr.adapters.likeness import name_likeness
from ccr.domain.directory_history import RecordKind
from ccr.domain.directory_import import MemberRecord, PhoneRecord, ReadPackage, ServiceRecord
from ccr.domain.duplicates import (
    Compared,
    Reason,
    host_key,
    likely_pairs,
    phone_key,
    place_key,
)
from ccr.storage.queries.comparing import compared_records
from ccr.storage.queries.import_stored import StoredDirectory

MOST = 100
"""As many are shown; with more, the source is likely here under another name."""


@dataclass(frozen=True, slots=True)
class LikelySame:
    """A new record of a package, as the package has it, and a record here that it may be.

    `facts` are what the page shows of it: field name to text.
    """

    kind: RecordKind
    source_id: str
    record_id: UUID
    score: int
    reasons: tuple[Reason, ...]
    facts: dict[str, str]

    @property
    def key(self) -> str:
        """Return what names the row among the choices of a run."""
        return f"{self.kind.value}:{self.source_id}"


def compare_package(
    network_id: UUID, package: ReadPackage, stored: StoredDirectory
) -> tuple[LikelySame, ...]:
    """Return the likeliest pairs of new rows and records here, one a row; nothing is decided."""
    new = _Facts(package)
    ours = [
        *(new.of_member(m) for m in package.members if m.source_id not in stored.members),
        *(new.of_service(s) for s in package.services if s.source_id not in stored.services),
    ]
    met = {f"member:{held.id}" for held in stored.members.values()}
    met |= {f"service:{held.id}" for held in stored.services.values()}
    others = [record for record in compared_records(network_id) if record.key not in met]
    if not ours or not others:
        return ()
    found: dict[str, LikelySame] = {}
    taken: set[str] = set()
    for pair in likely_pairs(ours, name_likeness, [_renamed(record) for record in others]):
        if pair.first in found or pair.second in taken or len(found) >= MOST:
            continue
        taken.add(pair.second)
        kind, _, source_id = pair.first.partition(":")
        found[pair.first] = LikelySame(
            RecordKind(kind),
            source_id,
            UUID(pair.second.rpartition(":")[2]),
            pair.score,
            pair.reasons,
            new.shown[pair.first],
        )
    return tuple(found.values())


def _renamed(record: Compared) -> Compared:
    """Return a record here under a key that no row of a package has."""
    return Compared(
        f"here:{record.key}",
        record.kind,
        record.name,
        record.owner,
        record.phones,
        record.hosts,
        record.places,
    )


class _Facts:
    """What is compared, and shown, of the records of a package."""

    def __init__(self, package: ReadPackage) -> None:
        self.shown: dict[str, dict[str, str]] = {}
        self._members = {member.source_id: member.name for member in package.members}
        self._sites = {site.source_id: site for site in package.sites}
        self._places: dict[str, set[str]] = {}
        for site in package.sites:
            if key := place_key(site.address_1, site.postal_code):
                self._places.setdefault(site.member_source_id, set()).add(key)

    def of_member(self, record: MemberRecord) -> Compared:
        key = f"member:{record.source_id}"
        self.shown[key] = {
            "name": record.name,
            "website": record.website or "",
            "phones": _numbers(record.phones),
        }
        return Compared(
            key,
            RecordKind.MEMBER,
            record.name,
            phones=_phone_keys(record.phones),
            hosts=frozenset(filter(None, [host_key(record.website)])),
            places=frozenset(self._places.get(record.source_id, ())),
        )

    def of_service(self, record: ServiceRecord) -> Compared:
        key = f"service:{record.source_id}"
        owner = self._members[record.member_source_id]
        sites = [self._sites[i] for i in record.site_ids if i in self._sites]
        self.shown[key] = {
            "name": record.name,
            "member": owner,
            "website": record.url or "",
            "phones": _numbers(record.phones),
            "places": ", ".join(dict.fromkeys(site.city or site.name for site in sites)),
        }
        return Compared(
            key,
            RecordKind.SERVICE,
            record.name,
            owner,
            _phone_keys(record.phones),
            frozenset(filter(None, [host_key(record.url)])),
            frozenset(
                filter(None, (place_key(site.address_1, site.postal_code) for site in sites))
            ),
        )


def _numbers(phones: tuple[PhoneRecord, ...]) -> str:
    return ", ".join(phone.number for phone in phones if not phone.private)


def _phone_keys(phones: tuple[PhoneRecord, ...]) -> frozenset[str]:
    keys = (phone_key(phone.number) for phone in phones if not phone.private)
    return frozenset(filter(None, keys))
