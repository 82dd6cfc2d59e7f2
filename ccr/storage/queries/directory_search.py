"""Which texts of the directory have which words: FTS5 on SQLite, tsvector on PostgreSQL.

The set is the same on both. What a person types is cut into plain words first, so it is never a
syntax error. What else is asked, and the order, is not decided here (ccr.engine.listing_index).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    column,
    func,
    literal_column,
    select,
    table,
    text,
)

from ccr.storage.db import db
from ccr.storage.models.directory import ServiceText

_INDEX = table("service_text_index", column("rowid"))


def texts_with(network_id: UUID, words: Sequence[str]) -> list[int]:
    """Return the numbers of the texts that have every one of these words, or begin with it.

    Numbers and nothing else: what they are texts of is known where the directory is kept ready, and
    numbers that are not known there count for nothing. One statement; of the network's texts the
    same on both engines. Words are plain (ccr.domain.search_text).
    """
    if not words:
        return []
    statement: Any
    if db.session.get_bind().dialect.name == "sqlite":
        # The index alone: reading each text for its network takes as long as finding it. Numbers
        # of other networks' texts may be among these; nobody knows what they are of.
        statement = select(_INDEX.c.rowid).where(
            text("service_text_index MATCH :query").bindparams(
                query=" ".join(f'"{word}"*' for word in words)
            )
        )
    else:
        simple: ColumnElement[str] = literal_column("'simple'")
        asked = func.to_tsquery(simple, " & ".join(f"'{word}':*" for word in words))
        statement = select(ServiceText.id).where(
            ServiceText.network_id == network_id,
            func.to_tsvector(simple, ServiceText.body).op("@@")(asked),
        )
    return [row[0] for row in db.session.execute(statement)]


def text_numbers(network_id: UUID, services: Collection[UUID] | None = None) -> dict[UUID, int]:
    """Return the number of each service's text; of these services alone, some hundreds at most."""
    wanted = select(ServiceText.service_id, ServiceText.id).where(
        ServiceText.network_id == network_id
    )
    if services is not None:
        wanted = wanted.where(ServiceText.service_id.in_(services))
    return {row.service_id: row.id for row in db.session.execute(wanted)}


def all_texts(network_id: UUID) -> list[str]:
    """Return every text of a network, for the words that listings use."""
    return list(
        db.session.scalars(select(ServiceText.body).where(ServiceText.network_id == network_id))
    )


def forget_removed_words() -> None:
    """Take words that no text holds any more out of the index itself.

    FTS5 marks removed words and drops them at some later merge; the words of a place that has
    become hidden must not wait for that. PostgreSQL drops them with the dead rows, at vacuum.
    """
    if db.session.get_bind().dialect.name == "sqlite":
        db.session.execute(
            text("INSERT INTO service_text_index(service_text_index) VALUES ('optimize')")
        )
