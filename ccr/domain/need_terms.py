"""From the words of somebody's taxonomy to our needs: pure matching against a table passed in.

A need is only given where the words say so; a service that says nothing gets none, and is found by
text search until a person sets its needs. Couples or family counselling, mediation and anger
management are never an answer to abuse (R84), whatever the table says.
Sources: Open Eligibility names (facts); weights and threshold are our choice.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache

from ccr.domain.taxonomy import Need, Population, Track

THRESHOLD = 0.5
THRESHOLD_ABOUT_VIOLENCE = 0.4
"""Words such as "help line" mean more where the rest speaks of violence."""
WEIGHT_TERM = 1.0
WEIGHT_KEYWORD = 0.95
WEIGHT_NAME = 0.9
WEIGHT_DESCRIPTION = 0.6

ABUSE_NEEDS = frozenset(
    {
        Need.IMMEDIATE_SAFETY,
        Need.EMERGENCY_SHELTER,
        Need.HOTLINE,
        Need.ADVOCACY,
        Need.SAFETY_PLANNING,
        Need.PROTECTION_ORDER,
        Need.CRIMINAL_JUSTICE_ADVOCACY,
        Need.FORENSIC_EXAM,
        Need.COUNSELING,
        Need.SUPPORT_GROUP,
        Need.CULTURALLY_SPECIFIC,
        Need.WORKPLACE_SAFETY,
        Need.TECHNOLOGY_SAFETY,
        Need.ABUSIVE_PARTNER_INTERVENTION,
    }
)
"""Needs that are an answer to abuse: never read from a description, which may say "we refer to"."""

NOT_BESIDE_REFUSED = frozenset(
    {
        Need.ADVOCACY,
        Need.SAFETY_PLANNING,
        Need.PROTECTION_ORDER,
        Need.FAMILY_LAW,
        Need.COUNSELING,
        Need.SUPPORT_GROUP,
        Need.MENTAL_HEALTH,
        Need.ABUSIVE_PARTNER_INTERVENTION,
    }
)
"""Needs that counselling or mediation might pass for; not given beside a refused term (R84)."""

NEVER_BESIDE_REFUSED = ABUSE_NEEDS | NOT_BESIDE_REFUSED
"""What a listing that is named as refused never states, whoever writes it (R84)."""

NOT_BESIDE_REFUSED_TEXT = frozenset(
    {
        Need.COUNSELING,
        Need.SUPPORT_GROUP,
        Need.ABUSIVE_PARTNER_INTERVENTION,
    }
)
"""The same, where only the description names it: one program among others."""

SURVIVORS_OWN = frozenset(
    {
        Need.IMMEDIATE_SAFETY,
        Need.SAFETY_PLANNING,
        Need.PROTECTION_ORDER,
        Need.ADVOCACY,
        Need.FORENSIC_EXAM,
        Need.HOTLINE,
        Need.WORKPLACE_SAFETY,
        Need.TECHNOLOGY_SAFETY,
    }
)
PARTNERS_OWN = frozenset({Need.ABUSIVE_PARTNER_INTERVENTION, Need.SUPERVISION})

_COUNSEL = "counsel(?:ing|or|ors|ling)|therapy|therapist|therapists"
_REFUSED = re.compile(
    rf"\b(?:(?:couples?|marriage|marital|premarital|conjoint|relationship|reconciliation|family)"
    rf"(?: (?:and|or|s|amp|individual|group|family|couples?|marriage|relationship))*"
    rf" (?:{_COUNSEL})|mediation|mediations|mediator|mediators|anger management)\b"
)
_VIOLENCE = re.compile(
    r"\b(?:(?:domestic|family|dating|intimate partner|partner|relationship|gender based) "
    r"(?:violence|abuse)|violence against women|escape violence|abusive (?:partner|relationship|"
    r"relationships|spouse|home|homes)|sexual (?:assault|violence|abuse)|rape|trafficking|"
    r"trafficked|stalking|battered|safe (?:house|home|housing|dwelling)|"
    r"abused (?:women|spouses|persons|people))\b"
)
_NEGATIONS = frozenset({"no", "not", "never", "without", "nor", "than", "except", "cannot"})
_WORD = re.compile(r"[a-z0-9]+")


TermKey = tuple[str, str, str]
"""Taxonomy, code, and the name where there is no code."""


class RuleKind(StrEnum):
    """Where a rule of the table looks."""

    OE1 = "oe1"
    """A code of Open Eligibility 1, such as 101-06-01."""
    OE2 = "oe2"
    """A code of Open Eligibility 2; numbers, so only read when the vocabulary is named."""
    TERM = "term"
    """A term or keyword as a whole."""
    WORDS = "words"
    """Words that stand together in a term, keyword, name or description."""


@dataclass(frozen=True, slots=True)
class TermRule:
    """What one line of the table says: a need or a population, and how sure that is (0 to 1)."""

    confidence: float
    need: Need | None = None
    population: Population | None = None


@dataclass(frozen=True, slots=True)
class ServiceWords:
    """The words of a service that are read for needs.

    Attributes:
        terms: (vocabulary, code, name) of each taxonomy term; any of them may be "".
        keywords: words that its own people gave it, one by one.
    """

    name: str
    alternate_name: str = ""
    terms: tuple[tuple[str, str, str], ...] = ()
    keywords: tuple[str, ...] = ()
    description: str = ""


class Refusal(StrEnum):
    """How far R84 stands in the way."""

    NONE = "none"
    PART = "part"
    """Something of the kind is offered beside other things: needs it might pass for are left."""
    WHOLE = "whole"
    """This is what the service is: it gets no need at all."""


@dataclass(frozen=True, slots=True)
class NeedMatch:
    """What the words say.

    Attributes:
        scores: the best score of every need kept, 0 to 1.
        both_sides: True when words for survivors and for an abusive partner program stand in one
            service; then only the survivors' are kept (R83).
        about_violence: True when the words speak of domestic or sexual violence or trafficking.
    """

    scores: Mapping[Need, float]
    populations: frozenset[Population]
    refusal: Refusal
    both_sides: bool
    about_violence: bool

    @property
    def needs(self) -> frozenset[Need]:
        """Return the needs kept."""
        return frozenset(self.scores)


@lru_cache(maxsize=256)
def fold(text: str) -> str:
    """Return text in lower case, without accents, signs or British doubling, words by one space.

    >>> fold("Counselling & Légal-Aid")
    'counseling legal aid'
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = "".join(char for char in text if not unicodedata.combining(char))
    return " ".join(_WORD.findall(text.lower())).replace("counsell", "counsel")


@dataclass(frozen=True, slots=True)
class NeedTerms:
    """The table, ready to be asked."""

    rules: Mapping[tuple[RuleKind, str], tuple[TermRule, ...]] = field(default_factory=dict)
    longest: Mapping[str, int] = field(default_factory=dict)
    """The first word of every phrase, with the number of words of the longest that begins so."""
    mappings: Mapping[TermKey, frozenset[Need]] = field(default_factory=dict)
    """What a coordinator says of terms, in place of the table; an empty set for none of ours."""

    def with_mappings(self, mappings: Mapping[TermKey, frozenset[Need]]) -> NeedTerms:
        """Return the table with these mappings in place of what it has."""
        return replace(self, mappings=mappings)

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, str]]) -> NeedTerms:
        """Return the table from rows with kind, term, need, population and confidence.

        Raises:
            ValueError: a row names an unknown kind, need or population, or a confidence outside
                0 to 1; the message gives the row's number, from 1.
        """
        rules: dict[tuple[RuleKind, str], list[TermRule]] = {}
        for number, row in enumerate(rows, 1):
            try:
                kind = RuleKind(row["kind"])
                rule = TermRule(
                    confidence=float(row["confidence"]),
                    need=Need(row["need"]) if row["need"] else None,
                    population=Population(row["population"]) if row["population"] else None,
                )
            except (KeyError, ValueError) as error:
                msg = f"row {number} of the need terms cannot be read: {error}"
                raise ValueError(msg) from error
            key = row["term"] if kind in {RuleKind.OE1, RuleKind.OE2} else fold(row["term"])
            if not 0 < rule.confidence <= 1 or not key or not (rule.need or rule.population):
                msg = f"row {number} of the need terms is incomplete"
                raise ValueError(msg)
            rules.setdefault((kind, key), []).append(rule)
        longest: dict[str, int] = {}
        for kind, phrase_words in rules:
            if kind is RuleKind.WORDS:
                first, *more = phrase_words.split()
                longest[first] = max(longest.get(first, 0), 1 + len(more))
        return cls({key: tuple(found) for key, found in rules.items()}, longest)

    def match(self, words: ServiceWords) -> NeedMatch:
        """Return the needs and populations that these words speak of."""
        scores: dict[Need, float] = {}
        populations: set[Population] = set()
        for weight, rule in self._found(words):
            if rule.population:
                populations.add(rule.population)
            score = rule.confidence * weight
            if rule.need and score > scores.get(rule.need, 0.0):
                scores[rule.need] = score
        violence = about_violence(words)
        threshold = THRESHOLD_ABOUT_VIOLENCE if violence else THRESHOLD
        kept = {need: score for need, score in scores.items() if score >= threshold}
        refusal, left_out = _refusal(words)
        kept = {need: score for need, score in kept.items() if need not in left_out}
        both = bool(kept.keys() & PARTNERS_OWN and kept.keys() & (SURVIVORS_OWN | _REFUGE))
        if both:
            kept = {need: score for need, score in kept.items() if need not in PARTNERS_OWN}
        return NeedMatch(kept, frozenset(populations), refusal, both, violence)

    def _found(self, words: ServiceWords) -> Iterator[tuple[float, TermRule]]:
        """Yield every rule met, with the weight of the place where it was met."""
        for vocabulary, code, name in words.terms:
            for rule in self._for_term(vocabulary, code, name):
                yield WEIGHT_TERM, rule
        for keyword in words.keywords:
            for rule in self._for_label(fold(keyword)):
                yield WEIGHT_KEYWORD, rule
        for name in (words.name, words.alternate_name):
            for rule in self._phrases(fold(name)):
                yield WEIGHT_NAME, rule
        for rule in self._phrases(fold(words.description), skip_negated=True):
            if rule.need and rule.need not in ABUSE_NEEDS:
                yield WEIGHT_DESCRIPTION, rule

    def _for_term(self, vocabulary: str, code: str, name: str) -> tuple[TermRule, ...]:
        """Return the rules for a taxonomy term: as mapped, else by its name, else by its code."""
        said = self.mappings.get((vocabulary, code, "" if code else name))
        if said is not None:
            return tuple(TermRule(1.0, need=need) for need in sorted(said))
        if name:
            return self._for_label(fold(name))
        if found := self.rules.get((RuleKind.OE1, code)):
            return found
        if "open eligibility" in fold(vocabulary):
            return self.rules.get((RuleKind.OE2, code), ())
        return ()

    def _for_label(self, label: str) -> tuple[TermRule, ...]:
        return self.rules.get((RuleKind.TERM, label)) or tuple(self._phrases(label))

    def _phrases(self, text: str, *, skip_negated: bool = False) -> Iterator[TermRule]:
        """Yield the rules for phrases in a text; the longest phrase takes its words.

        "Animal shelter" is about pets, although "shelter" alone is not.
        """
        tokens = text.split()
        start = 0
        while start < len(tokens):
            step = 1
            most = min(self.longest.get(tokens[start], 0), len(tokens) - start)
            for size in range(most, 0, -1):
                found = self.rules.get((RuleKind.WORDS, " ".join(tokens[start : start + size])))
                if found:
                    step = size
                    if not (skip_negated and _negated(tokens, start)):
                        yield from found
                    break
            start += step


_REFUGE = frozenset({Need.EMERGENCY_SHELTER})


def about_violence(words: ServiceWords) -> bool:
    """Return True when any of the words speak of domestic or sexual violence or trafficking."""
    texts = [words.name, words.alternate_name, words.description, *words.keywords]
    texts += [name for _, _, name in words.terms]
    return any(_VIOLENCE.search(fold(text)) for text in texts)


def _refusal(words: ServiceWords) -> tuple[Refusal, frozenset[Need]]:
    """Return how far R84 stands in the way, and the needs that therefore are not given."""
    if _names_refused(fold(words.name)) or _names_refused(fold(words.alternate_name)):
        return Refusal.WHOLE, frozenset(Need)
    labels = [fold(name) for _, _, name in words.terms] + [fold(word) for word in words.keywords]
    refused = [label for label in labels if _names_refused(label)]
    if refused:
        if len(refused) == len([label for label in labels if label]):
            return Refusal.WHOLE, frozenset(Need)
        return Refusal.PART, NOT_BESIDE_REFUSED
    if _names_refused(fold(words.description)):
        return Refusal.PART, NOT_BESIDE_REFUSED_TEXT
    return Refusal.NONE, frozenset()


def refused_needs(name: str, alternate_name: str, needs: Iterable[Need]) -> frozenset[Need]:
    """Return which of these needs a listing of these names may not state. Source: R84.

    Couples or family counseling, mediation and anger management are no answer to abuse, whoever
    says so: nothing that is named as one may be found by a need that abuse makes.
    """
    if not (_names_refused(fold(name)) or _names_refused(fold(alternate_name))):
        return frozenset()
    return frozenset(needs) & NEVER_BESIDE_REFUSED


def _names_refused(text: str) -> bool:
    for found in _REFUSED.finditer(text):
        before = text[: found.start()].split()
        if not _negated(before, len(before)):
            return True
    return False


def _negated(tokens: list[str], start: int) -> bool:
    """Return True when one of the three words before `start` says no."""
    return not _NEGATIONS.isdisjoint(tokens[max(0, start - 3) : start])


def tracks_for(match: NeedMatch) -> frozenset[Track]:
    """Return for whom a service of these needs may be sought (R68): our choice, stated in docs.

    What answers abuse is for survivors and their children; an abusive partner program and
    supervision are for the abusive partner alone; food, housing and the like are for anybody.
    """
    needs = match.needs
    if not needs:
        return frozenset()
    if needs & PARTNERS_OWN:
        return frozenset({Track.ABUSIVE_PARTNER})
    survivors = needs & SURVIVORS_OWN or (match.about_violence and needs & ABUSE_NEEDS)
    if survivors:
        return frozenset({Track.SURVIVOR, Track.CHILD})
    return frozenset(Track)
