"""Pairs of records that may be one, in words."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import url_for

from ccr.domain.directory_history import RecordKind
from ccr.domain.phrases import phrase
from ccr.services.duplicates import LikelyPair
from ccr.services.merging import SideBySide
from ccr.web.language import translated
from ccr.web.presenters.imports import field_label

WORDS = {RecordKind.MEMBER: "members", RecordKind.SERVICE: "services"}
KIND_LABELS = {RecordKind.MEMBER: phrase("Member"), RecordKind.SERVICE: phrase("Service")}
SHOWN = ("name", "member", "phones", "website", "places")
LONGEST = 400


def pair_row(pair: LikelyPair) -> dict[str, Any]:
    """Return one pair of the list."""
    address: dict[str, Any] = {
        "word": WORDS[pair.kind],
        "kept": pair.first.id,
        "gone": pair.second.id,
    }
    return {
        "kind": translated(KIND_LABELS[pair.kind]),
        "name": pair.first.name,
        "reasons": [translated(reason.label) for reason in pair.reasons],
        "href": url_for("duplicates.pair", **address),
        "apart": url_for("duplicates.apart", **address),
        "rows": [
            {
                "label": field_label(name),
                "first": getattr(pair.first, name),
                "second": getattr(pair.second, name),
            }
            for name in SHOWN
            if getattr(pair.first, name) or getattr(pair.second, name)
        ],
    }


def merge_page(both: SideBySide, take: Collection[str]) -> dict[str, Any]:
    """Return two records as the merge page shows them."""
    swapped: dict[str, Any] = {"word": WORDS[both.kind], "kept": both.gone.id, "gone": both.kept.id}
    return {
        "kind": translated(KIND_LABELS[both.kind]),
        "kept": both.kept,
        "gone": both.gone,
        "versions": both.versions,
        "refusal": translated(both.refusal) if both.refusal else None,
        "swap": url_for("duplicates.pair", **swapped),
        "action": url_for(
            "duplicates.merge",
            word=WORDS[both.kind],
            kept=both.kept.id,
            gone=both.gone.id,
        ),
        "shown": [
            {
                "label": field_label(name),
                "ours": getattr(both.kept, name),
                "theirs": getattr(both.gone, name),
            }
            for name in SHOWN[1:]
            if getattr(both.kept, name) or getattr(both.gone, name)
        ],
        "fields": [
            {
                "name": name,
                "label": field_label(name),
                "ours": _text(ours),
                "theirs": _text(theirs),
                # What is blank here and told there is taken, unless somebody says otherwise.
                "take": name in take or (ours in (None, "", "unknown") and bool(theirs)),
            }
            for name, ours, theirs in both.fields
        ],
    }


def _text(value: object) -> str:
    return "–" if value in (None, "") else str(value)[:LONGEST]
