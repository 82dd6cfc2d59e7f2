"""A coordinator's hand on the rules of sectors: through whom each reaches partners.

What is set counts from the next search on, in every process: the rules are read in the statement
that reads the directory's version.
"""

from __future__ import annotations

from datetime import datetime

from ccr.domain.phrases import phrase
from ccr.domain.sector_rules import KEY, OwnRules, SectorRules, as_kept, changed, read_kept
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.routing_rules import Part, keep_part
from ccr.storage.queries.routing_rules import version_and_rules


def get_rules(identity: Identity) -> OwnRules:
    """Return the rules that count in the network, and what of the stored ones is not used."""
    authorise(identity, Permission.DIRECTORY_IMPORT)
    return read_kept(version_and_rules(identity.network_id)[1])


def set_rules(
    identity: Identity, proposed: SectorRules, seen: SectorRules | None, *, at: datetime
) -> bool:
    """Keep the network's rules; the names of those that changed are audited.

    Args:
        seen: the rules that were on the screen when these were chosen; None for none of ours.

    Returns:
        False when nothing differs, and nothing was written.

    Raises:
        StaleError: they are no longer those that were seen.
    """
    authorise(identity, Permission.DIRECTORY_IMPORT)
    part = Part(
        KEY,
        as_kept(proposed),
        "set-routing-rules",
        () if seen is None else changed(seen, proposed),
        phrase("The rules have changed since you opened them. Nothing was saved."),
    )
    return keep_part(identity, part, lambda rules: read_kept(rules).rules == seen, at=at)
