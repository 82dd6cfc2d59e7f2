"""What callers of open data may say, read strictly; a refusal names the field and never its value.

GET says it in the address. POST, the standard's twin for questions that should not stand in
anybody's log, may say it as a form or as JSON too.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

from flask import Request
from werkzeug.exceptions import BadRequest

from ccr.api.problems import ProblemError
from ccr.domain.open_questions import (
    MOST_METRES,
    LinkQuestion,
    OrganizationQuestion,
    Paging,
    ServiceQuestion,
    TermQuestion,
)

LONGEST_SEARCH = 300
LONGEST_NUMBER = 9
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_PAGING = ("page", "per_page", "format")
SERVICES = (
    "search", "taxonomy_term_id", "taxonomy_id", "organization_id", "modified_after", "full",
    "minimal", *_PAGING,
)  # fmt: skip
LINKS = (
    "search", "taxonomy_term_id", "taxonomy_id", "organization_id", "modified_after", "full",
    "postcode", "proximity", *_PAGING,
)  # fmt: skip
ORGANIZATIONS = (
    "search", "taxonomy_term_id", "taxonomy_id", "full", "full_service", *_PAGING
)  # fmt: skip
ORGANIZATION = ("full_service",)
TAXONOMIES = ("search", *_PAGING)
TERMS = ("search", "taxonomy_id", "parent_id", "top_only", *_PAGING)
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Asked:
    """What was said, each thing once, and nothing that has no meaning here."""

    said: Mapping[str, str]

    @property
    def as_stream(self) -> bool:
        """Return True for all rows as lines; raises ProblemError for an unknown format."""
        wanted = self.said.get("format", "json")
        if wanted not in {"json", "ndjson"}:
            raise ProblemError(400, "format: send json or ndjson.")
        return wanted == "ndjson"

    def paging(self) -> Paging:
        """Return the page wanted."""
        page = self._read("page", _count, "a whole number from 1")
        return Paging(page or 1, self._read("per_page", _count, "a whole number from 1"))

    def services(self) -> ServiceQuestion:
        """Return the question for services."""
        return ServiceQuestion(
            search=self._search(),
            taxonomy_term_id=self._id("taxonomy_term_id"),
            taxonomy_id=self._id("taxonomy_id"),
            organization_id=self._id("organization_id"),
            modified_after=self._moment("modified_after"),
            full=self.yes("full"),
            minimal=self.yes("minimal"),
        )

    def links(self) -> LinkQuestion:
        """Return the question for service-at-locations."""
        return LinkQuestion(
            search=self._search(),
            taxonomy_term_id=self._id("taxonomy_term_id"),
            taxonomy_id=self._id("taxonomy_id"),
            organization_id=self._id("organization_id"),
            modified_after=self._moment("modified_after"),
            full=self.yes("full"),
            postcode=self.said.get("postcode", ""),
            proximity=self._read("proximity", _metres, f"metres from 0 to {MOST_METRES}"),
        )

    def organizations(self) -> OrganizationQuestion:
        """Return the question for organizations."""
        return OrganizationQuestion(
            search=self._search(),
            taxonomy_term_id=self._id("taxonomy_term_id"),
            taxonomy_id=self._id("taxonomy_id"),
            full=self.yes("full"),
            full_service=self.yes("full_service"),
        )

    def terms(self) -> TermQuestion:
        """Return the question for taxonomy terms, or for taxonomies."""
        return TermQuestion(
            search=self._search(),
            taxonomy_id=self._id("taxonomy_id"),
            parent_id=self._id("parent_id"),
            top_only=self.yes("top_only"),
        )

    def yes(self, name: str) -> bool:
        """Return a yes or no; no where nothing was said."""
        return bool(self._read(name, _flag, "true or false"))

    def _search(self) -> str:
        words = self.said.get("search", "")
        if len(words) > LONGEST_SEARCH:
            raise ProblemError(400, f"search: send at most {LONGEST_SEARCH} characters.")
        return words

    def _id(self, name: str) -> UUID | None:
        return self._read(name, _uuid, "a UUID")

    def _moment(self, name: str) -> datetime | None:
        return self._read(name, _moment, "a date and time as ISO 8601 has it")

    def _read(self, name: str, read: Callable[[str], Value | None], meant: str) -> Value | None:
        said = self.said.get(name)
        if said is None:
            return None
        found = read(said)
        if found is None:
            raise ProblemError(400, f"{name}: send {meant}.")
        return found


def asked(request: Request, known: tuple[str, ...]) -> Asked:
    """Return what was said; raises ProblemError for a name that means nothing here."""
    pairs = list(request.args.items(multi=True))
    if request.method == "POST":
        pairs += request.form.items(multi=True)
        pairs += _of_json(request)
    said: dict[str, str] = {}
    for name, value in pairs:
        if name not in known:
            raise ProblemError(400, f"There are these parameters here: {', '.join(known)}.")
        if name in said:
            raise ProblemError(400, f"{name}: send it once.")
        if value.strip():
            said[name] = value.strip()
    return Asked(said)


def _of_json(request: Request) -> list[tuple[str, str]]:
    if not request.is_json:
        return []
    try:
        body = request.get_json()
    except (BadRequest, RecursionError):
        raise ProblemError(400, "The body is not JSON.") from None
    if not isinstance(body, dict):
        raise ProblemError(400, "Send the parameters as one object.")
    pairs = []
    for name, value in body.items():
        if isinstance(value, dict | list):
            raise ProblemError(400, "Send each parameter as a text, a number, true or false.")
        if value is not None:
            text = str(value).lower() if isinstance(value, bool) else str(value)
            pairs.append((str(name), text))
    return pairs


def _count(text: str) -> int | None:
    plain = text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
    return (int(text) or None) if plain else None


def _flag(text: str) -> bool | None:
    return {"true": True, "1": True, "false": False, "0": False}.get(text.lower())


def _uuid(text: str) -> UUID | None:
    return UUID(text) if _UUID.fullmatch(text) else None


def _metres(text: str) -> float | None:
    try:
        metres = float(text)
    except ValueError:
        return None
    return metres if math.isfinite(metres) and 0 <= metres <= MOST_METRES else None


def _moment(text: str) -> datetime | None:
    # A plus in an address is a space, unless whoever wrote it knew better.
    text = re.sub(r" (\d{2}:?\d{2})$", r"+\1", text) if "T" in text else text
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
