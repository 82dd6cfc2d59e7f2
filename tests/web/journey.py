"""The way of a referral through the pages, as people go it; for tests about the whole desk."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from ccr.adapters.clock import utc_now
from ccr.storage.db import db
from ccr.storage.models.accounts import Account
from tests.small_directory import SmallDirectory
from tests.web.conftest import Visitor

_ID = re.compile(r"/desk/referrals/([0-9a-f-]{36})")


def text_of(response: TestResponse) -> str:
    """Return the text of an answer; of a packed file, such as a spreadsheet, that of all parts."""
    body = response.get_data()
    if body.startswith(b"PK"):
        return "\n".join(unpacked(body).values())
    return response.get_data(as_text=True)


def unpacked(body: bytes) -> dict[str, str]:
    """Return the text of each part of a packed file, by its name in there."""
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        return {name: packed.read(name).decode("utf-8", "replace") for name in packed.namelist()}


def table_of(response: TestResponse) -> list[dict[str, str]]:
    """Return the rows of a CSV file, without the notes behind them."""
    text = response.get_data().decode("utf-8-sig")
    lines = [line for line in text.splitlines(keepends=True) if not line.startswith("#")]
    return list(csv.DictReader(lines))


def settled(page: str) -> str:
    """Return a page without the names of its forms, which are new each time."""
    return re.sub(r'name="once" value="[^"]+"', "", page)


@dataclass
class Desk:
    """Everybody's browser, signed in when first asked for."""

    app: Flask
    small: SmallDirectory
    browsers: dict[str, Visitor] = field(default_factory=dict)
    kind: type[Visitor] = Visitor
    machine: FlaskClient | None = None
    """The hospital's own system, with its key, where there is one."""

    def __getitem__(self, who: str) -> Visitor:
        """Return the browser of "<team>.<role>"; "anonymous" has no account."""
        if who not in self.browsers:
            visitor = self.kind(self.app.test_client())
            if who != "anonymous":
                let_in(visitor, self.small.emails[who])
            self.browsers[who] = visitor
        return self.browsers[who]

    def close_browsers(self) -> None:
        """Leave every browser, so that everybody signs in anew (after a journey in time)."""
        self.browsers.clear()

    def draft(
        self,
        *,
        who: str = "alder.worker",
        service_id: UUID | None = None,
        near: str = "Troy, NY",
        exclude: str = "",
        question: str = "",
        feedback: bool = False,
        needs: tuple[str, ...] = ("advocacy",),
        **answers: Any,
    ) -> UUID:
        """Return a draft that only waits to be sent."""
        visitor = self[who]
        visitor.open("/desk/referrals/new")
        first = {"needs": list(needs), "urgency": "standard", "track": "survivor"}
        first |= {name: answers.pop(name) for name in ("urgency", "track") if name in answers}
        draft_id = _id_in(visitor.send("/desk/referrals/new", first, follow=False))
        base = f"/desk/referrals/{draft_id}"
        place = {"near": near, "transport": "car", "exclude": exclude, **answers}
        _go_on(visitor.send(f"{base}/place", place, follow=False))
        chosen = {"service_id": str(service_id or self.small.birch_service_id)}
        _go_on(visitor.send(f"{base}/partners", chosen, follow=False))
        shared = {
            "agreed": "y",
            "chosen_by": "survivor",
            "question": question,
            "feedback": "yes" if feedback else "no",
        }
        _go_on(visitor.send(f"{base}/share", shared, follow=False))
        return draft_id

    def send(self, *, who: str = "alder.worker", **answers: Any) -> UUID:
        """Return a referral that was sent."""
        draft_id = self.draft(who=who, **answers)
        _go_on(self[who].send(f"/desk/referrals/{draft_id}/check", {}, follow=False))
        return draft_id

    def as_sender(
        self, referral_id: UUID, act: str, *, who: str = "alder.worker", **data: Any
    ) -> TestResponse:
        """Do one act of the sender."""
        path = f"/desk/referrals/{referral_id}/as-sender/{act}"
        return self[who].send(path, data, follow=False)

    def as_receiver(
        self, referral_id: UUID, act: str, *, who: str = "birch.advocate", **data: Any
    ) -> TestResponse:
        """Do one act of the receiver."""
        path = f"/desk/referrals/{referral_id}/as-receiver/{act}"
        return self[who].send(path, data, follow=False)


def let_in(visitor: Visitor, email: str) -> None:
    """Sign somebody in as the sign-in page would, without the cost of hashing a password."""
    account = db.session.scalar(select(Account).where(Account.email == email))
    assert account is not None
    moment = utc_now().timestamp()
    with visitor.client.session_transaction() as session:
        session |= {
            "_user_id": account.fs_uniquifier,
            "_fresh": True,
            "fs_cc": "set",
            "fs_paa": moment,
            "signed_in_at": moment,
            "seen_at": moment,
        }
        session.permanent = True
    db.session.rollback()
    answer = visitor.open("/account")
    assert answer.status_code == 200, text_of(answer)


def _go_on(response: TestResponse) -> TestResponse:
    assert response.status_code == 303, text_of(response)
    return response


def _id_in(response: TestResponse) -> UUID:
    found = _ID.search(_go_on(response).headers["Location"])
    assert found
    return UUID(found.group(1))
