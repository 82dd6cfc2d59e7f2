"""What serves an area without a distance: hidden houses too, whether they are full or not."""

from __future__ import annotations

from ccr.domain.gaps import Cell, County
from ccr.domain.nearest_services import access_of
from tests.builders import make_service


def test_that_a_hidden_house_is_full_cannot_be_read_off_what_serves_an_area() -> None:
    hidden, bare = make_service(confidential=True), make_service(sites=())
    county = County("Rensselaer", "36083", "NY")
    cells = [
        Cell("emergency-shelter", county, checked=(hidden, bare), full=full)
        for full in ((), (hidden,), (hidden, bare))
    ]
    found = [access_of(cell, ()).by_area for cell in cells]
    assert found == [(hidden, bare), (hidden, bare), (hidden,)]


def test_neither_can_it_be_of_one_that_is_had_by_phone_alone() -> None:
    hidden = make_service(confidential=True, in_person=False, by_phone=True)
    county = County("Rensselaer", "36083", "NY")
    for full in ((), (hidden,)):
        cell = Cell("advocacy", county, checked=(hidden,), full=full)
        assert access_of(cell, ()).remote == (hidden,)
