"""The part of the API's description that is about referrals, made from its tables of acts."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from ccr.api import referral_answers as answers
from ccr.api.problems import MEDIA_TYPE
from ccr.api.referral_acts import ACTS, NAMES
from ccr.api.referral_bodies import NewReferralBody
from ccr.domain.clocks import Side
from ccr.domain.doing_once import LONGEST_KEY
from ccr.domain.referral_views import Group, InboxTab

ANSWERS: tuple[type[BaseModel], ...] = (
    answers.SentReferralBody,
    answers.ReceivedReferralBody,
    answers.InboxBody,
    answers.OutboxBody,
    answers.ReceiptBody,
)
_OF_ACTS: list[type[BaseModel]] = [found.body for acts in ACTS.values() for found in acts.values()]
BODIES: tuple[type[BaseModel], ...] = (NewReferralBody, *dict.fromkeys(_OF_ACTS))
_REFUSALS = {
    "400": "There is no Idempotency-Key, or the body is not JSON.",
    "401": "There is no key, or it does not work.",
    "404": "There is no such thing for this key.",
    "409": "Not from this state, somebody else was first, or the same request is running.",
    "422": "A field cannot be used, or the Idempotency-Key was used for another request.",
}
_ID = {
    "name": "id",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "format": "uuid"},
}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "A new random text for each act; the same one again gives the same receipt.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
}
_MATCH = {
    "name": "If-Match",
    "in": "header",
    "description": "The ETag you read. It is not looked at for what you sent.",
    "schema": {"type": "string"},
}


def referral_paths() -> dict[str, Any]:
    """Return the paths about referrals."""
    return {
        "/referrals": {
            "get": {
                "operationId": "listReferrals",
                "summary": "A page of your inbox or of what you sent",
                "parameters": [
                    _query("box", ["inbox", "outbox"]),
                    _query("tab", [tab.value for tab in InboxTab]),
                    _query("group", [group.value for group in Group]),
                    {"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1}},
                ],
                "responses": _answered("200", "A page.", answers.InboxBody, answers.OutboxBody),
            },
            "post": {
                "operationId": "createReferral",
                "summary": "Send a referral, or keep a draft",
                "parameters": [_KEY],
                "requestBody": _body(NewReferralBody),
                "responses": _answered("201", "What was made.", answers.ReceiptBody),
            },
        },
        "/referrals/{id}": {
            "get": {
                "operationId": "readReferral",
                "summary": "A referral as your side may see it",
                "parameters": [_ID],
                "responses": _answered(
                    "200", "The referral.", answers.SentReferralBody, answers.ReceivedReferralBody
                ),
            }
        },
        **{f"/referrals/{{id}}/{name}": {"post": _act(name)} for name in NAMES},
    }


def _act(name: str) -> dict[str, Any]:
    of = {side: acts[name].body for side, acts in ACTS.items() if name in acts}
    whose = "either side" if len(of) > 1 else f"the {next(iter(of)).value}"
    receives = Side.RECEIVER in of
    refusals = {"412": "It has changed since you read it."} if receives else {}
    return {
        "operationId": "".join(part.title() for part in f"do-{name}".split("-")),
        "summary": f"{name.replace('-', ' ').capitalize()}: an act of {whose}",
        "parameters": [_ID, _KEY, *([_MATCH] if receives else [])],
        "requestBody": _body(*dict.fromkeys(of.values())),
        "responses": {
            **_answered("200", "A receipt.", answers.ReceiptBody),
            **{status: _refusal(text) for status, text in refusals.items()},
        },
    }


def _query(name: str, codes: list[str]) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": {"type": "string", "enum": codes}}


def _schema(*models: type[BaseModel]) -> dict[str, Any]:
    refs = [{"$ref": f"#/components/schemas/{model.__name__}"} for model in models]
    return {"application/json": {"schema": refs[0] if len(refs) == 1 else {"anyOf": refs}}}


def _body(*models: type[BaseModel]) -> dict[str, Any]:
    return {"required": True, "content": _schema(*models)}


def _answered(status: str, text: str, *models: type[BaseModel]) -> dict[str, Any]:
    return {
        status: {"description": text, "content": _schema(*models)},
        **{code: _refusal(words) for code, words in _REFUSALS.items()},
    }


def _refusal(text: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/ProblemBody"}
    return {"description": text, "content": {MEDIA_TYPE: {"schema": schema}}}
