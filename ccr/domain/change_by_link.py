"""What a mailed link may propose to change of one listing: what the public page shows, no more.

What lives here: which fields, what the form starts with, and what of a filled form differs. What
must not: rows, reading of what was typed, who decides. Whoever holds the link may be anybody to
whom the mail was forwarded, so a form shows no e-mail, no number for staff alone, and of a hidden
place its name and its public numbers alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ccr.domain.listing_fields import Fields

BY_LINK = "mailed-link"
"""Who proposed or checked, in the place of a role: somebody whom the member's mail reached."""
PUBLIC_FIELDS = (
    "name",
    "description",
    "application_process",
    "cost",
    "fees_description",
    "eligibility_description",
    "languages",
    "phones",
    "url",
    "opening_hours",
    "hours_text",
    "alert",
    "status",
)
HIDDEN_FIELDS = ("name", "phones", "status")
CLOSED = "inactive"
"""The one state that a link may propose; another one is set by signing in."""
PHONE_COLUMNS = ("number", "extension", "type", "description")


def fields_by_link(*, confidential: bool) -> tuple[str, ...]:
    """Return the names of the fields that the form has."""
    return HIDDEN_FIELDS if confidential else PUBLIC_FIELDS


def shown_by_link(held: Fields, *, confidential: bool) -> dict[str, Any]:
    """Return what the form starts with: public values alone, private phones left out.

    >>> shown_by_link({"name": "A", "status": "active", "email": "a@b.org", "phones": [
    ...     {"number": "1", "is_private": True}]}, confidential=True)
    {'name': 'A', 'phones': [], 'status': 'active'}
    """
    shown = {n: held[n] for n in fields_by_link(confidential=confidential)}
    return shown | {"phones": [p for p in held["phones"] if not p["is_private"]]}


def touched(typed: Mapping[str, Any], shown: Fields) -> dict[str, Any]:
    """Return what was typed differently from what the form started with.

    What nobody touched is not read at all: a web address that its source wrote badly is no reason
    to refuse a new phone number.
    """
    return {n: value for n, value in typed.items() if _plain(n, value) != _plain(n, shown[n])}


def whole_values(read: Fields, held: Fields) -> dict[str, Any]:
    """Return what was read as the listing would hold it: numbers for staff alone stay as they are.

    Args:
        read: touched fields, with phones that are all public.
    """
    if "phones" not in read:
        return dict(read)
    private = [phone for phone in held["phones"] if phone["is_private"]]
    return {**read, "phones": [*read["phones"], *private]}


def _plain(name: str, value: Any) -> object:  # noqa: ANN401 -- of any field
    """Return a value as a form sends it back when nobody touched it."""
    if name == "phones":
        return [tuple((phone[c] or "").strip() for c in PHONE_COLUMNS) for phone in value]
    if name == "languages":
        return {tuple(pair) for pair in value}
    return (value or "").replace("\r\n", "\n").strip()
