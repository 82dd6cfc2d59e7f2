"""Cells that no spreadsheet takes for a formula. Source: security.md case 27; OWASP."""

from __future__ import annotations

import re

_FORMULA = re.compile(r"\A[\ufeff\x00-\x20]*[=+\-@|%]")
_NOT_PRINTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
LONGEST_CELL = 32_000
"""Characters; spreadsheets refuse more than 32,767."""


def neutral(cell: str) -> str:
    """Return a text cell so that it is shown as it is: what might be a formula begins with "'".

    >>> neutral("=1+1"), neutral("Main office")
    ("'=1+1", 'Main office')
    """
    return f"'{cell}" if _FORMULA.match(cell) else cell


def text_cell(text: str) -> str:
    r"""Return a text as a cell: no control characters, one kind of line end, no formula.

    >>> text_cell("a\x07b\r\nc")
    'ab\nc'
    """
    plain = _NOT_PRINTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return neutral(plain[:LONGEST_CELL])
