"""What free-text search reads and what is asked of it, in one spelling for both.

Words are runs of letters and digits of any script, in lower case and without accents. Nothing
else is left, so that what a person types can never be taken for the search engine's own signs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

LONGEST_BODY = 50_000
LONGEST_WORD = 64
MOST_WORDS = 8
_WORD = re.compile(r"[^\W_]+")


def plain_words(text: str) -> list[str]:
    """Return the words of a text in order.

    >>> plain_words("Café «Legal-Aid» 24/7")
    ['cafe', 'legal', 'aid', '24', '7']
    """
    if not text.isascii():
        text = "".join(
            char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char)
        )
    # "Counselling" and "counseling" are one word to whoever looks for it.
    text = text.casefold().replace("counsell", "counsel")
    return [word[:LONGEST_WORD] for word in _WORD.findall(text)]


def search_body(parts: Iterable[str]) -> str:
    """Return what search reads of a service: all words of its parts, at most 50,000 characters."""
    return " ".join(word for part in parts for word in plain_words(part))[:LONGEST_BODY]


def search_words(text: str) -> tuple[str, ...]:
    """Return the words asked for: each once, at most eight; none means everything."""
    return tuple(dict.fromkeys(plain_words(text)))[:MOST_WORDS]
