"""What would change if, in words for the page."""

from __future__ import annotations

from uuid import UUID

from ccr.domain.gaps import LINES, line_label
from ccr.domain.phrases import phrase
from ccr.domain.what_if import CellChange
from ccr.services.what_if import Outcome, Question
from ccr.web.language import translated
from ccr.web.presenters.gaps import LOOKS, WORDS

MOST_CHANGES = 40


def outcome_view(found: Outcome) -> dict[str, object]:
    """Return everything the page shows."""
    matrix, network, asked = found.board.matrix, found.network, found.scenario
    names = {member_id: member.name for member_id, member in network.members.items()}
    removal = found.removal
    return {
        "asked": asked,
        "title": _title(found, names),
        "members": [(str(m), name) for m, name in sorted(names.items(), key=lambda n: n[1])],
        "lines": [(number, translated(line_label(line))) for number, line in enumerate(LINES)],
        "counties": [(county.fips, county.name) for county in matrix.counties],
        "changes": [_change(change) for change in found.changes[:MOST_CHANGES]],
        "more": max(0, len(found.changes) - MOST_CHANGES),
        "removal": removal,
        "cut_off": sorted(names[m] for m in removal.cut_off) if removal else [],
        "holding": sorted(names[m] for m in removal.newly_holding) if removal else [],
        "worst": [
            {"id": loss.member_id, "name": names[loss.member_id], "loss": loss}
            for loss in found.worst
        ],
    }


def _title(found: Outcome, names: dict[UUID, str]) -> str:
    asked = found.scenario
    if asked is None:
        return ""
    if asked.question is Question.OPENS:
        counties = {county.fips: county.name for county in found.board.matrix.counties}
        return translated(
            phrase(
                "One more service in %(county)s for: %(need)s",
                county=counties[asked.county or ""],
                need=line_label(LINES[asked.row or 0]),
            )
        )
    member = names[asked.member_id] if asked.member_id else ""
    if asked.question is Question.NIGHT:
        return translated(phrase("%(member)s answers at night too", member=member))
    return translated(phrase("%(member)s leaves the network", member=member))


def _change(change: CellChange) -> dict[str, object]:
    return {
        "line": translated(line_label(change.line)),
        "county": change.county.name,
        "row": LINES.index(change.line),
        "fips": change.county.fips,
        "before": _state(LOOKS[change.before]),
        "after": _state(LOOKS[change.after]),
        "worse": change.is_worse,
    }


def _state(look: str) -> dict[str, str]:
    return {"look": look, "words": translated(WORDS[look])}
