"""What every answer carries, and what no answer gives away."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

import pytest
from flask import Flask

from tests.people import make_network, make_team
from tests.web.conftest import Visitor

PUBLIC = ("/", "/es/", "/sign-in", "/healthz", "/styleguide", "/nowhere")


@pytest.mark.parametrize("path", PUBLIC)
def test_every_answer_carries_the_protective_headers(visitor: Visitor, path: str) -> None:
    headers = visitor.open(path).headers
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "noindex" in headers["X-Robots-Tag"]


@pytest.mark.parametrize("path", ["/", "/es/", "/healthz", "/exit"])
def test_public_pages_set_no_cookie(visitor: Visitor, path: str) -> None:
    kept = [
        c
        for c in visitor.open(path).headers.getlist("Set-Cookie")
        if "Expires=Thu, 01 Jan 1970" not in c
    ]
    assert kept == []


def test_the_way_out_leads_to_a_harmless_page_without_saying_where_one_came_from(
    visitor: Visitor,
) -> None:
    visitor.open("/sign-in")  # sets a cookie, so there is something to clear
    answer = visitor.open("/exit")
    assert answer.headers["Location"].startswith("https://www.weather.gov")
    assert "cookies" in answer.headers["Clear-Site-Data"]
    assert "Expires=Thu, 01 Jan 1970" in answer.headers["Set-Cookie"]
    assert "Clear-Site-Data" not in visitor.open("/exit").headers


def test_the_front_page_is_spanish_under_its_own_path(visitor: Visitor) -> None:
    page = visitor.open("/es/").get_data(as_text=True)
    assert '<html lang="es"' in page
    assert "Llame primero" in page


def test_ready_says_which_part_is_not(visitor: Visitor) -> None:
    answer = visitor.open("/readyz")
    assert answer.status_code == 503
    assert answer.get_json() == {"ready": False, "database": True, "migrated": True, "jobs": False}


def test_absent_and_forbidden_pages_are_the_same_bytes(
    sqlite_app: Flask, visitor: Visitor, now: datetime
) -> None:
    team = make_team(make_network(at=now), "Alder House", at=now)
    visitor.sign_in(team.email)
    pages = {visitor.open(path).get_data() for path in (f"/desk/referrals/{uuid4()}", "/nowhere")}
    assert len(pages) == 1
