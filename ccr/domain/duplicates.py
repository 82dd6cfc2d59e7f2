"""Which records may be one and the same: compared by name, phone, place and website.

What lives here: what is compared, how it counts, and which pairs are compared at all (never all
with all). What must not: rows, and places that hide: they bring no place to compare.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from ccr.domain.directory_history import RecordKind
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.search_text import plain_words

_LEGAL_WORDS = frozenset({"inc", "llc", "ltd", "corp", "incorporated", "corporation", "the"})
Likeness = Callable[[str, str], float]
"""How alike two names are, from 0 to 1, whatever the order of their words."""
LARGEST_BLOCK = 40
"""More records than this with one phone or word: it tells nothing, and is not compared."""
LEAST_SCORE = 60
LEAST_NAME = {RecordKind.MEMBER: 0.55, RecordKind.SERVICE: 0.82}
_SAME_NAME, _LIKE_NAME = 0.96, 0.85
_SHARED_HOSTS = (
    "facebook.com", "instagram.com", "linkedin.com", "twitter.com", "x.com", "youtube.com",
    "google.com", "wixsite.com", "wordpress.com", "linktr.ee", "ny.gov",
)  # fmt: skip
_STREET_WORDS = {
    "street": "st", "avenue": "ave", "road": "rd", "boulevard": "blvd", "drive": "dr",
    "lane": "ln", "place": "pl", "court": "ct", "highway": "hwy", "suite": "ste",
    "north": "n", "south": "s", "east": "e", "west": "w",
}  # fmt: skip


class Reason(StrEnum):
    """Why two records may be one."""

    NAME = "name"
    LIKE_NAME = "like-name"
    MEMBER = "member"
    PHONE = "phone"
    PLACE = "place"
    WEBSITE = "website"

    @property
    def label(self) -> Phrase:
        """Return the reason in words."""
        return _LABELS[self]


_LABELS = {
    Reason.NAME: phrase("Same name"),
    Reason.LIKE_NAME: phrase("Names much alike"),
    Reason.MEMBER: phrase("Same member, or one much alike"),
    Reason.PHONE: phrase("Same phone"),
    Reason.PLACE: phrase("Same street and ZIP"),
    Reason.WEBSITE: phrase("Same website"),
}
POINTS = {Reason.MEMBER: 15, Reason.PHONE: 25, Reason.PLACE: 25, Reason.WEBSITE: 15}


@dataclass(frozen=True, slots=True)
class Compared:
    """What is compared of a record.

    Attributes:
        key: whatever tells it from the others; pairs are of two keys.
        owner: the member's name, of a service.
        phones, hosts, places: as `phone_key`, `host_key` and `place_key` make them.
    """

    key: str
    kind: RecordKind
    name: str
    owner: str = ""
    phones: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may be one; `score` counts to 100 and more means likelier."""

    first: str
    second: str
    score: int
    reasons: tuple[Reason, ...]


def phone_key(number: str) -> str | None:
    """Return a phone to compare by, or None.

    >>> phone_key("+1 (518) 555-0142 ext. 3"), phone_key("911")
    ('5185550142', None)
    """
    head = re.split(r"(?i)ext|x", number)[0]
    digits = re.sub(r"\D", "", head)[-10:]
    return digits if len(digits) >= 10 else None  # noqa: PLR2004 -- a whole number


def host_key(url: str | None) -> str | None:
    """Return the host of a website to compare by; None for one that many share.

    >>> host_key("https://www.Alder.example/help"), host_key("https://facebook.com/alder")
    ('alder.example', None)
    """
    try:
        host = (urlsplit(url or "").hostname or "").lower().removeprefix("www.")
    except ValueError:
        return None
    shared = any(host == name or host.endswith(f".{name}") for name in _SHARED_HOSTS)
    return None if not host or shared else host


def place_key(street: str | None, postal_code: str | None) -> str | None:
    """Return street and ZIP to compare by, or None without both.

    >>> place_key("12 Elm Street", "12180-1234")
    '12 elm st 12180'
    """
    words = [_STREET_WORDS.get(word, word) for word in plain_words(street or "")]
    if not postal_code or not any(word.isdigit() for word in words):
        return None
    return " ".join([*words, postal_code[:5]])


def likely_pairs(
    records: Sequence[Compared], likeness: Likeness, others: Sequence[Compared] = ()
) -> list[Pair]:
    """Return pairs that may be one record, the likeliest first.

    Among `records`, or of one of `records` and one of `others` where there are others. Only what
    shares a phone, a place, a website or a rare word of its name is compared at all.
    """
    by_key = {record.key: record for record in (*records, *others)}
    ours = {record.key for record in records}
    found = []
    for first, second in _candidates(records, others):
        if others and (first in ours) == (second in ours):
            continue
        a, b = (first, second) if first in ours else (second, first)
        pair = compare(by_key[a], by_key[b], likeness)
        if pair is not None:
            found.append(pair)
    return sorted(found, key=lambda pair: (-pair.score, pair.first, pair.second))


def compare(a: Compared, b: Compared, likeness: Likeness) -> Pair | None:
    """Return how two records of one kind may be one, or None when they hardly are."""
    if a.kind is not b.kind:
        return None
    if _numbers(a.name) != _numbers(b.name):
        return None  # "Group 1" and "Group 2" are two, however alike
    alike = likeness(_plain(a.name), _plain(b.name))
    if alike < LEAST_NAME[a.kind]:
        return None
    reasons, score = [], round(30 * alike)
    if alike >= _LIKE_NAME:
        reasons.append(Reason.NAME if alike >= _SAME_NAME else Reason.LIKE_NAME)
        score = 50 if alike >= _SAME_NAME else 40
        if a.kind is RecordKind.MEMBER:
            score += 15
    shared = {
        Reason.MEMBER: bool(a.owner) and likeness(_plain(a.owner), _plain(b.owner)) >= 0.9,  # noqa: PLR2004
        Reason.PHONE: not a.phones.isdisjoint(b.phones),
        Reason.PLACE: not a.places.isdisjoint(b.places),
        Reason.WEBSITE: not a.hosts.isdisjoint(b.hosts),
    }
    for reason, holds in shared.items():
        if holds:
            reasons.append(reason)
            score += POINTS[reason]
    return Pair(a.key, b.key, min(score, 100), tuple(reasons)) if score >= LEAST_SCORE else None


def _candidates(
    records: Sequence[Compared], others: Sequence[Compared]
) -> Iterator[tuple[str, str]]:
    everything = [*records, *others]
    rare = Counter(
        (record.kind, word) for record in everything for word in set(_name_words(record))
    )
    blocks: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for record in everything:
        for key in _block_keys(record, rare):
            blocks[key].append(record.key)
    seen: set[tuple[str, str]] = set()
    for members in blocks.values():
        if not 1 < len(members) <= LARGEST_BLOCK:
            continue
        for at, first in enumerate(members):
            for second in members[at + 1 :]:
                pair = (first, second) if first < second else (second, first)
                if pair not in seen:
                    seen.add(pair)
                    yield pair


def _block_keys(
    record: Compared, rare: Counter[tuple[RecordKind, str]]
) -> Iterable[tuple[object, ...]]:
    words = sorted(set(_name_words(record)))
    yield (record.kind, "name", " ".join(words), _plain(record.owner))
    if record.kind is RecordKind.MEMBER:
        yield (record.kind, "name", " ".join(words))
    for word in words:
        if rare[record.kind, word] <= LARGEST_BLOCK:
            yield (record.kind, "word", word)
    for what, values in (
        ("phone", record.phones),
        ("place", record.places),
        ("host", record.hosts),
    ):
        for value in values:
            yield (record.kind, what, value)


def _plain(text: str) -> str:
    """Return a name without the words that tell only what kind of body it is."""
    words = plain_words(text)
    return " ".join([word for word in words if word not in _LEGAL_WORDS] or words)


def _numbers(name: str) -> list[str]:
    return sorted(word for word in plain_words(name) if word.isdigit())


def _name_words(record: Compared) -> list[str]:
    return _plain(record.name).split()
