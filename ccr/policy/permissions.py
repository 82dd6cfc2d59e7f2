"""Every act that somebody may or may not be allowed, by name "<resource>:<action>"."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """What may be done. Alphabetical."""

    ACCOUNT_MANAGE = "account:manage"
    """Create and disable accounts of one's own compartment."""
    ACCOUNT_SELF = "account:self"
    """See and change one's own account."""
    API_KEY_MANAGE = "api-key:manage"
    """Make and revoke keys."""
    CLOCK_RUN = "clock:run"
    """Run the clocks of the whole network: the worker and the terminal only."""
    DEMO_MANAGE = "demo:manage"
    """Load and remove the demo network: the terminal only."""
    DIRECTORY_IMPORT = "directory:import"
    """Import a directory."""
    DIRECTORY_READ = "directory:read"
    """Read listings as staff see them."""
    FINDER_USE = "finder:use"
    """Look for help on the public pages: anybody, in the network that is public."""
    NETWORK_MANAGE = "network:manage"
    """Create networks: the terminal only."""
    REFERRAL_ANSWER = "referral:answer"
    """Answer as the receiver: accept, decline, ask, waitlist, hold, connect, close."""
    REFERRAL_LIST = "referral:list"
    """See one's own inbox, outbox and follow-ups."""
    REFERRAL_READ = "referral:read"
    """Open a referral that one's own compartment sent or was sent."""
    REFERRAL_SEND = "referral:send"
    """Draft, send, recall, re-route and end as the sender."""
    RELEASE_RECORD = "release:record"
    """Record, confirm and withdraw a feedback release."""
    ROUTE_FIND = "route:find"
    """Ask for partners."""
    STORAGE_VERIFY = "storage:verify"
    """Check every stored invariant: the terminal, a system admin, an auditor."""
    UNMET_NEED_COUNT = "unmet-need:count"
    """Add one to a counter of needs that found nothing."""
