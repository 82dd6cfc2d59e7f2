"""The overview and the agreements of the network, as their pages read them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from ccr.domain.gap_findings import pair_standings
from ccr.domain.late_answers import LateMember, LateState
from ccr.domain.network import MemberNetwork
from ccr.domain.pathways import Program, Protocol, Standing
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.protocols import ProtocolStanding, ProtocolState, program_standing
from ccr.domain.small_cells import Figure, Measured, NeedGroup
from ccr.services.coordination import NetworkView
from ccr.web.language import translated
from ccr.web.presenters.gaps import day_text

STANDINGS: dict[Standing, tuple[Phrase, str]] = {
    Standing.LAPSED: (phrase("Lapsed"), "late"),
    Standing.ENDS_IN_30: (phrase("Ends within 30 days"), "due"),
    Standing.ENDS_IN_90: (phrase("Ends within 90 days"), "due"),
    Standing.IN_FORCE: (phrase("In force"), "ok"),
    Standing.NOT_YET: (phrase("Not yet in force"), "unknown"),
}
PROTOCOL_STATES: dict[ProtocolState, tuple[Phrase, str]] = {
    ProtocolState.IN_FORCE: STANDINGS[Standing.IN_FORCE],
    ProtocolState.NO_END: (phrase("Has no end: renew it"), "due"),
    ProtocolState.ENDS_IN_90: STANDINGS[Standing.ENDS_IN_90],
    ProtocolState.ENDS_IN_30: STANDINGS[Standing.ENDS_IN_30],
    ProtocolState.LAPSED: STANDINGS[Standing.LAPSED],
    ProtocolState.NOT_YET: (phrase("Not yet in force"), "late"),
    ProtocolState.MISSING: (phrase("Missing"), "late"),
}
_LATE: dict[LateState, tuple[Phrase, str]] = {
    LateState.SILENT: (phrase("Silent"), "late"),
    LateState.LATE: (phrase("Late"), "due"),
    LateState.ANSWERING: (phrase("Answering again"), "ok"),
}
SOON = frozenset({Standing.LAPSED, Standing.ENDS_IN_30, Standing.ENDS_IN_90})
MOST_PERIODS = 9


def agreement_rows(view: NetworkView) -> list[dict[str, object]]:
    """Return every pair with an agreement, the most pressing first."""
    rows = []
    members = view.network.members
    for (a, b), (now, agreement) in pair_standings(view.agreements, view.on).items():
        if a not in members or b not in members:
            continue
        one, other = sorted((members[a].name, members[b].name))
        words, tone = STANDINGS[now]
        rows.append(
            {
                "one": one,
                "other": other,
                "standing": now,
                "words": translated(words),
                "tone": tone,
                "signed": day_text(agreement.signed_on),
                "ends": day_text(agreement.expires_on) if agreement.expires_on else None,
                "order": (list(Standing).index(now), agreement.expires_on or date.max, one),
            }
        )
    return sorted(rows, key=lambda row: row["order"])  # type: ignore[arg-type,return-value]


def pathway_rows(view: NetworkView) -> list[dict[str, object]]:
    """Return the promised pathways that are open, by who sends; and whether one leads back."""
    members = view.network.members
    there = [
        p
        for p in view.pathways
        if p.open_on(view.on) and p.from_member_id in members and p.to_member_id in members
    ]
    ways = {(p.from_member_id, p.to_member_id) for p in there}
    rows: list[dict[str, object]] = [
        {
            "id": p.id,
            "sends": members[p.from_member_id].name,
            "takes": members[p.to_member_id].name,
            "need": translated(p.need.label) if p.need else translated(phrase("Any need")),
            "since": day_text(p.promised_on),
            "both": (p.to_member_id, p.from_member_id) in ways,
        }
        for p in there
    ]
    return sorted(rows, key=lambda row: (str(row["sends"]), str(row["takes"]), str(row["need"])))


def protocol_rows(
    programs: Iterable[Program], protocols: Sequence[Protocol], on: date
) -> list[dict[str, object]]:
    """Return every program with how its consultation protocol stands (R3)."""
    return [
        {"program": program.name, "id": program.compartment_id, **standing_row(now)}
        for program in programs
        for now in (program_standing(program.compartment_id, protocols, on),)
    ]


def standing_row(now: ProtocolStanding) -> dict[str, object]:
    """Return how a program stands, in words: with whom, the chip, and the day of its end."""
    words, tone = PROTOCOL_STATES[now.state]
    return {
        "partners": now.partners,
        "words": translated(words),
        "tone": tone,
        "ends": day_text(now.ends) if now.ends else None,
        "holds": now.state.holds,
    }


def late_rows(late: Iterable[LateMember]) -> list[dict[str, str]]:
    """Return the members that owe an answer: name, week, word. No code and no count."""
    return [
        {
            "member": item.member,
            "week": day_text(item.week),
            "words": translated(_LATE[item.state][0]),
            "tone": _LATE[item.state][1],
        }
        for item in late
    ]


def figure_tables(figures: Iterable[Figure]) -> list[dict[str, object]]:
    """Return the published figures by period, newest first; what was withheld says so."""
    by_period: dict[str, dict[tuple[Measured, NeedGroup], int | None]] = {}
    for figure in figures:
        by_period.setdefault(figure.period, {})[figure.measure, figure.group] = figure.value
    order = sorted(by_period, key=lambda p: (p[:4], p[4:] or "Q9"), reverse=True)
    return [
        {"period": period, "is_year": "Q" not in period, "rows": _figure_rows(by_period[period])}
        for period in order[:MOST_PERIODS]
    ]


def _figure_rows(
    values: dict[tuple[Measured, NeedGroup], int | None],
) -> list[dict[str, str]]:
    hidden = translated(phrase("Not shown"))

    def words(measure: Measured, group: NeedGroup) -> str:
        value = values.get((measure, group))
        return hidden if value is None else str(value)

    def hours(group: NeedGroup) -> str:
        value = values.get((Measured.ANSWER_MINUTES, group))
        return hidden if value is None else f"{value // 60} h"

    return [
        {
            "group": translated(group.label),
            "sent": words(Measured.SENT, group),
            "unmet": words(Measured.UNMET, group),
            "hours": hours(group),
        }
        for group in NeedGroup
        if any((m, group) in values for m in Measured)
    ]


def weak_points(network: MemberNetwork, most: int) -> list[dict[str, object]]:
    """Return the members whom most would miss, with how many."""
    ranked: list[tuple[UUID, int]] = sorted(
        ((m, len(lost)) for m, lost in network.cut_off.items()), key=lambda i: (-i[1], str(i[0]))
    )
    return [{"id": m, "name": network.members[m].name, "count": n} for m, n in ranked[:most]]
