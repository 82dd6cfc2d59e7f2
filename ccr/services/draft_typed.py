"""Keeping what is typed in a draft while it is typed: what can be used is kept, the rest is named.

The yes is never kept this way, nor whom to leave out: a half-typed name would leave out somebody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from ccr.adapters.link_tokens import read_token, signed_token
from ccr.domain.errors import DuplicateError, InvalidInputError, NotFoundError, StaleError
from ccr.domain.next_contact import ContactWay, DayPart, NextContact, checked_contact
from ccr.domain.phrases import phrase
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services import routing
from ccr.services.authorise import authorise
from ccr.services.draft_facts import DraftFacts, checked_need, without_old_plan
from ccr.services.draft_keeping import change_draft, check_is_draft, load_draft, start_from
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries.audit import append_event_to
from ccr.storage.queries.drafts import delete_draft, drafts_untouched_since, is_draft_of, is_taken

ABANDONED_AFTER = timedelta(days=14)
"""A draft that nobody touched for so long is deleted. Our choice, ADR 0028."""
BATCH = 200
PURPOSE = "new-draft"
FIRST_VERSION = 1
LISTS = ("needs", "access")
TEXTS = (
    "urgency",
    "track",
    "near",
    "transport",
    "language",
    "age_band",
    "gender",
    "children",
    "question",
)
NEXT = ("next_way", "next_day", "next_part")
_ANY_NEED = ("advocacy",)
"""Stands in where no need is chosen yet, so that the rest can be read."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of keeping: when the draft was last saved, its version, what cannot be used yet."""

    saved_at: datetime
    version: int
    left: tuple[str, ...]
    is_there: bool = True


def new_token(world: World) -> str:
    """Return the name of a draft that may be begun: ours, and of no record there is."""
    return signed_token(uuid4(), PURPOSE, world.settings.secret_key)


def start_named(identity: Identity, world: World, token: str, *, at: datetime) -> UUID:
    """Return the draft of a first step's page: the one that was kept while it was typed, or new.

    Where the name is none of ours, or what it names was sent, a draft of another name is begun.

    Raises:
        TakesNoPartError: one's own member is suspended or leaves.
    """
    authorise(identity, Permission.REFERRAL_SEND)
    draft_id = read_token(token, PURPOSE, world.settings.secret_key)
    with unit_of_work():
        if draft_id is not None:
            try:
                return start_from(identity, world, DraftFacts(), draft_id=draft_id, at=at)
            except DuplicateError:
                if is_draft_of(draft_id, identity.compartment_id):
                    return draft_id
        return start_from(identity, world, DraftFacts(), at=at)


def begin_typed(
    identity: Identity,
    world: World,
    token: str,
    typed: Mapping[str, Sequence[str]],
    *,
    seen: int | None = None,
    today: date,
    at: datetime,
) -> tuple[UUID, Kept]:
    """Keep what was typed on the first step; the draft is begun with what can be kept first.

    A page that has seen no version yet may still write over the first: the answer to its first
    keeping was lost. What a press of Continue has kept is at a later version, and stays.

    Raises:
        NotFoundError: the token is not ours, or the draft is another program's.
        IllegalTransitionError: it was sent.
        StaleError: the draft went on since, by Continue or elsewhere.
        TakesNoPartError: one's own member is suspended or leaves.
    """
    seen = seen or FIRST_VERSION
    authorise(identity, Permission.REFERRAL_SEND)
    draft_id = read_token(token, PURPOSE, world.settings.secret_key)
    if draft_id is None:
        raise NotFoundError
    with unit_of_work():
        if is_taken(draft_id):
            return draft_id, keep_typed(
                identity, world, draft_id, typed, seen=seen, today=today, at=at
            )
        facts, left = _typed(identity, world, DraftFacts(), typed, today=today, at=at)
        if facts == DraftFacts():
            return draft_id, Kept(at, 0, left, is_there=False)
        try:
            start_from(identity, world, facts, draft_id=draft_id, at=at)
        except DuplicateError:  # Continue was pressed at the same moment, and came first
            return draft_id, keep_typed(
                identity, world, draft_id, typed, seen=seen, today=today, at=at
            )
        return draft_id, Kept(at, FIRST_VERSION, left)


def keep_typed(
    identity: Identity,
    world: World,
    draft_id: UUID,
    typed: Mapping[str, Sequence[str]],
    *,
    seen: int | None = None,
    today: date,
    at: datetime,
) -> Kept:
    """Keep what was typed in a draft that was begun.

    Args:
        typed: fields of the wizard's forms by name; others are ignored.
        seen: the version on the screen; None keeps whatever it is.

    Raises:
        NotFoundError: the draft is another program's, or is gone.
        IllegalTransitionError: it was sent.
        StaleError: somebody else changed it since.
    """
    with unit_of_work():
        authorise(identity, Permission.REFERRAL_SEND)
        draft, before = load_draft(identity, world, draft_id, lock=True)
        check_is_draft(draft)
        if seen is not None and seen != draft.version:
            raise StaleError(phrase("Somebody else changed this draft first. Nothing was written."))
        facts, left = _typed(identity, world, before, typed, today=today, at=at)
        if facts == before:
            return Kept(draft.updated_at, draft.version, left)
        change_draft(identity, world, draft_id, lambda _: facts, at=at)
        return Kept(at, draft.version + 1, left)


def _typed(
    identity: Identity,
    world: World,
    before: DraftFacts,
    typed: Mapping[str, Sequence[str]],
    *,
    today: date,
    at: datetime,
) -> tuple[DraftFacts, tuple[str, ...]]:
    """Return the answers with what can be used of what was typed, and the names of the rest."""
    facts, left = before, []
    # A box that is not ticked is not sent: the step that is on the screen is sent whole.
    for name in (*LISTS, *TEXTS):
        if name not in typed:
            continue
        values = tuple(value.strip() for value in typed[name] if value.strip())
        first = values[0] if values else _EMPTY.get(name, "")
        change: dict[str, Any] = {name: values if name in LISTS else first}
        try:
            facts = _checked(identity, world, replace(facts, **change), at=at)
        except InvalidInputError:
            left.append(name)
    if "next_way" in typed:
        try:
            facts = facts.expecting(_contact(typed, today))
        except (InvalidInputError, ValueError):
            left.append("next_day")
    return without_old_plan(facts, before), tuple(left)


_EMPTY = {"urgency": "standard", "track": "survivor"}


def _checked(identity: Identity, world: World, facts: DraftFacts, *, at: datetime) -> DraftFacts:
    """Return the answers as codes that exist; raises InvalidInputError."""
    checked = checked_need(replace(facts, needs=facts.needs or _ANY_NEED))
    if checked.near:
        routing.read_request(identity, world, checked.route_fields(), at=at)
    return checked if facts.needs else replace(checked, needs=())


def _contact(typed: Mapping[str, Sequence[str]], today: date) -> NextContact | None:
    way, day, part = (next(iter(typed.get(name, ())), "") for name in NEXT)
    if way in {"", "none"}:
        return None
    found = date.fromisoformat(day) if day else None
    return checked_contact(ContactWay(way), found, DayPart(part or DayPart.ANY), today=today)


def forget_abandoned(*, at: datetime) -> int:
    """Delete drafts that nobody touched for long, for good; return how many."""
    count = 0
    with unit_of_work():
        for draft_id, compartment_id in drafts_untouched_since(at - ABANDONED_AFTER, limit=BATCH):
            try:
                delete_draft(draft_id, sender_compartment_id=compartment_id)
            except NotFoundError:
                continue
            append_event_to(compartment_id, None, "discarded", "referral", draft_id, at=at)
            count += 1
    return count
