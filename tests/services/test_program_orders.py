"""What a sender says of a referral to a program, what the program reads, and groups kept apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from ccr.domain.errors import IllegalTransitionError, InvalidInputError, NotFoundError
from ccr.domain.outcomes import DeclineReason
from ccr.domain.participant_words import ReferralSource
from ccr.domain.referral_states import ChosenBy
from ccr.domain.taxonomy import Need, Track
from ccr.policy.identity import Identity
from ccr.services import drafts, participants, program_orders, referrals, sending
from ccr.services.draft_facts import NeedAnswers, PlaceAnswers
from ccr.services.program_orders import Said
from ccr.storage.db import db
from ccr.storage.models.directory import ServiceAtLocationRow
from tests.builders import ALBANY, CAPITAL_REGION, TROY, make_site
from tests.directory_rows import save_service
from tests.loop import world
from tests.program_people import Court, loaded, make_court, make_group, opened
from tests.small_directory import SmallDirectory, make_small_directory

ORDERED = date(2026, 11, 2)


@pytest.fixture
def small(app: Flask, now: datetime) -> SmallDirectory:
    return make_small_directory(at=now)


@pytest.fixture
def court(small: SmallDirectory, now: datetime) -> Court:
    return make_court(small, at=now)


def program(small: SmallDirectory, at: datetime, *, site: object = None) -> UUID:
    """Return a routable service of the program."""
    return save_service(
        small.dune,
        name="Dune weekly groups (demo)",
        needs=frozenset({Need.ABUSIVE_PARTNER_INTERVENTION}),
        tracks=frozenset({Track.ABUSIVE_PARTNER}),
        areas=CAPITAL_REGION,
        sites=(site or make_site(ALBANY),),
        at=at,
        last_verified_at=at,
    )


def location_of(service_id: UUID) -> UUID:
    row = ServiceAtLocationRow
    found = db.session.scalar(select(row.location_id).where(row.service_id == service_id))
    assert found is not None
    return found


def draft(who: Identity, service_id: UUID, at: datetime, place: PlaceAnswers | None = None) -> UUID:
    need = NeedAnswers(("abusive-partner-intervention",), track="abusive-partner")
    place = place or PlaceAnswers("Troy, NY", "car")
    draft_id = drafts.start_with(who, world(), need, place, service_id, at=at)
    drafts.record_yes(who, world(), draft_id, ChosenBy.SURVIVOR, at=at)
    return draft_id


def sent(who: Identity, service_id: UUID, at: datetime) -> UUID:
    return sending.send(who, world(), draft(who, service_id, at), at=at).referral_id


def test_r14_what_the_court_says_is_read_after_accepting_and_begins_the_participant(
    small: SmallDirectory, court: Court, now: datetime
) -> None:
    clerk, me = court.team.identity, small.dune.identity
    group = make_group(small)
    referral_id = draft(clerk, program(small, now), now)
    said = Said(court.order(ordered_on=ORDERED), group.id)
    program_orders.say(clerk, world(), referral_id, said, at=now)  # while it is a draft
    sending.send(clerk, world(), referral_id, at=now)
    assert program_orders.received(me, referral_id) is None  # not before accepting
    assert participants.opening(me, None).referral is None
    referrals.accept(me, world(), referral_id, at=now)
    read = program_orders.received(me, referral_id)
    assert read is not None
    assert (read.said, read.group_name) == (said, "Tuesday evening")
    assert (read.authority_name, read.participant_id) == ("Elm County Court (demo)", None)
    found = participants.opening(me, referral_id).referral
    assert found is not None
    assert found.said == said
    who = opened(small, found.said.order, at=now, referral=referral_id)
    assert loaded(small, who).code == found.code
    assert program_orders.received(me, referral_id).participant_id == who  # type: ignore[union-attr]
    with pytest.raises(NotFoundError):
        opened(small, found.said.order, at=now, referral=referral_id)  # once


def test_after_the_answer_nothing_more_is_said_and_the_page_is_the_same_whatever_follows(
    small: SmallDirectory, court: Court, now: datetime
) -> None:
    clerk, me = court.team.identity, small.dune.identity
    service_id = program(small, now)
    taken, refused = sent(clerk, service_id, now), sent(clerk, service_id, now)
    said = Said(court.order())
    program_orders.say(clerk, world(), taken, said, at=now)
    referrals.accept(me, world(), taken, at=now)
    referrals.decline(me, world(), refused, DeclineReason.OTHER, at=now)
    for referral_id in (taken, refused):
        assert not program_orders.order_page(clerk, world(), referral_id, at=now).open
        with pytest.raises(IllegalTransitionError):
            program_orders.say(clerk, world(), referral_id, said, at=now)
    before = program_orders.order_page(clerk, world(), taken, at=now)
    opened(small, court.order(), at=now, referral=taken)
    assert program_orders.order_page(clerk, world(), taken, at=now) == before


def test_only_the_sender_says_and_only_of_a_referral_to_a_program(
    small: SmallDirectory, court: Court, now: datetime
) -> None:
    clerk = court.team.identity
    referral_id = sent(clerk, program(small, now), now)
    for stranger in (small.alder.identity, small.birch.identity, small.dune.identity):
        with pytest.raises(NotFoundError):
            program_orders.order_page(stranger, world(), referral_id, at=now)
    need = NeedAnswers(("advocacy",))
    place = PlaceAnswers("Troy, NY", "car")
    elsewhere = drafts.start_with(clerk, world(), need, place, small.birch_service_id, at=now)
    with pytest.raises(NotFoundError):
        program_orders.order_page(clerk, world(), elsewhere, at=now)
    with pytest.raises(InvalidInputError) as refusal:
        wrong = Said(replace(court.order(), source=ReferralSource.SELF))
        program_orders.say(clerk, world(), referral_id, wrong, at=now)
    assert refusal.value.field == "source"
    with pytest.raises(InvalidInputError) as refusal:
        program_orders.say(clerk, world(), referral_id, Said(court.order(), uuid4()), at=now)
    assert refusal.value.field == "group"


def test_r81_groups_where_the_sender_sent_the_other_party_are_left_out_without_a_word(
    small: SmallDirectory, court: Court, now: datetime
) -> None:
    clerk = court.team.identity
    service_id = program(small, now, site=make_site(TROY))
    beside = save_service(  # a second place of the program, in the house where Birch works
        small.dune, name="Dune in Albany (demo)", needs=frozenset(), sites=(make_site(ALBANY),),
        at=now, last_verified_at=now,
    )  # fmt: skip
    near = make_group(small, "In Albany", location_id=location_of(beside), weekday=6)
    far = make_group(small, "In Troy", location_id=location_of(service_id))
    anywhere = make_group(small, "Wherever")
    make_group(small, "Closed", active=False)

    def names(place: PlaceAnswers) -> list[str]:
        page = program_orders.order_page(
            clerk, world(), draft(clerk, service_id, now, place), at=now
        )
        return sorted(group.name for group in page.groups)

    every = ["In Albany", "In Troy", "Wherever"]
    troy = PlaceAnswers("Troy, NY", "car")
    assert names(troy) == every
    other = str(small.birch_service_id)
    assert names(replace(troy, apart_from=(other,))) == ["In Troy", "Wherever"]
    assert names(replace(troy, apart_from=(str(small.cedar_service_id),))) == every  # no place
    assert names(replace(troy, not_near=("Albany, NY=1",))) == ["In Troy", "Wherever"]
    linked = draft(clerk, service_id, now, replace(troy, apart_from=(other,)))
    for group, fits in ((near, False), (far, True), (anywhere, True)):
        said = Said(court.order(), group.id)
        if fits:
            program_orders.say(clerk, world(), linked, said, at=now)
            continue
        with pytest.raises(InvalidInputError, match="of the list"):
            program_orders.say(clerk, world(), linked, said, at=now)
