"""Whoever knows everything published, and one member's own figures, learns no hidden count.

The plain run takes 60 made-up years; CCR_TEST_FULL=1 takes 1,000.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from random import Random
from uuid import UUID

import pytest

from ccr.domain import small_cells, used_pathways
from ccr.domain.small_cells import (
    MOST_HIDDEN,
    PARTS_OF_SENT,
    Count,
    Figure,
    Measured,
    NeedGroup,
)
from tests.safety.figure_solver import (
    FATES,
    IS_ANSWER,
    OTHER_ANSWER,
    PERIODS,
    STILL_OPEN,
    YEAR,
    Cell,
    Network,
    Published,
    Sent,
    made_up,
    made_up_ways,
    narrowed,
    publish,
)

YEARS = 1000 if "CCR_TEST_FULL" in os.environ else 60
A, B, C, D = (UUID(int=n) for n in range(1, 5))
SENT, ACCEPTED = Measured.SENT.value, Measured.ACCEPTED.value
LAW, HEALTH = NeedGroup.LAW, NeedGroup.HEALTH
PAIRS = ((A, B), (C, D), (B, C), (D, A))


def referrals(number: int, fate: str = STILL_OPEN, *, group=LAW, quarter=1, pairs=PAIRS):
    return [
        Sent(PERIODS[quarter - 1], *pairs[n % len(pairs)], frozenset({group}), fate)
        for n in range(number)
    ]


def network(*sent: Iterable[Sent]) -> Network:
    return Network((A, B, C, D), [one for some in sent for one in some])


def found_by_anybody(made: Network, published: Published) -> list[Cell]:
    return [c for member in (None, *made.members) for c in narrowed(made, published, member)]


def test_no_hidden_count_of_a_thousand_made_up_years_is_narrowed_for_anybody() -> None:
    shown: Counter[str] = Counter()
    for seed in range(YEARS):
        made = made_up(Random(seed))
        published = publish(made)
        assert found_by_anybody(made, published) == [], seed
        shown.update(f.measure.value for f in published.figures if f.value is not None)
        shown["years"] += sum(f.period == YEAR for f in published.figures)
        shown["by member"] += len(published.times.by_member)
    # It would be easy to hold with nothing published.
    wanted = {*Measured, "years", "by member"} if YEARS == 1000 else {"sent", "unmet", "accepted"}
    assert {str(what) for what in wanted} <= set(shown), shown


def with_sum(made: Network, cells: list[Cell], *, within: int = 0) -> Published:
    total = sum(made.of_others(None)[cell] for cell in cells)
    return replace(publish(made), sums=[(cells, total - within, total + within)])


def test_the_solver_sees_through_a_total() -> None:
    made = network(referrals(40), referrals(4, group=HEALTH))
    assert found_by_anybody(made, publish(made)) == []
    total = with_sum(made, [(SENT, PERIODS[0], group) for group in NeedGroup])
    assert (SENT, PERIODS[0], HEALTH) in narrowed(made, total, None)


def test_the_solver_sees_through_a_percentage_of_a_number_that_is_shown() -> None:
    made = network(referrals(40), referrals(5, ACCEPTED))
    cell = (ACCEPTED, PERIODS[0], LAW)
    assert found_by_anybody(made, publish(made)) == []
    # "11 %" of 45 is 4.7 to 5.2.
    assert cell in narrowed(made, with_sum(made, [cell]), None)


def test_the_solver_sees_through_periods_that_overlap() -> None:
    made = network(referrals(40), referrals(4, quarter=2))
    assert found_by_anybody(made, publish(made)) == []
    half = with_sum(made, [(SENT, period, LAW) for period in PERIODS[:2]])
    assert (SENT, PERIODS[1], LAW) in narrowed(made, half, None)


def test_the_solver_sees_what_a_member_reads_from_a_class_of_zero_to_ten() -> None:
    made = network(referrals(8, pairs=((A, B),)))
    cell = (SENT, PERIODS[0], LAW)
    assert found_by_anybody(made, publish(made)) == []
    told = replace(publish(made), sums=[([cell], 0, 10)])
    assert cell not in narrowed(made, told, None)
    assert cell in narrowed(made, told, A)  # at most two are of others


def test_the_solver_sees_through_a_number_that_is_nearly_all_one_members() -> None:
    made = network(referrals(20, pairs=((A, B),)), referrals(4, pairs=((C, D),)))
    cell = (SENT, PERIODS[0], LAW)
    assert found_by_anybody(made, publish(made)) == []
    assert cell in narrowed(made, Published([Figure(PERIODS[0], Measured.SENT, LAW, 24)]), A)


def test_the_solver_sees_what_parts_leave_over(monkeypatch: pytest.MonkeyPatch) -> None:
    made = network(referrals(40, ACCEPTED), referrals(4))
    assert found_by_anybody(made, publish(made)) == []
    figures = {f.measure for f in publish(made).figures if f.value}
    assert Measured.ACCEPTED not in figures
    monkeypatch.setattr(Count, "least_left", lambda self, taken=(): self.total)
    assert (STILL_OPEN, PERIODS[0], LAW) in found_by_anybody(made, publish(made))


def test_the_solver_sees_what_the_presence_of_a_median_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Half of 28 are A's; of the 14 of others 12 were answered.
    made = network(
        referrals(14, "other-answer", pairs=((A, B),)),
        referrals(12, "other-answer", pairs=((C, D),)),
        referrals(2, pairs=((C, D),)),
    )
    assert found_by_anybody(made, publish(made)) == []
    monkeypatch.setattr(
        small_cells, "gate_medians",
        lambda period, answered, sent, parts: (
            (Figure(period, Measured.ANSWER_MINUTES, LAW, 120),) if answered else ()
        ),
    )  # fmt: skip
    assert ("unanswered", PERIODS[0], LAW) in narrowed(made, publish(made), A)


def test_the_solver_sees_through_a_year_beside_quarters_that_are_shown() -> None:
    made = network(*(referrals(30, quarter=n) for n in (1, 2, 3)), referrals(3, quarter=4))
    bad = publish(made)
    year = Figure(YEAR, Measured.SENT, LAW, 93)
    assert found_by_anybody(made, bad) == []
    bad = replace(bad, figures=[*bad.figures, year])
    assert (SENT, PERIODS[3], LAW) in narrowed(made, bad, None)


# -- what the rule itself gives away ---------------------------------------------------------------


def other_worlds(made: Network, cell: Cell, member: UUID | None, wanted: int) -> Iterable[Network]:
    """Yield networks in which `wanted` of the others are in this cell and `member` sees the same.

    What a part gains is taken from what stayed open or was answered otherwise, and back.
    """
    fate, period, group = cell

    def others(of: str) -> list[Sent]:
        return [
            one
            for one in made.sent
            if (one.fate, one.period) == (of, period)
            and group in one.groups
            and member not in {one.sender, one.receiver}
        ]

    here = others(fate)
    same_side = [f for f in FATES if (f in IS_ANSWER) is (fate in IS_ANSWER) and f != fate]
    for beside in ([OTHER_ANSWER], [STILL_OPEN], [*same_side, STILL_OPEN]):
        more = [one for f in beside for one in others(f)][: max(0, wanted - len(here))]
        moved = [*((one, fate) for one in more), *((one, beside[-1]) for one in here[wanted:])]
        if len(here) + len(more) >= wanted:
            left = Counter(one for one, _ in moved)
            kept = []
            for one in made.sent:
                left[one] -= 1
                if left[one] < 0:
                    kept.append(one)
            changed = [replace(one, fate=new) for one, new in moved]
            yield replace(made, sent=[*kept, *changed])


def tells_apart(made: Network, cell: Cell, member: UUID | None) -> bool:
    """Return True when 0 or 10 in this cell would have been published otherwise."""
    before = publish(made)
    return not all(
        any(publish(other) == before for other in other_worlds(made, cell, member, wanted))
        for wanted in (0, 10)
    )


def test_another_number_from_zero_to_ten_would_have_been_published_just_so() -> None:
    # The attacker knows the rule too: that a part is not shown must not say which number it is.
    tried = 0
    for seed in range(YEARS):
        random = Random(seed)
        made = made_up(random)
        made.sent = [replace(one, groups=frozenset(sorted(one.groups)[:1])) for one in made.sent]
        member = random.choice((None, *made.members))
        truth = made.of_others(member)
        hidden = [
            (m.value, p, g)
            for m in PARTS_OF_SENT
            for p in PERIODS
            for g in NeedGroup
            if truth[m.value, p, g] <= MOST_HIDDEN
            and truth[OTHER_ANSWER, p, g] + truth[STILL_OPEN, p, g] >= 2 * MOST_HIDDEN + 1
        ]
        for cell in random.sample(hidden, min(3, len(hidden))):
            assert not tells_apart(made, cell, member), (seed, cell, member)
            tried += 1
    assert tried >= YEARS / 2


def test_a_rule_that_looks_at_a_small_number_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    real = small_cells.gate_parts
    made = network(referrals(60), referrals(30, "no-room"), referrals(4, "language"))
    cell = ("language", PERIODS[0], LAW)
    assert not tells_apart(made, cell, None)
    monkeypatch.setattr(
        small_cells, "gate_parts",
        lambda period, sent, parts: (
            () if parts[Measured.LANGUAGE][LAW].total > 5 else real(period, sent, parts)
        ),
    )  # fmt: skip
    assert tells_apart(made, cell, None)


# -- which ways were used --------------------------------------------------------------------------


def test_no_way_that_is_not_told_is_narrowed_for_anybody() -> None:
    told = Counter[bool]()
    for seed in range(YEARS):
        made = made_up_ways(Random(seed))
        published = publish(made)
        assert found_by_anybody(made, published) == [], seed
        told[bool(published.ways)] += 1
    assert min(told[True], told[False]) >= YEARS / 5, told


def test_the_solver_sees_through_ways_that_leave_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(used_pathways._Shown, "holds_for", lambda self, looker: True)
    years = [made_up_ways(Random(seed)) for seed in range(30)]
    assert sum(bool(found_by_anybody(made, publish(made))) for made in years) >= 3


def worlds_of_way(made: Network, way: tuple[UUID, UUID], wanted: int) -> Iterable[Network]:
    """Yield networks in which `wanted` went this way: a way used often takes up the difference."""
    of = Counter((one.sender, one.receiver) for one in made.sent)
    here = [n for n, one in enumerate(made.sent) if (one.sender, one.receiver) == way]
    for donor, number in of.most_common():
        if set(donor) & set(way) or donor[0] == donor[1] or number < 50:
            continue
        there = [n for n, one in enumerate(made.sent) if (one.sender, one.receiver) == donor]
        moved = here[wanted:] if len(here) > wanted else there[: wanted - len(here)]
        to = donor if len(here) > wanted else way
        sent = [
            replace(one, sender=to[0], receiver=to[1]) if n in moved else one
            for n, one in enumerate(made.sent)
        ]
        yield replace(made, sent=sent)


def with_few(made: Network, way: tuple[UUID, UUID], few: int) -> Network:
    """Return the same year with so many on this way."""
    others = [one for one in made.sent if (one.sender, one.receiver) != way]
    return replace(made, sent=[*others, *[o for o in made.sent if o not in others][:few]])


def test_another_number_on_a_way_would_have_been_published_just_so() -> None:
    tried = 0
    for seed in range(0, YEARS, 2):
        random = Random(seed)
        made = made_up(random)
        way = (made.members[0], made.members[1])
        made = with_few(made, way, random.randint(0, MOST_HIDDEN))
        published = publish(made)
        here = sum((one.sender, one.receiver) == way for one in made.sent)
        for wanted in {0, MOST_HIDDEN} - {here} if published.ways else ():
            worlds = [*worlds_of_way(made, way, wanted)]
            if worlds:
                assert any(publish(w).ways == published.ways for w in worlds), (seed, wanted)
                tried += 1
    assert tried >= YEARS / 15
