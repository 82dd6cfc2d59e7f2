"""The worker's look at closed gaps: evidence that had gone and is there again opens them (R98).

It writes as the machine: no member is named in that line of the history.
"""

from __future__ import annotations

from datetime import datetime

from ccr.domain.gap_register import GapStatus, GapVerb, TakenGap, comes_back
from ccr.policy.identity import Identity
from ccr.services import accounts
from ccr.services.gaps import board
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import gap_register as queries
from ccr.storage.queries.audit import append_event


def look_again(world: World, *, at: datetime) -> int:
    """Open every closed gap whose evidence had gone and is there again; return how many.

    The worker does this; it also notes of closed gaps that their evidence is gone.
    """
    count = 0
    for network in accounts.list_networks():
        if network.is_practice:
            continue
        identity = accounts.terminal_identity(network.name)
        gaps = queries.list_gaps(identity.network_id).values()
        if all(gap.is_open for gap in gaps):
            continue
        there = {item.finding.key for item in board(identity, world, at=at).items}
        for gap in gaps:
            if comes_back(gap, there=gap.key in there):
                count += _bring_back(identity, gap, at=at)
            elif not gap.is_open and gap.evidence_there and gap.key not in there:
                with unit_of_work():
                    queries.note_evidence(identity.network_id, gap.key, gap.version, there=False)
    return count


def _bring_back(identity: Identity, gap: TakenGap, *, at: datetime) -> bool:
    values = {
        "status": GapStatus.OPEN.value, "closed_at": None, "reason": "", "evidence_there": True,
        "times_back": gap.times_back + 1, "back_at": at,
    }  # fmt: skip
    with unit_of_work():
        changed = queries.change_gap(identity.network_id, gap.key, gap.version, values, at=at)
        if changed is None:
            return False
        queries.add_change(
            identity.network_id, changed, GapVerb.BACK, member_id=None, safety=("", "", ""),
            at=at,
        )  # fmt: skip
        queries.add_step(identity.network_id, changed.gap_id, changed.next_step, gap.due_on)
        append_event(identity, GapVerb.BACK.value, "gap", changed.gap_id, at=at)
    return True
