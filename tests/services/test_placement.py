"""Placement at a program: results side by side, what its rules propose, and what is decided."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import update

from ccr.domain.consultation_triggers import Trigger
from ccr.domain.errors import (
    ForbiddenError,
    IllegalTransitionError,
    InvalidInputError,
    NotFoundError,
    StaleError,
)
from ccr.domain.placement import Contact, Placement, PlacementRule, Waits
from ccr.domain.program_groups import Level
from ccr.domain.risk_information import Basis
from ccr.domain.risk_instruments import Band, Measures
from ccr.domain.risk_sharing import NOT_ASKED_BY_PROGRAMS
from ccr.domain.taxonomy import Urgency
from ccr.policy.identity import Identity, Role
from ccr.services import consultation_prompts, placement, placement_rules, risk_information
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.audit import AuditEventRow
from ccr.storage.models.programs import ParticipantRow
from ccr.storage.models.risk import PlacementRow, RiskInformationRow
from tests.coordination import coordinator
from tests.loop import dump, world
from tests.people import Team, add_colleague
from tests.placing import (
    DAY,
    a_result,
    accept,
    add_group,
    add_participant,
    make_probation,
    make_program_admin,
    own_result,
    refer,
    train,
)
from tests.small_directory import SmallDirectory, make_small_directory

DEFAULT = PlacementRule("", "", False, Level.STANDARD, Contact.WEEKLY)
DVSI_HIGH = PlacementRule("dvsi-r", "high", False, Level.INTENSIVE, Contact.TWICE_WEEKLY)


@pytest.fixture
def small(app: Flask, now: datetime) -> SmallDirectory:
    small = make_small_directory(at=now)
    train(small.dune, at=now)
    return small


@pytest.fixture
def probation(small: SmallDirectory, now: datetime) -> Team:
    team = make_probation(small, at=now)
    train(team, at=now)
    return team


@pytest.fixture
def admin(small: SmallDirectory, now: datetime) -> Identity:
    return make_program_admin(small, at=now)


def page(small: SmallDirectory, participant_id: UUID, at: datetime) -> placement.PlacementPage:
    return placement.page(small.dune.identity, world(), participant_id, at=at)


def from_probation(
    small: SmallDirectory, probation: Team, now: datetime, urgency: str = "standard", **more: object
) -> UUID:
    """Return a participant who came with a result of probation."""
    referral_id = refer(small, probation, at=now, urgency=urgency)
    risk_information.give(probation.identity, world(), referral_id, a_result(**more), at=now)
    accept(small, referral_id, at=now)
    return add_participant(small, at=now, referral_id=referral_id)


def test_s12_a_band_from_probation_leads_to_a_proposal_by_the_programs_own_rule(
    small: SmallDirectory, probation: Team, admin: Identity, now: datetime
) -> None:
    placement_rules.state(admin, DEFAULT, at=now)
    placement_rules.state(admin, DVSI_HIGH, at=now)
    add_group(small, "Monday", "standard")
    full, free = add_group(small, "Tuesday", "intensive", 0), add_group(small, "Later", "intensive")
    found = page(small, from_probation(small, probation, now), now).proposal
    assert (found.level, found.contact) == (Level.INTENSIVE, Contact.TWICE_WEEKLY)
    assert [group.id for group in found.groups] == [free, full]
    spoken = [(reason.rule.instrument, reason.counts) for reason in found.reasons]
    assert spoken == [("dvsi-r", True), ("", False)]


def test_r39_who_reads_sealed_results_is_noted_by_id_on_both_sides(
    small: SmallDirectory, probation: Team, now: datetime
) -> None:
    empty = add_participant(small, at=now)
    page(small, empty, now)
    participant_id = from_probation(small, probation, now)
    referral_id = db.session.scalar(db.select(RiskInformationRow.referral_id))
    page(small, participant_id, now)
    risk_information.given(probation.identity, world(), referral_id, at=now)
    noted = db.session.execute(
        db.select(AuditEventRow.compartment_id, AuditEventRow.subject_id).where(
            AuditEventRow.verb == "read", AuditEventRow.subject_type == "risk-information"
        )
    ).all()
    assert {tuple(row) for row in noted} == {
        (small.dune.compartment_id, participant_id),
        (probation.compartment_id, referral_id),
    }


def test_r42_two_instruments_stand_side_by_side_each_by_its_kind(
    small: SmallDirectory, probation: Team, now: datetime
) -> None:
    participant_id = from_probation(small, probation, now)
    me = small.dune.identity
    placement.record_own(me, world(), participant_id, own_result(band=Band.LOW), at=now)
    found = page(small, participant_id, now)
    assert len(found.results) == 2
    kinds = [found.catalogue.find(one.result.instrument) for one in found.results if one.result]
    assert {one.name: one.measures for one in kinds if one} == {
        "DVSI-R": Measures.REASSAULT,
        "ODARA": Measures.REASSAULT,
    }
    assert [one.mine for one in found.results] in ([True, False], [False, True])


def test_r43_urgency_is_that_of_the_referral_or_sooner(
    small: SmallDirectory, probation: Team, now: datetime
) -> None:
    low = {"band": Band.LOW, "score": 0}
    assert page(small, from_probation(small, probation, now, **low), now).urgency is (
        Urgency.STANDARD
    )
    soon = from_probation(small, probation, now, urgency="immediate", **low)
    assert page(small, soon, now).urgency is Urgency.IMMEDIATE
    judged = from_probation(small, probation, now, high_danger=True, **low)
    assert page(small, judged, now).urgency is Urgency.IMMEDIATE


def test_r46_a_result_is_old_on_day_91_and_after_a_change(
    small: SmallDirectory, probation: Team, now: datetime
) -> None:
    participant_id = from_probation(small, probation, now, assessed_on=DAY)
    for days, old in ((0, False), (90, False), (91, True)):
        (one,) = page(small, participant_id, now + timedelta(days=days)).results
        assert (one.days, one.ask_again) == (days, old)
    me, later = small.dune.identity, now + timedelta(days=5)
    consultation_prompts.raise_prompt(me, Trigger.COURT_DATE, participant_id, at=later)
    assert not page(small, participant_id, later).results[0].ask_again
    consultation_prompts.raise_prompt(me, Trigger.WEAPON, participant_id, at=later)
    assert page(small, participant_id, later).results[0].ask_again


def test_r46_what_was_assessed_after_the_change_is_not_old(
    small: SmallDirectory, now: datetime
) -> None:
    me, participant_id = small.dune.identity, add_participant(small, at=now)
    placement.record_own(me, world(), participant_id, own_result(assessed_on=DAY), at=now)
    later = now + timedelta(days=5)
    consultation_prompts.raise_prompt(me, Trigger.WEAPON, participant_id, at=later)
    anew = own_result(assessed_on=DAY + timedelta(days=5))
    placement.record_own(me, world(), participant_id, anew, at=later + timedelta(hours=1))
    assert [one.ask_again for one in page(small, participant_id, later).results] == [False, True]


def test_r46_the_program_says_that_something_changed_and_twice_is_once(
    small: SmallDirectory, probation: Team, now: datetime
) -> None:
    participant_id = from_probation(small, probation, now)
    for _ in range(2):
        placement.ask_again(small.dune.identity, participant_id, at=now)
    assert page(small, participant_id, now).results[0].ask_again


def test_the_facilitator_decides_and_it_is_sealed_apart(
    small: SmallDirectory, probation: Team, admin: Identity, now: datetime
) -> None:
    placement_rules.state(admin, DVSI_HIGH, at=now)
    participant_id = from_probation(small, probation, now)
    me = small.dune.identity
    before = dump()["participant"]
    placement.decide(me, world(), participant_id, Level.BASIC, Contact.MONTHLY, 0, at=now)
    found = page(small, participant_id, now)
    assert found.decided is not None
    assert found.decided.placement == Placement(Level.BASIC, Contact.MONTHLY, as_proposed=False)
    with pytest.raises(StaleError):
        placement.decide(me, world(), participant_id, Level.BASIC, Contact.WEEKLY, 0, at=now)
    placement.decide(
        me, world(), participant_id, Level.INTENSIVE, Contact.TWICE_WEEKLY, found.version, at=now
    )
    found = page(small, participant_id, now)
    assert found.decided is not None
    assert found.decided.placement is not None
    assert found.decided.placement.as_proposed
    rows = dump()
    assert rows["participant"] == before
    assert "intensive" not in repr(rows["placement"])
    assert "weekly" not in repr(rows["placement"])


def test_what_was_decided_for_one_does_not_open_for_another(
    small: SmallDirectory, now: datetime
) -> None:
    first, second = add_participant(small, at=now), add_participant(small, at=now)
    for one, level in ((first, Level.BASIC), (second, Level.INTENSIVE)):
        placement.decide(small.dune.identity, world(), one, level, Contact.WEEKLY, 0, at=now)
    with unit_of_work():
        taken = db.session.get_one(PlacementRow, second).decided_sealed
        db.session.execute(
            update(PlacementRow)
            .where(PlacementRow.participant_id == first)
            .values(decided_sealed=taken)
        )
    decided = page(small, first, now).decided
    assert decided is not None
    assert decided.placement is None


def test_a_result_that_cannot_be_opened_is_told_of_and_logged_by_its_id(
    small: SmallDirectory, probation: Team, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    logging.getLogger().setLevel(logging.ERROR)
    participant_id = from_probation(small, probation, now)
    with unit_of_work():
        db.session.execute(update(RiskInformationRow).values(result_sealed="v1.x.y"))
    (one,) = page(small, participant_id, now).results
    assert one.result is None
    assert one.giver == "Elm Probation (demo)"
    assert "seal.damaged" in capsys.readouterr().err


def test_r11_a_program_keeps_no_assessment_that_rests_on_a_survivor(
    small: SmallDirectory, now: datetime
) -> None:
    me, participant_id = small.dune.identity, add_participant(small, at=now)
    rows = dump()
    asking = own_result(basis=Basis.SURVIVOR)
    with pytest.raises(InvalidInputError) as error:
        placement.record_own(me, world(), participant_id, asking, at=now)
    assert error.value.phrase == NOT_ASKED_BY_PROGRAMS
    assert dump() == rows


def test_r94_a_program_without_valid_training_may_judge_and_not_score(
    small: SmallDirectory, now: datetime
) -> None:
    train(small.dune, at=now, expires_on=DAY)
    me, participant_id = small.dune.identity, add_participant(small, at=now)
    with pytest.raises(InvalidInputError):
        placement.record_own(me, world(), participant_id, own_result(), at=now)
    judged = own_result(band=None, high_danger=True)
    placement.record_own(me, world(), participant_id, judged, at=now)
    assert not page(small, participant_id, now).trained


def test_an_assessment_of_ones_own_is_taken_back_and_nobody_elses(
    small: SmallDirectory, probation: Team, now: datetime
) -> None:
    me, participant_id = small.dune.identity, from_probation(small, probation, now)
    mine = placement.record_own(me, world(), participant_id, own_result(), at=now)
    theirs = next(one.id for one in page(small, participant_id, now).results if not one.mine)
    for risk_id in (theirs, uuid4()):
        with pytest.raises(NotFoundError):
            placement.take_back_own(me, participant_id, risk_id, at=now)
    placement.take_back_own(me, participant_id, mine, at=now)
    assert [one.id for one in page(small, participant_id, now).results] == [theirs]


def test_nobody_but_the_program_reads_or_decides(
    small: SmallDirectory, probation: Team, now: datetime
) -> None:
    participant_id = from_probation(small, probation, now)
    strangers = (probation.identity, small.birch.identity, small.alder.identity, coordinator(small))
    other = make_small_directory(at=now, name="Other network").dune.identity
    for who in strangers:
        with pytest.raises(ForbiddenError):
            placement.page(who, world(), participant_id, at=now)
        with pytest.raises(ForbiddenError):
            placement_rules.rules(who)
    for act in (
        lambda: placement.page(other, world(), participant_id, at=now),
        lambda: placement.ask_again(other, participant_id, at=now),
        lambda: placement.record_own(other, world(), participant_id, own_result(), at=now),
        lambda: placement.decide(
            other, world(), participant_id, Level.BASIC, Contact.WEEKLY, 0, at=now
        ),
    ):
        with pytest.raises(NotFoundError):
            act()


def test_for_somebody_who_left_nothing_more_is_decided_and_what_was_is_still_read(
    small: SmallDirectory, now: datetime
) -> None:
    me, participant_id = small.dune.identity, add_participant(small, at=now, state="completed")
    assert page(small, participant_id, now).placed.is_over
    for act in (
        lambda: placement.ask_again(me, participant_id, at=now),
        lambda: placement.record_own(me, world(), participant_id, own_result(), at=now),
        lambda: placement.decide(
            me, world(), participant_id, Level.BASIC, Contact.WEEKLY, 0, at=now
        ),
    ):
        with pytest.raises(IllegalTransitionError):
            act()


def test_only_the_programs_administrator_states_rules_and_the_newest_word_counts(
    small: SmallDirectory, admin: Identity, now: datetime
) -> None:
    with pytest.raises(ForbiddenError):
        placement_rules.state(small.dune.identity, DVSI_HIGH, at=now)
    placement_rules.state(admin, DVSI_HIGH, at=now)
    lower = PlacementRule("dvsi-r", "high", False, Level.STANDARD, Contact.WEEKLY)
    placement_rules.state(admin, lower, at=now)
    (rule,) = placement_rules.rules(small.dune.identity).rules
    assert (rule.level, rule.contact) == (Level.STANDARD, Contact.WEEKLY)
    with pytest.raises(InvalidInputError):
        placement_rules.state(
            admin, PlacementRule("da", "extreme", False, Level.BASIC, Contact.WEEKLY), at=now
        )
    elsewhere = make_small_directory(at=now, name="Other network").dune
    other = add_colleague(elsewhere, Role.AGENCY_ADMIN, "elsewhere@example.org", at=now)
    assert rule.id is not None
    with pytest.raises(NotFoundError):
        placement_rules.drop(other, rule.id, at=now)
    placement_rules.drop(admin, rule.id, at=now)
    with pytest.raises(NotFoundError):
        placement_rules.drop(admin, rule.id, at=now)


def test_a_participant_that_is_deleted_takes_its_own_results_and_its_placement_along(
    small: SmallDirectory, probation: Team, now: datetime
) -> None:
    me, participant_id = small.dune.identity, from_probation(small, probation, now)
    placement.record_own(me, world(), participant_id, own_result(), at=now)
    placement.decide(me, world(), participant_id, Level.BASIC, Contact.WEEKLY, 0, at=now)
    with unit_of_work():
        db.session.query(ParticipantRow).delete()
    rows = dump()
    assert rows["placement"] == []
    # What probation gave is the referral's, and leaves with it; its own list tells nothing.
    assert len(rows["risk_information"]) == 1


def waiting(small: SmallDirectory, at: datetime) -> dict[UUID, tuple[Waits, ...]]:
    return {one.id: one.waits for one in placement.waiting(small.dune.identity, at=at)}


def test_placements_to_look_at_are_not_decided_have_news_or_only_old_results(
    small: SmallDirectory, probation: Team, now: datetime
) -> None:
    me, later = small.dune.identity, now + timedelta(hours=2)
    add_participant(small, at=now)  # nobody gave a result: nothing waits
    add_participant(small, at=now, state="completed")
    first = from_probation(small, probation, now, assessed_on=DAY)
    assert waiting(small, now) == {first: (Waits.UNDECIDED,)}
    placement.decide(me, world(), first, Level.STANDARD, Contact.WEEKLY, 0, at=now)
    assert waiting(small, later) == {}
    placement.record_own(me, world(), first, own_result(assessed_on=DAY), at=later)
    assert waiting(small, later) == {first: (Waits.NEWS,)}
    placement.decide(me, world(), first, Level.INTENSIVE, Contact.WEEKLY, 1, at=later)
    assert waiting(small, now + timedelta(days=90)) == {}
    assert waiting(small, now + timedelta(days=91)) == {first: (Waits.OLD,)}
    consultation_prompts.raise_prompt(me, Trigger.WEAPON, first, at=later + timedelta(hours=1))
    assert waiting(small, later + timedelta(hours=1)) == {first: (Waits.OLD,)}
    other = make_small_directory(at=now, name="Other network")
    assert placement.waiting(other.dune.identity, at=now) == ()
    with pytest.raises(ForbiddenError):
        placement.waiting(probation.identity, at=now)
