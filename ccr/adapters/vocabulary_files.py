"""Reading a vocabulary from where the user has it: Open Eligibility's XML, or a simple CSV.

What lives here: files and their limits. What must not: keeping terms. Entities and document types
of XML are refused, a byte too many too. Source: taxonomy.xml of Open Eligibility 2.0 (elements
top_level to fourth_level with id and title; situations in groups; the id 1206 stands twice).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase

MOST_BYTES = 5_000_000
MOST_TERMS = 20_000
LONGEST = {"code": 100, "name": 300, "description": 2000}
DEEPEST = 20

UNREADABLE = phrase("This is no vocabulary that can be read: Open Eligibility's XML, or a CSV.")


@dataclass(frozen=True, slots=True)
class ReadTerm:
    """A term of a file. `parent` is the code of the term above it, or None."""

    code: str
    name: str
    parent: str | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class ReadVocabulary:
    """A vocabulary as read.

    Attributes:
        name: its own name, or the file's.
        doubled: codes that stood more than once under another name; the first one is kept.
    """

    name: str
    terms: tuple[ReadTerm, ...]
    doubled: tuple[str, ...]


def read_vocabulary(path: Path) -> ReadVocabulary:
    """Return the vocabulary in a file.

    Raises:
        InvalidInputError: it cannot be read, is too large, or its parents run in a circle.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InvalidInputError(phrase("A vocabulary has at most 5 MB."), field="file")
        body = path.read_bytes()
    except OSError:
        raise InvalidInputError(phrase("The file cannot be opened."), field="file") from None
    if body.lstrip()[:1] == b"<":
        name, found = _of_xml(body)
    else:
        name, found = path.stem, list(_of_csv(body))
    terms: dict[str, ReadTerm] = {}
    doubled = []
    for term in found:
        if term.code in terms:
            doubled.append(term.code)
        else:
            terms[term.code] = term
    if not terms:
        raise InvalidInputError(UNREADABLE, field="file")
    if len(terms) > MOST_TERMS:
        raise InvalidInputError(
            phrase("A vocabulary has at most %(most)s terms.", most=MOST_TERMS), field="file"
        )
    _check_parents(terms)
    return ReadVocabulary(name, tuple(terms.values()), tuple(doubled))


def _of_xml(body: bytes) -> tuple[str, list[ReadTerm]]:
    # The file says that it is XML 2.0, which does not exist; no parser takes it so.
    body = body.replace(b'<?xml version="2.0"', b'<?xml version="1.0"', 1)
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise InvalidInputError(UNREADABLE, field="file") from None
    version = (root.findtext("version") or "").strip()
    words = {
        str(each.get("id")): " ".join((each.text or "").split())
        for each in root.iter("category")
        if each.get("id")
    }
    found = [
        ReadTerm(term.code, term.name, term.parent, words.get(term.code, "")[:2000])
        for term in _below(root, None, 0)
    ]
    return f"Open Eligibility {version}".strip(), found


def _below(
    element: Any,  # noqa: ANN401 -- of a parser without types
    parent: str | None,
    depth: int,
) -> Iterator[ReadTerm]:
    if depth > DEEPEST:
        raise InvalidInputError(UNREADABLE, field="file")
    for child in element:
        code, title = child.get("id"), child.get("title")
        if child.tag == "category":
            continue
        if code and title:
            yield _term(code, title, parent, "")
        yield from _below(child, code.strip() if code and title else parent, depth + 1)


def _of_csv(body: bytes) -> Iterator[ReadTerm]:
    try:
        text = body.decode("utf-8-sig")
        rows = csv.DictReader(io.StringIO(text, newline=""))
        columns = {(name or "").strip().lower(): name for name in rows.fieldnames or ()}
        if not {"code", "name"} <= columns.keys():
            raise InvalidInputError(
                phrase("The CSV needs the columns code and name; parent may be there."),
                field="file",
            )
        above = columns.get("parent") or columns.get("parent_code")
        for row in rows:
            code, name = row[columns["code"]] or "", row[columns["name"]] or ""
            if code.strip() and name.strip():
                parent = (row[above] or "").strip() if above else ""
                about = row[columns["description"]] or "" if "description" in columns else ""
                yield _term(code, name, parent or None, about)
    except (UnicodeDecodeError, csv.Error):
        raise InvalidInputError(UNREADABLE, field="file") from None


def _term(code: str, name: str, parent: str | None, description: str) -> ReadTerm:
    values = {"code": code, "name": name, "description": description}
    cleaned = {key: " ".join(text.split()) for key, text in values.items()}
    for key, text in cleaned.items():
        if len(text) > LONGEST[key] or "\x00" in text:
            raise InvalidInputError(
                phrase("A term is too long, or holds what is no text."), field="file"
            )
    return ReadTerm(cleaned["code"], cleaned["name"], parent, cleaned["description"])


def _check_parents(terms: dict[str, ReadTerm]) -> None:
    """Refuse circles; a parent that is not in the file is no parent here, and stays as it came."""
    for term in terms.values():
        seen, here = {term.code}, term.parent
        while here in terms:
            if here in seen:
                raise InvalidInputError(
                    phrase("Terms of this vocabulary are above each other in a circle."),
                    field="file",
                )
            seen.add(here)
            here = terms[here].parent
