"""Rows held against a question with arrays: which may be proposed, how far, at what cost.

What lives here: the form that needs nothing but numpy. `compiled` does the same in one pass.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ccr.engine.columns import Columns, Fact, Trait
from ccr.engine.drawbacks import other_minutes, trip_bounds
from ccr.engine.limits import Limits
from ccr.engine.postings import Array
from ccr.engine.question import Question
from ccr.engine.sites import Sites


class Held(NamedTuple):
    """Rows that no limit in the columns stops and that may be within reach, of one length.

    Attributes:
        low, high: km to the nearest site, at least and at most.
        least, most: whole minutes of the trip, at least and at most.
        others: minutes of all drawbacks but the hours.
        anywhere: whether the person need not go there, wherever it is.
    """

    rows: Array
    low: Array
    high: Array
    least: Array
    most: Array
    others: Array
    anywhere: Array


def held_by_arrays(
    columns: Columns, sites: Sites, question: Question, rows: Array, stated: int, place: Array
) -> Held:
    """Return those of these rows (some perhaps twice) that may be proposed so far.

    Args:
        stated: so many rows, the first, state an area that covers the place.
    """
    limits = Limits(columns, question)
    parts = []
    for some, covered in ((rows[:stated], True), (rows[stated:], False)):
        passed, facts = limits.passed_by_columns(some)
        low, high = sites.bounds_km(passed, place)
        least, most = trip_bounds(low, high, question.trip)
        anywhere = ((facts[:, Fact.TRAITS] & Trait.REMOTE_TOO.value) != 0) & covered
        others = other_minutes(columns, question, passed, facts)
        part = Held(passed, low, high, least, most, others, anywhere)
        stays = anywhere | (least <= question.search.weights.reach)
        parts.append(Held(*(column[stays] for column in part)))
    return Held(*map(np.concatenate, zip(*parts, strict=True)))
