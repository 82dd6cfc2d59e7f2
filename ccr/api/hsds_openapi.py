"""The OpenAPI 3.1 document of the HSDS API, made of the standard's tables and our profile."""

from __future__ import annotations

from typing import Any

from ccr.api import hsds_parameters as parameters
from ccr.api.hsds_answers import LINES
from ccr.api.hsds_patches import PATCHES
from ccr.api.problems import MEDIA_TYPE
from ccr.api.schemas import FieldProblem, ProblemBody
from ccr.domain.hsds_tables import CHILDREN, ENUMS, SINGLES, TABLES, VERSION, Field
from ccr.domain.open_questions import MOST_METRES

Schema = dict[str, Any]
_KINDS: dict[str, Schema] = {
    "string": {"type": "string"},
    "uuid": {"type": "string", "format": "uuid"},
    "email": {"type": "string", "format": "email"},
    "uri": {"type": "string", "format": "uri"},
    "number": {"type": "number"},
    "date": {"type": "string", "format": "date"},
    "time": {"type": "string"},
    "datetime": {"type": "string", "format": "date-time"},
}
_INSIDE: dict[str, tuple[str, ...]] = {
    "service": (
        "organization", "phones", "schedules", "service_areas", "service_at_locations",
        "languages", "cost_options", "capacities", "attributes",
    ),
    "organization": ("phones", "locations", "services", "attributes"),
    "location": ("addresses", "phones", "accessibility", "attributes"),
    "service_at_location": ("location", "service"),
    "attribute": ("taxonomy_term",),
    "taxonomy_term": ("taxonomy_detail",),
    "service_capacity": ("unit",),
}  # fmt: skip
"""What may stand inside each object here."""
_SAID: dict[str, tuple[Schema, str]] = {
    "search": (
        {"type": "string", "maxLength": parameters.LONGEST_SEARCH},
        "Words that must all be there; the beginning of a word is enough.",
    ),
    "taxonomy_term_id": (_KINDS["uuid"], "Records with this term."),
    "taxonomy_id": (_KINDS["uuid"], "Records with any term of this taxonomy."),
    "organization_id": (_KINDS["uuid"], "Records of this organization."),
    "modified_after": (_KINDS["datetime"], "Records whose public part changed then or later."),
    "full": ({"type": "boolean"}, "Nested in full."),
    "minimal": (
        {"type": "boolean"},
        "Only id, name, status and last_modified; 10,000 on a page unless per_page says fewer.",
    ),
    "full_service": ({"type": "boolean"}, "With each service of an organization in full."),
    "postcode": (
        {"type": "string"},
        "A ZIP code of five digits: what serves it by its area; with proximity, what lies near.",
    ),
    "proximity": (
        {"type": "number", "minimum": 0, "maximum": MOST_METRES},
        (
            "Metres from the middle of the postcode, by the geodesic. What has no place, as "
            "nothing confidential has, is told by its service area instead."
        ),
    ),
    "parent_id": (_KINDS["uuid"], "Terms right below this one."),
    "top_only": ({"type": "boolean"}, "Terms without a parent."),
    "page": ({"type": "integer", "minimum": 1}, "Which page, from 1."),
    "per_page": (
        {"type": "integer", "minimum": 1},
        "Records on a page: 500 at most, in full 100; `size` says how many came.",
    ),
    "format": (
        {"type": "string", "enum": ["json", "ndjson"]},
        "ndjson: all records, one a line, without pages.",
    ),
}
_LISTS = (
    ("services", "service", parameters.SERVICES, ()),
    ("organizations", "organization", parameters.ORGANIZATIONS, parameters.ORGANIZATION),
    ("service_at_locations", "service_at_location", parameters.LINKS, ()),
    ("taxonomies", "taxonomy", parameters.TAXONOMIES, ()),
    ("taxonomy_terms", "taxonomy_term", parameters.TERMS, ()),
)


def openapi_document(version: str, base: str) -> dict[str, Any]:
    """Return the document.

    Args:
        version: of CCR.
        base: the address of the API without a slash at its end.
    """
    paths: dict[str, Any] = {"/": {"get": _operation("about", "What this API is", "About")}}
    for path, table, lists, one in _LISTS:
        paths[f"/{path}"] = {
            "get": _list(f"list_{path}", path, table, lists),
            "post": _post(path, table, lists),
        }
        paths[f"/{path}/{{id}}"] = {
            "parameters": [
                {"name": "id", "in": "path", "required": True, "schema": _KINDS["uuid"]}
            ],
            "get": {
                **_operation(f"get_{table}", f"One of the {path}, in full", table),
                "parameters": [_parameter(name) for name in one],
            },
        }
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "CCR open data",
            "version": version,
            "summary": f"The public directory as HSDS {VERSION}",
            "description": f"The profile is described at {base}/profile. No key, no cookie.",
        },
        "servers": [{"url": base}],
        "paths": paths,
        "components": {
            "schemas": {
                **{name: _schema(name) for name in TABLES},
                **{f"{name}_page": _page(name) for _, name, _, _ in _LISTS},
                "About": _about(),
                "Problem": ProblemBody.model_json_schema(
                    ref_template="#/components/schemas/{model}"
                )
                | {"$defs": {}},
                "FieldProblem": FieldProblem.model_json_schema(),
            },
            "parameters": {name: _described(name) for name in _SAID},
        },
    }


def _list(name: str, path: str, table: str, said: tuple[str, ...]) -> dict[str, Any]:
    operation = _operation(name, f"The {path.replace('_', ' ')} that all parameters fit", "")
    operation["parameters"] = [_parameter(parameter) for parameter in said]
    operation["responses"]["200"]["content"] = {
        "application/json": {"schema": {"$ref": f"#/components/schemas/{table}_page"}},
        LINES: {"schema": {"$ref": f"#/components/schemas/{table}"}},
    }
    return operation


def _post(path: str, table: str, said: tuple[str, ...]) -> dict[str, Any]:
    """Return the twin of a list whose parameters may stand in the body, out of every log."""
    body = {"type": "object", "properties": {name: _SAID[name][0] for name in said}}
    return {
        **_list(f"query_{path}", path, table, said),
        "requestBody": {
            "required": False,
            "content": {
                "application/json": {"schema": body},
                "application/x-www-form-urlencoded": {"schema": body},
            },
        },
    }


def _operation(name: str, summary: str, schema: str) -> dict[str, Any]:
    refusals = {
        "400": "A parameter cannot be used.",
        "404": "There is no such record.",
        "429": "Too many requests: Retry-After says when to ask again.",
    }
    return {
        "operationId": name,
        "summary": summary,
        "responses": {
            "200": {
                "description": "What was asked for; it has an ETag.",
                "content": {
                    "application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}
                },
            },
            "304": {"description": "What the caller holds still holds."},
            **{
                status: {
                    "description": text,
                    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
                }
                for status, text in refusals.items()
            },
        },
    }


def _parameter(name: str) -> Schema:
    return {"$ref": f"#/components/parameters/{name}"}


def _described(name: str) -> Schema:
    schema, text = _SAID[name]
    return {"name": name, "in": "query", "description": text, "schema": schema}


def _schema(name: str) -> Schema:
    """Return an object's schema; nested ones may be there or not, by the form it comes in."""
    table = TABLES[name]
    properties: Schema = {field.name: _field(name, field) for field in table.fields}
    for inside in _INSIDE.get(name, ()):
        if inside in CHILDREN:
            properties[inside] = {"type": "array", "items": _ref(CHILDREN[inside])}
        else:
            properties[inside] = _ref(SINGLES[inside])
    for added, patch in PATCHES.get(f"{name}.json", {}).get("properties", {}).items():
        properties[added] = {**properties.get(added, {}), **patch}
        properties[added].pop("name", None)
    required = [field.name for field in table.fields if field.required]
    if name == "service":
        # The short form of a list has neither.
        required.remove("organization_id")
    return {"type": "object", "properties": properties, "required": required}


def _field(table: str, field: Field) -> Schema:
    schema = dict(_KINDS[field.kind])
    if values := ENUMS.get((table, field.name)):
        schema["enum"] = list(values)
    return schema


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _page(name: str) -> Schema:
    whole, flag = {"type": "integer", "minimum": 0}, {"type": "boolean"}
    return {
        "type": "object",
        "properties": {
            **dict.fromkeys(("total_items", "total_pages", "page_number", "size"), whole),
            **dict.fromkeys(("first_page", "last_page", "empty"), flag),
            "contents": {"type": "array", "items": _ref(name)},
        },
        "required": ["empty", "contents"],
    }


def _about() -> Schema:
    return {
        "type": "object",
        "properties": {
            "version": _KINDS["string"],
            "profile": _KINDS["uri"],
            "openapi_url": _KINDS["uri"],
            "data_guide": _KINDS["uri"],
            "description": _KINDS["string"],
            "publisher": {"type": "object"},
        },
        "required": ["version", "profile", "openapi_url"],
    }
