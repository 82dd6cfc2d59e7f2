"""What a file of the gap board says about itself: of what, from when, and what its words mean.

Every file carries it: a table that travels is read by people who never saw the page.
"""

from __future__ import annotations

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


def methods_note(board: GapBoard) -> list[tuple[str, str]]:
    """Return (term, what it means) for a file, in the reader's language."""
    asked = question_words(board.question)
    known: list[tuple[Phrase, Phrase | str]] = [
        (phrase("What this is"), phrase("Needs by area, counted from a directory of services.")),
        (phrase("As of"), board.on.isoformat()),
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
        *((_word(state), MEANINGS[LOOKS[state]]) for state in CellState),
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
        (
            phrase("People"),
            phrase("Inhabitants of the area, from the table that was brought; nobody who was "
                   "served is counted."),
        ),
        (
            phrase("How to read it"),
            phrase("A gap is a problem of the system. It names nobody’s fault."),
        ),
    ]  # fmt: skip
    return [
        (translated(term), translated(text) if isinstance(text, Phrase) else text)
        for term, text in known
    ]


def _word(state: CellState) -> Phrase:
    return phrase("%(word)s (%(code)s)", word=WORDS[LOOKS[state]], code=state.value)


def _areas(board: GapBoard) -> Phrase:
    if board.areas:
        return phrase(
            "Districts that the network drew as lists of ZIPs and counties. A service counts for a "
            "district when it counts for any part of it; zips_left_out says in how many ZIPs "
            "nobody does."
        )
    if board.zips_of is not None:
        return phrase("ZIPs whose middles lie in %(county)s.", county=board.zips_of.name)
    return phrase("Counties that a service is for, or is given in.")
