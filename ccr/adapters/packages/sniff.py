"""What a package holds: its files, their encoding and delimiter; and what is refused unread.

A package is a folder, a ZIP or one file. Nothing is ever unpacked to disk and no path inside a
package is followed, so it cannot write or read outside itself.
Sources: standards.md B (encodings seen in real exports); the size caps are our choice.
"""

from __future__ import annotations

import codecs
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ccr.adapters.packages.file_kinds import refuse_by_head
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase

DATA_SUFFIXES = frozenset({".csv", ".tsv", ".json", ".ndjson", ".jsonl"})
IGNORED_NAMES = frozenset({"datapackage.json"})
MAX_FILES = 200
MAX_FILE_BYTES = 512 * 1024 * 1024
MAX_PACKAGE_BYTES = 1024 * 1024 * 1024
MAX_ZIP_RATIO = 200
SMALL_ENTRY_BYTES = 1024 * 1024
"""Below this an entry may be packed as tightly as it likes: CSV of one repeated row is legal."""
DELIMITERS = ",;\t|"
_TRIED_FOR_NULS = 4096
_ZIP_FAULTS = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class PackageFile:
    """One file of a package: its bare name in lower case, and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class DecodedText:
    """The text of a file, how it was encoded, and how many bytes had to be read as cp1252."""

    text: str
    encoding: str
    repaired: int = 0


def open_package(path: Path) -> tuple[PackageFile, ...]:
    """Return the data files of a folder, a ZIP or a single file, sorted by name.

    Raises:
        InvalidInputError: nothing there, nothing readable in it, too large, or unsafe.
    """
    if path.is_dir():
        files = tuple(_from_folder(path))
    elif not path.is_file():
        raise InvalidInputError(phrase("There is no package at this path."), field="path")
    elif zipfile.is_zipfile(path):
        files = tuple(_from_zip(path))
    elif path.suffix.lower() in DATA_SUFFIXES:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise too_large(path.name)
        files = (PackageFile(path.name.lower(), path.read_bytes()),)
    else:
        raise InvalidInputError(
            phrase("This is not a folder, a ZIP, a CSV or a JSON file."), field="path"
        )
    if not files:
        raise InvalidInputError(
            phrase("There is no CSV or JSON file in this package."), field="path"
        )
    return tuple(sorted(files, key=lambda f: f.name))


def _from_folder(folder: Path) -> Iterator[PackageFile]:
    left = MAX_PACKAGE_BYTES
    count = 0
    for path in sorted(folder.iterdir()):
        if not _wanted(path.name):
            continue
        if path.is_symlink() or not path.is_file():
            # A link could point anywhere on this machine.
            continue
        count += 1
        size = path.stat().st_size
        left -= size
        if size > MAX_FILE_BYTES or left < 0 or count > MAX_FILES:
            raise too_large(path.name)
        yield PackageFile(path.name.lower(), path.read_bytes())


def _from_zip(path: Path) -> Iterator[PackageFile]:
    seen: set[str] = set()
    left = MAX_PACKAGE_BYTES
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            for entry in entries:
                _refuse_unsafe(entry)
            if any(entry.filename.startswith(("xl/", "word/")) for entry in entries):
                raise InvalidInputError(
                    phrase("This is a spreadsheet or document: save its sheets as CSV first."),
                    field="path",
                )
            wanted = [entry for entry in entries if _wanted_entry(entry)]
            if len(wanted) > MAX_FILES:
                raise too_large(path.name)
            for entry in wanted:
                name = PurePosixPath(entry.filename).name.lower()
                if name in seen:
                    raise InvalidInputError(
                        phrase("Two files in this ZIP are named %(file)s.", file=name),
                        field="path",
                    )
                seen.add(name)
                content = _read_entry(archive, entry, min(left, MAX_FILE_BYTES))
                left -= len(content)
                yield PackageFile(name, content)
    except _ZIP_FAULTS as error:
        raise InvalidInputError(
            phrase("This ZIP is damaged, encrypted or packed in a way we cannot read."),
            field="path",
        ) from error


def _wanted(name: str) -> bool:
    lowered = name.lower()
    return (
        Path(lowered).suffix in DATA_SUFFIXES
        and lowered not in IGNORED_NAMES
        and not lowered.startswith((".", "~"))
    )


def _wanted_entry(entry: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(entry.filename).parts
    return _wanted(parts[-1]) and "__MACOSX" not in parts


def _refuse_unsafe(entry: zipfile.ZipInfo) -> None:
    """Raise InvalidInputError for a name that leaves the ZIP, a link, or a bomb's promise."""
    name = entry.filename.replace("\\", "/")
    path = PurePosixPath(name)
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    if path.is_absolute() or ".." in path.parts or (len(name) > 1 and name[1] == ":") or is_link:
        raise InvalidInputError(
            phrase("This ZIP names files outside itself; nothing was read."), field="path"
        )
    if entry.file_size > MAX_FILE_BYTES or (
        entry.file_size > SMALL_ENTRY_BYTES
        and entry.file_size > MAX_ZIP_RATIO * max(entry.compress_size, 1)
    ):
        raise too_large(path.name)


def _read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int) -> bytes:
    """Return the entry's bytes, counting what really comes out: a header may lie about size."""
    with archive.open(entry) as stream:
        content = stream.read(limit + 1)
    if len(content) > limit:
        raise too_large(PurePosixPath(entry.filename).name)
    return content


def too_large(name: str) -> InvalidInputError:
    """Return the refusal of a file by its size."""
    return InvalidInputError(
        phrase("%(file)s is too large, or the package is; nothing was read.", file=name.lower()),
        field="path",
    )


def decode(content: bytes, name: str) -> DecodedText:
    """Return the text of a file: byte-order mark, UTF-16, UTF-8, and stray cp1252 bytes in UTF-8.

    Raises:
        InvalidInputError: not text (the sentence says what it is), or cut off inside a character.
    """
    if content.strip():
        refuse_by_head(content[:2048])
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if content.startswith(mark):
            return _decoded(content[len(mark) :], encoding, name)
    return _decoded(content, _unmarked_utf16(content) or "utf-8", name)


def _decoded(content: bytes, encoding: str, name: str) -> DecodedText:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        cut_off = error.reason.startswith(("unexpected end", "truncated"))
        if encoding != "utf-8" or cut_off:
            raise InvalidInputError(
                phrase("%(file)s is cut off, or is not a text file.", file=name), field="path"
            ) from error
        text, repaired = _with_cp1252(content, name)
        return DecodedText(text, "cp1252", repaired)
    _refuse_binary(text, name)
    return DecodedText(text, encoding)


def _with_cp1252(content: bytes, name: str) -> tuple[str, int]:
    """Return the text with every byte that is not UTF-8 read as cp1252, and how many there were.

    Real exports mix both in one file, so the file is not read as one or the other.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    text = decoder.decode(content, final=True)
    table: dict[int, str] = {}
    for byte in range(0x80, 0x100):
        # Five bytes mean nothing in cp1252; they become the replacement character.
        table[0xDC00 + byte] = bytes([byte]).decode("cp1252", "replace")
    repaired = sum(1 for char in text if "\udc80" <= char <= "\udcff")
    text = text.translate(table)
    _refuse_binary(text, name)
    return text, repaired


def _unmarked_utf16(content: bytes) -> str | None:
    """Return "utf-16-le" or "utf-16-be" for text whose every other byte is NUL, else None."""
    head = content[:_TRIED_FOR_NULS]
    if len(head) < 4 or b"\0" not in head:  # noqa: PLR2004 -- two characters at least
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 0.4 * len(head[1::2]) and not even:
        return "utf-16-le"
    if even > 0.4 * len(head[0::2]) and not odd:
        return "utf-16-be"
    return None


def _refuse_binary(text: str, name: str) -> None:
    head = text[:_TRIED_FOR_NULS]
    strange = sum(1 for char in head if char < " " and char not in "\t\r\n\f\v\x1a")
    if strange > max(2, len(head) // 50):
        raise InvalidInputError(
            phrase("%(file)s is cut off, or is not a text file.", file=name), field="path"
        )


def sniff_delimiter(text: str) -> str:
    """Return the delimiter of a table: whichever stands most often outside quotes in its header."""
    counts = dict.fromkeys(DELIMITERS, 0)
    quoted = False
    for char in text[:65_536]:
        if char == '"':
            quoted = not quoted
        elif char in "\r\n" and not quoted and any(counts.values()):
            break
        elif not quoted and char in counts:
            counts[char] += 1
    best = max(DELIMITERS, key=lambda d: counts[d])
    return best if counts[best] else ","
