"""Every row of CCR. Importing this package makes the metadata whole."""

from ccr.storage.models import accounts, audit, directory, operations, referrals

__all__ = ["accounts", "audit", "directory", "operations", "referrals"]
