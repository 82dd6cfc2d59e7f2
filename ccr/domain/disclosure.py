"""What a receiver will see, fact by fact, and making rare combinations broader before sending.

What lives here: the facts a referral may hold, an estimate of how many people of the county they
fit, the fixed order in which they are made broader, and the preview read with the person. What
must not: storing or sending them. Source: R17, R18, design 2.1; numbers are our choice, ADR 0006.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from ccr.domain.languages import language_name
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import Access, AgeBand, Labelled, Need, Track, Transport, Urgency

PEOPLE_PER_ZIP = 8_000
"""About the mean population of a US ZIP code: a rough stand-in for a census. ADR 0006."""

LEAST_PEOPLE = 1_100
"""Fewer people than this and the facts are rare: if one in a hundred of them asks for help within
a year, eleven do, the k of every count that CCR shows. Our choice, ADR 0006."""

INTERPRETER_NEEDED = "interpreter"
"""Stands in the place of a language that few people of the county speak."""
ASK_ON_THE_CALL = "ask"
"""Stands in the place of access needs that few people of the county have."""
CHILDREN_YES = "yes"
"""Stands in the place of a number of children."""


class AgeShown(Labelled):
    """Age as a referral may carry it: a band, or only which side of eighteen."""

    UNDER_13 = "0-12"
    TEEN = "13-17"
    YOUNG_ADULT = "18-24"
    MID_ADULT = "25-59"
    OLDER = "60+"
    ADULT = "adult"
    UNDER_18 = "under-18"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return phrase("Under 18") if self is AgeShown.UNDER_18 else AgeBand(self.value).label


# Rounded shares of a county's people. Deliberately coarse, from the order of magnitude of national
# surveys, not from any county: they only decide when to be careful. Our choice, ADR 0006. A broader
# value never has a smaller share than a narrower one, or making broader could make rarer.
LANGUAGE_SHARES = {
    "en": 1.0,
    "es": 0.10,
    "zh": 0.010,
    "tl": 0.004,
    "vi": 0.004,
    "ar": 0.004,
    "fr": 0.004,
    "ko": 0.003,
    "ru": 0.003,
    "ht": 0.003,
    "de": 0.003,
    "hi": 0.003,
    "pt": 0.003,
    "bn": 0.002,
    "it": 0.002,
    "pl": 0.002,
    "ur": 0.002,
    "ase": 0.002,
    "yi": 0.001,
    INTERPRETER_NEEDED: 0.20,
}
RARE_LANGUAGE_SHARE = 0.0005
AGE_SHARES = {
    AgeShown.UNDER_13: 0.15,
    AgeShown.TEEN: 0.06,
    AgeShown.YOUNG_ADULT: 0.09,
    AgeShown.MID_ADULT: 0.46,
    AgeShown.OLDER: 0.23,
    AgeShown.ADULT: 0.78,
    AgeShown.UNDER_18: 0.22,
}
ACCESS_SHARES = {
    Access.WHEELCHAIR.value: 0.06,
    Access.DEAF.value: 0.04,
    Access.BLIND.value: 0.03,
    Access.COGNITIVE.value: 0.05,
    Access.SERVICE_ANIMAL.value: 0.005,
    Access.PETS.value: 0.40,
    Access.CHILDREN.value: 0.35,
    ASK_ON_THE_CALL: 0.50,
}
CHILDREN_SHARES = {"0": 1.0, "1": 0.14, "2": 0.13, "3": 0.05, CHILDREN_YES: 0.35}
MANY_CHILDREN_SHARE = 0.01


class Fact(Labelled):
    """A fact of a referral by name, in the order of the preview."""

    NEEDS = "needs"
    COUNTY = "county"
    URGENCY = "urgency"
    TRACK = "track"
    AREA = "area"
    LANGUAGE = "language"
    AGE = "age"
    ACCESS = "access"
    CHILDREN = "children"
    TRANSPORT = "transport"
    QUESTION = "question"
    IDENTITY = "identity"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _FACT_LABELS[self]


SEEN_BEFORE_ACCEPTING = frozenset({Fact.NEEDS, Fact.COUNTY, Fact.URGENCY})
"""All that a receiver sees before it accepts (with the sender's name, the time and the clock)."""


@dataclass(frozen=True, slots=True)
class ReferralFacts:
    """Every fact a referral may hold about a person. None of them is a name.

    Attributes:
        county: name with state, e.g. "Albany County, NY".
        area: town or ZIP as shown, or None for the county only.
        language: ISO 639 code, INTERPRETER_NEEDED, or None when not asked.
        age: band, broader age, or None.
        access: codes of Access, or ASK_ON_THE_CALL alone.
        children: a number as text, CHILDREN_YES, or None when not asked.
    """

    needs: tuple[Need, ...]
    county_fips: str
    county: str
    urgency: Urgency = Urgency.STANDARD
    track: Track = Track.SURVIVOR
    area: str | None = None
    language: str | None = None
    age: AgeShown | None = None
    access: frozenset[str] = frozenset()
    children: str | None = None
    transport: Transport | None = None


@dataclass(frozen=True, slots=True)
class Coarsened:
    """Facts as they may be sent.

    Attributes:
        broader: what was made broader, in the order it was done.
        people: how many people of the area they are expected to fit.
    """

    facts: ReferralFacts
    broader: tuple[Fact, ...]
    people: float

    @property
    def still_rare(self) -> bool:
        """Return True when even the broadest facts fit few: the county itself is small."""
        return self.people < LEAST_PEOPLE


def expected_people(facts: ReferralFacts, *, county_zips: int, area_zips: int = 1) -> float:
    """Return about how many people of the area these facts fit: area times shares, as if unrelated.

    `county_zips` and `area_zips` are the numbers of ZIP codes of the county and of the town or
    ZIP in `facts.area`.
    """
    county_people = max(county_zips, 1) * PEOPLE_PER_ZIP
    area_people = min(max(area_zips, 1) * PEOPLE_PER_ZIP, county_people)
    people = float(county_people if facts.area is None else area_people)
    if facts.language is not None:
        people *= LANGUAGE_SHARES.get(facts.language, RARE_LANGUAGE_SHARE)
    if facts.age is not None:
        people *= AGE_SHARES[facts.age]
    for code in sorted(facts.access):
        people *= ACCESS_SHARES[code]
    if facts.children is not None:
        people *= CHILDREN_SHARES.get(facts.children, MANY_CHILDREN_SHARE)
    return people


def coarsen(
    facts: ReferralFacts, *, county_zips: int, area_zips: int = 1, onlookers: int = 1
) -> Coarsened:
    """Return the facts made broader, one by one in a fixed order, until they are not rare.

    The order: language, age, access needs, town or ZIP, number of children. A fact that is
    absent or already broad is left alone. Doing it twice changes nothing more.

    `onlookers`: how many partners get these facts about one person. The more there are, the more
    people the facts have to fit, so that two who compare find no more than each has (ADR 0028).
    """
    least = LEAST_PEOPLE * onlookers
    broader: list[Fact] = []
    for fact, make_broader in _ORDER:
        people = expected_people(facts, county_zips=county_zips, area_zips=area_zips)
        if people >= least:
            break
        wider = make_broader(facts)
        if wider != facts:
            facts = wider
            broader.append(fact)
    people = expected_people(facts, county_zips=county_zips, area_zips=area_zips)
    return Coarsened(facts, tuple(broader), people)


def _broader_language(facts: ReferralFacts) -> ReferralFacts:
    known = facts.language in {None, "en", INTERPRETER_NEEDED}
    return facts if known else replace(facts, language=INTERPRETER_NEEDED)


def _broader_age(facts: ReferralFacts) -> ReferralFacts:
    if facts.age is None:
        return facts
    young = facts.age in {AgeShown.UNDER_13, AgeShown.TEEN, AgeShown.UNDER_18}
    return replace(facts, age=AgeShown.UNDER_18 if young else AgeShown.ADULT)


def _broader_access(facts: ReferralFacts) -> ReferralFacts:
    return replace(facts, access=frozenset({ASK_ON_THE_CALL})) if facts.access else facts


def _broader_area(facts: ReferralFacts) -> ReferralFacts:
    return replace(facts, area=None)


def _broader_children(facts: ReferralFacts) -> ReferralFacts:
    # "0" stays: it is what most people answer, and "yes" would be untrue.
    return facts if facts.children in {None, "0"} else replace(facts, children=CHILDREN_YES)


_ORDER = (
    (Fact.LANGUAGE, _broader_language),
    (Fact.AGE, _broader_age),
    (Fact.ACCESS, _broader_access),
    (Fact.AREA, _broader_area),
    (Fact.CHILDREN, _broader_children),
)


class Shown(StrEnum):
    """How one cell of the preview is drawn."""

    VALUE = "value"
    NOT_SHOWN = "not-shown"
    NOT_ASKED = "not-asked"
    NO_SUCH_FIELD = "no-such-field"


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One fact before and after the receiver accepts.

    Attributes:
        before, after: values for people; empty unless the cell shows a value.
        broader: True when it was made broader.
    """

    fact: Fact
    before_shown: Shown
    after_shown: Shown
    before: tuple[Phrase, ...] = ()
    after: tuple[Phrase, ...] = ()
    broader: bool = False


def preview(coarsened: Coarsened, *, has_question: bool = False) -> tuple[PreviewRow, ...]:
    """Return what the receiver will see, row by row, ending with the field that does not exist."""
    rows = []
    for fact in Fact:
        if fact in {Fact.QUESTION, Fact.IDENTITY}:
            continue
        values = fact_values(coarsened.facts, fact)
        after = Shown.VALUE if values else Shown.NOT_ASKED
        early = fact in SEEN_BEFORE_ACCEPTING
        rows.append(
            PreviewRow(
                fact,
                after if early else Shown.NOT_SHOWN,
                after,
                values if early else (),
                values,
                fact in coarsened.broader,
            )
        )
    question = Shown.VALUE if has_question else Shown.NOT_ASKED
    rows.append(PreviewRow(Fact.QUESTION, Shown.NOT_SHOWN, question))
    rows.append(PreviewRow(Fact.IDENTITY, Shown.NO_SUCH_FIELD, Shown.NO_SUCH_FIELD))
    return tuple(rows)


def fact_values(facts: ReferralFacts, fact: Fact) -> tuple[Phrase, ...]:
    """Return the value of one fact for people; empty when it was not asked."""
    describe = _VALUES.get(fact)
    return () if describe is None else tuple(describe(facts))


def _area(facts: ReferralFacts) -> list[Phrase]:
    if facts.area is None:
        return [phrase("The county only")]
    return [phrase("%(area)s area", area=facts.area)]


def _language(facts: ReferralFacts) -> list[Phrase]:
    if facts.language is None:
        return []
    if facts.language == INTERPRETER_NEEDED:
        return [phrase("Interpreter needed")]
    return [language_name(facts.language)]


def _access(facts: ReferralFacts) -> list[Phrase]:
    if ASK_ON_THE_CALL in facts.access:
        return [phrase("Access needs: ask on the call")]
    return [Access(code).label for code in sorted(facts.access)]


def _children(facts: ReferralFacts) -> list[Phrase]:
    match facts.children:
        case None:
            return []
        case "yes":
            return [phrase("Yes")]
        case "0":
            return [phrase("No")]
        case count:
            return [phrase("Yes, %(count)s", count=count)]


def _as_is(text: str) -> Phrase:
    return Phrase("%(text)s", {"text": text})


_VALUES: dict[Fact, Callable[[ReferralFacts], Iterable[Phrase]]] = {
    Fact.NEEDS: lambda facts: [need.label for need in facts.needs],
    Fact.COUNTY: lambda facts: [_as_is(facts.county)],
    Fact.URGENCY: lambda facts: [facts.urgency.label],
    Fact.TRACK: lambda facts: [facts.track.label],
    Fact.AREA: _area,
    Fact.LANGUAGE: _language,
    Fact.AGE: lambda facts: [] if facts.age is None else [facts.age.label],
    Fact.ACCESS: _access,
    Fact.CHILDREN: _children,
    Fact.TRANSPORT: lambda facts: [] if facts.transport is None else [facts.transport.label],
}

_FACT_LABELS = {
    Fact.NEEDS: phrase("Need"),
    Fact.COUNTY: phrase("County"),
    Fact.URGENCY: phrase("How soon"),
    Fact.TRACK: phrase("For whom"),
    Fact.AREA: phrase("Town or ZIP"),
    Fact.LANGUAGE: phrase("Language"),
    Fact.AGE: phrase("Age"),
    Fact.ACCESS: phrase("Access needs"),
    Fact.CHILDREN: phrase("Children along"),
    Fact.TRANSPORT: phrase("Getting there"),
    Fact.QUESTION: phrase("Your question"),
    Fact.IDENTITY: phrase("Name, phone, address"),
}
