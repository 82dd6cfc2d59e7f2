"""A language that many people of a county speak, and no service there answers in (R86).

What lives here: that finding. What must not: how many live where is read (area_population), other
findings. A listing that does not tell its languages is neither yes nor no: the finding says whom to
ask first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ccr.domain.area_population import AreaPeople, spoken_by_many
from ccr.domain.directory import Service
from ccr.domain.gap_findings import Finding, FindingKind
from ccr.domain.gaps import County, GapMatrix
from ccr.domain.languages import language_name
from ccr.domain.phrases import phrase
from ccr.domain.taxonomy import Need

SAFETY_LINES = (
    Need.EMERGENCY_SHELTER.value,
    Need.ADVOCACY.value,
    Need.SAFETY_PLANNING.value,
    Need.IMMEDIATE_SAFETY.value,
)
"""Who helps with one of these in a language helps with safety in it. A state-wide line does not."""


def unspoken_languages(matrix: GapMatrix, people: Mapping[str, AreaPeople]) -> Iterator[Finding]:
    """Yield the languages spoken by many that no safety service of a county speaks.

    people: of each county that is known, by FIPS code.
    """
    for county in matrix.counties:
        area = people.get(county.fips)
        if area is None:
            continue
        here = _safety_services(matrix, county)
        spoken = {language.code for service in here for language in service.languages}
        untold = sum(not service.languages for service in here)
        for code, speakers in spoken_by_many(area):
            if code not in spoken:
                yield _finding(county, code, speakers, untold)


def _safety_services(matrix: GapMatrix, county: County) -> list[Service]:
    cells = [matrix.cell(line, county.fips) for line in SAFETY_LINES]
    found = {s.id: s for cell in cells for s in (*cell.checked, *cell.unchecked)}
    return list(found.values())


def _finding(county: County, code: str, speakers: int, untold: int) -> Finding:
    named = {"county": county.name, "language": language_name(code), "people": f"{speakers:,}"}
    if untold:
        text = phrase(
            "%(people)s people here speak it at home. No listing for safety names it, by staff or "
            "an interpreter; %(untold)s do not say which languages they speak: ask those first.",
            untold=untold,
            **named,
        )
    else:
        text = phrase(
            "%(people)s people here speak it at home. No listing for safety names it, by staff or "
            "an interpreter.",
            **named,
        )
    return Finding(
        f"{FindingKind.LANGUAGE}|{code}|{county.fips}",
        FindingKind.LANGUAGE,
        phrase("%(county)s: nobody answers in %(language)s", **named),
        text,
        Need.ADVOCACY.value,
        county,
    )
