"""Joining: which steps a way needs, what is next, and that no way skips one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr.domain.errors import IllegalTransitionError, InvalidInputError
from ccr.domain.joining import (
    LISTED_ONLY,
    Membership,
    PledgeRole,
    Step,
    Topic,
    Way,
    before_live,
    check_way,
    choose_way,
    go_live,
    next_act,
    pledge,
)
from ccr.domain.taxonomy import MemberCategory
from tests.builders import NOW, make_id

maybe = st.sampled_from([None, NOW])
memberships = st.builds(
    lambda way, invited, pledged, trained, live: Membership(
        make_id(),
        way,
        invited,
        NOW if pledged else None,
        pledged,
        trained,
        live,
    ),
    st.sampled_from(Way),
    maybe,
    st.sampled_from([None, *PledgeRole]),
    maybe,
    maybe,
)


@given(memberships, st.integers(0, 3))
def test_nobody_goes_live_while_a_step_is_missing(membership, people):
    lacks = before_live(membership, people=people)
    if membership.live_at is not None or lacks:
        with pytest.raises(IllegalTransitionError):
            go_live(membership, people=people, at=NOW)
        return
    live = go_live(membership, people=people, at=NOW)
    assert live.step is Step.LIVE
    assert next_act(live, people=people) is None
    if membership.way is Way.PHONE:
        assert membership.pledged_at
    if membership.way is Way.DESK:
        assert membership.pledged_at
        assert membership.trained_at
        assert people


@given(memberships, st.sampled_from(Way))
def test_another_way_is_never_live_by_itself(membership, way):
    after = choose_way(membership, way)
    assert after.way is way
    if way is not membership.way:
        assert after.live_at is None
        assert after.pledged_at == membership.pledged_at


@given(memberships, st.integers(0, 3))
def test_what_is_next_is_the_first_thing_missing(membership, people):
    act = next_act(membership, people=people)
    lacks = before_live(membership, people=people)
    if membership.live_at is not None:
        assert act is None
    elif lacks:
        assert act == lacks[0]
    else:
        assert (act is None) is (membership.way is Way.LISTED)


@pytest.mark.parametrize("category", list(MemberCategory))
def test_survivor_representatives_media_and_employers_are_listed_only(category):
    for way in (Way.PHONE, Way.LINK, Way.DESK):
        if category in LISTED_ONLY:
            with pytest.raises(InvalidInputError):
                check_way(way, category)
        else:
            check_way(way, category)
    check_way(Way.LISTED, category)


def test_by_link_needs_the_pledge_and_an_office_that_can_be_mailed_to():
    check_way(Way.LINK, MemberCategory.FAITH)
    by_link = choose_way(Membership(make_id()), Way.LINK)
    assert len(before_live(by_link, people=0, has_mailbox=False)) == 2
    pledged = pledge(by_link, PledgeRole.FAITH_LEADER, at=NOW)
    with pytest.raises(IllegalTransitionError):
        go_live(pledged, people=0, has_mailbox=False, at=NOW)
    assert go_live(pledged, people=0, has_mailbox=True, at=NOW).live_at == NOW


def test_a_pledge_keeps_a_role_and_a_day_and_a_new_one_replaces_it():
    first = pledge(Membership(make_id()), PledgeRole.DIRECTOR, at=NOW)
    assert (first.pledged_by, first.pledged_at, first.step) == (
        PledgeRole.DIRECTOR,
        NOW,
        Step.PLEDGED,
    )
    assert pledge(first, PledgeRole.OWNER, at=NOW).pledged_by is PledgeRole.OWNER
    assert replace(first, pledged_by=None, pledged_at=None).step is Step.NOT_BEGUN


def test_every_code_has_a_label():
    for codes in (Way, Step, PledgeRole, Topic):
        assert all(str(code.label) for code in codes)
