"""The council's report of a quarter as its page and its CSV read it."""

from __future__ import annotations

from ccr.domain.council import SAFETY_FIRST
from ccr.domain.taxonomy import Need
from ccr.services.council_report import CouncilReport, SafetyPoint
from ccr.services.linkages import Papers
from ccr.web.language import translated
from ccr.web.presenters.coordination import figure_tables
from ccr.web.presenters.council import FIRST, action_rows, names_of
from ccr.web.presenters.gap_register import register_rows, safety_words
from ccr.web.presenters.gaps import day_text, item_view
from ccr.web.presenters.linkages import paper_rows

MOST_OTHERS = 5


def report_view(found: CouncilReport) -> dict[str, object]:
    """Return everything the report shows."""
    names = names_of(found.board.members)
    titles = {record.gap.id: translated(record.title) for record in found.register}
    on = found.board.on
    critical = [item for item in found.board.items if item.finding.kind.critical]
    others = [item for item in found.board.items if not item.finding.kind.critical]
    tables = figure_tables(found.figures)
    return {
        "quarter": found.quarter,
        "from": day_text(found.first_day),
        "to": day_text(found.last_day),
        "over": found.over,
        "on": day_text(on),
        "first": [_point(point) for point in found.first],
        "counties": len(found.board.matrix.counties),
        "unplaced": len(found.board.matrix.unplaced),
        "programs": any(
            cell.checked or cell.unchecked
            for cell in found.board.matrix.line(Need.ABUSIVE_PARTNER_INTERVENTION)
        ),
        "agreements": len(found.board.agreements),
        "critical": [item_view(item, on) for item in critical],
        "others": [item_view(item, on) for item in others[:MOST_OTHERS]],
        "other_total": len(others),
        "register": register_rows(found.register),
        "papers": paper_rows(Papers(found.ending, found.board.members, on)),
        "figures": tables[0] if tables else None,
        "overdue": action_rows(found.overdue, titles, on),
        "to_do": action_rows(found.to_do, titles, on),
        "done": action_rows(found.done, titles, on),
        "meetings": [
            {
                "day": day_text(meeting.held_on),
                "committee": meeting.committee,
                "there": ", ".join(sorted(names[m] for m in meeting.attended if m in names)),
                "decisions": [
                    {
                        "title": item.title,
                        "outcome": translated(item.outcome.label) if item.outcome else None,
                        "decision": item.decision,
                        "safety": safety_words(item.effect, item.whom),
                    }
                    for item in meeting.items
                    if item.position != SAFETY_FIRST and item.outcome
                ],
            }
            for meeting in found.meetings
        ],
    }


def _point(point: SafetyPoint) -> dict[str, object]:
    item = point.item
    return {
        "day": day_text(point.met_on),
        "title": translated(FIRST) if item.position == SAFETY_FIRST else item.title,
        "decision": item.decision,
        "safety": safety_words(item.effect, item.whom),
    }


def report_rows(found: CouncilReport) -> list[tuple[str, ...]]:
    """Return gaps and actions as rows of a table, headings first: members and days, no person."""
    rows: list[tuple[str, ...]] = [("kind", "what", "status", "owner", "next_step", "due_on")]
    for record in found.register:
        gap = record.gap
        rows.append(
            ("gap", translated(record.title), gap.status.value, gap.owner, gap.next_step,
             gap.due_on.isoformat())
        )  # fmt: skip
    rows += [
        ("action", a.text, a.status, a.owner, "", a.due_on.isoformat())
        for a in (*found.overdue, *found.to_do, *found.done)
    ]
    return rows
