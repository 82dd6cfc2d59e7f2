"""The gap matrix by hand: three counties, twelve services, every state of a cell; and its laws."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccr.domain.directory import Area, Coverage, DirectorySnapshot, Member, Service
from ccr.domain.gap_findings import Finding, FindingKind, Promises, find_gaps
from ccr.domain.gaps import (
    FIRST_LINES,
    LINES,
    NIGHT,
    CellState,
    County,
    GapMatrix,
    gap_matrix,
    line_label,
)
from ccr.domain.pathways import Program, Protocol
from ccr.domain.taxonomy import (
    AreaExtent,
    CompartmentKind,
    CoverageMode,
    MemberCategory,
    Need,
    ServiceStatus,
    Track,
)
from tests.builders import (
    ALBANY,
    HOURS,
    NOW,
    TROY,
    make_agreement,
    make_id,
    make_member,
    make_service,
    make_site,
    make_snapshot,
)

COUNTIES = {
    "36001": County("Albany", "36001", "NY"),
    "36039": County("Greene", "36039", "NY"),
    "36083": County("Rensselaer", "36083", "NY"),
}
ZIPS = {"12180": "36083", "12414": "36039"}
TODAY = date(2026, 11, 12)
OLD = NOW - timedelta(days=184)
SURVIVORS = frozenset({Track.SURVIVOR})
OFFICE = (Coverage(None, CoverageMode.STAFFED, "Mo-Fr 09:00-17:00"),)
ALWAYS = (Coverage(None, CoverageMode.ON_CALL_PHONE, "24/7"),)


def county(*codes: str) -> tuple[Area, ...]:
    return tuple(Area(AreaExtent.COUNTY, code) for code in codes)


STATE = (Area(AreaExtent.STATE, "NY"),)


def serving(member: Member, *needs: Need, **changes: object) -> Service:
    return make_service(
        **{
            "member": member,
            "needs": frozenset(needs),
            "tracks": SURVIVORS,
            "coverage": OFFICE,
            "sites": (),
            **changes,
        }
    )


def matrix(*services: Service, at: datetime = NOW) -> GapMatrix:
    return matrix_of(make_snapshot(services), at=at)


def matrix_of(snapshot: DirectorySnapshot, *, at: datetime = NOW) -> GapMatrix:
    return gap_matrix(snapshot, county=COUNTIES.get, county_of_zip=ZIPS.get, hours=HOURS, at=at)


VICTIM = {
    "category": MemberCategory.VICTIM_SERVICES,
}


@pytest.fixture
def three_counties() -> GapMatrix:
    alba = make_member(name="Alba", **VICTIM)
    birch = make_member(name="Birch", **VICTIM)
    house = make_member(name="House", **VICTIM)
    legal = make_member(name="Legal")
    apip = make_member(name="Turning", category=MemberCategory.APIP)
    line = make_member(name="State line", **VICTIM)
    advocacy, shelter, order = Need.ADVOCACY, Need.EMERGENCY_SHELTER, Need.PROTECTION_ORDER
    program = Need.ABUSIVE_PARTNER_INTERVENTION
    return matrix(
        # 1, 2: two members with young facts in Albany.
        serving(alba, advocacy, areas=county("36001"), coverage=ALWAYS),
        serving(birch, advocacy, order, areas=county("36001", "36083")),
        # 3: a second service of the same member counts as the same member.
        serving(alba, order, areas=county("36001")),
        # 4: hidden; counts for its area.
        serving(house, shelter, areas=county("36001", "36083"), confidential=True),
        # 5: old facts.
        serving(house, order, areas=county("36083"), last_verified_at=OLD),
        # 6: never verified.
        serving(legal, Need.FAMILY_LAW, areas=county("36083"), last_verified_at=None),
        # 7: by ZIP; counts for the ZIP's county.
        serving(legal, Need.HOUSING, areas=(Area(AreaExtent.ZIP, "12180"),)),
        # 8: no area: the county of its public place.
        serving(legal, Need.COUNSELING, areas=(), sites=(make_site(ALBANY),)),
        # 9: for the whole state, by phone and day and night.
        serving(line, Need.HOTLINE, advocacy, areas=STATE, coverage=ALWAYS, in_person=False),
        # 10: a program for abusive partners in Greene.
        serving(apip, program, areas=county("36039"), tracks=frozenset({Track.ABUSIVE_PARTNER})),
        # 11: counseling for abusive partners alone fills no cell of survivors.
        serving(
            apip,
            Need.COUNSELING,
            areas=county("36039"),
            tracks=frozenset({Track.ABUSIVE_PARTNER}),
        ),
        # 12: closed for now: not routable.
        serving(legal, Need.HOUSING, areas=county("36001"), status=ServiceStatus.INACTIVE),
    )


@pytest.mark.parametrize(
    ("line", "albany", "greene", "rensselaer"),
    [
        ("emergency-shelter", "single", "none", "single"),
        (NIGHT, "single", "none", "none"),
        ("hotline", "single", "single", "single"),
        ("advocacy", "adequate", "none", "single"),
        ("protection-order", "adequate", "none", "single"),
        ("counseling", "single", "none", "none"),
        ("family-law", "none", "none", "stale"),
        ("housing", "none", "none", "single"),
        ("supervised-visitation", "none", "none", "none"),
        ("abusive-partner-intervention", "none", "single", "none"),
        ("medical", "none", "none", "none"),
    ],
)
def test_every_cell_is_as_counted_by_hand(
    three_counties: GapMatrix, line: str, albany: str, greene: str, rensselaer: str
) -> None:
    assert [c.name for c in three_counties.counties] == ["Albany", "Greene", "Rensselaer"]
    found = [cell.state.value for cell in three_counties.line(line)]
    assert found == [albany, greene, rensselaer]


def test_a_cell_has_its_evidence(three_counties: GapMatrix) -> None:
    cell = three_counties.cell("protection-order", "36083")
    assert [s.member.name for s in cell.checked] == ["Birch"]
    assert [s.member.name for s in cell.unchecked] == ["House"]


def test_a_line_for_the_whole_state_is_shown_apart_and_fills_no_cell(
    three_counties: GapMatrix,
) -> None:
    cell = three_counties.cell("advocacy", "36039")
    assert cell.state is CellState.NONE
    assert [s.member.name for s in cell.wide] == ["State line"]
    assert three_counties.cell("hotline", "36039").wide == ()


def test_the_cells_add_up(three_counties: GapMatrix) -> None:
    counts = three_counties.counts()
    assert sum(counts.values()) == 3 * len(LINES)
    assert counts[CellState.ADEQUATE] == 2
    assert counts[CellState.STALE] == 1


def test_services_that_nobody_placed_or_mapped_are_told_of() -> None:
    placed = make_service(areas=county("36001"))
    lost = make_service(areas=(), sites=())
    bare = make_service(needs=frozenset(), areas=county("36001"))
    found = matrix(placed, lost, bare)
    assert found.unplaced == (lost,)
    assert found.unmapped == (bare,)


def test_an_empty_directory_has_no_county_and_no_finding() -> None:
    found = matrix()
    assert found.counties == ()
    assert find_gaps(found, Promises((), (), (), {}), TODAY) == ()


@pytest.mark.parametrize("hours", ["off", "Mo-Su 08:00-23:00", "Mo-Fr 00:00-23:59", "no idea"])
def test_who_is_not_there_on_every_night_does_not_answer_at_night(hours: str) -> None:
    there = (Coverage(None, CoverageMode.STAFFED, hours),)
    nobody = (Coverage(None, CoverageMode.NOBODY, "24/7"),)
    for coverage in (there, nobody, ()):
        service = make_service(areas=county("36001"), coverage=coverage)
        assert matrix(service).cell(NIGHT, "36001").state is CellState.NONE


def test_a_pharmacy_that_is_open_at_night_is_no_answer_at_night() -> None:
    service = make_service(needs=frozenset({Need.FOOD}), areas=county("36001"), coverage=ALWAYS)
    assert matrix(service).cell(NIGHT, "36001").state is CellState.NONE


def test_every_need_and_the_night_are_lines_once() -> None:
    assert sorted(LINES) == sorted([NIGHT, *(n.value for n in Need)])
    assert LINES[: len(FIRST_LINES)] == FIRST_LINES
    assert all(str(line_label(line)) for line in LINES)


# -- findings ------------------------------------------------------------------------------------


def findings(found: GapMatrix, **promises: object) -> tuple[Finding, ...]:
    whole = {"agreements": (), "programs": (), "protocols": (), "names": {}, **promises}
    return find_gaps(found, Promises(**whole), TODAY)  # type: ignore[arg-type]


def test_r15_a_county_with_a_program_and_no_victim_services_comes_first(
    three_counties: GapMatrix,
) -> None:
    first = findings(three_counties)[0]
    assert first.key == "program-alone|36039"
    assert str(first.title).startswith("Greene: ")
    assert "Turning" in str(first.text)


def test_victim_services_of_the_same_house_are_victim_services() -> None:
    dual = make_member(category=MemberCategory.APIP)
    program = serving(
        dual,
        Need.ABUSIVE_PARTNER_INTERVENTION,
        areas=county("36039"),
        compartment_kind=CompartmentKind.APIP,
    )
    own = serving(
        dual, Need.ADVOCACY, areas=county("36039"), compartment_kind=CompartmentKind.VICTIM_SERVICES
    )
    assert any(f.kind is FindingKind.PROGRAM_ALONE for f in findings(matrix(program)))
    assert not any(f.kind is FindingKind.PROGRAM_ALONE for f in findings(matrix(program, own)))


def test_a_state_wide_line_beside_a_program_is_not_enough(three_counties: GapMatrix) -> None:
    assert "program-alone|36039" in {f.key for f in findings(three_counties)}


def protocol_findings(*protocols: Protocol, program: Program) -> list[tuple[str, str]]:
    found = findings(matrix(), programs=(program,), protocols=protocols)
    return [(f.kind.value, f.key) for f in found]


@pytest.mark.parametrize(
    ("expires", "kind"),
    [
        (date(2026, 11, 11), "protocol-lapsed"),
        (date(2026, 11, 12), "protocol-lapsed"),
        (date(2026, 11, 13), "ends-in-30"),
        (date(2026, 12, 12), "ends-in-30"),
        (date(2026, 12, 13), "ends-in-90"),
        (date(2027, 2, 10), "ends-in-90"),
        (date(2027, 2, 11), None),
        (None, None),
    ],
)
def test_a_protocol_is_told_of_90_30_and_0_days_before_it_ends(
    expires: date | None, kind: str | None
) -> None:
    program = Program(make_id(), make_id(), "Turning")
    protocol = Protocol(program.compartment_id, make_id(), "Birch", True, date(2025, 1, 1), expires)
    wanted = [(kind, f"protocol|{program.compartment_id}")] if kind else []
    assert protocol_findings(protocol, program=program) == wanted


def test_a_protocol_that_lapses_is_critical_and_one_with_somebody_else_is_none() -> None:
    program = Program(make_id(), make_id(), "Turning")
    with_church = Protocol(program.compartment_id, make_id(), "Parish", False, TODAY, None)
    for protocols in ((), (with_church,)):
        found = findings(matrix(), programs=(program,), protocols=protocols)
        assert [f.kind for f in found] == [FindingKind.PROTOCOL_MISSING]
        assert found[0].kind.critical


def test_a_renewed_protocol_takes_the_flag_away() -> None:
    program = Program(make_id(), make_id(), "Turning")
    start = date(2020, 1, 1)
    old = Protocol(program.compartment_id, make_id(), "Birch", True, start, date(2026, 1, 1))
    new = Protocol(program.compartment_id, make_id(), "Birch", True, date(2026, 1, 1), None)
    assert protocol_findings(old, program=program) == [
        ("protocol-lapsed", f"protocol|{program.compartment_id}")
    ]
    assert protocol_findings(old, new, program=program) == []


def test_only_the_best_agreement_of_two_members_counts() -> None:
    a, b = make_member(name="A"), make_member(name="B")
    names = {a.id: "A", b.id: "B"}
    lapsed = make_agreement(a, b, expires_on=TODAY)
    assert [f.kind for f in findings(matrix(), agreements=(lapsed,), names=names)] == [
        FindingKind.AGREEMENT_LAPSED
    ]
    renewed = make_agreement(a, b, expires_on=None)
    for order in ((lapsed, renewed), (renewed, lapsed)):
        assert findings(matrix(), agreements=order, names=names) == ()


def test_nobody_at_night_says_who_answers_for_the_state(three_counties: GapMatrix) -> None:
    found = {f.key: str(f.text) for f in findings(three_counties)}
    assert "State line" in found["night|36039"]
    assert "night|36001" not in found


def test_findings_have_keys_of_their_own_and_an_order_that_says_what_is_worst(
    three_counties: GapMatrix,
) -> None:
    found = findings(three_counties)
    assert len({f.key for f in found}) == len(found)
    assert all(len(f.key) <= 160 for f in found)
    ranks = [f.kind.rank for f in found]
    assert ranks == sorted(ranks)
    assert "none|emergency-shelter|36039" in {f.key for f in found}
    assert "single|advocacy|36083" in {f.key for f in found}


# -- laws ----------------------------------------------------------------------------------------

MEMBERS = tuple(make_member(category=c) for c in MemberCategory)
AREAS = st.lists(
    st.sampled_from(
        [
            *(Area(AreaExtent.COUNTY, fips) for fips in COUNTIES),
            Area(AreaExtent.STATE, "NY"),
            Area(AreaExtent.NATION, "US"),
            Area(AreaExtent.ZIP, "12180"),
            Area(AreaExtent.ZIP, "99999"),
        ]
    ),
    max_size=3,
    unique=True,
).map(tuple)
SERVICES = st.builds(
    lambda member, needs, areas, verified, night, site, tracks, status: make_service(
        member=member,
        needs=needs,
        areas=areas,
        last_verified_at=verified,
        coverage=ALWAYS if night else OFFICE,
        sites=(make_site(site),) if site else (),
        tracks=tracks,
        status=status,
    ),
    st.sampled_from(MEMBERS),
    st.frozensets(st.sampled_from([Need.ADVOCACY, Need.HOTLINE, Need.SUPERVISION]), max_size=3),
    AREAS,
    st.sampled_from([None, OLD, NOW]),
    st.booleans(),
    st.sampled_from([None, TROY, ALBANY]),
    st.frozensets(st.sampled_from(list(Track)), max_size=2),
    st.sampled_from([ServiceStatus.ACTIVE, ServiceStatus.DEFUNCT]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(SERVICES, max_size=5), SERVICES)
def test_adding_a_service_never_makes_a_cell_worse(services: list[Service], more: Service) -> None:
    before, after = matrix(*services), matrix(*services, more)
    for key, cell in before.cells.items():
        assert after.cells[key].state.rank >= cell.state.rank, key


@settings(max_examples=60, deadline=None)
@given(st.lists(SERVICES, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_services_does_not_matter(services: list[Service], rng: random.Random) -> None:
    shuffled = list(services)
    rng.shuffle(shuffled)
    one, other = matrix(*services), matrix(*shuffled)
    assert one.cells == other.cells
    assert findings(one) == findings(other)


@settings(max_examples=60, deadline=None)
@given(st.lists(SERVICES, max_size=6))
def test_the_state_follows_from_the_evidence(services: list[Service]) -> None:
    for cell in matrix(*services).cells.values():
        checked = {s.member.id for s in cell.checked}
        assert (cell.state is CellState.NONE) == (not cell.checked and not cell.unchecked)
        assert (cell.state is CellState.SINGLE) == (len(checked) == 1)
        assert (cell.state is CellState.ADEQUATE) == (len(checked) > 1)
