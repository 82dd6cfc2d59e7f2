"""A listing is edited, reviewed by a second person, claimed, reported and remembered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from ccr.domain.errors import NotFoundError
from ccr.domain.referral_states import ChosenBy
from ccr.domain.taxonomy import Need
from ccr.policy.identity import Role
from ccr.services import drafts, sending
from ccr.services.draft_facts import NeedAnswers, PlaceAnswers
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.accounts import Account, Compartment
from ccr.storage.models.directory import ServiceRow
from ccr.storage.models.keeping import ListingProposal
from ccr.storage.queries import directory as queries
from ccr.storage.queries import verification
from ccr.storage.queries.listing_state import ListingState, listing_state, places_of_member
from tests.loop import world
from tests.people import add_colleague
from tests.small_directory import PUBLIC_PHONE, SmallDirectory, make_small_directory
from tests.web.journey import Desk, text_of
from tests.web.test_query_counts import MOST, statements

COORDINATOR, ADMIN = "coordination.coordinator", "birch.agency_admin"
CANARY = "qzvexor the blue door"


@pytest.fixture
def desk(sqlite_app: Flask, now: datetime) -> Iterator[Desk]:
    with time_machine.travel(now, tick=False):
        yield Desk(sqlite_app, make_small_directory(at=now))


def state(desk: Desk, service_id: UUID | None = None) -> ListingState:
    found = listing_state(desk.small.network_id, service_id or desk.small.birch_service_id)
    db.session.rollback()
    return found


def form_of(page: str) -> dict[str, Any]:
    """Return the fields of the page's main form as a browser would send them."""
    main = max(re.findall(r"<form.*?</form>", page, re.DOTALL), key=len)
    fields: dict[str, Any] = {}

    def put(name: str, value: str) -> None:
        fields.setdefault(name, []).append(value)

    for tag in re.findall(r"<input[^>]*>", main):
        named = dict(re.findall(r'([a-z_-]+)="([^"]*)"', tag))
        if named.get("type") in {"checkbox", "radio"} and " checked" not in tag:
            continue
        if "name" in named:
            put(named["name"], named.get("value", "y"))
    for name, body in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', main, re.S):
        chosen = re.findall(r'<option selected value="([^"]*)"', body)
        put(name, (chosen or re.findall(r'value="([^"]*)"', body))[0])
    for name, body in re.findall(
        r'<textarea[^>]* name="([^"]+)"[^>]*>(.*?)</textarea>', main, re.S
    ):
        put(name, body.strip())
    fields.pop("csrf_token", None)
    fields.pop("once", None)
    return fields


def edit(desk: Desk, who: str, section: str, service_id: UUID | None = None, **typed: Any):
    path = f"/directory/services/{service_id or desk.small.birch_service_id}/edit/{section}"
    page = desk[who].open(path)
    assert page.status_code == 200, text_of(page)
    return desk[who].send(path, form_of(text_of(page)) | typed, follow=False)


def waiting(desk: Desk) -> list[ListingProposal]:
    db.session.rollback()
    db.session.expire_all()
    rows = select(ListingProposal).where(ListingProposal.state == "waiting")
    return list(db.session.scalars(rows.order_by(ListingProposal.created_at, ListingProposal.id)))


def decide(desk: Desk, who: str, decision: str, row: ListingProposal | None = None):
    proposal_id = (row or waiting(desk)[0]).id
    page = desk[who].open(f"/directory/proposals/{proposal_id}")
    found = re.search(r'name="version" value="(\d+)"', text_of(page))
    version = found[1] if found else "0"
    path = f"/directory/proposals/{proposal_id}/{decision}"
    return desk[who].send(path, {"version": version}, follow=False)


def test_every_section_saves_what_it_shows_and_changes_nothing(desk: Desk) -> None:
    before = state(desk)
    for section in ("what", "who", "where", "hours", "contact", "taking"):
        answer = edit(desk, ADMIN, section)
        assert answer.status_code == 303, text_of(answer)
    assert state(desk) == before
    assert waiting(desk) == []


def test_plain_changes_show_at_once_and_are_remembered_by_role(desk: Desk) -> None:
    typed = {"description": "By the courthouse.", "url": "example.org"}
    assert edit(desk, ADMIN, "what", description=typed["description"]).status_code == 303
    assert edit(desk, ADMIN, "contact", url="example.org").status_code == 303
    areas = "Albany County, NY\n12180"
    assert edit(desk, ADMIN, "where", areas=areas).status_code == 303
    fields = state(desk).fields
    assert fields["url"] == "https://example.org"
    assert fields["areas"] == [["county", "36001"], ["zip", "12180"]]
    listing = text_of(desk["alder.worker"].open(f"/directory/services/{state(desk).id}"))
    assert "By the courthouse." in listing
    history = text_of(desk[ADMIN].open(f"/directory/services/{state(desk).id}/history"))
    assert "By the courthouse." in history
    assert "Agency admin" in history
    assert desk.small.emails[ADMIN] not in history


def test_a_new_phone_waits_until_a_second_person_confirms_it(desk: Desk) -> None:
    answer = edit(desk, ADMIN, "contact", **{"phones-1-number": "518-555-0177"})
    assert answer.status_code == 303
    assert queries.get_service(desk.small.network_id, state(desk).id).phone == PUBLIC_PHONE
    # Alone in the program: a coordinator decides, and the one who proposed cannot.
    own = decide(desk, ADMIN, "accept")
    assert own.status_code == 409
    assert "your own change" in text_of(own)
    page = text_of(desk[COORDINATOR].open("/directory/proposals"))
    assert "Birch legal advocacy (demo)" in page
    side_by_side = text_of(desk[COORDINATOR].open(f"/directory/proposals/{waiting(desk)[0].id}"))
    assert PUBLIC_PHONE in side_by_side
    assert "(518) 555-0177" in side_by_side
    assert decide(desk, COORDINATOR, "accept").status_code == 303
    db.session.rollback()
    assert "(518) 555-0177" in {p["number"] for p in state(desk).fields["phones"]}
    history = text_of(desk[ADMIN].open(f"/directory/services/{state(desk).id}/history"))
    assert "confirmed by: Coordinator" in history
    broken = {check.__name__: rows for check in verification.CHECKS if (rows := check())}
    assert broken == {}


def test_refused_and_withdrawn_changes_change_nothing(desk: Desk) -> None:
    before = state(desk)
    edit(desk, ADMIN, "who", minimum_age="18")
    assert decide(desk, COORDINATOR, "refuse").status_code == 303
    edit(desk, ADMIN, "who", minimum_age="21")
    edit(desk, ADMIN, "who", minimum_age="16")  # the newer word counts
    assert [row.changes["after"] for row in waiting(desk)] == [{"minimum_age": 16}]
    stranger = desk["cedar.agency_admin"].open(f"/directory/proposals/{waiting(desk)[0].id}")
    assert stranger.status_code == 404
    row = waiting(desk)[0]
    assert desk[COORDINATOR].send(f"/directory/proposals/{row.id}/withdraw").status_code == 404
    answer = desk[ADMIN].send(f"/directory/proposals/{row.id}/withdraw", follow=False)
    assert answer.status_code == 303
    assert (state(desk), waiting(desk)) == (before, [])


def test_a_colleague_who_is_admin_too_decides(desk: Desk, now: datetime) -> None:
    add_colleague(desk.small.birch, Role.AGENCY_ADMIN, "second@example.org", at=now)
    desk.small.emails["birch.second"] = "second@example.org"
    edit(desk, COORDINATOR, "taking", status="temporarily closed")
    assert state(desk).fields["status"] == "active"
    assert decide(desk, "birch.second", "accept").status_code == 303
    assert state(desk).fields["status"] == "temporarily closed"


def test_a_coordinator_alone_with_an_imported_listing_is_not_stuck(desk: Desk) -> None:
    with unit_of_work():
        db.session.execute(
            update(Account)
            .where(Account.compartment_id == desk.small.birch.compartment_id)
            .values(active=False)
        )
    edit(desk, COORDINATOR, "contact", **{"phones-1-number": "518-555-0177"})
    assert waiting(desk) == []
    assert "(518) 555-0177" in {p["number"] for p in state(desk).fields["phones"]}


def test_a_change_decided_on_an_old_page_is_looked_at_again(desk: Desk) -> None:
    edit(desk, ADMIN, "taking", do_not_refer="y")
    row = waiting(desk)[0]
    edit(desk, ADMIN, "what", description="Newer")
    path = f"/directory/proposals/{row.id}/accept"
    late = desk[COORDINATOR].send(path, {"version": str(state(desk).version - 1)}, follow=False)
    desk[COORDINATOR].open("/account")
    late = desk[COORDINATOR].send(path, {"version": str(state(desk).version - 1)}, follow=False)
    assert late.status_code == 409
    assert not state(desk).fields["do_not_refer"]
    assert decide(desk, COORDINATOR, "accept").status_code == 303
    assert state(desk).fields["do_not_refer"]


def test_the_second_of_two_editors_sees_both_versions_and_keeps_what_they_typed(
    desk: Desk,
) -> None:
    path = f"/directory/services/{state(desk).id}/edit/what"
    typed = form_of(text_of(desk[ADMIN].open(path))) | {"description": "Mine stays here"}
    edit(desk, COORDINATOR, "what", description="Theirs came first")
    late = desk[ADMIN].send(path, typed, follow=False)
    assert late.status_code == 409
    page = text_of(late)
    assert page.count("Mine stays here") == 2
    assert "Theirs came first" in page
    assert state(desk).fields["description"] == "Theirs came first"
    again = desk[ADMIN].send(path, form_of(page), follow=False)
    assert again.status_code == 303
    assert state(desk).fields["description"] == "Mine stays here"


REFUSED: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("what", {"name": " "}, "Give it a name."),
    ("what", {"needs": ["no-such"]}, "Choose from the list."),
    ("who", {"minimum_age": "30", "maximum_age": "18"}, "below the lowest"),
    ("who", {"minimum_age": "-1", "tracks": []}, "Choose at least one."),
    ("where", {"areas": "Albany County, NY\nNarnia"}, "Line 2"),
    ("where", {"sites": ["00000000-0000-0000-0000-000000000000"]}, "Choose from the list."),
    ("hours", {"opening_hours": "when we feel like it"}, "cannot be read"),
    ("hours", {"timezone": "../etc"}, "Choose a time zone"),
    ("contact", {"phones-0-number": "12"}, "Phone 1: Not a possible phone number"),
    ("contact", {"url": "javascript:alert(1)"}, "Not a web address"),
    ("contact", {"email": "nobody"}, "Not an e-mail address"),
    ("taking", {"status": "gone"}, "Choose one."),
)


def test_what_cannot_be_is_refused_and_kept_as_typed(desk: Desk) -> None:
    before = state(desk)
    for section, typed, sentence in REFUSED:
        answer = edit(desk, ADMIN, section, **typed)
        assert answer.status_code == 422, sentence
        assert sentence in text_of(answer)
        value = next(iter(typed.values()))
        if isinstance(value, str) and section not in {"taking"}:
            assert value.split("\n")[-1] in text_of(answer)
    assert (state(desk), waiting(desk)) == (before, [])


def test_a_hidden_listing_gets_no_place_by_its_pages(desk: Desk) -> None:
    service_id, who = desk.small.cedar_service_id, "cedar.agency_admin"
    where = text_of(desk[who].open(f"/directory/services/{service_id}/edit/where"))
    assert "Add a place" not in where
    for section, typed in (
        ("where", {"areas": "12207"}),
        ("what", {"description": "Ring at 14 Elm Street"}),
        ("who", {"eligibility_description": "Come to 14 Elm Street"}),
    ):
        answer = edit(desk, who, section, service_id, **typed)
        assert answer.status_code == 422
        assert "confidential" in text_of(answer)
    assert desk[who].open(f"/directory/services/{service_id}/places/new").status_code == 404
    assert waiting(desk) == []


def test_an_address_moves_with_a_point_from_the_gazetteer(desk: Desk) -> None:
    service_id = desk.small.birch_service_id
    base = f"/directory/services/{service_id}/places"
    place = places_of_member(desk.small.network_id, desk.small.birch.member_id)[0]
    page = desk[ADMIN].open(f"{base}/{place.id}")
    typed = form_of(text_of(page)) | {"address_1": "1 Broadway", "city": "Troy", "postal_code": ""}
    assert desk[ADMIN].send(f"{base}/{place.id}", typed, follow=False).status_code == 303
    moved = places_of_member(desk.small.network_id, desk.small.birch.member_id)[0].fields
    assert (moved["precision"], moved["county_fips"]) == ("city", "36083")
    history = text_of(desk[ADMIN].open(f"/directory/services/{service_id}/history"))
    assert "36083" not in history
    assert "Rensselaer County, NY" in history
    assert "exact to about 4 miles (6 km), from the town" in history
    assert desk[ADMIN].send(f"{base}/new", {"city": "Nowhereville"}).status_code == 422
    private = {"address_1": "Confidential", "city": "Albany"}
    assert desk[ADMIN].send(f"{base}/new", private).status_code == 422
    assert desk[ADMIN].send(f"{base}/new", {"postal_code": "12207", "city": "Albany"}).status_code
    assert len(state(desk).fields["sites"]) == 2
    assert "1 Broadway" in text_of(desk["alder.worker"].open(f"/directory/services/{service_id}"))


def test_a_new_listing_is_neither_proposed_nor_public_before_it_is_confirmed(desk: Desk) -> None:
    desk[COORDINATOR].open("/directory/services/new")
    typed = {
        "member": "Birch Advocates (demo)",
        "name": "Pets in the country",
        "tracks": ["survivor"],
        "needs": ["pets"],
        "areas": "NY",
        "phones-0-number": "518-555-0190",
        "phones-0-type": "voice",
    }
    wrong = desk[COORDINATOR].send("/directory/services/new", typed | {"member": "Nobody"})
    assert wrong.status_code == 422
    assert "Pets in the country" in text_of(wrong)
    made = desk[COORDINATOR].send("/directory/services/new", typed, follow=False)
    assert made.status_code == 303
    service_id = UUID(made.headers["Location"].split("/")[3])
    assert not queries.get_service(desk.small.network_id, service_id).routable
    db.session.rollback()
    assert decide(desk, ADMIN, "accept").status_code == 303
    service = queries.get_service(desk.small.network_id, service_id)
    assert (service.routable, service.needs) == (True, frozenset({Need.PETS}))


def test_an_unclaimed_import_is_claimed_and_a_coordinator_grants_it(desk: Desk) -> None:
    service_id = desk.small.dune_service_id
    claim = f"/directory/services/{service_id}/claim"
    who = "alder.agency_admin"
    desk[who].open("/account")
    assert desk[who].send(claim, follow=False).status_code == 404  # it has people of its own
    with unit_of_work():
        compartment = desk.small.dune.compartment_id
        db.session.execute(
            update(Account).where(Account.compartment_id == compartment).values(active=False)
        )
        db.session.execute(
            update(ServiceRow)
            .where(ServiceRow.id == service_id)
            .values(source="another list", source_id="1")
        )
    assert "Claim this listing" in text_of(desk[who].open(f"/directory/services/{service_id}"))
    assert desk[who].send(claim, follow=False).status_code == 303
    assert desk[who].send(claim, follow=False).status_code == 409
    row = waiting(desk)[0]
    assert desk[ADMIN].open(f"/directory/proposals/{row.id}").status_code == 404
    assert decide(desk, COORDINATOR, "accept").status_code == 303
    found = state(desk, service_id)
    assert found.compartment_id == desk.small.alder.compartment_id
    history = text_of(desk[who].open(f"/directory/services/{service_id}/history"))
    assert "Given to another program" in history


def test_a_claim_never_takes_open_referrals_along(desk: Desk, now: datetime) -> None:
    small, me = desk.small, desk.small.alder.identity
    other = Compartment(
        network_id=small.network_id,
        member_id=small.birch.member_id,
        name="Second",
        kind="general",
        created_at=now,
    )
    need, place = NeedAnswers(("advocacy",)), PlaceAnswers("Troy, NY", "car", ())
    draft_id = drafts.start_with(me, world(), need, place, small.birch_service_id, at=now)
    drafts.record_yes(me, world(), draft_id, ChosenBy.SURVIVOR, at=now)
    sending.send(me, world(), draft_id, at=now)
    with unit_of_work():
        db.session.add(other)
        db.session.flush()
        mine = Account.email == small.emails[ADMIN]
        db.session.execute(update(Account).where(mine).values(compartment_id=other.id))
    desk[ADMIN].open("/account")
    claim = f"/directory/services/{small.birch_service_id}/claim"
    assert desk[ADMIN].send(claim, follow=False).status_code == 303
    refused = decide(desk, COORDINATOR, "accept")
    assert refused.status_code == 409
    assert "still open" in text_of(refused)
    assert state(desk).compartment_id == small.birch.compartment_id


def test_staff_report_and_the_words_are_sealed_then_erased(desk: Desk) -> None:
    path = f"/directory/services/{desk.small.birch_service_id}/report"
    who = "alder.worker"
    desk[who].open(path)
    assert desk[who].send(path, {"issue": "none-such"}).status_code == 422
    assert (
        desk[who].send(path, {"issue": "phone", "words": CANARY}, follow=False).status_code == 303
    )
    row = waiting(desk)[0]
    assert row.words_sealed
    assert CANARY not in row.words_sealed
    assert CANARY in text_of(desk[ADMIN].open(f"/directory/proposals/{row.id}"))
    assert CANARY not in text_of(desk[ADMIN].open("/directory/proposals"))
    assert decide(desk, ADMIN, "accept").status_code == 303
    db.session.expire_all()
    assert db.session.get(ListingProposal, row.id).words_sealed is None


def test_only_its_keepers_edit_a_listing_and_see_its_history(desk: Desk) -> None:
    base = f"/directory/services/{desk.small.birch_service_id}"
    for who in ("cedar.agency_admin", "birch.advocate"):
        for path in ("/edit", "/edit/contact", "/places/new", "/history"):
            assert desk[who].open(base + path).status_code == 404
        assert desk[who].send(f"{base}/edit/what", {"name": "Mine"}).status_code == 404


def test_private_numbers_are_for_its_keepers_alone(desk: Desk, now: datetime) -> None:
    private = next(p for p in state(desk).fields["phones"] if p["is_private"])["number"]
    base = f"/directory/services/{desk.small.birch_service_id}"
    assert private in text_of(desk[ADMIN].open(base))
    assert private not in text_of(desk["alder.worker"].open(base))
    edit(desk, ADMIN, "contact", **{"phones-0-description": "Back office"})
    decide(desk, COORDINATOR, "accept")
    assert private in text_of(desk[ADMIN].open(f"{base}/history"))
    assert private not in text_of(desk["coordination.auditor"].open(f"{base}/history"))


def test_another_networks_listing_is_not_there_to_edit(desk: Desk, now: datetime) -> None:
    other: SmallDirectory = make_small_directory(at=now, name="Another network")
    base = f"/directory/services/{other.birch_service_id}"
    for path in ("/edit", "/report", "/history"):
        assert desk[COORDINATOR].open(base + path).status_code == 404
    with pytest.raises(NotFoundError):
        listing_state(desk.small.network_id, other.birch_service_id)


def test_the_pages_of_a_listing_take_few_statements_whatever_there_is(
    desk: Desk, now: datetime
) -> None:
    base = f"/directory/services/{desk.small.birch_service_id}"
    place = places_of_member(desk.small.network_id, desk.small.birch.member_id)[0]
    db.session.rollback()
    edit(desk, ADMIN, "who", minimum_age="18")
    proposal = f"/directory/proposals/{waiting(desk)[0].id}"
    ends = ("", "/edit", "/edit/where", "/edit/contact", "/places/new", "/report", "/history")
    paths = [base + end for end in (*ends, f"/places/{place.id}")]
    paths += [proposal, "/directory/proposals", "/directory/services/new"]
    first = {path: statements(desk[ADMIN], path) for path in paths}
    assert {path: n for path, n in first.items() if n > MOST} == {}
    for words in ("One", "Two", "Three"):
        edit(desk, ADMIN, "what", description=words)
    for issue in ("phone", "hours"):
        desk["alder.worker"].open(f"{base}/report")
        desk["alder.worker"].send(f"{base}/report", {"issue": issue})
    assert {path: statements(desk[ADMIN], path) for path in paths} == first
