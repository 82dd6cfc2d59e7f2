"""Risk instruments as their publishers describe them: what they measure, who is asked, their bands.

What lives here: the shape of the catalogue and whether a score fits a band. What must not: the
bands and cut-offs themselves, which are data (R41), and any question of any instrument, which is
its owner's and is nowhere in CCR (R40).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import Labelled


class Measures(Labelled):
    """What an instrument speaks about; two of different kinds are never made one (R42)."""

    LETHALITY = "lethality"
    REASSAULT = "reassault"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _MEASURES[self]


class Informant(Labelled):
    """Whose answers an instrument rests on."""

    SURVIVOR = "survivor"
    RECORDS = "records"
    BOTH = "both"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _INFORMANTS[self]


class Band(Labelled):
    """The bands of all instruments, each in its publisher's own words."""

    VARIABLE = "variable"
    INCREASED = "increased"
    SEVERE = "severe"
    EXTREME = "extreme"
    NOT_HIGH_DANGER = "not-high-danger"
    HIGH_DANGER = "high-danger"
    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _BANDS[self]


_MEASURES = {
    Measures.LETHALITY: phrase("Lethality: how near a killing may be"),
    Measures.REASSAULT: phrase("Reassault: how likely a new assault is"),
}
_INFORMANTS = {
    Informant.SURVIVOR: phrase("Rests on what the survivor answers"),
    Informant.RECORDS: phrase("Rests on records"),
    Informant.BOTH: phrase("Rests on records, and at times on what the survivor says"),
}
_BANDS = {
    Band.VARIABLE: phrase("Variable danger"),
    Band.INCREASED: phrase("Increased danger"),
    Band.SEVERE: phrase("Severe danger"),
    Band.EXTREME: phrase("Extreme danger"),
    Band.NOT_HIGH_DANGER: phrase("Not screened as high danger"),
    Band.HIGH_DANGER: phrase("Screened as high danger"),
    Band.LOW: phrase("Band “low”"),
    Band.MODERATE: phrase("Band “moderate”"),
    Band.HIGH: phrase("Band “high”"),
}


@dataclass(frozen=True, slots=True)
class BandRange:
    """A band and its scores, both ends included; None where the publisher gives no end."""

    band: Band
    score_from: int | None = None
    score_to: int | None = None

    @property
    def by_hand(self) -> bool:
        """Return True where no cut-off is known or it is local: whoever assessed says the band."""
        return self.score_from is None and self.score_to is None

    def holds(self, score: int) -> bool:
        """Return True when the score lies in the band."""
        low = self.score_from is None or self.score_from <= score
        return low and (self.score_to is None or score <= self.score_to)


@dataclass(frozen=True, slots=True)
class Instrument:
    """One instrument.

    Attributes:
        scored: True where it gives a number at all.
        score_from, score_to: the numbers it can give; None where that is not known.
    """

    code: str
    name: str
    measures: Measures
    informant: Informant
    scored: bool
    versions: tuple[str, ...]
    bands: tuple[BandRange, ...]
    score_from: int | None = None
    score_to: int | None = None

    def range_of(self, band: Band) -> BandRange | None:
        """Return a band of this instrument, or None when it has no such band."""
        return next((one for one in self.bands if one.band is band), None)

    def can_give(self, score: int) -> bool:
        """Return True when the instrument can give this number."""
        return self.scored and BandRange(Band.LOW, self.score_from, self.score_to).holds(score)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All instruments, in the order of the data."""

    instruments: tuple[Instrument, ...]
    _by_code: dict[str, Instrument] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_code", {one.code: one for one in self.instruments})

    def __iter__(self) -> Iterator[Instrument]:
        return iter(self.instruments)

    def find(self, code: str | None) -> Instrument | None:
        """Return the instrument of a code, or None."""
        return self._by_code.get(code or "")

    def without(self, informant: Informant) -> Iterable[Instrument]:
        """Return the instruments that do not rest on this informant alone."""
        return tuple(one for one in self.instruments if one.informant is not informant)
