"""Public pages for somebody who thinks about joining. No account, no cookie, nothing asked."""

from __future__ import annotations

from flask import Blueprint, render_template

from ccr.web.access import public
from ccr.web.presenters import counsel_page, join_pages

blueprint = Blueprint("join", __name__)
PREFIX = "/<any(en, es):language>"


@blueprint.get("/join")
@blueprint.get(f"{PREFIX}/join")
@public
def index(language: str | None = None) -> str:
    """Show what taking part means, four ways to do it, and the pages for each reader."""
    del language
    return render_template("join/index.html", ways=join_pages.WAYS)


@blueprint.get("/join/director")
@blueprint.get(f"{PREFIX}/join/director")
@public
def director(language: str | None = None) -> str:
    """Show one screen for a director."""
    del language
    return render_template("join/reader.html", page=join_pages.DIRECTOR)


@blueprint.get("/join/sheriff")
@blueprint.get(f"{PREFIX}/join/sheriff")
@public
def sheriff(language: str | None = None) -> str:
    """Show one screen for a sheriff."""
    del language
    return render_template("join/reader.html", page=join_pages.SHERIFF)


@blueprint.get("/join/pastor")
@blueprint.get(f"{PREFIX}/join/pastor")
@public
def pastor(language: str | None = None) -> str:
    """Show one screen for a pastor."""
    del language
    return render_template("join/reader.html", page=join_pages.PASTOR)


@blueprint.get("/join/counsel")
@blueprint.get(f"{PREFIX}/join/counsel")
@public
def counsel(language: str | None = None) -> str:
    """Show what the law settles and what it does not, each point with its source."""
    del language
    return render_template(
        "join/counsel.html", settled=counsel_page.SETTLED, unsettled=counsel_page.OPEN
    )
