"""Programs as the coordination sees them: protocols, counties, and published figures alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from ccr.domain.errors import ForbiddenError
from ccr.domain.program_figures import ProgramMeasure
from ccr.domain.taxonomy import CompartmentKind, MemberCategory, Regime
from ccr.policy.identity import Role
from ccr.services import coordination
from ccr.services.accounts import terminal_identity
from ccr.services.program_overview import program_overview
from tests.coordination import coordinator
from tests.loop import world
from tests.people import make_team
from tests.program_rows import add_consultations, add_participants
from tests.small_directory import SmallDirectory, make_small_directory

IN_QUARTER = datetime(2026, 8, 3, 14, tzinfo=UTC)


@pytest.fixture
def small(app, now) -> SmallDirectory:
    return make_small_directory(at=now)


def second_program(small, now):
    return make_team(
        small.network_id,
        "Elm Program (demo)",
        Role.FACILITATOR,
        at=now,
        kind=CompartmentKind.APIP,
        category=MemberCategory.APIP,
        regime=Regime.APIP,
        email="elm@example.org",
    )


def publish(at):
    return coordination.publish_quarter(terminal_identity("Test network"), "2026Q3", at=at)


def figures(small, now):
    found = program_overview(coordinator(small), world(), at=now)
    return found.quarters, {figure.measure: figure.value for figure in found.figures}


def test_consultations_intakes_and_ends_are_published_by_quarter_through_the_gate(small, now):
    elm = second_program(small, now)
    for program, partner in ((small.dune, small.birch), (elm, small.cedar)):
        add_consultations(program, partner, 22, at=IN_QUARTER, after=timedelta(minutes=100))
        add_participants(
            program,
            22,
            at=IN_QUARTER,
            ordered_on=date(2026, 7, 20),
            intake_on=date(2026, 8, 3),
        )
        for state in ("completed", "terminated"):
            add_participants(program, 11, at=IN_QUARTER, ended_on=date(2026, 9, 30), state=state)
    add_consultations(elm, small.birch, 3, at=now)  # the next quarter
    publish(now)
    quarters, shown = figures(small, now)
    assert quarters == ("2026Q3",)
    assert shown == {
        ProgramMeasure.CONSULTATIONS: 44,
        ProgramMeasure.CONSULTATION_MINUTES: 120,
        ProgramMeasure.INTAKES: 44,
        ProgramMeasure.INTAKE_HOURS: 14 * 24,
        ProgramMeasure.ENDED: 44,
        ProgramMeasure.COMPLETED: 22,
    }


def test_a_published_quarter_of_programs_never_changes(small, now):
    publish(now)
    elm = second_program(small, now)
    for program in (small.dune, elm):
        add_consultations(program, small.birch, 22, at=IN_QUARTER)
    publish(now + timedelta(days=1))
    assert figures(small, now) == (("2026Q3",), {})


def test_what_one_program_and_one_partner_know_alone_is_never_published(small, now):
    add_consultations(small.dune, small.birch, 40, at=IN_QUARTER, after=timedelta(minutes=5))
    publish(now)
    assert figures(small, now) == (("2026Q3",), {})


def test_a_program_without_a_protocol_comes_first_on_the_page(small, now):
    found = program_overview(coordinator(small), world(), at=now)
    assert [str(item.finding.kind) for item in found.protocol_gaps] == ["protocol-missing"]
    assert [program.name for program in found.programs] == ["Dune Program (demo)"]


def test_only_the_coordination_reads_it(small, now):
    for who in (small.dune.identity, small.birch.identity, small.alder.identity):
        with pytest.raises(ForbiddenError):
            program_overview(who, world(), at=now)
