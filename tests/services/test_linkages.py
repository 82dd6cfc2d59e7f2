"""Linkage agreements: recorded, read by routing as pairs, renewed, ended, and warned of once."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from ccr.domain.errors import ForbiddenError, InvalidInputError, NotFoundError, StaleError
from ccr.domain.linkages import Contact, Paper, Term, paper_of_two
from ccr.domain.pathways import Standing
from ccr.policy.identity import Role
from ccr.services import coordination, linkages
from ccr.storage.db import db
from ccr.storage.models.operations import OutboxItem
from tests.coordination import coordinator
from tests.loop import world
from tests.small_directory import SmallDirectory, make_small_directory

TODAY = date(2026, 11, 12)


@pytest.fixture
def small(app: Flask, now: datetime) -> SmallDirectory:
    return make_small_directory(at=now)


def paper(small: SmallDirectory, **changes: object) -> Paper:
    teams = (small.alder, small.birch, small.cedar)
    whole = {
        "parties": tuple((team.member_id, Contact.DIRECTOR) for team in teams),
        "needs": (),
        "terms": (Term.RELEASE_FIRST,),
        "terms_line": "  Reviewed by  both counsels. ",
        "signed_on": TODAY,
        "review_on": None,
        "expires_on": date(2027, 11, 12),
        **changes,
    }
    return Paper(**whole)  # type: ignore[arg-type]


def test_an_agreement_of_three_is_three_pairs_for_routing_and_one_paper(
    small: SmallDirectory, now: datetime
) -> None:
    who = coordinator(small)
    made = linkages.record(who, paper(small), at=now)
    assert len(coordination.network_view(who, at=now).agreements) == 3
    found = linkages.history(who, made, at=now).newest
    assert len(found.parties) == 3
    assert found.terms_line == "Reviewed by both counsels."
    assert [one.id for one in linkages.papers(who, at=now).newest] == [made]


def test_renewing_makes_a_new_version_and_keeps_the_old_ones(
    small: SmallDirectory, now: datetime
) -> None:
    who = coordinator(small)
    first = linkages.record(who, paper(small, signed_on=date(2025, 1, 1), expires_on=TODAY), at=now)
    assert linkages.history(who, first, at=now).newest.stands(TODAY) is Standing.LAPSED
    second = linkages.renew(who, first, 1, paper(small), at=now)
    with pytest.raises(StaleError):
        linkages.renew(who, first, 1, paper(small), at=now)
    versions = linkages.history(who, first, at=now).versions
    assert [one.id for one in versions] == [second, first]
    assert [one.id for one in linkages.papers(who, at=now).newest] == [second]
    with pytest.raises(InvalidInputError, match="before the version"):
        linkages.renew(who, first, 2, paper(small, signed_on=date(2024, 1, 1)), at=now)


def test_what_is_ended_counts_for_routing_no_more(small: SmallDirectory, now: datetime) -> None:
    who = coordinator(small)
    made = linkages.record(who, paper(small, signed_on=date(2026, 1, 1)), at=now)
    linkages.end(who, made, at=now)
    with pytest.raises(NotFoundError):
        linkages.end(who, made, at=now)
    agreements = coordination.network_view(who, at=now).agreements
    assert {one.expires_on for one in agreements} == {TODAY}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"signed_on": TODAY + timedelta(days=1)}, "signed_on"),
        ({"expires_on": TODAY}, "expires_on"),
        ({"review_on": date(2099, 1, 1)}, "review_on"),
        ({"parties": ()}, "parties"),
        ({"terms_line": "x" * 241}, "terms_line"),
    ],
)
def test_a_paper_that_cannot_be_is_refused(
    small: SmallDirectory, now: datetime, change: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        linkages.record(coordinator(small), paper(small, **change), at=now)
    assert refused.value.field == field


def test_only_coordinators_record_and_only_their_own_network_is_seen(
    small: SmallDirectory, now: datetime
) -> None:
    made = linkages.record(coordinator(small), paper(small), at=now)
    auditor = coordinator(small, Role.AUDITOR)
    assert linkages.history(auditor, made, at=now).newest.id == made
    for act in (
        lambda: linkages.record(auditor, paper(small), at=now),
        lambda: linkages.renew(auditor, made, 1, paper(small), at=now),
        lambda: linkages.end(auditor, made, at=now),
    ):
        with pytest.raises(ForbiddenError):
            act()
    other = make_small_directory(at=now, name="Other network")
    with pytest.raises(NotFoundError):
        linkages.history(coordinator(other), made, at=now)


def test_coordinators_are_told_once_at_each_step(small: SmallDirectory, now: datetime) -> None:
    ends = TODAY + timedelta(days=89)
    parties = small.alder.member_id, small.birch.member_id
    linkages.record(coordinator(small), paper_of_two(*parties, TODAY, ends), at=now)

    def told(at: datetime) -> int:
        linkages._told.clear()  # another process
        linkages.warn(world(), at=at)
        return len(db.session.scalars(select(OutboxItem.id)).all())

    first = told(now)
    assert first >= 1
    assert told(now + timedelta(days=1)) == first
    assert told(now + timedelta(days=60)) == 2 * first
    assert told(now + timedelta(days=89)) == 3 * first
    assert told(now + timedelta(days=95)) == 3 * first
