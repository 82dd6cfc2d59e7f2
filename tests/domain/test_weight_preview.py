"""What other weights would do: the examples, where they ask from, and how two answers differ."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ccr.domain.routing import rank_partners
from ccr.domain.taxonomy import CapacityStatus, Need, Transport, Urgency
from ccr.domain.weight_preview import (
    EXAMPLES,
    FIRST,
    LOOKED_AT,
    Example,
    PartChange,
    Standing,
    compare,
    example_places,
    example_sender,
    request_of,
)
from ccr.domain.weights import DEFAULT
from tests.builders import (
    ALBANY,
    HOURS,
    NOW,
    SCHENECTADY,
    TROY,
    make_agreement,
    make_capacity,
    make_id,
    make_member,
    make_service,
    make_site,
    make_snapshot,
)

ONE = Example((Need.ADVOCACY,), 0, 14)
FAR = make_service(name="Far", sites=(make_site(ALBANY),))
UNSURE = make_service(name="Unsure", capacity=make_capacity(CapacityStatus.UNKNOWN))


def asked(example: Example = ONE, **changes):
    request = request_of(example, [TROY], sender=None, at=NOW, timezone="America/New_York")
    return replace(request, **changes)


def compared(*services, example: Example = ONE, **weights: int):
    snapshot, request = make_snapshot(services), asked(example)
    before, after = (
        rank_partners(snapshot, request, hours=HOURS, weights=each)
        for each in (DEFAULT, replace(DEFAULT, **weights))
    )
    return compare(example, before, after)


def test_the_examples_differ_in_everything_that_a_weight_minds() -> None:
    assert 8 <= len(EXAMPLES) <= 12
    assert len(set(EXAMPLES)) == len(EXAMPLES)
    assert {e.urgency for e in EXAMPLES} == set(Urgency)
    assert {e.transport for e in EXAMPLES} == set(Transport)
    assert {e.language is None for e in EXAMPLES} == {True, False}
    assert {e.place for e in EXAMPLES} == {0, 1, 2}
    assert any(len(e.needs) > 1 for e in EXAMPLES)
    assert any(e.hour < 6 or e.hour > 20 for e in EXAMPLES)


def test_the_same_weights_move_nothing() -> None:
    found = compared(FAR, UNSURE)
    assert not found.changed
    assert [move.service for move in found.moves] == [UNSURE, FAR]
    assert all(move.before == move.after and not move.parts for move in found.moves)


def test_a_dearer_drawback_shows_who_moved_and_by_which_part() -> None:
    found = compared(FAR, UNSURE, capacity_unknown=40)
    assert found.changed
    far, unsure = found.moves
    assert (far.service, far.before, far.after, far.parts) == (
        FAR,
        Standing(2, 18),
        Standing(1, 18),
        (),
    )
    assert (unsure.before, unsure.after) == (Standing(1, 15), Standing(2, 40))
    assert unsure.parts == (PartChange("capacity", 15, 40),)


def test_a_drawback_of_nothing_is_a_part_that_goes_to_zero() -> None:
    assert compared(UNSURE, capacity_unknown=0).moves[0].parts == (PartChange("capacity", 15, 0),)


def test_a_partner_that_a_limit_now_stops_says_which() -> None:
    (move,) = compared(FAR, reach=15).moves
    assert (move.before, move.after) == (Standing(1, 18), None)
    assert str(move.stopped) == "More than 15 minutes away"
    (back,) = compare(ONE, *reversed(answers(FAR, reach=15))).moves
    assert (back.before, back.after, back.stopped) == (None, Standing(1, 18), None)


def answers(*services, **weights: int):
    snapshot = make_snapshot(services)
    return [
        rank_partners(snapshot, asked(), hours=HOURS, weights=each)
        for each in (DEFAULT, replace(DEFAULT, **weights))
    ]


def test_the_first_five_of_either_are_compared_and_no_more() -> None:
    unsure = [make_service(capacity=make_capacity(CapacityStatus.UNKNOWN)) for _ in range(FIRST)]
    far = [make_service(sites=(make_site(ALBANY),)) for _ in range(FIRST)]
    found = compared(*unsure, *far, capacity_unknown=40)
    assert {move.service.id for move in found.moves} == {s.id for s in (*unsure, *far)}
    assert [move.after.place for move in found.moves] == list(range(1, 2 * FIRST + 1))
    assert len(compared(*unsure, *far).moves) == FIRST


def test_confidential_places_are_in_no_comparison() -> None:
    hidden = make_service(name="Hidden", confidential=True)
    assert [move.service for move in compared(hidden, FAR, capacity_unknown=40).moves] == [FAR]


def test_plans_are_compared_by_their_minutes() -> None:
    both = Example((Need.ADVOCACY, Need.FOOD), 0, 14)
    food = make_service(needs=frozenset({Need.FOOD}))
    found = compared(make_service(), food, example=both, extra_door=50)
    assert found.plan[1] - found.plan[0] == 50 - DEFAULT.extra_door
    assert found.changed


def test_examples_ask_from_the_commonest_zip_of_the_counties_with_most_public_sites() -> None:
    second = make_site(ALBANY, zip_code="12203")
    directory = [
        make_service(sites=(make_site(ALBANY), make_site(ALBANY), second)),
        make_service(sites=(make_site(TROY), make_site(TROY))),
        make_service(sites=(make_site(SCHENECTADY),)),
        make_service(sites=(make_site(county_fips="36039", zip_code="12414"),)),
        make_service(sites=(make_site(zip_code=None),)),
        make_service(confidential=True),
    ]
    assert example_places(directory) == ("12207", "12180", "12414")
    assert example_places(directory[-2:]) == ()


def test_examples_are_sent_by_the_member_with_most_agreements() -> None:
    one, two, three = make_member(), make_member(), make_member()
    signed = [make_agreement(one, two), make_agreement(two, three)]
    found = {m.id: [a for a in signed if m.id in a.member_ids] for m in (one, two, three)}
    assert example_sender(found) == two.id
    assert example_sender({}) is None


@pytest.mark.parametrize("hour", [0, 3, 23])
def test_an_example_is_asked_at_its_hour_on_the_day_of_the_network(hour: int) -> None:
    late = datetime(2026, 11, 13, 3, 30, tzinfo=UTC)  # Thursday 22:30 in New York
    sender = make_id()
    made = request_of(
        Example((Need.FOOD,), 5, hour, Transport.FOOT, Urgency.HIGH, "es"),
        [TROY, ALBANY, SCHENECTADY],
        sender=sender,
        at=late,
        timezone="America/New_York",
    )
    assert made.at == datetime(2026, 11, 12, 5, tzinfo=UTC) + timedelta(hours=hour)
    assert (made.near, made.sender_member_id, made.limit) == (SCHENECTADY, sender, LOOKED_AT)
    assert (made.language, made.transport, made.urgency) == ("es", Transport.FOOT, Urgency.HIGH)
