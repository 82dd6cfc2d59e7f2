"""The safety consultation is one step away from every page of a program's desk (R2)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "templates/programs"
FRAME = '{% extends "programs/frame.html" %}'
ON_PAPER = re.compile(r'{% extends "layout/(print|paper|sheet)[^"]*" %}')
PAGES = sorted(path for path in FOLDER.glob("*.html") if "{% extends" in path.read_text())
THE_FORM_ITSELF = "consultation_new.html"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_r2_every_program_page_stands_in_the_frame_that_offers_a_consultation(path: Path) -> None:
    text = path.read_text()
    if path.name == "frame.html" or ON_PAPER.search(text):
        return
    assert FRAME in text
    # Whoever fills `content` would leave the frame out.
    assert not re.search(r"{%-?\s*block content\b", text)
    assert ("block consult_bar" in text) is (path.name == THE_FORM_ITSELF)


def test_r2_the_frame_leads_to_the_form_in_one_step() -> None:
    text = (FOLDER / "frame.html").read_text()
    assert "url_for('consultations.new')" in text
    assert text.index("block consult_bar") < text.index("block program_page")
