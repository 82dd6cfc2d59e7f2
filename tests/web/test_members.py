"""The pages of joining: the coordinator's members, an administrator's colleagues, a code's door."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from ccr.storage.db import db
from ccr.storage.models.accounts import Account
from ccr.storage.models.joining import InvitationRow, MembershipRow
from tests.directory_rows import Statements
from tests.loop import dump
from tests.people import PASSWORD, make_network, make_team
from tests.services.test_joining import newcomer
from tests.small_directory import grow, make_small_directory
from tests.web.conftest import Visitor
from tests.web.journey import Desk, text_of

COORDINATOR = "coordination.coordinator"
ADMIN = "birch.agency_admin"
MOST = 12
_CODE = re.compile(r"invitation-code[^>]*>(.*?)</p>", re.DOTALL)
_TOKEN = re.compile(r'name="(?:csrf_token|once)"[^>]*value="[^"]+"')


@pytest.fixture
def desk(app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        yield Desk(app, make_small_directory(at=now))


def code_on(page: str) -> str:
    found = _CODE.search(page)
    assert found, page
    return "-".join(re.findall(r"<span>(\w{4})</span>", found.group(1)))


def invite(desk: Desk, now: datetime) -> tuple[UUID, str]:
    """Return (member, code) of somebody whom the coordinator has just invited."""
    member_id, program = newcomer(desk.small, now)
    path = f"/network/members/{member_id}"
    desk[COORDINATOR].open(path)
    answer = desk[COORDINATOR].send(f"{path}/invite", {"compartment_id": str(program)})
    assert answer.status_code == 200
    return member_id, code_on(text_of(answer))


def use(visitor: Visitor, code: str, email: str = "new@example.org") -> object:
    visitor.open("/invited")
    visitor.send("/invited", {"code": code})
    fields = {"code": code, "email": email, "password": PASSWORD, "again": PASSWORD}
    return visitor.send("/invited/account", fields, follow=False)


def test_a_coordinator_invites_and_the_invited_person_signs_in(desk: Desk, now: datetime) -> None:
    member_id, code = invite(desk, now)
    newcomer_ = desk["anonymous"]
    assert use(newcomer_, code).status_code == 303  # type: ignore[attr-defined]
    assert newcomer_.sign_in("new@example.org").status_code == 302
    assert "Elder Chapel" in text_of(newcomer_.open("/account"))
    page = text_of(desk[COORDINATOR].open(f"/network/members/{member_id}"))
    assert "Confidentiality rules" in page
    assert "Has people" in page
    assert code not in page


def test_a_code_is_shown_once_and_the_page_before_shows_a_field_alone(
    desk: Desk, now: datetime
) -> None:
    member_id, code = invite(desk, now)
    assert code not in text_of(desk[COORDINATOR].open(f"/network/members/{member_id}"))
    page = text_of(desk["anonymous"].open("/invited"))
    assert "Elder" not in page
    names = re.findall(r'<input[^>]*name="([^"]+)"', page)
    assert [name for name in names if name not in {"csrf_token", "once", "back"}] == ["code"]


def test_a_used_an_expired_and_a_wrong_code_get_the_same_page(desk: Desk, now: datetime) -> None:
    _, code = invite(desk, now)
    used = invite(desk, now)[1]
    use(desk["anonymous"], used)
    with db.session.begin_nested():
        expired = db.session.scalars(select(InvitationRow).filter_by(used_at=None)).one()
        expired.expires_at = now
    db.session.commit()
    pages = set()
    for text in (code, used, "0000-0000-0000-0000"):
        desk["anonymous"].open("/invited")
        answer = desk["anonymous"].send("/invited", {"code": text})
        assert answer.status_code == 422
        pages.add(_TOKEN.sub("", text_of(answer)).replace(text, "CODE"))
    assert len(pages) == 1


def test_after_a_few_wrong_codes_one_has_to_wait(desk: Desk) -> None:
    visitor = desk["anonymous"]
    visitor.open("/invited")
    statuses = [
        visitor.send("/invited", {"code": f"0000-0000-0000-000{n}"}).status_code for n in range(7)
    ]
    assert statuses == [422] * 5 + [429] * 2


@pytest.mark.parametrize(
    ("field", "value"),
    [("password", "short"), ("again", "another one of them"), ("email", "no address")],
)
def test_a_wrong_field_is_said_and_costs_the_code_nothing(
    desk: Desk, now: datetime, field: str, value: str
) -> None:
    _, code = invite(desk, now)
    visitor = desk["anonymous"]
    visitor.open("/invited")
    visitor.send("/invited", {"code": code})
    right = {"code": code, "email": "new@example.org", "password": PASSWORD, "again": PASSWORD}
    answer = visitor.send("/invited/account", {**right, field: value})
    assert answer.status_code == 422
    assert PASSWORD not in text_of(answer)
    assert visitor.send("/invited/account", right, follow=False).status_code == 303


def test_the_coordinator_records_way_pledge_and_live(desk: Desk, now: datetime) -> None:
    member_id, _ = newcomer(desk.small, now)
    path, visitor = f"/network/members/{member_id}", desk[COORDINATOR]
    visitor.open(path)
    assert visitor.send(f"{path}/way", {"way": "phone"}).status_code == 200
    refused = visitor.send(f"{path}/live", {}, follow=False)
    assert refused.status_code == 422
    assert "Record the pledge" in text_of(refused)
    visitor.send(f"{path}/pledge", {"role": "faith-leader"})
    assert visitor.send(f"{path}/live", {}, follow=False).status_code == 303
    page = text_of(visitor.open(path))
    assert "Faith leader" in page
    row = db.session.get(MembershipRow, member_id)
    assert row is not None
    assert (row.way, row.pledged_by_role, row.live_at) == ("phone", "faith-leader", now)
    assert visitor.send(f"{path}/way", {"way": "x"}, follow=False).status_code == 422
    assert visitor.send(f"{path}/pledge", {"role": "Ana"}, follow=False).status_code == 422


def test_members_of_others_are_answered_like_members_that_are_not_there(
    desk: Desk, now: datetime
) -> None:
    foreign = make_team(make_network("Elsewhere", at=now), "Elm House", at=now)
    acts = ("way", "pledge", "invite", "live", "withdraw-invitation")
    fields = {
        "way": "phone",
        "role": "owner",
        "compartment_id": str(foreign.compartment_id),
        "invitation_id": str(uuid4()),
    }
    before = dump(without=frozenset({"audit_event", "audit_head"}))
    answers = set()
    for who in (COORDINATOR, ADMIN, "birch.advocate", "coordination.auditor"):
        visitor = desk[who]
        for member_id in (foreign.member_id, uuid4(), desk.small.birch.member_id):
            if who == COORDINATOR and member_id == desk.small.birch.member_id:
                continue
            path = f"/network/members/{member_id}"
            found = [visitor.open(path), *(visitor.send(f"{path}/{a}", fields) for a in acts)]
            assert {answer.status_code for answer in found} == {404}
            answers |= {_TOKEN.sub("", text_of(answer)) for answer in found}
    assert len(answers) <= 4  # the frame differs by who looks, the rest does not
    assert dump(without=frozenset({"audit_event", "audit_head"})) == before


def test_an_administrator_invites_a_colleague_and_ends_an_account_at_once(desk: Desk) -> None:
    admin, advocate = desk[ADMIN], desk["birch.advocate"]
    admin.open("/account/colleagues")
    page = text_of(admin.send("/account/colleagues/invite", {"role": "advocate"}))
    use(desk["anonymous"], code_on(page))
    page = text_of(admin.open("/account/colleagues"))
    assert "new@example.org" in page
    account_id = db.session.scalar(
        select(Account.id).filter_by(email=desk.small.emails["birch.advocate"])
    )
    db.session.rollback()
    assert advocate.open("/desk/inbox").status_code == 200
    assert admin.send(f"/account/colleagues/{account_id}/end", {}).status_code == 200
    assert advocate.open("/desk/inbox").headers["Location"] == "/sign-in"
    assert admin.send(f"/account/colleagues/{uuid4()}/end", {}).status_code == 404
    assert admin.send("/account/colleagues/invite", {"role": "coordinator"}).status_code == 422


def test_a_posted_role_program_or_id_of_ones_own_making_promotes_nobody(
    desk: Desk, now: datetime
) -> None:
    _, code = invite(desk, now)
    visitor = desk["anonymous"]
    visitor.open("/invited")
    visitor.send("/invited", {"code": code})
    forged = {
        "role": "system_admin",
        "roles": "coordinator",
        "compartment_id": str(desk.small.birch.compartment_id),
        "network_id": str(uuid4()),
        "active": "1",
        "expires_at": "2030-01-01",
    }
    right = {"code": code, "email": "new@example.org", "password": PASSWORD, "again": PASSWORD}
    assert visitor.send("/invited/account", {**forged, **right}, follow=False).status_code == 303
    account = db.session.scalars(select(Account).filter_by(email="new@example.org")).unique().one()
    assert [role.name for role in account.roles] == ["agency_admin"]
    assert account.compartment_id != desk.small.birch.compartment_id


@pytest.mark.parametrize("path", ["/invited", "/invited/account"])
def test_the_door_of_the_invited_takes_no_form_without_its_token(desk: Desk, path: str) -> None:
    visitor = desk["anonymous"]
    visitor.open("/invited")
    visitor.token = "forged"
    assert visitor.send(path, {"code": "0000-0000-0000-0000"}).status_code == 400


def test_the_pages_take_at_most_twelve_statements_however_many_there_are(
    desk: Desk, now: datetime
) -> None:
    taken = []
    for _ in range(2):
        member_id, _ = invite(desk, now)
        for who, path in (
            (COORDINATOR, "/network/members"),
            (COORDINATOR, f"/network/members/{member_id}"),
            (ADMIN, "/account/colleagues"),
            ("anonymous", "/invited"),
        ):
            desk[who].open(path)
            with Statements() as run:
                assert desk[who].open(path).status_code == 200
            taken.append(len(run.texts))
        grow(desk.small, 3, at=now)
    assert max(taken) <= MOST
    assert taken[:4] == taken[4:]


def test_the_list_is_paged(desk: Desk, now: datetime) -> None:
    grow(desk.small, 30, at=now)
    page = text_of(desk[COORDINATOR].open("/network/members"))
    assert 'href="/network/members?page=2"' in page
    second = text_of(desk[COORDINATOR].open("/network/members?page=2"))
    assert "Further" in second
