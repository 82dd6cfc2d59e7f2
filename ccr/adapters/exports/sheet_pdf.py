"""The sheet of a county as PDF: A4 or letter, page n of m, no picture, no code, no author."""

from __future__ import annotations

from datetime import datetime

from ccr.adapters.exports.paper import (
    FACT,
    GROUP,
    SAFETY,
    STALE,
    TITLE,
    WORDS,
    Line,
    Paper,
    Say,
)
from ccr.domain.county_sheet import CountySheet, Entry
from ccr.domain.directory import Language
from ccr.domain.languages import language_name
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.program_limits import SHORT_LIMITS
from ccr.domain.taxonomy import LanguageMode

PRIVATE = phrase("The address is private.")
LEFT_OUT = phrase("%(count)s more did not fit here: take the directory away as a file.")
NOTHING = phrase("No listing names this county yet.")
HERE = phrase("In this county, or for it")
WIDE = phrase("For the whole state or country")


def write_pdf(sheet: CountySheet, say: Say, *, at: datetime) -> bytes:
    """Return the sheet as a PDF of whole pages."""
    pdf = Paper(
        say(phrase("County sheet")),
        sheet.county,
        network=sheet.network,
        day=sheet.day,
        at=at,
        say=say,
    )
    for words in (SAFETY, STALE):
        pdf.across(say(words))
    if not (sheet.here or sheet.wide):
        pdf.across(say(NOTHING))
    pdf.begin_columns()
    for heading, entries in ((HERE, sheet.here), (WIDE, sheet.wide)):
        first: list[Line] = [(GROUP, say(heading))]
        for entry in entries:
            lines: list[Line] = [(TITLE, entry.name)]
            lines += [(FACT, line) for line in entry_lines(entry, say)]
            # A heading never stands alone at the foot of a column.
            pdf.block(first + lines)
            first = []
    if sheet.left_out:
        pdf.block([(WORDS, say(phrase(LEFT_OUT.msgid, count=sheet.left_out)))])
    return pdf.whole()


def entry_lines(entry: Entry, say: Say) -> list[str]:
    """Return what stands under the name of a service, a fact a line."""
    checked = entry.checked.isoformat() if entry.checked else say(phrase("never"))
    needs = ", ".join(say(need.label) for need in entry.needs)
    languages = ", ".join(say(_spoken(language)) for language in entry.languages)
    areas = entry.areas and not entry.places
    lines = [
        entry.member,
        " · ".join(entry.phones),
        entry.alert,
        say(SHORT_LIMITS) if entry.program else "",
        *([say(PRIVATE)] if entry.private else entry.places),
        # Where there is a place to go to, the sheet's own county says enough.
        say(phrase("Area: %(names)s", names=", ".join(entry.areas))) if areas else "",
        say(phrase("Hours: %(hours)s", hours=entry.hours)) if entry.hours else "",
        say(phrase("Languages: %(names)s", names=languages)) if languages else "",
        say(phrase("Helps with: %(needs)s", needs=needs)) if needs else "",
        entry.how_to_start,
        say(phrase("Checked on: %(day)s", day=checked)),
    ]
    return [" ".join(line.split()) for line in lines if line and line.strip()]


def _spoken(language: Language) -> Phrase:
    name = language_name(language.code)
    if language.mode is LanguageMode.STAFF:
        return name
    return phrase("%(language)s (interpreter)", language=name)
