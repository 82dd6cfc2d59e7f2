"""Every row of CCR. Importing this package makes the metadata whole."""

from ccr.storage.models import (
    accounts,
    asking,
    audit,
    coordination,
    directory,
    finding,
    following,
    joining,
    keeping,
    operations,
    referrals,
)

__all__ = [
    "accounts",
    "asking",
    "audit",
    "coordination",
    "directory",
    "finding",
    "following",
    "joining",
    "keeping",
    "operations",
    "referrals",
]
