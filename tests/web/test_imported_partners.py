"""A directory comes from somebody's files; a referral goes to one of its partners and is answered.

The whole way on the pages: find on the find page, refer, send, accept, connect, close.
"""

from __future__ import annotations

import re
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from flask import Flask

from ccr.policy.identity import Role
from ccr.services import accounts, importing
from ccr.services.world import World
from ccr.storage.db import db
from ccr.storage.queries import verification
from tests.people import PASSWORD, make_network, make_team
from tests.shared_data import SHARED, needs_shared
from tests.web.journey import Desk, text_of


@needs_shared
@pytest.mark.parametrize(
    ("package", "need", "near", "service"),
    [
        ("ohana-sample", "food", "94063", "Fair Oaks Adult Activity Center"),
        ("hsds-3.2.3-examples/csv", "counseling", "12180", "Community Counselling"),
        ("hsds11-sample/all_resources", "food", "12180", "The City's Kitchen"),
    ],
)
def test_a_referral_reaches_a_partner_that_came_with_a_package(
    app: Flask, now: datetime, package: str, need: str, near: str, service: str
) -> None:
    world: World = app.extensions["ccr_world"]
    with time_machine.travel(now, tick=False):
        network_id = make_network("My network", at=now)
        sender = make_team(network_id, "Alder House", at=now)
        operator = accounts.terminal_identity("My network")
        path = SHARED / "data" / package
        assert importing.import_package(operator, world, path, at=now).written
        wanted = _service(service)
        accounts.create_account(
            operator, email="answers@example.org", role=Role.ADVOCATE, member_name=wanted.member,
            password=PASSWORD, at=now,
        )  # fmt: skip
        desk = Desk(app, _only({"alder.worker": sender.email, "partner": "answers@example.org"}))

        page = text_of(desk["alder.worker"].open("/desk/find"))
        asked = {"needs": need, "near": near, "track": "survivor", "urgency": "standard"}
        page = text_of(desk["alder.worker"].send("/desk/find", {**asked, "transport": "car"}))
        assert service.replace("'", "&#39;") in page

        referral_id = desk.send(near=near, needs=(need,), service_id=wanted.id)
        sent = text_of(desk["alder.worker"].open(f"/desk/referrals/{referral_id}"))
        words = re.findall(r"<span>([a-z]+)</span>", sent)[:4]
        found = desk["partner"].send("/desk/inbox/code", {"code": " ".join(words)}, follow=False)
        assert found.headers["Location"] == f"/desk/referrals/{referral_id}"
        desk["partner"].open(found.headers["Location"])
        for act, data in (
            ("accept", {}),
            ("attempt", {"kind": "reached", "still_safe": "yes"}),
            ("connect", {}),
            ("close", {"outcome": "service-started"}),
        ):
            assert desk.as_receiver(referral_id, act, who="partner", **data).status_code == 303, act
        assert "Service started" in text_of(desk["partner"].open(f"/desk/referrals/{referral_id}"))
        broken = {check.__name__: found for check in verification.CHECKS if (found := check())}
        assert broken == {}


def _service(name: str) -> SimpleNamespace:
    query = (
        "SELECT s.id, m.name AS member FROM service s JOIN member m ON m.id = s.member_id "
        "WHERE s.name = :name"
    )
    row = db.session.execute(db.text(query), {"name": name}).one()
    db.session.rollback()
    return SimpleNamespace(id=row.id, member=row.member)


def _only(emails: dict[str, str]) -> Any:
    return SimpleNamespace(emails=emails, birch_service_id=None)
