"""What was found in the directory, in words: groups, chips of what was asked, facets."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from uuid import UUID

from ccr.domain.directory import Place
from ccr.domain.geography import nearest_point
from ccr.domain.listing_search import BY_DISTANCE, Day, Group, Hours, ListingQuery, Sort, Way
from ccr.domain.public_listing import is_program
from ccr.domain.taxonomy import Access, AgeBand, MemberCategory, Need, Track
from ccr.services.finding import Answer, Line
from ccr.services.world import World
from ccr.storage.queries.put_aside import KeptSearch
from ccr.web.forms.directory import SearchForm
from ccr.web.language import translated
from ccr.web.presenters.directory import service_row
from ccr.web.presenters.maps import MapView, NumberedPoint, county_map

KM_PER_MILE = 1.609344
MOST_IN_A_FACET = 8
MAP_WIDTH, MAP_HEIGHT = 270, 350
Pairs = list[tuple[str, str]]


def asked_of(form: SearchForm, world: World, state: str) -> ListingQuery:
    """Return the question of a form; its place is looked up as searches by need look theirs up.

    Args:
        state: two letters; where a town of this name is looked for first.

    Raises:
        InvalidInputError: field `near`: the place cannot be used.
    """
    near = (form.near.data or "").strip()
    return ListingQuery(
        words=form.words.data or "",
        near=world.gazetteer.resolve(near, default_state=state) if near else None,
        needs=frozenset({Need(form.need.data)}) if form.need.data else frozenset(),
        track=Track(form.track.data) if form.track.data else None,
        language=form.language.data or None,
        category=form.category.data or None,
        way=Way(form.way.data) if form.way.data else None,
        hours=Hours(form.hours.data) if form.hours.data else None,
        day=Day(form.day.data) if form.day.data else None,
        age=AgeBand(form.age.data) if form.age.data else None,
        access=frozenset(Access(code) for code in form.access.data or ()),
        free=bool(form.free.data),
        checked=bool(form.checked.data),
        room=bool(form.room.data),
        sort=Sort(form.sort.data or Sort.BEST.value),
    )


def answer_view(
    answer: Answer,
    form: SearchForm,
    near: Place | None,
    flagged: frozenset[UUID] = frozenset(),
) -> dict[str, Any]:
    """Return what the page shows; nothing of it stands in an address.

    Listings with a distance are numbered in the list and on the map alike.
    """
    sent = form.sent()
    numbers: dict[UUID, int] = {
        line.service.id: number
        for number, line in enumerate((ln for ln in answer.lines if ln.km is not None), 1)
    }
    picture = _map(answer, numbers, near) if near and numbers else None
    return {
        "total": answer.total,
        "page": answer.page,
        "pages": answer.pages,
        "read_as": answer.read_as,
        "sent": sent,
        "groups": [
            {
                "heading": translated(group.label) if group is not Group.ANYWHERE else "",
                "by_area": group in {Group.AREA, Group.WIDE},
                "rows": [_row(line, numbers, picture, flagged) for line in lines],
            }
            for group, lines in groupby(answer.lines, key=lambda line: line.group)
        ],
        "map": picture,
        "chips": _chips(form, sent),
        "programs": any(is_program(line.service) for line in answer.lines),
        "filtered": any(name not in {"words", "near", "sort", "exact"} for name, _ in sent),
        "facets": [facet for facet in _facets(answer, form, sent) if len(facet["choices"]) > 1],
    }


def _map(answer: Answer, numbers: dict[UUID, int], near: Place) -> MapView | None:
    """Return the map of the page's public places. A hidden service has no point to pass."""
    points = []
    for line in answer.lines:
        if line.service.id not in numbers:
            continue
        points.append(
            NumberedPoint(
                numbers[line.service.id],
                nearest_point(line.service, near.point),
                f"{line.service.name}, {line.service.member.name}",
            )
        )
    return county_map(points=points, origin=near, width=MAP_WIDTH, height=MAP_HEIGHT)


def _row(
    line: Line, numbers: dict[UUID, int], picture: MapView | None, flagged: frozenset[UUID]
) -> dict[str, Any]:
    number = numbers.get(line.service.id)
    km = line.km if line.group in BY_DISTANCE or line.group is Group.ELSEWHERE else None
    return {
        **service_row(line.service, flagged),
        "id": line.service.id,
        "number": number,
        **(picture.group_of(number) if picture and number else {}),
        "far": None if km is None else f"{km:.0f} km · {km / KM_PER_MILE:.0f} mi",
    }


def _chips(form: SearchForm, sent: Pairs) -> list[dict[str, Any]]:
    """Return each thing asked, with what is left of the question without it."""
    chips = []
    for name, value in sent:
        field = form[name]
        if name in {"sort", "exact"}:
            continue
        chips.append(
            {
                "text": _words_of(field, value),
                "rest": [pair for pair in sent if pair != (name, value)],
            }
        )
    return chips


def kept_search(kept: KeptSearch, form: SearchForm) -> dict[str, Any]:
    """Return a kept search as a line of words, and as what is sent to search again."""
    sent = list(kept.fields.items())
    words = [_words_of(form[name], value) for name, value in sent if name != "sort"]
    return {"id": kept.id, "text": ", ".join(words), "sent": sent}


def _words_of(field: Any, value: str) -> str:  # noqa: ANN401 -- a field of the form
    choices = getattr(field, "choices", None)
    if choices:
        return next((str(c.label) for c in choices if c.value == value), value)
    return str(field.label.text) if value == "y" else value


def _facets(answer: Answer, form: SearchForm, sent: Pairs) -> list[dict[str, Any]]:
    """Return the facets: for each code how many listings would be left."""
    named = (
        ("need", "needs", [need.value for need in Need]),
        ("category", "category", [kind.value for kind in MemberCategory]),
        ("language", "language", sorted(answer.facets.get("language", {}))),
        ("way", "way", [way.value for way in Way]),
    )
    facets = []
    for name, key, codes in named:
        counts = answer.facets.get(key, {})
        field = form[name]
        known = {choice.value: str(choice.label) for choice in field.choices}
        found = [(code, counts[code]) for code in codes if code in counts and code in known]
        found.sort(key=lambda pair: -pair[1])
        facets.append(
            {
                "name": name,
                "label": str(field.label.text),
                "rest": [pair for pair in sent if pair[0] != name],
                "choices": []
                if field.data
                else [
                    {"value": code, "text": known[code], "count": count}
                    for code, count in found[:MOST_IN_A_FACET]
                ],
            }
        )
    return facets
