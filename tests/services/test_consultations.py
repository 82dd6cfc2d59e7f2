"""Safety consultations over a database: asked, received, acknowledged, advised, never leaking."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import inspect, select, update

from ccr.domain.consultation_advice import Advice, Concern
from ccr.domain.consultation_partner import Why
from ccr.domain.consultation_triggers import SettledHow, Trigger
from ccr.domain.errors import ForbiddenError, InvalidInputError, NotFoundError, StaleError
from ccr.domain.safety_consultation import Call, Called, Consulted, Question, Receipt
from ccr.domain.taxonomy import CompartmentKind, MemberCategory, Urgency
from ccr.policy.identity import Identity, Role
from ccr.services import consultation_chasing, consultation_prompts, consultations
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.consultations import ConsultationPromptRow, ConsultationRow
from ccr.storage.models.directory import MemberRow, PhoneRow, ServiceAreaRow
from ccr.storage.models.joining import MembershipRow
from ccr.storage.models.operations import OutboxItem
from tests.coordination import coordinator, sign_protocol
from tests.loop import dump, world
from tests.people import add_colleague, make_team
from tests.small_directory import SmallDirectory, make_small_directory

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TODAY = date(2026, 11, 12)
SPOKE = Call(Called.SPOKE, Consulted.ADVOCATE, (Advice.CALL_911,))


@pytest.fixture
def small(app: Flask, now: datetime) -> SmallDirectory:
    small = make_small_directory(at=now)
    sign_protocol(small, small.birch, signed_on=date(2026, 1, 1), expires_on=date(2027, 1, 1))
    return small


def question(urgency: Urgency = Urgency.HIGH, call: Call = SPOKE) -> Question:
    return Question(Concern.THREAT, urgency, call)


def ask(small: SmallDirectory, at: datetime, urgency: Urgency = Urgency.HIGH) -> UUID:
    return consultations.ask(small.dune.identity, world(), question(urgency), at=at)


def test_r2_a_record_appears_for_both_programs_at_once(
    small: SmallDirectory, now: datetime
) -> None:
    made = ask(small, now)
    mine = consultations.own(small.dune.identity, at=now)
    theirs = consultations.received(small.birch.identity)
    assert [one.id for one in mine.items] == [one.id for one in theirs.items] == [made]
    assert theirs.items[0].question == question()
    assert mine.items[0].moments.raised_at == now
    assert mine.items[0].question.call.consulted is Consulted.ADVOCATE
    assert mine.items[0].code == theirs.items[0].code
    told = db.session.scalars(select(OutboxItem.compartment_id)).all()
    assert set(told) == {small.birch.compartment_id}
    assert consultations.received(small.cedar.identity).total == 0


def test_r2_the_schema_has_no_field_for_a_victim_a_participant_or_words(app: Flask) -> None:
    columns = {column["name"] for column in inspect(db.engine).get_columns("safety_consultation")}
    allowed = {
        "id", "network_id", "code", "program_compartment_id", "partner_member_id",
        "partner_compartment_id", "concern", "urgency", "called", "consulted_role", "steps",
        "raised_at", "due_at", "told_at", "acknowledged_at", "advice", "advised_at", "step",
        "step_at", "next_step_at", "version",
    }  # fmt: skip
    assert columns == allowed


def test_asking_settles_prompts_and_nothing_ties_them_to_it(
    small: SmallDirectory, now: datetime
) -> None:
    me = small.dune.identity
    weapon = consultation_prompts.raise_prompt(me, Trigger.WEAPON, at=now)
    court = consultation_prompts.raise_prompt(me, Trigger.COURT_DATE, at=now)
    consultation_prompts.settle(me, court, SettledHow.SPOKEN_ALREADY, at=now)
    # One that a colleague has settled meanwhile, and one of nobody, hold nothing up.
    made = consultations.ask(me, world(), question(), about=(weapon, court, uuid4()), at=now)
    assert consultation_prompts.open_prompts(me) == []
    row = db.session.get(ConsultationPromptRow, weapon)
    assert row is not None
    assert row.settled_how == "consulted"
    assert str(made) not in repr(dump()["consultation_prompt"])
    assert str(weapon) not in repr(dump()["safety_consultation"])


def test_the_numbers_of_the_partner_come_first_and_a_private_one_never(
    small: SmallDirectory, now: datetime
) -> None:
    with unit_of_work():
        own = {"network_id": small.network_id, "member_id": small.birch.member_id}
        db.session.add(PhoneRow(**own, number="518-555-0177", position=0))
        db.session.add(PhoneRow(**own, number="518-555-0188", is_private=True, position=0))
    ready = consultations.ready_to_ask(small.dune.identity, world(), at=now)
    assert ready.partner is not None
    assert ready.partner.candidate.member_id == small.birch.member_id
    assert [one.number for one in ready.numbers] == ["518-555-0142", "518-555-0177"]
    assert ready.numbers[1].of is None


def test_without_a_protocol_in_force_asking_goes_on_all_the_same(app: Flask, now: datetime) -> None:
    small = make_small_directory(at=now)
    ready = consultations.ready_to_ask(small.dune.identity, world(), at=now)
    assert ready.partner is not None
    assert (ready.partner.why, ready.partner.candidate.serves) == (Why.SAME_COUNTY, True)
    with unit_of_work():
        areas = ServiceAreaRow.service_id == small.dune_service_id
        first = db.session.scalars(select(ServiceAreaRow.id).where(areas)).first()
        db.session.query(ServiceAreaRow).filter(areas, ServiceAreaRow.id != first).delete()
        db.session.execute(
            update(ServiceAreaRow).where(areas).values(extent="county", code="36061")
        )
    far = consultations.ready_to_ask(small.dune.identity, world(), at=now)
    assert far.partner is not None
    assert far.partner.why is Why.SAME_NETWORK
    sign_protocol(small, small.cedar, signed_on=date(2025, 1, 1), expires_on=TODAY)
    made = ask(small, now)
    shown = consultations.open_asked(small.dune.identity, made, at=now)
    assert shown.partner_name == "Cedar House (demo)"


def test_a_suspended_partner_gives_way_and_one_that_left_is_gone(
    small: SmallDirectory, now: datetime
) -> None:
    with unit_of_work():
        db.session.add(
            MembershipRow(
                member_id=small.birch.member_id,
                network_id=small.network_id,
                way="desk",
                suspended_at=now,
                updated_at=now,
                version=1,
            )
        )
    ready = consultations.ready_to_ask(small.dune.identity, world(), at=now)
    assert ready.partner is not None
    assert ready.partner.candidate.member_id == small.cedar.member_id
    with unit_of_work():
        db.session.execute(update(MembershipRow).values(left_at=now))
    assert consultations.ask(small.dune.identity, world(), question(), at=now)


def test_where_nobody_can_be_asked_it_says_so(app: Flask, now: datetime) -> None:
    small = make_small_directory(at=now)
    lonely = make_small_directory(at=now, name="Other network")
    with unit_of_work():
        for team in (lonely.birch, lonely.cedar):
            away = update(MemberRow).where(MemberRow.id == team.member_id)
            db.session.execute(away.values(active=False))
    with pytest.raises(InvalidInputError, match="hotline"):
        consultations.ask(lonely.dune.identity, world(), question(), at=now)
    assert consultations.received(small.birch.identity).total == 0


def test_one_acknowledges_and_one_advises_whoever_is_second_changes_nothing(
    small: SmallDirectory, now: datetime
) -> None:
    made, me = ask(small, now), small.birch.identity
    other = add_colleague(small.birch, Role.ADVOCATE, "second@example.org", at=now)
    consultations.acknowledge(me, made, at=now + MINUTE)
    with pytest.raises(StaleError):
        consultations.acknowledge(other, made, at=now + HOUR)
    consultations.advise(other, made, [Advice.TALK_FIRST, Advice.CALL_911], at=now + 2 * MINUTE)
    with pytest.raises(StaleError):
        consultations.advise(me, made, [Advice.CALL_US], at=now + HOUR)
    answered = consultations.open_received(me, made).answered
    assert answered.acknowledged_at == now + MINUTE
    assert answered.advice == (Advice.CALL_911, Advice.TALK_FIRST)
    with pytest.raises(InvalidInputError):
        consultations.advise(me, made, [], at=now)


def test_advice_acknowledges_too(small: SmallDirectory, now: datetime) -> None:
    made = ask(small, now)
    consultations.advise(small.birch.identity, made, [Advice.CALL_US], at=now + MINUTE)
    assert consultations.open_received(small.birch.identity, made).answered.acknowledged_at == (
        now + MINUTE
    )


def test_the_call_is_completed_once_by_the_program(small: SmallDirectory, now: datetime) -> None:
    me = small.dune.identity
    asked = question(call=Call(Called.CALLING))
    made = consultations.ask(me, world(), asked, at=now)
    with pytest.raises(InvalidInputError):
        consultations.complete_call(me, made, Call(Called.NO_ANSWER), at=now)
    consultations.complete_call(me, made, SPOKE, at=now + MINUTE)
    assert consultations.open_received(small.birch.identity, made).question.call == SPOKE
    with pytest.raises(StaleError):
        consultations.complete_call(me, made, SPOKE, at=now + MINUTE)


def test_nobody_else_sees_or_does_anything(small: SmallDirectory, now: datetime) -> None:
    made = ask(small, now)
    stranger = make_team(
        small.network_id, "Elm Program", Role.FACILITATOR, at=now, kind=CompartmentKind.APIP,
        category=MemberCategory.APIP,
    )  # fmt: skip
    foreign = make_small_directory(at=now, name="Other network")
    reads: list[Callable[[Identity], object]] = [
        lambda who: consultations.open_asked(who, made, at=now),
        lambda who: consultations.open_received(who, made),
        lambda who: consultations.reach(who, made),
    ]
    acts: list[Callable[[Identity], object]] = [
        lambda who: consultations.acknowledge(who, made, at=now),
        lambda who: consultations.advise(who, made, [Advice.CALL_US], at=now),
        lambda who: consultations.complete_call(who, made, SPOKE, at=now),
    ]
    others = (
        stranger.identity, small.cedar.identity, small.alder.identity, coordinator(small),
        coordinator(small, Role.AUDITOR), foreign.dune.identity, foreign.birch.identity,
    )  # fmt: skip
    for who in others:
        for use in (*reads, *acts):
            with pytest.raises(NotFoundError):
                use(who)
    for use in (reads[1], *acts[:2]):
        with pytest.raises(ForbiddenError):
            use(small.dune.identity)
    for use in (reads[0], acts[2]):
        with pytest.raises(ForbiddenError):
            use(small.birch.identity)
    for who in (small.birch.identity, small.alder.identity, coordinator(small)):
        with pytest.raises(ForbiddenError):
            consultations.ask(who, world(), question(), at=now)


def test_more_than_a_page_is_paged_and_the_unacknowledged_come_first(
    small: SmallDirectory, now: datetime
) -> None:
    made = [ask(small, now + n * MINUTE) for n in range(27)]
    consultations.acknowledge(small.birch.identity, made[-1], at=now + HOUR)
    first = consultations.received(small.birch.identity)
    second = consultations.received(small.birch.identity, number=2)
    assert (first.total, len(first.items), len(second.items)) == (27, 25, 2)
    assert first.items[0].id == made[-2]
    assert second.items[-1].id == made[-1]
    assert consultations.own(small.dune.identity, at=now).items[0].id == made[-1]


def test_after_24_months_they_are_deleted_with_settled_prompts_and_open_ones_stay(
    small: SmallDirectory, now: datetime
) -> None:
    me = small.dune.identity
    old = consultation_prompts.raise_prompt(me, Trigger.WEAPON, at=now)
    waits = consultation_prompts.raise_prompt(me, Trigger.COURT_DATE, at=now)
    consultations.ask(me, world(), question(), about=(old,), at=now)
    assert consultation_chasing.forget_old(at=now + 729 * DAY) == 0
    kept = ask(small, now + 700 * DAY)
    assert consultation_chasing.forget_old(at=now + 731 * DAY) == 2
    assert db.session.scalars(select(ConsultationRow.id)).all() == [kept]
    assert [one.id for one in consultation_prompts.open_prompts(me)] == [waits]


# -- Twins: what the partner does between the fixed moments reaches nobody -----------------------

Course = Callable[[SmallDirectory, UUID, datetime], None]


def _act(at: timedelta, *advice: Advice) -> Course:
    def course(small: SmallDirectory, made: UUID, now: datetime) -> None:
        if advice:
            consultations.advise(small.birch.identity, made, advice, at=now + at)
        else:
            consultations.acknowledge(small.birch.identity, made, at=now + at)

    return course


def nothing(small: SmallDirectory, made: UUID, now: datetime) -> None:
    pass


def both(*courses: Course) -> Course:
    def course(small: SmallDirectory, made: UUID, now: datetime) -> None:
        for one in courses:
            one(small, made, now)

    return course


TWINS: list[tuple[Course, Course]] = [
    (nothing, _act(HOUR + MINUTE)),
    (nothing, both(_act(2 * HOUR), _act(4 * HOUR, Advice.CALL_US))),
    (nothing, _act(3 * DAY, Advice.CALL_911)),
    (_act(MINUTE), _act(59 * MINUTE)),
    (_act(MINUTE), both(_act(50 * MINUTE), _act(5 * HOUR, Advice.TALK_FIRST))),
    (_act(MINUTE, Advice.CALL_US), both(_act(30 * MINUTE), _act(3 * HOUR, Advice.CALL_US))),
]
LOOKS = tuple(sorted({*(n * HOUR for n in range(6)), HOUR + MINUTE, DAY, 4 * DAY}))


@pytest.mark.parametrize("pair", range(len(TWINS)))
def test_twins_a_program_is_shown_and_told_the_same(
    small: SmallDirectory, now: datetime, pair: int
) -> None:
    """Two consultations, two partners' courses: pages and notices of the program are equal."""
    seen = []
    for course in TWINS[pair]:
        made = ask(small, now)
        course(small, made, now)
        told = []
        for after in LOOKS:
            consultation_chasing.run(world(), at=now + after)
            shown = consultations.open_asked(small.dune.identity, made, at=now + after).shown
            listed = consultations.own(small.dune.identity, at=now + after).items
            told.append((shown, [one.shown for one in listed], _told_program(small)))
        seen.append(told)
        with unit_of_work():
            db.session.query(ConsultationRow).delete()
            db.session.query(OutboxItem).delete()
    assert seen[0] == seen[1]


def _told_program(small: SmallDirectory) -> list[tuple[object, ...]]:
    rows = db.session.execute(
        select(OutboxItem.template, OutboxItem.due_at, OutboxItem.pace, OutboxItem.created_at)
        .where(OutboxItem.compartment_id == small.dune.compartment_id)
        .order_by(OutboxItem.created_at, OutboxItem.template)
    )
    return [tuple(row) for row in rows]


def test_the_advice_of_the_partner_is_shown_at_its_moment_and_for_good(
    small: SmallDirectory, now: datetime
) -> None:
    made, me = ask(small, now), small.dune.identity
    consultations.advise(small.birch.identity, made, [Advice.TALK_FIRST], at=now + MINUTE)

    def shown(at: datetime) -> tuple[Receipt, bool]:
        found = consultations.open_asked(me, made, at=at).shown
        return found.receipt, Advice.TALK_FIRST in found.advice

    assert shown(now + 59 * MINUTE) == (Receipt.WAITING, False)
    assert shown(now + HOUR) == (Receipt.READ_IN_TIME, False)
    assert shown(now + 4 * HOUR) == (Receipt.READ_IN_TIME, True)
    assert shown(now + 30 * DAY) == (Receipt.READ_IN_TIME, True)
