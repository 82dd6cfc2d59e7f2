"""What a file of the gap board says about itself: of what, from when, and what its words mean.

Every file carries it: a table that travels is read by people who never saw the page.
"""

from __future__ import annotations

from flask_babel import format_date

from ccr.domain.gaps import CellState
from ccr.domain.phrases import Phrase, phrase
from ccr.services.gaps import GapBoard
from ccr.web.language import translated
from ccr.web.presenters.gap_areas import LOOKS, WORDS
from ccr.web.presenters.gap_filters import question_words

MEANINGS: dict[str, Phrase] = {
    "none": phrase("No service counts for this area."),
    "stale": phrase(
        "Somebody is listed, and nobody verified any of it within six months, or ever."
    ),
    "full": phrase(
        "Everybody with younger facts said within the last days that there is no room, or a "
        "wait-list."
    ),
    "one": phrase("One member with facts checked within six months that is not known to be full."),
    "ok": phrase("Two members or more of that kind."),
}


LEFT_OUT = "zips_left_out"
PEOPLE = phrase(
    "Inhabitants of the area, from the table that was brought; nobody who was served is counted."
)


def methods_note(board: GapBoard, *, on_sheet: bool = False) -> list[tuple[str, str]]:
    """Return (term, what it means) for a file, in the reader's language.

    on_sheet: for the sheet of paper, which has words where files have codes.
    """
    asked = question_words(board.question)
    day = str(format_date(board.on, "d MMM y")) if on_sheet else board.on.isoformat()
    known: list[tuple[Phrase | str, Phrase | str]] = [
        (phrase("What this is"), phrase("Needs by area, counted from a directory of services.")),
        (phrase("As of"), day),
        (
            phrase("Source"),
            phrase(
                "The network’s own directory, version %(version)s. No referral is counted, and "
                "nobody who was served.",
                version=board.version,
            ),
        ),
        (phrase("Areas"), _areas(board)),
        (
            phrase("Asked for"),
            "; ".join(asked) if asked else phrase("Everybody"),
        ),
        *((_word(state, on_sheet=on_sheet), MEANINGS[LOOKS[state]]) for state in CellState),
        (
            phrase("Counted"),
            phrase("Members are counted, not services. Worst first: none, old facts, full, one "
                   "only, two or more."),
        ),
        (
            phrase("Confidential services"),
            phrase("They count for their stated area only, have no place in any file, and count "
                   "here as having room, full or not."),
        ),
        (
            phrase("Statewide services"),
            phrase("A service for the whole state fills no cell and is counted apart; a hotline "
                   "is the exception."),
        ),
        *(((phrase("People"), PEOPLE),) if board.people else ()),
        *(((LEFT_OUT, phrase("ZIPs of a district for which nobody counts.")),)
          if board.areas and not on_sheet else ()),
        (
            phrase("How to read it"),
            phrase("A gap is a problem of the system. It names nobody’s fault."),
        ),
    ]  # fmt: skip
    return [(_said(term), _said(text)) for term, text in known]


def _said(words: Phrase | str) -> str:
    return translated(words) if isinstance(words, Phrase) else words


def _word(state: CellState, *, on_sheet: bool) -> Phrase:
    word = WORDS[LOOKS[state]]
    return word if on_sheet else phrase("%(word)s (%(code)s)", word=word, code=state.value)


def _areas(board: GapBoard) -> Phrase:
    if board.areas:
        return phrase(
            "Districts that the network drew as lists of ZIPs and counties. A service counts for a "
            "district when it counts for any part of it."
        )
    if board.zips_of is not None:
        return phrase("ZIPs whose middles lie in %(county)s.", county=board.zips_of.name)
    return phrase("Counties that a service is for, or is given in.")
