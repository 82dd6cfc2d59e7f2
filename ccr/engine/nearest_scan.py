"""One compiled pass of `nearest_two.NearestOfAll`: all areas against the sources of one group.

What lives here: the loop, compiled by numba where it is installed. What must not: anything that the
arrays of nearest_two do not do, to which tests hold it.
"""

from __future__ import annotations

import math

import numpy as np

from ccr.engine.compiled import compiled
from ccr.engine.geodesic_bounds import (
    A_MILLIMETRE,
    ARC_ENDS_KM,
    LEAST_RADIUS_KM,
    MOST_RADIUS_KM,
)
from ccr.engine.postings import Array

ROUGHLY_KM = 1e-3
"""Room for how far off distances between centres and sources may be: a metre."""


@compiled
def reach_of(chord: float) -> float:
    """Return the chord up to which a geodesic may be no longer than one over this chord."""
    if chord >= ARC_ENDS_KM - 1:
        return np.inf
    high = 2 * LEAST_RADIUS_KM * math.asin(chord / (2 * LEAST_RADIUS_KM)) + 2 * A_MILLIMETRE
    return 2 * MOST_RADIUS_KM * math.sin(high / (2 * MOST_RADIUS_KM))


@compiled
def scan(blocks: Array, centres: Array, radii: Array, spots: Array) -> tuple[Array, Array, Array]:
    """Return the nearest source of each area, its chord, and where others may be as near.

    blocks: areas in blocks, (n, width, 3). Sources at the very same point count as the first.
    """
    many, width = blocks.shape[0], blocks.shape[1]
    count = len(spots)
    nearest = np.empty((many, width), np.int64)
    chords = np.empty((many, width), np.float64)
    several = np.zeros((many, width), np.bool_)
    away = np.empty(count, np.float64)
    kept = np.empty(count, np.int64)
    for block in range(many):
        x, y, z = centres[block, 0], centres[block, 1], centres[block, 2]
        least = np.inf
        for j in range(count):
            a, b, c = spots[j, 0] - x, spots[j, 1] - y, spots[j, 2] - z
            away[j] = a * a + b * b + c * c
            least = min(least, away[j])
        line = reach_of(math.sqrt(least) + radii[block] + ROUGHLY_KM) + radii[block] + ROUGHLY_KM
        line *= line
        number = 0
        for j in range(count):
            if away[j] <= line:
                kept[number] = j
                number += 1
        for slot in range(width):
            x, y, z = blocks[block, slot, 0], blocks[block, slot, 1], blocks[block, slot, 2]
            best, second, at = np.inf, np.inf, 0
            for k in range(number):
                j = kept[k]
                a, b, c = spots[j, 0] - x, spots[j, 1] - y, spots[j, 2] - z
                square = a * a + b * b + c * c
                if square >= second:
                    continue
                if square < best:
                    second, best, at = best, square, j
                elif (
                    square > best
                    or spots[j, 0] != spots[at, 0]
                    or spots[j, 1] != spots[at, 1]
                    or spots[j, 2] != spots[at, 2]
                ):
                    second = square
            chords[block, slot] = math.sqrt(best)
            nearest[block, slot] = at
            reach = reach_of(chords[block, slot])
            several[block, slot] = second <= reach * reach
    return nearest, chords, several
