"""What is asked of the graph page, as its address says it: ids, numbers, codes; no typed text."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from werkzeug.datastructures import MultiDict

from ccr.domain.network import LinkKind
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.used_pathways import UsedYear

USED = "used"
LAYERS: tuple[tuple[str, Phrase], ...] = (
    ("agreement", phrase("Agreements")),
    ("promised", phrase("Promised pathways")),
    ("lapsed", phrase("Lapsed agreements")),
    (USED, phrase("Used pathways")),
)
_LAYER_OF = {
    LinkKind.AGREEMENT: "agreement",
    LinkKind.ENDING: "agreement",
    LinkKind.PROMISED: "promised",
    LinkKind.LAPSED: "lapsed",
}
MOST_STEPS = 2
SIZES = (1, 2)


@dataclass(frozen=True)
class Asked:
    """What the page shows.

    Attributes:
        member: the chosen member, if one was asked for.
        steps: only members within so many steps of it; 0 for all.
        layers: codes of LAYERS that are on.
        year: the published year of which used pathways are drawn, or None where there is none.
        start, goal: the way between two members, if both were asked for.
        without: the chosen member is taken out of the picture.
        size: how large it is drawn.
    """

    member: UUID | None = None
    steps: int = 0
    layers: frozenset[str] = frozenset(code for code, _ in LAYERS)
    year: UsedYear | None = None
    start: UUID | None = None
    goal: UUID | None = None
    without: bool = False
    size: int = 1
    as_table: bool = False

    def shows(self, kind: LinkKind) -> bool:
        """Return True when links of this kind are on."""
        return _LAYER_OF[kind] in self.layers

    @property
    def shows_used(self) -> bool:
        """Return True when used pathways are on, and a year has some."""
        return USED in self.layers and self.year is not None and bool(self.year.ways)

    def address(self, **changes: object) -> dict[str, object]:
        """Return the parameters of the page with these changed, without what is as ever."""
        found = {
            "member": self.member,
            "steps": self.steps or None,
            "layer": None if len(self.layers) == len(LAYERS) else sorted(self.layers) or ["none"],
            "year": self.year.year if self.year else None,
            "start": self.start,
            "goal": self.goal,
            "without": 1 if self.without else None,
            "size": None if self.size == 1 else self.size,
            "view": "table" if self.as_table else None,
        }
        return {name: value for name, value in (found | changes).items() if value is not None}


def read_asked(
    query: MultiDict[str, str], members: Collection[UUID], years: Sequence[UsedYear]
) -> Asked:
    """Return what an address asks for. What it cannot mean is left out; it is never an error."""
    every = frozenset(code for code, _ in LAYERS)
    # A form without a tick sends its own "none", so that nothing ticked is not everything.
    layers = every & frozenset(query.getlist("layer")) if "layer" in query else every
    told = {year.year: year for year in years}
    return Asked(
        member=_member(query.get("member"), members),
        steps=_number(query.get("steps"), MOST_STEPS),
        layers=layers,
        year=told.get(query.get("year", ""), years[0] if years else None),
        start=_member(query.get("start"), members),
        goal=_member(query.get("goal"), members),
        without=query.get("without") == "1",
        size=_number(query.get("size"), max(SIZES)) or 1,
        as_table=query.get("view") == "table",
    )


def _member(text: str | None, members: Collection[UUID]) -> UUID | None:
    try:
        found = UUID(text or "")
    except ValueError:
        return None
    return found if found in members else None


def _number(text: str | None, most: int) -> int:
    return next((n for n in range(1, most + 1) if str(n) == text), 0)
