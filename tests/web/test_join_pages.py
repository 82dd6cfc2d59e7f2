"""The public pages about joining: open to all, no cookie, in two languages, each claim marked."""

from __future__ import annotations

import re

import pytest

from ccr.web.presenters import counsel_page, join_pages
from tests.web.conftest import Visitor
from tests.web.journey import text_of

PAGES = ("/join", "/join/director", "/join/sheriff", "/join/pastor", "/join/counsel")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_page_about_joining_opens_for_anybody_and_sets_no_cookie(
    visitor: Visitor, path: str, language: str
) -> None:
    answer = visitor.open(f"/{language}{path}")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    page = text_of(answer)
    assert f'<html lang="{language}"' in page
    assert page.count("<h1") == 1
    other = "es" if language == "en" else "en"
    assert f'href="/{other}{path}"' in page
    assert re.search(r"<title>\s*(Joining the network|Unirse a la red) · CCR</title>", page)


def test_links_between_the_pages_keep_the_language_of_the_address(visitor: Visitor) -> None:
    page = text_of(visitor.open("/es/join/sheriff"))
    links = re.findall(r'class="standalone-link" href="([^"]+)"', page)
    assert links == [f"/es{path}" for path in PAGES]


@pytest.mark.parametrize("page", [join_pages.DIRECTOR, join_pages.SHERIFF, join_pages.PASTOR])
def test_one_screen_says_what_is_given_what_never_and_what_comes_back(
    page: join_pages.ReaderPage,
) -> None:
    assert all(3 <= len(part) <= 4 for part in (page.give, page.never, page.get))
    assert len(page.month) == 4
    words = " ".join(str(p) for p in (page.lead, *page.give, *page.never, *page.get, *page.month))
    assert len(words.split()) < 260


def test_every_point_for_counsel_has_a_source_and_says_how_sure_it_is(visitor: Visitor) -> None:
    points = (*counsel_page.SETTLED, *counsel_page.OPEN)
    assert all(point.source for point in points)
    assert {point.found for point in counsel_page.SETTLED} == {True}
    page = text_of(visitor.open("/en/join/counsel"))
    # Once each in the explanation above the points.
    assert page.count("Found in the text") == 1 + sum(point.found for point in points)
    assert page.count("General knowledge, check") == 1 + sum(not p.found for p in points)


@pytest.mark.parametrize(
    "source",
    [
        "34 U.S.C. 12291",
        "42 U.S.C. 10406",
        "28 CFR 90.4",
        "459-h",
        "2265(d)(3)",
        "452.10(c)",
    ],
)
def test_what_was_not_read_in_the_law_itself_is_never_called_settled(source: str) -> None:
    assert not any(source in point.source for point in counsel_page.SETTLED)
    assert any(source in point.source for point in counsel_page.OPEN)
