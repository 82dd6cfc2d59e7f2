"""Needs in the words that somebody types: labels in two languages, and everyday words.

"Orden de protección" and "restraining order" both mean the need, whatever a listing calls it.
The longest phrase takes its words; what is left is looked for as text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ccr.domain.search_text import plain_words
from ccr.domain.taxonomy import Need

SMALL_WORDS = frozenset(
    "a al and at con de del el en for in la las los of on or para por the to un una with y".split()
)
"""Words that say nothing by themselves; looked for only when nothing else is typed."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What was typed: needs that its phrases name, and the words that are left."""

    needs: frozenset[Need]
    rest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NeedPhrases:
    """Phrases that mean needs, by their words without small ones."""

    phrases: Mapping[tuple[str, ...], frozenset[Need]] = field(default_factory=dict)
    longest: int = 1

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, Need]]) -> NeedPhrases:
        """Return the table of (phrase, need) pairs; a phrase may mean several needs."""
        found: dict[tuple[str, ...], set[Need]] = {}
        for text, need in pairs:
            if words := telling_words(text):
                found.setdefault(words, set()).add(need)
        kept = {words: frozenset(needs) for words, needs in found.items()}
        return cls(kept, max((len(words) for words in kept), default=1))

    def words(self) -> frozenset[str]:
        """Return every word of the phrases."""
        return frozenset(word for words in self.phrases for word in words)

    def meaning(self, words: tuple[str, ...]) -> Meaning:
        """Return what words mean, longest phrases first, from left to right."""
        needs: set[Need] = set()
        rest: list[str] = []
        start = 0
        while start < len(words):
            for size in range(min(self.longest, len(words) - start), 0, -1):
                if meant := self.phrases.get(words[start : start + size]):
                    needs |= meant
                    start += size
                    break
            else:
                rest.append(words[start])
                start += 1
        return Meaning(frozenset(needs), tuple(rest))


def telling_words(text: str) -> tuple[str, ...]:
    """Return the words of a text without small ones; all of them where nothing else is left."""
    words = tuple(plain_words(text))
    return tuple(word for word in words if word not in SMALL_WORDS) or words
