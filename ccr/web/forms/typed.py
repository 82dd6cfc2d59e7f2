"""What was typed in a step of a new referral, as the form brought it: kept whatever it is."""

from __future__ import annotations

from flask import request

from ccr.services.draft_typed import LISTS, NEXT, TEXTS


def typed_fields() -> dict[str, list[str]]:
    """Return the fields of the step by name; a list of boxes of which none is ticked is empty."""
    present = set(request.form) | {name for name in LISTS if f"has_{name}" in request.form}
    names = (*LISTS, *TEXTS, *NEXT)
    return {name: request.form.getlist(name) for name in names if name in present}
