"""Why a partner was proposed, as the sender's page of a referral shows it."""

from __future__ import annotations

from typing import Any

from ccr.domain.kept_reason import STANDARD_WEIGHTS, KeptReason
from ccr.domain.phrases import phrase
from ccr.web.language import translated


def why_rows(why: KeptReason | None) -> dict[str, Any] | None:
    """Return minutes and parts, and which directory and weights they come from; None once gone."""
    if why is None:
        return None
    words = (
        phrase(
            "Directory version %(version)s, weights as CCR has them.", version=why.directory_version
        )
        if why.weights == STANDARD_WEIGHTS
        else phrase(
            "Directory version %(version)s, weights of your network (%(mark)s).",
            version=why.directory_version,
            mark=why.weights,
        )
    )
    return {
        "minutes": why.minutes,
        "parts": [{"name": name, "minutes": minutes} for name, minutes in why.parts],
        "versions": translated(words),
    }
