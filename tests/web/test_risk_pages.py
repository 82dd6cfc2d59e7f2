"""Risk information by its pages: given by a sender, read on one page of the program."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import pytest
import time_machine
from flask import Flask

from ccr.services import risk_information
from ccr.storage.db import db
from ccr.storage.models.risk import PlacementRuleRow, RiskInformationRow
from tests.loop import dump, world
from tests.people import Team
from tests.placing import (
    a_result,
    accept,
    add_group,
    add_participant,
    make_probation,
    make_program_admin,
    refer,
    train,
)
from tests.small_directory import make_small_directory
from tests.web.journey import Desk, settled, text_of
from tests.web.test_bad_input import RAW, tried_on
from tests.web.test_query_counts import MOST, statements

OFFICER, FACILITATOR, ADMIN = "elm.worker", "dune.facilitator", "dune.agency_admin"
NOBODY = "00000000-0000-4000-8000-000000000000"
RULES = "/programs/placement-rules"


@pytest.fixture
def desk(sqlite_app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        small = make_small_directory(at=now)
        make_program_admin(small, at=now)
        train(small.dune, at=now)
        yield Desk(sqlite_app, small)


@pytest.fixture
def probation(desk: Desk, now: datetime) -> Team:
    team = make_probation(desk.small, at=now)
    train(team, at=now)
    return team


def typed(**changes: str) -> dict[str, str]:
    """Return what somebody fills in; a field that is to be left out is given as ""."""
    whole = {
        "instrument": "dvsi-r/standard", "assessed_on": "2026-11-09", "role": "probation-officer",
        "obtained_by": "referral-source", "basis": "records", "trained": "y", "band": "high",
        "score": "17", **changes,
    }  # fmt: skip
    return {name: value for name, value in whole.items() if value}


def came(desk: Desk, probation: Team, now: datetime, **changes: object) -> UUID:
    """Return a participant who came with a result of probation."""
    referral_id = refer(desk.small, probation, at=now)
    risk_information.give(probation.identity, world(), referral_id, a_result(**changes), at=now)
    accept(desk.small, referral_id, at=now)
    return add_participant(desk.small, at=now, referral_id=referral_id)


def placement_of(participant_id: UUID) -> str:
    return f"/programs/participants/{participant_id}/placement"


def test_s11_probation_gives_a_band_and_the_facilitator_reads_it_beside_the_proposal(
    desk: Desk, probation: Team, now: datetime
) -> None:
    rule = {"when": "dvsi-r/high", "level": "intensive", "contact": "twice-weekly"}
    assert desk[ADMIN].send(RULES, rule, follow=False).status_code == 303
    add_group(desk.small, "Tuesday evening", "intensive")
    referral_id = refer(desk.small, probation, at=now)
    page = f"/desk/referrals/{referral_id}/risk"
    assert "under your own authority" in text_of(desk[OFFICER].open(page))
    assert desk[OFFICER].send(page, typed(), follow=False).status_code == 303
    own = text_of(desk[OFFICER].open(page))
    assert "Entered in error: take it back" in own
    accept(desk.small, referral_id, at=now)
    participant_id = add_participant(desk.small, at=now, referral_id=referral_id)
    shown = text_of(desk[FACILITATOR].open(placement_of(participant_id)))
    for words in (
        "DVSI-R",
        "Reassault: how likely a new assault is",
        "Band “high”",
        "3 days old",
        "A low result is never a reason to feel safe",
        "Rule: DVSI-R: Band “high” → Intensive, Twice a week",
        "Tuesday evening",
        "Nothing is decided yet.",
    ):
        assert words in shown, words
    assert "Entered in error" not in shown  # it is probation's to take back
    assert "Not decided yet" in text_of(desk[FACILITATOR].open("/programs/placements"))
    decision = {"version": "0", "level": "standard", "contact": "weekly"}
    answer = desk[FACILITATOR].send(placement_of(participant_id), decision, follow=False)
    assert answer.status_code == 303
    assert "This is not what the rules proposed then." in text_of(
        desk[FACILITATOR].open(placement_of(participant_id))
    )
    again = desk[FACILITATOR].send(placement_of(participant_id), decision, follow=False)
    assert again.status_code == 409


@pytest.mark.parametrize(
    "changes",
    [
        {"instrument": "da/standard", "band": "extreme", "score": "20"},
        {"obtained_by": "advocate"},
        {"basis": "survivor"},
        {"role": "advocate"},
    ],
)
def test_r44_what_a_survivor_said_is_refused_and_the_program_sees_the_very_same_page(
    desk: Desk, probation: Team, now: datetime, changes: dict[str, str]
) -> None:
    referral_id = refer(desk.small, probation, at=now)
    accept(desk.small, referral_id, at=now)
    participant_id = add_participant(desk.small, at=now, referral_id=referral_id)
    before = settled(text_of(desk[FACILITATOR].open(placement_of(participant_id))))
    page = f"/desk/referrals/{referral_id}/risk"
    desk[OFFICER].open(page)
    answer = desk[OFFICER].send(page, typed(**changes))
    assert answer.status_code == 422
    said = text_of(answer)
    assert "own written release that names the program" in said
    assert "Nothing was stored" in said
    assert 'value="2026-11-09"' in said  # what was typed is kept
    assert db.session.query(RiskInformationRow).count() == 0
    db.session.rollback()
    assert settled(text_of(desk[FACILITATOR].open(placement_of(participant_id)))) == before


def test_r44_a_hospital_is_told_what_it_would_need_and_has_no_form(
    desk: Desk, now: datetime
) -> None:
    referral_id = refer(desk.small, desk.small.alder, at=now)
    page = f"/desk/referrals/{referral_id}/risk"
    shown = text_of(desk["alder.worker"].open(page))
    assert "own written release that names the program" in shown
    assert 'name="instrument"' not in shown
    assert desk["alder.worker"].send(page, typed()).status_code == 422


def test_r41_a_score_of_another_band_comes_back_with_what_was_typed(
    desk: Desk, probation: Team, now: datetime
) -> None:
    referral_id = refer(desk.small, probation, at=now)
    page = f"/desk/referrals/{referral_id}/risk"
    desk[OFFICER].open(page)
    for changes, words in (
        ({"instrument": "odara/standard", "score": "14"}, "ODARA cannot give this score."),
        ({"band": "extreme"}, "DVSI-R has no such band."),
        ({"score": "a few"}, "Write the score as a whole number"),
        ({"trained": ""}, "needs training in the instrument"),
        ({"assessed_on": "2026-11-13"}, "today at the latest"),
        ({"role": ""}, "Choose one."),
        ({"basis": ""}, "Choose one."),
    ):
        answer = desk[OFFICER].send(page, typed(**changes))
        assert answer.status_code == 422
        assert words in text_of(answer), changes
    assert db.session.query(RiskInformationRow).count() == 0
    db.session.rollback()


def test_r94_without_training_the_page_says_so_and_takes_judgement(
    desk: Desk, now: datetime
) -> None:
    referral_id = refer(desk.small, make_probation(desk.small, at=now), at=now)
    page = f"/desk/referrals/{referral_id}/risk"
    assert "Judgement only, for now." in text_of(desk[OFFICER].open(page))
    judged = typed(instrument="", band="", score="", trained="", high_danger="y")
    assert desk[OFFICER].send(page, typed()).status_code == 422
    assert desk[OFFICER].send(page, judged, follow=False).status_code == 303
    assert "High danger by judgement" in text_of(desk[OFFICER].open(page))


def test_r46_the_badge_says_old_on_day_91_and_after_the_program_says_that_something_changed(
    desk: Desk, probation: Team, now: datetime
) -> None:
    participant_id = came(desk, probation, now)
    page = placement_of(participant_id)
    assert "Old: ask for a new one" not in text_of(desk[FACILITATOR].open(page))
    answer = desk[FACILITATOR].send(f"{page}/ask-again", follow=False)
    assert answer.status_code == 303
    assert "Old: ask for a new one" in text_of(desk[FACILITATOR].open(page))


def test_a_result_of_ones_own_is_taken_back(desk: Desk, probation: Team, now: datetime) -> None:
    participant_id = add_participant(desk.small, at=now)
    page = placement_of(participant_id)
    mine = typed(
        instrument="odara/standard", role="facilitator", obtained_by="", score="9", band="high"
    )
    desk[FACILITATOR].open(page)
    assert desk[FACILITATOR].send(f"{page}/assessments", mine, follow=False).status_code == 303
    shown = text_of(desk[FACILITATOR].open(page))
    assert "By the program" in shown
    (act,) = re.findall(r'action="([^"]+/take-back)"', shown)
    assert desk[FACILITATOR].send(act, follow=False).status_code == 303
    assert desk[FACILITATOR].send(act, follow=False).status_code in {303, 404}
    assert "No result is here" in text_of(desk[FACILITATOR].open(page))
    refused = desk[FACILITATOR].send(f"{page}/assessments", {**mine, "basis": "survivor"})
    assert refused.status_code == 422
    assert "A program does not ask a survivor" in text_of(refused)


def test_only_the_administrator_states_rules_and_everybody_at_the_program_reads_them(
    desk: Desk,
) -> None:
    assert "No rule is stated yet" in text_of(desk[FACILITATOR].open(RULES))
    rule = {"when": "default", "level": "basic", "contact": "weekly"}
    assert desk[FACILITATOR].send(RULES, rule).status_code == 404
    desk[ADMIN].open(RULES)
    for wrong in ({**rule, "when": ""}, {**rule, "when": "da/extreme"}, {**rule, "level": "x"}):
        assert desk[ADMIN].send(RULES, wrong).status_code == 422
    assert desk[ADMIN].send(RULES, rule, follow=False).status_code == 303
    assert desk[ADMIN].send(RULES, {**rule, "when": "judgement"}, follow=False).status_code == 303
    shown = text_of(desk[FACILITATOR].open(RULES))
    assert "When no rule speaks: your default" in shown
    assert "take-back" not in shown
    acts = re.findall(r'action="([^"]+/take-back)"', text_of(desk[ADMIN].open(RULES)))
    for act in acts:
        assert desk[FACILITATOR].send(act).status_code == 404
        assert desk[ADMIN].send(act, follow=False).status_code == 303
    assert db.session.query(PlacementRuleRow).count() == 0
    db.session.rollback()


STRANGERS = (
    "alder.worker",
    "birch.advocate",
    "birch.agency_admin",
    "coordination.coordinator",
    "coordination.auditor",
    OFFICER,
)


@pytest.mark.parametrize("who", STRANGERS)
def test_for_everybody_else_a_placement_is_not_there(
    desk: Desk, probation: Team, now: datetime, who: str
) -> None:
    participant_id = came(desk, probation, now)
    theirs, absent = placement_of(participant_id), placement_of(UUID(NOBODY))
    visitor, before = desk[who], dump()
    for end in ("", "/assessments", "/ask-again", f"/assessments/{NOBODY}/take-back"):
        found, none = (visitor.send(f"{page}{end}", typed()) for page in (theirs, absent))
        assert found.status_code == none.status_code == 404
        assert settled(text_of(found)) == settled(text_of(none))
    assert visitor.open(theirs).status_code == visitor.open(absent).status_code == 404
    for page in (RULES, "/programs/placements"):
        assert visitor.open(page).status_code == 404
    rows = dump()
    assert {k: v for k, v in rows.items() if not k.startswith("audit")} == {
        k: v for k, v in before.items() if not k.startswith("audit")
    }


@pytest.mark.parametrize("who", [w for w in STRANGERS if w != OFFICER] + [FACILITATOR])
def test_for_everybody_else_what_a_sender_gave_is_not_there(
    desk: Desk, probation: Team, now: datetime, who: str
) -> None:
    referral_id = refer(desk.small, probation, at=now)
    risk_id = risk_information.give(probation.identity, world(), referral_id, a_result(), at=now)
    visitor = desk[who]
    page = f"/desk/referrals/{referral_id}/risk"
    assert visitor.open(page).status_code == 404
    assert visitor.send(page, typed()).status_code == 404
    assert visitor.send(f"{page}/{risk_id}/take-back").status_code == 404


def test_every_page_takes_few_statements_however_many_results_there_are(
    desk: Desk, probation: Team, now: datetime
) -> None:
    participant_id = came(desk, probation, now)
    page = placement_of(participant_id)
    sender = str(db.session.query(RiskInformationRow).one().referral_id)
    db.session.rollback()
    own = f"/desk/referrals/{sender}/risk"
    first = [statements(desk[FACILITATOR], page), statements(desk[OFFICER], own)]
    lists = statements(desk[ADMIN], RULES), statements(desk[FACILITATOR], "/programs/placements")
    for _ in range(5):
        risk_information.give(probation.identity, world(), UUID(sender), a_result(), at=now)
    again = [statements(desk[FACILITATOR], page), statements(desk[OFFICER], own)]
    assert again == first
    assert max([*first, *lists]) <= MOST


def test_pages_are_said_in_spanish_too(desk: Desk, probation: Team, now: datetime) -> None:
    participant_id = came(desk, probation, now)
    shown = desk[FACILITATOR].open(placement_of(participant_id), headers={"Accept-Language": "es"})
    assert "Un resultado bajo nunca es razón para sentirse a salvo" in text_of(shown)


def test_the_senders_page_is_the_same_whatever_the_program_does(
    desk: Desk, probation: Team, now: datetime
) -> None:
    participant_id = came(desk, probation, now)
    referral_id = db.session.query(RiskInformationRow).one().referral_id
    db.session.rollback()
    own, page = f"/desk/referrals/{referral_id}/risk", placement_of(participant_id)
    before = settled(text_of(desk[OFFICER].open(own)))
    desk[FACILITATOR].open(page)
    decision = {"version": "0", "level": "intensive", "contact": "weekly"}
    mine = typed(instrument="odara/standard", role="facilitator", obtained_by="", score="9")
    for path, data in ((page, decision), (f"{page}/assessments", mine), (f"{page}/ask-again", {})):
        assert desk[FACILITATOR].send(path, data, follow=False).status_code == 303
        assert settled(text_of(desk[OFFICER].open(own))) == before
    for act, data in (("connect", {}), ("close", {"outcome": "unknown"})):
        answer = desk.as_receiver(referral_id, act, who=FACILITATOR, **data)
        assert answer.status_code == 303
        assert settled(text_of(desk[OFFICER].open(own))) == before


def test_no_field_breaks_on_naughty_text(desk: Desk, probation: Team, now: datetime) -> None:
    referral_id, participant_id = (
        refer(desk.small, probation, at=now),
        add_participant(desk.small, at=now),
    )
    page = placement_of(participant_id)
    raw_bytes = tuple(part.decode("latin-1") for part in RAW)
    forms = (
        (OFFICER, f"/desk/referrals/{referral_id}/risk", typed()),
        (FACILITATOR, f"{page}/assessments", typed(instrument="odara/standard", score="9")),
        (FACILITATOR, page, {"version": "0", "level": "basic", "contact": "weekly"}),
        (ADMIN, RULES, {"when": "judgement", "level": "basic", "contact": "weekly"}),
    )
    for who, path, fields in forms:
        desk[who].open(path.removesuffix("/assessments"))
        for number, name in enumerate((*fields, "high_danger")):
            raw = raw_bytes if name in {"assessed_on", "score", "version"} else ()
            for value in (*tried_on(number), *raw):
                answer = desk[who].send(path, {**fields, name: value}, follow=False)
                assert answer.status_code in {303, 400, 404, 409, 422}, (path, name, value[:40])
