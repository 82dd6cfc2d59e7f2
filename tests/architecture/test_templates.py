"""Templates compile, say nothing raw, and keep script and style out of the page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT / "templates")))
def test_every_template_compiles(built_app: Flask, path: Path) -> None:
    built_app.jinja_env.get_template(str(path.relative_to(ROOT / "templates")))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT / "templates")))
def test_no_template_holds_raw_values_inline_script_or_style(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"\|\s*safe\b", text)
    assert not re.search(r"\sstyle=", text)
    assert not re.search(r"<style", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"\son[a-z]+=", text)


def test_every_component_is_in_the_style_guide() -> None:
    folder = Path(__file__).parents[2] / "templates"
    shown = "".join(page.read_text() for page in (folder / "styleguide").glob("*.html"))
    parts = {part.name for part in (folder / "components").glob("*.html")}
    # Macros that other components are made of, or that the layout shows on this very page.
    inside = {
        name
        for name in parts
        if any(
            f"components/{name}" in other.read_text()
            for other in ((folder / "layout").glob("*.html"))
        )
    }
    assert {name for name in parts - inside if f"components/{name}" not in shown} == set()


def test_titles_are_neutral() -> None:
    loaded = re.compile(r"abuse|victim|violence|shelter|batter", re.IGNORECASE)
    for path in TEMPLATES:
        for title in re.findall(r"{% block title %}(.*?){% endblock %}", path.read_text()):
            assert not loaded.search(title), path
