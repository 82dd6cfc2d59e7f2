"""Referrals through the API: create, list, read, and one POST for each act.

Every answer is made from what the key's program may see on its pages. Every POST takes an
`Idempotency-Key` and is answered by a receipt, which holds ids and times and is the same each time.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from flask import Response, g, request

from ccr.adapters.clock import utc_now
from ccr.api.keys import keyed
from ccr.api.problems import ProblemError
from ccr.api.referral_acts import ACTS, NAMES, ActOfSide, Call, sent_receipt
from ccr.api.referral_bodies import NewReferralBody
from ccr.api.views import answer_json, blueprint, sent_json
from ccr.domain.clocks import Side
from ccr.domain.doing_once import checked_key
from ccr.domain.errors import InvalidInputError, NotFoundError
from ccr.domain.identifying_text import check_words
from ccr.domain.referral_views import Group, InboxTab
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services import draft_partner, drafts, referral_desk, sending
from ccr.services import referral_documents as documents
from ccr.services.doing_once import Asked, Receipt, do_once

Code = TypeVar("Code", bound=StrEnum)
_UNUSABLE = "This cannot be used: see the description of the API."


@blueprint.get("/referrals")
@keyed(Permission.REFERRAL_LIST)
def list_referrals(identity: Identity) -> Response:
    """Return a page of the inbox or the outbox."""
    box, page = request.args.get("box", "inbox"), _page_number()
    if box == "inbox":
        tab = _one_of(InboxTab, "tab", InboxTab.NEEDS_ANSWER)
        return answer_json(documents.inbox_document(identity, g.world, tab, page, at=utc_now()))
    if box != "outbox":
        raise ProblemError(422, _UNUSABLE)
    group = _one_of(Group, "group", Group.MY_MOVE)
    return answer_json(documents.outbox_document(identity, g.world, group, page, at=utc_now()))


@blueprint.get("/referrals/<uuid:referral_id>")
@keyed(Permission.REFERRAL_READ)
def read_referral(identity: Identity, referral_id: UUID) -> Response:
    """Return a referral as the key's side may see it; its ETag is the version of that."""
    document = documents.referral_document(identity, g.world, referral_id, at=utc_now())
    response = answer_json(document)
    response.set_etag(document["version"])
    response.make_conditional(request)
    return response


@blueprint.post("/referrals")
@keyed(Permission.REFERRAL_SEND)
def create_referral(identity: Identity) -> Response:
    """Begin a referral, and send it unless a draft is asked for."""
    key, sent = _key(), sent_json()
    body = NewReferralBody.model_validate(sent)
    at = utc_now()

    def work() -> Receipt:
        check_words(body.question, sure=body.as_it_is, field="question", this_year=at.year)
        draft_id = drafts.start_with(
            identity,
            g.world,
            body.need_answers(),
            body.place_answers(),
            body.service_id,
            at=at,
        )
        if body.feedback_until is not None:
            draft_partner.ask_release(identity, g.world, draft_id, body.feedback_until, at=at)
        if body.survivor_yes:
            draft_partner.record_yes(identity, g.world, draft_id, body.chosen_by, at=at)
        if not body.send:
            return Receipt(201, {"id": str(draft_id), "done": "draft"}, draft_id)
        receipt = sent_receipt(sending.send(identity, g.world, draft_id, at=at))
        return Receipt(201, receipt.fields, receipt.referral_id)

    asked = Asked(key, "POST", request.path, sent)
    return _answered(do_once(identity, g.world, asked, work, at=at))


def _act(identity: Identity, referral_id: UUID, act: str) -> Response:
    key, sent = _key(), sent_json(empty={})
    at, wanted = utc_now(), request.if_match

    def work() -> Receipt:
        side = referral_desk.side_of(identity, referral_id)
        found = ACTS[side].get(act)
        if found is None:
            raise NotFoundError
        if side is Side.RECEIVER and wanted:
            version = documents.received_version(identity, g.world, referral_id, at=at)
            if version not in wanted:
                raise ProblemError(412, "It has changed since you read it. Read it again.")
        return _done(found, act, Call(identity, g.world, referral_id, sent, at))

    asked = Asked(key, "POST", request.path, sent)
    return _answered(do_once(identity, g.world, asked, work, at=at))


def _done(found: ActOfSide, act: str, call: Call) -> Receipt:
    body = found.body.model_validate(call.body)
    receipt = found.do(Call(call.identity, call.world, call.referral_id, body, call.at))
    if receipt is None:
        fields = {"id": str(call.referral_id), "done": act, "at": call.at.isoformat()}
        return Receipt(200, fields, call.referral_id)
    return Receipt(receipt.status, {**receipt.fields, "done": act}, receipt.referral_id)


def _routes() -> Callable[..., Any]:
    names = ", ".join(map(repr, NAMES))
    route = blueprint.post(f"/referrals/<uuid:referral_id>/<any({names}):act>")
    registered: Callable[..., Any] = route(keyed(Permission.REFERRAL_READ)(_act))
    return registered


act_on_referral = _routes()


def _key() -> str:
    try:
        return checked_key(request.headers.get("Idempotency-Key"))
    except InvalidInputError as error:
        raise ProblemError(400, str(error)) from error


def _answered(receipt: Receipt) -> Response:
    response = answer_json(receipt.fields)
    response.status_code = receipt.status
    if receipt.status == 201:  # noqa: PLR2004
        response.headers["Location"] = f"/api/v1/referrals/{receipt.fields['id']}"
    return response


def _page_number() -> int:
    text = request.args.get("page", "1")
    if not (text.isascii() and text.isdecimal() and len(text) < 6):  # noqa: PLR2004
        raise ProblemError(422, _UNUSABLE)
    return int(text)


def _one_of(codes: type[Code], name: str, usual: Code) -> Code:
    try:
        return codes(request.args.get(name, usual.value))
    except ValueError:
        raise ProblemError(422, _UNUSABLE) from None
