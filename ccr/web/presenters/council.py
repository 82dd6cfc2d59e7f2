"""The council's meetings, actions and committees as their pages read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from ccr.domain.council import SAFETY_FIRST, Action, Committee, Item, Meeting, Outcome, Profile
from ccr.domain.directory import Member
from ccr.domain.phrases import phrase
from ccr.services.council import ActionBoard, Council, MeetingRoom
from ccr.web.language import translated
from ccr.web.presenters.gap_register import safety_words
from ccr.web.presenters.gaps import day_text

FIRST = phrase("Survivor safety: what changed since the last meeting?")
OUTCOME_TONES = {
    Outcome.AGREED: "ok",
    Outcome.REFUSED: "late",
    Outcome.PUT_OFF: "due",
    Outcome.NOTED: "unknown",
}


def names_of(members: Iterable[Member]) -> dict[UUID, str]:
    """Return the names of members by id."""
    return {member.id: member.name for member in members}


def titles_of(found: ActionBoard) -> dict[UUID, str]:
    """Return the titles of the gaps of the register, open ones first."""
    return {gap_id: translated(title) for gap_id, title in found.gaps.items()}


def committee_rows(
    committees: Iterable[Committee], names: Mapping[UUID, str]
) -> list[dict[str, object]]:
    """Return the committees with who sits on them."""
    return [
        {
            "id": one.id,
            "name": one.name,
            "topic": translated(one.topic.label),
            "members": ", ".join(sorted(names[m] for m in one.members if m in names)),
        }
        for one in committees
    ]


def overlap_lines(found: Council) -> list[str]:
    """Return a sentence for each two committees that overlap."""
    return [
        translated(
            phrase(
                "%(one)s and %(other)s: the same topic, and mostly the same members. One may do.",
                one=one.name,
                other=other.name,
            )
        )
        for one, other in found.overlapping
    ]


def meeting_rows(meetings: Iterable[Meeting], on: date) -> list[dict[str, object]]:
    """Return meetings as rows, newest first."""
    return [
        {
            "id": one.id,
            "committee": one.committee,
            "day": day_text(one.held_on),
            "to_come": one.held_on > on,
        }
        for one in meetings
    ]


def action_rows(
    actions: Iterable[Action], titles: Mapping[UUID, str], on: date
) -> list[dict[str, object]]:
    """Return actions as rows; `titles` are those of the gaps of the register."""
    return [_action(one, titles, on) for one in actions]


def _action(one: Action, titles: Mapping[UUID, str], on: date) -> dict[str, object]:
    words = {"open": phrase("To do"), "done": phrase("Done"), "dropped": phrase("Dropped")}
    late = one.days_late(on)
    source = (
        phrase("Meeting of %(day)s", day=day_text(one.met_on)) if one.met_on else one.source.label
    )
    return {
        "id": one.id,
        "text": one.text,
        "owner": one.owner,
        "due": day_text(one.due_on),
        "late_days": late,
        "open": one.status == "open",
        "words": translated(words[one.status]),
        "tone": {"open": "due", "done": "ok", "dropped": "unknown"}[one.status],
        "source": translated(source),
        "meeting_id": one.meeting_id,
        "gap_id": one.gap_id if one.gap_id in titles else None,
        "gap": titles.get(one.gap_id) if one.gap_id else None,
        "ended": day_text(one.ended_on) if one.ended_on else None,
        "version": one.version,
    }


def meeting_view(room: MeetingRoom, titles: Mapping[UUID, str]) -> dict[str, object]:
    """Return one meeting with agenda, attendance and actions."""
    names, found = names_of(room.board.members), room.meeting
    return {
        "id": found.id,
        "committee": found.committee,
        "day": day_text(found.held_on),
        "version": found.version,
        "items": [_item(item, titles) for item in found.items],
        "attended": sorted(names[m] for m in found.attended if m in names),
        "actions": action_rows(room.board.actions, titles, room.board.on),
    }


def _item(item: Item, titles: Mapping[UUID, str]) -> dict[str, object]:
    return {
        "position": item.position,
        "first": item.position == SAFETY_FIRST,
        "title": translated(FIRST) if item.position == SAFETY_FIRST else item.title,
        "gap_id": item.gap_id if item.gap_id in titles else None,
        "gap": titles.get(item.gap_id) if item.gap_id else None,
        "outcome": translated(item.outcome.label) if item.outcome else None,
        "tone": OUTCOME_TONES[item.outcome] if item.outcome else "unknown",
        "decision": item.decision,
        "safety": safety_words(item.effect, item.whom),
    }


def profile_view(profile: Profile, names: Mapping[UUID, str]) -> dict[str, object]:
    """Return what the network says of itself, in words."""
    return {
        "types": [translated(t.label) for t in profile.types],
        "models": [translated(m.label) for m in profile.models],
        "planned": profile.seats_planned,
        "filled": profile.seats_filled,
        "paid": translated(profile.paid.label) if profile.paid else None,
        "payer": names.get(profile.payer_id) if profile.payer_id else None,
        "said": profile.version > 0,
    }
