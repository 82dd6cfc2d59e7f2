"""Records of referrals that the wrong partner opened, for the page and the list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ccr.domain.clocks import Side
from ccr.domain.misdirected import STEPS
from ccr.domain.phrases import phrase
from ccr.services.misdirected import MisdirectedItem
from ccr.web.language import translated
from ccr.web.presenters.moments import DeskTime


def record_rows(items: Iterable[MisdirectedItem], time: DeskTime) -> list[dict[str, Any]]:
    """Return the rows of the list, those with something left to do first."""
    rows = [
        {
            "id": item.record.id,
            "title": _title(item),
            "when": time.full(item.record.frozen_at),
            "done": item.record.done_at(item.side) is not None,
        }
        for item in items
    ]
    return sorted(rows, key=lambda row: bool(row["done"]))


def record_page(item: MisdirectedItem, time: DeskTime, *, supervisor: bool) -> dict[str, Any]:
    """Return the page of one record; the steps and the button are those of one's own side."""
    record, side = item.record, item.side
    done_at = record.done_at(side)
    times = [(phrase("Sent"), record.sent_at), (phrase("Opened"), record.opened_at)]
    if record.accepted_at is not None:
        times.append((phrase("Accepted"), record.accepted_at))
    times.append((phrase("Frozen"), record.frozen_at))
    return {
        "id": record.id,
        "referral_id": record.referral_id,
        "title": _title(item),
        "times": [{"term": translated(name), "value": time.full(at)} for name, at in times],
        "facts": [translated(fact.label) for fact in record.facts_read],
        "steps": [translated(step) for step in STEPS[side]],
        "mine": side is Side.SENDER,
        "done": None if done_at is None else time.full(done_at),
        "may_settle": supervisor and done_at is None,
    }


def _title(item: MisdirectedItem) -> str:
    if item.side is Side.SENDER:
        return translated(phrase("Sent to %(member)s by mistake", member=item.other_name))
    return translated(phrase("%(member)s sent us this by mistake", member=item.other_name))
