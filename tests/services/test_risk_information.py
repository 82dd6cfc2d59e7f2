"""What a sender gives a program with its referral: sealed, refused where it is a survivor's."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update

from ccr.domain.errors import (
    ForbiddenError,
    IllegalTransitionError,
    InvalidInputError,
    NotFoundError,
)
from ccr.domain.outcomes import DeclineReason, Outcome
from ccr.domain.risk_information import Basis, ObtainedBy
from ccr.domain.risk_instruments import Band
from ccr.domain.risk_sharing import NEEDS_HER_RELEASE, NO_AUTHORITY
from ccr.domain.taxonomy import Urgency
from ccr.services import misdirected, placement, referrals, risk_information
from ccr.services.accounts import terminal_identity
from ccr.services.verification import verify_storage
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.operations import OutboxItem
from ccr.storage.models.risk import RiskInformationRow
from tests.coordination import coordinator
from tests.loop import dump, world
from tests.people import Team, make_team
from tests.placing import (
    DAY,
    a_result,
    accept,
    add_participant,
    make_probation,
    refer,
    train,
)
from tests.small_directory import SmallDirectory, make_small_directory


@pytest.fixture
def small(app: Flask, now: datetime) -> SmallDirectory:
    return make_small_directory(at=now)


@pytest.fixture
def probation(small: SmallDirectory, now: datetime) -> Team:
    team = make_probation(small, at=now)
    train(team, at=now)
    return team


def give(team: Team, referral_id: UUID, now: datetime, **changes: object) -> UUID:
    return risk_information.give(team.identity, world(), referral_id, a_result(**changes), at=now)


def given(team: Team, referral_id: UUID, now: datetime) -> risk_information.GivenPage:
    return risk_information.given(team.identity, world(), referral_id, at=now)


def seen(small: SmallDirectory, participant_id: UUID, now: datetime) -> placement.PlacementPage:
    return placement.page(small.dune.identity, world(), participant_id, at=now)


def stored() -> int:
    count = db.session.query(RiskInformationRow).count()
    db.session.rollback()
    return count


def test_r44_a_band_from_probation_reaches_the_program_under_its_own_authority(
    small: SmallDirectory, probation: Team, now: datetime
) -> None:
    referral_id = refer(small, probation, at=now)
    give(probation, referral_id, now, score=17)
    accept(small, referral_id, at=now)
    (one,) = seen(small, add_participant(small, at=now, referral_id=referral_id), now).results
    assert one.result is not None
    assert (one.result.band, one.result.score) == (Band.HIGH, 17)
    assert one.result.obtained_by is ObtainedBy.REFERRAL_SOURCE
    assert one.giver == "Elm Probation (demo)"
    assert not one.mine


@pytest.mark.parametrize(
    "changes",
    [
        {"instrument": "da", "band": Band.EXTREME, "score": 20},
        {"instrument": "lap", "band": Band.HIGH_DANGER},
        {"obtained_by": ObtainedBy.ADVOCATE},
        {"basis": Basis.SURVIVOR},
    ],
)
def test_r44_without_a_release_the_program_sees_nothing_not_even_that_there_is_one(
    small: SmallDirectory, probation: Team, now: datetime, changes: dict[str, object]
) -> None:
    referral_id = refer(small, probation, at=now)
    accept(small, referral_id, at=now)
    participant_id = add_participant(small, at=now, referral_id=referral_id)
    before, rows = seen(small, participant_id, now), dump()
    with pytest.raises(InvalidInputError) as error:
        give(probation, referral_id, now, **changes)
    assert error.value.phrase == NEEDS_HER_RELEASE
    assert dump() == rows
    assert seen(small, participant_id, now) == before
    assert before.results == ()


def test_r44_health_care_victim_services_and_others_give_nothing(
    small: SmallDirectory, now: datetime
) -> None:
    other = make_team(small.network_id, "Fir Housing (demo)", at=now)
    for team, words in (
        (small.alder, NEEDS_HER_RELEASE),
        (small.birch, NEEDS_HER_RELEASE),
        (other, NO_AUTHORITY),
    ):
        referral_id = refer(small, team, at=now)
        with pytest.raises(InvalidInputError) as error:
            give(team, referral_id, now)
        assert error.value.phrase == words
        assert not given(team, referral_id, now).may_share
    assert stored() == 0


def test_r94_without_valid_training_of_the_member_there_is_judgement_and_no_band(
    small: SmallDirectory, now: datetime
) -> None:
    team = make_probation(small, at=now)
    referral_id = refer(small, team, at=now)
    for lapsed in (False, True):
        if lapsed:
            train(team, at=now, expires_on=DAY)
        with pytest.raises(InvalidInputError) as error:
            give(team, referral_id, now)
        assert error.value.field == "band"
        assert not given(team, referral_id, now).trained
    give(team, referral_id, now, band=None, high_danger=True)
    (one,) = given(team, referral_id, now).results
    assert one.result is not None
    assert (one.result.band, one.result.high_danger, one.result.trained) == (None, True, False)


def test_a_trained_member_still_needs_an_assessor_who_is_trained(
    small: SmallDirectory, probation: Team, now: datetime
) -> None:
    with pytest.raises(InvalidInputError):
        give(probation, refer(small, probation, at=now), now, trained=False)


def test_r41_a_band_of_another_instrument_is_refused_and_nothing_is_kept(
    small: SmallDirectory, probation: Team, now: datetime
) -> None:
    referral_id = refer(small, probation, at=now)
    with pytest.raises(InvalidInputError):
        give(probation, referral_id, now, band=Band.EXTREME)
    with pytest.raises(InvalidInputError):
        give(probation, referral_id, now, instrument="odara", score=14)
    assert stored() == 0


def test_r45_the_database_holds_no_band_and_no_score_in_clear(
    small: SmallDirectory, probation: Team, now: datetime
) -> None:
    referral_id = refer(small, probation, at=now)
    give(probation, referral_id, now, score=27, high_danger=True)
    (row,) = dump()["risk_information"]
    clear = [str(cell) for cell in row if "v1." not in str(cell)]
    assert len(clear) == len(row) - 1
    # Ids and times are letters and digits too: what could tell is looked for as a word.
    for word in ("dvsi", "standard", "high", "score", "danger", "records", "officer"):
        assert not any(word in cell for cell in clear)
    everything = repr({name: rows for name, rows in dump().items() if name != "placement_rule"})
    assert '"band"' not in everything
    assert "dvsi-r" not in everything


def test_a_result_that_was_moved_to_another_row_or_program_does_not_open(
    small: SmallDirectory, probation: Team, now: datetime
) -> None:
    first, second = (refer(small, probation, at=now) for _ in range(2))
    give(probation, first, now)
    give(probation, second, now, band=Band.LOW)
    rows = db.session.query(RiskInformationRow).all()
    rows[0].result_sealed, rows[1].result_sealed = rows[1].result_sealed, rows[0].result_sealed
    db.session.commit()
    (one,) = given(probation, first, now).results
    assert one.result is None


def test_what_was_given_in_error_is_taken_back_by_who_gave_it(
    small: SmallDirectory, probation: Team, now: datetime
) -> None:
    referral_id = refer(small, probation, at=now)
    risk_id = give(probation, referral_id, now)
    other = make_probation(small, at=now, name="Fir Court")
    for who in (other, small.dune, small.alder):
        with pytest.raises(NotFoundError):
            risk_information.take_back(who.identity, referral_id, risk_id, at=now)
    risk_information.take_back(probation.identity, referral_id, risk_id, at=now)
    with pytest.raises(NotFoundError):
        risk_information.take_back(probation.identity, referral_id, risk_id, at=now)
    assert stored() == 0


def test_only_the_sender_of_a_referral_to_a_program_has_this_page(
    small: SmallDirectory, probation: Team, now: datetime
) -> None:
    referral_id = refer(small, probation, at=now)
    for who in (small.alder, small.dune, small.birch):
        with pytest.raises(NotFoundError):
            given(who, referral_id, now)
        with pytest.raises(NotFoundError):
            give(who, referral_id, now)
    with pytest.raises(ForbiddenError):
        risk_information.given(coordinator(small), world(), referral_id, at=now)


def test_nothing_is_given_with_what_came_back_or_was_taken_back(
    small: SmallDirectory, probation: Team, now: datetime
) -> None:
    me, them = probation.identity, small.dune.identity
    recalled, declined, back, stopped, frozen = (refer(small, probation, at=now) for _ in range(5))
    referrals.recall(me, world(), recalled, at=now)
    referrals.decline(them, world(), declined, DeclineReason.OTHER, at=now)
    for referral_id in (back, stopped, frozen):
        accept(small, referral_id, at=now)
    referrals.hand_back(them, world(), back, DeclineReason.OTHER, at=now)
    referrals.stop(me, world(), stopped, at=now)
    misdirected.freeze(me, world(), frozen, at=now)
    for referral_id in (recalled, declined, back, stopped, frozen):
        assert not given(probation, referral_id, now).open
        with pytest.raises(IllegalTransitionError):
            give(probation, referral_id, now)


def test_the_senders_page_says_the_same_whatever_the_program_does_after_accepting(
    small: SmallDirectory, probation: Team, now: datetime
) -> None:
    me, them = probation.identity, small.dune.identity
    pages = []
    for acts in (
        lambda _: None,
        lambda r: referrals.connect(them, world(), r, at=now),
        lambda r: referrals.close(them, world(), r, Outcome.UNKNOWN, at=now),
        lambda r: placement.ask_again(them, add_participant(small, at=now, referral_id=r), at=now),
    ):
        referral_id = refer(small, probation, at=now)
        give(probation, referral_id, now)
        accept(small, referral_id, at=now)
        acts(referral_id)
        later = now + timedelta(days=40)
        risk_information.give(
            me, world(), referral_id, a_result(assessed_on=DAY + timedelta(days=39)), at=later
        )
        page = given(probation, referral_id, later)
        assert page.open
        pages.append([(o.result, o.days, o.ask_again, o.mine) for o in page.results])
    assert all(page == pages[0] for page in pages)


def test_a_later_result_tells_the_program_once_that_something_waits_and_nothing_else(
    small: SmallDirectory, probation: Team, now: datetime
) -> None:
    referral_id = refer(small, probation, at=now)
    accept(small, referral_id, at=now)

    def told() -> int:
        wanted = OutboxItem.compartment_id == small.dune.compartment_id
        count = db.session.query(OutboxItem).filter(wanted).count()
        db.session.rollback()
        return count

    before = told()
    give(probation, referral_id, now)
    assert told() == before  # the program has not opened anybody yet, and reads it when it does
    add_participant(small, at=now, referral_id=referral_id)
    give(probation, referral_id, now)
    assert told() == before + 1


def test_there_is_room_for_twenty_results_and_no_more(
    small: SmallDirectory, probation: Team, now: datetime
) -> None:
    referral_id = refer(small, probation, at=now)
    for _ in range(20):
        give(probation, referral_id, now)
    with pytest.raises(InvalidInputError):
        give(probation, referral_id, now)
    assert stored() == 20


def test_r46_the_senders_own_list_says_from_day_91_that_it_is_old(
    small: SmallDirectory, probation: Team, now: datetime
) -> None:
    referral_id = refer(small, probation, at=now)
    give(probation, referral_id, now, assessed_on=DAY)
    for days, old in ((0, False), (90, False), (91, True)):
        (one,) = given(probation, referral_id, now + timedelta(days=days)).results
        assert (one.days, one.ask_again) == (days, old)


def test_a_program_reads_no_more_what_came_with_a_referral_that_it_has_no_more(
    small: SmallDirectory, probation: Team, now: datetime
) -> None:
    me, them = probation.identity, small.dune.identity
    for end in (
        lambda r: misdirected.freeze(me, world(), r, at=now),
        lambda r: referrals.stop(me, world(), r, at=now),
        lambda r: referrals.hand_back(them, world(), r, DeclineReason.OTHER, at=now),
    ):
        referral_id = refer(small, probation, at=now, urgency="immediate")
        give(probation, referral_id, now)
        accept(small, referral_id, at=now)
        participant_id = add_participant(small, at=now, referral_id=referral_id)
        assert len(seen(small, participant_id, now).results) == 1
        assert [one.id for one in placement.waiting(them, at=now)] == [participant_id]
        end(referral_id)
        after = seen(small, participant_id, now)
        assert (after.results, after.urgency) == ((), Urgency.STANDARD)
        assert placement.waiting(them, at=now) == ()
        assert len(given(probation, referral_id, now).results) == 1  # to be taken back


def test_what_the_receiver_closed_is_still_read_while_the_participant_is_there(
    small: SmallDirectory, probation: Team, now: datetime
) -> None:
    referral_id = refer(small, probation, at=now)
    give(probation, referral_id, now)
    accept(small, referral_id, at=now)
    participant_id = add_participant(small, at=now, referral_id=referral_id)
    referrals.close(small.dune.identity, world(), referral_id, Outcome.UNKNOWN, at=now)
    assert len(seen(small, participant_id, now).results) == 1


def test_results_are_forgotten_24_months_after_they_were_given_and_not_before(
    small: SmallDirectory, probation: Team, now: datetime
) -> None:
    give(probation, refer(small, probation, at=now), now)
    for days, forgotten in ((729, 0), (730, 0), (731, 1), (732, 0)):
        assert risk_information.forget_old(at=now + timedelta(days=days)) == forgotten
    assert stored() == 0


@pytest.mark.parametrize(
    ("damage", "finds"),
    [
        ({"program_compartment_id": "birch"}, "risk information in the wrong hands"),
        ({"from_compartment_id": "birch"}, "risk information in the wrong hands"),
        ({"referral_id": None}, "risk information in the wrong hands"),
        ({"result_sealed": "high"}, "risk information left in clear"),
    ],
)
def test_what_nobody_may_do_to_a_result_is_found(
    small: SmallDirectory,
    probation: Team,
    now: datetime,
    damage: dict[str, str | None],
    finds: str,
) -> None:
    give(probation, refer(small, probation, at=now), now)
    terminal = terminal_identity("Test network")
    assert verify_storage(terminal).findings == ()
    birch = small.birch.compartment_id
    with unit_of_work():
        values = {name: birch if to == "birch" else to for name, to in damage.items()}
        db.session.execute(update(RiskInformationRow).values(**values))
    assert {one.invariant for one in verify_storage(terminal).findings} == {finds}
