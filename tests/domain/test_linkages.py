"""Chains of agreements: the shortest one in force, and never over those to be avoided."""

from __future__ import annotations

from datetime import date

from ccr.domain.linkages import linkage_chain
from tests.builders import make_agreement, make_member

TODAY = date(2026, 11, 12)
A, B, C, D, E = (make_member() for _ in range(5))


def chain(*agreements, start=A, goal=D, avoiding=()):
    agreements_of = {}
    for agreement in agreements:
        for member_id in agreement.member_ids:
            agreements_of.setdefault(member_id, []).append(agreement)
    return linkage_chain(agreements_of, start.id, goal.id, TODAY, avoiding={m.id for m in avoiding})


def ids(*members):
    return tuple(member.id for member in members)


def test_an_agreement_between_the_two_is_the_shortest_chain():
    assert chain(make_agreement(A, D), make_agreement(A, B), make_agreement(B, D)) == ids(A, D)


def test_a_third_member_can_link_the_two():
    assert chain(make_agreement(A, B), make_agreement(B, D)) == ids(A, B, D)


def test_of_two_links_the_lower_id_is_taken():
    agreements = [make_agreement(A, m) for m in (C, B)] + [make_agreement(m, D) for m in (C, B)]
    assert chain(*agreements) == ids(A, min(B, C, key=lambda m: m.id), D)


def test_a_chain_of_more_than_three_agreements_introduces_nobody():
    three = [make_agreement(A, B), make_agreement(B, C), make_agreement(C, D)]
    assert chain(*three) == ids(A, B, C, D)
    assert chain(*three, make_agreement(D, E), goal=E) == ()


def test_lapsed_agreements_and_avoided_members_do_not_link():
    lapsed = make_agreement(A, B, expires_on=TODAY)
    assert chain(lapsed, make_agreement(B, D)) == ()
    assert chain(make_agreement(A, B), make_agreement(B, D), avoiding=[B]) == ()


def test_nobody_is_linked_to_themselves_or_without_agreements():
    assert chain(make_agreement(A, B), goal=A) == ()
    assert chain() == ()
