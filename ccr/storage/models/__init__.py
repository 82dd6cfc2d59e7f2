"""Every row of CCR. Importing this package makes the metadata whole."""

from ccr.storage.models import (
    accounts,
    audit,
    coordination,
    directory,
    doors,
    finding,
    joining,
    keeping,
    operations,
    referrals,
)

__all__ = [
    "accounts",
    "audit",
    "coordination",
    "directory",
    "doors",
    "finding",
    "joining",
    "keeping",
    "operations",
    "referrals",
]
