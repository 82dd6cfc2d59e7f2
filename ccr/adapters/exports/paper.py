"""Paper: pages of a title, words over the whole width, and blocks in two columns; page n of m.

No picture, no code, no author. The fonts are the ones every reader has, in their Western encoding:
English and Spanish are whole; a name in another script loses its accents, or stands as "?".
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import date, datetime

from fpdf import FPDF

from ccr.domain.phrases import Phrase, phrase

Say = Callable[[Phrase], str]
Style = tuple[str, float, float]
"""Weight, points, and millimetres from line to line."""
Line = tuple[Style, str]
"""How a line is set, and its words."""
TITLE: Style = ("B", 10.0, 4.6)
FACT: Style = ("", 8.5, 3.9)
GROUP: Style = ("B", 12.0, 6.5)
WORDS: Style = ("", 9.5, 4.4)
_ENCODING = "cp1252"
_MARGIN, _GUTTER, _FOOT = 15.0, 8.0, 12.0
"""Millimetres."""
_COLUMNS = 2

SAFETY = phrase(
    "Give this sheet only to somebody who can keep it safely: whoever finds it can read it."
)
STALE = phrase("This may be out of date. Call first: each entry says when it was last checked.")


class Paper(FPDF):
    """Pages that carry the same title, network and day on top.

    Args:
        title: as the file is called by a reader.
        heading: on top of every page.
        at: when it was made; the file says nothing else of who made it.
    """

    def __init__(
        self, title: str, heading: str, *, network: str, day: date, at: datetime, say: Say
    ) -> None:
        super().__init__(format="letter")
        self.core_fonts_encoding = _ENCODING
        self.heading, self.say = heading, say
        as_of = say(phrase("as of %(day)s", day=day.isoformat()))
        self.under_heading = f"{network} · {as_of}"
        self.set_title(_western(title))
        self.set_creation_date(at)
        self.set_margin(_MARGIN)
        self.set_auto_page_break(auto=False)
        self.column = 0
        self.top = 0.0
        self.wide = (self.epw - _GUTTER * (_COLUMNS - 1)) / _COLUMNS
        self.add_page()

    def header(self) -> None:
        """Draw the heading, the network and the day on every page."""
        self._set(("B", 15.0, 7.0), self.heading, self.epw)
        self._set(("", 9.0, 5.0), self.under_heading, self.epw)
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
        self._set(WORDS, words, self.epw)

    def begin_columns(self) -> None:
        """Let what follows stand in columns from here down."""
        self.ln(3)
        self.top = self.get_y()

    def block(self, lines: list[Line]) -> None:
        """Draw lines that stay together in one column; what no column holds goes on in the next."""
        heights = [self._set(style, words, self.wide, draw=False) for style, words in lines]
        foot = self.h - _FOOT - 4
        if self.get_y() + sum(heights) > foot and self.get_y() > self.top:
            self._next_column()
        for (style, words), height in zip(lines, heights, strict=True):
            if self.get_y() + height > foot and self.get_y() > self.top:
                self._next_column()
            self._set(style, words, self.wide)
        self.set_y(self.get_y() + 2.5)

    def whole(self) -> bytes:
        """Return the file."""
        return bytes(self.output())

    def _next_column(self) -> None:
        self.column += 1
        if self.column == _COLUMNS:
            self.column = 0
            self.add_page()
            self.top = self.get_y()
        self.set_y(self.top)

    def _set(self, style: Style, words: str, width: float, *, draw: bool = True) -> float:
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
