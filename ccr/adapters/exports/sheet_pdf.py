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
_MARGIN, _GUTTER, _FOOT = 15.0, 8.0, 12.0
"""Millimetres."""
_COLUMNS = 2
_TITLE = ("B", 10.0, 4.6)
_FACT = ("", 8.5, 3.9)
_GROUP = ("B", 12.0, 6.5)
_WORDS = ("", 9.5, 4.4)
_Line = tuple[tuple[str, float, float], str]
"""How a line is set (weight, points, millimetres high), and its words."""

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
    for words in (SAFETY, STALE):
        pdf.across(say(words))
    if not (sheet.here or sheet.wide):
        pdf.across(say(NOTHING))
    pdf.begin_columns()
    for heading, entries in ((HERE, sheet.here), (WIDE, sheet.wide)):
        first: list[_Line] = [(_GROUP, say(heading))]
        for entry in entries:
            lines: list[_Line] = [(_TITLE, entry.name)]
            lines += [(_FACT, line) for line in entry_lines(entry, say)]
            # A heading never stands alone at the foot of a column.
            pdf.block(first + lines)
            first = []
    if sheet.left_out:
        pdf.block([(_WORDS, say(phrase(LEFT_OUT.msgid, count=sheet.left_out)))])
    return bytes(pdf.output())


class _Page(FPDF):
    def __init__(self, sheet: CountySheet, say: Say) -> None:
        super().__init__(format="letter")
        self.core_fonts_encoding = _ENCODING
        self.sheet, self.say = sheet, say
        self.set_title(_western(say(phrase("County sheet"))))
        self.set_margin(_MARGIN)
        self.set_auto_page_break(auto=False)
        self.column = 0
        self.top = 0.0
        self.wide = (self.epw - _GUTTER * (_COLUMNS - 1)) / _COLUMNS

    def header(self) -> None:
        """Draw the county, the network and the day on every page."""
        self._set(("B", 15.0, 7.0), self.sheet.county, self.epw)
        day = self.say(phrase("as of %(day)s", day=self.sheet.day.isoformat()))
        self._set(("", 9.0, 5.0), f"{self.sheet.network} · {day}", self.epw)
        self.ln(2)

    def footer(self) -> None:
        """Draw the number of the page."""
        self.set_xy(_MARGIN, self.h - _FOOT)
        self.set_font("helvetica", "", 9)
        words = self.say(
            phrase("Page %(number)s of %(count)s", number=self.page_no(), count="{nb}")
        )
        self.cell(0, 5, _western(words), align="R")

    def across(self, words: str) -> None:
        """Draw a paragraph over the whole width."""
        self._set(_WORDS, words, self.epw)

    def begin_columns(self) -> None:
        """Let what follows stand in columns from here down."""
        self.ln(3)
        self.top = self.get_y()

    def block(self, lines: list[_Line]) -> None:
        """Draw lines that stay together in one column."""
        height = sum(self._set(style, words, self.wide, draw=False) for style, words in lines)
        if self.get_y() + height > self.h - _FOOT - 4 and self.get_y() > self.top:
            self._next_column()
        for style, words in lines:
            self._set(style, words, self.wide)
        self.set_y(self.get_y() + 2.5)

    def _next_column(self) -> None:
        self.column += 1
        if self.column == _COLUMNS:
            self.column = 0
            self.add_page()
            self.top = self.get_y()
        self.set_y(self.top)

    def _set(
        self, style: tuple[str, float, float], words: str, width: float, *, draw: bool = True
    ) -> float:
        """Set words in the present column; return how high they are, in millimetres."""
        weight, points, line = style
        self.set_font("helvetica", weight, points)
        self.set_x(_MARGIN + self.column * (self.wide + _GUTTER))
        height = self.multi_cell(
            width,
            line,
            _western(words),
            align="L",
            new_x="LEFT",
            new_y="NEXT",
            dry_run=not draw,
            output="HEIGHT",
        )
        return height if isinstance(height, float) else line


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
