"""Sheets of paper that staff hand to a person, in the person's language and in plain words."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_babel import force_locale

from ccr.domain import choices_sheet as sheet
from ccr.domain.phrases import phrase
from ccr.policy.permissions import Permission
from ccr.services.hotlines import list_hotlines
from ccr.web.access import requires
from ccr.web.language import LANGUAGE_NAMES, LANGUAGES, current_locale, translated

blueprint = Blueprint("sheets", __name__, url_prefix="/desk/sheets")


@blueprint.get("/your-choices")
@requires(Permission.REFERRAL_LIST)
def your_choices() -> str:
    """Show the sheet for printing, in the language asked for, after a word to whoever prints it."""
    asked = request.args.get("language", "")
    language = asked if asked in LANGUAGES else current_locale()
    return render_template(
        "sheets/your_choices.html",
        sheet=_sheet(language),
        language=language,
        languages=[(code, LANGUAGE_NAMES[code]) for code in LANGUAGES],
        not_home=[translated(words) for words in sheet.NOT_HOME],
    )


def _sheet(language: str) -> dict[str, object]:
    """Return the words of the paper in one language, whatever the screen is in."""
    with force_locale(language):
        number = phrase(sheet.CALL.msgid, number=list_hotlines()[0].phone)
        return {
            "title": translated(sheet.TITLE),
            "groups": [
                (translated(title), [translated(line) for line in lines])
                for title, lines in sheet.GROUPS
            ],
            "call": translated(number),
            "own_number": translated(sheet.OWN_NUMBER),
        }
