"""Single cells: links, mail, phones, dates, numbers, coordinates, in their safe meaning."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr.adapters.packages import cells
from ccr.adapters.packages.access_words import accessibility, of_all
from ccr.adapters.packages.language_codes import language_code
from ccr.adapters.packages.service_parts import cost
from ccr.adapters.packages.tabular import Row
from ccr.domain.directory import Point
from ccr.domain.directory_import import NoteBook
from ccr.domain.taxonomy import Access, Cost, Known

BAD_LINKS = [
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>",
    "DATA:text/html;base64,xx",
    "vbscript:x",
    "file:///etc/passwd",
    "ftp://example.org",
    "blob:https://example.org/x",
    "about:blank",
    "mailto:a@example.org",
    "tel:911",
    "sms:911",
    "ws://example.org",
    "view-source:https://example.org",
    "ssh://x.org",
    "https://user:secret@example.org",
    "https://user@example.org",
    "http://",
    "https:///path",
    "http://exa mple.org",
    "https://example.org/<b>",
    'https://example.org/"',
    "//",
    "no dots",
    "https://localhost",
    "https://.org",
    "https://a..org",
    "https://-a.org",
    "javascript&colon;x",
    "https://example.org:99999",
    "x:alert(1)",
    "jar:http://example.org!/",
    "intent://x#Intent",
    "\\\\example.org\\x",
    "https://example.org\\@evil.org",
    "https://[::1]/",
    "1",
    "?",
    "n/a",
]


def row(**values: str) -> Row:
    return Row("services.csv", 2, values)


@pytest.mark.parametrize("value", BAD_LINKS)
def test_links_that_are_no_web_address_are_left_out_with_a_note(value: str) -> None:
    notes = NoteBook()
    assert cells.web_address(row(url=value), notes, "url") is None
    assert len(notes.notes) == 1
    assert value not in str(notes.notes[0].phrase)


@pytest.mark.parametrize(
    ("value", "link"),
    [
        ("example.org", "https://example.org"),
        ("www.example.org/a?b=c#d", "https://www.example.org/a?b=c#d"),
        ("//example.org/x", "https://example.org/x"),
        ("example.org:8080/x", "https://example.org:8080/x"),
        ("http://example.org", "http://example.org"),
        ("HTTPS://Example.org", "HTTPS://Example.org"),
    ],
)
def test_https_is_assumed_where_no_scheme_is_given(value: str, link: str) -> None:
    assert cells.web_address(row(url=value), NoteBook(), "website", "url") == link


@given(st.text(max_size=60))
def test_any_link_is_http_or_nothing(value: str) -> None:
    found = cells.web_address(row(url=value), NoteBook(), "url")
    assert found is None or found.lower().startswith(("http://", "https://"))


@pytest.mark.parametrize(
    ("value", "mail"),
    [
        ("help@example.org", "help@example.org"),
        ("mailto:help@example.org", "help@example.org"),
        ("help", None),
        ("a@b", None),
        ("a b@example.org", None),
        ("<x>@example.org", None),
        ("a@example.org,b@example.org", None),
    ],
)
def test_mail_addresses(value: str, mail: str | None) -> None:
    assert cells.email(row(email=value), NoteBook()) == mail


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("650 780-7525", ("(650) 780-7525", None)),
        ('"+44 1234 234567"', ("+44 1234 234567", None)),
        ("518-555-0142 ext. 12", ("(518) 555-0142", "12")),
        ("(518) 555-0142 x7", ("(518) 555-0142", "7")),
        ("1-800-799-7233", ("(800) 799-7233", None)),
        ("911", ("911", None)),
        ("(223) 346 12361", ("(223) 346 12361", None)),
        ("call us", None),
        ("", None),
    ],
)
def test_phones(value: str, found: tuple[str, str | None] | None) -> None:
    assert cells.phone_number(row(number=value), NoteBook()) == found


def test_a_country_prefix_and_an_extension_of_their_own_are_used() -> None:
    found = cells.phone_number(
        row(number="202-555-0123", country_prefix="+1", extension="9"), NoteBook()
    )
    assert found == ("(202) 555-0123", "9")


@pytest.mark.parametrize(
    ("lat", "lon", "found"),
    [
        ("42.7", "-73.6", Point(42.7, -73.6)),
        ("0", "0", None),
        ("100", "101", None),
        ("nan", "1", None),
        ("inf", "1", None),
        ("42.7", "", None),
        ("north", "west", None),
        ("", "", None),
        ("90", "180", Point(90, 180)),
        ("42,7", "-73", None),
    ],
)
def test_coordinates(lat: str, lon: str, found: Point | None) -> None:
    assert cells.point(row(latitude=lat, longitude=lon), NoteBook()) == found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("12", 12),
        ("12.0", 12),
        ("1,200", None),
        ("-1", None),
        ("12 years", None),
        ("nan", None),
        ("1e999", None),
        ("", None),
        ("1-45 people", None),
    ],
)
def test_whole_numbers(value: str, found: int | None) -> None:
    assert cells.whole_number(row(age=value), "age", NoteBook(), highest=120) == found


def test_dates_and_times() -> None:
    notes = NoteBook()
    assert cells.day(row(d="2026-02-03T10:00:00Z"), "d", notes) == date(2026, 2, 3)
    assert cells.day(row(d="January 05, 2020"), "d", notes) == date(2020, 1, 5)
    assert cells.day(row(d="12/24/2015"), "d", notes) == date(2015, 12, 24)
    assert cells.moment(row(d="2024-09-25T14:23:06.5+01:00"), "d", notes) == datetime(
        2024, 9, 25, 13, 23, 6, 500_000, tzinfo=UTC
    )
    assert notes.notes == []
    assert cells.day(row(d="2026-02-31"), "d", notes) is None
    assert cells.moment(row(d="soon"), "d", notes) is None
    assert len(notes.notes) == 2


def test_html_becomes_words() -> None:
    value = "Offers <ul>\n <li>food</li>\n<li>beds</li></ul><script>alert(1)</script> &amp; rest"
    assert cells.without_tags(value) == "Offers\n- food\n- beds\n& rest"


def test_text_over_measure_is_cut_with_a_note() -> None:
    notes = NoteBook()
    assert len(cells.short(row(name="x" * 400), "name", 300, notes)) == 300
    assert len(notes.notes) == 1


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Spanish", "es"),
        ("SPANISH", "es"),
        ("Español", "es"),
        ("es", "es"),
        ("en-US", "en"),
        ("Chinese (Mandarin)", "cmn"),
        ("Cantonese", "yue"),
        ("Urdu", "ur"),
        ("ASL", "ase"),
        ("Haitian Creole", "ht"),
        ("Yoruba", "yo"),
        ("Klingonese", None),
        ("", None),
        ("everything", None),
    ],
)
def test_language_names(name: str, code: str | None) -> None:
    assert language_code(name) == code


def test_accessibility_words() -> None:
    said = accessibility(
        [
            "disabled_parking",
            "wheelchair",
            "deaf_interpreter",
            "tape_braille",
            "Service animals are welcome.",
        ]
    )
    assert said == {
        Access.WHEELCHAIR: Known.YES,
        Access.DEAF: Known.YES,
        Access.BLIND: Known.YES,
        Access.SERVICE_ANIMAL: Known.YES,
    }


@pytest.mark.parametrize(
    "text",
    [
        "Not wheelchair accessible",
        "No wheelchair access.",
        "Wheelchair access is not available",
    ],
)
def test_accessibility_may_be_denied(text: str) -> None:
    assert accessibility([text]) == {Access.WHEELCHAIR: Known.NO}


def test_sites_that_disagree_promise_nothing() -> None:
    assert of_all([{Access.DEAF: Known.YES}, {Access.DEAF: Known.NO}, {}]) == {}


@pytest.mark.parametrize(
    ("fees", "amounts", "found"),
    [
        ("Free", [], Cost.FREE),
        ("None. Donations are welcome", [], Cost.FREE),
        ("Sliding scale", [], Cost.SLIDING),
        ("$5", [], Cost.UNKNOWN),
        ("", [], Cost.UNKNOWN),
        ("", ["0"], Cost.FREE),
        ("", ["35"], Cost.PAID),
        ("", ["0", "35"], Cost.UNKNOWN),
        ("", ["n/a"], Cost.UNKNOWN),
        ("Free to members", [], Cost.UNKNOWN),
    ],
)
def test_cost(fees: str, amounts: list[str], found: Cost) -> None:
    assert cost(fees, [row(amount=amount) for amount in amounts]) is found
