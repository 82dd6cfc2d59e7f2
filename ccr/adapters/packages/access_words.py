"""What a location says of its accessibility, in words or in codes, as known or not known."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ccr.domain.need_terms import fold
from ccr.domain.taxonomy import Access, Known

_SAYS = {
    Access.WHEELCHAIR: r"wheel ?chairs?|step free|stepfree|wheelchair van",
    Access.DEAF: r"deaf(?: interpreter)?|sign language|asl|tty|tdd|induction loops?|hearing loops?|"
    r"hard of hearing|textphone|video relay",
    Access.BLIND: r"braille|tape braille|large print|audio (?:guide|description)|screen reader",
    Access.COGNITIVE: r"easy read|plain language materials|cognitive support",
    Access.SERVICE_ANIMAL: r"service (?:animals?|dogs?)",
    Access.PETS: r"pets? (?:are )?(?:allowed|welcome)|pet friendly",
}
_PATTERNS = {access: re.compile(rf"\b(?:{words})\b") for access, words in _SAYS.items()}
_NO = re.compile(r"\b(?:not|no|without|non|lacks?|limited|isn t|unavailable)\b(?: \w+){0,3} ?$")
_NOT_AFTER = re.compile(r"^(?: \w+){0,3} (?:not|unavailable|inaccessible)\b")


def accessibility(texts: Iterable[str]) -> dict[Access, Known]:
    """Return what the words say: yes, or no where they deny it; what they leave out is absent.

    >>> accessibility(["disabled_parking", "wheelchair"])
    {<Access.WHEELCHAIR: 'wheelchair'>: <Known.YES: 'yes'>}
    """
    found: dict[Access, Known] = {}
    for text in texts:
        for sentence in re.split(r"[.;\n]", text):
            folded = fold(sentence)
            for access, pattern in _PATTERNS.items():
                for match in pattern.finditer(folded):
                    denied = _NO.search(folded[: match.start()]) or _NOT_AFTER.match(
                        folded[match.end() :]
                    )
                    if denied:
                        found[access] = Known.NO
                    else:
                        found.setdefault(access, Known.YES)
    return found


def of_all(sites: Iterable[dict[Access, Known]]) -> dict[Access, Known]:
    """Return what holds for a service with these sites: said alike by all that say anything.

    One site with a ramp and one without make no promise either way.
    """
    said: dict[Access, set[Known]] = {}
    for site in sites:
        for access, known in site.items():
            said.setdefault(access, set()).add(known)
    return {access: known.pop() for access, known in said.items() if len(known) == 1}
