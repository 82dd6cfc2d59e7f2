"""What may be asked of open data, and the page that answers it.

What lives here: the questions as values, and their limits. What must not: HTTP. Source: HSDS 3.2.3
(parameters and the page envelope).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

MOST_PER_PAGE = 500
MOST_FULL_PER_PAGE = 100
MOST_MINIMAL_PER_PAGE = 10_000
"""`minimal` asks for all services on one page, to keep a copy in step with."""
USUAL_PER_PAGE = 50
MOST_METRES = 1_000_000


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page: pages count from 1; `per_page` None for the usual size."""

    page: int = 1
    per_page: int | None = None


@dataclass(frozen=True, slots=True)
class ServiceQuestion:
    """A question for services; everything said must hold."""

    search: str = field(default="", repr=False)
    taxonomy_term_id: UUID | None = None
    taxonomy_id: UUID | None = None
    organization_id: UUID | None = None
    modified_after: datetime | None = None
    full: bool = False
    minimal: bool = False

    @property
    def most(self) -> int:
        """Return the largest page."""
        if self.minimal:
            return MOST_MINIMAL_PER_PAGE
        return MOST_FULL_PER_PAGE if self.full else MOST_PER_PAGE


@dataclass(frozen=True, slots=True)
class LinkQuestion(ServiceQuestion):
    """A question for service-at-locations: with a ZIP, and metres around its middle."""

    postcode: str = field(default="", repr=False)
    proximity: float | None = None


@dataclass(frozen=True, slots=True)
class OrganizationQuestion:
    """A question for organizations."""

    search: str = field(default="", repr=False)
    taxonomy_term_id: UUID | None = None
    taxonomy_id: UUID | None = None
    full: bool = False
    full_service: bool = False

    @property
    def most(self) -> int:
        """Return the largest page."""
        return MOST_FULL_PER_PAGE if self.full or self.full_service else MOST_PER_PAGE


@dataclass(frozen=True, slots=True)
class TermQuestion:
    """A question for taxonomy terms, or for taxonomies, which only `search` narrows."""

    search: str = field(default="", repr=False)
    taxonomy_id: UUID | None = None
    parent_id: UUID | None = None
    top_only: bool = False

    @property
    def most(self) -> int:
        """Return the largest page."""
        return MOST_PER_PAGE


@dataclass(frozen=True, slots=True)
class OpenPage:
    """One page of objects. `total` is of all pages; `per_page` is what was asked for, at most."""

    contents: list[dict[str, Any]]
    total: int
    page: int
    per_page: int

    def envelope(self) -> dict[str, Any]:
        """Return the page as HSDS wraps it."""
        pages = max(1, -(-self.total // self.per_page))
        return {
            "total_items": self.total,
            "total_pages": pages,
            "page_number": self.page,
            "size": len(self.contents),
            "first_page": self.page == 1,
            "last_page": self.page >= pages,
            "empty": not self.contents,
            "contents": self.contents,
        }
