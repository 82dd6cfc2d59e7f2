"""The practice space's rules: the same act always gets the same answer, and every way ends."""

from __future__ import annotations

import pytest

from ccr.domain.practice import Checklist, InventedPartner, Move, next_move
from ccr.domain.referral_states import State

LEADS_TO = {
    Move.ACCEPT: State.ACCEPTED,
    Move.ASK: State.ASKED,
    Move.DECLINE: State.DECLINED,
    Move.REACH: State.IN_PROGRESS,
    Move.CONNECT: State.CONNECTED,
    Move.CLOSE: State.CLOSED,
}


def way_of(partner: InventedPartner) -> list[Move]:
    """Return all that a partner does with one referral, its question answered at once."""
    state, asked, moves = State.SENT, False, []
    while (move := next_move(partner, state, asked=asked)) is not None:
        moves.append(move)
        asked = asked or move is Move.ASK
        state = State.SENT if move is Move.ASK else LEADS_TO[move]
        assert len(moves) < 10
    return moves


def test_every_partner_goes_one_way_to_its_end() -> None:
    taken = [Move.ACCEPT, Move.REACH, Move.CONNECT, Move.CLOSE]
    assert {partner: way_of(partner) for partner in InventedPartner} == {
        InventedPartner.TAKES: taken,
        InventedPartner.ASKS: [Move.ASK, *taken],
        InventedPartner.FULL: [Move.DECLINE],
        InventedPartner.PHONE: [],
    }


@pytest.mark.parametrize("partner", list(InventedPartner))
@pytest.mark.parametrize(
    "state",
    [
        State.DRAFT,
        State.ASKED,
        State.DECLINED,
        State.CLOSED,
        State.CANCELLED,
        State.ENTERED_IN_ERROR,
    ],
)
def test_no_partner_moves_when_it_is_not_its_turn(partner: InventedPartner, state: State) -> None:
    assert next_move(partner, state, asked=False) is None


@pytest.mark.parametrize("missing", ["sent", "accepted", "answered", "closed"])
def test_the_training_is_done_when_all_four_are(missing: str) -> None:
    whole = {"sent": True, "accepted": True, "answered": True, "closed": True}
    assert Checklist(**whole).done
    assert not Checklist(**{**whole, missing: False}).done
    assert Checklist(**{**whole, missing: False}).wants_one_to_answer is (
        missing in {"answered", "closed"}
    )
