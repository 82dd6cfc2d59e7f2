"""The network desk on stored data: links, late members, and figures that are frozen."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from ccr.domain.errors import (
    DuplicateError,
    ForbiddenError,
    IllegalTransitionError,
    InvalidInputError,
    NotFoundError,
)
from ccr.domain.late_answers import LateState
from ccr.domain.network import LinkKind
from ccr.domain.small_cells import Measured, NeedGroup
from ccr.domain.taxonomy import Need
from ccr.policy.identity import Role
from ccr.services import coordination, promises, referrals
from ccr.services.accounts import terminal_identity
from ccr.services.promises import Signed
from ccr.services.routing import RouteFields, find_partners
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.coordination import PublishedFigure
from ccr.storage.queries import unmet_needs
from ccr.storage.queries.directory import directory_version
from ccr.storage.queries.snapshot import load_snapshot
from tests.coordination import coordinator, promise, write_past_referrals
from tests.directory_rows import save_agreement
from tests.loop import world
from tests.people import Team, make_network, make_team
from tests.small_directory import SmallDirectory, make_referrals, make_small_directory

NEW_YORK = "America/New_York"
AUGUST = datetime(2026, 8, 12, 15, tzinfo=UTC)


@pytest.fixture
def small(app: Flask, now: datetime) -> SmallDirectory:
    return make_small_directory(at=now)


# -- links ---------------------------------------------------------------------------------------


def test_the_graph_has_every_listed_member_and_what_ties_them(
    small: SmallDirectory, now: datetime
) -> None:
    save_agreement(small.network_id, small.alder, small.birch)
    promise(small, small.dune, small.cedar, on=date(2026, 11, 1))
    view = coordination.network_view(coordinator(small), at=now)
    teams = (small.alder, small.birch, small.cedar, small.dune)
    assert set(view.network.members) == {team.member_id for team in teams}
    kinds = {frozenset({link.a, link.b}): link.kind for link in view.network.links}
    assert kinds == {
        frozenset({small.alder.member_id, small.birch.member_id}): LinkKind.AGREEMENT,
        frozenset({small.dune.member_id, small.cedar.member_id}): LinkKind.PROMISED,
    }
    assert view.network.cut_off_without(small.birch.member_id) == (small.alder.member_id,)


def test_a_pathway_is_promised_once_ended_and_promised_again(
    small: SmallDirectory, now: datetime
) -> None:
    who, ends = coordinator(small), (small.alder.member_id, small.birch.member_id)
    promises.promise_pathway(who, *ends, Need.ADVOCACY, at=now)
    with pytest.raises(DuplicateError):
        promises.promise_pathway(who, *ends, Need.ADVOCACY, at=now)
    (pathway,) = coordination.network_view(who, at=now).pathways
    promises.end_pathway(who, pathway.id, at=now)
    assert coordination.network_view(who, at=now).network.links == ()
    with pytest.raises(NotFoundError):
        promises.end_pathway(who, pathway.id, at=now)
    promises.promise_pathway(who, *ends, Need.ADVOCACY, at=now + timedelta(days=1))
    assert coordination.network_view(who, at=now + timedelta(days=1)).network.links


def test_a_pathway_needs_two_members_of_the_network(small: SmallDirectory, now: datetime) -> None:
    who, here = coordinator(small), small.alder.member_id
    elsewhere = make_team(make_network("Elsewhere", at=now), "Elm", at=now).member_id
    for ends, field in (((here, here), "to_member"), ((here, elsewhere), "to_member"),
                        ((elsewhere, here), "from_member")):  # fmt: skip
        with pytest.raises(InvalidInputError) as refused:
            promises.promise_pathway(who, *ends, None, at=now)
        assert refused.value.field == field


def test_another_networks_pathway_cannot_be_ended(small: SmallDirectory, now: datetime) -> None:
    pathway_id = promise(small, small.alder, small.birch, on=date(2026, 11, 1))
    other = make_small_directory(at=now, name="Other network")
    with pytest.raises(NotFoundError):
        promises.end_pathway(coordinator(other), pathway_id, at=now)
    assert coordination.network_view(coordinator(small), at=now).network.links


def test_a_protocol_is_between_a_program_and_victim_services(
    small: SmallDirectory, now: datetime
) -> None:
    who, program, day = coordinator(small), small.dune.compartment_id, date(2026, 11, 12)
    ends = date(2029, 11, 12)
    for first, second, field in (
        (small.birch.compartment_id, small.birch.member_id, "first"),
        (program, small.alder.member_id, "second"),
    ):
        with pytest.raises(InvalidInputError) as refused:
            promises.record_protocol(who, Signed(first, second, day, ends), at=now)
        assert refused.value.field == field
    promises.record_protocol(who, Signed(program, small.birch.member_id, day, ends), at=now)
    _, (protocol,) = coordination.list_programs(who)
    assert protocol.stands(day).holds


@pytest.mark.parametrize(
    ("signed_on", "expires_on", "field"),
    [
        (date(2026, 11, 13), date(2027, 1, 1), "signed_on"),
        (date(1999, 1, 1), date(2001, 1, 1), "signed_on"),
        (date(2026, 11, 12), date(2026, 11, 12), "expires_on"),
        (date(2026, 11, 12), date(2029, 11, 13), "expires_on"),
    ],
)
def test_days_that_cannot_be_are_refused(
    small: SmallDirectory, now: datetime, signed_on: date, expires_on: date, field: str
) -> None:
    who, ends = coordinator(small), (small.dune.compartment_id, small.birch.member_id)
    with pytest.raises(InvalidInputError) as refused:
        promises.record_protocol(who, Signed(*ends, signed_on, expires_on), at=now)
    assert refused.value.field == field


def test_an_auditor_records_nothing(small: SmallDirectory, now: datetime) -> None:
    auditor, day = coordinator(small, Role.AUDITOR), date(2026, 11, 12)
    ends = (small.alder.member_id, small.birch.member_id)
    for record in (
        lambda: promises.record_protocol(auditor, Signed(*ends, day, date(2027, 1, 1)), at=now),
        lambda: promises.promise_pathway(auditor, *ends, None, at=now),
        lambda: promises.end_pathway(auditor, ends[0], at=now),
    ):
        with pytest.raises(ForbiddenError):
            record()


# -- late answers --------------------------------------------------------------------------------


def late(small: SmallDirectory, at: datetime) -> list[tuple[str, date, LateState]]:
    found = coordination.late_answers(coordinator(small), NEW_YORK, at=at)
    return [(m.member, m.week, m.state) for m in found]


BIRCH, ALDER = "Birch Advocates (demo)", "Alder Hospital (demo)"


def test_a_member_is_late_then_silent_then_answering(small: SmallDirectory, now: datetime) -> None:
    made = make_referrals(small, now)
    assert late(small, now) == []
    later = now + timedelta(days=5)
    found = {member: (week, state) for member, week, state in late(small, later)}
    # Who has to choose again, or to answer a question, is late as a sender.
    assert set(found) == {BIRCH, ALDER}
    week, state = found[BIRCH]
    assert week in {date(2026, 11, 9), date(2026, 11, 16)}
    assert state is LateState.LATE
    silent = {member: state for member, _, state in late(small, now + timedelta(days=20))}
    assert silent[BIRCH] is LateState.SILENT
    referrals.accept(small.birch.identity, world(), made["sent"], at=later)
    # Something else of theirs is still owed: they answer, and are late.
    assert {m: s for m, _, s in late(small, later)}.get(BIRCH) in {None, LateState.ANSWERING}


def test_what_happens_after_acceptance_never_makes_a_member_late(
    small: SmallDirectory, now: datetime
) -> None:
    made = make_referrals(small, now)
    for referral_id in made.values():
        with contextlib.suppress(IllegalTransitionError):
            referrals.take_back(small.alder.identity, world(), referral_id, at=now)
    # What came back is its sender's to decide, and nobody else's.
    assert {m for m, _, _ in late(small, now + timedelta(days=60))} <= {ALDER}


# -- figures -------------------------------------------------------------------------------------


def publish(small: SmallDirectory, quarter: str, at: datetime) -> coordination.Publication:
    return coordination.publish_quarter(terminal_identity("Test network"), quarter, at=at)


def values(done: coordination.Publication, measure: Measured) -> dict[NeedGroup, int | None]:
    return {f.group: f.value for f in done.figures if f.measure is measure}


def mixed(small: SmallDirectory, number: int, *, start: int = 0) -> list[tuple[Team, Team]]:
    """Return pairs of which no member has more than half."""
    teams = [small.alder, small.birch, small.cedar, small.dune]
    pairs = [(a, b) for a in teams for b in teams if a is not b]
    return [pairs[n % len(pairs)] for n in range(start, start + number)]


def test_a_quarter_is_counted_through_the_gate_and_frozen(
    small: SmallDirectory, now: datetime
) -> None:
    write_past_referrals(small, mixed(small, 48), at=AUGUST)
    write_past_referrals(small, mixed(small, 7), at=AUGUST, needs=(Need.FOOD,))
    write_past_referrals(small, mixed(small, 5), at=now, needs=(Need.ADVOCACY,))
    with unit_of_work():
        for _ in range(22):
            unmet_needs.count(small.network_id, "2026Q3", "36083", [Need.PETS])
    first = publish(small, "2026Q3", now)
    assert first.new
    assert values(first, Measured.SENT)[NeedGroup.SAFETY] == 48
    assert values(first, Measured.SENT)[NeedGroup.DAILY_LIFE] is None
    assert values(first, Measured.UNMET)[NeedGroup.DAILY_LIFE] == 22
    assert values(first, Measured.ANSWER_MINUTES) == {NeedGroup.SAFETY: 180}
    # What happens later changes nothing: the quarter stays as it was published.
    write_past_referrals(small, mixed(small, 50), at=AUGUST, needs=(Need.FOOD,))
    again = publish(small, "2026Q3", now)
    assert not again.new
    assert again.figures == first.figures


def test_a_referral_with_needs_of_two_groups_counts_in_each_once(
    small: SmallDirectory, now: datetime
) -> None:
    needs = (Need.ADVOCACY, Need.HOTLINE, Need.FAMILY_LAW)
    write_past_referrals(small, mixed(small, 36), at=AUGUST, needs=needs)
    sent = values(publish(small, "2026Q3", now), Measured.SENT)
    assert sent[NeedGroup.SAFETY] == sent[NeedGroup.LAW] == 36


def test_what_one_member_could_see_through_is_withheld(
    small: SmallDirectory, now: datetime
) -> None:
    write_past_referrals(small, [(small.alder, small.birch)] * 30, at=AUGUST)
    assert values(publish(small, "2026Q3", now), Measured.SENT)[NeedGroup.SAFETY] is None


def test_a_quarter_that_is_not_over_is_not_published(small: SmallDirectory, now: datetime) -> None:
    for quarter in ("2026Q4", "2027Q1", "soon"):
        with pytest.raises(InvalidInputError):
            publish(small, quarter, now)
    assert db.session.query(PublishedFigure).count() == 0


def test_a_year_follows_its_fourth_quarter_where_all_were_hidden(
    small: SmallDirectory, now: datetime
) -> None:
    for month in (2, 5, 8, 11):
        at = datetime(2025, month, 10, 15, tzinfo=UTC)
        write_past_referrals(small, mixed(small, 6, start=2 * month), at=at, needs=(Need.FOOD,))
        write_past_referrals(small, mixed(small, 36), at=at)
    for number in (1, 2, 3):
        publish(small, f"2025Q{number}", now)
    figures = coordination.list_published(coordinator(small))
    assert not [f for f in figures if f.period == "2025"]
    publish(small, "2025Q4", now)
    year = {
        (f.measure, f.group): f.value
        for f in coordination.list_published(coordinator(small))
        if f.period == "2025"
    }
    assert year == {(Measured.SENT, NeedGroup.DAILY_LIFE): 24}
    assert db.session.query(PublishedFigure).filter(PublishedFigure.value < 11).count() == 0


@pytest.mark.parametrize("role", list(Role))
def test_nobody_publishes_from_a_desk(small: SmallDirectory, now: datetime, role: Role) -> None:
    with pytest.raises(ForbiddenError):
        coordination.publish_quarter(coordinator(small, role), "2026Q3", at=now)


@pytest.mark.parametrize("role", [r for r in Role if r not in {Role.COORDINATOR, Role.AUDITOR}])
def test_nobody_else_sees_the_network_desk(
    small: SmallDirectory, now: datetime, role: Role
) -> None:
    who = coordinator(small, role)
    for look in (
        lambda: coordination.network_view(who, at=now),
        lambda: coordination.late_answers(who, NEW_YORK, at=now),
        lambda: coordination.list_published(who),
        lambda: coordination.list_programs(who),
    ):
        with pytest.raises(ForbiddenError):
            look()


def test_answer_times_follow_a_year_and_routing_counts_who_is_slow(
    small: SmallDirectory, now: datetime
) -> None:
    needs = (Need.ADVOCACY, Need.FAMILY_LAW)
    for month in (2, 5, 8, 11):
        at = datetime(2025, month, 10, 15, tzinfo=UTC)
        pairs = mixed(small, 36)
        slow = [pair for pair in pairs if pair[1] is small.birch]
        quick = [pair for pair in pairs if pair[1] is not small.birch]
        write_past_referrals(small, slow, at=at, needs=needs, answered_after=timedelta(hours=29.5))
        write_past_referrals(small, quick, at=at, needs=needs)
    before = directory_version(small.network_id)
    for number in (1, 2, 3, 4):
        publish(small, f"2025Q{number}", now)
    times = load_snapshot(small.network_id).answer_times
    assert times.network == 3 * 60
    # The program for abusive partners has no figure (R12).
    teams = (small.alder, small.birch, small.cedar)
    assert times.by_member == {t.member_id: (30 if t is small.birch else 3) * 60 for t in teams}
    assert directory_version(small.network_id) > before
    answer = find_partners(
        small.alder.identity, world(), RouteFields(needs=["advocacy"], near="12180"), at=now
    )
    assert [m.minutes for p in answer.partners for m in p.parts if m.name == "slow"] == [27]
    # The desk shows figures by need group alone.
    assert {f.measure for f in coordination.list_published(coordinator(small))} <= set(Measured)
