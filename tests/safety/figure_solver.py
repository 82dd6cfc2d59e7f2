"""An attacker of everything that is published together: which interval is left of a hidden count.

It knows every published figure and that it is there, how the parts add up, and the own figures of
one member (or of nobody). The sums form a tree, in which passing bounds up and down until nothing
moves gives the true interval of every count. What it cannot do stands in ADR 0029.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, permutations
from random import Random
from uuid import UUID

from ccr.domain.answer_times import AnswerTimes, Received, gate_answer_times
from ccr.domain.small_cells import (
    ANSWERED_PARTS,
    LEAST_SHOWN,
    MOST_HIDDEN,
    PARTS_OF_SENT,
    Count,
    Counted,
    Figure,
    Measured,
    NeedGroup,
    gate,
    gate_year,
)
from ccr.domain.used_pathways import Way, YearSent, gate_used, groups_told, leaves_room

YEAR = "2026"
PERIODS = tuple(f"{YEAR}Q{n}" for n in range(1, 5))
UNBOUNDED = 10**9
OTHER_ANSWER, STILL_OPEN = "other-answer", "still-open"
ANSWERED, UNANSWERED = "answered", "unanswered"
FATES = (*(m.value for m in PARTS_OF_SENT), OTHER_ANSWER, STILL_OPEN)
IS_ANSWER = frozenset({*(m.value for m in ANSWERED_PARTS), OTHER_ANSWER})
Cell = tuple[str, str, str]
"""What is counted, the period, the need group; of a way its two ends instead of a need group."""
WAY, INTO = "way", "into"


@dataclass(frozen=True, slots=True)
class Sent:
    """One referral of a made-up network."""

    period: str
    sender: UUID
    receiver: UUID
    groups: frozenset[NeedGroup]
    fate: str


@dataclass
class Network:
    """A made-up year: what was sent, and by which member a need that found nothing was counted."""

    members: tuple[UUID, ...]
    sent: list[Sent]
    searches: list[tuple[str, NeedGroup, UUID]] = field(default_factory=list)

    def counted(self, period: str) -> Counted:
        """Return the counts of a quarter as the queries make them."""
        sent: dict[NeedGroup, Count] = defaultdict(Count)
        answered: dict[NeedGroup, Count] = defaultdict(Count)
        parts: dict[Measured, dict[NeedGroup, Count]] = {
            m: defaultdict(Count) for m in PARTS_OF_SENT
        }
        for one in self.sent:
            if one.period != period:
                continue
            for group in one.groups:
                who = (one.sender, one.receiver)
                sent[group].add(who)
                if one.fate in IS_ANSWER:
                    answered[group].add(who)
                    answered[group].minutes.append(90)
                if one.fate not in {OTHER_ANSWER, STILL_OPEN}:
                    parts[Measured(one.fate)][group].add(who)
        unmet: dict[NeedGroup, Count] = defaultdict(Count)
        for when, group, _ in self.searches:
            if when == period:
                unmet[group].add(())
        return Counted(sent, answered, parts, unmet)

    def of_others(self, member: UUID | None) -> dict[Cell, int]:
        """Return every count without what this member took part in."""
        found: dict[Cell, int] = defaultdict(int)
        for one in self.sent:
            if member in {one.sender, one.receiver}:
                continue
            side = ANSWERED if one.fate in IS_ANSWER else UNANSWERED
            for group in one.groups:
                for what in (Measured.SENT.value, one.fate, side):
                    found[what, one.period, group] += 1
                found[Measured.SENT.value, YEAR, group] += 1
        for period, group, by in self.searches:
            if by != member:
                found[Measured.UNMET.value, period, group] += 1
                found[Measured.UNMET.value, YEAR, group] += 1
        return found

    def one_way(self, told: frozenset[NeedGroup]) -> Counter[Way]:
        """Return how many went each way in the year, for needs of these groups alone."""
        return Counter(
            (one.sender, one.receiver)
            for one in self.sent
            if one.sender != one.receiver and one.groups <= told
        )

    def received(self) -> dict[UUID, Received]:
        """Return what each member was sent in the year."""
        found: dict[UUID, Received] = defaultdict(Received)
        for one in self.sent:
            if one.sender == one.receiver:
                continue
            entry = found[one.receiver]
            entry.groups |= one.groups
            entry.sent.add((one.sender,))
            if one.fate in IS_ANSWER:
                entry.answered.add((one.sender,))
                entry.answered.minutes.append(90)
        return dict(found)


@dataclass(frozen=True)
class Published:
    """Everything that left: figures, answer times, and sums that a bad gate would add.

    Attributes:
        receives: the need groups that each member states.
        sums: cells whose sum was published, with the least and the most that it can be; over all
            members.
        ways: the ways that are told to have been used; None when nothing of ways is published.
    """

    figures: Sequence[Figure]
    times: AnswerTimes = field(default_factory=AnswerTimes)
    receives: Mapping[UUID, frozenset[NeedGroup]] = field(default_factory=dict)
    sums: Sequence[tuple[Sequence[Cell], int, int]] = ()
    ways: frozenset[Way] | None = None


def publish(network: Network) -> Published:
    """Return what the gate lets out of a year."""
    counted = [network.counted(period) for period in PERIODS]
    figures = [f for p, c in zip(PERIODS, counted, strict=True) for f in gate(p, c)]
    figures += [
        *gate_year(YEAR, Measured.SENT, [c.sent for c in counted], tuple(figures)),
        *gate_year(YEAR, Measured.UNMET, [c.unmet for c in counted], tuple(figures)),
    ]
    received = network.received()
    times = gate_answer_times(YEAR, figures, received)
    receives = {m: frozenset(of.groups) for m, of in received.items()}
    sent = Counter(
        ((one.sender, one.receiver), one.groups)
        for one in network.sent
        if one.sender != one.receiver
    )
    year = YearSent(
        sent, [c.sent for c in counted], receives, times.by_member, len(network.members)
    )
    if not leaves_room(YEAR, figures, year):
        times, year = AnswerTimes(times.network), replace(year, timed=())
    return Published(figures, times, receives, (), gate_used(YEAR, figures, year))


class Bounds:
    """The least and the most of every cell, under sums of cells."""

    def __init__(self) -> None:
        self._low: dict[Cell, int] = defaultdict(int)
        self._high: dict[Cell, int] = defaultdict(lambda: UNBOUNDED)
        self._sums: list[tuple[tuple[Cell, ...], int, int]] = []
        self._trees: list[tuple[Cell, tuple[Cell, ...]]] = []

    def between(self, cell: Cell) -> tuple[int, int]:
        """Return the interval of a cell."""
        return self._low[cell], self._high[cell]

    def narrow(self, cell: Cell, low: int, high: int) -> bool:
        """Keep a cell within these; True when that says something new."""
        if low <= self._low[cell] and high >= self._high[cell]:
            return False
        self._low[cell] = max(low, self._low[cell])
        self._high[cell] = min(high, self._high[cell])
        assert self._low[cell] <= self._high[cell], "the attacker's knowledge contradicts itself"
        return True

    def add_sum(self, cells: Iterable[Cell], low: int, high: int) -> None:
        """Say that these add up to something between low and high."""
        self._sums.append((tuple(cells), low, high))

    def add_tree(self, whole: Cell, parts: Iterable[Cell]) -> None:
        """Say that a whole is the sum of its parts."""
        self._trees.append((whole, tuple(parts)))

    def solve(self) -> None:
        """Pass bounds up and down until nothing moves."""
        moved = True
        while moved:
            moved = False
            for whole, parts in self._trees:
                low, high = sum(self._low[p] for p in parts), sum(self._high[p] for p in parts)
                moved |= self.narrow(whole, low, high)
                moved |= self._share(parts, *self.between(whole))
            for parts, low, high in self._sums:
                moved |= self._share(parts, low, high)

    def _share(self, parts: tuple[Cell, ...], low: int, high: int) -> bool:
        least, most = sum(self._low[p] for p in parts), sum(self._high[p] for p in parts)
        moved = False
        for part in parts:
            without_low, without_high = least - self._low[part], most - self._high[part]
            moved |= self.narrow(part, low - without_high, high - without_low)
            least, most = without_low + self._low[part], without_high + self._high[part]
        return moved


def narrowed(network: Network, published: Published, member: UUID | None) -> list[Cell]:
    """Return the hidden counts of which this member can tell that they are not all of 0 to 10."""
    truth, everybody = network.of_others(member), network.of_others(None)
    bounds, hidden = Bounds(), set()
    for period in PERIODS:
        for group in NeedGroup:
            hidden |= _add_trees(bounds, period, group)
    for figure in published.figures:
        cell = (figure.measure.value, figure.period, figure.group)
        if figure.measure is Measured.ANSWER_MINUTES:
            bounds.narrow((ANSWERED, figure.period, figure.group), LEAST_SHOWN, UNBOUNDED)
        elif figure.value is not None:
            others = figure.value - (everybody[cell] - truth[cell])
            bounds.narrow(cell, others, others)
            if figure.period == YEAR:
                bounds.add_tree(cell, [(cell[0], period, cell[2]) for period in PERIODS])
    for cells, low, high in published.sums:
        own = sum(everybody[cell] - truth[cell] for cell in cells)
        bounds.add_sum(cells, low - own, high - own)
    for groups, least in _answer_times(published, member):
        answered = [(ANSWERED, period, group.value) for period in PERIODS for group in groups]
        bounds.add_sum(answered, least, UNBOUNDED)
    if published.ways is not None:
        ways = _Ways(network, published, published.ways, member)
        ways.add_to(bounds, truth)
        hidden |= ways.not_told
        truth |= ways.truth
    bounds.solve()
    return [
        cell
        for cell in sorted(hidden)
        if truth[cell] <= MOST_HIDDEN
        and (bounds.between(cell)[0] > 0 or bounds.between(cell)[1] < MOST_HIDDEN)
    ]


def _add_trees(bounds: Bounds, period: str, group: NeedGroup) -> set[Cell]:
    def cells(names: Iterable[str]) -> list[Cell]:
        return [(name, period, group) for name in names]

    sent, answered, unanswered, unmet = cells(
        (Measured.SENT.value, ANSWERED, UNANSWERED, Measured.UNMET.value)
    )
    bounds.add_tree(sent, (answered, unanswered))
    bounds.add_tree(answered, cells(f for f in FATES if f in IS_ANSWER))
    bounds.add_tree(unanswered, cells(f for f in FATES if f not in IS_ANSWER))
    return {sent, answered, unanswered, unmet, *cells(FATES)}


def _answer_times(
    published: Published, member: UUID | None
) -> Iterable[tuple[frozenset[NeedGroup], int]]:
    """Return groups of needs in which at least so many of the others were answered."""
    if published.times.network is not None:
        yield frozenset(NeedGroup), LEAST_SHOWN
    timed = {m: published.receives[m] for m in published.times.by_member}
    for groups in set(timed.values()):
        within = sum(of <= groups and m != member for m, of in timed.items())
        yield groups, LEAST_SHOWN * within


class _Ways:
    """What one member can reckon of the ways between the others.

    It knows which need groups every member states, who can send to itself at all, and that "not
    told" means ten or fewer once any way is told.
    """

    def __init__(
        self, network: Network, published: Published, told: frozenset[Way], member: UUID | None
    ) -> None:
        self._groups = groups_told(YEAR, published.figures)
        self._published, self._told, self._member = published, told, member
        counts = network.one_way(self._groups)
        others = [m for m in network.members if m != member]
        self._into = {
            to: [(a, to) for a in others if a != to]
            for to in others
            if published.receives.get(to, frozenset()) & self._groups
        }
        self._to_itself = {one.receiver for one in network.sent if one.sender == one.receiver}
        self._all_told = {g for of in published.receives.values() for g in of} <= self._groups
        ways = [way for into in self._into.values() for way in into]
        self.truth = {_way(way): counts[way] for way in ways}
        self.not_told = {_way(way) for way in ways if way not in told}

    def add_to(self, bounds: Bounds, truth: Mapping[Cell, int]) -> None:
        for to, ways in self._into.items():
            bounds.add_tree(_into(to), [_way(way) for way in ways])
            for way in ways:
                if way in self._told:
                    bounds.narrow(_way(way), LEAST_SHOWN, UNBOUNDED)
                elif self._told:
                    bounds.narrow(_way(way), 0, MOST_HIDDEN)
            if to in self._published.times.by_member:
                bounds.narrow(_into(to), 2 * LEAST_SHOWN, UNBOUNDED)
        for number in range(1, len(self._groups) + 1):
            for part in combinations(sorted(self._groups), number):
                self._add_part(bounds, frozenset(part), truth)

    def _add_part(
        self, bounds: Bounds, part: frozenset[NeedGroup], truth: Mapping[Cell, int]
    ) -> None:
        """Say how many can have gone, and must have gone, to members with needs of these groups.

        What is sent in a told group of a told quarter is known to the unit.
        """
        told = {(p, g): truth[Measured.SENT.value, p, g] for p in PERIODS for g in part}
        stated = {to: self._published.receives[to] & self._groups for to in self._into}
        only = [_into(to) for to, of in stated.items() if of <= part]
        bounds.add_sum(only, 0, sum(told.values()))
        near = [to for to, of in stated.items() if of & part]
        if self._all_told and not self._to_itself.intersection(self._published.receives):
            least = sum(max(told[p, g] for g in part) for p in PERIODS)
            bounds.add_sum([_into(to) for to in near], least, UNBOUNDED)


def _way(way: Way) -> Cell:
    return WAY, YEAR, f"{way[0].int}>{way[1].int}"


def _into(member: UUID) -> Cell:
    return INTO, YEAR, str(member.int)


def made_up(random: Random) -> Network:
    """Return a year of a made-up network, of any shape: even, lopsided, tiny, with one big member.

    No member counted more than half of the empty searches of a cell: see ADR 0029.
    """
    busy_network = random.random() < 0.5  # or nothing but the smallest would ever be published
    members = tuple(UUID(int=n + 1) for n in range(random.randint(4 if busy_network else 2, 7)))
    pulls = [random.choice((2, 3) if busy_network else (1, 1, 5, 20)) for _ in members]
    fates = [random.choice((0, 0, 1, 1, 4, 12)) for _ in FATES]
    fates[random.randrange(len(fates))] += 1
    groups_there = random.sample(list(NeedGroup), random.randint(1, 2 if busy_network else 7))
    weights = [random.choice((1, 3, 10)) for _ in groups_there]
    to_itself = random.random() < 0.5  # members of one program never send to themselves
    sent = []
    for period in PERIODS:
        numbers = (90, 160, 300) if busy_network else (0, 8, 20, 40, 90)
        for _ in range(random.choice(numbers)):
            sender, receiver = random.choices(members, pulls, k=2)
            if sender == receiver and not to_itself:
                continue
            some = random.choices(groups_there, weights, k=random.choice((1, 1, 2)))
            fate = random.choices(FATES, fates)[0]
            sent.append(Sent(period, sender, receiver, frozenset(some), fate))
    searches = []
    for period in PERIODS:
        for group in NeedGroup:
            number, shift = random.choice((0, 3, 9, 15, 22, 30)), random.randrange(len(members))
            for n in range(number // 2 * 2):
                searches.append((period, group, members[(n + shift) % len(members)]))
    return Network(members, sent, searches)


def made_up_ways(random: Random) -> Network:
    """Return a year in which most ways were used about eleven times, so that sums leave no room."""
    members = tuple(UUID(int=n + 1) for n in range(random.randint(4, 6)))
    groups = random.sample(list(NeedGroup), random.choice((1, 1, 2)))
    numbers = random.choice(((0, 2, 11), (11, 11, 12, 5), (0, 0, 0, 11, 14, 40), (10, 10, 9, 11)))
    sent = []
    for way in permutations(members, 2):
        for _ in range(random.choice(numbers)):
            group = groups[way[1].int % len(groups)]
            sent.append((*way, frozenset({group}), random.choice(FATES)))
    random.shuffle(sent)
    return Network(members, [Sent(PERIODS[n % 4], *one) for n, one in enumerate(sent)])
