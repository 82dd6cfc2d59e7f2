"""What would change if, in words for the page, the kept questions and the sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from flask_babel import format_decimal

from ccr.domain.directory import Service
from ccr.domain.gap_questions import MINUTES
from ccr.domain.gaps import LINES, line_label
from ccr.domain.pathways import Pathway
from ccr.domain.people_affected import Affected
from ccr.domain.phrases import phrase
from ccr.domain.what_if import CellChange
from ccr.domain.what_if_questions import (
    MOST_PLACES,
    PLACE_LINES,
    USUAL_MINUTES,
    KeptQuestion,
    Question,
    Scenario,
)
from ccr.services.gaps import GapBoard
from ccr.services.what_if import Answer, Outcome
from ccr.web.language import translated
from ccr.web.presenters.gaps import LINE_NUMBERS, LOOKS, WORDS, day_text
from ccr.web.presenters.what_if_places import lost_view, reached_view
from ccr.web.presenters.what_if_titles import KINDS, title_of

MOST_CHANGES = 40
MOST_PATHWAYS = 12
MOST_LISTED = 300
"""Services in one list; of more, a member is chosen first. Our choice."""
NUMBER_DIGITS, CODE_DIGITS = 4, 5


def read_scenario(values: Mapping[str, str]) -> Scenario | None:
    """Return the question of an address or a form; None for none, or what is no question.

    A need stands there as the number of its row, never as a word (design 6b).
    """
    try:
        question = Question(values.get("ask", ""))
        member, service = (_id(values.get(name)) for name in ("member", "service"))
    except ValueError:
        return None
    row, minutes, places = (_number(values.get(name)) for name in ("row", "minutes", "places"))
    area = values.get("zip" if question is Question.PLACE else "county", "").strip()[:CODE_DIGITS]
    return Scenario(
        question,
        member,
        service,
        LINES[row] if row is not None and row < len(LINES) else None,
        area or None,
        USUAL_MINUTES if minutes is None else minutes,
        1 if places is None else places,
    )


def address_of(asked: Scenario) -> dict[str, object]:
    """Return a question as the values of an address, which read_scenario reads alike."""
    question = asked.question
    found: dict[str, object] = {"ask": question.value}
    if question.of_member:
        found["member"] = asked.member_id
    elif question.of_service:
        found["service"] = asked.service_id
    else:
        found["row"] = LINE_NUMBERS[asked.line or LINES[0]]
    if question is Question.OPENS:
        found["county"] = asked.area
    if question is Question.PLACE:
        found["zip"] = asked.area
    if question is Question.MOST:
        found["places"] = asked.places
    if question.by_distance:
        found["minutes"] = asked.minutes
    return found


def outcome_view(found: Outcome) -> dict[str, object]:
    """Return an answer as the page, the kept question and the sheet show it."""
    board, answer, asked = found.board, found.answer, found.scenario
    names = _names(found)
    removal = answer.removal
    return {
        "asked": asked,
        "address": address_of(asked) if asked else {},
        "refused": translated(found.refused) if found.refused else None,
        "title": translated(title_of(found)) if found.is_answered else "",
        "changes": [_change(change, board, names) for change in answer.changes[:MOST_CHANGES]],
        "by_cells": asked is not None and asked.question is not Question.MOST,
        "more": max(0, len(answer.changes) - MOST_CHANGES),
        "people": people_view(answer.affected, board) if answer.changes else None,
        "people_known": bool(board.people),
        "removal": removal,
        "cut_off": sorted(names[m] for m in removal.cut_off) if removal else [],
        "holding": sorted(names[m] for m in removal.newly_holding) if removal else [],
        "only": _only(answer, names),
        "lost": lost_view(answer.lost),
        "lost_minutes": USUAL_MINUTES,
        "pathways": _pathways(answer.pathways, names),
        "reached": reached_view(found) if answer.reached else None,
        "day": day_text(board.on),
        "table": day_text(board.people_brought_at) if board.people_brought_at else None,
    }


def page_view(
    found: Outcome, kept: Sequence[KeptQuestion], member: UUID | None
) -> dict[str, object]:
    """Return what the page of questions shows beside the answer.

    member: whose services are listed, where the network has too many for one list.
    """
    matrix, network, asked = found.board.matrix, found.network, found.scenario
    chosen = _chosen_member(found.services, asked, member)
    many = len(found.services) > MOST_LISTED
    listed = [s for s in found.services if not many or s.member.id == chosen]
    names = {m: one.name for m, one in network.members.items()}
    return {
        "members": [(str(m), name) for m, name in sorted(names.items(), key=lambda n: n[1])],
        "services": _by_member(listed),
        "many_services": many,
        "member": str(chosen) if chosen else "",
        "lines": [(number, translated(line_label(line))) for number, line in enumerate(LINES)],
        "place_lines": [(LINE_NUMBERS[line], translated(line_label(line))) for line in PLACE_LINES],
        "counties": [(county.fips, county.name) for county in matrix.counties],
        "minutes": [
            (m, translated(phrase("Within %(minutes)s minutes by car", minutes=m))) for m in MINUTES
        ],
        "places": [(number, str(number)) for number in range(1, MOST_PLACES + 1)],
        "kept": [kept_view(one) for one in kept],
        "worst": [
            {"id": loss.member_id, "name": names[loss.member_id], "loss": loss}
            for loss in found.worst
        ],
    }


def kept_view(kept: KeptQuestion) -> dict[str, object]:
    """Return a kept question: its name, who kept it and when. No member is named but that."""
    return {
        "id": kept.id,
        "name": kept.name,
        "question": translated(KINDS[kept.scenario.question]),
        "by": kept.by,
        "day": day_text(kept.kept_at),
    }


def people_view(found: Affected, board: GapBoard) -> dict[str, object]:
    """Return how many people live in areas, how much of it is known, and from which table."""
    brought: datetime | None = board.people_brought_at
    return {
        "areas": found.areas,
        "known": found.known,
        "people": format_decimal(found.people),
        "zips": found.zips,
        "table": day_text(brought) if brought else None,
    }


def _names(found: Outcome) -> dict[UUID, str]:
    of_services = {s.member.id: s.member.name for s in found.services}
    return of_services | {m: member.name for m, member in found.network.members.items()}


def _only(answer: Answer, names: Mapping[UUID, str]) -> list[str]:
    """Return who would be the only one left for something, by name."""
    return sorted({names[change.only] for change in answer.changes if change.only is not None})


def _pathways(pathways: Sequence[Pathway], names: Mapping[UUID, str]) -> dict[str, object]:
    rows = sorted(
        (
            names[p.from_member_id],
            names[p.to_member_id],
            translated(p.need.label if p.need else phrase("Any need")),
        )
        for p in pathways
    )
    return {
        "total": len(rows),
        "rows": rows[:MOST_PATHWAYS],
        "more": max(0, len(rows) - MOST_PATHWAYS),
    }


def _change(change: CellChange, board: GapBoard, names: Mapping[UUID, str]) -> dict[str, object]:
    people = board.people.county(change.county.fips)
    return {
        "line": translated(line_label(change.line)),
        "county": change.county.name,
        "row": LINE_NUMBERS[change.line],
        "fips": change.county.fips,
        "before": _state(LOOKS[change.before]),
        "after": _state(LOOKS[change.after]),
        "only": names[change.only] if change.only else None,
        "people": format_decimal(people.people) if people else None,
        "worse": change.is_worse,
    }


def _state(look: str) -> dict[str, str]:
    return {"look": look, "words": translated(WORDS[look])}


def _by_member(services: Sequence[Service]) -> list[tuple[str, list[tuple[str, str]]]]:
    found: dict[UUID, tuple[str, list[tuple[str, str]]]] = {}
    for service in services:
        group = found.setdefault(service.member.id, (service.member.name, []))
        group[1].append((str(service.id), service.name))
    return list(found.values())


def _chosen_member(
    services: Sequence[Service], asked: Scenario | None, member: UUID | None
) -> UUID | None:
    of = {service.id: service.member.id for service in services}
    asked_about = asked.service_id if asked is not None else None
    return of.get(asked_about) if asked_about in of else member


def _id(text: str | None) -> UUID | None:
    return UUID(text) if text else None


def _number(text: str | None) -> int | None:
    known = bool(text) and text is not None and text.isascii() and text.isdigit()
    return int(text) if known and text is not None and len(text) <= NUMBER_DIGITS else None
