"""Ways to partners as pages show them: words translated, nothing decided."""

from __future__ import annotations

from typing import Any

from ccr.domain.path_words import ToldPath, ToldReach
from ccr.domain.phrases import Phrase
from ccr.web.language import translated


def ways_dict(reach: ToldReach | None, *, counted: bool) -> dict[str, Any] | None:
    """Return how a partner is reached, or None when it is simply direct.

    Args:
        counted: whether minutes may be said; never for what is known by area alone (R49).
    """
    if reach is None or reach.plain:
        return None
    return {
        "direct": reach.direct,
        "path": _path(reach.path, counted=counted),
        "others": [_path(path, counted=counted) for path in reach.others],
    }


def _path(path: ToldPath, *, counted: bool) -> dict[str, Any]:
    last = path.steps[-1]
    return {
        "minutes": path.minutes if counted else None,
        "steps": [
            {
                "member": _name(step.member),
                "texts": [translated(text) for text in step.texts],
                "phone": step.phone,
                "holds": step.holds,
                "last": step is last,
            }
            for step in path.steps
        ],
    }


def _name(member: Phrase | str) -> str:
    return translated(member) if isinstance(member, Phrase) else member
