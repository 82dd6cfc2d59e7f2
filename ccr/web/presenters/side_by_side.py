"""Two or three partners of one answer side by side: the same facts in rows, part by part."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from ccr.web.presenters.routing import ResultsView

LEAST_COMPARED, MOST_COMPARED = 2, 3


@dataclass(frozen=True, slots=True)
class SideBySide:
    """The chosen partners, as the list shows them, and the parts of cost that any of them has.

    Attributes:
        partners: in the order of the list, area partners last; empty when too few were chosen.
        parts: of each part its name and label, and for each partner its minutes and sentence, or
            None; area partners have None in all.
        too_many: True when more were chosen than are shown.
    """

    partners: tuple[dict[str, Any], ...]
    parts: tuple[dict[str, Any], ...]
    too_many: bool


def side_by_side(results: ResultsView, chosen: Collection[str]) -> SideBySide | None:
    """Give each partner of the list a box to choose it, and return the chosen ones side by side.

    None when nobody has chosen any.
    """
    listed = [*results.cards, *results.areas]
    for item in listed:
        value, checked = item["service_id"], item["service_id"] in chosen
        box = {"name": "compare", "value": value, "checked": checked, "form": "compare-form"}
        item["compare"] = box
    if not chosen:
        return None
    found = [item for item in listed if item["service_id"] in chosen]
    if len(found) < LEAST_COMPARED:
        return SideBySide((), (), too_many=False)
    shown = tuple(found[:MOST_COMPARED])
    named = {part["name"]: part for item in shown for part in item.get("parts", ())}
    return SideBySide(
        shown,
        tuple(
            {"name": name, "label": part.get("label"), "of": [_part(item, name) for item in shown]}
            for name, part in named.items()
        ),
        too_many=len(found) > MOST_COMPARED,
    )


def _part(item: dict[str, Any], name: str) -> dict[str, Any] | None:
    return next((part for part in item.get("parts", ()) if part["name"] == name), None)
