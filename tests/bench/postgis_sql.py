"""The SQL of the peer: its tables, its indexes, and the one question.

Rows hold numbers and masks alone, so that a filter is one comparison. A distance is measured on the
spheroid, by the same algorithm as ours (Karney's), after the cheap filters.
"""

from __future__ import annotations

from dataclasses import dataclass

from ccr.domain.weights import DEFAULT as W

NEVER = 2_000_000_000
"""Stands for the minute at which a listing was verified that never was."""


@dataclass(frozen=True)
class Schema:
    """How one schema finds its rows: by a number, and where the number is counted."""

    table: str
    served: str
    """Whether the place surely lies in the area of a row."""
    listed: str
    """Whether the row may be meant at all, as far as its area goes."""

    @property
    def counts(self) -> str:
        return f"SELECT number, count(*)::int FROM {self.table} GROUP BY number"


SCHEMAS = {
    "by need": Schema("by_need", "o.areas && %(areas)s::int[]", "o.areas && %(loose)s::int[]"),
    "by area": Schema("by_area", "k.stated", "true"),
}

_SAME = """
    service int, member int, compartment int, needs bigint, tracks int, low int, high int,
    genders int, pops int, pops_only bool, staff int, interpreter int, refuses int, room int,
    room_at int, verified int, not_on_ccr int, hours int, coverage int, remote bool,
    geog geography(Point, 4326)
"""
_NAMES = (
    "service, member, compartment, needs, tracks, low, high, genders, pops, pops_only, staff, "
    "interpreter, refuses, room, room_at, verified, not_on_ccr, hours, coverage, remote, geog"
)
LOAD = {
    "tables": (
        "DROP TABLE IF EXISTS offer, by_need, by_area",
        f"CREATE UNLOGGED TABLE offer (need_list int[], areas int[], {_SAME})",
    ),
    "indexes": (
        (
            f"CREATE UNLOGGED TABLE by_need AS SELECT unnest(need_list) AS number, areas, {_NAMES} "
            "FROM offer ORDER BY 1, ST_GeoHash(geog::geometry)"
        ),
        (
            f"CREATE UNLOGGED TABLE by_area AS SELECT need + 64 * area AS number, {_NAMES} "
            "FROM offer, unnest(need_list) AS need, unnest(areas) AS area "
            "ORDER BY 1, ST_GeoHash(geog::geometry)"
        ),
        *(
            step.format(table=table)
            for table in ("by_need", "by_area")
            for step in (
                "CREATE INDEX {table}_number ON {table} (number)",
                "CREATE INDEX {table}_place ON {table} USING gist (number, geog)",
                "CREATE INDEX {table}_remote ON {table} (number) WHERE remote",
                "VACUUM ANALYZE {table}",
            )
        ),
    ),
}

_FRESH = "(o.room_at >= %(fresh)s::int)"
_FILTERS = f"""
    (o.needs & k.lower) = 0
    AND (o.tracks & %(track)s::int) <> 0
    AND (o.verified < %(outdated)s::int) = %(old)s::bool
    AND o.low <= %(high)s::int AND o.high >= %(low)s::int
    AND (o.genders & %(gender)s::int) <> 0
    AND (o.refuses & %(access)s::int) = 0
    AND NOT (o.room = 5 AND {_FRESH})
    AND (%(language)s::int = 0 OR (o.staff | o.interpreter) = 0
         OR ((o.staff | o.interpreter) & %(language)s::int) <> 0)
    AND NOT (o.pops_only AND o.pops <> 0 AND (o.pops & %(perhaps)s::int) = 0)
    AND o.compartment <> %(compartment)s::int
    AND o.member <> ALL (%(excluded)s::int[])
    AND (%(answers)s::bool[])[o.coverage]
"""
_ROOM = (W.capacity_unknown, W.capacity_old, W.capacity_waitlist, W.capacity_assessment,
         W.capacity_full_old)  # fmt: skip
_EXTRA = f"""
    (%(hours)s::int[])[o.hours]
    + CASE WHEN %(language)s::int = 0 OR (o.staff & %(language)s::int) <> 0 THEN 0
           WHEN (o.interpreter & %(language)s::int) <> 0 THEN {W.language_interpreter}
           ELSE {W.language_unknown} END
    + CASE WHEN o.room = 2 AND {_FRESH} THEN 0
           ELSE ('{{{",".join(map(str, _ROOM))}}}'::int[])[o.room] END
    + CASE WHEN o.verified = {NEVER} THEN {W.listing_never_verified}
           WHEN o.verified < %(outdated)s::int THEN {W.listing_outdated}
           WHEN o.verified < %(stale)s::int THEN {W.listing_stale} ELSE 0 END
    + CASE WHEN %(alone)s::bool OR o.member = ANY (%(agreed)s::int[]) THEN 0
           WHEN o.member = ANY (%(lapsed)s::int[]) THEN {W.agreement_lapsed}
           ELSE {W.agreement_missing} END
    + o.not_on_ccr
    + {W.need_not_covered}
      * (%(asked)s::int - bit_count((o.needs & %(needs)s::bigint)::bit(64)))::int
    + CASE WHEN o.pops_only AND (o.pops & %(surely)s::int) = 0 THEN {W.made_for_others} ELSE 0 END
"""


ANYWHERE, CIRCLE, RING, BEYOND, ALL = "anywhere", "circle", "ring", "beyond", "all"
_ROWS = "SELECT * FROM {table} r WHERE r.number = k.number "
_WITHIN = "AND ST_DWithin(r.geog, %(point)s::geography, %(metres)s::float8)"
_OUTSIDE = " AND NOT ST_DWithin(r.geog, %(point)s::geography, %(inner)s::float8)"
_BEYOND = "AND r.remote AND NOT ST_DWithin(r.geog, %(point)s::geography, %(metres)s::float8)"
_WHERE = {
    ANYWHERE: _ROWS,
    CIRCLE: _ROWS + _WITHIN,
    RING: _ROWS + _WITHIN + _OUTSIDE,
    BEYOND: _ROWS + _BEYOND,
    ALL: f"{_ROWS}{_WITHIN} UNION ALL {_ROWS}{_BEYOND}",
}


def statement(schema: str, where: str) -> str:
    """Return the question for one schema.

    Args:
        where: ANYWHERE, read row by row; inside a CIRCLE of so many metres; in a RING around an
            inner one, for those with few drawbacks; BEYOND a circle, for those who help by phone
            or online and serve the place; or ALL, inside and beyond.
    """
    s = SCHEMAS[schema]
    few = f"AND ({_EXTRA}) <= %(most_extra)s::int" if where == RING else ""
    return f"""
SELECT extra + CASE WHEN remote THEN least(trip, {W.reach}) ELSE trip END AS cost, km, service
FROM (
  SELECT service, remote, served, extra, km, ceil(round(least(
      %(fixed_1)s::float8 + %(slope_1)s::float8 * km,
      %(fixed_2)s::float8 + %(slope_2)s::float8 * km,
      %(fixed_3)s::float8 + %(slope_3)s::float8 * km) * 1e6) / 1e6)::int AS trip
  FROM (
    SELECT o.service, o.remote, {s.served} AS served, {_EXTRA} AS extra,
           ST_Distance(o.geog, %(point)s::geography) / 1000 AS km
    FROM unnest(%(keys)s::int[], %(lower)s::bigint[], %(stated)s::bool[])
      AS k (number, lower, stated)
    CROSS JOIN LATERAL ({_WHERE[where].format(table=s.table)}) o
    WHERE {_FILTERS} AND {s.listed} {few}
    OFFSET 0
  ) measured
  OFFSET 0
) travelled
WHERE trip <= {W.reach} OR (remote AND served)
ORDER BY 1, 2, 3 LIMIT %(most)s::int
"""
