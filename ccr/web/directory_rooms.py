"""The rooms of the directory desk, in the order in which they stand under its heading.

Which of them a person sees follows from the permissions; which one is open, from the address.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, request

from ccr.domain.phrases import Phrase, phrase
from ccr.policy.identity import Identity
from ccr.policy.permission_map import permits
from ccr.policy.permissions import Permission
from ccr.web.language import translated

FRONT = "/directory"


@dataclass(frozen=True, slots=True)
class Room:
    """A part of the desk by its address."""

    path: str
    label: Phrase
    permission: Permission


ROOMS = (
    Room(FRONT, phrase("Listings"), Permission.DIRECTORY_READ),
    Room("/directory/capacity", phrase("Room now"), Permission.CAPACITY_UPDATE),
    Room("/directory/checks", phrase("Checks"), Permission.LISTING_VERIFY),
    Room("/directory/proposals", phrase("Proposed changes"), Permission.LISTING_REVIEW),
    Room("/directory/short-list", phrase("Short list"), Permission.SEARCH_KEEP),
    Room("/directory/imports", phrase("Imports"), Permission.DIRECTORY_IMPORT),
    Room("/directory/duplicates", phrase("Duplicates"), Permission.DIRECTORY_MERGE),
    Room("/directory/terms", phrase("Vocabularies"), Permission.TAXONOMY_MANAGE),
    Room("/directory/export", phrase("Export"), Permission.DIRECTORY_EXPORT),
    Room("/directory/rules", phrase("Rules"), Permission.DIRECTORY_IMPORT),
    Room("/directory/routing-weights", phrase("Weights"), Permission.DIRECTORY_IMPORT),
    Room("/directory/routing-rules", phrase("Pathway rules"), Permission.DIRECTORY_IMPORT),
    Room("/directory/time-rules", phrase("Times"), Permission.DIRECTORY_IMPORT),
    Room("/directory/asking-rules", phrase("Asking"), Permission.DIRECTORY_IMPORT),
)


def directory_rooms(built: frozenset[str], identity: Identity) -> list[dict[str, object]]:
    """Return the rooms that a person may enter, as links; none outside of the directory.

    Args:
        built: the addresses that the site has.
    """
    here = request.path.rstrip("/")
    if here != FRONT and not here.startswith(f"{FRONT}/"):
        return []
    rooms = [r for r in ROOMS if r.path in built and permits(identity, r.permission)]
    open_one = max(
        (r.path for r in rooms if here == r.path or here.startswith(f"{r.path}/")),
        key=len,
        default="",
    )
    return [
        {"text": translated(r.label), "href": r.path, "current": r.path == open_one} for r in rooms
    ]


def addresses_of(app: Flask) -> frozenset[str]:
    """Return every address of the site that takes nothing."""
    return frozenset(rule.rule for rule in app.url_map.iter_rules() if not rule.arguments)
