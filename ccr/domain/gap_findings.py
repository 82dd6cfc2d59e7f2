"""What a coordinator should act on first: findings with a stable key, a sentence and evidence.

What lives here: which facts make a finding, and in what order. What must not: people, owners,
blame. A finding names what is missing, never who failed (R98). Order: an abusive partner program
without victim services beside it (R15), its consultation protocol (R3), nobody at night, a language
of many that no service speaks, agreements (R90), then cells without anybody, full ones, with old
facts, with one member, by what matters most.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from ccr.domain.area_people import PeopleTable
from ccr.domain.directory import Agreement, Service
from ccr.domain.gap_languages import Unspoken, unspoken
from ccr.domain.gaps import FIRST_LINES, NIGHT, Cell, CellState, County, GapMatrix, line_label
from ccr.domain.languages import language_name
from ccr.domain.moments import day_in_words
from ccr.domain.pathways import Program, Protocol, Standing, standing
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.protocols import ProtocolStanding, ProtocolState, program_standing
from ccr.domain.taxonomy import CompartmentKind, MemberCategory, Need

SINGLE_LINES = (Need.EMERGENCY_SHELTER.value, Need.ADVOCACY.value, Need.PROTECTION_ORDER.value)
"""One only is a finding of its own for these; for the others the matrix says it. Our choice."""


class FindingKind(StrEnum):
    """What kind of finding, most urgent first."""

    PROGRAM_ALONE = "program-alone"
    PROTOCOL_MISSING = "protocol-missing"
    PROTOCOL_LAPSED = "protocol-lapsed"
    NIGHT = "night"
    LANGUAGE = "language"
    AGREEMENT_LAPSED = "agreement-lapsed"
    ENDS_IN_30 = "ends-in-30"
    NONE = "none"
    FULL = "full"
    STALE = "stale"
    SINGLE = "single"
    ENDS_IN_90 = "ends-in-90"

    @property
    def rank(self) -> int:
        """Return 0 for the most urgent."""
        return list(FindingKind).index(self)

    @property
    def critical(self) -> bool:
        """Return True for what the guidelines call unsafe by itself (R3, R15)."""
        return self in {
            FindingKind.PROGRAM_ALONE,
            FindingKind.PROTOCOL_MISSING,
            FindingKind.PROTOCOL_LAPSED,
        }


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to act on.

    Attributes:
        key: stays the same as long as the finding does, e.g. "none|housing|36115".
        title, text: what is missing, and what the evidence says.
        line, county: the cell of the matrix it stands in, if it stands in one.
    """

    key: str
    kind: FindingKind
    title: Phrase
    text: Phrase
    line: str | None = None
    county: County | None = None


@dataclass(frozen=True, slots=True)
class Promises:
    """What members promised one another, for findings about it.

    Attributes:
        names: member id to name, of every member that may be named.
    """

    agreements: tuple[Agreement, ...]
    programs: tuple[Program, ...]
    protocols: tuple[Protocol, ...]
    names: dict[UUID, str]


def find_gaps(
    matrix: GapMatrix, promises: Promises, on: date, people: PeopleTable | None = None
) -> tuple[Finding, ...]:
    """Return every finding on a day, most urgent first. Source: R3, R15, R88, R90.

    people: who lives where; without it nothing is known of languages that many speak.
    """
    found = [
        *_programs_alone(matrix),
        *_protocols(promises, on),
        *_nobody_at_night(matrix),
        *(_language_finding(one) for one in unspoken(matrix, people)),
        *_agreements(promises, on),
        *_cells(matrix),
    ]
    return tuple(sorted(found, key=_order))


def _order(finding: Finding) -> tuple[int, int, str, str]:
    place = FIRST_LINES.index(finding.line) if finding.line in FIRST_LINES else len(FIRST_LINES)
    return finding.kind.rank, place, finding.county.name if finding.county else "", finding.key


def _programs_alone(matrix: GapMatrix) -> Iterator[Finding]:
    """Yield counties with an abusive partner program that no victim program serves (R15)."""
    for county in matrix.counties:
        cell = matrix.cell(Need.ABUSIVE_PARTNER_INTERVENTION.value, county.fips)
        programs = [*cell.checked, *cell.unchecked]
        if programs and not serving_victims(matrix, county):
            yield Finding(
                f"{FindingKind.PROGRAM_ALONE}|{county.fips}",
                FindingKind.PROGRAM_ALONE,
                phrase(
                    "%(county)s: a program for abusive partners, and no victim services beside it",
                    county=county.name,
                ),
                phrase(
                    "%(members)s works here. No victim services member names this county.",
                    members=_members(programs),
                ),
                Need.ABUSIVE_PARTNER_INTERVENTION.value,
                county,
            )


def serving_victims(matrix: GapMatrix, county: County) -> tuple[Service, ...]:
    """Return the services of victim services programs that count for a county, for any need."""
    found = {
        service.id: service
        for line in matrix.lines
        if line != Need.ABUSIVE_PARTNER_INTERVENTION.value
        for cell in (matrix.cell(line, county.fips),)
        for service in (*cell.checked, *cell.unchecked)
        if _of_victim_services(service) and not _is_wide_only(cell, service)
    }
    return tuple(found[key] for key in sorted(found))


def _of_victim_services(service: Service) -> bool:
    return service.compartment_kind is CompartmentKind.VICTIM_SERVICES or (
        service.compartment_kind is CompartmentKind.GENERAL
        and service.member.category is MemberCategory.VICTIM_SERVICES
    )


def _is_wide_only(cell: Cell, service: Service) -> bool:
    """Return True for a state-wide line in the one line of the matrix where such counts."""
    return cell.line == Need.HOTLINE.value and all(
        area.extent.value in {"state", "nation"} for area in service.areas
    )


def _protocols(promises: Promises, on: date) -> Iterator[Finding]:
    """Yield programs whose consultation protocol is missing, lapsed or ending (R3)."""
    for program in promises.programs:
        now = program_standing(program.compartment_id, promises.protocols, on)
        if now.state not in {ProtocolState.IN_FORCE, ProtocolState.NO_END}:
            yield _protocol_finding(program, now)


def _protocol_finding(program: Program, now: ProtocolStanding) -> Finding:
    named = {"program": program.name, "partner": now.partners}
    if now.state.holds:
        soon = now.state is ProtocolState.ENDS_IN_30
        kind = FindingKind.ENDS_IN_30 if soon else FindingKind.ENDS_IN_90
        days = 30 if soon else 90
        title = phrase("%(program)s: the consultation protocol ends soon", **named)
        text = phrase(
            "The protocol with %(partner)s ends within %(days)s days.", days=days, **named
        )
    elif now.state is ProtocolState.LAPSED:
        kind = FindingKind.PROTOCOL_LAPSED
        title = phrase("%(program)s: the consultation protocol has lapsed", **named)
        text = phrase(
            "The protocol with %(partner)s is over. Until it is renewed, nobody for survivors is "
            "named to call when safety is at stake.",
            **named,
        )
    else:
        kind = FindingKind.PROTOCOL_MISSING
        title = phrase("%(program)s: no consultation protocol", **named)
        text = phrase("The program names no victim services to call when safety is at stake.")
    return Finding(f"protocol|{program.compartment_id}", kind, title, text)


def _nobody_at_night(matrix: GapMatrix) -> Iterator[Finding]:
    for cell in matrix.line(NIGHT):
        if cell.checked or cell.unchecked:
            continue
        text = (
            phrase(
                "No local phone is answered at night. Only a line for the whole state: "
                "%(members)s.",
                members=_members(cell.wide),
            )
            if cell.wide
            else phrase("No phone is known to be answered at night, here or for the whole state.")
        )
        yield Finding(
            f"{FindingKind.NIGHT}|{cell.county.fips}",
            FindingKind.NIGHT,
            phrase("%(county)s: nobody answers at night", county=cell.county.name),
            text,
            NIGHT,
            cell.county,
        )


def _language_finding(found: Unspoken) -> Finding:
    named = {"county": found.county.name, "language": language_name(found.language)}
    return Finding(
        f"{FindingKind.LANGUAGE}|{found.language}|{found.county.fips}",
        FindingKind.LANGUAGE,
        phrase("%(county)s: no local service in %(language)s", **named),
        phrase(
            "%(speakers)s of %(people)s people there speak it at home. No listing of a service "
            "that counts for this county names it, by staff or interpreter.",
            speakers=f"{found.speakers:,}",
            people=f"{found.people:,}",
        ),
        Need.ADVOCACY.value,
        found.county,
    )


_OF_STANDING = {
    Standing.LAPSED: FindingKind.AGREEMENT_LAPSED,
    Standing.ENDS_IN_30: FindingKind.ENDS_IN_30,
    Standing.ENDS_IN_90: FindingKind.ENDS_IN_90,
}


def pair_standings(
    agreements: Iterable[Agreement], on: date
) -> dict[tuple[UUID, UUID], tuple[Standing, Agreement]]:
    """Return how the best agreement of each pair of members stands; ids in each pair sorted."""
    found: dict[tuple[UUID, UUID], tuple[Standing, Agreement]] = {}
    order = (
        Standing.IN_FORCE, Standing.ENDS_IN_90, Standing.ENDS_IN_30, Standing.LAPSED,
        Standing.NOT_YET,
    )  # fmt: skip
    for agreement in agreements:
        a, b = sorted(agreement.member_ids)
        now = standing(agreement.signed_on, agreement.expires_on, on)
        last = found.get((a, b))
        if last is None or _better((now, agreement), last, order):
            found[a, b] = now, agreement
    return found


def _better(
    one: tuple[Standing, Agreement], other: tuple[Standing, Agreement], order: Sequence[Standing]
) -> bool:
    def key(item: tuple[Standing, Agreement]) -> tuple[int, date, date]:
        ends = item[1].expires_on or date.max
        return -order.index(item[0]), ends, item[1].signed_on

    return key(one) > key(other)


def _agreements(promises: Promises, on: date) -> Iterator[Finding]:
    for (a, b), (now, agreement) in pair_standings(promises.agreements, on).items():
        if now not in _OF_STANDING or a not in promises.names or b not in promises.names:
            continue
        one, other = sorted((promises.names[a], promises.names[b]))
        lapsed = now is Standing.LAPSED
        named = {"one": one, "other": other}
        ends = day_in_words(agreement.expires_on) if agreement.expires_on else ""
        yield Finding(
            f"agreement|{a}|{b}",
            _OF_STANDING[now],
            phrase("%(one)s and %(other)s: the agreement has lapsed", **named)
            if lapsed
            else phrase("%(one)s and %(other)s: the agreement ends soon", **named),
            phrase("It ended on %(day)s. Routing no longer counts it.", day=ends)
            if lapsed
            else phrase("It ends on %(day)s.", day=ends),
        )


def _cells(matrix: GapMatrix) -> Iterator[Finding]:
    for line in FIRST_LINES:
        if line == NIGHT:
            continue
        for cell in matrix.line(line):
            state = cell.state
            single = state is CellState.SINGLE and line in SINGLE_LINES
            if state in {CellState.NONE, CellState.STALE, CellState.FULL} or single:
                yield _cell_finding(cell, state)


def _cell_finding(cell: Cell, state: CellState) -> Finding:
    named = {"need": line_label(cell.line), "county": cell.county.name}
    if state is CellState.NONE:
        title = phrase("%(county)s has none: %(need)s", **named)
        text = (
            phrase(
                "No member names this county for it. For the whole state: %(members)s.",
                members=_members(cell.wide),
            )
            if cell.wide
            else phrase("No member names this county for it.")
        )
    elif state is CellState.STALE:
        title = phrase("%(county)s has old facts only: %(need)s", **named)
        text = phrase(
            "Nobody verified this within six months: %(members)s.",
            members=_members(cell.unchecked),
        )
    elif state is CellState.FULL:
        title = phrase("%(county)s is full: %(need)s", **named)
        text = phrase(
            "Everybody who is there said lately that there is no room, or a wait-list: "
            "%(members)s.",
            members=_members(cell.full),
        )
    else:
        title = phrase("%(county)s has one only: %(need)s", **named)
        text = (
            phrase(
                "%(members)s is the only member with room, as far as is known. Full: %(full)s.",
                members=_members(cell.with_room),
                full=_members(cell.full),
            )
            if cell.full
            else phrase(
                "%(members)s is the only member with facts checked within six months.",
                members=_members(cell.with_room),
            )
        )
    return Finding(
        f"{state}|{cell.line}|{cell.county.fips}",
        FindingKind(state.value),
        title,
        text,
        cell.line,
        cell.county,
    )


def _members(services: Iterable[Service]) -> str:
    return ", ".join(sorted({service.member.name for service in services}))
