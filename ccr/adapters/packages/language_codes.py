"""Names of languages as exports write them, to codes: ours first, then Unicode's list."""

from __future__ import annotations

from functools import cache

from babel import Locale

from ccr.domain.languages import LANGUAGE_NAMES
from ccr.domain.need_terms import fold

_ALIASES = {
    "chinese mandarin": "cmn",
    "mandarin chinese": "cmn",
    "chinese cantonese": "yue",
    "cantonese chinese": "yue",
    "taiwanese": "nan",
    "asl": "ase",
    "sign language": "ase",
    "farsi persian": "fa",
    "persian": "fa",
    "creole": "ht",
    "haitian": "ht",
    "french creole": "ht",
    "filipino": "tl",
    "filipino tagalog": "tl",
    "tagalog filipino": "tl",
    "castilian": "es",
    "espanol": "es",
    "khmer cambodian": "km",
    "cambodian": "km",
    "laotian": "lo",
    "panjabi": "pa",
    "eng": "en",
    "spa": "es",
    "brazilian portuguese": "pt",
}


@cache
def _codes() -> dict[str, str]:
    codes: dict[str, str] = {}
    for code, name in Locale("en").languages.items():
        if "_" not in code:
            codes[fold(name)] = code
            codes.setdefault(code, code)
    codes |= {fold(str(name)): code for code, name in LANGUAGE_NAMES.items()}
    return codes | _ALIASES


def language_code(text: str) -> str | None:
    """Return the ISO 639 code of a language written as a name or a code, or None.

    >>> language_code("Chinese (Mandarin)"), language_code("en-US"), language_code("Bubbles")
    ('cmn', 'en', None)
    """
    folded = fold(text)
    if found := _codes().get(folded):
        return found
    first = folded.split(" ")[0] if folded else ""
    return first if len(text) == 5 and text[2] in "-_" and first in LANGUAGE_NAMES else None  # noqa: PLR2004 -- "en-US"
