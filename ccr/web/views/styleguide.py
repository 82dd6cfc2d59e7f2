"""Every component on one page, for those who build and those who judge."""

from __future__ import annotations

from flask import Blueprint, render_template

from ccr.domain.directory import Point
from ccr.web.access import current_world, public
from ccr.web.forms.needs import NeedForm
from ccr.web.presenters.maps import NumberedPoint, county_map

blueprint = Blueprint("styleguide", __name__)
TROY = Point(42.73, -73.69)


@blueprint.get("/styleguide")
@public
def index() -> str:
    """Show every component with invented values."""
    around = county_map(
        points=[NumberedPoint(1, TROY, "Troy")], origin=current_world().gazetteer.resolve("12180")
    )
    return render_template("styleguide/index.html", form=NeedForm(formdata=None), map=around)
