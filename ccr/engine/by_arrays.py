"""Rows held against a question with arrays: which may be proposed, how far, at what cost.

What lives here: the form that needs nothing but numpy. `compiled` does the same in one pass.
"""

from __future__ import annotations

from typing import NamedTuple

from ccr.engine.columns import Columns
from ccr.engine.drawbacks import other_minutes, trip_bounds
from ccr.engine.limits import Limits
from ccr.engine.postings import Array
from ccr.engine.question import Question
from ccr.engine.sites import Sites


class Held(NamedTuple):
    """Rows that no limit in the columns stops, all arrays of one length.

    Attributes:
        low, high: km to the nearest site, at least and at most.
        least, most: whole minutes of the trip, at least and at most.
        others: minutes of all drawbacks but the hours.
    """

    rows: Array
    low: Array
    high: Array
    least: Array
    most: Array
    others: Array


def held_by_arrays(
    columns: Columns, sites: Sites, question: Question, rows: Array, place: Array
) -> Held:
    """Return those of these rows (some perhaps twice) that may be proposed so far."""
    rows, facts = Limits(columns, question).passed_by_columns(rows)
    low, high = sites.bounds_km(rows, place)
    least, most = trip_bounds(low, high, question.trip)
    return Held(rows, low, high, least, most, other_minutes(columns, question, rows, facts))
