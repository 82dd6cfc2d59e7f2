"""Names of the languages a service may speak, by ISO 639 code.

What lives here: names for people. What must not: who speaks them (that is the directory's).
Codes: ISO 639-1 where there is one, else ISO 639-3 (`ase` is American Sign Language).
"""

from __future__ import annotations

from ccr.domain.phrases import Phrase, phrase

ENGLISH = "en"

LANGUAGE_NAMES: dict[str, Phrase] = {
    "en": phrase("English"),
    "es": phrase("Spanish"),
    "ase": phrase("American Sign Language"),
    "am": phrase("Amharic"),
    "ar": phrase("Arabic"),
    "bn": phrase("Bengali"),
    "my": phrase("Burmese"),
    "yue": phrase("Cantonese"),
    "zh": phrase("Chinese"),
    "fa": phrase("Farsi"),
    "fr": phrase("French"),
    "de": phrase("German"),
    "gu": phrase("Gujarati"),
    "ht": phrase("Haitian Creole"),
    "he": phrase("Hebrew"),
    "hi": phrase("Hindi"),
    "hmn": phrase("Hmong"),
    "it": phrase("Italian"),
    "ja": phrase("Japanese"),
    "kar": phrase("Karen"),
    "km": phrase("Khmer"),
    "rw": phrase("Kinyarwanda"),
    "ko": phrase("Korean"),
    "lo": phrase("Lao"),
    "cmn": phrase("Mandarin"),
    "nv": phrase("Navajo"),
    "ne": phrase("Nepali"),
    "ps": phrase("Pashto"),
    "pl": phrase("Polish"),
    "pt": phrase("Portuguese"),
    "pa": phrase("Punjabi"),
    "ro": phrase("Romanian"),
    "ru": phrase("Russian"),
    "so": phrase("Somali"),
    "sw": phrase("Swahili"),
    "tl": phrase("Tagalog"),
    "th": phrase("Thai"),
    "ti": phrase("Tigrinya"),
    "tr": phrase("Turkish"),
    "uk": phrase("Ukrainian"),
    "ur": phrase("Urdu"),
    "vi": phrase("Vietnamese"),
    "yi": phrase("Yiddish"),
}


def language_name(code: str) -> Phrase:
    """Return the name of a language; one that is not in the list keeps its code."""
    return LANGUAGE_NAMES.get(code) or phrase("language %(code)s", code=code)
