"""Every row of CCR. Importing this package makes the metadata whole."""

from ccr.storage.models import (
    accounts,
    answer_links,
    asking,
    audit,
    coordination,
    desk,
    directory,
    doors,
    finding,
    following,
    joining,
    keeping,
    operations,
    referrals,
)

__all__ = [
    "accounts",
    "answer_links",
    "asking",
    "audit",
    "coordination",
    "desk",
    "directory",
    "doors",
    "finding",
    "following",
    "joining",
    "keeping",
    "operations",
    "referrals",
]
