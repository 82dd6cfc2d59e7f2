"""Every component on one page, for those who build and those who judge."""

from __future__ import annotations

from flask import Blueprint, render_template

from ccr.web.access import public

blueprint = Blueprint("styleguide", __name__)


@blueprint.get("/styleguide")
@public
def index() -> str:
    """Show every component with invented values."""
    return render_template("styleguide/index.html")
