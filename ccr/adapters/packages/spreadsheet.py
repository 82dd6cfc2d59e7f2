"""Sheets of an XLSX file as rows of text: values as last computed, never a formula.

The file is a ZIP of XML from strangers, so its entries are weighed before any is opened, and its
XML is read by defusedxml, which refuses entities. Source: security.md 25-28; sizes are our choice.
"""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, time
from pathlib import Path
from typing import Any

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError
from openpyxl import DEFUSEDXML, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from ccr.adapters.packages.sniff import MAX_ZIP_RATIO, SMALL_ENTRY_BYTES
from ccr.domain.column_mapping import MOST_COLUMNS
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase

MOST_ENTRIES = 2000
MOST_BYTES = 256 * 1024 * 1024
"""Unpacked: 100,000 services of forty columns are about 120 MB of XML."""
MOST_STRINGS_BYTES = 128 * 1024 * 1024
"""Of the table of shared strings, which has to be held whole."""
_ERRORS = frozenset({"#N/A", "#REF!", "#NAME?", "#DIV/0!", "#VALUE!", "#NULL!", "#NUM!"})
_EXACT = 1e15
"""Whole numbers below this are exact as floats."""
Cells = list[str]
_FAULTS = (
    AttributeError,
    DefusedXmlException,
    EOFError,
    IndexError,
    InvalidFileException,
    KeyError,
    NotImplementedError,
    OSError,
    ParseError,
    RuntimeError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


def sheet_names(path: Path) -> tuple[str, ...]:
    """Return the names of the sheets that a person sees, in order.

    Raises:
        InvalidInputError: too large, damaged, encrypted or unsafe.
    """
    with _workbook(path) as book:
        shown = [
            sheet.title
            for sheet in book.worksheets
            if getattr(sheet, "sheet_state", "visible") == "visible"
        ]
    if not shown:
        raise InvalidInputError(phrase("There is no sheet in this workbook."), field="path")
    return tuple(shown)


def sheet_rows(path: Path, sheet: str) -> Iterator[tuple[int, Cells]]:
    """Yield (row number from 1, cells as text) of a sheet, blank rows left out.

    Raises:
        InvalidInputError: no such sheet, damaged half way, or too wide.
    """
    with _workbook(path) as book:
        if sheet not in book.sheetnames:
            raise InvalidInputError(
                phrase("There is no such sheet in this workbook."), field="sheet"
            )
        worksheet = book[sheet]
        # What a file says of its own size may be wrong, or a trap.
        worksheet.reset_dimensions()
        for number, row in enumerate(worksheet.iter_rows(values_only=True), 1):
            if len(row) > MOST_COLUMNS:
                raise InvalidInputError(
                    phrase("This sheet has more than %(most)s columns.", most=MOST_COLUMNS),
                    field="path",
                )
            cells = [_text(value) for value in row]
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                yield number, cells


def _text(value: object) -> str:
    """Return a cell as text: dates as ISO, whole numbers without a point, yes and no as words."""
    text = "" if value is None else str(value)
    if isinstance(value, bool):
        text = text.lower()
    elif isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        text = str(int(value))
    elif isinstance(value, datetime) and value.time() == time():
        text = value.date().isoformat()
    elif isinstance(value, time):
        text = value.strftime("%H:%M")
    return "" if text in _ERRORS else text


@contextmanager
def _workbook(path: Path) -> Iterator[Any]:
    """Open a workbook to read, its entries weighed; what goes wrong inside becomes a sentence."""
    if not DEFUSEDXML:
        msg = "openpyxl has been told to read XML without defusedxml"
        raise RuntimeError(msg)
    try:
        _weigh(path)
        with ExitStack() as stack, warnings.catch_warnings():
            # Parts of a workbook that openpyxl does not read (pictures, validation) do not matter.
            warnings.simplefilter("ignore", UserWarning)
            # Opened here, because openpyxl goes by a file's name.
            file = stack.enter_context(path.open("rb"))
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
            stack.callback(book.close)
            yield book
    except InvalidInputError:
        raise
    except _FAULTS as error:
        raise InvalidInputError(
            phrase("This workbook is damaged, encrypted or built in a way we do not read."),
            field="path",
        ) from error


def _weigh(path: Path) -> None:
    """Raise InvalidInputError when what would come out of the ZIP is too much.

    zipfile gives out no more bytes of an entry than its header states, so a lying header is cut.
    """
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
    total = sum(entry.file_size for entry in entries)
    tight = any(
        entry.file_size > SMALL_ENTRY_BYTES
        and entry.file_size > MAX_ZIP_RATIO * max(entry.compress_size, 1)
        for entry in entries
    )
    strings = sum(e.file_size for e in entries if e.filename.lower().endswith("sharedstrings.xml"))
    if len(entries) > MOST_ENTRIES or total > MOST_BYTES or strings > MOST_STRINGS_BYTES or tight:
        raise InvalidInputError(
            phrase(
                "%(file)s is too large, or the package is; nothing was read.",
                file=path.name.lower(),
            ),
            field="path",
        )
