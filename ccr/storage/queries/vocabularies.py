"""Terms of the vocabularies that a network keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import insert, select, update

from ccr.storage.db import db
from ccr.storage.models.finding import TaxonomyTermRow


@dataclass(frozen=True, slots=True)
class KeptTerm:
    """A term as it is kept."""

    code: str
    name: str
    parent_code: str | None
    description: str


def keep_terms(
    network_id: UUID, taxonomy: str, terms: Mapping[str, KeptTerm], *, at: datetime
) -> tuple[int, int]:
    """Add and change terms of a vocabulary by code; return how many of each. Ids stay."""
    held = {
        row.code: (row.id, KeptTerm(row.code, row.name, row.parent_code, row.description))
        for row in db.session.execute(
            select(TaxonomyTermRow.__table__).where(
                TaxonomyTermRow.network_id == network_id, TaxonomyTermRow.taxonomy == taxonomy
            )
        )
    }
    new = [term for code, term in terms.items() if code not in held]
    changed = [term for code, term in terms.items() if code in held and held[code][1] != term]
    if new:
        rows = [{"id": uuid4(), **_values(term), **_of(network_id, taxonomy, at)} for term in new]
        db.session.execute(insert(TaxonomyTermRow), rows)
    for term in changed:
        db.session.execute(
            update(TaxonomyTermRow)
            .where(TaxonomyTermRow.id == held[term.code][0])
            .values(**_values(term), updated_at=at)
            .execution_options(synchronize_session=False)
        )
    return len(new), len(changed)


def _values(term: KeptTerm) -> dict[str, str | None]:
    return {
        "code": term.code,
        "name": term.name,
        "parent_code": term.parent_code,
        "description": term.description,
    }


def _of(network_id: UUID, taxonomy: str, at: datetime) -> dict[str, object]:
    return {"network_id": network_id, "taxonomy": taxonomy, "updated_at": at}
