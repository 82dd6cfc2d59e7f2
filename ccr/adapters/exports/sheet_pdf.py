"""The sheet of a county as PDF: A4 or letter, page n of m, no picture, no code, no author.

The fonts are the ones every reader has, in their Western encoding: English and Spanish are whole; a
name in another script loses its accents, or stands as "?".
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import datetime

from fpdf import FPDF

from ccr.domain.county_sheet import CountySheet, Entry
from ccr.domain.directory import Language
from ccr.domain.languages import language_name
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import LanguageMode

Say = Callable[[Phrase], str]
_ENCODING = "cp1252"
_MARGIN, _LINE = 16.0, 4.6
_LEAST_ROOM = 24.0
"""Millimetres that must be left for a service to begin on this page."""

SAFETY = phrase(
    "Give this sheet only to somebody who can keep it safely: whoever finds it can read it."
)
STALE = phrase("This may be out of date. Call first: each entry says when it was last checked.")
PRIVATE = phrase("The address is private.")
LEFT_OUT = phrase("%(count)s more did not fit here: take the directory away as a file.")
NOTHING = phrase("No listing names this county yet.")
HERE = phrase("In this county, or for it")
WIDE = phrase("For the whole state or country")


def write_pdf(sheet: CountySheet, say: Say, *, at: datetime) -> bytes:
    """Return the sheet as a PDF of whole pages."""
    pdf = _Page(sheet, say)
    pdf.set_creation_date(at)
    pdf.add_page()
    pdf.notices()
    if not (sheet.here or sheet.wide):
        pdf.paragraph(say(NOTHING))
    for heading, entries in ((HERE, sheet.here), (WIDE, sheet.wide)):
        if entries:
            pdf.heading(say(heading))
            for entry in entries:
                pdf.entry(entry)
    if sheet.left_out:
        pdf.paragraph(say(phrase(LEFT_OUT.msgid, count=sheet.left_out)))
    return bytes(pdf.output())


class _Page(FPDF):
    def __init__(self, sheet: CountySheet, say: Say) -> None:
        super().__init__(format="letter")
        self.core_fonts_encoding = _ENCODING
        self.sheet, self.say = sheet, say
        self.set_title(_western(say(phrase("County sheet"))))
        self.set_margin(_MARGIN)
        self.set_auto_page_break(auto=True, margin=_MARGIN + 4)

    def header(self) -> None:
        """Draw the county, the network and the day on every page."""
        self.set_font("helvetica", "B", 15)
        self._write(self.sheet.county, 7)
        self.set_font("helvetica", "", 9)
        day = self.say(phrase("as of %(day)s", day=self.sheet.day.isoformat()))
        self._write(f"{self.sheet.network} · {day}", 5)
        self.ln(2)

    def footer(self) -> None:
        """Draw the number of the page."""
        self.set_y(-_MARGIN)
        self.set_font("helvetica", "", 9)
        words = self.say(
            phrase("Page %(number)s of %(count)s", number=self.page_no(), count="{nb}")
        )
        self.cell(0, 5, _western(words), align="R")

    def notices(self) -> None:
        """Draw what to know before anything else."""
        for words in (SAFETY, STALE):
            self.paragraph(self.say(words))

    def heading(self, words: str) -> None:
        """Draw the heading of a group, never alone at the end of a page."""
        self._room(_LEAST_ROOM + 8)
        self.ln(2)
        self.set_font("helvetica", "B", 12)
        self._write(words, 7)

    def paragraph(self, words: str) -> None:
        """Draw a paragraph."""
        self.set_font("helvetica", "", 10)
        self._write(words, 5)

    def entry(self, entry: Entry) -> None:
        """Draw one service."""
        self._room(_LEAST_ROOM)
        self.ln(1.5)
        self.set_font("helvetica", "B", 10.5)
        self._write(entry.name, 5)
        self.set_font("helvetica", "", 9.5)
        for line in entry_lines(entry, self.say):
            self._write(line, _LINE)

    def _room(self, height: float) -> None:
        if self.get_y() + height > self.page_break_trigger:
            self.add_page()

    def _write(self, words: str, height: float) -> None:
        self.multi_cell(0, height, _western(words), align="L", new_x="LMARGIN", new_y="NEXT")


def entry_lines(entry: Entry, say: Say) -> list[str]:
    """Return what stands under the name of a service, a fact a line."""
    checked = entry.checked.isoformat() if entry.checked else say(phrase("never"))
    needs = ", ".join(say(need.label) for need in entry.needs)
    languages = ", ".join(say(_spoken(language)) for language in entry.languages)
    lines = [
        entry.member,
        " · ".join(entry.phones),
        entry.alert,
        *([say(PRIVATE)] if entry.private else entry.places),
        say(phrase("Area: %(names)s", names=", ".join(entry.areas))) if entry.areas else "",
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


def _western(text: str) -> str:
    """Return the text in letters that the built-in fonts have."""
    return "".join(_letter(char) for char in unicodedata.normalize("NFC", text))


def _letter(char: str) -> str:
    try:
        char.encode(_ENCODING)
    except UnicodeEncodeError:
        bare = unicodedata.normalize("NFKD", char).encode(_ENCODING, "ignore").decode(_ENCODING)
        return bare or "?"
    return char
