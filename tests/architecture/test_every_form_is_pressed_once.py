"""Every form that posts is known when it comes a second time (issue 6, part 11)."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask

from ccr.web.one_time import OTHER_DOORS

TEMPLATES = Path(__file__).parents[2] / "templates"
# Every page behind a link from a mail has a turn, which counts once; and all of them are one page.
OWN_TURN = "answer/"
_FORM = re.compile(r"<form\b[^>]*?method\s*=\s*[\"']?post.*?</form>", re.IGNORECASE | re.DOTALL)
# `ask_again` writes the fields of a search once more, with the tokens of a form of its own.
_TOKENS = re.compile(r"\{\{-?\s*(form_tokens|one_time_token|ask_again)\(")


def forms_without_a_token(text: str) -> list[str]:
    return [form[:120] for form in _FORM.findall(text) if len(_TOKENS.findall(form)) != 1]


def test_every_form_that_posts_carries_one_token() -> None:
    """Write {{ form_tokens() }} first in a form, or {{ one_time_token() }} where no cookie is."""
    found = {
        name: forms
        for path in TEMPLATES.rglob("*.html")
        if not (name := str(path.relative_to(TEMPLATES))).startswith(OWN_TURN)
        and (forms := forms_without_a_token(path.read_text()))
    }
    assert found == {}


def test_no_form_writes_its_fields_by_hand() -> None:
    by_hand = re.compile(r"csrf_token\(\)|name=\"(csrf_token|once)\"")
    found = [str(p) for p in TEMPLATES.rglob("*.html") if by_hand.search(p.read_text())]
    assert found == []


def test_the_look_for_forms_finds_what_is_missing() -> None:
    assert forms_without_a_token('<form class="a" method="post"><button>Go</button></form>')
    assert forms_without_a_token("<form method=POST action='/x'></form>")
    assert not forms_without_a_token('<form method="post">{{ form_tokens() }}</form>')
    assert not forms_without_a_token('<form method="get"></form>')


def test_what_may_be_asked_at_will_is_named_with_a_reason(built_app: Flask) -> None:
    """A POST that is never counted must make nothing, or count by a token of its own."""
    named = {
        "draft_keep.keep": "keeps what is typed, by the version that is on the screen",
        "draft_keep.begin": "keeps what is typed, in the one draft that its token names",
        "exporting.take": "takes a copy away",
        "chosen.export": "takes a list along, and each taking is noted",
        "routing.count_unmet_need": "its token counts it once, and the answer is a page",
        "vocabularies.preview": "shows what a change would do",
        "answer_codes.read_out": "shows a code this once; the newest one counts",
    }
    views = built_app.view_functions
    asking = {name for name, view in views.items() if getattr(view, "ccr_asks_only", False)}
    assert asking == set(named)
    assert frozenset({None, "api", "hsds", "security"}) == OTHER_DOORS
