"""Whether a text looks as if it told who somebody is: a name, a phone, an address and the like.

What lives here: one pure question with a cautious answer. What must not: keeping, sending or
changing the text; blocking it. A warning asks the writer to look again; the writer decides. It is
no proof of anything: a name that is on no list passes, and the hint beside every field says why
none belongs there (design 2.1, R10).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator

from ccr.domain.errors import InvalidInputError
from ccr.domain.identifying_words import (
    BEFORE_PLACES,
    GIVEN_NAMES,
    INSTITUTIONS,
    NAMES_THAT_ARE_WORDS,
    NOT_AFTER_A_TITLE,
    SURNAMES,
    TITLES,
)
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import Labelled

MOST_LOOKED_AT = 4_000
"""Characters that are looked at; a text to the other side is a quarter of that at most."""


class Looks(Labelled):
    """What a part of a text looks like."""

    NAME = "name"
    PHONE = "phone"
    MAIL = "mail"
    ADDRESS = "address"
    BIRTH_DATE = "birth-date"
    ID_NUMBER = "id-number"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _LABELS[self]


class LooksIdentifyingError(InvalidInputError):
    """A text looks as if it told who somebody is; the writer may look again, or say so anyway.

    Attributes:
        looks: what was found, in the order of the list.
    """

    def __init__(self, looks: tuple[Looks, ...], *, field: str) -> None:
        super().__init__(
            phrase("Look again: something here may tell who somebody is."), field=field
        )
        self.looks = looks


def check_words(
    text: str, *, sure: bool, field: str, this_year: int, known: Iterable[str] = ()
) -> None:
    """Refuse a text that looks identifying, unless its writer is sure.

    Raises:
        LooksIdentifyingError: on `field`, with what was found.
    """
    if sure:
        return
    found = looks_identifying(text, this_year=this_year, known=known)
    if found:
        raise LooksIdentifyingError(found, field=field)


def looks_identifying(text: str, *, this_year: int, known: Iterable[str] = ()) -> tuple[Looks, ...]:
    """Return what the text looks to hold; empty when it looks like nothing.

    `this_year`: a date of an earlier year looks like a birth date, one of this year or later like
    an appointment. `known`: names of agencies and services, which tell nothing about a person.
    """
    for name in sorted(known, key=len, reverse=True):
        if len(name) > 2:  # noqa: PLR2004 -- anything shorter would eat parts of words
            text = re.sub(re.escape(name), " · ", text, flags=re.IGNORECASE)
    questions: dict[Looks, Callable[[str], bool]] = {
        Looks.NAME: _has_name,
        Looks.PHONE: _has_phone,
        Looks.MAIL: _has_mail,
        Looks.ADDRESS: _has_address,
        Looks.BIRTH_DATE: lambda words: _has_birth_date(words, this_year),
        Looks.ID_NUMBER: lambda words: bool(_ID_NUMBER.search(words)),
    }
    plain = _plain(text[:MOST_LOOKED_AT])
    return tuple(looks for looks in Looks if questions[looks](plain))


def _plain(text: str) -> str:
    """Return the text without accents, with plain spaces, dashes and apostrophes."""
    spread = unicodedata.normalize("NFKD", text)
    bare = "".join(sign for sign in spread if not unicodedata.combining(sign))
    for odd, usual in (("’", "'"), ("–", "-"), ("—", " - "), ("\u2011", "-")):
        bare = bare.replace(odd, usual)
    return re.sub(r"[ \t\r\f\v]+", " ", bare)


# --- phones, mails, numbers ----------------------------------------------------------------------

_PHONE = re.compile(
    r"(?<![\d-])(?:\+?1[-. ]?)?(?:\((\d{3})\) ?|(\d{3})[-. ]?)\d{3}[-. ]?\d{4}(?![\d-])"
    r"|(?<![\d$.,-])\d{3}[-.]\d{4}(?![\d-])"
)
_TOLL_FREE = frozenset({"800", "833", "844", "855", "866", "877", "888"})
_MAIL = re.compile(
    r"[\w.+%-]+ ?@ ?[\w-]+(?:\.[\w-]+)+|[\w.+%-]+ (?:at|arroba|\(at\)) [\w-]+ ?(?:dot|punto|\.) ?"
    r"(?:com|org|net|edu|gov)\b",
    re.IGNORECASE,
)
_ID_NUMBER = re.compile(
    r"(?<!\d)\d{3}-\d{2}-\d{4}(?!\d)|\b(?:ssn|social security|seguro social)\b[^\n]{0,20}\d{4}"
    r"|\bA ?\d{8,9}\b|\b(?:case|docket|caso|expediente) ?(?:no\.?|number|#|numero)? ?#? ?\d{4,}",
    re.IGNORECASE,
)


def _has_phone(text: str) -> bool:
    """Return True for a number one could call; a toll-free one belongs to nobody's home."""
    return any(
        (match.group(1) or match.group(2)) not in _TOLL_FREE for match in _PHONE.finditer(text)
    )


def _has_mail(text: str) -> bool:
    return bool(_MAIL.search(text))


# --- addresses -----------------------------------------------------------------------------------

_STREETS = "street|st|avenue|ave|road|rd|boulevard|blvd|highway|hwy|parkway|pkwy|turnpike|tpke"
_STREETS_THAT_ARE_WORDS = (
    "court|ct|way|place|pl|drive|dr|circle|cir|lane|ln|terrace|ter|trail|square|sq|route|loop|alley"
)
_NUMBER = r"(?<![\d/.:$-])\d{1,6}(?:-\d{1,4})?[A-Za-z]?"
_ADDRESS = (
    re.compile(
        rf"{_NUMBER},? (?:(?!(?:on|the|in|of|at|to|and|from|a|or|for|are|is|from)\b)[\w'.]+ )"
        rf"{{1,4}}(?:{_STREETS})\b",
        re.IGNORECASE,
    ),
    re.compile(
        rf"{_NUMBER} (?!(?:\w+ )*(?:Family|County|Supreme|Criminal|District|Housing|Town|City|Drug)"
        rf" (?i:court)\b)(?:[A-Z][\w'.]* ){{1,3}}(?i:{_STREETS_THAT_ARE_WORDS})\b"
    ),
    re.compile(
        rf"{_NUMBER} \d{{1,3}}(?:st|nd|rd|th) (?:{_STREETS}|{_STREETS_THAT_ARE_WORDS})\b", re.I
    ),
    re.compile(
        r"\b(?:apt|apartment|apto|apartamento|unit|suite|ste)\.? ?#? ?(?:\d+\w?|[A-Z]\b)", re.I
    ),
    re.compile(r"\b(?:p\.? ?o\.?|post office) box \d+|\bapartado (?:postal )?\d+", re.IGNORECASE),
    re.compile(
        r"\b(?:calle|avenida|av\.|carretera|callejon) [\w'. ]{2,30}?(?:#|no\.?|numero)? ?\d+", re.I
    ),
    re.compile(r"\b[A-Z]{2},? \d{5}(?:-\d{4})?\b|\b(?i:zip|codigo postal)\b:? ?(?i:code )?\d{5}\b"),
)


def _has_address(text: str) -> bool:
    return any(pattern.search(text) for pattern in _ADDRESS)


# --- birth dates ---------------------------------------------------------------------------------

_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    "oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|enero|febrero|marzo|abril|mayo|junio|julio|agosto|"
    "septiembre|octubre|noviembre|diciembre"
)
_DATES = (
    re.compile(r"(?<!\d)\d{1,2}[/.-]\d{1,2}[/.-](\d{4}|\d{2})(?!\d)"),
    re.compile(r"(?<!\d)(\d{4})-\d{1,2}-\d{1,2}(?!\d)"),
    re.compile(rf"\b(?:{_MONTHS})\.? \d{{1,2}}(?:st|nd|rd|th)?,? (\d{{4}})\b", re.IGNORECASE),
    re.compile(
        rf"\b\d{{1,2}}(?:st|nd|rd|th)?(?: of| de)? (?:{_MONTHS}),?(?: de| del)? (\d{{4}})\b", re.I
    ),
)
_BORN = re.compile(
    rf"\b(?:d\.?o\.?b\.?|date of birth|birth ?date|birthday|born|nacid[oa]|nacio|"
    rf"fecha de nacimiento|cumpleanos)\b[^\n]{{0,24}}?(?:\d|\b(?:{_MONTHS})\b)",
    re.IGNORECASE,
)
_CENTURY = 100
_LEAST_YEAR = 1900


def _has_birth_date(text: str, this_year: int) -> bool:
    return bool(_BORN.search(text)) or any(
        _LEAST_YEAR <= _year(match.group(1), this_year) < this_year
        for pattern in _DATES
        for match in pattern.finditer(text)
    )


def _year(digits: str, this_year: int) -> int:
    """Return the year that was meant; of two digits, the last such year that is not to come."""
    year = int(digits)
    if len(digits) > 2:  # noqa: PLR2004
        return year
    year += this_year - this_year % _CENTURY
    # "1/12/27" said in December is an appointment next month.
    return year if year <= this_year + 1 else year - _CENTURY


# --- names ---------------------------------------------------------------------------------------

_WORD = re.compile(r"[A-Za-z][A-Za-z'-]*\.?|[^\sA-Za-z]")
_NAMED = re.compile(
    r"\b(?:name is|named|her name|his name|their name|se llama|su nombre es|me llamo|llamad[oa]|"
    r"de nombre|a/k/a|aka|nickname)\b:? "
    r"(?!(?:not|no|never|unknown|withheld|given|said|and|on|is|kept)\b)[\w']+",
    re.IGNORECASE,
)


def _has_name(text: str) -> bool:
    return bool(_NAMED.search(text)) or any(_named_at(text))


def _named_at(text: str) -> Iterator[bool]:
    """Yield, word by word, whether a name stands there."""
    words = [(match.group(), match.group().rstrip(".")) for match in _WORD.finditer(text)]
    low = [_root(bare) for _, bare in words]
    for n, (_, bare) in enumerate(words):
        before = low[n - 1] if n else ""
        behind = words[n + 1][1] if n + 1 < len(words) else ""
        if before in BEFORE_PLACES or _belongs_to_a_place(low, n):
            continue
        capital, surname_behind = bare[:1].isupper(), _root(behind) in SURNAMES
        yield low[n] in GIVEN_NAMES
        yield low[n] in NAMES_THAT_ARE_WORDS and surname_behind
        yield (
            capital
            and bare.isalpha()
            and surname_behind
            and behind[:1].isupper()
            and (not _begins_a_sentence(words, n))
        )
        yield low[n] in TITLES and (capital or low[n].startswith("senor")) and _is_called(behind)


def _begins_a_sentence(words: list[tuple[str, str]], n: int) -> bool:
    return n == 0 or words[n - 1][0][-1] in ".!?:"


def _is_called(word: str) -> bool:
    return word[:1].isupper() and word.casefold() not in TITLES | NOT_AFTER_A_TITLE


def _root(word: str) -> str:
    """Return a word in lower case without the ending of whose it is."""
    return re.sub(r"'s?$", "", word.casefold())


def _belongs_to_a_place(low: list[str], n: int) -> bool:
    """Return True when one of the next two words makes it an agency, a street or a town."""
    return any(word in INSTITUTIONS for word in low[n + 1 : n + 3])


_LABELS = {
    Looks.NAME: phrase("a name"),
    Looks.PHONE: phrase("a phone number"),
    Looks.MAIL: phrase("an e-mail address"),
    Looks.ADDRESS: phrase("an address"),
    Looks.BIRTH_DATE: phrase("a birth date"),
    Looks.ID_NUMBER: phrase("a number that stands for one person"),
}
