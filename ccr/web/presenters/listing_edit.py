"""The edit pages of a listing: its sections in short, both versions after a clash, what waits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import url_for

from ccr.adapters.typed_facts import area_lines
from ccr.domain.directory_history import Change
from ccr.domain.listing_fields import Fields
from ccr.domain.listing_review import Proposal
from ccr.domain.phrases import phrase
from ccr.services.listing_edit import EditDesk, Saved
from ccr.services.member_edit import MemberDesk
from ccr.services.world import World
from ccr.storage.queries.listing_state import PlaceState
from ccr.web.forms.listing import SECTION_TITLES, SECTIONS, ListingForm, held_data
from ccr.web.language import translated
from ccr.web.presenters.listing_fields import NOTHING, field_label, field_words

SHOWN_OF_A_TEXT = 140
IN_SHORT: dict[str, tuple[str, ...]] = {
    "what": ("needs", "description"),
    "who": ("tracks", "eligibility_description", "languages"),
    "where": ("areas", "sites"),
    "hours": ("opening_hours", "hours_text"),
    "contact": ("phones", "url"),
    "taking": ("status",),
}


def section_rows(desk: EditDesk, world: World) -> list[dict[str, Any]]:
    """Return the sections with what they say in short and how much of them waits."""
    fields = desk.state.fields
    return [
        {
            "title": translated(title),
            "href": url_for("listing_edit.section", service_id=desk.state.id, section=key),
            "facts": [
                {"term": field_label(name), "value": _short(field_words(name, fields[name], world))}
                for name in IN_SHORT[key]
                if not (desk.state.confidential and name == "sites")
            ],
            "waiting": len(waiting_names(desk.waiting, SECTIONS[key].LABELS)),
        }
        for key, title in SECTION_TITLES.items()
    ]


def _short(text: str) -> str:
    return text if len(text) <= SHOWN_OF_A_TEXT else f"{text[:SHOWN_OF_A_TEXT].rstrip()} …"


def waiting_names(waiting: Iterable[Proposal], names: Iterable[str]) -> list[str]:
    """Return the labels of these fields for which a change waits."""
    wanted = {name for proposal in waiting for name in proposal.after}
    return [field_label(name) for name in names if name in wanted]


def place_choices(places: list[PlaceState]) -> list[tuple[str, str]]:
    """Return places as choices: name, street and town."""
    return [(str(place.id), place_words(place.fields)) for place in places]


def place_words(fields: Fields) -> str:
    """Return a place on one line."""
    town = " ".join(filter(None, (fields["state_province"], fields["postal_code"])))
    parts = (fields["name"], fields["address_1"], fields["city"], town)
    return ", ".join(part for part in parts if part) or translated(NOTHING)


def place_rows(desk: MemberDesk) -> list[dict[str, str | None]]:
    """Return a member's public places, each with the way to change it where there is one."""
    anchor = desk.anchor
    return [
        {
            "words": place_words(place.fields),
            "short": place.fields["name"] or place.fields["city"],
            "href": None
            if anchor is None or anchor.confidential
            else url_for("listing_edit.place", service_id=anchor.service_id, place_id=place.id),
        }
        for place in desk.places
    ]


def saved_words(saved: Saved) -> str:
    """Return what was kept and what waits, in one message."""
    if saved.waiting:
        waits = ", ".join(field_label(name) for name in saved.waiting)
        words = translated(phrase("Waits for a second person: %(fields)s.", fields=waits))
        if saved.applied:
            return f"{translated(phrase('The rest is saved.'))} {words}"
        return words
    if saved.alone:
        return translated(phrase("Saved at once: nobody else can confirm it. Check it yourself."))
    if saved.applied:
        return translated(phrase("Saved. It shows at once."))
    return translated(phrase("Nothing was changed."))


def both_versions(
    form: ListingForm, fields: Fields, since: list[Change], world: World
) -> list[dict[str, str]]:
    """Return what somebody else changed of this section, beside what was typed."""
    changed = {name for change in since for name in (change.after or {})}
    lines = "\n".join(area_lines(fields.get("areas", ()), world.gazetteer))
    held = held_data(type(form), fields, lines)
    theirs = type(form)(formdata=None, data=held).typed()
    yours = form.typed()
    return [
        {
            "fact": field_label(name),
            "yours": _as_typed(name, yours.get(name), world),
            "theirs": _as_typed(name, theirs.get(name), world),
        }
        for name in form.names
        if name in changed
    ]


def _as_typed(name: str, value: object, world: World) -> str:
    if name == "areas":
        return "; ".join(str(value).split("\n")) or translated(NOTHING)
    try:
        return field_words(name, value, world)
    except (KeyError, TypeError, ValueError):
        # What was typed may be anything at all: it is shown as it is.
        return str(value)
