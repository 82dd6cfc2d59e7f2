"""What an import changes of a service, and whether anybody could see it: a step of its plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ccr.domain.listing_fields import NOT_PUBLIC
from ccr.storage.queries.import_rows import PhoneKey, ServiceWrite, Values
from ccr.storage.queries.import_stored import StoredService

_PRIVATE = 5
"""Where a phone's tuple says that it is for staff alone."""


def differs(stored: Mapping[str, object], values: Values) -> bool:
    """Return True when a value is to be another than the one stored."""
    return any(stored[name] != value for name, value in values.items())


def service_differs(stored: StoredService, write: ServiceWrite) -> bool:
    """Return True when a service, or anything that hangs on it, changes."""
    return (
        differs(stored.values, write.values)
        or stored.areas != write.areas
        or stored.languages != write.languages
        or stored.terms != write.terms
        or stored.sites != write.sites
        or stored.phones != write.phones
        or write.capacity is not None
    )


def public_differs(stored: StoredService, write: ServiceWrite) -> bool:
    """Return True when anybody could see the change: not room, nor a private phone alone."""
    told = {name: value for name, value in write.values.items() if name not in NOT_PUBLIC}
    return (
        differs(stored.values, told)
        or stored.areas != write.areas
        or stored.languages != write.languages
        or stored.terms != write.terms
        or stored.sites != write.sites
        or _told_phones(stored.phones) != _told_phones(write.phones)
    )


def _told_phones(phones: Iterable[PhoneKey]) -> list[PhoneKey]:
    return [phone for phone in phones if not phone[_PRIVATE]]
