"""What people type into a listing is read as an import reads it, and refused where it bends it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccr.adapters.gazetteer import Gazetteer
from ccr.adapters.typed_facts import (
    area_lines,
    typed_areas,
    typed_email,
    typed_phone,
    typed_web_address,
)
from ccr.config import PROJECT_ROOT
from ccr.domain.errors import InvalidInputError

GAZETTEER = Gazetteer.load(PROJECT_ROOT / "data" / "reference" / "us_zip.csv")
AREAS = (
    ["nation", "US"],
    ["state", "NY"],
    ["state", "WA"],
    ["county", "36001"],
    ["county", "36061"],
    ["county", "51600"],
    ["county", "99999"],
    ["zip", "12207"],
)
SCHEMES = (
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "javascript&colon;alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "ftp://example.org",
    "blob:https://example.org/1",
    "https://user:pass@example.org",
    "https://exa mple.org",
    "//",
    "https://",
    "about:blank",
    "x",
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(AREAS), unique_by=tuple))
def test_areas_read_back_from_the_lines_they_are_shown_as(areas) -> None:
    lines = area_lines(areas, GAZETTEER)
    assert typed_areas(lines, areas, GAZETTEER, "NY") == sorted(areas)


@pytest.mark.parametrize("line", ["Troy, NY", "Elm Street", "12", "99999", "Narnia County", "?"])
def test_a_line_that_is_no_area_is_named_by_its_number(line) -> None:
    with pytest.raises(InvalidInputError, match="Line 2"):
        typed_areas(["Albany County, NY", line], [], GAZETTEER, "NY")


@pytest.mark.parametrize("address", SCHEMES)
def test_only_http_and_https_addresses_are_taken(address) -> None:
    with pytest.raises(InvalidInputError):
        typed_web_address(address)


def test_addresses_numbers_and_mail_are_read_as_an_import_reads_them() -> None:
    assert typed_web_address("example.org/help") == "https://example.org/help"
    assert typed_web_address("  ") is None
    assert typed_phone("5185550142", "12") == ("(518) 555-0142", "12")
    assert typed_email("a@example.org") == "a@example.org"
    for number, extension in (("12", ""), ("", ""), ("call us", ""), ("518-555-0142", "x")):
        with pytest.raises(InvalidInputError):
            typed_phone(number, extension)
    with pytest.raises(InvalidInputError):
        typed_email("nobody at example")
