"""Words spelled nearly alike: from a word that no listing has to the nearest one that some have.

Edits are insertions, deletions, exchanges and swaps of neighbours (optimal string alignment);
how many are forgiven grows with the length. Among the nearest the most frequent word wins.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

_SHORTEST = 4
_LONG = 7


class NearestWords:
    """The words of a directory's listings, ready to be asked."""

    def __init__(self, bodies: Iterable[str], also: Iterable[str] = ()) -> None:
        """Build it from texts whose words are folded and parted by spaces."""
        counts: Counter[str] = Counter()
        for body in bodies:
            counts.update(set(body.split(" ")))
        for word in also:
            counts[word] += 1
        counts.pop("", None)
        self._counts = counts
        self._words = sorted(counts)

    def known(self, word: str) -> bool:
        """Return True when some listing has the word, or one that begins with it."""
        place = bisect_left(self._words, word)
        return place < len(self._words) and self._words[place].startswith(word)

    def nearest(self, word: str) -> str | None:
        """Return the nearest known word, or None when none is near enough."""
        if len(word) < _SHORTEST:
            return None
        most = 1 if len(word) < _LONG else 2
        found = process.extract(word, self._words, scorer=OSA.distance, score_cutoff=most, limit=20)
        if not found:
            return None
        return min(found, key=lambda hit: (hit[1], -self._counts[hit[0]], hit[0]))[0]

    def corrected(self, words: Iterable[str]) -> tuple[str, ...]:
        """Return the words, each unknown one exchanged for its nearest where there is one."""
        return tuple(word if self.known(word) else self.nearest(word) or word for word in words)
