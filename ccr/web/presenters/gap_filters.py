"""For whom the gap matrix is asked: the filters as a form sent by GET, and in words.

Codes stand in the address as their place in the vocabulary: no word there tells what is looked for
(design 6b). Whatever is no place of the list asks nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from ccr.domain.gap_questions import MINUTES, GapQuestion, Way, When
from ccr.domain.languages import ENGLISH, LANGUAGE_NAMES, language_name
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import Access, Population, Track
from ccr.web.language import translated

TRACKS, GROUPS, ACCESS = tuple(Track), tuple(Population), tuple(Access)
WHENS, WAYS = tuple(When), tuple(Way)
Code = TypeVar("Code", Track, Population, Access, When, Way)
DIGITS = 3


def read_question(args: Mapping[str, str]) -> GapQuestion:
    """Return what an address asks; what it cannot mean asks nothing."""
    way = _of(WAYS, args.get("how"))
    minutes = args.get("minutes", "")
    language = args.get("language", "")
    return GapQuestion(
        track=_of(TRACKS, args.get("party")),
        group=_of(GROUPS, args.get("group")),
        language=language if language in LANGUAGE_NAMES and language != ENGLISH else None,
        access=_of(ACCESS, args.get("access")),
        when=_of(WHENS, args.get("hours")),
        way=Way.IN_PERSON if minutes in _MINUTE_TEXTS else way,
        minutes=int(minutes) if minutes in _MINUTE_TEXTS else None,
    )


_MINUTE_TEXTS = frozenset(str(m) for m in MINUTES)


def address_of(question: GapQuestion) -> dict[str, str]:
    """Return the parts of an address that ask this; nothing for everybody."""
    parts = {
        "party": _place(TRACKS, question.track),
        "group": _place(GROUPS, question.group),
        "language": question.language or "",
        "access": _place(ACCESS, question.access),
        "hours": _place(WHENS, question.when),
        "how": _place(WAYS, question.way),
        "minutes": str(question.minutes or ""),
    }
    return {name: value for name, value in parts.items() if value}


def question_words(question: GapQuestion) -> list[str]:
    """Return what is asked, one line for each part."""
    lines: list[Phrase] = []
    if question.track:
        lines.append(phrase("For: %(what)s", what=question.track.label))
    if question.group:
        lines.append(phrase("Takes: %(what)s", what=question.group.label))
    if question.language:
        lines.append(phrase("Speaks: %(what)s", what=language_name(question.language)))
    if question.access:
        lines.append(phrase("Offers: %(what)s", what=question.access.label))
    if question.when:
        lines.append(question.when.label)
    if question.minutes:
        lines.append(
            phrase("In person, within about %(minutes)s minutes by car", minutes=question.minutes)
        )
    elif question.way:
        lines.append(question.way.label)
    return [translated(line) for line in lines]


def filter_fields(question: GapQuestion) -> list[dict[str, object]]:
    """Return the fields of the form: name, label, options and which of them is chosen."""
    asked = address_of(question)
    languages = sorted(
        ((code, translated(name)) for code, name in LANGUAGE_NAMES.items() if code != ENGLISH),
        key=lambda item: item[1],
    )
    minutes = [
        (str(m), translated(phrase("Within %(minutes)s minutes", minutes=m))) for m in MINUTES
    ]
    fields: list[tuple[str, Phrase, list[tuple[str, str]]]] = [
        ("party", phrase("For whom"), _options(TRACKS)),
        ("group", phrase("Group it must take"), _options(GROUPS)),
        ("language", phrase("Language"), languages),
        ("access", phrase("Access"), _options(ACCESS)),
        ("hours", phrase("When"), _options(WHENS)),
        ("how", phrase("How"), _options(WAYS)),
        ("minutes", phrase("In person, by car"), minutes),
    ]
    return [
        {
            "name": name,
            "label": translated(label),
            "options": options,
            "chosen": asked.get(name, ""),
        }
        for name, label, options in fields
    ]


def _options(codes: Sequence[Code]) -> list[tuple[str, str]]:
    return [(str(place), translated(code.label)) for place, code in enumerate(codes, start=1)]


def _of(codes: Sequence[Code], text: str | None) -> Code | None:
    if not text or not text.isascii() or not text.isdigit() or len(text) > DIGITS:
        return None
    place = int(text)
    return codes[place - 1] if 1 <= place <= len(codes) else None


def _place(codes: Sequence[Code], code: Code | None) -> str:
    return str(codes.index(code) + 1) if code is not None else ""
