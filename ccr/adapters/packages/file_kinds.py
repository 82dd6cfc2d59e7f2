"""What a file really is, told by its first bytes: names lie, and a person wants to hear which.

A PDF or web page named .csv, a spreadsheet named .csv, a CSV named .xlsx, a file with a password.
"""

from __future__ import annotations

import re
import zipfile
from enum import StrEnum
from pathlib import Path

from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import Phrase, phrase

_HEAD_BYTES = 2048
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Old Office files, and new ones behind a password, both begin so (MS-CFB 2.2)."""
_HTML = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html|head|body|table|script)\b",
    re.IGNORECASE | re.DOTALL,
)
_XML = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<\?xml\b", re.IGNORECASE)
_PICTURE = phrase("This is a picture: ask for the list as CSV or XLSX.")
_ARCHIVE = phrase("This archive is not a ZIP: unpack it first.")
_MARKS: tuple[tuple[bytes, Phrase], ...] = (
    (
        _OLE,
        phrase(
            "This workbook is protected by a password, or is an old Excel file (.xls): save it "
            "as .xlsx without a password, or as CSV."
        ),
    ),
    (b"7z\xbc\xaf\x27\x1c", _ARCHIVE),
    (b"Rar!", _ARCHIVE),
    (b"\x1f\x8b", _ARCHIVE),
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
)


class FileKind(StrEnum):
    """The kinds of file that are read."""

    TEXT = "text"
    SPREADSHEET = "xlsx"
    ZIP = "zip"


def kind_of_file(path: Path) -> FileKind:
    """Return what the file is, whatever its name says.

    Raises:
        InvalidInputError: empty, or of a kind that is not read; the sentence says which.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    refuse_by_head(head)
    if zipfile.is_zipfile(path) and head.startswith(b"PK"):
        return FileKind.SPREADSHEET if _is_spreadsheet(path) else FileKind.ZIP
    if head.startswith(b"PK\x03\x04"):
        raise _refused(phrase("This ZIP is damaged, encrypted or packed in a way we cannot read."))
    return FileKind.TEXT


def refuse_by_head(head: bytes) -> None:
    """Raise InvalidInputError for content that is no table, by its first bytes."""
    if sentence := _sentence(head):
        raise _refused(sentence)


def _sentence(head: bytes) -> Phrase | None:
    if not head.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        return phrase("This file is empty.")
    if b"%PDF-" in head[:1024]:
        return phrase("This is a PDF, whatever its name says: ask for the list as CSV or XLSX.")
    if _HTML.match(head):
        return phrase(
            "This is a web page, not a table: the download may have failed or asked to sign in."
        )
    if _XML.match(head):
        return phrase("This is an XML file: save the list as CSV or XLSX.")
    return next((said for mark, said in _MARKS if head.startswith(mark)), None)


def _is_spreadsheet(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _refused(
            phrase("This ZIP is damaged, encrypted or packed in a way we cannot read.")
        ) from error
    if any(name.startswith("word/") for name in names):
        raise _refused(phrase("This is a document, not a table: save the list as CSV or XLSX."))
    if "mimetype" in names and "content.xml" in names:
        raise _refused(phrase("This is an OpenDocument file: save it as XLSX or CSV first."))
    return any(name.startswith("xl/") for name in names)


def _refused(sentence: Phrase) -> InvalidInputError:
    return InvalidInputError(sentence, field="path")
