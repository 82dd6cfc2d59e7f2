"""Listings that are due, in words; and what a link shows of one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import url_for

from ccr.domain.checking import Asked, CheckRules, Stage, age_words, asked, stage
from ccr.domain.directory import Service
from ccr.services.world import World
from ccr.storage.queries.checks import CheckLine
from ccr.web.language import translated
from ccr.web.presenters.finder import listing_view

_TONES = {Stage.NEVER: "unknown", Stage.DUE: "due", Stage.OLD: "late", Stage.FRESH: "ok"}


def check_rows(lines: Iterable[CheckLine], rules: CheckRules, at: datetime) -> list[dict[str, Any]]:
    """Return each listing as its row shows it."""
    rows = []
    for line in lines:
        whom = asked(rules, administrator=line.has_administrator, address=line.has_address)
        now = stage(line.verified_at, line.needs, at, rules)
        rows.append(
            {
                "id": line.service_id,
                "value": f"{line.service_id} {line.version}",
                "name": line.service,
                "member": line.member,
                "href": url_for("directory.service", service_id=line.service_id),
                "age": translated(age_words(line.verified_at, at)),
                "stage": translated(now.label),
                "tone": _TONES[now],
                "asked": translated(whom.label),
                "call": whom is Asked.NOBODY,
            }
        )
    return rows


def link_view(service: Service, world: World, *, at: datetime) -> dict[str, Any]:
    """Return what a link shows: public facts; of a hidden place its name, area and public phone."""
    item = listing_view(service, world, at)
    if not service.confidential:
        return {**item, "hidden": False}
    return {name: item[name] for name in ("id", "service", "member", "where", "phone")} | {
        "hidden": True
    }
