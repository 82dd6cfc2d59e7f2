"""The demo's past: whole, believable, the same for everybody, and clean in every check."""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import func, select

from ccr.app import create_app
from ccr.domain.clocks import ClockKind
from ccr.domain.outcomes import DeclineReason, Outcome
from ccr.domain.referral_states import Action, State
from ccr.domain.referral_views import Group, InboxTab
from ccr.services import accounts, followups, referral_desk
from ccr.services.demo import load_demo
from ccr.services.demo_courses import COURSES, SEASONS
from ccr.services.demo_history import Quarter, quarters_before
from ccr.services.verification import verify_storage
from ccr.storage.db import db
from ccr.storage.models.accounts import Compartment
from ccr.storage.models.directory import MemberRow, ServiceRow, UnmetNeed
from ccr.storage.models.referrals import ClockRow, ReferralEventRow, ReferralRow, ReferralSearchRow
from tests.conftest import NOW, settings_for
from tests.web.journey import Desk, settled, text_of

PASSWORD = "a long demo password"
NEW_YORK = ZoneInfo("America/New_York")


def loaded_on(app):
    return load_demo(app.extensions["ccr_world"], password=PASSWORD, at=NOW)


def who(loaded, email):
    return next(a.identity for a in loaded.accounts if a.email == email)


def by_quarter():
    sent = db.session.scalars(select(ReferralRow.sent_at)).all()
    return Counter(Quarter.of(at.astimezone(NEW_YORK).date()).name for at in sent if at)


# -- on both databases ---------------------------------------------------------------------------


def test_the_past_is_large_clean_and_full_of_believable_open_work(app):
    loaded = loaded_on(app)
    world = app.extensions["ccr_world"]
    assert verify_storage(accounts.terminal_identity()).findings == ()
    assert 2_500 <= loaded.referrals <= 3_200
    assert db.session.scalar(select(func.count()).select_from(ReferralRow)) == loaded.referrals

    advocate = who(loaded, "advocate@riverside.example")
    _, tabs = referral_desk.inbox(advocate, world, InboxTab.NEEDS_ANSWER, at=NOW)
    assert tabs[InboxTab.NEEDS_ANSWER] >= 3
    assert tabs[InboxTab.OVERDUE] == 1
    assert tabs[InboxTab.LATER] >= 2
    assert tabs[InboxTab.CLOSED] >= 300

    worker = who(loaded, "worker@family-center.example")
    _, groups = referral_desk.outbox(worker, world, Group.MY_MOVE, at=NOW)
    assert groups[Group.MY_MOVE] >= 2
    assert groups[Group.WAITING] >= 1
    assert groups[Group.TAKEN] >= 2

    due = followups.follow_ups(advocate, world, at=NOW)
    assert due.overdue.total == 1


# -- on one ----------------------------------------------------------------------------------------


# One first contact and two answers, as open_work.csv stages them.
STAGED_LATE = 3


@pytest.fixture(scope="module")
def loaded_once(tmp_path_factory, sqlite_template):
    """Load once; every test gets a copy of the file, which is much faster."""
    folder = tmp_path_factory.mktemp("demo-past")
    shutil.copy(sqlite_template, folder / "ccr.db")
    app = create_app(settings_for(folder))
    with app.app_context():
        loaded = loaded_on(app)
        db.session.remove()
        db.engine.dispose()
    return folder, loaded


@pytest.fixture
def demo_app(loaded_once, tmp_path):
    shutil.copytree(loaded_once[0], tmp_path, dirs_exist_ok=True)
    app = create_app(settings_for(tmp_path))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def loaded(loaded_once, demo_app):
    return loaded_once[1]


def test_each_of_eight_past_quarters_has_enough_for_the_gate(loaded):
    found = by_quarter()
    for quarter in quarters_before(NOW.astimezone(NEW_YORK).date()):
        assert 200 <= found[quarter.name] <= 420, quarter.name
    rows = db.session.execute(select(ReferralRow.needs, ReferralRow.sent_at)).all()
    needs = Counter(
        (Quarter.of(at.astimezone(NEW_YORK).date()).name, need)
        for codes, at in rows
        for need in codes
    )
    for quarter in quarters_before(NOW.astimezone(NEW_YORK).date()):
        shown = {
            need for (name, need), count in needs.items() if name == quarter.name and count >= 11
        }
        assert {"abusive-partner-intervention", "advocacy", "emergency-shelter"} <= shown


def test_two_senders_carry_three_in_ten(loaded):
    rows = db.session.execute(
        select(MemberRow.name, func.count())
        .join(Compartment, Compartment.member_id == MemberRow.id)
        .join(ReferralRow, ReferralRow.sender_compartment_id == Compartment.id)
        .group_by(MemberRow.name)
    )
    counts = Counter({row[0]: row[1] for row in rows})
    (first, many), (second, nearly), *_ = counts.most_common()
    assert {first, second} == {
        "Tivoli Police Family Unit (demo)",
        "Albany Family Court Desk (demo)",
    }
    assert many + nearly > 0.3 * loaded.referrals


def test_shelters_decline_for_want_of_room_more_than_others(loaded):
    rows = db.session.execute(select(ReferralRow.needs, ReferralRow.decline_reason)).all()
    shelter = [reason for needs, reason in rows if "emergency-shelter" in needs]
    others = [reason for needs, reason in rows if "emergency-shelter" not in needs]

    def share(reasons):
        full = DeclineReason.NO_CAPACITY.value
        return sum(reason == full for reason in reasons) / len(reasons)

    assert share(shelter) > 0.2
    assert share(shelter) > 3 * share(others)


def test_courts_send_to_the_programs_for_abusive_partners(loaded):
    rows = db.session.execute(
        select(MemberRow.category, ReferralRow.needs)
        .join(Compartment, Compartment.member_id == MemberRow.id)
        .join(ReferralRow, ReferralRow.sender_compartment_id == Compartment.id)
        .where(ReferralRow.track == "abusive-partner")
    ).all()
    senders = Counter(category for category, _ in rows)
    assert senders["legal-system"] / sum(senders.values()) > 0.8
    # Victim services never send anybody there.
    assert senders["victim-services"] == 0


def test_some_answers_were_never_given_some_were_late_and_some_were_put_off(loaded):
    acts = Counter(db.session.scalars(select(ReferralEventRow.action)))
    for action in (Action.RECALL, Action.WAITLIST, Action.HOLD, Action.HAND_BACK, Action.REROUTE,
                   Action.STOP, Action.ASK):  # fmt: skip
        assert acts[action.value] >= 10, action
    assert acts["reminded"] > 50
    assert acts["escalated"] > 20
    assert acts["options-offered"] > 20
    outcomes = Counter(db.session.scalars(select(ReferralRow.outcome)))
    assert {Outcome.SERVICE_STARTED, Outcome.NOT_REACHED_SAFELY, Outcome.REDIRECTED,
            Outcome.CONNECTED_OUTCOME_NOT_SHARED} <= set(outcomes)  # fmt: skip


def test_the_slow_partner_is_late_more_often_than_the_quick_one(loaded):
    def late(service):
        rows = db.session.scalars(
            select(ClockRow.met)
            .join(ReferralRow, ReferralRow.id == ClockRow.referral_id)
            .join(ServiceRow, ServiceRow.id == ReferralRow.service_id)
            .where(
                ServiceRow.name == service,
                ClockRow.kind == ClockKind.ANSWER.value,
                ClockRow.met.is_not(None),
            )
        ).all()
        return sum(not met for met in rows) / len(rows)

    assert late("Family offense petition help") > 0.4
    assert late("Court and safety advocacy") < 0.25


def test_nothing_lies_in_the_future_and_only_what_was_staged_is_late(loaded):
    for column in (ReferralRow.sent_at, ReferralRow.closed_at, ReferralRow.accepted_at,
                   ReferralEventRow.at):  # fmt: skip
        assert db.session.scalar(select(func.max(column))) <= NOW
    late = select(func.count()).where(ClockRow.stopped_at.is_(None), ClockRow.due_at <= NOW)
    assert db.session.scalar(late) == STAGED_LATE


def test_the_worker_finds_only_the_late_one_to_chase(demo_app, loaded):
    run = followups.run_clocks(demo_app.extensions["ccr_world"], at=NOW)
    # What has been late for days is reminded of again; nothing goes further up at once.
    assert (run.escalated, run.options_offered, run.resumed) == (0, 0, 0)
    later = followups.run_clocks(demo_app.extensions["ccr_world"], at=NOW + timedelta(hours=1))
    assert later.reminded >= 1
    assert verify_storage(accounts.terminal_identity()).findings == ()


def test_a_referral_that_took_the_place_of_another_comes_after_its_decline(loaded):
    first, second = ReferralRow.__table__.alias("f"), ReferralRow.__table__.alias("s")
    rows = db.session.execute(
        select(first.c.declined_at, second.c.sent_at, first.c.state)
        .join(ReferralSearchRow, ReferralSearchRow.previous_referral_id == first.c.id)
        .join(second, second.c.id == ReferralSearchRow.referral_id)
    ).all()
    assert len(rows) > 50
    assert all(sent_at > declined_at for declined_at, sent_at, _ in rows)
    assert {state for *_, state in rows} == {State.CLOSED.value}


def test_rural_counties_have_needs_that_found_nothing_in_every_quarter(loaded):
    rows = db.session.execute(
        select(UnmetNeed.quarter, UnmetNeed.county_fips, UnmetNeed.count)
    ).all()
    names = {quarter.name for quarter in quarters_before(NOW.astimezone(NEW_YORK).date())}
    assert names <= {row.quarter for row in rows}
    assert {"36039", "36095"} <= {row.county_fips for row in rows}
    assert any(row.count >= 11 for row in rows)
    assert any(row.count < 11 for row in rows)


# -- the coordinator's desk on it ------------------------------------------------------------------

PANELS: dict[str, tuple[str, ...]] = {
    # Of each page what it must have found, in this order: facts of directory and agreements first.
    "/network/overview": (
        r"Greene: a program for abusive partners", r"consultation protocol has lapsed",
        r"Late answers.*Clear Water", r"Agreements that need a hand.*Lapsed",
        r"would have no way to victim services", r"Asked for and missing",
        r"Published figures.*>\s*\d\d",
    ),
    "/network/gaps": (r"Act on these first.*nobody answers at night", r"people live there"),
    "/network/gaps?page=1": (r"no local service in Chinese.*4,300 of 314,848 people",),
    "/network/gaps/distances": (
        r"Within 30 minutes", r"Mean of all people.* free places for 100,000", r"\d+ miles?,",
        r"Half of the mean or more",
    ),
    "/network/gaps/population": (r"10 counties, 246 ZIPs, 4 languages",),
    "/network/gaps/districts": (r"Collar City school district", r"Hill towns bus area"),
    "/network/gaps?zips=districts": (r"Hill towns bus area.*None",),
    "/network/pathways": (r"Lapsed agreements.*Hudson Court Desk", r"Used in 2025, and no agree"),
    "/network/gaps/register": (r"days late", r"Schoharie has none"),
    "/network/gaps/print": (r"nobody answers at night",),
    "/network/unmet": (r"Asked for and missing.*\d of \d\d", r"No room.*>[1-9]\d<"),
    "/network/indicators": (
        r"Better access.*\d+ of \d+", r"Gaps with an owner: 2 of", r"Council attendance: 8 of 10",
        r"Referrals accepted.*\d\d of \d\d", r"Hours to an answer.*\d h; \d+ sent<",
    ),
    "/network/agreements": (r"Cedar Path.*Lapsed", r"Ends within 30 days", r"Promised"),
    "/network/expected": (r"Missing.*0 of 2",),
    "/network/graph": (r"Density.*\d %", r"Alone", r"Bridges"),
    "/network/what-if?ask=most&row=0&minutes=30&places=2": (
        r"people would be within reach for the first time", r"Greene", r"Where two more houses",
    ),
    "/network/council": (r"Two committees overlap", r"days late", r"Held"),
    "/network/council/actions": (r"days late", r"A fatality review"),
    "/network/council/about-us": (r"checked.*Survivor seats",),
    "/network/council/report/2026Q3": (
        r"Survivor safety first", r"Critical gaps.*Greene", r"Gap register.*days late",
        r"Agreements that need a hand.*Lapsed", r"Published figures.*>\s*\d\d",
    ),
    "/network/council/training": (r"Lapsed", r"Until"),
    "/network/council/survey": (r"Five to nine members answered.*3\.5",),
    "/network/council/announcements": (r"Confidentiality training",),
    "/network/members": (r"Live", r"Listed"),
}  # fmt: skip


def test_every_panel_of_the_desk_has_a_finding_and_facts_come_first(demo_app, loaded):
    small = SimpleNamespace(emails={"coordinator": "coordinator@network.example"})
    with time_machine.travel(NOW, tick=False):
        visitor = Desk(demo_app, small)["coordinator"]
        pages = {path: settled(text_of(visitor.open(path))) for path in PANELS}
        member = str(who(loaded, "advocate@riverside.example").member_id)
        leaves = text_of(visitor.open(f"/network/what-if?ask=leaves&member={member}"))
    wanted = {
        **PANELS,
        "what-if": (r"links would end", r"no way to victim services any more", r"One only.*None"),
    }
    pages["what-if"] = leaves
    missing = {}
    for path, findings in wanted.items():
        main = pages[path].partition("<main")[2].partition("</main>")[0]
        found = re.search(".*?".join(findings), main, re.DOTALL)
        if found is None:
            missing[path] = [f for f in findings if not re.search(f, main, re.DOTALL)] or findings
    assert missing == {}


# -- plain values ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "name", "start", "end"),
    [
        (date(2026, 1, 1), "2026Q1", date(2026, 1, 1), date(2026, 4, 1)),
        (date(2026, 3, 31), "2026Q1", date(2026, 1, 1), date(2026, 4, 1)),
        (date(2026, 11, 12), "2026Q4", date(2026, 10, 1), date(2027, 1, 1)),
        (date(2026, 12, 31), "2026Q4", date(2026, 10, 1), date(2027, 1, 1)),
    ],
)
def test_a_quarter_is_three_months(day, name, start, end):
    quarter = Quarter.of(day)
    assert (quarter.name, quarter.start, quarter.end) == (name, start, end)


def test_eight_quarters_follow_one_another_up_to_the_present_one():
    found = quarters_before(date(2026, 1, 1))
    assert [q.name for q in found] == [
        "2024Q1", "2024Q2", "2024Q3", "2024Q4", "2025Q1", "2025Q2", "2025Q3", "2025Q4",
    ]  # fmt: skip
    assert all(one.end == next_.start for one, next_ in pairwise(found))


def test_the_seasons_only_shift_and_chances_are_chances():
    assert all(abs(sum(season) / 4 - 1) < 0.05 for season in SEASONS.values())
    for course in COURSES.values():
        for chance in (course.silent, course.asked, course.waitlisted, course.declined,
                       course.lost, course.held, course.connected):  # fmt: skip
            assert 0 <= chance <= 1


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 1, 1, 5, 30, tzinfo=UTC),  # half an hour into the year in New York
        datetime(2026, 3, 8, 7, 30, tzinfo=UTC),  # the night on which clocks go forward
        datetime(2027, 10, 3, 18, 0, tzinfo=UTC),  # a Sunday
    ][: None if "CCR_TEST_FULL" in os.environ else 1],
)
def test_it_can_be_loaded_at_any_moment(sqlite_app, at):
    loaded = load_demo(sqlite_app.extensions["ccr_world"], password=PASSWORD, at=at)
    assert loaded.referrals > 2_400
    assert verify_storage(accounts.terminal_identity()).findings == ()
    late = select(func.count()).where(ClockRow.stopped_at.is_(None), ClockRow.due_at <= at)
    assert db.session.scalar(late) == STAGED_LATE


def test_one_seed_makes_one_past(sqlite_app, loaded_once):
    loaded_on(sqlite_app)
    again = shape()
    db.session.remove()
    with create_app(settings_for(loaded_once[0])).app_context():
        assert shape() == again
        db.session.remove()
        db.engine.dispose()


def shape():
    rows = db.session.execute(select(ReferralRow.id, ReferralRow.code, ReferralRow.state))
    return sorted((str(row.id), row.code, row.state) for row in rows)
