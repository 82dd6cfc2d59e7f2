"""Free-text search over the directory: FTS5 on SQLite, tsvector on PostgreSQL, one answer.

The set of services found is the same on both; the order may differ beyond relevance, ties by id
(design 6b). What a person types is cut into plain words first, so it is never a syntax error.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    column,
    func,
    literal_column,
    select,
    table,
    text,
)

from ccr.domain.search_text import search_words
from ccr.domain.taxonomy import Need, ServiceStatus
from ccr.storage.db import db
from ccr.storage.models.directory import MemberRow, ServiceNeedRow, ServiceRow, ServiceText

MOST_PER_PAGE = 100
Listings = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Listing:
    """A service as a list shows it. A hidden one shows no more than any other: no place at all."""

    id: UUID
    name: str
    member_id: UUID
    member: str
    status: ServiceStatus
    confidential: bool
    do_not_refer: bool
    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of listings. Pages count from 1; `total` is of all pages."""

    listings: tuple[Listing, ...]
    total: int
    page: int
    per_page: int

    @property
    def pages(self) -> int:
        """Return how many pages there are, at least 1."""
        return max(1, -(-self.total // self.per_page))


def search_services(network_id: UUID, words: str, *, page: int = 1, per_page: int = 20) -> Page:
    """Return a page of the services whose text has every word asked for, or begins with it.

    The best come first. A blank text means every service, by name; a text of signs alone finds
    none. Two statements on both engines.
    """
    if not words.strip():
        return list_services(network_id, page=page, per_page=per_page)
    wanted = search_words(words)
    if not wanted:
        return Page((), 0, 1, _within(per_page))
    statement = (
        _listing()
        .join(ServiceText, ServiceText.service_id == ServiceRow.id)
        .where(ServiceRow.network_id == network_id)
    )
    on_sqlite = db.session.get_bind().dialect.name == "sqlite"
    statement = (_on_sqlite if on_sqlite else _on_postgres)(statement, wanted)
    return _page(statement.order_by(ServiceRow.id), page, per_page)


def texts_with(network_id: UUID, words: Sequence[str]) -> list[int]:
    """Return the numbers of the texts that have every one of these words, or begin with it.

    Numbers and nothing else: what they are texts of is known where the directory is kept ready.
    One statement; the same set on both engines. Words are plain (ccr.domain.search_text).
    """
    if not words:
        return []
    statement: Any = (
        select(ServiceText.id).where(ServiceText.network_id == network_id).order_by(None)
    )
    on_sqlite = db.session.get_bind().dialect.name == "sqlite"
    if on_sqlite:
        query = " ".join(f'"{word}"*' for word in words)
        statement = statement.join(_INDEX, _INDEX.c.rowid == ServiceText.id).where(
            text("service_text_index MATCH :query").bindparams(query=query)
        )
    else:
        simple: ColumnElement[str] = literal_column("'simple'")
        asked = func.to_tsquery(simple, " & ".join(f"'{word}':*" for word in words))
        statement = statement.where(func.to_tsvector(simple, ServiceText.body).op("@@")(asked))
    return list(db.session.scalars(statement))


def text_numbers(network_id: UUID) -> dict[UUID, int]:
    """Return the number of each service's text."""
    rows = db.session.execute(
        select(ServiceText.service_id, ServiceText.id).where(ServiceText.network_id == network_id)
    )
    return {row.service_id: row.id for row in rows}


def all_texts(network_id: UUID) -> list[str]:
    """Return every text of a network, for the words that listings use."""
    return list(
        db.session.scalars(select(ServiceText.body).where(ServiceText.network_id == network_id))
    )


def list_services(
    network_id: UUID, *, member_id: UUID | None = None, page: int = 1, per_page: int = 20
) -> Page:
    """Return a page of services by name: the network's, or one member's. Two statements."""
    statement = (
        _listing()
        .where(ServiceRow.network_id == network_id)
        .order_by(func.lower(ServiceRow.name), ServiceRow.id)
    )
    if member_id is not None:
        statement = statement.where(ServiceRow.member_id == member_id)
    return _page(statement, page, per_page)


def forget_removed_words() -> None:
    """Take words that no text holds any more out of the index itself.

    FTS5 marks removed words and drops them at some later merge; the words of a place that has
    become hidden must not wait for that. PostgreSQL drops them with the dead rows, at vacuum.
    """
    if db.session.get_bind().dialect.name == "sqlite":
        db.session.execute(
            text("INSERT INTO service_text_index(service_text_index) VALUES ('optimize')")
        )


def _listing() -> Listings:
    active = case((and_(ServiceRow.status == "active", MemberRow.active), 0), else_=1)
    statement: Listings = (
        select(
            ServiceRow.id,
            ServiceRow.name,
            ServiceRow.member_id,
            MemberRow.name.label("member"),
            ServiceRow.status,
            ServiceRow.confidential,
            ServiceRow.do_not_refer,
            func.count().over().label("total"),
        )
        .join(MemberRow, MemberRow.id == ServiceRow.member_id)
        .order_by(active)
    )
    return statement


_INDEX = table("service_text_index", column("rowid"), column("rank"))


def _on_sqlite(statement: Listings, words: Iterable[str]) -> Listings:
    query = " ".join(f'"{word}"*' for word in words)
    return (
        statement.join(_INDEX, _INDEX.c.rowid == ServiceText.id)
        .where(text("service_text_index MATCH :query").bindparams(query=query))
        .order_by(_INDEX.c.rank)
    )


def _on_postgres(statement: Listings, words: Iterable[str]) -> Listings:
    # The constant stands in the statement: an index on to_tsvector('simple', body) is only used
    # when the planner sees that it is the same configuration.
    simple: ColumnElement[str] = literal_column("'simple'")
    vector = func.to_tsvector(simple, ServiceText.body)
    query = func.to_tsquery(simple, " & ".join(f"'{word}':*" for word in words))
    # Ranked by the name alone: the whole text would be parsed again for every match (measured:
    # 3 s for a word that 10,000 services have).
    in_name = func.ts_rank(func.to_tsvector(simple, ServiceRow.name), query)
    return statement.where(vector.op("@@")(query)).order_by(in_name.desc())


def _page(statement: Listings, page: int, per_page: int) -> Page:
    per_page, page = _within(per_page), max(page, 1)
    rows = db.session.execute(statement.limit(per_page).offset((page - 1) * per_page)).all()
    if not rows:
        total = db.session.scalar(
            select(func.count()).select_from(statement.order_by(None).subquery())
        )
        return Page((), int(total or 0), page, per_page)
    needs = _needs([row.id for row in rows])
    listings = tuple(
        Listing(
            id=row.id,
            name=row.name,
            member_id=row.member_id,
            member=row.member,
            status=ServiceStatus(row.status),
            confidential=row.confidential,
            do_not_refer=row.do_not_refer,
            needs=needs[row.id],
        )
        for row in rows
    )
    return Page(listings, int(rows[0].total), page, per_page)


def _within(per_page: int) -> int:
    return min(max(per_page, 1), MOST_PER_PAGE)


def _needs(ids: list[UUID]) -> dict[UUID, tuple[Need, ...]]:
    found: dict[UUID, set[str]] = defaultdict(set)
    for row in db.session.execute(
        select(ServiceNeedRow.service_id, ServiceNeedRow.need).where(
            ServiceNeedRow.service_id.in_(ids)
        )
    ):
        found[row.service_id].add(row.need)
    return {key: tuple(need for need in Need if need.value in found[key]) for key in ids}
