from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from ccr.domain.disclosure import Fact, Shown
from ccr.domain.errors import (
    IllegalTransitionError,
    InvalidInputError,
    NotFoundError,
)
from ccr.domain.referral_states import ChosenBy
from ccr.services import drafts, referrals, sending
from ccr.services.draft_facts import (
    DraftFacts,
    NeedAnswers,
    PlaceAnswers,
    search_context,
    unseal,
)
from ccr.services.kept_out import other_party
from ccr.storage.db import db
from ccr.storage.models.referrals import ReferralRow
from tests import loop as loops
from tests.builders import make_site
from tests.directory_rows import save_service
from tests.loop import Loop, dump, world
from tests.people import make_team

NEED = NeedAnswers(("advocacy",))


@pytest.fixture
def loop(app) -> Loop:
    return loops.build()


def view(loop, draft_id, now):
    return drafts.draft_view(loop.hospital.worker, world(), draft_id, at=now)


def test_an_empty_draft_says_what_is_missing(loop, now):
    draft_id = drafts.start(loop.hospital.worker, world(), at=now)
    seen = view(loop, draft_id, now)
    assert [str(sentence) for sentence in seen.missing] == [
        "Choose at least one need.",
        "Give a ZIP, a town or a county.",
        "Choose a partner first.",
        "Record the person's yes. Nothing is sent without it.",
    ]
    assert seen.rows == ()


def test_a_whole_draft_lacks_nothing_and_shows_what_the_partner_will_see(loop, now):
    draft_id = loop.draft(language="mix", age_band="18-24", question="Is Friday possible?")
    seen = view(loop, draft_id, now)
    assert seen.missing == ()
    assert seen.partner.service_name == "Advocates service (demo)"
    assert seen.partner.phone == "518-555-0142"
    assert seen.release_needs_writing
    assert set(seen.broader) >= {Fact.LANGUAGE, Fact.AGE}
    rows = {row.fact: row for row in seen.rows}
    assert [str(p) for p in rows[Fact.COUNTY].before] == ["Rensselaer County, NY"]
    assert rows[Fact.LANGUAGE].before_shown is Shown.NOT_SHOWN
    assert rows[Fact.QUESTION].after_shown is Shown.VALUE
    assert seen.question == "Is Friday possible?"
    assert (seen.survivor_yes, seen.chosen_by) == (True, ChosenBy.SURVIVOR)


def test_a_draft_is_sealed_and_tells_nothing_but_that_it_is_there(loop, now):
    draft_id = loop.draft(
        question="CANARY-QUESTION",
        near="12180",
        language="mix",
        children="3",
        exclude=(loop.legal_aid.name,),
    )
    row = db.session.get(ReferralRow, draft_id)
    assert (row.needs, row.county_fips, row.area_label, row.service_id, row.code) == (
        [],
        None,
        None,
        None,
        None,
    )
    assert row.receiver_compartment_id is None
    rows = {name: found for name, found in dump().items() if name not in loops.DIRECTORY}
    chosen = str(loop.advocates.service_id)
    assert rows["referral_search"]
    for canary in ("CANARY", chosen, chosen.replace("-", "")):
        assert canary not in repr(rows)
    for short in ("12180", "mix", "Troy"):
        assert not loops.spells(rows, short)


UNUSABLE_NEEDS = [
    (NeedAnswers(()), "needs"),
    (NeedAnswers(("nothing",)), "needs"),
    (NeedAnswers(("food", "pets", "housing", "medical", "elder", "advocacy")), "needs"),
    (replace(NEED, track="nobody"), "track"),
    (replace(NEED, urgency="soon"), "urgency"),
    (replace(NEED, language="12"), "language"),
    (replace(NEED, access=("stairs",)), "access"),
    (replace(NEED, age_band="19"), "age_band"),
    (replace(NEED, gender="x"), "gender"),
    (replace(NEED, children="many"), "children"),
    (replace(NEED, children="13"), "children"),
    (replace(NEED, children="-1"), "children"),
    (replace(NEED, children="²"), "children"),
    (replace(NEED, question="x" * 2001), "question"),
]
UNUSABLE_PLACES = [
    (PlaceAnswers("12 Main Street, Troy"), "near"),
    (PlaceAnswers("Nowhereville"), "near"),
    (PlaceAnswers("Troy, NY", "boat"), "transport"),
    (PlaceAnswers("Troy, NY", "car", ("No such member",)), "exclude"),
]


def test_answers_that_cannot_be_used_are_refused_and_nothing_is_kept(loop, now):
    draft_id = drafts.start(loop.hospital.worker, world(), at=now)
    before = dump()
    for answers, field in UNUSABLE_NEEDS:
        with pytest.raises(InvalidInputError) as refusal:
            drafts.save_need(loop.hospital.worker, world(), draft_id, answers, at=now)
        assert refusal.value.field == field, answers
    assert dump() == before


def test_places_that_cannot_be_used_are_refused_without_echo(loop, now):
    me = loop.hospital.worker
    draft_id = drafts.start(me, world(), at=now)
    drafts.save_need(me, world(), draft_id, NEED, at=now)
    before = dump()
    for answers, field in UNUSABLE_PLACES:
        with pytest.raises(InvalidInputError) as refusal:
            drafts.save_place(me, world(), draft_id, answers, at=now)
        assert refusal.value.field == field, answers
        assert "Nowhereville" not in str(refusal.value)
        assert "No such member" not in str(refusal.value)
    assert dump() == before


def test_the_yes_needs_a_partner(loop, now):
    draft_id = drafts.start(loop.hospital.worker, world(), at=now)
    with pytest.raises(InvalidInputError):
        drafts.record_yes(loop.hospital.worker, world(), draft_id, ChosenBy.WORKER, at=now)


def test_a_change_after_the_yes_takes_the_yes_away(loop, now):
    me = loop.hospital.worker
    need = NeedAnswers(("advocacy",), age_band="25-59")
    changes = (
        lambda i: drafts.save_need(me, world(), i, need, at=now),
        lambda i: drafts.save_place(me, world(), i, PlaceAnswers("Hoosick Falls, NY"), at=now),
        lambda i: drafts.choose_partner(me, world(), i, loop.legal_aid.service_id, at=now),
        lambda i: drafts.ask_release(me, world(), i, now + timedelta(days=9), at=now),
    )
    for change in changes:
        draft_id = loop.draft()
        change(draft_id)
        seen = view(loop, draft_id, now)
        assert not seen.survivor_yes
        assert seen.chosen_by is None
        with pytest.raises(InvalidInputError) as refusal:
            sending.send(me, world(), draft_id, at=now)
        assert refusal.value.field == "yes"


def test_saving_the_same_answers_keeps_the_yes(loop, now):
    draft_id = loop.draft()
    drafts.choose_partner(
        loop.hospital.worker, world(), draft_id, loop.advocates.service_id, at=now
    )
    assert view(loop, draft_id, now).survivor_yes


def test_options_leave_out_the_excluded_and_never_repeat_them(loop, now):
    draft_id = loop.draft(exclude=(loop.legal_aid.name,))
    answer = drafts.options(loop.hospital.worker, world(), draft_id, at=now)
    members = {p.service.member.name for p in (*answer.partners, *answer.area_partners)}
    assert loop.advocates.name in members
    assert loop.legal_aid.name not in members
    seen = view(loop, draft_id, now)
    assert str(loop.legal_aid.member_id) not in repr(seen)
    assert loop.legal_aid.name not in repr(seen)


def test_an_exclusion_is_kept_when_the_place_is_saved_again(loop, now):
    me, draft_id = loop.hospital.worker, loop.draft(exclude=(loop.legal_aid.name,))
    drafts.save_place(me, world(), draft_id, PlaceAnswers("Hoosick Falls, NY"), at=now)
    with pytest.raises(InvalidInputError):
        drafts.choose_partner(me, world(), draft_id, loop.legal_aid.service_id, at=now)
    drafts.save_place(me, world(), draft_id, PlaceAnswers("Troy, NY", exclude=()), at=now)
    drafts.choose_partner(me, world(), draft_id, loop.legal_aid.service_id, at=now)


def test_a_partner_beyond_a_hard_limit_cannot_be_chosen(loop, now):
    me, draft_id = loop.hospital.worker, loop.draft()
    drafts.save_place(me, world(), draft_id, PlaceAnswers("Buffalo, NY"), at=now)
    with pytest.raises(InvalidInputError) as refusal:
        drafts.choose_partner(me, world(), draft_id, loop.advocates.service_id, at=now)
    assert refusal.value.field == "service_id"


def test_ones_own_program_is_no_partner(loop, now):
    with pytest.raises(InvalidInputError):
        loop.draft(to=loop.hospital)


def test_a_partner_where_nobody_reads_is_called_not_sent_to(loop, now):
    draft_id = loop.draft()
    from ccr.storage.db import unit_of_work
    from ccr.storage.models.accounts import Account

    with unit_of_work():
        for account in db.session.query(Account).filter_by(
            compartment_id=loop.advocates.compartment_id
        ):
            account.active = False
    with pytest.raises(InvalidInputError, match="Nobody at this partner reads CCR"):
        sending.send(loop.hospital.worker, world(), draft_id, at=now)


def test_a_release_with_an_impossible_end_is_refused(loop, now):
    for days in (0, -1, 91):
        with pytest.raises(InvalidInputError) as refusal:
            loop.draft(release_days=days)
        assert refusal.value.field == "until"


def test_others_have_nothing_of_a_draft(loop, now):
    draft_id = loop.draft()
    for other in (loop.advocates.worker, loop.legal_aid.admin, loop.coordinator):
        for act in (
            lambda who: drafts.draft_view(who, world(), draft_id, at=now),
            lambda who: drafts.save_need(who, world(), draft_id, NEED, at=now),
            lambda who: drafts.record_yes(who, world(), draft_id, ChosenBy.WORKER, at=now),
            lambda who: drafts.discard(who, draft_id, at=now),
            lambda who: sending.send(who, world(), draft_id, at=now),
        ):
            with pytest.raises(NotFoundError) as foreign:
                act(other)
            with pytest.raises(NotFoundError) as absent:
                drafts.draft_view(other, world(), uuid4(), at=now)
            assert str(foreign.value) == str(absent.value)
    assert view(loop, draft_id, now).survivor_yes


def test_a_discarded_draft_is_gone_with_what_was_sealed(loop, now):
    draft_id = loop.draft()
    drafts.discard(loop.hospital.worker, draft_id, at=now)
    with pytest.raises(NotFoundError):
        view(loop, draft_id, now)
    assert dump()["referral_search"] == []
    with pytest.raises(NotFoundError):
        drafts.discard(loop.hospital.worker, draft_id, at=now)


def test_a_sent_referral_is_no_draft_any_more(loop, now):
    me, referral_id = loop.hospital.worker, loop.send()
    with pytest.raises(NotFoundError):
        view(loop, referral_id, now)
    with pytest.raises(IllegalTransitionError):
        drafts.save_need(me, world(), referral_id, NEED, at=now)
    with pytest.raises(NotFoundError):
        drafts.discard(me, referral_id, at=now)
    referrals.recall(me, world(), referral_id, at=now)


def test_distances_to_keep_are_sealed_obeyed_and_never_repeated(loop, now):
    me, draft_id = loop.hospital.worker, loop.draft()
    save_service(make_team(loop.network_id, "Cedar Bank (demo)", at=now), sites=(make_site(),))
    assert any(map(_in_troy, drafts.options(me, world(), draft_id, at=now).partners))
    away = PlaceAnswers("Troy, NY", not_near=("12180=2",))
    drafts.save_place(me, world(), draft_id, away, at=now)
    answer = drafts.options(me, world(), draft_id, at=now)
    assert not any(map(_in_troy, answer.partners))
    for text in (repr(view(loop, draft_id, now)), repr(away), repr(dump())):
        assert "12180=2" not in text
        assert "Troy, NY 12180" not in text
    # Saved again without a word of it, it still holds; "nothing" lifts it.
    drafts.save_place(me, world(), draft_id, PlaceAnswers("Troy, NY"), at=now)
    assert drafts.options(me, world(), draft_id, at=now).partners == answer.partners
    drafts.save_place(me, world(), draft_id, PlaceAnswers("Troy, NY", forget=True), at=now)
    assert any(map(_in_troy, drafts.options(me, world(), draft_id, at=now).partners))


def _in_troy(partner):
    return any(site.city == "Troy" for site in partner.service.sites)


def test_two_parties_that_one_program_linked_are_not_sent_to_one_place(loop, now):
    me = loop.hospital.worker
    first = loop.send()
    code = db.session.scalar(select(ReferralRow.code).where(ReferralRow.id == first))
    (apart,) = other_party(me, world(), f"  {code.upper()} ")
    assert apart == str(loop.advocates.service_id)
    second = loop.draft(to=loop.legal_aid)
    drafts.save_place(me, world(), second, PlaceAnswers("Troy, NY", apart_from=(apart,)), at=now)
    with pytest.raises(InvalidInputError) as refusal:
        drafts.choose_partner(me, world(), second, loop.advocates.service_id, at=now)
    assert str(refusal.value) == "Is not offered for this request"
    # A code of another program reads like no code at all.
    for words in (code, "no such words here"):
        with pytest.raises(InvalidInputError) as unknown:
            other_party(loop.advocates.worker, world(), words)
        assert unknown.value.field == "other_code"
        assert code not in str(unknown.value)


def test_a_draft_sealed_before_distances_could_be_kept_still_opens(loop, now):
    me, draft_id = loop.hospital.worker, uuid4()
    old = asdict(DraftFacts(needs=("advocacy",)))
    for name in ("not_near", "apart_from"):
        del old[name]
    token = world().keys.seal(json.dumps(old), search_context(draft_id, me.compartment_id))
    assert unseal(world(), token, draft_id, me.compartment_id).needs == ("advocacy",)
