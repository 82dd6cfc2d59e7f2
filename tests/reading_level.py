"""How hard a text is to read: school grade for English, perspicuity for Spanish.

English: Flesch-Kincaid grade = 0.39 words/sentences + 11.8 syllables/words - 15.59 (Kincaid and
others, 1975). Spanish: Szigriszt-Pazos = 206.835 - 62.3 syllables/words - words/sentences, read on
the INFLESZ scale (Barrio-Cantalejo and others, 2008): below 40 very hard, 55 to 65 normal, above
65 fairly easy. Syllables are counted by vowels; numbers and single letters are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html.parser import HTMLParser

_WORD = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)*")
_SENTENCE_END = re.compile(r"[.?!:;…]+(?=\s|$|[”»])")
_BLOCKS = frozenset(
    {"p", "li", "h1", "h2", "h3", "dt", "dd", "legend", "summary", "label", "th", "td"}
)
_UNREAD = frozenset({"script", "style", "head", "svg", "button", "option", "noscript"})
LEAST_WORDS = 5
"""Shorter pieces are labels, not sentences; they would make every text look easy."""


@dataclass(frozen=True)
class Counts:
    """How many sentences, words and syllables a text has."""

    sentences: int
    words: int
    syllables: int


def english_syllables(word: str) -> int:
    """Return the syllables of an English word, by rule.

    >>> [english_syllables(w) for w in ("safe", "people", "children", "erase", "walked", "agency")]
    [1, 2, 2, 2, 1, 3]
    """
    word = re.sub(r"[^a-z]", "", word.lower())
    if len(word) <= 3:
        return 1
    silent = re.sub(r"(?<![td])ed$|(?<![aeiouylcsgz])es$|(?<=[cgsz])es$|(?<!l)e$", "", word)
    silent = re.sub(r"(?<=[aeiouy])le$", "l", silent)
    groups = re.findall(r"[aeiouy]+", silent)
    if re.search(r"[cgsz]es$", word):
        return len(groups) + 1
    return max(1, len(groups))


def spanish_syllables(word: str) -> int:
    """Return the syllables of a Spanish word, by rule.

    >>> [spanish_syllables(w) for w in ("día", "ayuda", "cuenta", "que", "guardamos", "teléfono")]
    [2, 3, 2, 1, 3, 4]
    """
    word = re.sub(r"(?<=[qg])u(?=[eéií])", "", word.lower()).replace("ü", "u")
    groups = re.findall(r"[aeiouáéíóúy]+", re.sub(r"y(?=[aeiouáéíóú])", "j", word))
    return max(1, sum(_hiatuses(group) for group in groups))


def _hiatuses(group: str) -> int:
    """Return how many syllables a run of vowels has: strong ones and stressed weak ones count."""
    strong = len(re.findall(r"[aeoáéíóú]", group))
    return max(1, strong)


def counts(texts: Iterable[str], *, spanish: bool) -> Counts:
    """Return the counts of several pieces of text; each ends a sentence."""
    syllables_of = spanish_syllables if spanish else english_syllables
    sentences = words = syllables = 0
    for text in texts:
        found = [word for word in _WORD.findall(text) if len(word) > 1 or word.lower() in "aioyeu"]
        if not found:
            continue
        sentences += max(1, len([s for s in _SENTENCE_END.split(text) if _WORD.search(s)]))
        words += len(found)
        syllables += sum(syllables_of(word) for word in found)
    return Counts(sentences, words, syllables)


def flesch_kincaid_grade(texts: Iterable[str]) -> float:
    """Return the US school grade of English texts."""
    c = counts(texts, spanish=False)
    return 0.39 * c.words / c.sentences + 11.8 * c.syllables / c.words - 15.59


def szigriszt_pazos(texts: Iterable[str]) -> float:
    """Return how easy Spanish texts are: 0 very hard to 100 very easy."""
    c = counts(texts, spanish=True)
    return 206.835 - 62.3 * c.syllables / c.words - c.words / c.sentences


class _Blocks(HTMLParser):
    """Collects the text of each innermost block of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = [""]
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        if tag in _UNREAD:
            self._unread += 1
        if tag in _BLOCKS or tag == "br":
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNREAD:
            self._unread -= 1
        if tag in _BLOCKS:
            self.texts.append("")

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.texts[-1] += data


def sentences_of(page: str, *, without: Iterable[str] = ()) -> list[str]:
    """Return the texts of a page that are long enough to be read, without names of places.

    Args:
        without: names, longest first; each is taken out before counting.
    """
    parser = _Blocks()
    parser.feed(page)
    found = []
    for text in parser.texts:
        words = " ".join(text.split())
        for name in without:
            words = words.replace(name, "")
        if len(_WORD.findall(words)) >= LEAST_WORDS:
            found.append(words)
    return found
