"""The API's own description. Source: OpenAPI 3.1.1."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import models_json_schema

from ccr.api.problems import MEDIA_TYPE
from ccr.api.referral_openapi import ANSWERS, BODIES, referral_paths
from ccr.api.schemas import ProblemBody, RouteAnswerBody
from ccr.services.route_body import RouteRequestBody

_REFUSALS = {
    "400": "The request cannot be read, or a key came in the address.",
    "401": "There is no key, or it does not work.",
    "404": "The key may not do this.",
    "413": "The request is too large.",
    "415": "The body is not JSON.",
    "422": "A field cannot be used; `errors` says which.",
}


def openapi_document(version: str) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of the API at this version of CCR."""
    _, definitions = models_json_schema(
        [
            (RouteRequestBody, "validation"),
            (RouteAnswerBody, "serialization"),
            (ProblemBody, "serialization"),
            *((model, "validation") for model in BODIES),
            *((model, "serialization") for model in ANSWERS),
        ],
        ref_template="#/components/schemas/{model}",
    )
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "CCR",
            "version": version,
            "description": "Partners for needs near a place, and referrals.",
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"key": []}],
        "paths": {
            "/routes": {
                "post": {
                    "operationId": "findPartners",
                    "summary": "Find partners for needs near a place",
                    "requestBody": {"required": True, "content": _json("RouteRequestBody")},
                    "responses": {
                        "200": {"description": "Partners.", "content": _json("RouteAnswerBody")},
                        **{status: _refusal(text) for status, text in _REFUSALS.items()},
                    },
                }
            },
            **referral_paths(),
            "/openapi.json": {
                "get": {
                    "operationId": "describe",
                    "summary": "This description",
                    "security": [],
                    "responses": {
                        "200": {
                            "description": "An OpenAPI document.",
                            "content": {"application/json": {"schema": {"type": "object"}}},
                        }
                    },
                }
            },
        },
        "components": {
            "schemas": definitions["$defs"],
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A key made by `flask keys create`; good for 90 days.",
                }
            },
        },
    }


def _json(model: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{model}"}}}


def _refusal(text: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/ProblemBody"}
    return {"description": text, "content": {MEDIA_TYPE: {"schema": schema}}}
