"""Files that are no directory, though they say so; each with the sentence a coordinator is told."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from openpyxl import Workbook

HEADER = "Agency,Program,Phone\n"
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)
SHEET = "xl/worksheets/sheet1.xml"


def workbook_bytes(*rows: list[object]) -> bytes:
    """Return a small XLSX file."""
    book = Workbook()
    for row in rows or (["Agency", "Program"], ["A", "Food pantry"]):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def zipped(**entries: bytes) -> bytes:
    """Return a ZIP of these entries; "__" stands for a slash and "_csv" for ".csv"."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("_csv", ".csv").replace("_zip", ".zip"), content)
    return out.getvalue()


def changed_workbook(name: str, content: bytes) -> bytes:
    """Return a workbook with one part of it replaced or added."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook_bytes())) as sound,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in sound.namelist():
            if entry != name:
                target.writestr(entry, sound.read(entry))
        target.writestr(name, content)
    return out.getvalue()


def _laughing_sheet() -> bytes:
    return (
        LAUGHS + '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&i;</t></is></c></row></sheetData>'
        "</worksheet>"
    ).encode()


def bad_files(folder: Path) -> Iterator[tuple[Path, str]]:
    """Write each bad file; yield it and what must be said of it."""
    services = b"id,organization_id,name\n" + b"1,1,x\n" * 700_000
    many = {f"t{n}_csv": b"id\n" for n in range(300)}
    book = workbook_bytes()
    files: dict[str, tuple[bytes, str]] = {
        "empty.csv": (b"", "is empty"),
        "blank.csv": (b" \r\n\r\n\0\0", "is empty"),
        "header only.csv": (HEADER.encode(), "a header and no rows"),
        "no header.csv": (b"Alder,Food pantry,518-555-0100\nB,C,518-555-0101\n", "looks like data"),
        "a pdf.csv": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "This is a PDF"),
        "a page.csv": (b"<!DOCTYPE html><html><body>Sign in</body></html>", "is a web page"),
        "a page.xlsx": (b"\n <html><table><tr><td>1</td></tr></table></html>", "is a web page"),
        "xml.csv": (b'<?xml version="1.0"?><a/>', "is an XML file"),
        "a picture.csv": (b"\x89PNG\r\n\x1a\n" + b"\0" * 20, "is a picture"),
        "packed.csv": (b"\x1f\x8b\x08" + b"\0" * 20, "is not a ZIP"),
        "locked.xlsx": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "by a password"),
        "a letter.docx": (zipped(**{"word/document.xml": b"<a/>"}), "is a document"),
        "cut.xlsx": (book[: len(book) // 2], "damaged"),
        "spoilt.xlsx": (changed_workbook(SHEET, b"<worksheet><sheetData><row"), "damaged"),
        "laughs.xlsx": (changed_workbook(SHEET, _laughing_sheet()), "damaged"),
        "laughing styles.xlsx": (
            changed_workbook("xl/styles.xml", (LAUGHS + "<styleSheet>&i;</styleSheet>").encode()),
            "damaged",
        ),
        "bomb.xlsx": (changed_workbook(SHEET, b"<a>" + b" " * 3_000_000), "too large"),
        "crowd.xlsx": (
            zipped(**{"xl/workbook.xml": b"<a/>"}, **{f"xl/{n}": b"" for n in range(2100)}),
            "too large",
        ),
        "bomb.zip": (zipped(services_csv=services), "too large"),
        "nest.zip": (zipped(inner_zip=zipped(services_csv=b"id\n1\n")), "no CSV or JSON"),
        "crowd.zip": (zipped(**many), "too large"),
        "cut.zip": (zipped(services_csv=b"id,name\n" + b"1,x\n" * 50)[:60], "damaged"),
        "noise.csv": (b"Agency,Program\n" + bytes(range(1, 32)) * 40, "not a text file"),
        "half a letter.csv": ((HEADER + "A,Caf\u00e9").encode()[:-1], "cut off"),
        "open quote.csv": ((HEADER + 'A,"Food pantry,1\nB,C,2\n').encode(), "a quote is missing"),
        "wide.csv": ((",".join(f"c{n}" for n in range(1100)) + "\n1\n").encode(), "columns"),
        "cut.json": (b'[{"id": "s1", "name": ', "not readable JSON"),
        "data.json": (b"<html>", "is a web page"),
    }
    for name, (content, said) in files.items():
        path = folder / name
        path.write_bytes(content)
        yield path, said
