"""What hangs on services of an import, as rows: needs, areas, languages, terms, links, phones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID, uuid4

from ccr.storage.models.directory import (
    CapacityRow,
    PhoneRow,
    ServiceAreaRow,
    ServiceAtLocationRow,
    ServiceLanguageRow,
    ServiceNeedRow,
    ServiceTermRow,
)
from ccr.storage.queries.bulk_rows import BulkRows
from ccr.storage.queries.import_rows import ImportPlan, PhoneKey, Values

HANGING_TABLES = tuple(
    model.__table__
    for model in (
        ServiceNeedRow,
        ServiceAreaRow,
        ServiceLanguageRow,
        ServiceTermRow,
        ServiceAtLocationRow,
        PhoneRow,
        CapacityRow,
    )
)
"""What hangs on services, in the order written."""


def add_hanging(rows: BulkRows, plan: ImportPlan, network_id: UUID, source: str) -> None:
    """Make needs, areas, languages, terms, links, phones and room of a plan's services ready."""
    both = [*plan.new_services, *plan.changed_services]
    many = rows.add
    many(
        ServiceNeedRow.__table__,
        ({"service_id": w.id, "need": need} for w in plan.new_services for need in w.needs),
    )
    many(
        ServiceAreaRow.__table__,
        (
            {
                "id": uuid4(),
                "service_id": w.id,
                "confidential": w.values["confidential"],
                "extent": extent,
                "code": code,
            }
            for w in both
            for extent, code in w.areas
        ),
    )
    many(
        ServiceLanguageRow.__table__,
        (
            {"service_id": w.id, "code": code, "mode": mode}
            for w in both
            for code, mode in w.languages
        ),
    )
    many(
        ServiceTermRow.__table__,
        (
            {
                "id": uuid4(),
                "service_id": w.id,
                "taxonomy": taxonomy,
                "code": code,
                "name": name,
            }
            for w in both
            for taxonomy, code, name in w.terms
        ),
    )
    many(
        ServiceAtLocationRow.__table__,
        (
            {
                "id": uuid4(),
                "network_id": network_id,
                "service_id": w.id,
                "location_id": site,
                "confidential": False,
            }
            for w in both
            for site in w.sites
        ),
    )
    many(
        PhoneRow.__table__,
        _phone_rows(
            network_id, source, [*(("service_id", w.id, w.phones) for w in both), *plan.phones]
        ),
    )
    rooms = [w for w in both if w.capacity is not None]
    many(
        CapacityRow.__table__,
        (
            {
                "service_id": w.id,
                "status": w.capacity[0],
                "available": w.capacity[1],
                "unit": w.capacity[2],
                "updated_at": w.capacity[3],
                "updated_by": f"import: {source}",
            }
            for w in rooms
            if w.capacity is not None
        ),
    )


def _phone_rows(
    network_id: UUID, source: str, owners: Iterable[tuple[str, UUID, tuple[PhoneKey, ...]]]
) -> Iterator[Values]:
    nobody = {"service_id": None, "location_id": None, "member_id": None}
    for column, owner, phones in owners:
        for source_id, number, extension, kind, description, private, position in phones:
            yield {
                "id": uuid4(),
                "network_id": network_id,
                **nobody,
                column: owner,
                "number": number,
                "extension": extension,
                "type": kind,
                "description": description,
                "is_private": private,
                "position": position,
                "source": source,
                "source_id": source_id,
            }
