"""The table of an uploaded file in words: what was found out, and what its columns may mean."""

from __future__ import annotations

from typing import Any

from ccr.domain.column_fields import TARGETS, FieldGroup, RowKind, column_key
from ccr.domain.phrases import phrase
from ccr.services.import_columns import Columns
from ccr.web.language import translated

LONGEST_SAMPLE = 60
DELIMITERS = {
    ",": phrase("comma"),
    ";": phrase("semicolon"),
    "\t": phrase("tab"),
    "|": phrase("bar"),
}


def columns_page(columns: Columns) -> dict[str, Any]:
    """Return the variables of the mapping page."""
    mapping, facts = columns.mapping, columns.facts
    return {
        "facts_rows": _facts(facts),
        "sheets": list(facts["sheets"]),
        "sheet": facts["sheet"],
        "advice": [translated(sentence) for sentence in columns.advice],
        "remembered": columns.remembered,
        "columns": [
            {
                "name": name,
                "samples": " · ".join(text[:LONGEST_SAMPLE] for text in samples),
                "target": mapping.columns.get(name, ""),
            }
            for name, samples in zip(columns.header, columns.samples, strict=True)
        ],
        "groups": _groups(),
        "kinds": [
            {
                "value": value,
                "chosen": mapping.kinds[column_key(value)].value
                if column_key(value) in mapping.kinds
                else "",
            }
            for value in columns.kinds
        ],
        "kind_options": [{"value": kind.value, "text": translated(kind.label)} for kind in RowKind],
        "organization": mapping.constants.get("organization_name", ""),
    }


def _facts(facts: Any) -> list[dict[str, str]]:  # noqa: ANN401 -- JSON
    delimiter = facts["delimiter"]
    rows = [
        (phrase("Sheet"), facts["sheet"]),
        (phrase("Rows"), f"{facts['rows']:,}".replace(",", "\u202f")),
        (phrase("Characters"), facts["encoding"]),
        (phrase("Line ends"), facts["line_ends"]),
        (
            phrase("Cells are parted by"),
            translated(DELIMITERS[delimiter]) if delimiter in DELIMITERS else delimiter,
        ),
        (phrase("Header in line"), str(facts["header_line"])),
    ]
    return [{"term": translated(term), "value": value} for term, value in rows if value]


def _groups() -> list[tuple[str, list[dict[str, str]]]]:
    return [
        (
            translated(group.label),
            [
                {"value": field.name, "text": translated(field.label)}
                for field in TARGETS.values()
                if field.group is group
            ],
        )
        for group in FieldGroup
    ]
